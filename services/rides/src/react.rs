//! What rides does when another service's event arrives.

use dugnad_events::{
    activities::{self, What},
    matching,
    notices::{self, Answer},
    rides::{Heard, Wanted},
    volunteers::{self, Scope},
};
use dugnad_journal::Service;
use dugnad_ledger::{ForeignCommit, Unreadable};
use dugnad_vault::PersonId;
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
    /// Of activities, which want rides.
    Activities(activities::Event),
}

pub(crate) fn read(
    service: &Service,
    commit: &ForeignCommit<'_>,
) -> Result<Vec<(Timestamp, Foreign)>, Unreadable> {
    match service.as_str() {
        "volunteers" => commit.events_as(Foreign::Volunteers),
        "matching" => commit.events_as(Foreign::Matching),
        "notices" => commit.events_as(Foreign::Notices),
        "activities" => commit.events_as(Foreign::Activities),
        _ => Err(Unreadable::Service(service.clone())),
    }
}

/// What an event calls for here.
pub(crate) fn to(event: &Foreign) -> Vec<Command> {
    let fact = match event {
        Foreign::Volunteers(event) => of_volunteers(event),
        Foreign::Matching(event) => of_matching(event),
        Foreign::Notices(event) => of_notices(event),
        Foreign::Activities(event) => of_activities(event),
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
        volunteers::Event::PersonRegistered { person, receiver, .. } => {
            receiver.as_ref().map(|receiver| said(*person, Some(receiver)))
        }
        volunteers::Event::ReceiverSet { person, receiver } => {
            Some(said(*person, receiver.as_ref()))
        }
        volunteers::Event::RepresentativeSet { person, representative, representation } => {
            Some(Fact::Said(Heard::Representative {
                person: *person,
                representative: *representative,
                may: representation.scope.contains(&Scope::Rides),
                until: representation.until,
            }))
        }
        volunteers::Event::RepresentativeEnded { person, representative } => {
            let (person, representative) = (*person, *representative);
            let (may, until) = (false, None);
            Some(Fact::Said(Heard::Representative { person, representative, may, until }))
        }
        _ => None,
    }
}

fn said(person: PersonId, receiver: Option<&volunteers::Receiver>) -> Fact {
    let area = receiver.and_then(|it| it.area.clone());
    let needs = receiver.map(|it| it.rides.clone()).unwrap_or_default();
    Fact::Said(Heard::Receiver { person, area, needs })
}

fn of_activities(event: &activities::Event) -> Option<Fact> {
    let activities::Event::Occurrence { occurrence, what, .. } = event else { return None };
    Some(match what {
        What::RideWanted(want) => {
            let wanted = Wanted {
                about: *occurrence,
                traveller: want.person,
                companion: want.companion,
                way: want.way,
                at: want.at,
                place: want.place.clone(),
                areas: want.areas.clone(),
            };
            Fact::Wanted { ride: want.want.ride(), wanted: Box::new(wanted) }
        }
        What::RidesReleased { rides } => {
            Fact::Released(rides.iter().map(|want| want.ride()).collect())
        }
        _ => return None,
    })
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
