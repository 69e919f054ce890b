//! What each municipality says for itself: its words, its roles, how long people are kept.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::Code;

/// One of the municipality's lists of words.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum List {
    /// What people like.
    Interests,
    /// What people can do.
    Skills,
    /// What people speak.
    Languages,
    /// Parts of the municipality; their terms have a place.
    Areas,
    /// Kinds of need, such as activity friend (aktivitetsvenn).
    Kinds,
    /// What people have lived through and share with consent (likepersonarbeid).
    Experiences,
    /// How a place must be for somebody, such as `ramp`; never a diagnosis.
    AccessNeeds,
    /// What somebody needs in a car, such as `wheelchair-place`.
    RideNeeds,
}

/// A word of a list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Term {
    /// As it stands in events.
    pub code: Code,
    /// As people read it: bokmål.
    pub nb: String,
    /// English.
    pub en: String,
    /// Of an area: its middle.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at: Option<Location>,
}

/// A place on the map, never somebody's home.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Location {
    /// Millionths of a degree north, ±90 000 000.
    pub lat: i32,
    /// Millionths of a degree east, ±180 000 000.
    pub lon: i32,
}

/// What whoever has a role must have. Empty: nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Requirements {
    /// A check was shown (politiattest).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub check: Option<CheckRule>,
    /// All of these were passed and count on the day.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub courses: Vec<Code>,
    /// In whole years on the day; one of [`super::Ages::MILESTONES`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub min_age: Option<u8>,
    /// The duty of confidentiality was signed.
    #[serde(default)]
    pub confidentiality: bool,
    /// Both sides accepted the role's card as it is now.
    #[serde(default)]
    pub card: bool,
}

/// Which check a role calls for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct CheckRule {
    /// For how many months one that was shown counts; `None`: for ever.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub months: Option<u16>,
}

/// What a volunteer in a role may and may not do (oppgaveavklaring).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Card {
    /// What people call the role: bokmål.
    pub nb: String,
    /// English.
    pub en: String,
    /// One line each.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub may: Vec<String>,
    /// One line each.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub may_not: Vec<String>,
    /// Who supervises: a function, not a name.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub supervisor: String,
}

/// How long people are kept, in days. `None`: until somebody erases them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Retention {
    /// Somebody who signed up and was never admitted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub applicant: Option<u16>,
    /// Somebody who left.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub left: Option<u16>,
}

impl Retention {
    /// The first day on which somebody is kept no more.
    #[must_use]
    pub fn ends(days: u16, since: Date) -> Date {
        since.saturating_add(jiff::Span::new().days(i32::from(days)))
    }
}
