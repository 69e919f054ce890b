//! The rules' ways of saying no. The messages are shown to people.

use dugnad_events::{RideId, ShiftId, VehicleId};
use dugnad_vault::PersonId;
use jiff::civil::Date;

/// A rule of the domain that says no, with what the caller needs next.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// No such thing in this municipality.
    #[error("{0} does not exist")]
    NotFound(String),
    /// It is somebody else's.
    #[error("{0} is not yours to see or change")]
    NotYours(String),
    /// They speak for somebody who has not consented to it.
    #[error("{0} has not consented to rides ordered by you; their consent is set in the register")]
    NotRepresented(PersonId),
    /// Who asked for the ride does not want it any more.
    #[error("{0} is not wanted any more")]
    NotWanted(RideId),
    /// A value that no rule can work with.
    #[error("{field}: {problem}")]
    Invalid {
        /// The field of the request, as the proto names it.
        field: &'static str,
        /// What is wrong with it.
        problem: String,
    },
    /// The person was erased; nothing new is kept about them.
    #[error("{0} was erased; nothing new is kept about them")]
    PersonErased(PersonId),
    /// The vehicle is in use no more.
    #[error("{0} is in use no more; choose another, or set it in use again")]
    VehicleRetired(VehicleId),
    /// The driver drives no more.
    #[error("{0} drives no more; choose another, or set them active again")]
    DriverInactive(PersonId),
    /// Vehicle or driver have another shift then.
    #[error("{what} has {by} then; choose other hours")]
    ShiftOverlaps {
        /// The vehicle or the driver.
        what: String,
        /// Which shift.
        by: ShiftId,
    },
    /// The shift does nothing more.
    #[error("{0} is closed")]
    ShiftClosed(ShiftId),
    /// It is too late for that, or too early.
    #[error("{ride} {standing}: that cannot be done any more")]
    RideNotOpen {
        /// Which.
        ride: RideId,
        /// What has become of it.
        standing: &'static str,
    },
    /// The vehicle has not set out to it, or is past it.
    #[error("{shift} is not at that stop: {problem}")]
    NotAtStop {
        /// Which shift.
        shift: ShiftId,
        /// What is so instead.
        problem: &'static str,
    },
    /// The day lies too far from now.
    #[error("{day} is over, or too far ahead: rides are planned {most} days ahead at most")]
    NotPlannable {
        /// Which.
        day: Date,
        /// How many days ahead.
        most: u32,
    },
    /// The day has changed since it was looked at: look again.
    #[error("the plan of {0} has changed meanwhile; try again")]
    Stale(Date),
    /// What was proposed breaks a limit: it was made for another state of things.
    #[error("the plan of {day} does not hold: {fault}")]
    DoesNotHold {
        /// Of which day.
        day: Date,
        /// What the oracle says.
        fault: String,
    },
    /// There are too many already.
    #[error("there is room for {limit} {what} at most")]
    TooMany {
        /// Of what.
        what: &'static str,
        /// The most there can be.
        limit: usize,
    },
}

impl Refusal {
    /// The rule's name for machines, `UPPER_SNAKE_CASE`; it never changes.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Self::NotFound(_) => "NOT_FOUND",
            Self::NotYours(_) => "NOT_YOURS",
            Self::NotRepresented(_) => "NOT_REPRESENTED",
            Self::NotWanted(_) => "NOT_WANTED",
            Self::Invalid { .. } => "INVALID",
            Self::PersonErased(_) => "PERSON_ERASED",
            Self::VehicleRetired(_) => "VEHICLE_RETIRED",
            Self::DriverInactive(_) => "DRIVER_INACTIVE",
            Self::ShiftOverlaps { .. } => "SHIFT_OVERLAPS",
            Self::ShiftClosed(_) => "SHIFT_CLOSED",
            Self::RideNotOpen { .. } => "RIDE_NOT_OPEN",
            Self::NotAtStop { .. } => "NOT_AT_STOP",
            Self::NotPlannable { .. } => "NOT_PLANNABLE",
            Self::Stale(_) => "STALE",
            Self::DoesNotHold { .. } => "DOES_NOT_HOLD",
            Self::TooMany { .. } => "TOO_MANY",
        }
    }
}
