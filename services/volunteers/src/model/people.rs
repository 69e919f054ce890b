//! People: givers and receivers, who speaks for whom, and who may know it.

use std::collections::HashMap;

use dugnad_events::volunteers::{Details, Event};
use dugnad_ledger::Context;
use dugnad_vault::{PersonId, Sealed};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{Refusal, State};

/// What can be asked.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub enum Command {}

/// Everyone, and the lists of words that describe them.
#[derive(Debug, Default, PartialEq)]
pub struct People {
    /// `None`: erased.
    people: HashMap<PersonId, Option<Sealed<Details>>>,
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
    /// That somebody is in the register.
    pub(crate) fn knows(&self, person: PersonId) -> Result<(), Refusal> {
        match self.people.get(&person) {
            Some(Some(_)) => Ok(()),
            Some(None) => Err(Refusal::PersonErased(person)),
            None => Err(Refusal::NotFound(person.to_string())),
        }
    }

    /// Name and how to be reached, sealed.
    pub(crate) fn details(&self, person: PersonId) -> Option<&Sealed<Details>> {
        self.people.get(&person)?.as_ref()
    }

    /// When the clock next brings something about.
    pub(super) fn deadline(&self) -> Option<Timestamp> {
        None
    }

    /// Takes in what concerns this part.
    pub(super) fn hear(&mut self, event: &Event) {
        match event {
            Event::PersonRegistered { person, details, .. }
            | Event::DetailsChanged { person, details, .. } => {
                self.people.insert(*person, Some(details.clone()));
            }
            Event::PersonErased { person, .. } => {
                self.people.insert(*person, None);
            }
            _ => {}
        }
    }
}
