//! People: givers and receivers, who speaks for whom, and who may know it.

use dugnad_events::volunteers::Event;
use dugnad_ledger::Context;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{Refusal, State};

/// What can be asked.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub enum Command {}

/// Everyone, and the lists of words that describe them.
#[derive(Debug, Default, PartialEq)]
pub struct People {}

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

impl People {
    /// When the clock next brings something about.
    pub(super) fn deadline(&self) -> Option<Timestamp> {
        None
    }

    /// Takes in what concerns this part.
    pub(super) fn hear(&mut self, _event: &Event) {}
}
