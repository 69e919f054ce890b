//! What a volunteer has shown, learnt, signed and done.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::{Code, OrganisationId};

/// A side of a role's card.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Party {
    /// The volunteer.
    Volunteer,
    /// Who supervises them.
    Supervisor,
}

/// How much a concern hurries.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// To be talked about.
    Talk,
    /// Somebody may come to harm.
    Harm,
    /// Now.
    Urgent,
}

/// Hours that were given.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hours {
    /// On which day.
    pub day: Date,
    /// How long.
    pub minutes: u16,
    /// As what.
    pub role: Code,
    /// For which organisation.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub organisation: Option<OrganisationId>,
}
