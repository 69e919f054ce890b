//! What is to be done about codes now, for whoever talks to the locks.

use std::collections::BTreeSet;

use dugnad_calendar::Interval;
use dugnad_events::{
    BookingId, CodeId, DoorId,
    rooms::{Bridge, Digits, Lock},
};
use dugnad_vault::{PersonId, Sealed};
use jiff::{Timestamp, tz::TimeZone};

use super::{
    super::{State, booking::Booking, register::Ix},
    Door, TO_REMOVE,
    code::{Code, Standing},
    pass::{live, of_same_series},
};

/// The most that one look brings.
const MOST_AT_ONCE: usize = 50_000;

/// All that is to be done now.
#[derive(Clone, Debug, Default)]
pub struct Work {
    /// As the codes were: while it is the same, only the clock can bring more.
    pub revision: u64,
    /// As the doors were: while it is the same, the locks are too.
    pub generation: u64,
    /// When the clock does, if nothing else changes.
    pub next: Option<Timestamp>,
    /// Bookings that are to get a code of their own.
    pub draws: Vec<Draw>,
    /// Bookings that are to get the code that the one before them has.
    pub keeps: Vec<(DoorId, BookingId)>,
    /// Codes that a lock is to be talked to about.
    pub codes: Vec<CodeWork>,
}

/// A booking that is to get a code.
#[derive(Clone, Debug)]
pub struct Draw {
    /// The door.
    pub door: DoorId,
    /// The booking.
    pub booking: BookingId,
    /// For whom it is to be sealed.
    pub by: PersonId,
    /// What is in front of the lock: it rules which digits may be.
    pub bridge: Bridge,
    /// How many digits.
    pub digits: u8,
    /// How many had been drawn for the door.
    pub drawn: u32,
    /// The digits that the series has.
    pub again: Option<Sealed<Digits>>,
    /// Those that are, or may be, on the door: it must be none of them.
    pub live: Vec<Sealed<Digits>>,
}

/// What is wanted of a lock.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Want {
    /// That it holds the code; whether it is known that nothing was ever sent.
    Set {
        /// Nothing was ever sent.
        unsent: bool,
    },
    /// That it does not.
    Gone,
}

/// A code that a lock is to be talked to about.
#[derive(Clone, Debug, PartialEq)]
pub struct CodeWork {
    /// Which.
    pub code: CodeId,
    /// On which door.
    pub door: DoorId,
    /// In which slot.
    pub slot: u16,
    /// What is wanted.
    pub want: Want,
    /// For locks that keep it themselves.
    pub window: Interval,
    /// `None`: nobody can read them any more.
    pub digits: Option<Sealed<Digits>>,
    /// Whether a person was told already.
    pub suspended: bool,
}

/// Where a door's lock is to be found.
#[derive(Clone, Debug, PartialEq)]
pub struct LockKey {
    /// The door.
    pub door: DoorId,
    /// The lock.
    pub lock: Lock,
    /// The zone that its clock shows.
    pub zone: TimeZone,
}

impl State {
    /// What is to be done about codes at `now`. `O(what is to be done)`.
    pub fn door_work(&self, now: Timestamp) -> Work {
        let doors = &self.doors;
        let mut work = Work {
            revision: doors.revision,
            generation: doors.generation,
            next: doors.undrawn.iter().map(|it| it.0).find(|at| *at > now),
            ..Work::default()
        };
        // One draw a door at a time: the next is to see it.
        let mut drawn = BTreeSet::new();
        let due = doors.undrawn.iter().take_while(|it| it.0 <= now);
        for (_, booking, door) in due.take(MOST_AT_ONCE) {
            self.want_code(&mut work, *booking, *door, now, &mut drawn);
        }
        let codes = doors.unsettled.iter().take(MOST_AT_ONCE);
        work.codes = codes.filter_map(|id| Some(self.code_work(doors.codes.get(id)?))).collect();
        work
    }

    fn want_code(
        &self,
        work: &mut Work,
        ix: Ix<Booking>,
        door: Ix<Door>,
        now: Timestamp,
        drawn: &mut BTreeSet<Ix<Door>>,
    ) {
        let (booking, of) = (&self.bookings[ix], &self.doors.all[door]);
        let pass = self.doors.passes.get(&(ix, door));
        let over = pass.is_none_or(|pass| now >= pass.window.end() - TO_REMOVE);
        let by = PersonId(booking.by);
        if over || self.people.not_erased(by).is_err() {
            return;
        }
        match of_same_series(self, of, ix) {
            Some(code) if code.is_wanted() => return work.keeps.push((of.id, booking.id)),
            // The same digits may still be on the door.
            Some(_) => return,
            None => {}
        }
        let codes = || live(self, of);
        let Some(lock) = &of.what.lock else { return };
        if codes().any(|code| code.digits.is_none()) || !drawn.insert(door) {
            return;
        }
        let series = booking.series.map(|series| self.series[series].id);
        let again = series.and_then(|series| of.of_series.get(&series));
        work.draws.push(Draw {
            door: of.id,
            booking: booking.id,
            by,
            bridge: lock.bridge,
            digits: lock.digits,
            drawn: of.drawn,
            again: again.filter(|digits| digits.person() == by).cloned(),
            live: codes().filter_map(|code| code.digits.clone()).collect(),
        });
    }

    fn code_work(&self, code: &Code) -> CodeWork {
        CodeWork {
            code: code.id,
            door: self.doors.all[code.door].id,
            slot: code.slot,
            want: match code.standing {
                Standing::Planned => Want::Set { unsent: true },
                Standing::Setting | Standing::Set => Want::Set { unsent: false },
                _ => Want::Gone,
            },
            window: code.window,
            digits: code.digits.clone(),
            suspended: code.suspended.is_some(),
        }
    }

    /// Every lock there is. `O(doors)`.
    pub fn locks(&self) -> Vec<LockKey> {
        let key = |door: &Door| {
            let zone = self.facilities.all.get(door.what.facility)?.zone.clone();
            Some(LockKey { door: door.id, lock: door.what.lock.clone()?, zone })
        };
        self.doors.all.iter().filter_map(|(_, door)| key(door)).collect()
    }

    /// How often anything about doors and codes changed.
    pub fn doors_revision(&self) -> u64 {
        self.doors.revision
    }

    /// The last code of a slot, and whether it is on the lock by what we know: to make sense of what
    /// a lock says unasked.
    pub fn code_in_slot(&self, door: DoorId, slot: u16) -> Option<(CodeId, super::CodeState)> {
        let id = self.doors.all.get(door)?.slots.get(&slot)?;
        self.doors.codes.get(id).map(|code| (code.id, super::view::state_of(code)))
    }
}
