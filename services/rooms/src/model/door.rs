//! Doors: which bookings open them with a code, and how each code comes onto its lock and off again.
//!
//! The codes are a desired state. A confirmed booking of a room behind a door that is opened by code
//! has a *pass*; from the lock's lead before the booking on, a *code* is drawn for it outside, gets a
//! slot, and is set and verified by whoever talks to the lock (`crate::doors`), who tells each step
//! that matters. What follows from a booking that moves or goes follows in its own commit ([`follow`]).
//!
//! Invariant 6: a code is on a door only from its lead before the booking to its margin after; one
//! that is there outside that, or may be, alarms until verified gone. So that it holds to the second,
//! a code begins to go [`TO_REMOVE`] before its window ends; what is not verified gone when it ends,
//! alarms. A slot has one owner; it is free again when the lock has said that it is empty.

mod code;
mod command;
mod follow;
mod pass;
mod refusal;
mod register;
mod tick;
mod view;
mod work;

use std::collections::{BTreeMap, BTreeSet, HashMap};

use dugnad_events::{
    BookingId, CodeId, DoorId, SeriesId,
    rooms::{self, Digits, DoorEvent, Event},
};
use dugnad_ledger::Context;
use dugnad_vault::Sealed;
use jiff::{SignedDuration, Timestamp};

use super::{
    Refusal as Refused, State,
    booking::Booking,
    register::{Ix, Register},
    room::Room,
};
use code::Code;
use pass::Pass;

pub(super) use follow::follow;
pub(super) use tick::tick;

pub use command::{Command, Step};
pub use refusal::Refusal;
pub use register::{
    LEAST_LEAD_MINUTES, LEAST_MARGIN_MINUTES, MOST_ACCESS_CHANGES, MOST_DOORS,
    MOST_DOORS_OF_A_ROOM, MOST_LEAD_MINUTES, MOST_ROOMS_OF_A_DOOR, MOST_SLOTS,
};
pub use view::{AccessView, AlarmView, Alarming, CodeState, CodeView, DoorView};
pub use work::{CodeWork, Draw, LockKey, Want, Work};

/// How long before its window ends a code begins to go.
pub const TO_REMOVE: SignedDuration = SignedDuration::from_mins(4);
/// A booking without a code that works alarms so long before it begins.
pub const LATE: SignedDuration = SignedDuration::from_mins(15);

/// All doors, and all codes that are or may be on them.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Doors {
    all: Register<DoorId, Door>,
    /// The doors that name a room, by room.
    of_room: BTreeMap<Ix<Room>, Vec<Ix<Door>>>,
    /// The last code of each slot that ever had one.
    codes: HashMap<CodeId, Code>,
    passes: BTreeMap<(Ix<Booking>, Ix<Door>), Pass>,
    /// What ends or begins by the clock.
    due: BTreeSet<(Timestamp, Due)>,
    /// Passes without a code, by the time from which they may have one.
    undrawn: BTreeSet<(Timestamp, Ix<Booking>, Ix<Door>)>,
    /// Codes that the lock is yet to be talked to about.
    unsettled: BTreeSet<CodeId>,
    /// Bookings that begin soon, or have begun, without a code that works.
    late: BTreeSet<(Ix<Booking>, Ix<Door>)>,
    /// Goes up with each door that is set.
    generation: u64,
    /// Goes up with each change, so that nobody need look where nothing did.
    revision: u64,
}

/// A door with its lock's slots.
#[derive(Debug, PartialEq)]
struct Door {
    id: DoorId,
    what: rooms::Door,
    slots: BTreeMap<u16, CodeId>,
    /// How many codes were ever drawn for it: whoever draws one must have seen the last.
    drawn: u32,
    /// The digits of series that keep theirs.
    of_series: HashMap<SeriesId, Sealed<Digits>>,
}

/// What has a time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Due {
    Code(CodeId),
    Pass(Ix<Booking>, Ix<Door>),
}

pub(super) fn decide(state: &State, cx: &Context, command: Command) -> Result<Vec<Event>, Refused> {
    let events = match command {
        Command::Set { door, what } => register::set(state, cx, door, *what)?,
        Command::Plan { door, booking, digits, drawn } => {
            pass::plan(state, cx, door, booking, digits, drawn)?
        }
        Command::Keep { door, booking } => pass::keep(state, cx, door, booking)?,
        Command::Step { code, step } => code::step(state, cx, code, step)?,
        Command::Retry { code } => code::retry(state, cx, code)?,
        Command::ConfirmGone { code } => code::confirm_gone(state, cx, code)?,
    };
    Ok(events.into_iter().map(Event::Door).collect())
}

impl State {
    pub(super) fn door_event(&mut self, event: &DoorEvent) {
        self.doors.revision += 1;
        match event {
            DoorEvent::Set { door, what, at, .. } => {
                self.doors.generation += 1;
                self.door_set(*door, what, *at);
            }
            DoorEvent::Planned { code, door, booking, slot, window, digits } => {
                let found = self.doors.all.find(*door).zip(self.bookings.find(*booking));
                if let Some((door, booking)) = found {
                    let code = Code::planned(*code, door, booking, *slot, *window, digits);
                    self.code_planned(code);
                }
            }
            DoorEvent::Kept { code, booking, window } => {
                if let Some(booking) = self.bookings.find(*booking) {
                    self.code_kept(*code, booking, *window);
                }
            }
            DoorEvent::Setting { code } => self.change_code(*code, Code::setting),
            DoorEvent::Confirmed { code, .. } => self.change_code(*code, Code::confirmed),
            DoorEvent::Lost { code } => self.change_code(*code, Code::setting),
            DoorEvent::Removing { code, why, until } => self.code_removing(*code, *why, *until),
            DoorEvent::Removed { code, .. } => self.change_code(*code, Code::removed),
            DoorEvent::Suspended { code, said } => {
                self.change_code(*code, |code| code.suspended = Some(*said));
            }
            DoorEvent::Resumed { code, .. } => {
                self.change_code(*code, |code| code.suspended = None);
            }
            DoorEvent::Back { code } => self.change_code(*code, Code::back),
            DoorEvent::Overstayed { code } => {
                self.change_code(*code, |code| code.overstayed = true);
            }
            DoorEvent::Late { door, booking, .. } => self.pass_late(*door, *booking, true),
            DoorEvent::LateOver { door, booking } => self.pass_late(*door, *booking, false),
        }
    }

    /// What any other event of rooms means for the doors.
    pub(super) fn doors_hear(&mut self, event: &Event) {
        if self.doors.all.len() == 0 {
            return;
        }
        let booking = match event {
            Event::Booked { booking, .. }
            | Event::Approved { booking, .. }
            | Event::Moved { booking, .. }
            | Event::Cancelled { booking, .. } => *booking,
            Event::PersonErased { person, .. } => return self.digits_dropped(*person),
            _ => return,
        };
        self.passes_of(booking);
    }

    fn passes_of(&mut self, booking: BookingId) {
        let Some(ix) = self.bookings.find(booking) else { return };
        let needed = self.needed(ix);
        let first = Ix::FIRST;
        let had: Vec<_> = self
            .doors
            .passes
            .range((ix, first)..)
            .take_while(|(k, _)| k.0 == ix)
            .map(|((_, door), _)| *door)
            .collect();
        for door in had.iter().filter(|door| !needed.iter().any(|(it, _)| it == *door)) {
            self.pass_gone(ix, *door);
        }
        for (door, pass) in needed {
            self.pass_set(ix, door, pass);
        }
        self.doors.revision += 1;
    }
}

impl Doors {
    pub(super) fn next_due(&self) -> Option<Timestamp> {
        self.due.first().map(|(at, _)| *at)
    }
}
