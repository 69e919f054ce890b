//! What rooms does when another service's event arrives.

mod activities;

use dugnad_events::{activities::Event as ActivitiesEvent, matching, volunteers};
use dugnad_journal::Service;
use dugnad_ledger::{ForeignCommit, Unreadable};
use jiff::Timestamp;
use serde::Deserialize;

use crate::model::{Command, ShiftCommand};

/// An event of a service that rooms listens to.
#[derive(Clone, Debug, Deserialize)]
pub enum Foreign {
    /// Of the register of people: who is erased there is erased here too (invariant 8).
    Volunteers(volunteers::Event),
    /// Of matching: who takes the shifts that bookings call for.
    Matching(matching::Event),
    /// Of activities, which want rooms.
    Activities(ActivitiesEvent),
}

pub(crate) fn read(
    service: &Service,
    commit: &ForeignCommit<'_>,
) -> Result<Vec<(Timestamp, Foreign)>, Unreadable> {
    match service.as_str() {
        "volunteers" => commit.events_as(Foreign::Volunteers),
        "matching" => commit.events_as(Foreign::Matching),
        "activities" => commit.events_as(Foreign::Activities),
        _ => Err(Unreadable::Service(service.clone())),
    }
}

/// What an event calls for here.
pub(crate) fn to(event: &Foreign) -> Vec<Command> {
    match event {
        Foreign::Volunteers(volunteers::Event::PersonErased { person, .. }) => {
            vec![Command::ErasePerson { person: *person }]
        }
        Foreign::Activities(event) => activities::to(event).into_iter().collect(),
        Foreign::Matching(matching::Event::Assigned { assignment, need, person, .. }) => {
            let (need, assignment, person) = (*need, *assignment, *person);
            vec![Command::Shift(ShiftCommand::Found { need, assignment, person })]
        }
        Foreign::Matching(matching::Event::Unassigned { assignments, .. }) => {
            let assignments = assignments.clone();
            vec![Command::Shift(ShiftCommand::Lost { assignments })]
        }
        Foreign::Volunteers(_) | Foreign::Matching(_) => Vec::new(),
    }
}
