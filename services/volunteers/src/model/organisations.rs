//! Organisations: members, teams and agreements.
//!
//! Of people only ids stand here, in four parts: member, contact, deputy, in a team. An erased person
//! has none of them any more (invariant 8). An organisation with a number has its id from it, so that
//! importing again finds it.

mod agreements;
mod facts;
mod members;
mod query;
mod teams;
#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet, HashMap};

use dugnad_events::{
    AgreementId, Code, OrganisationId, TeamId,
    volunteers::{Agreement, Event, Membership, OrganisationFacts, Team},
};
use dugnad_ledger::Context;
use dugnad_vault::PersonId;
use jiff::{Timestamp, civil::Date};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{Refusal, State, begins};

pub use agreements::{AgreementView, MOST_AGREEMENTS, Phase};
pub use facts::MOST_ORGANISATIONS;
pub(crate) use facts::field;
pub use members::{MOST_MEMBERS, Viewer};
pub use query::{AgreementFilter, Filter, MOST_SUGGESTIONS, OrganisationView};
pub use teams::{MOST_OF_A_TEAM, MOST_TEAMS, TeamView};

/// What can be asked.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub enum Command {
    /// Take in what the national registers say.
    Import {
        /// Each number once.
        entries: Vec<Imported>,
    },
    /// Register one that is in no register.
    Create {
        /// Without a number.
        facts: OrganisationFacts,
    },
    /// Replace what is known.
    Update {
        /// Of which.
        organisation: OrganisationId,
        /// Its number stays, whatever stands here.
        facts: OrganisationFacts,
    },
    /// Say whom to reach.
    SetContact {
        /// By what right.
        by: Authority,
        /// In which organisation.
        organisation: OrganisationId,
        /// The contact person.
        contact: PersonId,
        /// Who stands in.
        deputy: Option<PersonId>,
    },
    /// Make somebody a member, change their part, or end it.
    SetMember {
        /// By what right.
        by: Authority,
        /// Of which organisation.
        organisation: OrganisationId,
        /// Who.
        person: PersonId,
        /// `None`: a member no more.
        role: Option<Code>,
        /// `None`: today, or as it was.
        since: Option<Date>,
    },
    /// Make or replace a team.
    SetTeam {
        /// By what right.
        by: Authority,
        /// `None`: a new one.
        team: Option<TeamId>,
        /// All of it.
        facts: Team,
    },
    /// Dissolve a team.
    EndTeam {
        /// By what right.
        by: Authority,
        /// Which.
        team: TeamId,
    },
    /// Make or replace an agreement.
    SetAgreement {
        /// `None`: a new one.
        agreement: Option<AgreementId>,
        /// All of it.
        terms: Agreement,
    },
    /// End an agreement today.
    EndAgreement {
        /// Which.
        agreement: AgreementId,
    },
}

/// An organisation as a register has it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Imported {
    /// With a number, and without an area.
    pub facts: OrganisationFacts,
    /// Whether the source says what it does; otherwise what is known of that stays.
    pub categorised: bool,
    /// It was struck off.
    pub gone: bool,
}

/// By what right somebody changes what belongs to an organisation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Authority {
    /// A coordinator may.
    Coordinator,
    /// Its contact person and deputy may, for their own.
    Contact,
}

/// The organisation with this number, here and in every municipality.
#[must_use]
pub fn organisation_of(number: &str) -> OrganisationId {
    const NUMBERED: Uuid = Uuid::from_u128(0x2d4e_8585_96c3_4473_8da2_6f24_2341_5d0e);
    OrganisationId(Uuid::new_v5(&NUMBERED, number.as_bytes()))
}

/// Every organisation with its members, teams and agreements.
#[derive(Debug, Default, PartialEq)]
pub struct Organisations {
    all: HashMap<OrganisationId, Organisation>,
    /// In lower case.
    by_name: BTreeSet<(String, OrganisationId)>,
    teams: BTreeMap<TeamId, teams::Standing>,
    agreements: BTreeMap<AgreementId, agreements::Kept>,
    /// When something becomes due of an agreement: one entry for each that has not ended.
    due: BTreeSet<(Date, AgreementId)>,
    /// Where everybody stands, so that an erasure looks at nobody else's.
    places: HashMap<PersonId, Places>,
}

#[derive(Debug, Default, PartialEq)]
struct Organisation {
    facts: OrganisationFacts,
    contact: Option<PersonId>,
    deputy: Option<PersonId>,
    members: BTreeMap<PersonId, Membership>,
    teams: BTreeSet<TeamId>,
    /// Those that have not ended.
    agreements: BTreeSet<AgreementId>,
}

/// Where one person stands.
#[derive(Debug, Default, PartialEq)]
struct Places {
    /// As a member, contact or deputy.
    organisations: BTreeSet<OrganisationId>,
    /// As a member, the leader among them.
    teams: BTreeSet<TeamId>,
}

pub(super) fn decide(state: &State, cx: &Context, command: Command) -> Result<Vec<Event>, Refusal> {
    match command {
        Command::Import { entries } => facts::import(&state.organisations, cx, entries),
        Command::Create { facts } => facts::create(state, cx, facts),
        Command::Update { organisation, facts } => facts::update(state, organisation, facts),
        Command::SetContact { by, organisation, contact, deputy } => {
            members::set_contact(state, cx, by, organisation, contact, deputy)
        }
        Command::SetMember { by, organisation, person, role, since } => {
            members::set_member(state, cx, by, organisation, person, role, since)
        }
        Command::SetTeam { by, team, facts } => teams::set(state, cx, by, team, facts),
        Command::EndTeam { by, team } => teams::end(state, cx, by, team),
        Command::SetAgreement { agreement, terms } => agreements::set(state, cx, agreement, terms),
        Command::EndAgreement { agreement } => agreements::end(state, cx, agreement),
    }
}

/// What the clock brings about.
pub(super) fn due(state: &State, now: Timestamp) -> Vec<Event> {
    agreements::due(&state.organisations, now)
}

impl Organisations {
    /// When the clock next brings something about.
    pub(super) fn deadline(&self) -> Option<Timestamp> {
        self.due.first().map(|(day, _)| begins(*day))
    }

    /// Takes in what concerns this part.
    pub(super) fn hear(&mut self, event: &Event) {
        match event {
            Event::OrganisationSet { organisation, facts, .. } => self.is(*organisation, facts),
            Event::OrganisationGone { organisation } => self.gone(*organisation),
            Event::ContactSet { organisation, contact, deputy } => {
                self.contact_is(*organisation, *contact, *deputy);
            }
            Event::MemberSet { organisation, person, membership } => {
                self.member_is(*organisation, *person, membership.as_ref());
            }
            Event::TeamSet { team, facts } => self.team_is(*team, facts.as_ref()),
            Event::AgreementSet { agreement, terms } => self.agreed(*agreement, terms),
            Event::RenewalDue { agreement } => self.warned(*agreement),
            Event::AgreementEnded { agreement, on } => self.agreement_ended(*agreement, *on),
            Event::PersonErased { person, .. } => self.person_erased(*person),
            _ => {}
        }
    }

    fn existing(&self, id: OrganisationId) -> Result<&Organisation, Refusal> {
        self.all.get(&id).ok_or_else(|| Refusal::NotFound(id.to_string()))
    }

    fn person_erased(&mut self, person: PersonId) {
        let Some(places) = self.places.remove(&person) else { return };
        for id in places.organisations {
            if let Some(organisation) = self.all.get_mut(&id) {
                organisation.drop_person(person);
            }
        }
        for id in places.teams {
            if let Some(team) = self.teams.get_mut(&id) {
                team.drop_person(person);
            }
        }
    }
}
