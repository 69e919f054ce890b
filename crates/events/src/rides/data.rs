//! What vehicles, drivers, shifts and rides are.

use dugnad_vault::{PersonId, Sealed};
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::{AssignmentId, Code, RideId, StandingOrderId, VehicleId, volunteers::Location};

/// Seconds since the local midnight that a service day began with; beyond 86 400 it is the night
/// after.
pub type Moment = i32;

/// A closed span of time within a service day.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Span {
    /// Not before.
    pub from: Moment,
    /// Not after.
    pub until: Moment,
}

/// What a traveller has been told; no plan breaks it by choice.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Promise {
    /// When the pickup begins.
    pub pickup: Span,
    /// When the drop-off begins.
    pub dropoff: Span,
}

/// What takes up place in a vehicle, or the places there are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Load {
    /// Seats, the driver's not among them.
    #[serde(default)]
    pub seats: u16,
    /// Places for wheelchairs.
    #[serde(default)]
    pub wheelchairs: u16,
    /// Walkers (rullator), folded.
    #[serde(default)]
    pub walkers: u16,
    /// Child seats.
    #[serde(default)]
    pub child_seats: u16,
    /// Boxes, such as meals.
    #[serde(default)]
    pub boxes: u16,
}

/// Where a vehicle stands when it is not out.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Base {
    /// A place that is nobody's home.
    At(Location),
    /// Somebody's home.
    Home(Sealed<Location>),
}

/// A vehicle.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Vehicle {
    /// What people call it.
    pub name: String,
    /// What can be aboard at once: any one of these at each moment.
    pub configurations: Vec<Load>,
    /// What it has, in the municipality's own words, such as `ramp`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub has: Vec<Code>,
    /// Where it sets out from.
    pub start: Base,
    /// Where it must be at the end; `None`: wherever its last stop is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub end: Option<Base>,
    /// `false`: nobody may be given a shift with it any more.
    pub in_use: bool,
}

/// Somebody who drives.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Driver {
    /// Paid for it; otherwise a volunteer, who is refunded their kilometres.
    #[serde(default)]
    pub employed: bool,
    /// What they can do or may, in the municipality's own words, such as `stairs`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub can: Vec<Code>,
    /// Whom they do not drive.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub refuses: Vec<PersonId>,
    /// What they drive when a shift says nothing else.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub vehicle: Option<VehicleId>,
    /// `false`: nobody may give them a shift any more.
    pub active: bool,
}

/// A pause in a shift, with nobody aboard.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pause {
    /// When it must begin.
    pub begins: Span,
    /// Seconds.
    pub lasts: i32,
}

/// A driver with a vehicle for some hours.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Shift {
    /// The service day.
    pub day: Date,
    /// With which vehicle.
    pub vehicle: VehicleId,
    /// Who drives.
    pub driver: PersonId,
    /// It leaves its start and is at its end within this.
    pub hours: Span,
    /// In this order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub pauses: Vec<Pause>,
    /// The place in matching that it came from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub assignment: Option<AssignmentId>,
}

/// Where a ride goes from and to: sealed before it comes near a rule.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Way {
    /// Where it begins.
    pub from: Spot,
    /// Where it ends.
    pub to: Spot,
    /// What the driver must know.
    #[serde(default)]
    pub note: String,
}

/// A door.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Spot {
    /// Where.
    pub at: Location,
    /// In words.
    #[serde(default)]
    pub address: String,
}

/// A ride as it was asked for, or something that is brought to somebody.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ride {
    /// The service day.
    pub day: Date,
    /// Who rides, or to whom it is brought.
    pub traveller: PersonId,
    /// From where to where.
    pub way: Sealed<Way>,
    /// When the pickup may begin.
    pub pickup: Span,
    /// When the drop-off may begin.
    pub dropoff: Span,
    /// Seconds that getting in and getting out take.
    pub service: [i32; 2],
    /// What it takes up.
    pub load: Load,
    /// What vehicle or driver must have or can, in the municipality's own words.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub needs: Vec<Code>,
    /// By whom the traveller is not driven.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub refuses: Vec<PersonId>,
    /// Seconds aboard at most.
    pub longest: i32,
    /// Of two that lose their place, the higher is looked after first.
    #[serde(default)]
    pub priority: u8,
    /// Something is brought, and nobody rides along.
    #[serde(default)]
    pub delivery: bool,
    /// The resource name of what it is for, such as an activity or a meal round.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub about: String,
    /// The way there of this way home.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub return_of: Option<RideId>,
    /// The standing order that it is of.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub order: Option<StandingOrderId>,
}

/// A ride that comes again and again.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StandingOrder {
    /// The ride on the first day.
    pub ride: Ride,
    /// The way home on the first day, if there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub home: Option<Box<Ride>>,
    /// An RFC 5545 rule of days.
    pub rrule: String,
    /// The last day, if any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<Date>,
}

/// What is the municipality's own choice.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rules {
    /// How far a promised window reaches to both sides of the planned time, in seconds.
    pub slack: i32,
    /// A drop-off by a time is at most so many seconds before it, a pickup from a time on at most so
    /// many after it.
    pub wait: i32,
    /// How many days ahead standing orders are promised.
    pub horizon_days: u16,
    /// What a volunteer is refunded, in øre a kilometre.
    pub ore_per_km: u32,
    /// Kinds of need in matching whose assignments are shifts here.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub driver_kinds: Vec<Code>,
}

impl Default for Rules {
    fn default() -> Self {
        Self {
            slack: 900,
            wait: 1_800,
            horizon_days: 14,
            ore_per_km: 350,
            driver_kinds: Vec::new(),
        }
    }
}
