//! The rules of standing as scenarios: given what happened, when something is asked, then this
//! follows. Things are named by short words; it is the morning of 22 November 2026.

mod checks;
mod concerns;
mod courses;
mod eligible;
mod erasure;
mod hours;
mod random;
mod talks;

use dugnad_calendar::Interval;
use dugnad_events::{
    Code, ConcernId, FollowUpId, HoursId, SessionId,
    volunteers::{Card, Details, Event, Hours, Party, Requirements, Severity},
};
use dugnad_journal::Tenant;
use dugnad_ledger::{Caller, Context, Model};
use dugnad_vault::{PersonId, Sealed};
use jiff::{
    SignedDuration, Timestamp,
    civil::{Date, DateTime, date},
};
use serde::de::DeserializeOwned;
use uuid::Uuid;

use super::{Command, Passed};
use crate::model::{self, Refusal, State, Volunteers};

/// Refused by this rule.
macro_rules! assert_refused {
    ($outcome:expr, $rule:pat $(if $guard:expr)?) => {{
        let outcome = $outcome;
        assert!(matches!(&outcome, Err($rule) $(if $guard)?), "{outcome:?}");
    }};
}
use assert_refused;

type Outcome = Result<Vec<Event>, Refusal>;

const TODAY: Date = date(2026, 11, 22);

struct Town {
    state: State,
    now: Timestamp,
    caller: Uuid,
    asked: u128,
}

/// Kari, Ola and Ada are in the register and were taken in.
fn given(history: impl IntoIterator<Item = Event>) -> Town {
    let mut state = State::default();
    let people = ["kari", "ola", "ada"].into_iter().flat_map(|who| {
        [registered(who), Event::PersonAdmitted { person: person(who), on: date(2026, 1, 1) }]
    });
    for event in people.chain(history) {
        Volunteers::evolve(&mut state, &event);
    }
    Town { state, now: at("2026-11-22T08:00"), caller: id("coordinator"), asked: 0 }
}

impl Town {
    fn by(&mut self, caller: &str) -> &mut Self {
        self.caller = id(caller);
        self
    }

    fn later(&mut self, minutes: i64) -> &mut Self {
        self.now += SignedDuration::from_mins(minutes);
        self
    }

    /// Asks, and lets what follows happen.
    fn when(&mut self, command: Command) -> Outcome {
        self.ask(model::Command::Standing(command))
    }

    /// The clock comes by.
    fn tick(&mut self) -> Vec<Event> {
        self.ask(model::Command::Tick).unwrap()
    }

    fn ask(&mut self, command: model::Command) -> Outcome {
        self.asked += 1;
        let caller = Caller { tenant: Tenant::new("oslo").unwrap(), id: self.caller };
        let cx = Context { now: self.now, caller, request: Uuid::from_u128(self.asked) };
        let events = Volunteers::decide(&self.state, &cx, command)?;
        self.happens(&events);
        Ok(events)
    }

    fn happens(&mut self, events: &[Event]) {
        for event in events {
            Volunteers::evolve(&mut self.state, event);
        }
    }
}

fn id(word: &str) -> Uuid {
    Uuid::new_v5(&Uuid::nil(), word.as_bytes())
}

fn person(word: &str) -> PersonId {
    PersonId(id(word))
}

fn code(word: &str) -> Code {
    word.parse().unwrap()
}

fn at(local: &str) -> Timestamp {
    let oslo = jiff::tz::TimeZone::get("Europe/Oslo").unwrap();
    oslo.to_timestamp(local.parse::<DateTime>().unwrap()).unwrap()
}

fn span(start: &str, end: &str) -> Interval {
    Interval::new(at(start), at(end)).unwrap()
}

/// What lies sealed; no rule looks inside.
fn sealed<T>(person: &str) -> Sealed<T>
where
    Sealed<T>: DeserializeOwned,
{
    let sealed = serde_json::json!({ "person": id(person), "sealed": b"cannot be read" });
    serde_json::from_value(sealed).unwrap()
}

// What happened.

fn registered(who: &str) -> Event {
    Event::PersonRegistered {
        person: person(who),
        by: id(who),
        on: date(2026, 1, 1),
        details: sealed::<Details>(who),
        ages: None,
        gender: None,
        giver: None,
        receiver: None,
    }
}

fn erased(who: &str) -> Event {
    let why = dugnad_events::volunteers::Erasure::Asked;
    Event::PersonErased { person: person(who), why }
}

fn role(word: &str, requirements: Requirements) -> Event {
    let card = Card { nb: word.to_owned(), en: word.to_owned(), ..Card::default() };
    Event::RoleSet { role: code(word), version: 1, requirements, card }
}

fn course(word: &str, months: Option<u16>) -> Event {
    Event::CourseSet { course: code(word), nb: word.to_owned(), en: word.to_owned(), months }
}

/// First aid in the evening of 1 December, and who has a place.
fn session(capacity: u32, joined: &[&str]) -> Vec<Event> {
    let session = SessionId(id("session"));
    let span = span("2026-12-01T18:00", "2026-12-01T20:00");
    let set = Event::SessionSet { session, course: code("first-aid"), span, capacity };
    let places = joined.iter().map(|who| Event::SessionJoined {
        session,
        person: person(who),
        joined: true,
    });
    [course("first-aid", Some(12)), set].into_iter().chain(places).collect()
}
