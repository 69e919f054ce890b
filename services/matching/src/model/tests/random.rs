//! Invariants 4 and 9 for any sequence of commands, of facts heard late, and of the clock.

use std::collections::BTreeSet;

use dugnad_events::{
    matching::{Alarm, Ending},
    volunteers::{Erasure, Event as Told, Giver, Pause},
};
use jiff::ToSpan as _;
use proptest::prelude::*;

use super::*;

/// Something that happens; the numbers choose among what there is.
#[derive(Clone, Debug)]
enum Step {
    Post { start: i64, length: i64, heads: u32, ask: bool },
    Weekly { start: i64 },
    Assign { need: usize, person: u8 },
    Take { need: usize, person: u8 },
    Accept { offer: usize },
    Decline { offer: usize },
    Cancel { assignment: usize },
    Close { need: usize },
    Apart { one: u8, other: u8, apart: bool },
    Fact { person: u8, fact: u8, days: i32 },
    Role { fact: u8 },
    Later { hours: i64 },
}

const PEOPLE: u8 = 6;

fn step() -> impl Strategy<Value = Step> {
    let who = || 0..PEOPLE;
    let which = 0..50_usize;
    prop_oneof![
        4 => (2..200_i64, 1..6_i64, 1..3_u32, any::<bool>())
            .prop_map(|(start, length, heads, ask)| Step::Post { start, length, heads, ask }),
        1 => (2..200_i64).prop_map(|start| Step::Weekly { start }),
        6 => (which.clone(), who()).prop_map(|(need, person)| Step::Assign { need, person }),
        3 => (which.clone(), who()).prop_map(|(need, person)| Step::Take { need, person }),
        8 => which.clone().prop_map(|offer| Step::Accept { offer }),
        2 => which.clone().prop_map(|offer| Step::Decline { offer }),
        2 => which.clone().prop_map(|assignment| Step::Cancel { assignment }),
        1 => which.prop_map(|need| Step::Close { need }),
        1 => (who(), who(), any::<bool>())
            .prop_map(|(one, other, apart)| Step::Apart { one, other, apart }),
        8 => (who(), 0..10_u8, -3..10_i32)
            .prop_map(|(person, fact, days)| Step::Fact { person, fact, days }),
        1 => (0..4_u8).prop_map(|fact| Step::Role { fact }),
        3 => (1..40_i64).prop_map(|hours| Step::Later { hours }),
    ]
}

fn name(person: u8) -> String {
    format!("p{person}")
}

fn nth<T: Copy>(mut all: impl Iterator<Item = T> + Clone, n: usize) -> Option<T> {
    let count = all.clone().count();
    if count == 0 { None } else { all.nth(n % count) }
}

fn fact(town: &Town, who: u8, fact: u8, days: i32) -> Told {
    let person = person(&name(who));
    let day = town.today().saturating_add(days.days());
    match fact {
        0 => Told::CheckShown { person, on: day, to: Uuid::nil() },
        1 => Told::CheckWithdrawn { person },
        2 => {
            let until = Some(day.saturating_add(4.days()));
            Told::CertificateIssued { person, course: code("dementia"), on: day, until }
        }
        3 => Told::CertificateRevoked { person, course: code("dementia") },
        4 => {
            let until = (days > 0).then(|| day.saturating_add(2.days()));
            Told::PauseSet { person, pause: Some(Pause { from: day, until }) }
        }
        5 => Told::PauseSet { person, pause: None },
        6 if days < 0 => Told::PersonLeft { person, on: day },
        7 if days < -2 => Told::PersonErased { person, why: Erasure::Asked },
        8 if days < 0 => Told::GiverSet { person, giver: None },
        9 => {
            let refuses = codes(&["visit"][..usize::from(days > 5)]);
            Told::GiverSet { person, giver: Some(Giver { refuses, ..giver() }) }
        }
        _ => Told::PersonAdmitted { person, on: day },
    }
}

impl Town {
    fn happens(&mut self, step: &Step) {
        let reason = code("x");
        let command = match *step {
            Step::Post { start, length, heads, ask } => {
                let start = start + (self.now.as_second() - hours(0, 1).start().as_second()) / 3600;
                let facts = Facts { heads, ..need("visit", &[hours(start, length)]) };
                let need = self.post(facts);
                Some(Command::SetAsking { need, asking: ask })
            }
            Step::Weekly { start } => {
                let start = start + (self.now.as_second() - hours(0, 1).start().as_second()) / 3600;
                let mut facts = need("visit", &[hours(start, 2)]);
                facts.slots[0].windows = (0..4).map(|n| hours(start + n * 24, 2)).collect();
                let need = self.post(facts);
                Some(Command::SetAsking { need, asking: true })
            }
            Step::Assign { need, person: who } => {
                let need = nth(self.state.needs.keys().copied(), need);
                let person = person(&name(who));
                need.map(|need| Command::Assign { need, slot: 0, person, anyway: true })
            }
            Step::Take { need, person } => {
                if let Some(need) = nth(self.state.needs.keys().copied(), need) {
                    let _ = self.ask(&name(person), Command::Take { need, slot: 0 });
                }
                None
            }
            Step::Accept { offer } => nth(self.state.offers.keys().copied(), offer)
                .map(|offer| Command::Accept { offer, person: None, office: true }),
            Step::Decline { offer } => nth(self.state.offers.keys().copied(), offer)
                .map(|offer| Command::Decline { offer, reason, office: true }),
            Step::Cancel { assignment } => nth(self.state.assignments.keys().copied(), assignment)
                .map(|assignment| Command::Cancel { assignment, reason, office: true }),
            Step::Close { need } => nth(self.state.needs.keys().copied(), need)
                .map(|need| Command::CloseNeed { need, reason, office: true }),
            Step::Apart { one, other, apart } => {
                let (one, other) = (person(&name(one)), person(&name(other)));
                Some(Command::SetConflict { one, other, apart })
            }
            Step::Fact { person, fact: which, days } => {
                self.hear(fact(self, person, which, days));
                None
            }
            Step::Role { fact } => {
                let courses = codes(&["dementia"][..usize::from(fact % 2 == 1)]);
                self.role("visitor", Requirements { courses, ..check() });
                None
            }
            Step::Later { hours } => {
                self.later(hours);
                None
            }
        };
        if let Some(command) = command {
            let _ = self.ask("clerk", command);
        }
    }

    /// Invariant 4, judged anew from the facts alone.
    fn holds(&self) {
        for (id, assignment) in &self.state.assignments {
            let need = &self.state.needs[&assignment.need];
            let Some(person) = assignment.person else { continue };
            if assignment.ended.is_some() || !need.is_live() {
                continue;
            }
            let beside = need.who(assignment.slot as usize).filter(|it| *it != person);
            let judge = Judge::new(&self.state, self.now, &need.facts, assignment.slot as usize);
            if judge.windows().is_empty() {
                continue;
            }
            let known = self.state.people.get(person).expect("who comes is known");
            let broken = judge.beside(beside).firm(person, known, Some(*id));
            assert!(broken.is_empty(), "{person} comes to {need:?} although {broken:?}");
            assert!(need.slots[assignment.slot as usize].taken.contains_key(id));
        }
        for (_, known) in self.state.people.iter() {
            for pair in known.taken.windows(2) {
                assert!(!pair[0].span.overlaps(&pair[1].span), "two things at once: {pair:?}");
            }
        }
        for need in self.state.needs.values() {
            for slot in &need.slots {
                assert!(slot.taken.len() <= need.facts.heads as usize);
                let people: BTreeSet<_> = slot.taken.values().collect();
                assert_eq!(people.len(), slot.taken.len(), "nobody comes twice");
            }
        }
    }

    /// Invariant 9, with what the index answers.
    fn replays(&self) {
        let mut again = State::default();
        self.events.iter().for_each(|event| Matching::evolve(&mut again, event));
        let state = &self.state;
        assert_eq!(again.people, state.people);
        assert_eq!((&again.roles, &again.kinds), (&state.roles, &state.kinds));
        assert_eq!((&again.needs, &again.live), (&state.needs, &state.live));
        assert_eq!((&again.offers, &again.assignments), (&state.offers, &state.assignments));
        assert_eq!((&again.helped, &again.conflicts), (&state.helped, &state.conflicts));
        assert_eq!((&again.agenda, &again.by_start), (&state.agenda, &state.by_start));
        for start in [26, 55, 110] {
            let facts = need("visit", &[hours(start, 3)]);
            let ask = |state: &State| {
                let judge = Judge::new(state, self.now, &facts, 0);
                state.find(&facts, &judge, 4, 4, &|_| false)
            };
            assert_eq!(ask(&again), ask(state));
        }
    }
}

/// Whatever broke was alarmed in the same commit.
fn alarmed(events: &[Event]) {
    let rule = |event: &Event| match event {
        Event::Unassigned { why: Ending::Rule(rule), .. } => Some(rule.clone()),
        _ => None,
    };
    for rule in events.iter().filter_map(rule) {
        let alarm = |event: &Event| matches!(event, Event::Alarmed { why: Alarm::Broken(it), .. } if *it == rule);
        assert!(events.iter().any(alarm), "{rule} broke something and nobody was told");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 150, ..ProptestConfig::default() })]

    #[test]
    fn nobody_is_ever_assigned_past_a_firm_rule_and_replay_gives_the_same_state(
        steps in prop::collection::vec(step(), 1..80)
    ) {
        let mut town = Town::new();
        let role = Some(code("visitor"));
        town.role("visitor", check());
        town.kind("visit", Policy { role, open: true, ..Policy::default() });
        for who in 0..PEOPLE {
            let person = town.volunteer(&name(who), giver());
            if who > 0 {
                town.hear(fact(&town, who, 0, -1));
                prop_assert!(town.state.people.get(person).is_some());
            }
        }
        for step in &steps {
            let before = town.events.len();
            town.happens(step);
            alarmed(&town.events[before..]);
            town.holds();
            town.tick();
            town.holds();
        }
        town.replays();
    }
}
