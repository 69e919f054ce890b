//! The doors themselves: set up and changed by staff.

use std::collections::BTreeSet;

use dugnad_events::{
    DoorId, RoomName,
    rooms::{self, Access, DoorEvent, Lock},
};
use dugnad_ledger::Context;
use jiff::{Timestamp, civil::Date};

use super::{
    super::{Name, Refusal as Refused, State, register::Ix},
    Door, Refusal, follow,
};

/// The most doors of one municipality.
pub const MOST_DOORS: usize = 20_000;
/// The most rooms that one door names.
pub const MOST_ROOMS_OF_A_DOOR: usize = 100;
/// The most doors that one room is named by.
pub const MOST_DOORS_OF_A_ROOM: usize = 20;
/// The most dates on which a door begins to be opened otherwise.
pub const MOST_ACCESS_CHANGES: usize = 400;
/// The most slots of one lock that are ours.
pub const MOST_SLOTS: u16 = 1_000;
/// A code is set an hour before its booking, and it takes some minutes to set one.
pub const LEAST_LEAD_MINUTES: u32 = 65;
/// The longest lead: a code is not drawn for next month.
pub const MOST_LEAD_MINUTES: u32 = 7 * 24 * 60;
/// A code begins to go some minutes before its margin ends.
pub const LEAST_MARGIN_MINUTES: u32 = 5;

pub(super) fn set(
    state: &State,
    cx: &Context,
    door: Option<DoorId>,
    what: rooms::Door,
) -> Result<Vec<DoorEvent>, Refused> {
    let before = match door {
        Some(id) => Some(state.existing_door(id)?),
        None if state.doors.all.len() >= MOST_DOORS => {
            return Err(Refused::TooMany { what: "doors", limit: MOST_DOORS });
        }
        None => None,
    };
    if before.is_some_and(|(_, door)| door.what == what) {
        return Ok(Vec::new());
    }
    state.facilities.existing(what.facility)?;
    rooms_fit(state, before.map(|(ix, _)| ix), &what)?;
    if let Some(lock) = &what.lock {
        lock_is_free(state, before.map(|(ix, _)| ix), lock)?;
    }
    let mut events = Vec::new();
    if let Some((ix, door)) = before {
        facility_stays(door, &what)?;
        lock_stays(state, door, &what)?;
        events = follow::door_changes(state, cx.now, ix, &what);
    }
    let id = door.unwrap_or(DoorId(cx.id(0)));
    let set = DoorEvent::Set { door: id, what: Box::new(what), by: cx.caller.id, at: cx.now };
    events.insert(0, set);
    Ok(events)
}

fn rooms_fit(state: &State, door: Option<Ix<Door>>, what: &rooms::Door) -> Result<(), Refused> {
    for room in &what.rooms {
        let (ix, _) = state.existing_room(RoomName { facility: what.facility, room: *room })?;
        let doors = state.doors.of_room.get(&ix).map_or(&[][..], Vec::as_slice);
        let others = doors.iter().filter(|it| Some(**it) != door).count();
        if others >= MOST_DOORS_OF_A_ROOM {
            return Err(Refused::TooMany {
                what: "doors of one room",
                limit: MOST_DOORS_OF_A_ROOM,
            });
        }
    }
    Ok(())
}

/// `O(doors)`, at the desk of whoever sets one up.
fn lock_is_free(state: &State, door: Option<Ix<Door>>, lock: &Lock) -> Result<(), Refused> {
    let same = |other: &Lock| place(other) == place(lock);
    let mut others = state.doors.all.iter().filter(|(ix, _)| Some(*ix) != door);
    match others.find(|(_, other)| other.what.lock.as_ref().is_some_and(same)) {
        Some((_, other)) => Err(Refusal::LockTaken(other.id).into()),
        None => Ok(()),
    }
}

fn facility_stays(door: &Door, what: &rooms::Door) -> Result<(), Refused> {
    if door.what.facility == what.facility {
        return Ok(());
    }
    let problem = "never changes: set up another door".to_owned();
    Err(Refused::Invalid { field: "door.facility", problem })
}

/// A lock is not let go of, nor a slot, while a code may be on it.
fn lock_stays(state: &State, door: &Door, what: &rooms::Door) -> Result<(), Refused> {
    let live = || door.slots.values().map(|id| &state.doors.codes[id]).filter(|it| it.is_live());
    let before = door.what.lock.as_ref();
    let fits = |slot: u16| match (before, &what.lock) {
        (Some(before), Some(lock)) => {
            place(before) == place(lock)
                && before.bridge == lock.bridge
                && (lock.first_slot..=lock.last_slot).contains(&slot)
        }
        _ => false,
    };
    match live().find(|code| !fits(code.slot)) {
        Some(code) => Err(Refusal::LockInUse { door: door.id, code: code.id }.into()),
        None => Ok(()),
    }
}

fn place(lock: &Lock) -> (&str, &str) {
    (&lock.base, &lock.name)
}

/// How the door is opened for a booking that starts on a local date.
pub(super) fn access(door: &rooms::Door, on: Date) -> Access {
    let before = door.access.partition_point(|it| it.from <= on);
    let access = before.checked_sub(1).map_or(Access::default(), |last| door.access[last].access);
    if access == Access::Code && door.lock.is_none() { Access::Staff } else { access }
}

impl State {
    pub(super) fn existing_door(&self, id: DoorId) -> Result<(Ix<Door>, &Door), Refused> {
        let ix = self.doors.all.find(id).ok_or(Refused::NotFound(Name::Door(id)))?;
        Ok((ix, &self.doors.all[ix]))
    }

    pub(super) fn door_set(&mut self, id: DoorId, what: &rooms::Door, at: Timestamp) {
        let (ix, named) = match self.doors.all.find(id) {
            Some(ix) => {
                let before = std::mem::replace(&mut self.doors.all[ix].what, what.clone());
                let one_for_series = what.lock.as_ref().is_some_and(|it| it.one_for_series);
                let digits = |door: &rooms::Door| door.lock.as_ref().map(|it| it.digits);
                if !one_for_series || digits(&before) != digits(what) {
                    self.doors.all[ix].of_series.clear();
                }
                (ix, before.rooms)
            }
            None => {
                let door = Door {
                    id,
                    what: what.clone(),
                    slots: Default::default(),
                    drawn: 0,
                    of_series: Default::default(),
                };
                (self.doors.all.add(id, door), Vec::new())
            }
        };
        for room in named.iter().filter_map(|room| self.rooms.find(*room)) {
            self.doors.of_room.entry(room).or_default().retain(|door| *door != ix);
        }
        let rooms: BTreeSet<_> = what.rooms.iter().filter_map(|it| self.rooms.find(*it)).collect();
        for room in &rooms {
            self.doors.of_room.entry(*room).or_default().push(ix);
        }
        self.passes_anew(ix, at);
    }
}
