//! What matching keeps of the register: ids, codes and days, nothing that is sealed there.

use dugnad_vault::PersonId;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::{
    AgreementId, Code, OrganisationId, TeamId,
    volunteers::{Ages, Event, Gender, Giver, Location, Pause, Representation, Requirements, Team},
};
use dugnad_calendar::OpeningHours;

/// Something heard that counts for who may come.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Fact {
    /// Where the areas are; all of them.
    Areas(Vec<(Code, Option<Location>)>),
    /// What a role asks for.
    Role {
        /// Which.
        role: Code,
        /// Of its card.
        version: u32,
        /// From now on.
        requirements: Requirements,
    },
    /// Somebody is in the register, or what they told of themselves changed.
    Person {
        /// Who.
        person: PersonId,
        /// Which ages they have reached, if they told.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        ages: Option<Ages>,
        /// If they told.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        gender: Option<Gender>,
    },
    /// What somebody gives; `None`: nothing any more.
    Giver {
        /// Who.
        person: PersonId,
        /// From now on.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        giver: Option<Giver>,
    },
    /// Whether somebody receives help.
    Receiver {
        /// Who.
        person: PersonId,
        /// From now on.
        receives: bool,
    },
    /// Somebody can be asked.
    Admitted(PersonId),
    /// Somebody stopped.
    Left {
        /// Who.
        person: PersonId,
        /// The last local day.
        on: Date,
    },
    /// When somebody can be asked to come.
    Availability {
        /// Who.
        person: PersonId,
        /// IANA name.
        zone: String,
        /// From now on.
        hours: OpeningHours,
    },
    /// Somebody rests, or is back.
    Pause {
        /// Who.
        person: PersonId,
        /// `None`: back.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pause: Option<Pause>,
    },
    /// Who may speak for a receiver.
    Representative {
        /// The receiver.
        person: PersonId,
        /// Who speaks.
        representative: PersonId,
        /// About what and until when; `None`: no more.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        representation: Option<Representation>,
    },
    /// Something that a role can ask for was shown, passed, signed, accepted, or counts no more.
    Shown {
        /// Who.
        person: PersonId,
        /// As the register told it; never one that holds anything sealed.
        event: Box<Event>,
    },
    /// Who speaks for an organisation; none: it is no more.
    Contacts {
        /// Which.
        organisation: OrganisationId,
        /// The contact person and who stands in.
        people: Vec<PersonId>,
    },
    /// Whether somebody is a member.
    Member {
        /// Of which organisation.
        organisation: OrganisationId,
        /// Who.
        person: PersonId,
        /// From now on.
        member: bool,
    },
    /// Several who come as one; `None`: no more.
    Team {
        /// Which.
        team: TeamId,
        /// From now on; without its name.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        facts: Option<Team>,
    },
    /// What an organisation has agreed to.
    Agreement {
        /// Which.
        agreement: AgreementId,
        /// From now on.
        terms: AgreementFacts,
    },
    /// An agreement ended.
    AgreementEnded {
        /// Which.
        agreement: AgreementId,
        /// The last day.
        on: Date,
    },
    /// Somebody is gone for good.
    Erased(PersonId),
}

/// What an agreement covers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AgreementFacts {
    /// With whom.
    pub organisation: OrganisationId,
    /// None: all.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub kinds: Vec<Code>,
    /// None: all.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub areas: Vec<Code>,
    /// The first day.
    pub from: Date,
    /// The last day.
    pub until: Date,
}

impl AgreementFacts {
    /// Whether it covers a need of this kind, in this area, on this day.
    #[must_use]
    pub fn covers(&self, kind: &Code, area: Option<&Code>, day: Date) -> bool {
        let kinds = self.kinds.is_empty() || self.kinds.contains(kind);
        let areas = self.areas.is_empty() || area.is_some_and(|area| self.areas.contains(area));
        kinds && areas && self.from <= day && day <= self.until
    }
}
