//! What notices hears of other services. What it makes of it stands in `model::hear`.

use dugnad_events::{activities, matching, rides, rooms, volunteers};
use dugnad_journal::Service;
use dugnad_ledger::{ForeignCommit, Unreadable};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// An event of a service that notices listens to.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub enum Foreign {
    /// Of activities: who comes, and what becomes of the evening.
    Activities(activities::Event),
    /// Of rides: what is promised, and what becomes of it.
    Rides(rides::Event),
    /// Of matching: who is asked, who comes, who does not.
    Matching(matching::Event),
    /// Of rooms: bookings and what becomes of them.
    Rooms(rooms::Event),
    /// Of the register of people and organisations.
    Volunteers(volunteers::Event),
}

pub(crate) fn read(
    service: &Service,
    commit: &ForeignCommit<'_>,
) -> Result<Vec<(Timestamp, Foreign)>, Unreadable> {
    match service.as_str() {
        "activities" => commit.events_as(Foreign::Activities),
        "rides" => commit.events_as(Foreign::Rides),
        "matching" => commit.events_as(Foreign::Matching),
        "rooms" => commit.events_as(Foreign::Rooms),
        "volunteers" => commit.events_as(Foreign::Volunteers),
        _ => Err(Unreadable::Service(service.clone())),
    }
}
