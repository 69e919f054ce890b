//! Organisations: members, teams and agreements.

use dugnad_events::volunteers::Event;
use dugnad_ledger::Context;
use dugnad_vault::PersonId;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{Held, Refusal, State};

/// What can be asked.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub enum Command {}

/// Every organisation with its members, teams and agreements.
#[derive(Debug, Default, PartialEq)]
pub struct Organisations {}

pub(super) fn decide(
    _state: &State,
    _cx: &Context,
    command: Command,
) -> Result<Vec<Event>, Refusal> {
    match command {}
}

/// What the clock brings about.
pub(super) fn due(_state: &State, _now: Timestamp) -> Vec<Event> {
    Vec::new()
}

impl Organisations {
    /// Everything that is held of a person, each under a name.
    pub fn held(&self, _person: PersonId) -> Vec<(String, Held)> {
        Vec::new()
    }

    /// When the clock next brings something about.
    pub(super) fn deadline(&self) -> Option<Timestamp> {
        None
    }

    /// Takes in what concerns this part.
    pub(super) fn hear(&mut self, _event: &Event) {}
}
