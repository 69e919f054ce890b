//! What a need is, whom it takes, and how its kind is matched.

use dugnad_calendar::Interval;
use dugnad_vault::PersonId;
use serde::{Deserialize, Serialize};

use crate::{
    Code, OrganisationId,
    volunteers::{Gender, Location},
};

/// How needs of a kind are matched: the municipality's own choice.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Policy {
    /// The role that whoever comes must be eligible for; `None`: nothing is asked of them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub role: Option<Code>,
    /// Whether organisations with an agreement are asked before people.
    #[serde(default)]
    pub organisations_first: bool,
    /// Whether people are asked as soon as a need is posted.
    #[serde(default)]
    pub automatic: bool,
    /// Whether volunteers may take a place without being asked.
    #[serde(default)]
    pub open: bool,
    /// How many are asked at a time for a place.
    pub at_a_time: u32,
    /// How long they have to answer, in minutes.
    pub answer_minutes: u32,
    /// How long somebody on the waiting list has to confirm, in minutes.
    pub confirm_minutes: u32,
    /// Giving a place back this near to the start, in hours, raises an alarm.
    pub late_hours: u32,
    /// What preferences weigh if the need does not say.
    pub weights: Weights,
}

impl Default for Policy {
    fn default() -> Self {
        Self {
            role: None,
            organisations_first: false,
            automatic: false,
            open: false,
            at_a_time: 3,
            answer_minutes: 24 * 60,
            confirm_minutes: 12 * 60,
            late_hours: 48,
            weights: Weights::default(),
        }
    }
}

/// Points for and against somebody; 0 leaves a preference out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Weights {
    /// Lost for each kilometre from where they set out.
    pub kilometre: u8,
    /// Won for each shared interest, and by wishing for this kind of need.
    pub interest: u8,
    /// Won for each language that is a gain.
    pub language: u8,
    /// Won by the wished gender.
    pub gender: u8,
    /// Won by having helped this receiver before.
    pub before: u8,
    /// Lost for each place they have taken and that is to come; 1 to 100. Of equals, who was asked
    /// least recently comes first.
    pub load: u8,
}

impl Default for Weights {
    fn default() -> Self {
        Self { kilometre: 2, interest: 10, language: 10, gender: 10, before: 25, load: 3 }
    }
}

/// A need for help (behov): what for, when, where, and whom it takes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Need {
    /// What kind of help.
    pub kind: Code,
    /// Whom it is for, if it is for one person.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub receiver: Option<PersonId>,
    /// How many are to come, to each of the times.
    pub heads: u32,
    /// Where.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub place: Option<Place>,
    /// When: one for each time that somebody can take by itself.
    pub slots: Vec<Slot>,
    /// Whom it takes.
    #[serde(default)]
    pub want: Want,
    /// The resource name of what another service wants it for, such as an evening.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub about: String,
}

/// Where help is needed: in an area, or at a place in it that is nobody's home.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Place {
    /// The area; its agreements count.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub area: Option<Code>,
    /// The place; without it the area's middle.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at: Option<Location>,
}

/// What one person takes as a whole: one time, or all times of a lasting pairing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Slot {
    /// By start, apart from each other; never empty.
    pub windows: Vec<Interval>,
}

/// Whom a need takes: what is asked beyond the role, and what is preferred.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Want {
    /// All are asked.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub skills: Vec<Code>,
    /// All are asked.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub languages: Vec<Code>,
    /// Asked beside the role's own, in whole years on the day.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub min_age: Option<u8>,
    /// Asked or preferred.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub gender: Option<GenderWish>,
    /// From where they set out, in kilometres at most.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub within_km: Option<u16>,
    /// Interests to share: preferred.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub interests: Vec<Code>,
    /// Languages that are a gain: preferred.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub rather_languages: Vec<Code>,
    /// What preferences weigh; `None`: as the kind says.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub weights: Option<Weights>,
}

/// A wish for a gender.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct GenderWish {
    /// Which.
    pub gender: Gender,
    /// Whether nobody else will do.
    #[serde(default)]
    pub strict: bool,
}

/// Who is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Party {
    /// A volunteer.
    Person(PersonId),
    /// An organisation with an agreement: it names who comes.
    Organisation(OrganisationId),
}

/// Why a need is no more.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Closing {
    /// Somebody said so.
    Asked {
        /// Why.
        reason: Code,
    },
    /// The receiver was erased.
    ReceiverErased,
}

/// Why offers are open no more.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Withdrawal {
    /// Others took the places. Whoever says yes all the same goes on the waiting list.
    Filled,
    /// The need is no more.
    Closed,
    /// They took something else at that time.
    Busy,
    /// Somebody took it back.
    Retracted,
    /// A rule says no since something was heard: its name, such as `COURSE`.
    Rule(String),
}

/// Why somebody does not come after all.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Ending {
    /// Somebody gave the place back.
    Cancelled {
        /// Who said so.
        by: uuid::Uuid,
        /// Why.
        reason: Code,
        /// Nearer to the start than the kind allows without an alarm.
        late: bool,
    },
    /// The need is no more.
    Closed,
    /// A rule says no since something was heard: its name, such as `COURSE`.
    Rule(String),
}

/// What somebody must look at now.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Alarm {
    /// A place was given back shortly before the start.
    LateCancellation,
    /// A rule says no to who was to come, since something was heard: its name, such as `COURSE`.
    Broken(String),
}
