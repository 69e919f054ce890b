//! People: givers and receivers, who speaks for whom, and who may know it.

use std::collections::{HashMap, HashSet};

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
    /// Whether they are still here.
    known: HashMap<PersonId, bool>,
    terms: HashMap<List, HashSet<Code>>,
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
    /// When the clock next brings something about.
    pub(super) fn deadline(&self) -> Option<Timestamp> {
        None
    }

    pub(crate) fn knows(&self, person: PersonId) -> Result<(), Refusal> {
        match self.known.get(&person) {
            Some(true) => Ok(()),
            Some(false) => Err(Refusal::PersonErased(person)),
            None => Err(Refusal::NotFound(person.to_string())),
        }
    }

    pub(crate) fn term(&self, list: List, code: &Code) -> bool {
        self.terms.get(&list).is_none_or(|terms| terms.is_empty() || terms.contains(code))
    }

    /// Takes in what concerns this part.
    pub(super) fn hear(&mut self, event: &Event) {
        match event {
            Event::TermsSet { list, terms } => {
                let codes = terms.iter().map(|term| term.code.clone()).collect();
                self.terms.insert(*list, codes);
            }
            Event::PersonRegistered { person, .. } => {
                self.known.insert(*person, true);
            }
            Event::PersonErased { person, .. } => {
                self.known.insert(*person, false);
            }
            _ => {}
        }
    }
}
