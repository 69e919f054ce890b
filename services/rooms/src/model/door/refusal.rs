//! The doors' ways of saying no.

use dugnad_events::{CodeId, DoorId};
use jiff::Timestamp;

/// A rule of doors that says no.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// A code is, or may be, on the lock that would be let go of.
    #[error("{code} is on the lock of {door}: change the lock when no code is on it any more")]
    LockInUse {
        /// The door.
        door: DoorId,
        /// One of the codes.
        code: CodeId,
    },
    /// Two doors would set codes on one lock.
    #[error("that lock is the one of {0} already")]
    LockTaken(DoorId),
    /// It is not suspended, so there is nothing to try again.
    #[error("{0} is not suspended: it is being worked on, or done")]
    NotSuspended(CodeId),
    /// It is not to go.
    #[error("{0} is not being removed: cancel or move its booking first")]
    NotRemoving(CodeId),
    /// What was seen is no longer so.
    #[error("{0} has gone another step meanwhile; look at it again")]
    StepPassed(CodeId),
    /// There is nothing to draw a code for, or another was drawn meanwhile.
    #[error("no code is wanted of {0} for that now; look again")]
    NotWanted(DoorId),
    /// It is not yet time.
    #[error("a code may be on {door} from {from}, not before")]
    TooEarly {
        /// The door.
        door: DoorId,
        /// From then on.
        from: Timestamp,
    },
    /// All slots are owned.
    #[error("all slots of the lock of {0} are in use; give it more, or shorten its margin")]
    NoSlot(DoorId),
    /// A code that nobody can read any more may be on the lock: another could be the same.
    #[error("{code} of somebody who was erased may be on {door}; none is drawn until it is gone")]
    UnknownOnDoor {
        /// The door.
        door: DoorId,
        /// The code.
        code: CodeId,
    },
}

impl Refusal {
    /// The rule's name for machines, `UPPER_SNAKE_CASE`; it never changes.
    pub fn reason(&self) -> &'static str {
        match self {
            Self::LockInUse { .. } => "LOCK_IN_USE",
            Self::LockTaken(_) => "LOCK_TAKEN",
            Self::NotSuspended(_) => "CODE_NOT_SUSPENDED",
            Self::NotRemoving(_) => "CODE_NOT_REMOVING",
            Self::StepPassed(_) => "CODE_STEP_PASSED",
            Self::NotWanted(_) => "CODE_NOT_WANTED",
            Self::TooEarly { .. } => "CODE_TOO_EARLY",
            Self::NoSlot(_) => "NO_SLOT",
            Self::UnknownOnDoor { .. } => "UNKNOWN_CODE_ON_DOOR",
        }
    }
}
