//! What rides does when another service's event arrives.

use dugnad_events::{
    matching,
    notices::{self, Answer},
    volunteers,
};
use dugnad_journal::Service;
use dugnad_ledger::{ForeignCommit, Unreadable};
use jiff::Timestamp;
use serde::Deserialize;

use crate::model::{Command, Fact};

/// An event of a service that rides listens to.
#[derive(Clone, Debug, Deserialize)]
pub enum Foreign {
    /// Of the register of people: who is erased, who has a car.
    Volunteers(volunteers::Event),
    /// Of matching: who was given a place as a driver.
    Matching(matching::Event),
    /// Of notices: who cannot ride after all.
    Notices(notices::Event),
}

pub(crate) fn read(
    service: &Service,
    commit: &ForeignCommit<'_>,
) -> Result<Vec<(Timestamp, Foreign)>, Unreadable> {
    match service.as_str() {
        "volunteers" => commit.events_as(Foreign::Volunteers),
        "matching" => commit.events_as(Foreign::Matching),
        "notices" => commit.events_as(Foreign::Notices),
        _ => Err(Unreadable::Service(service.clone())),
    }
}

/// What an event calls for here.
pub(crate) fn to(event: &Foreign) -> Vec<Command> {
    let fact = match event {
        Foreign::Volunteers(event) => of_volunteers(event),
        Foreign::Matching(event) => of_matching(event),
        Foreign::Notices(event) => of_notices(event),
    };
    fact.map(Command::Hear).into_iter().collect()
}

fn of_volunteers(event: &volunteers::Event) -> Option<Fact> {
    match event {
        volunteers::Event::PersonErased { person, .. } => Some(Fact::Erased(*person)),
        volunteers::Event::GiverSet { person, giver } => {
            let seats = giver.as_ref().and_then(|giver| giver.car_seats);
            Some(Fact::Car { person: *person, seats })
        }
        _ => None,
    }
}

fn of_matching(event: &matching::Event) -> Option<Fact> {
    match event {
        matching::Event::NeedPosted { need, facts, .. } => {
            let slots = facts.slots.iter().map(|slot| slot.windows.clone()).collect();
            Some(Fact::Need { need: *need, kind: facts.kind.clone(), slots })
        }
        matching::Event::Assigned { assignment, need, slot, person, .. } => {
            let (assignment, need, slot) = (*assignment, *need, *slot);
            Some(Fact::Assigned { assignment, need, slot, person: *person })
        }
        matching::Event::Unassigned { assignments, .. } => {
            Some(Fact::Unassigned(assignments.clone()))
        }
        _ => None,
    }
}

fn of_notices(event: &notices::Event) -> Option<Fact> {
    match event {
        notices::Event::Answered { notice, person, about, answer: Answer::Cancel, .. } => {
            let (notice, person, ride) = (*notice, *person, about.parse().ok()?);
            Some(Fact::CannotRide { notice, person, ride })
        }
        _ => None,
    }
}
