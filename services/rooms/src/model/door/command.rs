//! What can be asked about doors.

use dugnad_events::{
    BookingId, CodeId, DoorId,
    rooms::{Digits, Door, Said},
};
use dugnad_vault::Sealed;
use serde::{Deserialize, Serialize};

/// One intent about a door or a code on it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Command {
    /// Set a door up, or change it.
    Set {
        /// Which; `None`: a new one.
        door: Option<DoorId>,
        /// All of it.
        what: Box<Door>,
    },
    /// Give a booking its code, whose digits were drawn.
    Plan {
        /// The door.
        door: DoorId,
        /// The booking.
        booking: BookingId,
        /// Sealed for whoever booked.
        digits: Sealed<Digits>,
        /// How many had been drawn for the door: theirs are known to be others.
        drawn: u32,
    },
    /// Let a booking of a series have the code that the one before it still has.
    Keep {
        /// The door.
        door: DoorId,
        /// The booking.
        booking: BookingId,
    },
    /// Tell what was done about a code, and what the lock said.
    Step {
        /// Which.
        code: CodeId,
        /// What.
        step: Step,
    },
    /// Have a lock tried again now.
    Retry {
        /// The code that is suspended.
        code: CodeId,
    },
    /// Say that a code is gone, having looked.
    ConfirmGone {
        /// The code that is to go.
        code: CodeId,
    },
}

/// What was done about a code, and what the lock said.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Step {
    /// The lock is about to be told of it.
    Setting,
    /// Asked, the lock says that it holds it.
    Confirmed,
    /// Unasked, the lock says that it does not hold it any more.
    Lost,
    /// Asked, the lock says that its slot is empty.
    Gone,
    /// It was told so often, and this is the last that it said.
    Suspended(Said),
    /// The lock says that it holds one that was gone.
    Back,
}
