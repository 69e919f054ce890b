//! What matching keeps of what the register of people and organisations says: reduced to ids, codes
//! and days on the way in, so that nothing sealed there is copied. And what rooms wants: the shifts that
//! its bookings call for.

mod activities;

use dugnad_events::{
    activities::Event as ActivitiesEvent,
    matching::{AgreementFacts, Fact},
    notices, rooms,
    volunteers::{Event, List},
};
use dugnad_journal::Service;
use dugnad_ledger::{ForeignCommit, Unreadable};
use jiff::Timestamp;
use serde::Deserialize;

use crate::model::{self, Command, ShiftCommand};

/// An event of a service that matching listens to.
#[derive(Clone, Debug, Deserialize)]
pub enum Foreign {
    /// Of the register of people and organisations.
    Volunteers(Event),
    /// Of rooms, whose shifts want somebody.
    Rooms(rooms::Event),
    /// Of notices: what people answered.
    Notices(notices::Event),
    /// Of activities, which want helpers.
    Activities(ActivitiesEvent),
}

pub(crate) fn read(
    service: &Service,
    commit: &ForeignCommit<'_>,
) -> Result<Vec<(Timestamp, Foreign)>, Unreadable> {
    match service.as_str() {
        "volunteers" => commit.events_as(Foreign::Volunteers),
        "rooms" => commit.events_as(Foreign::Rooms),
        "notices" => commit.events_as(Foreign::Notices),
        "activities" => commit.events_as(Foreign::Activities),
        _ => Err(Unreadable::Service(service.clone())),
    }
}

/// What an event calls for here.
pub(crate) fn to(event: &Foreign) -> Vec<Command> {
    match event {
        Foreign::Volunteers(event) => commands(event),
        Foreign::Rooms(rooms::Event::Shift(event)) => shift(event).into_iter().collect(),
        Foreign::Rooms(_) => Vec::new(),
        Foreign::Notices(event) => model::of_notices(event),
        Foreign::Activities(event) => activities::to(event).into_iter().collect(),
    }
}

fn shift(event: &rooms::ShiftEvent) -> Option<Command> {
    Some(Command::Shift(match event {
        rooms::ShiftEvent::Planned { shift, facts, .. } => {
            ShiftCommand::Post { shift: *shift, revision: 1, facts: facts.clone() }
        }
        rooms::ShiftEvent::Changed { shift, revision, facts, .. } => {
            ShiftCommand::Post { shift: *shift, revision: *revision, facts: facts.clone() }
        }
        rooms::ShiftEvent::Dropped { shift, revision } => {
            ShiftCommand::Close { shift: *shift, revision: *revision }
        }
        _ => return None,
    }))
}

/// What an event of the register calls for here.
pub(crate) fn commands(event: &Event) -> Vec<Command> {
    facts(event).into_iter().map(Command::Hear).collect()
}

fn facts(event: &Event) -> Vec<Fact> {
    match event {
        Event::TermsSet { list: List::Areas, terms } => {
            vec![Fact::Areas(terms.iter().map(|term| (term.code.clone(), term.at)).collect())]
        }
        Event::RoleSet { role, version, requirements, card: _ } => {
            let (role, requirements) = (role.clone(), requirements.clone());
            vec![Fact::Role { role, version: *version, requirements }]
        }
        Event::PersonRegistered { person, ages, gender, giver, receiver, .. } => {
            let (person, giver) = (*person, giver.clone());
            let told = Fact::Person { person, ages: ages.clone(), gender: *gender };
            let gives = giver.map(|giver| Fact::Giver { person, giver: Some(giver) });
            let receives = receiver.is_some().then_some(Fact::Receiver { person, receives: true });
            [Some(told), gives, receives].into_iter().flatten().collect()
        }
        other => fact(other).into_iter().collect(),
    }
}

fn fact(event: &Event) -> Option<Fact> {
    about_person(event).or_else(|| about_organisation(event))
}

fn about_person(event: &Event) -> Option<Fact> {
    Some(match event {
        Event::DetailsChanged { person, ages, gender, .. } => {
            Fact::Person { person: *person, ages: ages.clone(), gender: *gender }
        }
        Event::GiverSet { person, giver } => Fact::Giver { person: *person, giver: giver.clone() },
        Event::ReceiverSet { person, receiver } => {
            Fact::Receiver { person: *person, receives: receiver.is_some() }
        }
        Event::PersonAdmitted { person, .. } => Fact::Admitted(*person),
        Event::PersonLeft { person, on } => Fact::Left { person: *person, on: *on },
        Event::AvailabilitySet { person, zone, hours } => {
            Fact::Availability { person: *person, zone: zone.clone(), hours: hours.clone() }
        }
        Event::PauseSet { person, pause } => Fact::Pause { person: *person, pause: *pause },
        Event::RepresentativeSet { person, representative, representation } => {
            let (person, representative) = (*person, *representative);
            let representation = Some(representation.clone());
            Fact::Representative { person, representative, representation }
        }
        Event::RepresentativeEnded { person, representative } => {
            let (person, representative) = (*person, *representative);
            Fact::Representative { person, representative, representation: None }
        }
        Event::CheckShown { person, .. }
        | Event::CheckWithdrawn { person }
        | Event::ConfidentialitySigned { person, .. }
        | Event::CertificateIssued { person, .. }
        | Event::CertificateRevoked { person, .. }
        | Event::CardAccepted { person, .. } => {
            Fact::Shown { person: *person, event: Box::new(event.clone()) }
        }
        Event::PersonErased { person, .. } => Fact::Erased(*person),
        _ => return None,
    })
}

fn about_organisation(event: &Event) -> Option<Fact> {
    Some(match event {
        Event::OrganisationGone { organisation } => {
            Fact::Contacts { organisation: *organisation, people: Vec::new() }
        }
        Event::ContactSet { organisation, contact, deputy } => {
            let people = std::iter::once(*contact).chain(*deputy).collect();
            Fact::Contacts { organisation: *organisation, people }
        }
        Event::MemberSet { organisation, person, membership } => {
            let member = membership.is_some();
            Fact::Member { organisation: *organisation, person: *person, member }
        }
        Event::TeamSet { team, facts } => {
            let nameless = |facts: dugnad_events::volunteers::Team| {
                dugnad_events::volunteers::Team { name: String::new(), ..facts }
            };
            Fact::Team { team: *team, facts: facts.clone().map(nameless) }
        }
        Event::AgreementSet { agreement, terms } => {
            let terms = AgreementFacts {
                organisation: terms.organisation,
                kinds: terms.kinds.clone(),
                areas: terms.areas.clone(),
                from: terms.from,
                until: terms.until,
            };
            Fact::Agreement { agreement: *agreement, terms }
        }
        Event::AgreementEnded { agreement, on } => {
            Fact::AgreementEnded { agreement: *agreement, on: *on }
        }
        _ => return None,
    })
}
