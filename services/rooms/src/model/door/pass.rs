//! Passes: that a booking opens a door with a code of its own, whether it has one by now or not.
//!
//! They follow from bookings and doors alone, so they are in no event.

use std::collections::BTreeMap;

use dugnad_calendar::Interval;
use dugnad_events::{
    BookingId, CodeId, DoorId,
    rooms::{self, Access, Digits, DoorEvent},
};
use dugnad_ledger::Context;
use dugnad_vault::{PersonId, Sealed};
use jiff::{SignedDuration, Timestamp};

use super::{
    super::{Refusal as Refused, Standing, State, booking::Booking, register::Ix, room::Room},
    Door, Due, LATE, Refusal, TO_REMOVE,
    code::{self, Code},
    register,
};

/// That a booking opens a door with a code.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Pass {
    /// When a code may be on the lock.
    pub(super) window: Interval,
    /// The booking itself.
    pub(super) span: Interval,
    /// The code that it has by now, and that is not to go.
    pub(super) code: Option<CodeId>,
    pub(super) stage: Stage,
}

/// How it stands with a pass.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Stage {
    /// It has no code that works yet.
    Ahead,
    /// The lock has said that it holds the code.
    Works,
    /// It alarmed: the booking begins soon, or has begun, and no code works.
    Late,
    /// The booking is over; a code that never worked may be left.
    Over,
}

impl Pass {
    fn due(&self) -> Option<Timestamp> {
        match self.stage {
            Stage::Ahead => Some(self.span.start() - LATE),
            Stage::Late => Some(self.span.end()),
            Stage::Works | Stage::Over => None,
        }
    }
}

/// When a code for `span` may be on the lock, if the door is opened by one then.
pub(super) fn window(state: &State, door: &rooms::Door, span: Interval) -> Option<Interval> {
    let lock = door.lock.as_ref()?;
    let zone = &state.facilities.all.get(door.facility)?.zone;
    if register::access(door, span.start().to_zoned(zone.clone()).date()) != Access::Code {
        return None;
    }
    let minutes = |minutes: u16| SignedDuration::from_mins(minutes.into());
    let from = span.start().checked_sub(minutes(lock.lead_minutes)).ok()?;
    let until = span.end().checked_add(minutes(lock.margin_minutes)).ok()?;
    Interval::new(from, until).ok()
}

/// Whether one comes to `room` through the door.
pub(super) fn leads_to(state: &State, door: &rooms::Door, room: &Room) -> bool {
    let named = |ix: &Ix<Room>| door.rooms.contains(&state.rooms[*ix].name.room);
    room.relatives.iter().any(named)
}

/// Gives a booking the code that was drawn for it.
pub(super) fn plan(
    state: &State,
    cx: &Context,
    door: DoorId,
    booking: BookingId,
    digits: Sealed<Digits>,
    drawn: u32,
) -> Result<Vec<DoorEvent>, Refused> {
    let (ix, at, pass) = wanted(state, cx, door, booking)?;
    let door = &state.doors.all[ix];
    let by = PersonId(state.bookings[at].by);
    state.people.not_erased(by)?;
    if door.drawn != drawn || digits.person() != by {
        return Err(Refusal::NotWanted(door.id).into());
    }
    if let Some(code) = live(state, door).find(|code| code.digits.is_none()) {
        return Err(Refusal::UnknownOnDoor { door: door.id, code: code.id }.into());
    }
    let slot = free_slot(state, door).ok_or(Refusal::NoSlot(door.id))?;
    let (code, window) = (CodeId(cx.id(0)), pass.window);
    Ok(vec![DoorEvent::Planned { code, door: door.id, booking, slot, window, digits }])
}

/// Lets a booking have the code that the booking before it of the same series still has.
pub(super) fn keep(
    state: &State,
    cx: &Context,
    door: DoorId,
    booking: BookingId,
) -> Result<Vec<DoorEvent>, Refused> {
    let (ix, at, pass) = wanted(state, cx, door, booking)?;
    let door = &state.doors.all[ix];
    let code = of_same_series(state, door, at).filter(|code| code.is_wanted());
    let code = code.ok_or(Refusal::NotWanted(door.id))?;
    let start = code.window.start().min(pass.window.start());
    let end = code.window.end().max(pass.window.end());
    let window = Interval::new(start, end).unwrap_or(pass.window);
    Ok(vec![DoorEvent::Kept { code: code.id, booking, window }])
}

/// A pass without a code, whose time has come and is not over.
fn wanted<'a>(
    state: &'a State,
    cx: &Context,
    door: DoorId,
    booking: BookingId,
) -> Result<(Ix<Door>, Ix<Booking>, &'a Pass), Refused> {
    let (ix, _) = state.existing_door(door)?;
    let (at, _) = state.existing_booking(booking)?;
    let pass = state.doors.passes.get(&(at, ix)).filter(|pass| pass.code.is_none());
    let pass = pass.ok_or(Refusal::NotWanted(door))?;
    let from = pass.window.start();
    if cx.now < from {
        return Err(Refusal::TooEarly { door, from }.into());
    }
    if cx.now >= pass.window.end() - TO_REMOVE {
        return Err(Refusal::NotWanted(door).into());
    }
    Ok((ix, at, pass))
}

/// Those that are, or may be, on the door or come onto it.
pub(super) fn live<'a>(state: &'a State, door: &'a Door) -> impl Iterator<Item = &'a Code> {
    door.slots.values().map(|id| &state.doors.codes[id]).filter(|code| code.is_live())
}

/// The code on the door that another booking of the same series has.
pub(super) fn of_same_series<'a>(
    state: &'a State,
    door: &'a Door,
    booking: Ix<Booking>,
) -> Option<&'a Code> {
    if !door.what.lock.as_ref()?.one_for_series {
        return None;
    }
    let series = state.bookings[booking].series?;
    live(state, door).find(|code| state.bookings[code.booking].series == Some(series))
}

/// One that never had a code; else the one whose code has been gone the longest.
fn free_slot(state: &State, door: &Door) -> Option<u16> {
    let lock = door.what.lock.as_ref()?;
    let slots = lock.first_slot..=lock.last_slot;
    if let Some(slot) = slots.clone().find(|slot| !door.slots.contains_key(slot)) {
        return Some(slot);
    }
    let code = |slot: &u16| &state.doors.codes[&door.slots[slot]];
    slots.filter(|slot| !code(slot).is_live()).min_by_key(|slot| code(slot).window.end())
}

impl State {
    /// The passes that a booking has by what it is now.
    pub(super) fn needed(&self, ix: Ix<Booking>) -> Vec<(Ix<Door>, Pass)> {
        let booking = &self.bookings[ix];
        if booking.standing != Standing::Confirmed {
            return Vec::new();
        }
        let room = &self.rooms[booking.room];
        let mut doors: Vec<_> =
            room.relatives.iter().filter_map(|it| self.doors.of_room.get(it)).flatten().collect();
        doors.sort_unstable();
        doors.dedup();
        let pass = |door: &Ix<Door>| {
            let window = window(self, &self.doors.all[*door].what, booking.span)?;
            let (span, code, stage) = (booking.span, None, Stage::Ahead);
            Some((*door, Pass { window, span, code, stage }))
        };
        doors.into_iter().filter_map(pass).collect()
    }

    /// Puts a pass in, or its new times; it keeps the code that it has.
    pub(super) fn pass_set(&mut self, booking: Ix<Booking>, door: Ix<Door>, pass: Pass) {
        let key = (booking, door);
        let before = self.doors.passes.get(&key).cloned();
        self.pass_gone(booking, door);
        let works = before.as_ref().is_some_and(|pass| pass.stage == Stage::Works);
        let stage = if works { Stage::Works } else { pass.stage };
        let code = before.and_then(|pass| pass.code);
        self.doors.passes.insert(key, Pass { code, stage, ..pass });
        self.pass_index(booking, door);
    }

    pub(super) fn pass_gone(&mut self, booking: Ix<Booking>, door: Ix<Door>) {
        self.pass_unindex(booking, door);
        self.doors.passes.remove(&(booking, door));
    }

    pub(super) fn change_pass(
        &mut self,
        booking: Ix<Booking>,
        door: Ix<Door>,
        change: impl FnOnce(&mut Pass),
    ) {
        self.pass_unindex(booking, door);
        if let Some(pass) = self.doors.passes.get_mut(&(booking, door)) {
            change(pass);
        }
        self.pass_index(booking, door);
    }

    fn pass_index(&mut self, booking: Ix<Booking>, door: Ix<Door>) {
        let Some(pass) = self.doors.passes.get(&(booking, door)) else { return };
        if let Some(due) = pass.due() {
            self.doors.due.insert((due, Due::Pass(booking, door)));
        }
        if pass.code.is_none() {
            self.doors.undrawn.insert((pass.window.start(), booking, door));
        }
        if pass.stage == Stage::Late {
            self.doors.late.insert((booking, door));
        }
    }

    fn pass_unindex(&mut self, booking: Ix<Booking>, door: Ix<Door>) {
        let Some(pass) = self.doors.passes.get(&(booking, door)) else { return };
        if let Some(due) = pass.due() {
            self.doors.due.remove(&(due, Due::Pass(booking, door)));
        }
        self.doors.undrawn.remove(&(pass.window.start(), booking, door));
        self.doors.late.remove(&(booking, door));
    }

    pub(super) fn pass_late(&mut self, door: DoorId, booking: BookingId, begins: bool) {
        let found = self.bookings.find(booking).zip(self.doors.all.find(door));
        let Some((booking, door)) = found else { return };
        let coded = |pass: &Pass| pass.code.is_some();
        if begins || self.doors.passes.get(&(booking, door)).is_some_and(coded) {
            let stage = if begins { Stage::Late } else { Stage::Over };
            self.change_pass(booking, door, |pass| pass.stage = stage);
        } else {
            self.pass_gone(booking, door);
        }
    }

    /// The passes of a door after it was changed, of bookings that are not over.
    pub(super) fn passes_anew(&mut self, door: Ix<Door>, at: Timestamp) {
        let had: Vec<_> =
            self.doors.passes.keys().filter(|key| key.1 == door).map(|key| key.0).collect();
        let what = &self.doors.all[door].what;
        let named = what.rooms.iter().filter_map(|room| self.rooms.find(*room));
        let mut rooms: Vec<_> =
            named.flat_map(|room| self.rooms[room].relatives.iter().copied()).collect();
        rooms.sort_unstable();
        rooms.dedup();
        let ever = at.as_second()..i64::MAX / 2;
        let claims =
            rooms.iter().flat_map(|it| self.rooms[*it].occupancy.overlapping(ever.clone()));
        let bookings: Vec<_> =
            claims.map(|claim| claim.by).filter(|ix| self.bookings[*ix].span.end() > at).collect();
        let needs = |booking: Ix<Booking>| {
            self.needed(booking).into_iter().find(|(it, _)| *it == door).map(|it| (booking, it.1))
        };
        let needed: BTreeMap<_, _> = bookings.into_iter().filter_map(needs).collect();
        for booking in had {
            if !needed.contains_key(&booking) {
                self.pass_gone(booking, door);
            }
        }
        for (booking, pass) in needed {
            self.pass_set(booking, door, pass);
        }
    }
}

/// Kept here so that both sides of a pass are seen together: which codes a booking has.
pub(super) fn codes_of(
    state: &State,
    booking: Ix<Booking>,
) -> impl Iterator<Item = (Ix<Door>, &code::Code)> {
    let passes = state.doors.passes.range((booking, Ix::FIRST)..);
    passes
        .take_while(move |(key, _)| key.0 == booking)
        .filter_map(|((_, door), pass)| Some((*door, &state.doors.codes[&pass.code?])))
}
