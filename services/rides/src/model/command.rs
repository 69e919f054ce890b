//! What can be asked of rides. The api checks the form of the fields; the rules are elsewhere.

use dugnad_calendar::Interval;
use dugnad_events::{
    AssignmentId, Code, NeedId, NoticeId, RideId, ShiftId, StandingOrderId, VehicleId,
    rides::{
        Broken, Closing, Driver, Entrance, Heard, Moment, Promise, Report, Ride, Route, Rules,
        Shift, StandingOrder, Traveller, Vehicle, Visit, Wanted,
    },
};
use dugnad_vault::{PersonId, Sealed};
use jiff::{Timestamp, civil::Date};
use serde::{Deserialize, Serialize};

/// One intent of a caller.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Command {
    /// Set what is the municipality's own choice.
    SetRules(Rules),
    /// Make a vehicle, or change one.
    SetVehicle {
        /// `None`: a new one.
        vehicle: Option<VehicleId>,
        /// From now on.
        facts: Vehicle,
    },
    /// Make somebody a driver, or change what they do.
    SetDriver {
        /// Who.
        driver: PersonId,
        /// From now on.
        facts: Driver,
    },
    /// Give a driver and a vehicle some hours.
    SetShift {
        /// Who, what, when.
        facts: Shift,
    },
    /// Tell how somebody rides.
    SetTraveller {
        /// Who.
        person: PersonId,
        /// From now on.
        facts: Box<Traveller>,
        /// Whether it is the caller's office; otherwise they must speak for the person.
        office: bool,
    },
    /// Tell where vehicles stop at a building.
    SetEntrance(Entrance),
    /// A wanted ride cannot be promised, so far.
    RefuseWant {
        /// Which.
        ride: RideId,
        /// Why: its name for machines.
        reason: String,
        /// In words, without names.
        text: String,
    },
    /// A plan that the dispatcher has made.
    Propose(Box<Proposal>),
    /// Something happened.
    Happened(Happening),
    /// Make a ride come again and again.
    SetOrder(Box<StandingOrder>),
    /// End a standing order.
    EndOrder {
        /// Which.
        order: StandingOrderId,
        /// The last day.
        on: Date,
    },
    /// What became of the next dates of a standing order.
    Expanded {
        /// Of which order.
        order: StandingOrderId,
        /// Up to and with this day.
        through: Date,
        /// Dates that cannot be promised, with the reason's name and in words.
        refused: Vec<(Date, String, String)>,
    },
    /// Another service said something.
    Hear(Fact),
}

/// A plan that the dispatcher has made, and the state of the day that it was made on.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Proposal {
    /// The day.
    pub day: Date,
    /// Its version.
    pub based_on: u64,
    /// New rides.
    pub rides: Vec<Offered>,
    /// What shifts do from now on.
    pub routes: Vec<(ShiftId, Route)>,
    /// Promises that no plan can keep.
    pub broken: Vec<(RideId, Broken)>,
    /// Promises for rides that had none any more.
    pub gained: Vec<(RideId, Promise, ShiftId)>,
}

/// A ride that a proposal promises.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Offered {
    /// Which.
    pub ride: RideId,
    /// What was asked.
    pub facts: Ride,
    /// What is promised.
    pub promise: Promise,
    /// Who comes.
    pub shift: ShiftId,
    /// It answers a want, and is promised only as long as that stands.
    pub is_wanted: bool,
}

/// Something that happened.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Happening {
    /// A driver reports a stop.
    Stop {
        /// Of which shift.
        shift: ShiftId,
        /// Which.
        visit: Visit,
        /// What.
        report: Report,
        /// When; `None`: now.
        at: Option<Timestamp>,
        /// Of a delivery.
        proof: Option<Sealed<String>>,
        /// Whether it is the caller's office; otherwise the shift must be theirs.
        office: bool,
    },
    /// Nobody was there.
    NoShow {
        /// By which shift.
        shift: ShiftId,
        /// Which.
        ride: RideId,
        /// When the vehicle went on; `None`: now.
        at: Option<Timestamp>,
        /// Whether it is the caller's office; otherwise the shift must be theirs.
        office: bool,
    },
    /// A shift is late.
    Late {
        /// Which.
        shift: ShiftId,
        /// Seconds.
        by: i32,
        /// Whether it is the caller's office; otherwise the shift must be theirs.
        office: bool,
    },
    /// A ride is called off.
    Cancel {
        /// Which.
        ride: RideId,
        /// Why.
        reason: Code,
        /// Whether it is the caller's office; otherwise the ride must be theirs.
        office: bool,
    },
    /// What rides were for is off.
    Free {
        /// As in the rides.
        about: String,
    },
    /// Shifts of a vehicle do nothing more.
    VehicleOut {
        /// Which.
        vehicle: VehicleId,
        /// From when on; `None`: now.
        from: Option<Timestamp>,
        /// Shifts that begin later stay; `None`: those of the service day.
        until: Option<Timestamp>,
        /// Whether it is the caller's office; otherwise a shift with it must be theirs.
        office: bool,
    },
    /// Shifts of a driver do nothing more.
    DriverOut {
        /// Who.
        driver: PersonId,
        /// From when on; `None`: now.
        from: Option<Timestamp>,
        /// Shifts that begin later stay; `None`: those of the service day.
        until: Option<Timestamp>,
    },
}

/// What another service said that counts here.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Fact {
    /// A person is gone for good.
    Erased(PersonId),
    /// Matching wants somebody.
    Need {
        /// Which need.
        need: NeedId,
        /// Of what kind.
        kind: Code,
        /// When.
        slots: Vec<Vec<Interval>>,
    },
    /// Matching gave somebody a place.
    Assigned {
        /// Which.
        assignment: AssignmentId,
        /// In which need.
        need: NeedId,
        /// At which of its times.
        slot: u32,
        /// Who.
        person: PersonId,
    },
    /// Matching took places back.
    Unassigned(Vec<AssignmentId>),
    /// Somebody answered a notice: they do not ride.
    CannotRide {
        /// Which notice.
        notice: NoticeId,
        /// Who.
        person: PersonId,
        /// Which ride.
        ride: RideId,
    },
    /// An activity wants a ride.
    Wanted {
        /// As it will be called.
        ride: RideId,
        /// What.
        wanted: Box<Wanted>,
    },
    /// An activity wants rides no more.
    Released(Vec<RideId>),
    /// Something that is kept as it was said.
    Said(Heard),
    /// Offered by a volunteer: seats in a car of their own; `None`: no car any more.
    Car {
        /// Whose.
        person: PersonId,
        /// How many.
        seats: Option<u8>,
    },
}

/// Why shifts are closed, as a promise that breaks of it says.
pub(super) fn closing_words(why: &Closing) -> (&'static str, &'static str) {
    match why {
        Closing::VehicleOut => ("VEHICLE_OUT", "the vehicle is out of service"),
        Closing::DriverIll => ("DRIVER_ILL", "the driver is ill"),
        Closing::Withdrawn | Closing::DriverErased => ("DRIVER_GONE", "the driver is not there"),
        Closing::Asked(_) => ("SHIFT_CLOSED", "the shift was closed"),
    }
}

/// A moment, or now.
pub(super) fn or_now(at: Option<Timestamp>, day: Date, now: Moment) -> Moment {
    at.map_or(now, |at| super::time::moment(day, at))
}
