//! Rides that another service asks for, and what must be known of a traveller and of a building to
//! give them.

use dugnad_vault::{PersonId, Sealed};
use jiff::{Timestamp, civil::Date};
use serde::{Deserialize, Serialize};

use super::{Load, Spot};
use crate::{
    Code, FacilityId, OccurrenceId,
    activities::{Place, Way},
};

/// A ride that an activity asks for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Wanted {
    /// For which date of an activity.
    pub about: OccurrenceId,
    /// Who rides.
    pub traveller: PersonId,
    /// With somebody along.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub companion: bool,
    /// From their home, or back.
    pub way: Way,
    /// There: to be there by. Home: to leave from.
    pub at: Timestamp,
    /// The end that is not their home.
    pub place: Place,
    /// From these areas; none: from all.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub areas: Vec<Code>,
}

/// How somebody rides.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Traveller {
    /// Where they are fetched and brought home.
    pub home: Sealed<Home>,
    /// What they take up, alone.
    pub load: Load,
    /// What vehicle or driver must have or can, in the municipality's own words.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub needs: Vec<Code>,
    /// By whom they are not driven.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub refuses: Vec<PersonId>,
    /// Seconds that getting in and getting out take.
    pub service: [i32; 2],
    /// Seconds aboard at most.
    pub longest: i32,
}

/// Where somebody lives: sealed before it comes near a rule.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Home {
    /// The door.
    pub spot: Spot,
    /// What the driver must know.
    #[serde(default)]
    pub note: String,
}

/// What another service said that counts here.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Heard {
    /// Where a receiver lives, and what they need in a car.
    Receiver {
        /// Who.
        person: PersonId,
        /// Where.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        area: Option<Code>,
        /// In the municipality's own words.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        needs: Vec<Code>,
    },
    /// Who may order rides for somebody.
    Representative {
        /// The traveller.
        person: PersonId,
        /// Who speaks.
        representative: PersonId,
        /// Whether they may, by the traveller's consent.
        may: bool,
        /// The last day; `None`: until it is withdrawn.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        until: Option<Date>,
    },
}

/// Where vehicles stop at a building.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entrance {
    /// Which building.
    pub facility: FacilityId,
    /// The door.
    pub spot: Spot,
}
