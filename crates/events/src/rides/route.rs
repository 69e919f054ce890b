//! What shifts do, and what becomes of rides.

use serde::{Deserialize, Serialize};

use super::{Moment, Promise};
use crate::{Code, RideId};

/// One thing a shift does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Visit {
    /// Somebody gets in.
    Pickup(RideId),
    /// Somebody gets out.
    Dropoff(RideId),
    /// A pause, by its place among the shift's.
    Pause(u8),
}

/// A visit in time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Planned {
    /// What.
    pub visit: Visit,
    /// When its service begins.
    pub begins: Moment,
    /// Seconds from the stop before.
    pub leg: i32,
    /// Metres from the stop before.
    #[serde(default)]
    pub metres: u32,
}

/// All that a shift does, in order. Nothing: it is not used.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Route {
    /// When the vehicle leaves its start.
    #[serde(default)]
    pub leaves: Moment,
    /// In order.
    #[serde(default)]
    pub visits: Vec<Planned>,
    /// When it is at its end.
    #[serde(default)]
    pub back: Moment,
    /// Seconds from the last stop to the end.
    #[serde(default)]
    pub last_leg: i32,
    /// Metres from the last stop to the end.
    #[serde(default)]
    pub last_metres: u32,
}

/// What a driver reports of a visit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Report {
    /// The vehicle is there, and the service began.
    Arrived,
    /// The service ended: aboard, or dropped off.
    Left,
}

/// Why a shift does nothing more.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Closing {
    /// The vehicle is out of service.
    VehicleOut,
    /// The driver is ill.
    DriverIll,
    /// Matching took the driver's place back.
    Withdrawn,
    /// The driver was erased.
    DriverErased,
    /// Somebody said so.
    Asked(Code),
}

/// Why a ride is not driven.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Cancelling {
    /// Somebody said so.
    Asked(Code),
    /// Its way there is not driven.
    NoWayThere,
    /// What it was for is off.
    Freed,
    /// Its standing order ended.
    OrderEnded,
    /// The traveller was erased.
    TravellerErased,
}

/// Why a promise could not be kept.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Broken {
    /// Its name for machines, such as `VEHICLE_OUT`.
    pub reason: String,
    /// In words, without names.
    pub text: String,
    /// What is promised instead; `None`: nobody comes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub instead: Option<Promise>,
}
