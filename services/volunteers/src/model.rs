//! Volunteers: who gives and who receives, what they must have for it, and who may know it.
//!
//! This module is the whole rule book and nothing else. It reads no clock, draws no random number
//! and opens no socket: time, identifiers and other facts from outside arrive in the [`Context`].
//! Each part decides its own commands, and hears every event and takes what concerns it.
//!
//! Invariant 8: from an erasure on nothing here can show the person again. Invariant 9: replaying
//! the events gives the state that is running now.

pub mod organisations;
mod page;
pub mod people;
mod refusal;
pub mod standing;

use dugnad_events::volunteers::Event;
use dugnad_ledger::{Context, Model, Nothing};
use dugnad_vault::Sealed;
use jiff::{Timestamp, civil::Date, tz::TimeZone};
use serde::{Deserialize, Serialize};

pub use page::Page;
pub use refusal::Refusal;

/// The rules of the volunteers service.
pub enum Volunteers {}

/// The register of one municipality.
#[derive(Debug, Default, PartialEq)]
pub struct State {
    /// Lists of words, people, representatives, units; who was erased.
    pub people: people::People,
    /// Organisations, members, teams, agreements.
    pub organisations: organisations::Organisations,
    /// Roles, checks, courses, cards, talks, concerns, hours.
    pub standing: standing::Standings,
}

/// The local date.
#[must_use]
pub fn today(now: Timestamp) -> Date {
    oslo().to_datetime(now).date()
}

/// When a local date begins: the deadline of what is due on it.
#[must_use]
pub fn begins(date: Date) -> Timestamp {
    oslo().to_timestamp(date.at(0, 0, 0, 0)).unwrap_or(Timestamp::MAX)
}

fn oslo() -> TimeZone {
    TimeZone::get("Europe/Oslo").expect("the zone database rides along")
}

/// Something that is held of a person, for whoever asks what that is.
#[derive(Clone, Debug, PartialEq)]
pub enum Held {
    /// As it is.
    Clear(serde_json::Value),
    /// To be opened first.
    Text(Sealed<String>),
}

/// What can be asked.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub enum Command {
    /// About people.
    People(people::Command),
    /// About organisations.
    Organisations(organisations::Command),
    /// About what volunteers have shown, learnt, signed and done.
    Standing(standing::Command),
    /// A deadline has passed.
    Tick,
}

impl Model for Volunteers {
    const SERVICE: &'static str = "volunteers";
    type State = State;
    type Command = Command;
    type Event = Event;
    type Refusal = Refusal;
    type Foreign = Nothing;

    fn decide(state: &State, cx: &Context, command: Command) -> Result<Vec<Event>, Refusal> {
        match command {
            Command::People(command) => people::decide(state, cx, command),
            Command::Organisations(command) => organisations::decide(state, cx, command),
            Command::Standing(command) => standing::decide(state, cx, command),
            Command::Tick => {
                let mut due = people::due(state, cx.now);
                due.extend(organisations::due(state, cx.now));
                due.extend(standing::due(state, cx.now));
                Ok(due)
            }
        }
    }

    fn evolve(state: &mut State, event: &Event) {
        state.people.hear(event);
        state.organisations.hear(event);
        state.standing.hear(event);
    }

    fn deadline(state: &State) -> Option<Timestamp> {
        let next =
            [state.people.deadline(), state.organisations.deadline(), state.standing.deadline()];
        next.into_iter().flatten().min()
    }

    fn tick() -> Option<Command> {
        Some(Command::Tick)
    }
}
