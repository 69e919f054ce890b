//! What queries about doors answer.

use dugnad_calendar::Interval;
use dugnad_events::{
    BookingId, CodeId, DoorId, FacilityId, RoomName,
    rooms::{self, Access, BookingDetails, Digits, Said},
};
use dugnad_vault::{PersonId, Sealed};
use jiff::{SignedDuration, Timestamp};
use uuid::Uuid;

use super::{
    super::{Page, State, booking::Booking, register::Ix},
    Door,
    code::{Code, Standing},
    pass::{Stage, live},
    register::access,
};

/// A door.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DoorView {
    /// Its id.
    pub id: DoorId,
    /// All of it.
    pub what: rooms::Door,
}

/// How it stands with a code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CodeState {
    /// Drawn; nothing was sent yet.
    Planned,
    /// The lock is told, and has not yet said that it holds it.
    Setting,
    /// The lock, asked, said that it holds it.
    Set,
    /// The lock is told to let go of it, and has not yet said that it did.
    Removing,
    /// It is gone.
    Removed,
    /// It is gone, and never worked.
    Failed,
}

/// A code.
#[derive(Clone, Debug, PartialEq)]
pub struct CodeView {
    /// Its id.
    pub id: CodeId,
    /// The door.
    pub door: DoorId,
    /// The booking that owns the slot.
    pub booking: BookingId,
    /// The slot.
    pub slot: u16,
    /// When it may be on the lock.
    pub window: Interval,
    /// How it stands.
    pub state: CodeState,
    /// What the lock said last, where a person is to look at it.
    pub suspended: Option<Said>,
    /// What is keyed in; for whom it is to be opened is the door's to say.
    pub digits: Option<Sealed<Digits>>,
}

/// How one gets through a door for a booking.
#[derive(Clone, Debug, PartialEq)]
pub struct AccessView {
    /// The door.
    pub door: DoorId,
    /// What people call it.
    pub name: String,
    /// How it is opened.
    pub access: Access,
    /// The code, if there is one by now.
    pub code: Option<CodeView>,
    /// From when it is shown.
    pub shown: Option<Timestamp>,
    /// Whether it is to be opened by hand, since no code works.
    pub by_hand: bool,
}

/// Something that a person is to see to.
#[derive(Clone, Debug, PartialEq)]
pub struct AlarmView {
    /// The door.
    pub door: DoorId,
    /// What people call it.
    pub name: String,
    /// What.
    pub what: Alarming,
}

/// What is wrong.
#[derive(Clone, Debug, PartialEq)]
pub enum Alarming {
    /// A booking begins soon, or has begun, without a code that works: whoever is on duty opens.
    Late(BookingId, Interval, Vec<PersonId>),
    /// A code is, or may be, on the door outside its window.
    Overstayed(CodeView),
    /// The lock does not do as told.
    Suspended(CodeView),
}

/// How a code stands, without its digits.
pub(super) fn state_of(code: &Code) -> CodeState {
    match code.standing {
        Standing::Planned => CodeState::Planned,
        Standing::Setting => CodeState::Setting,
        Standing::Set => CodeState::Set,
        Standing::Removing => CodeState::Removing,
        Standing::Removed => CodeState::Removed,
        Standing::Failed => CodeState::Failed,
    }
}

impl State {
    /// `O(1)`.
    pub fn door(&self, id: DoorId) -> Option<DoorView> {
        self.doors.all.get(id).map(view)
    }

    /// The doors of a building, or all, as they were registered, after the one given. `O(doors)`.
    pub fn doors(
        &self,
        of: Option<FacilityId>,
        after: Option<DoorId>,
        size: usize,
    ) -> Page<DoorView, DoorId> {
        let after = after.and_then(|id| self.doors.all.find(id));
        let wanted = self.doors.all.iter().filter(|(ix, door)| {
            after.is_none_or(|after| *ix > after) && of.is_none_or(|of| door.what.facility == of)
        });
        Page::of(wanted.map(|(_, door)| view(door)), size, |door| door.id)
    }

    /// How one gets through each door to a booking's room. `O(doors of the room)`.
    pub fn access(&self, booking: BookingId) -> Option<Vec<AccessView>> {
        let ix = self.bookings.find(booking)?;
        let booking = &self.bookings[ix];
        let room = &self.rooms[booking.room];
        let mut doors: Vec<_> =
            room.relatives.iter().filter_map(|it| self.doors.of_room.get(it)).flatten().collect();
        doors.sort_unstable();
        doors.dedup();
        Some(doors.into_iter().map(|door| self.access_view(ix, booking, *door)).collect())
    }

    fn access_view(&self, ix: Ix<Booking>, booking: &Booking, at: Ix<Door>) -> AccessView {
        let door = &self.doors.all[at];
        let pass = self.doors.passes.get(&(ix, at));
        let linked = pass.and_then(|pass| pass.code);
        let last = |id: &&_| {
            let code = &self.doors.codes[*id];
            code.booking == ix || code.earlier.contains(&ix)
        };
        let code = linked.or_else(|| door.slots.values().rfind(last).copied());
        let zone = &self.facilities.all[self.rooms[booking.room].facility].zone;
        let shown = door.what.lock.as_ref().and_then(|lock| {
            let before = SignedDuration::from_mins(lock.shown_minutes.into());
            booking.span.start().checked_sub(before).ok()
        });
        AccessView {
            door: door.id,
            name: door.what.name.clone(),
            access: access(&door.what, booking.span.start().to_zoned(zone.clone()).date()),
            code: code.map(|id| self.code_view(&self.doors.codes[&id])),
            shown,
            by_hand: pass.is_some_and(|pass| pass.stage == Stage::Late),
        }
    }

    /// The last code of each slot of a door that ever had one. `O(slots)`.
    pub fn codes(&self, door: DoorId) -> Option<Vec<CodeView>> {
        let door = self.doors.all.get(door)?;
        Some(door.slots.values().map(|id| self.code_view(&self.doors.codes[id])).collect())
    }

    /// `O(1)`.
    pub fn code(&self, id: CodeId) -> Option<CodeView> {
        self.doors.codes.get(&id).map(|code| self.code_view(code))
    }

    /// The codes that are sealed for a person. `O(codes)`.
    pub fn codes_about(&self, person: PersonId) -> Vec<CodeView> {
        let theirs = |digits: &Sealed<Digits>| digits.person() == person;
        let codes = self.doors.codes.values();
        let mut codes: Vec<_> = codes
            .filter(|code| code.digits.as_ref().is_some_and(theirs))
            .map(|code| self.code_view(code))
            .collect();
        codes.sort_unstable_by_key(|code| code.window.start());
        codes
    }

    fn code_view(&self, code: &Code) -> CodeView {
        CodeView {
            id: code.id,
            door: self.doors.all[code.door].id,
            booking: self.bookings[code.booking].id,
            slot: code.slot,
            window: code.window,
            state: state_of(code),
            suspended: code.suspended,
            digits: code.digits.clone(),
        }
    }

    /// What a person is to see to, at most so much. `O(unsettled codes)`.
    pub fn door_alarms(&self, most: usize) -> Vec<AlarmView> {
        let alarm = |door: Ix<Door>, what| {
            let door = &self.doors.all[door];
            AlarmView { door: door.id, name: door.what.name.clone(), what }
        };
        let late = self.doors.late.iter().map(|(booking, door)| {
            let booking = &self.bookings[*booking];
            let guards = self.on_duty(self.doors.all[*door].what.facility, booking.span.start());
            alarm(*door, Alarming::Late(booking.id, booking.span, guards))
        });
        let codes = self.doors.unsettled.iter().map(|id| &self.doors.codes[id]);
        let codes = codes.filter_map(|code| match (code.overstayed, code.suspended) {
            (true, _) => Some(alarm(code.door, Alarming::Overstayed(self.code_view(code)))),
            (_, Some(_)) => Some(alarm(code.door, Alarming::Suspended(self.code_view(code)))),
            _ => None,
        });
        late.chain(codes).take(most).collect()
    }

    /// Whether a code may be on the door that nobody can read any more.
    pub fn holds_unknown(&self, door: DoorId) -> bool {
        let door = self.doors.all.get(door);
        door.is_some_and(|door| live(self, door).any(|code| code.digits.is_none()))
    }

    /// Who may see what a booking's codes are: who booked, and who is in charge of it.
    pub fn may_enter(&self, booking: BookingId) -> Option<(Uuid, Option<PersonId>)> {
        let booking = self.bookings.get(booking)?;
        let own = booking.details.as_ref();
        let series = booking.series.and_then(|series| self.series[series].details.as_ref());
        Some((booking.by, own.or(series).map(Sealed::<BookingDetails>::person)))
    }

    /// `O(1)`.
    pub fn room_of(&self, booking: BookingId) -> Option<RoomName> {
        self.bookings.get(booking).map(|booking| self.rooms[booking.room].name)
    }
}

fn view(door: &Door) -> DoorView {
    DoorView { id: door.id, what: door.what.clone() }
}
