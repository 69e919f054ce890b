//! What happens to rides: what was promised to whom, who drives, what became of it.
//!
//! People stand here by their ids alone. Addresses, the coordinates of homes and notes are sealed under
//! the traveller's key; what a plan is made of stands in clear as durations, not as places.

mod data;
mod route;
mod time;
mod want;

use dugnad_calendar::Interval;
use dugnad_vault::{PersonId, Sealed};
use jiff::{Timestamp, civil::Date};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::{AssignmentId, NeedId, NoticeId, RideId, ShiftId, StandingOrderId, VehicleId};

pub use data::{
    Base, Driver, Load, Moment, Pause, Promise, Ride, Rules, Shift, Span, Spot, StandingOrder,
    Vehicle, Way,
};
pub use route::{Broken, Cancelling, Closing, Planned, Report, Route, Visit};
pub use time::{here, instant, service_day};
pub use want::{Entrance, Heard, Home, Traveller, Wanted};

/// What happened in the rides of one municipality.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Event {
    /// What is the municipality's own choice was set.
    RulesSet {
        /// From now on.
        rules: Rules,
    },
    /// A vehicle is new, or is different from now on.
    VehicleSet {
        /// Which.
        vehicle: VehicleId,
        /// From now on.
        facts: Vehicle,
    },
    /// A driver is new, or is different from now on.
    DriverSet {
        /// Who.
        driver: PersonId,
        /// From now on.
        facts: Driver,
    },
    /// Somebody drives something for some hours.
    ShiftSet {
        /// Which shift.
        shift: ShiftId,
        /// Who, what, when.
        facts: Shift,
    },
    /// A shift does nothing more from a moment on.
    ShiftClosed {
        /// Which.
        shift: ShiftId,
        /// From when on.
        from: Moment,
        /// Why.
        why: Closing,
    },
    /// A shift ends later than it should: the world made it so.
    ShiftOverran {
        /// Which.
        shift: ShiftId,
        /// When it ends.
        until: Moment,
    },
    /// A pause begins later than it should: the world made it so.
    PauseMoved {
        /// Of which shift.
        shift: ShiftId,
        /// Which of its pauses.
        pause: u8,
        /// The latest that it begins.
        until: Moment,
    },
    /// A shift cannot set out to anything new before a moment.
    ShiftHeld {
        /// Which.
        shift: ShiftId,
        /// Until when.
        until: Moment,
    },
    /// What a shift does from now on; what it has done stays.
    RouteSet {
        /// Which.
        shift: ShiftId,
        /// All of it, what it has done included.
        route: Route,
    },

    /// Somebody is promised a ride.
    RidePromised {
        /// Which.
        ride: RideId,
        /// What was asked.
        facts: Ride,
        /// When they are fetched and there.
        promise: Promise,
        /// Who comes, as it is planned now.
        shift: ShiftId,
        /// Who asked.
        by: Uuid,
        /// When.
        at: Timestamp,
    },
    /// Another shift serves a ride from now on.
    RideMoved {
        /// Which.
        ride: RideId,
        /// By whom.
        shift: ShiftId,
    },
    /// Nobody serves a ride for now; its promise stands.
    RideLoosened {
        /// Which.
        ride: RideId,
        /// Why: its name for machines, such as `VEHICLE_OUT`.
        #[serde(default, skip_serializing_if = "String::is_empty")]
        reason: String,
        /// In words, without names.
        #[serde(default, skip_serializing_if = "String::is_empty")]
        text: String,
    },
    /// The world made a promise impossible.
    PromiseBroken {
        /// Which ride.
        ride: RideId,
        /// Why, and what is promised instead.
        why: Broken,
    },
    /// Somebody is aboard longer than they should be: the world made it so.
    RideLengthened {
        /// Which.
        ride: RideId,
        /// Seconds aboard at most, from now on.
        longest: i32,
    },
    /// A ride is not driven.
    RideCancelled {
        /// Which.
        ride: RideId,
        /// Why.
        why: Cancelling,
    },
    /// Nobody was there to be picked up.
    NoShow {
        /// Which ride.
        ride: RideId,
        /// When the vehicle went on.
        at: Moment,
    },
    /// Somebody is aboard a vehicle that fell out: they must be seen to by hand.
    RideStranded {
        /// Which.
        ride: RideId,
    },
    /// A driver reported a visit.
    Reported {
        /// By which shift.
        shift: ShiftId,
        /// Which.
        visit: Visit,
        /// What.
        report: Report,
        /// When.
        at: Moment,
        /// Proof of a delivery: to whom it was given, or where it was left.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        proof: Option<Sealed<String>>,
    },

    /// A ride is to come again and again.
    OrderSet {
        /// Which order.
        order: StandingOrderId,
        /// What, and when.
        facts: StandingOrder,
        /// Who asked.
        by: Uuid,
    },
    /// A standing order ended: what was promised after a day is not driven.
    OrderEnded {
        /// Which.
        order: StandingOrderId,
        /// The last day.
        on: Date,
    },
    /// The dates of a standing order were looked at up to a day.
    OrderExpanded {
        /// Which.
        order: StandingOrderId,
        /// Up to and with this day.
        through: Date,
    },
    /// A date of a standing order cannot be promised.
    DateRefused {
        /// Of which order.
        order: StandingOrderId,
        /// Which.
        day: Date,
        /// Why: its name for machines.
        reason: String,
        /// In words, without names.
        text: String,
    },

    /// Matching wants drivers.
    NeedHeard {
        /// Which need.
        need: NeedId,
        /// When: one for each time that somebody can take by itself.
        slots: Vec<Vec<Interval>>,
    },
    /// Matching gave a place to a driver for whom no vehicle is known.
    DriverWithoutVehicle {
        /// Which place.
        assignment: AssignmentId,
        /// Who.
        driver: PersonId,
        /// When they would drive.
        span: Interval,
    },
    /// What somebody answered to a notice cannot be done: whoever told them tells them so.
    AnswerRefused {
        /// To which notice.
        notice: NoticeId,
        /// Who.
        person: PersonId,
        /// The resource name of what it was about.
        about: String,
        /// `UPPER_SNAKE_CASE`.
        reason: String,
    },
    /// A place that matching gave a driver without a vehicle was taken back.
    DriverNotWaiting {
        /// Which place.
        assignment: AssignmentId,
    },

    /// How somebody rides was told.
    TravellerSet {
        /// Who.
        person: PersonId,
        /// From now on.
        facts: Traveller,
    },
    /// Where vehicles stop at a building was told.
    EntranceSet {
        /// Where.
        entrance: Entrance,
    },
    /// An activity asks for a ride.
    RideWanted {
        /// What becomes of it has this name.
        ride: RideId,
        /// What.
        wanted: Box<Wanted>,
    },
    /// A ride that an activity asks for cannot be given, so far.
    RideRefused {
        /// Which.
        ride: RideId,
        /// Why: its name for machines.
        reason: String,
        /// In words, without names.
        text: String,
    },
    /// A ride that was never promised is wanted no more.
    WantReleased {
        /// Which.
        ride: RideId,
    },
    /// Another service said something that counts here.
    Heard {
        /// What.
        heard: Heard,
    },

    /// A person is gone for good.
    PersonErased {
        /// Who.
        person: PersonId,
    },
}
