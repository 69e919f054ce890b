//! Evening shifts (tilsynsvakt): who opens, is there and locks up while a building is let.
//!
//! What is said in words lies sealed under somebody's key; people otherwise stand by their ids.

use dugnad_calendar::Interval;
use dugnad_vault::{PersonId, Sealed};
use jiff::{Timestamp, civil::Date};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::{AssignmentId, BookingId, Code, FacilityId, NeedId, ShiftId};

/// What happened to evening shifts.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum ShiftEvent {
    /// How shifts follow from a building's bookings was written.
    RulesSet {
        /// The building.
        facility: FacilityId,
        /// The first local day that they are applied to.
        from: Date,
        /// From now on.
        rules: Box<ShiftRules>,
    },
    /// Bookings call for a shift.
    Planned {
        /// Its id.
        shift: ShiftId,
        /// The building.
        facility: FacilityId,
        /// The local day it belongs to.
        day: Date,
        /// What it is.
        facts: ShiftFacts,
        /// When it was planned.
        at: Timestamp,
    },
    /// Bookings changed, and it with them.
    Changed {
        /// Which.
        shift: ShiftId,
        /// The shift's revision from now on; each has a need of its own in matching.
        revision: u32,
        /// What it is from now on.
        facts: ShiftFacts,
        /// When.
        at: Timestamp,
    },
    /// No booking calls for it any more.
    Dropped {
        /// Which.
        shift: ShiftId,
        /// Its revision, whose need is closed.
        revision: u32,
    },
    /// A day's shifts are as its bookings call for.
    Derived {
        /// The building.
        facility: FacilityId,
        /// The local day.
        day: Date,
    },
    /// Matching says who comes.
    HostFound {
        /// To which shift.
        shift: ShiftId,
        /// By which assignment.
        assignment: AssignmentId,
        /// Who.
        person: PersonId,
    },
    /// Matching says who does not come after all.
    HostLost {
        /// To which shift.
        shift: ShiftId,
        /// By which assignment they would have.
        assignment: AssignmentId,
        /// When.
        at: Timestamp,
    },
    /// Its deadline has passed, and too few come: somebody must look at this now.
    Unhosted {
        /// Which.
        shift: ShiftId,
        /// When.
        at: Timestamp,
        /// How many come.
        hosts: u32,
        /// What follows; bookings that are released are cancelled by events of their own.
        then: Unhosted,
        /// Bookings that begin in it.
        bookings: Vec<BookingId>,
    },
    /// Somebody who hosts wrote something down.
    Logged {
        /// Of which shift.
        shift: ShiftId,
        /// Who.
        by: Uuid,
        /// When.
        at: Timestamp,
        /// What kind of thing.
        kind: LogKind,
        /// Whom it is about, if it is about one person: it lies under their key then, and goes
        /// with them.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        about: Option<PersonId>,
        /// In words.
        text: Sealed<String>,
    },
    /// A guard wants to hand over to another.
    HandedOver {
        /// Which shift.
        shift: ShiftId,
        /// Who has it.
        by: PersonId,
        /// Who is to have it.
        to: PersonId,
        /// When.
        at: Timestamp,
        /// What the next must know, under the writer's key.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        text: Option<Sealed<String>>,
    },
    /// The other has taken over.
    TakenOver {
        /// Which shift.
        shift: ShiftId,
        /// Who has it now.
        by: PersonId,
        /// When.
        at: Timestamp,
    },
    /// Somebody did not come.
    NoShow {
        /// Which shift.
        shift: ShiftId,
        /// By which assignment they should have.
        assignment: AssignmentId,
        /// Who said so.
        by: Uuid,
        /// When.
        at: Timestamp,
    },
}

/// What a shift is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ShiftFacts {
    /// The kind of need that it is filled as; matching's rules for that kind say who may.
    pub kind: Code,
    /// How many come.
    pub heads: u32,
    /// From the first minute to the last.
    pub span: Interval,
}

/// How shifts follow from a building's bookings.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ShiftRules {
    /// Minutes from the start of a shift to the first booking.
    pub before_minutes: u16,
    /// Minutes from the last booking to the end of the shift.
    pub after_minutes: u16,
    /// The longest shift; what is longer is split evenly.
    pub longest_minutes: u16,
    /// Shifts that are this near to each other are one.
    pub merge_minutes: u16,
    /// Shifts are planned so many days ahead.
    pub horizon_days: u16,
    /// Who comes; nobody: there are no shifts.
    pub staffing: Vec<Staffing>,
    /// Bookings that begin in one of these call for a shift; none: all do.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub hours: Vec<ShiftHours>,
    /// Only bookings for these purposes call for a shift; none: all do.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub purposes: Vec<Code>,
    /// When somebody must have been found; `None`: nobody looks.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub deadline: Option<HostDeadline>,
}

/// How many of a kind come.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Staffing {
    /// The kind of need in matching, which knows the role.
    pub kind: Code,
    /// How many.
    pub heads: u32,
    /// Whether bookings need them: the deadline is theirs.
    #[serde(default)]
    pub required: bool,
}

/// A stretch of the week.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ShiftHours {
    /// Monday is bit 0.
    pub weekdays: u8,
    /// Minutes from midnight.
    pub from: u16,
    /// Minutes from midnight; 1440 is the end of the day.
    pub to: u16,
}

/// When somebody must have been found, and what follows if not.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct HostDeadline {
    /// Before the start of the shift.
    pub hours: u32,
    /// If nobody was found by then.
    pub then: Unhosted,
}

/// What follows when nobody hosts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Unhosted {
    /// Somebody is told.
    Warn,
    /// The bookings are cancelled.
    Release,
    /// Somebody of the municipality opens and locks.
    ManualOpening,
}

/// What was written down.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LogKind {
    /// What happened.
    Note,
    /// What should not have (avvik).
    Deviation,
}

impl ShiftId {
    /// The need that matching fills a revision of a shift by: derived, so that both services know it
    /// and it is posted once.
    #[must_use]
    pub fn need(self, revision: u32) -> NeedId {
        NeedId(Uuid::new_v5(&self.0, &revision.to_be_bytes()))
    }
}
