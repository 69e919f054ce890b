//! Needs of evening shifts, as rooms tells of them.

use dugnad_events::{ShiftId, matching::Closing, rooms::ShiftFacts};

use super::*;
use crate::model::ShiftCommand;

const HOST: &str = "host";

fn shift() -> ShiftId {
    ShiftId(Uuid::from_u128(7))
}

fn town() -> Town {
    let mut town = Town::new();
    town.volunteer("anna", giver());
    town.kind(HOST, Policy { automatic: true, ..Policy::default() });
    town
}

impl Town {
    fn told(&mut self, revision: u32, heads: u32, span: Interval) -> Vec<Event> {
        let facts = ShiftFacts { kind: code(HOST), heads, span };
        let command = ShiftCommand::Post { shift: shift(), revision, facts };
        self.ask("", Command::Shift(command)).unwrap()
    }

    fn dropped(&mut self, revision: u32) -> Vec<Event> {
        let command = ShiftCommand::Close { shift: shift(), revision };
        self.ask("", Command::Shift(command)).unwrap()
    }
}

#[test]
fn a_shift_is_posted_once_under_the_name_that_both_services_know() {
    let mut town = town();

    let posted = town.told(1, 1, hours(50, 4));

    let [Event::NeedPosted { need, facts, .. }, Event::AskingStarted { .. }] = &posted[..] else {
        panic!("{posted:?}")
    };
    assert_eq!((*need, facts.about.clone()), (shift().need(1), shift().to_string()));
    assert!(town.told(1, 1, hours(50, 4)).is_empty(), "heard twice");
}

#[test]
fn who_comes_stays_when_the_shift_changes_little() {
    let mut town = town();
    town.told(1, 1, hours(50, 4));
    town.assign(shift().need(1), 0, "anna").unwrap();

    town.told(2, 1, hours(50, 5));

    assert!(!town.state.needs[&shift().need(1)].is_live());
    assert_eq!(town.comes(shift().need(2)), [person("anna")]);
    assert!(town.comes(shift().need(1)).is_empty(), "nobody is at two places");
}

#[test]
fn who_comes_is_asked_first_when_it_changes_more() {
    let mut town = town();
    town.told(1, 1, hours(50, 4));
    town.assign(shift().need(1), 0, "anna").unwrap();
    town.volunteer("kari", giver());

    town.told(2, 1, hours(52, 4));

    assert!(town.comes(shift().need(2)).is_empty());
    assert_eq!(town.open(shift().need(2)), [Party::Person(person("anna"))]);
}

#[test]
fn who_may_not_come_any_more_is_neither_kept_nor_asked() {
    let mut town = town();
    town.told(1, 1, hours(50, 4));
    town.assign(shift().need(1), 0, "anna").unwrap();
    // Half an hour later anna helps elsewhere.
    let visit = town.post(need("visit", &[hours(54, 1)]));
    town.assign(visit, 0, "anna").unwrap();

    town.told(2, 1, hours(50, 5));

    assert!(town.comes(shift().need(2)).is_empty());
    assert!(town.open(shift().need(2)).is_empty());
}

#[test]
fn a_shift_that_is_dropped_asks_nobody_and_nobody_comes() {
    let mut town = town();
    town.told(1, 1, hours(50, 4));
    town.assign(shift().need(1), 0, "anna").unwrap();

    let closed = town.dropped(1);

    let last = closed.last().unwrap();
    assert!(matches!(last, Event::NeedClosed { why: Closing::Asked { .. }, .. }), "{closed:?}");
    assert!(town.comes(shift().need(1)).is_empty());
    assert!(town.dropped(1).is_empty(), "heard twice");
}

#[test]
fn what_has_begun_keeps_its_need() {
    let mut town = town();
    town.told(1, 1, hours(50, 4));
    town.assign(shift().need(1), 0, "anna").unwrap();
    town.now = hours(51, 1).start();

    assert!(town.told(2, 1, hours(50, 5)).is_empty());

    assert_eq!(town.comes(shift().need(1)), [person("anna")]);
}
