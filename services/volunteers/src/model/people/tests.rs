//! The rules as scenarios: given what happened, when something is asked, then this follows.
//!
//! People are named by short words. It is the morning of 22 November 2026 unless a test says
//! otherwise. What the door can show too is tested there; here are the bounds, the clock, and what
//! must hold whatever is asked.

mod random;

use dugnad_events::volunteers::{
    Erasure, Giver, Purpose, Receiver, Relation, Representation, Retention, Scope, Term,
};
use dugnad_journal::Tenant;
use dugnad_ledger::{Caller, Model};
use dugnad_vault::Sealed;
use jiff::civil::{Date, date};
use serde::de::DeserializeOwned;
use uuid::Uuid;

use super::*;
use crate::model::{self, Volunteers, begins};

type Outcome = Result<Vec<Event>, Refusal>;

const TODAY: Date = date(2026, 11, 22);

/// A municipality at a moment.
struct Town {
    state: State,
    now: Timestamp,
    asked: u128,
}

fn given(history: impl IntoIterator<Item = Event>) -> Town {
    let mut town = Town { state: State::default(), now: begins(TODAY), asked: 0 };
    town.happened(history);
    town
}

impl Town {
    fn happened(&mut self, events: impl IntoIterator<Item = Event>) {
        events.into_iter().for_each(|event| Volunteers::evolve(&mut self.state, &event));
    }

    /// Asks, and lets what follows happen.
    fn when(&mut self, command: Command) -> Outcome {
        self.decide(model::Command::People(command))
    }

    fn tick(&mut self) -> Vec<Event> {
        self.decide(model::Command::Tick).unwrap()
    }

    fn decide(&mut self, command: model::Command) -> Outcome {
        self.asked += 1;
        let events = Volunteers::decide(&self.state, &self.context(), command)?;
        self.happened(events.clone());
        Ok(events)
    }

    fn context(&self) -> Context {
        let caller = Caller { tenant: Tenant::new("oslo").unwrap(), id: id("someone") };
        Context { now: self.now, caller, request: Uuid::from_u128(self.asked) }
    }
}

fn id(word: &str) -> Uuid {
    Uuid::new_v5(&Uuid::nil(), word.as_bytes())
}

fn person(word: &str) -> PersonId {
    PersonId(id(word))
}

/// What lies sealed; no rule looks inside.
fn sealed<T>(person: PersonId) -> Sealed<T>
where
    Sealed<T>: DeserializeOwned,
{
    let sealed = serde_json::json!({ "person": person.0, "sealed": b"cannot be read" });
    serde_json::from_value(sealed).unwrap()
}

fn registered(who: &str, on: Date, giver: Option<Giver>, receiver: Option<Receiver>) -> Event {
    let person = person(who);
    let details = sealed(person);
    Event::PersonRegistered {
        person,
        by: id("someone"),
        on,
        details,
        ages: None,
        gender: None,
        giver,
        receiver,
    }
}

fn applicant(who: &str) -> Event {
    registered(who, TODAY, Some(Giver::default()), None)
}

fn resident(who: &str) -> Event {
    registered(who, TODAY, None, Some(Receiver::default()))
}

fn contact(who: &str) -> Event {
    registered(who, TODAY, None, None)
}

fn kept(applicant: u16, left: u16) -> Event {
    let retention = Retention { applicant: Some(applicant), left: Some(left) };
    Event::RetentionSet { retention }
}

fn consent(until: Option<Date>) -> Representation {
    let (relation, scope) = (Relation::Relative, vec![Scope::Details]);
    Representation { relation, scope, consented: TODAY, until }
}

fn speaks(who: &str, receiver: &str, until: Option<Date>) -> Command {
    Command::SetRepresentative {
        person: person(receiver),
        representative: person(who),
        representation: consent(until),
    }
}

fn reading(who: &str, office: Office) -> Command {
    let (people, about) = (vec![person(who)], String::new());
    Command::Read { people, office, purpose: Purpose::FollowUp, about }
}

#[test]
fn the_clock_wakes_on_the_first_day_that_somebody_is_kept_no_more() {
    let mut town = given([kept(30, 60), applicant("kari"), applicant("ola")]);
    town.happened([Event::PersonAdmitted { person: person("ola"), on: TODAY }]);
    town.happened([Event::PersonLeft { person: person("ola"), on: TODAY }]);

    let first = Volunteers::deadline(&town.state);
    town.now = begins(date(2026, 12, 22));
    let erased = town.tick();

    assert_eq!(first, Some(town.now));
    let (person_, why) = (person("kari"), Erasure::Applicant);
    assert_eq!(erased, [Event::PersonErased { person: person_, why }]);
    let next = Volunteers::deadline(&town.state);
    assert_eq!(next, Some(begins(date(2027, 1, 21))));
    town.now = begins(date(2027, 1, 21));
    let (person_, why) = (person("ola"), Erasure::Left);
    assert_eq!(town.tick(), [Event::PersonErased { person: person_, why }]);
    assert_eq!(Volunteers::deadline(&town.state), None);
}

#[test]
fn a_clock_that_jumps_erases_a_batch_a_tick_until_nobody_is_left() {
    let mut town = given([kept(30, 60)]);
    town.happened((0..1200).map(|i| applicant(&i.to_string())));
    town.now = begins(date(2030, 1, 1));

    let ticks: Vec<_> = (0..4).map(|_| town.tick().len()).collect();

    assert_eq!(ticks, [500, 500, 200, 0]);
    assert_eq!(Volunteers::deadline(&town.state), None);
    assert_eq!(town.state.people.erased_since(1198).len(), 2);
}

#[test]
fn nobody_is_erased_by_the_clock_where_no_period_is_set() {
    let town = given([applicant("kari"), Event::PersonLeft { person: person("kari"), on: TODAY }]);

    assert_eq!(Volunteers::deadline(&town.state), None);
}

#[test]
fn somebody_known_for_long_who_offers_to_give_is_no_applicant_of_long_ago() {
    let long_ago = date(2020, 1, 1);
    let mut town = given([kept(30, 60), registered("pia", long_ago, None, None)]);
    town.happened([Event::GiverSet { person: person("pia"), giver: Some(Giver::default()) }]);

    assert_eq!(Volunteers::deadline(&town.state), None);
    assert_eq!(town.tick(), []);
}

#[test]
fn an_applicant_whose_representation_ends_is_only_an_applicant_again() {
    let mut town = given([kept(30, 60), applicant("pia"), resident("rut")]);
    town.when(speaks("pia", "rut", Some(date(2026, 12, 31)))).unwrap();
    town.now = begins(date(2027, 1, 1));

    let ended = town.tick();
    let erased = town.tick();

    let (receiver, representative) = (person("rut"), person("pia"));
    assert_eq!(ended, [Event::RepresentativeEnded { person: receiver, representative }]);
    let why = Erasure::Applicant;
    assert_eq!(erased, [Event::PersonErased { person: representative, why }]);
}

#[test]
fn a_consent_that_is_renewed_ends_on_its_new_last_day() {
    let mut town = given([contact("pia"), resident("rut")]);
    town.when(speaks("pia", "rut", Some(date(2026, 12, 1)))).unwrap();
    town.when(speaks("pia", "rut", Some(date(2027, 6, 1)))).unwrap();

    assert_eq!(Volunteers::deadline(&town.state), Some(begins(date(2027, 6, 2))));
    town.when(speaks("pia", "rut", None)).unwrap();
    assert_eq!(Volunteers::deadline(&town.state), None);
}

#[test]
fn whoever_leaves_speaks_for_nobody_and_nobody_for_them() {
    let mut town = given([resident("rut"), resident("per"), contact("pia")]);
    town.when(speaks("pia", "rut", Some(date(2026, 12, 1)))).unwrap();
    town.when(speaks("rut", "per", None)).unwrap();

    let office = Office::Staff;
    let events = town.when(Command::Leave { person: person("rut"), office }).unwrap();

    let ended = |person_, who| Event::RepresentativeEnded {
        person: person(person_),
        representative: person(who),
    };
    let left = Event::PersonLeft { person: person("rut"), on: TODAY };
    assert_eq!(events, [ended("rut", "pia"), ended("per", "rut"), left]);
    assert_eq!(Volunteers::deadline(&town.state), None);
}

#[test]
fn a_receiver_has_so_many_representatives_and_they_so_many_receivers() {
    let mut town = given([resident("rut"), contact("pia")]);
    town.happened((0..20).map(|i| contact(&format!("c{i}"))));
    town.happened((0..100).map(|i| resident(&format!("r{i}"))));
    for i in 0..20 {
        town.when(speaks(&format!("c{i}"), "rut", None)).unwrap();
    }
    for i in 0..100 {
        town.when(speaks("pia", &format!("r{i}"), None)).unwrap();
    }
    town.happened([resident("one"), contact("more")]);

    let of_rut = town.when(speaks("more", "rut", None));
    let of_pia = town.when(speaks("pia", "one", None));

    assert!(matches!(of_rut, Err(Refusal::TooMany { most: 20, .. })), "{of_rut:?}");
    assert!(matches!(of_pia, Err(Refusal::TooMany { most: 100, .. })), "{of_pia:?}");
    town.when(speaks("c0", "rut", Some(TODAY))).expect("what is there is replaced");
}

#[test]
fn a_list_knows_so_many_words_with_those_that_are_retired() {
    let terms = |names: std::ops::Range<usize>| {
        let term = |i: usize| Term {
            code: format!("w{i}").parse().unwrap(),
            nb: "ord".to_owned(),
            en: "word".to_owned(),
            at: None,
        };
        Command::SetTerms { list: List::Skills, terms: names.map(term).collect() }
    };
    let mut town = given([]);
    for i in 0..4 {
        town.when(terms(i * 500..(i + 1) * 500)).unwrap();
    }

    let more = town.when(terms(1900..2001));
    let same = town.when(terms(0..500));

    assert!(matches!(more, Err(Refusal::TooMany { most: 2000, .. })), "{more:?}");
    same.expect("these are known");
}

#[test]
fn a_municipality_has_so_many_units() {
    let unit = |unit: Uuid| Event::UnitSet {
        unit: UnitId(unit),
        name: "Solgården".to_owned(),
        area: None,
        contact: person("siri"),
        deputy: None,
    };
    let mut town = given([contact("siri")]);
    town.happened((0..5000).map(|i| unit(Uuid::from_u128(i))));
    let new = |unit| NewUnit {
        unit,
        name: "Solhaugen".to_owned(),
        area: None,
        contact: person("siri"),
        deputy: None,
    };

    let more = town.when(Command::SetUnit(new(None)));
    let known = town.when(Command::SetUnit(new(Some(UnitId(Uuid::from_u128(7))))));
    let unknown = town.when(Command::SetUnit(new(Some(UnitId(id("unit"))))));

    assert!(matches!(more, Err(Refusal::TooMany { most: 5000, .. })), "{more:?}");
    known.expect("it is replaced");
    assert!(matches!(unknown, Err(Refusal::NotFound(_))), "{unknown:?}");
}

#[test]
fn the_last_thousand_readings_of_a_person_are_kept_the_newest_first() {
    let mut town = given([resident("rut")]);
    for _ in 0..1003 {
        town.when(reading("rut", Office::Staff)).unwrap();
    }

    let first = town.state.people.reads(person("rut"), None, 999).unwrap();
    let rest = town.state.people.reads(person("rut"), first.next, 999).unwrap();

    let numbers: Vec<u64> = first.items.iter().chain(&rest.items).map(|(it, _)| *it).collect();
    assert_eq!(numbers, (4..=1003).rev().collect::<Vec<_>>());
    assert_eq!((first.next, rest.next), (Some(5), None));
}

#[test]
fn a_page_of_a_rare_kind_is_short_and_goes_on() {
    let mut town = given([]);
    town.happened((0..6000).map(|i| resident(&i.to_string())));
    town.happened([applicant("kari")]);
    let filter = Filter { part: Some(Part::Giver), ..Filter::default() };
    let mut found = Vec::new();
    let (mut after, mut pages) = (None, 0);
    loop {
        let page = town.state.people.list(&filter, Sight::Facts, after, 10, town.now);
        found.extend(page.items.into_iter().map(|view| view.id));
        pages += 1;
        if page.next.is_none() {
            break;
        }
        after = page.next;
    }

    assert_eq!((found, pages), (vec![person("kari")], 2));
}

#[test]
fn a_page_that_ends_with_the_last_of_all_has_no_next() {
    let mut town = given([]);
    town.happened([resident("rut"), resident("per")]);

    let page = town.state.people.list(&Filter::default(), Sight::Facts, None, 2, town.now);

    assert_eq!((page.items.len(), page.next), (2, None));
}

#[test]
fn whoever_gives_no_more_has_no_rest_and_no_support_needs_left() {
    let mut town = given([applicant("kari")]);
    let kari = person("kari");
    town.happened([Event::PersonAdmitted { person: kari, on: TODAY }]);
    let pause = Some(dugnad_events::volunteers::Pause { from: TODAY, until: None });
    town.when(Command::SetPause { person: kari, pause }).unwrap();
    town.when(Command::SetSupport { person: kari, support: Some(sealed(kari)) }).unwrap();
    let update = |giver| {
        Command::Update(Box::new(Update {
            person: kari,
            office: Office::Coordinator,
            details: None,
            giver,
            receiver: Change::Keep,
            consent: false,
            seen: None,
        }))
    };

    let cleared = town.when(update(Change::Clear)).unwrap();
    town.when(update(Change::Set(Giver::default()))).unwrap();

    let [pause, support, giver] = &cleared[..] else { panic!("{cleared:?}") };
    assert!(matches!(pause, Event::PauseSet { pause: None, .. }));
    assert!(matches!(support, Event::SupportSet { support: None, .. }));
    assert!(matches!(giver, Event::GiverSet { giver: None, .. }));
    let record = town.state.people.record(kari).unwrap();
    assert_eq!(record.stage(TODAY), Stage::Active, "admitted once is admitted");
}

#[test]
fn nothing_new_is_kept_about_somebody_erased_in_the_meantime() {
    let erased = |who| Event::PersonErased { person: person(who), why: Erasure::Asked };
    let mut town = given([resident("rut"), contact("pia"), applicant("kari")]);
    town.happened([erased("rut"), erased("pia"), erased("never-here")]);

    for command in [
        speaks("pia", "rut", None),
        Command::Admit { person: person("rut") },
        Command::SetPause { person: person("rut"), pause: None },
        Command::Leave { person: person("rut"), office: Office::Coordinator },
        Command::EndRepresentative { person: person("rut"), representative: person("pia") },
    ] {
        assert_eq!(town.when(command), Err(Refusal::PersonErased(person("rut"))));
    }
    let outcome = town.when(reading("rut", Office::Coordinator));
    assert_eq!(outcome, Ok(Vec::new()), "nobody is left to be shown");
    let again = town.when(Command::Erase { person: person("never-here") });
    assert_eq!(again, Ok(Vec::new()));
    assert_eq!(town.state.people.erased_since(0).len(), 3);
}
