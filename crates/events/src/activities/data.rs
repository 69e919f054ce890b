//! What is said of an activity: public, in clear.

use jiff::civil::DateTime;
use serde::{Deserialize, Serialize};

use crate::{
    Code, FacilityId, OrganisationId, RoomName,
    rooms::{Accessibility, Application},
    volunteers::Location,
};

/// All that is said of an activity.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Activity {
    /// What it is called.
    pub title: String,
    /// What it is, for whoever wonders whether to come.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub text: String,
    /// In whose name.
    pub organiser: Organiser,
    /// Where.
    pub venue: Venue,
    /// In which area, for whoever looks for something near, and for helpers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub area: Option<Code>,
    /// What kind of thing it is, such as `bingo`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub topics: Vec<Code>,
    /// For whom, such as `elderly`; none: everybody.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub audience: Vec<Code>,
    /// How many can come, companions counted.
    pub capacity: u32,
    /// Who is needed to hold it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub helpers: Vec<Helpers>,
    /// Whether those who come are driven.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rides: Option<Rides>,
    /// How long somebody on the waiting list has to take a place that became free, in minutes.
    pub confirm_minutes: u32,
    /// Whether the organiser is asked before it goes to another room than the one it was said to be
    /// in; otherwise it goes at once.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub asks_before_moving: bool,
}

/// In whose name an activity is held.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Organiser {
    /// The municipality itself.
    Municipality,
    /// An organisation.
    Organisation(OrganisationId),
}

/// Where an activity is held.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Venue {
    /// In a room of the municipality.
    Room(VenueWish),
    /// In a place that nobody books.
    Outside(Outside),
}

/// Which room is wanted.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct VenueWish {
    /// This one. Only if it is lost later, another that fits takes its place. `None`: any that fits.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub room: Option<RoomName>,
    /// For at least so many.
    pub capacity: u32,
    /// With all of these: lower-case words, as rooms has them.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub equipment: Vec<String>,
    /// With all of these.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub accessibility: Vec<Accessibility>,
    /// In one of these buildings; none: in any.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub facilities: Vec<FacilityId>,
    /// What the letting rules want to know.
    pub application: Application,
}

/// A place that nobody books.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Outside {
    /// How to find it; never somebody's home.
    pub place: String,
    /// Where it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at: Option<Location>,
}

/// Some who are needed to hold an activity.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Helpers {
    /// As what: a kind of need, as matching knows it.
    pub kind: Code,
    /// How many.
    pub heads: u32,
}

/// Rides to an activity and home.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rides {
    /// From these areas; none: from all.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub areas: Vec<Code>,
}

/// On which dates an activity is held, in local time.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Schedule {
    /// IANA name.
    pub zone: String,
    /// The first local start.
    pub start: DateTime,
    /// Length of each in minutes by the clock.
    pub minutes: u16,
    /// RFC 5545 recurrence rule, without `RRULE:`; empty: once.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub rrule: String,
    /// Local starts to leave out.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub exdates: Vec<DateTime>,
}
