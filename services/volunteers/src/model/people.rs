//! People: givers and receivers, who speaks for whom, and who may know it.

use std::collections::HashMap;

use dugnad_events::{
    Code,
    volunteers::{Event, List},
};
use dugnad_ledger::Context;
use dugnad_vault::PersonId;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{Refusal, State};

/// What can be asked.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub enum Command {}

/// Everyone, and the lists of words that describe them.
#[derive(Debug, Default, PartialEq)]
pub struct People {
    /// `false`: erased.
    people: HashMap<PersonId, bool>,
}

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
    /// That the person is in the register.
    pub fn knows(&self, person: PersonId) -> Result<(), Refusal> {
        match self.people.get(&person) {
            Some(true) => Ok(()),
            Some(false) => Err(Refusal::PersonErased(person)),
            None => Err(Refusal::NotFound(person.to_string())),
        }
    }

    /// Whether the code is in the municipality's list; in an empty list every code is.
    pub fn term(&self, _list: List, _code: &Code) -> bool {
        true
    }

    /// When the clock next brings something about.
    pub(super) fn deadline(&self) -> Option<Timestamp> {
        None
    }

    /// Takes in what concerns this part.
    pub(super) fn hear(&mut self, event: &Event) {
        match event {
            Event::PersonRegistered { person, .. } => {
                self.people.insert(*person, true);
            }
            Event::PersonErased { person, .. } => {
                self.people.insert(*person, false);
            }
            _ => {}
        }
    }
}
