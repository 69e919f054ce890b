//! What people write: thanks to a volunteer, and notes about a receiver. The next helper sees none
//! of the earlier one's notes.

use dugnad_events::{NoteId, volunteers::Event};
use dugnad_ledger::Context;
use dugnad_vault::{PersonId, Sealed};
use jiff::{Timestamp, civil::Date};
use uuid::Uuid;

use super::{Refusal, State, people::Person};
use crate::model::today;

/// The most thanks, and the most notes, that are kept of one person.
pub(super) const MOST_WORDS: usize = 10_000;

/// A thank-you.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Thanks {
    /// Whose.
    pub by: Uuid,
    /// On which day.
    pub on: Date,
    /// In words.
    pub text: Sealed<String>,
}

/// A note about a receiver.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Note {
    /// Which.
    pub id: NoteId,
    /// Whose.
    pub by: Uuid,
    /// When.
    pub at: Timestamp,
    /// In words.
    pub text: Sealed<String>,
}

pub(super) fn thank(
    state: &State,
    cx: &Context,
    person: PersonId,
    text: Sealed<String>,
) -> Result<Vec<Event>, Refusal> {
    state.people.knows(person)?;
    if cx.caller.id == person.0 {
        return Err(Refusal::ForThemselves(person));
    }
    room(state.standing.person(person)?.thanks.len(), "thanks")?;
    Ok(vec![Event::Thanked { person, by: cx.caller.id, on: today(cx.now), text }])
}

pub(super) fn note(
    state: &State,
    cx: &Context,
    about: PersonId,
    text: Sealed<String>,
) -> Result<Vec<Event>, Refusal> {
    state.people.knows(about)?;
    room(state.standing.person(about)?.notes.len(), "notes")?;
    let (note, by, at) = (NoteId(cx.id(0)), cx.caller.id, cx.now);
    Ok(vec![Event::NoteWritten { note, about, by, text, at }])
}

fn room(now: usize, what: &'static str) -> Result<(), Refusal> {
    if now >= MOST_WORDS {
        return Err(Refusal::TooMany { what, most: MOST_WORDS });
    }
    Ok(())
}

impl Person {
    /// By age, from the `from`th on; only those of `by` if it is given.
    pub fn notes(&self, by: Option<Uuid>, from: usize) -> impl Iterator<Item = (usize, &Note)> {
        let notes = self.notes.iter().enumerate().skip(from);
        notes.filter(move |(_, note)| by.is_none_or(|by| note.by == by))
    }
}
