//! What a person has shown, learnt, signed and accepted, as the events told it.

use std::collections::BTreeMap;

use dugnad_events::{
    Code,
    volunteers::{Ages, Event, Party},
};
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

/// All that a role's requirements look at.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Standing {
    /// If they told their date of birth.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ages: Option<Ages>,
    /// When the last check was shown.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub check: Option<Date>,
    /// When the duty of confidentiality was signed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub confidentiality: Option<Date>,
    /// By course; the last one issued counts.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub certificates: BTreeMap<Code, Certificate>,
    /// By role: which version of its card each side accepted last.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub cards: BTreeMap<Code, Accepted>,
}

/// When a certificate counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Certificate {
    /// The first day.
    pub on: Date,
    /// The last day; `None`: for ever.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<Date>,
}

/// The versions of a card that were accepted; 0: none.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Accepted {
    /// By the volunteer.
    #[serde(default)]
    pub volunteer: u32,
    /// By who supervises them.
    #[serde(default)]
    pub supervisor: u32,
}

impl Standing {
    /// Makes an event about this person part of what is known. Whether it was one that counts here.
    pub fn hear(&mut self, event: &Event) -> bool {
        match event {
            Event::PersonRegistered { ages, .. } | Event::DetailsChanged { ages, .. } => {
                self.ages.clone_from(ages);
            }
            Event::CheckShown { on, .. } => self.check = Some(*on),
            Event::CheckWithdrawn { .. } => self.check = None,
            Event::ConfidentialitySigned { on, .. } => self.confidentiality = Some(*on),
            Event::CertificateIssued { course, on, until, .. } => {
                let certificate = Certificate { on: *on, until: *until };
                self.certificates.insert(course.clone(), certificate);
            }
            Event::CertificateRevoked { course, .. } => {
                self.certificates.remove(course);
            }
            Event::CardAccepted { role, version, party, .. } => {
                let card = self.cards.entry(role.clone()).or_default();
                match party {
                    Party::Volunteer => card.volunteer = *version,
                    Party::Supervisor => card.supervisor = *version,
                }
            }
            _ => return false,
        }
        true
    }
}
