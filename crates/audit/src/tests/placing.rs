//! Invariant 4.

use dugnad_events::{
    AssignmentId, Code, NeedId,
    matching::{Ending, Event, Fact, Need, Policy, Slot, Want},
    volunteers::{Ages, CheckRule, Event as Shown, Requirements},
};
use dugnad_vault::PersonId;
use jiff::civil::{Date, date};

use super::{Told, id, noon, span};

const DAY: Date = date(2026, 12, 1);

fn code(text: &str) -> Code {
    text.parse().unwrap()
}

fn anna() -> PersonId {
    PersonId(id(1))
}

fn shown(event: Shown) -> Event {
    Event::Heard { fact: Fact::Shown { person: anna(), event: Box::new(event) } }
}

fn certificate(on: Date, until: Option<Date>) -> Event {
    shown(Shown::CertificateIssued { person: anna(), course: code("first-aid"), on, until })
}

fn check(on: Date) -> Event {
    shown(Shown::CheckShown { person: anna(), on, to: id(9) })
}

fn grown_up() -> Event {
    let ages = Some(Ages::of(date(1980, 1, 1), DAY));
    Event::Heard { fact: Fact::Person { person: anna(), ages, gender: None } }
}

fn role(requirements: Requirements) -> Event {
    Event::Heard { fact: Fact::Role { role: code("visitor"), version: 1, requirements } }
}

/// Visitors have passed a course, shown a check within the year, and are grown up.
fn asks() -> Requirements {
    Requirements {
        courses: vec![code("first-aid")],
        check: Some(CheckRule { months: Some(12) }),
        min_age: Some(18),
        ..Default::default()
    }
}

fn need(n: u64, start: i64, end: i64) -> Event {
    let facts = Need {
        kind: code("visit"),
        receiver: None,
        heads: 1,
        place: None,
        slots: vec![Slot { windows: vec![span(start, end)] }],
        want: Want::default(),
        about: String::new(),
    };
    Event::NeedPosted { need: NeedId(id(n)), by: id(9), at: noon(), facts, text: None }
}

fn assigned(n: u64, need: u64) -> Event {
    Event::Assigned {
        assignment: AssignmentId(id(n)),
        need: NeedId(id(need)),
        slot: 0,
        person: anna(),
        by: id(9),
        at: noon(),
        offer: None,
        plan: None,
    }
}

fn unassigned(n: u64) -> Event {
    let why = Ending::Rule("COURSE".to_owned());
    Event::Unassigned { assignments: vec![AssignmentId(id(n))], why }
}

/// Two needs of one evening, an hour each, one after the other; and one across both.
fn town() -> Told {
    let mut matching = Told::of("matching");
    let policy = Policy { role: Some(code("visitor")), ..Default::default() };
    matching.says([Event::KindSet { kind: code("visit"), policy }, role(asks())]);
    matching.says([need(20, 300, 360), need(21, 360, 420), need(22, 330, 390)]);
    matching
}

fn may() -> [Event; 3] {
    [grown_up(), check(date(2026, 1, 1)), certificate(date(2026, 1, 1), None)]
}

#[test]
fn who_has_all_that_is_asked_may_have_one_thing_after_the_other() {
    let mut matching = town();
    matching.says(may());
    matching.says([assigned(30, 20), assigned(31, 21)]);

    let found = matching.ends();

    assert!(found.only(4).is_empty(), "{found:?}");
    assert_eq!(found.of(4).counted[..2], [(2, "places taken"), (1, "people")]);
}

#[test]
fn two_things_at_once_are_found() {
    let mut matching = town();
    matching.says(may());
    matching.says([assigned(30, 20)]);
    matching.says([assigned(31, 22)]);

    assert!(matching.ends().only(4)[0].ends_with("at once"));
}

#[test]
fn whatever_is_lacked_on_that_day_is_found() {
    let late = certificate(date(2026, 12, 2), None);
    let over = certificate(date(2026, 1, 1), Some(date(2026, 11, 30)));
    let old = check(date(2025, 11, 30));
    let young = Event::Heard {
        fact: Fact::Person {
            person: anna(),
            ages: Some(Ages::of(date(2008, 12, 2), DAY)),
            gender: None,
        },
    };
    let lacking = [(late, "a course"), (over, "a course"), (old, "the check"), (young, "the age")];
    for (instead, lacked) in lacking {
        let mut matching = town();
        matching.says(may());
        matching.says([instead]);
        matching.says([assigned(30, 20)]);

        let found = matching.ends();

        assert!(found.only(4)[0].ends_with(lacked), "{found:?}");
    }
}

#[test]
fn a_fact_that_breaks_a_place_must_come_with_its_end() {
    let course = code("first-aid");
    let revoked = shown(Shown::CertificateRevoked { person: anna(), course });
    let more = role(Requirements { confidentiality: true, ..asks() });
    let erased = Event::Heard { fact: Fact::Erased(anna()) };
    for fact in [revoked, more, erased] {
        for withdrawn in [true, false] {
            let mut matching = town();
            matching.says(may());
            matching.says([assigned(30, 20)]);
            matching.says([fact.clone()].into_iter().chain(withdrawn.then(|| unassigned(30))));

            assert_eq!(matching.ends().only(4).is_empty(), withdrawn, "{fact:?}");
        }
    }
}

#[test]
fn what_is_over_is_broken_by_nothing() {
    let mut matching = town();
    matching.says(may());
    matching.says([assigned(30, 20)]);
    matching.now = noon() + jiff::SignedDuration::from_hours(8);
    let course = code("first-aid");
    matching.says([shown(Shown::CertificateRevoked { person: anna(), course })]);

    assert!(matching.ends().only(4).is_empty());
}
