//! A town for the rules: facts as the register tells them, commands, and a clock that is set.

mod asking;
mod breaking;
mod random;
mod ruling;
mod shifts;
mod taking;

use dugnad_calendar::{Interval, LocalWindow, OpeningHours};
use dugnad_eligibility::Missing;
use dugnad_events::{
    AssignmentId, Code, NeedId, OfferId,
    matching::{Event, Need as Facts, Party, Place, Policy, Slot, Want},
    volunteers::{self, CheckRule, Giver, List, Location, Requirements, Term},
};
use dugnad_ledger::{Caller, Context, Model as _};
use dugnad_vault::PersonId;
use jiff::{SignedDuration, Timestamp, civil::Date};
use uuid::Uuid;

use super::{Answer, Command, Judge, Matching, Refusal, State, WhyNot};

/// Ten in the morning in Drammen, a Monday.
const MORNING: &str = "2026-11-23T09:00:00Z";

pub(super) struct Town {
    pub(super) state: State,
    pub(super) now: Timestamp,
    pub(super) events: Vec<Event>,
    asked: u128,
}

pub(super) fn person(name: &str) -> PersonId {
    PersonId(Uuid::new_v5(&Uuid::nil(), name.as_bytes()))
}

pub(super) fn code(text: &str) -> Code {
    text.parse().unwrap()
}

fn codes(texts: &[&str]) -> Vec<Code> {
    texts.iter().map(|text| code(text)).collect()
}

/// Some hours after the morning, so many hours long.
pub(super) fn hours(from: i64, length: i64) -> Interval {
    let at = |hours| {
        let morning: Timestamp = MORNING.parse().unwrap();
        morning + SignedDuration::from_hours(hours)
    };
    Interval::new(at(from), at(from + length)).unwrap()
}

pub(super) fn need(kind: &str, windows: &[Interval]) -> Facts {
    let slots = windows.iter().map(|window| Slot { windows: vec![*window] }).collect();
    Facts {
        kind: code(kind),
        receiver: None,
        heads: 1,
        place: Some(Place { area: Some(code("bragernes")), at: None }),
        slots,
        want: Want::default(),
        about: String::new(),
    }
}

pub(super) fn giver() -> Giver {
    Giver {
        area: Some(code("bragernes")),
        reach_km: 10,
        languages: codes(&["nb"]),
        ..Giver::default()
    }
}

impl Town {
    pub(super) fn new() -> Self {
        let now = MORNING.parse().unwrap();
        let mut town = Self { state: State::default(), now, events: Vec::new(), asked: 0 };
        let at = |lat: f64, lon: f64| {
            Some(Location { lat: (lat * 1e6) as i32, lon: (lon * 1e6) as i32 })
        };
        let term = |name: &str, at| Term {
            code: code(name),
            nb: name.to_owned(),
            en: name.to_owned(),
            at,
        };
        let terms = vec![
            term("bragernes", at(59.745, 10.205)),
            term("konnerud", at(59.724, 10.126)),
            term("svelvik", at(59.612, 10.407)),
        ];
        town.hear(volunteers::Event::TermsSet { list: List::Areas, terms });
        town
    }

    fn context(&mut self, caller: PersonId) -> Context {
        self.asked += 1;
        let tenant = dugnad_journal::Tenant::new("drammen").unwrap();
        let caller = Caller { tenant, id: caller.0 };
        Context { now: self.now, caller, request: Uuid::from_u128(self.asked) }
    }

    fn take(&mut self, events: &[Event]) {
        for event in events {
            Matching::evolve(&mut self.state, event);
            self.events.push(event.clone());
        }
    }

    pub(super) fn ask(&mut self, who: &str, command: Command) -> Result<Vec<Event>, Refusal> {
        let cx = self.context(person(who));
        let events = Matching::decide(&self.state, &cx, command)?;
        self.take(&events);
        Ok(events)
    }

    pub(super) fn hear(&mut self, event: volunteers::Event) -> Vec<Event> {
        let commands = crate::react::commands(&event);
        let all = commands.into_iter().map(|command| self.ask("", command).unwrap());
        all.flatten().collect()
    }

    /// Lets the clock bring what is due.
    pub(super) fn tick(&mut self) -> Vec<Event> {
        let mut all = Vec::new();
        for _ in 0..1000 {
            let due = Matching::deadline(&self.state).is_some_and(|due| due <= self.now);
            if !due {
                return all;
            }
            let cx = self.context(person(""));
            let events = Matching::decide(&self.state, &cx, Command::Tick).unwrap();
            assert!(!events.is_empty(), "a tick that leads to nothing comes again for ever");
            self.take(&events);
            all.extend(events);
        }
        panic!("the clock never comes to rest");
    }

    pub(super) fn later(&mut self, hours: i64) -> Vec<Event> {
        self.now += SignedDuration::from_hours(hours);
        self.tick()
    }

    /// Somebody who gives and was admitted.
    pub(super) fn volunteer(&mut self, name: &str, giver: Giver) -> PersonId {
        self.applicant(name, giver);
        let on = self.today();
        self.hear(volunteers::Event::PersonAdmitted { person: person(name), on });
        person(name)
    }

    pub(super) fn applicant(&mut self, name: &str, giver: Giver) {
        self.hear(volunteers::Event::PersonRegistered {
            person: person(name),
            by: Uuid::nil(),
            on: self.today(),
            details: sealed(person(name)),
            ages: None,
            gender: None,
            giver: Some(giver),
            receiver: None,
        });
    }

    pub(super) fn today(&self) -> Date {
        super::time::day(self.now)
    }

    pub(super) fn kind(&mut self, kind: &str, policy: Policy) {
        self.ask("clerk", Command::SetKind { kind: code(kind), policy }).unwrap();
    }

    pub(super) fn role(&mut self, role: &str, requirements: Requirements) -> Vec<Event> {
        let (role, card) = (code(role), Default::default());
        self.hear(volunteers::Event::RoleSet { role, version: 1, requirements, card })
    }

    pub(super) fn post(&mut self, facts: Facts) -> NeedId {
        let command = Command::PostNeed { facts: Box::new(facts), text: None, speaks: None };
        match &self.ask("clerk", command).unwrap()[..] {
            [Event::NeedPosted { need, .. }, ..] => *need,
            events => panic!("{events:?}"),
        }
    }

    /// A need for which people are asked.
    pub(super) fn asked(&mut self, facts: Facts) -> NeedId {
        let need = self.post(facts);
        self.ask("clerk", Command::SetAsking { need, asking: true }).unwrap();
        self.tick();
        need
    }

    pub(super) fn assign(&mut self, need: NeedId, slot: u32, name: &str) -> Result<(), Refusal> {
        let person = person(name);
        self.ask("clerk", Command::Assign { need, slot, person, anyway: false }).map(|_| ())
    }

    pub(super) fn offer(&self, need: NeedId, name: &str) -> OfferId {
        self.offer_to(need, Party::Person(person(name))).expect("an open offer")
    }

    pub(super) fn offer_to(&self, need: NeedId, to: Party) -> Option<OfferId> {
        let mut offers = self.state.offers.iter();
        let found = offers
            .find(|(_, offer)| offer.need == need && offer.to == to && offer.state == Answer::Open);
        found.map(|(id, _)| *id)
    }

    /// Who can still answer.
    pub(super) fn open(&self, need: NeedId) -> Vec<Party> {
        let offers = self.state.offers.values();
        let open = offers.filter(|it| it.need == need && it.state == Answer::Open);
        open.map(|offer| offer.to).collect()
    }

    pub(super) fn accept(&mut self, name: &str, offer: OfferId) -> Result<Vec<Event>, Refusal> {
        self.ask(name, Command::Accept { offer, person: None, office: false })
    }

    pub(super) fn decline(&mut self, name: &str, offer: OfferId) {
        let command = Command::Decline { offer, reason: code("no-time"), office: false };
        self.ask(name, command).unwrap();
    }

    pub(super) fn comes(&self, need: NeedId) -> Vec<PersonId> {
        let need = &self.state.needs[&need];
        (0..need.slots.len()).flat_map(|slot| need.who(slot)).collect()
    }

    pub(super) fn assignment(&self, need: NeedId) -> AssignmentId {
        *self.state.needs[&need].slots[0].taken.keys().next().expect("somebody comes")
    }

    pub(super) fn why_not(&self, facts: &Facts, name: &str) -> Vec<&'static str> {
        let judge = Judge::new(&self.state, self.now, facts, 0);
        judge.why_not(person(name)).iter().map(WhyNot::reason).collect()
    }

    pub(super) fn ranked(&self, facts: &Facts) -> Vec<PersonId> {
        let judge = Judge::new(&self.state, self.now, facts, 0);
        let found = self.state.find(facts, &judge, 10, 0, &|_| false);
        found.ranked.into_iter().map(|ranked| ranked.person).collect()
    }
}

pub(super) fn sealed<T>(person: PersonId) -> dugnad_vault::Sealed<T> {
    let bytes = serde_json::json!({ "person": person, "sealed": b"sealed" });
    serde_json::from_value(bytes).unwrap()
}

pub(super) fn check() -> Requirements {
    Requirements { check: Some(CheckRule { months: Some(12) }), ..Requirements::default() }
}

/// Free on weekdays between two hours.
pub(super) fn weekdays(from: u16, to: u16) -> OpeningHours {
    let window = LocalWindow::new(from * 60, to * 60).unwrap();
    let week = std::array::from_fn(|day| if day < 5 { vec![window] } else { Vec::new() });
    OpeningHours { week: Some(week), ..OpeningHours::default() }
}

/// The names of the rules that kept somebody from something.
pub(super) fn rules(outcome: Result<(), Refusal>) -> Vec<&'static str> {
    match outcome {
        Err(Refusal::RuledOut { rules, .. }) => rules.iter().map(WhyNot::reason).collect(),
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_rule_says_what_is_missing_in_its_own_words() {
    let lacks = WhyNot::Missing { lacks: Missing::Check { until: None } };

    assert_eq!(lacks.reason(), "CHECK");
    assert_eq!(lacks.to_string(), "lacks what is asked: the check was not shown");
}
