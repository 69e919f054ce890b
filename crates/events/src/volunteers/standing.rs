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

/// How long a concern waits at each level before it climbs, in minutes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Escalation {
    /// One of [`Severity::Talk`].
    pub talk: u32,
    /// One of [`Severity::Harm`].
    pub harm: u32,
    /// One of [`Severity::Urgent`].
    pub urgent: u32,
}

impl Default for Escalation {
    /// Seven days, a day, an hour.
    fn default() -> Self {
        Self { talk: 7 * 24 * 60, harm: 24 * 60, urgent: 60 }
    }
}

impl Escalation {
    /// How long one of this severity waits.
    #[must_use]
    pub fn wait(&self, severity: Severity) -> jiff::SignedDuration {
        let minutes = match severity {
            Severity::Talk => self.talk,
            Severity::Harm => self.harm,
            Severity::Urgent => self.urgent,
        };
        jiff::SignedDuration::from_mins(i64::from(minutes))
    }
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
