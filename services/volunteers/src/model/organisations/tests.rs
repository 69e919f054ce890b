//! The rules as scenarios: given what happened, when something is asked, then this follows.
//!
//! Things are named by short words: `choir` stands for an id made from that word. It is the morning
//! of 22 November 2026 in Norway unless a test says otherwise.

mod agreements;
mod import;
mod members;
mod queries;
mod teams;

use dugnad_events::{
    AgreementId, Code, OrganisationId, TeamId,
    volunteers::{
        Agreement, Erasure, Event, Giver, Icnpo, List, Membership, OrganisationFacts, Team, Term,
    },
};
use dugnad_journal::Tenant;
use dugnad_ledger::{Caller, Context, Model};
use dugnad_vault::PersonId;
use jiff::{
    Timestamp,
    civil::{Date, DateTime},
    tz::TimeZone,
};
use uuid::Uuid;

use super::{Authority, Command, Imported, Viewer, organisation_of};
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

/// A municipality at a moment, and who asks.
struct Town {
    state: State,
    history: Vec<Event>,
    now: Timestamp,
    caller: Uuid,
    asked: u128,
}

fn given(history: impl IntoIterator<Item = Event>) -> Town {
    let state = State::default();
    let now = at("2026-11-22T08:00");
    let mut town = Town { state, history: Vec::new(), now, caller: id("clerk"), asked: 0 };
    history.into_iter().for_each(|event| town.happened(event));
    town
}

impl Town {
    fn happened(&mut self, event: Event) {
        Volunteers::evolve(&mut self.state, &event);
        self.history.push(event);
    }

    /// Asks, and lets what follows happen.
    fn when(&mut self, command: Command) -> Outcome {
        self.ask(model::Command::Organisations(command))
    }

    /// The clock comes to this moment.
    fn clock(&mut self, now: &str) -> Vec<Event> {
        self.now = at(now);
        self.ask(model::Command::Tick).unwrap()
    }

    fn ask(&mut self, command: model::Command) -> Outcome {
        self.asked += 1;
        let caller = Caller { tenant: Tenant::new("oslo").unwrap(), id: self.caller };
        let request = Uuid::from_u128(self.asked);
        let cx = Context { now: self.now, caller, request };
        let events = Volunteers::decide(&self.state, &cx, command)?;
        events.iter().for_each(|event| self.happened(event.clone()));
        Ok(events)
    }

    /// Invariant 9.
    fn replays(&self) {
        let mut again = State::default();
        self.history.iter().for_each(|event| Volunteers::evolve(&mut again, event));
        assert_eq!(again, self.state);
    }

    fn today(&self) -> Date {
        model::today(self.now)
    }
}

fn id(word: &str) -> Uuid {
    Uuid::new_v5(&Uuid::nil(), word.as_bytes())
}

fn at(local: &str) -> Timestamp {
    let oslo = TimeZone::get("Europe/Oslo").unwrap();
    oslo.to_timestamp(local.parse::<DateTime>().unwrap()).unwrap()
}

fn day(text: &str) -> Date {
    text.parse().unwrap()
}

fn code(text: &str) -> Code {
    text.parse().unwrap()
}

fn person(word: &str) -> PersonId {
    PersonId(id(word))
}

fn organisation(word: &str) -> OrganisationId {
    OrganisationId(id(word))
}

fn team_id(word: &str) -> TeamId {
    TeamId(id(word))
}

fn agreement_id(word: &str) -> AgreementId {
    AgreementId(id(word))
}

fn registered(word: &str) -> Event {
    let sealed = serde_json::json!({ "person": id(word), "sealed": b"cannot be read" });
    Event::PersonRegistered {
        person: person(word),
        by: id("clerk"),
        on: day("2026-01-01"),
        details: serde_json::from_value(sealed).unwrap(),
        ages: None,
        gender: None,
        giver: Some(Giver::default()),
        receiver: None,
    }
}

fn erased(word: &str) -> Event {
    Event::PersonErased { person: person(word), why: Erasure::Asked }
}

fn facts(name: &str) -> OrganisationFacts {
    OrganisationFacts { name: name.to_owned(), ..OrganisationFacts::default() }
}

/// A voluntary organisation by a word, and everybody it takes.
fn organised(word: &str) -> Event {
    let facts = OrganisationFacts { voluntary: true, ..facts(word) };
    Event::OrganisationSet { organisation: organisation(word), facts, changed: Vec::new() }
}

fn contact(of: &str, word: &str, deputy: Option<&str>) -> Event {
    Event::ContactSet {
        organisation: organisation(of),
        contact: person(word),
        deputy: deputy.map(person),
    }
}

fn member(of: &str, word: &str) -> Event {
    let membership = Some(Membership { role: code("member"), since: day("2026-01-01") });
    Event::MemberSet { organisation: organisation(of), person: person(word), membership }
}

fn team(of: Option<&str>, members: &[&str], size: u32) -> Team {
    Team {
        name: "Bergmogjengen".to_owned(),
        organisation: of.map(organisation),
        leader: person(members[0]),
        members: members.iter().map(|word| person(word)).collect(),
        size,
    }
}

/// From the first of January to the last day, warned of 30 days before.
fn terms(with: &str, until: &str) -> Agreement {
    Agreement {
        organisation: organisation(with),
        kinds: Vec::new(),
        areas: Vec::new(),
        ours: vec!["coffee".to_owned()],
        theirs: vec!["two visits a week".to_owned()],
        from: day("2026-01-01"),
        until: day(until),
        warn_days: 30,
    }
}

fn agreed(word: &str, terms: Agreement) -> Event {
    Event::AgreementSet { agreement: agreement_id(word), terms }
}

fn listed(list: List, codes: &[&str]) -> Event {
    let term = |word: &&str| Term {
        code: code(word),
        nb: (*word).to_owned(),
        en: (*word).to_owned(),
        at: None,
    };
    Event::TermsSet { list, terms: codes.iter().map(term).collect() }
}
