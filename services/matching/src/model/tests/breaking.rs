//! Invariant 4, fact by fact: what breaks an assignment withdraws it and alarms at once, and others
//! are asked.

use dugnad_events::{
    matching::{Alarm, Ending, Withdrawal},
    volunteers::{Erasure, Event as Told, Pause},
};
use jiff::civil::date;

use super::*;

/// Anna comes to a visit, with a check, in 50 hours.
fn town() -> (Town, NeedId) {
    let mut town = Town::new();
    let role = Some(code("visitor"));
    town.kind("visit", Policy { role, at_a_time: 1, ..Policy::default() });
    town.role("visitor", check());
    for name in ["anna", "kari"] {
        let person = town.volunteer(name, giver());
        town.hear(shown(person));
    }
    let need = town.post(need("visit", &[hours(50, 2)]));
    town.assign(need, 0, "anna").unwrap();
    (town, need)
}

fn shown(person: PersonId) -> Told {
    Told::CheckShown { person, on: date(2026, 11, 1), to: Uuid::nil() }
}

/// What was broken by which rule; in one commit with an alarm.
fn broken(events: &[Event]) -> Vec<String> {
    let rules = |event: &Event| match event {
        Event::Unassigned { why: Ending::Rule(rule), .. } => Some(rule.clone()),
        _ => None,
    };
    let rules: Vec<_> = events.iter().filter_map(rules).collect();
    let alarms =
        events.iter().filter(|event| matches!(event, Event::Alarmed { why: Alarm::Broken(_), .. }));
    assert_eq!(alarms.count(), rules.len());
    rules
}

#[test]
fn each_fact_that_breaks_it_withdraws_it_alarms_and_asks_the_next() {
    let anna = person("anna");
    let pause = Some(Pause { from: date(2026, 11, 25), until: Some(date(2026, 11, 26)) });
    let facts = [
        (Told::CheckWithdrawn { person: anna }, "CHECK"),
        (Told::PauseSet { person: anna, pause }, "PAUSED"),
        (Told::PersonLeft { person: anna, on: date(2026, 11, 24) }, "LEFT"),
        (Told::GiverSet { person: anna, giver: None }, "NO_VOLUNTEER"),
        (Told::PersonErased { person: anna, why: Erasure::Asked }, "ERASED"),
    ];
    for (fact, rule) in facts {
        let (mut town, need) = town();

        let events = town.hear(fact.clone());
        town.tick();

        assert_eq!(broken(&events), [rule], "{fact:?}");
        assert!(town.comes(need).is_empty());
        assert_eq!(town.open(need), [Party::Person(person("kari"))]);
    }
}

#[test]
fn a_role_that_asks_for_more_breaks_everybody_who_lacks_it() {
    let (mut town, need) = town();
    let asks = Requirements { courses: codes(&["dementia"]), ..check() };

    let events = town.role("visitor", asks.clone());

    assert_eq!(broken(&events), ["COURSE"]);
    assert!(town.comes(need).is_empty());
    assert!(town.role("visitor", asks).is_empty(), "heard twice, it changes nothing");
}

#[test]
fn a_kind_that_asks_for_another_role_does_the_same() {
    let (mut town, need) = town();
    let role = Some(code("nobody-knows"));

    let policy = Policy { role, ..Policy::default() };
    let events = town.ask("clerk", Command::SetKind { kind: code("visit"), policy }).unwrap();

    assert_eq!(broken(&events), ["ROLE_UNKNOWN"]);
    assert!(town.comes(need).is_empty());
}

#[test]
fn two_who_must_not_meet_lose_the_later_of_their_places() {
    let mut town = Town::new();
    for name in ["anna", "kari"] {
        town.volunteer(name, giver());
    }
    let need = town.post(Facts { heads: 2, ..need("visit", &[hours(50, 2)]) });
    town.assign(need, 0, "kari").unwrap();
    town.now += SignedDuration::from_mins(1);
    town.assign(need, 0, "anna").unwrap();
    let (one, other) = (person("anna"), person("kari"));

    let events = town.ask("clerk", Command::SetConflict { one, other, apart: true }).unwrap();

    assert_eq!(broken(&events), ["CONFLICT"]);
    assert_eq!(town.comes(need), [person("kari")]);
}

#[test]
fn what_was_said_of_ones_own_time_later_leaves_what_was_agreed() {
    let (mut town, need) = town();
    let anna = person("anna");
    let zone = "Europe/Oslo".to_owned();

    town.hear(Told::AvailabilitySet { person: anna, zone, hours: weekdays(6, 7) });
    let far = dugnad_events::volunteers::Giver { area: Some(code("svelvik")), ..giver() };
    town.hear(Told::GiverSet { person: anna, giver: Some(far) });

    assert_eq!(town.comes(need), [anna]);
}

#[test]
fn an_offer_that_a_fact_rules_out_is_taken_back_and_the_next_is_asked() {
    let (mut town, _) = town();
    let need = town.asked(need("visit", &[hours(80, 2)]));
    let asked = town.open(need);
    assert_eq!(asked.len(), 1);
    let (name, other) = match asked[0] == Party::Person(person("anna")) {
        true => ("anna", "kari"),
        false => ("kari", "anna"),
    };
    let offer = town.offer(need, name);

    let events = town.hear(Told::CheckWithdrawn { person: person(name) });
    town.tick();

    let why = Withdrawal::Rule("CHECK".to_owned());
    assert!(events.contains(&Event::OffersWithdrawn { offers: vec![offer], why }));
    assert_eq!(town.open(need), [Party::Person(person(other))]);
    assert!(matches!(town.accept(name, offer), Err(Refusal::NotOffered { .. })));
}

#[test]
fn an_offer_accepted_when_a_rule_says_no_is_refused_with_the_rule() {
    let (mut town, _) = town();
    let need = town.asked(need("visit", &[hours(49, 1)]));
    let offer = town.offer(need, "kari");
    let clash = town.post(need_at(48));
    town.kind("visit", Policy { role: Some(code("visitor")), ..Policy::default() });
    town.assign(clash, 0, "kari").unwrap();

    // The clash took the offer back already; had it not, the rule would still hold.
    let late = town.accept("kari", offer);

    assert!(matches!(late, Err(Refusal::NotOffered { .. })), "{late:?}");
}

fn need_at(start: i64) -> Facts {
    need("visit", &[hours(start, 2)])
}

#[test]
fn what_is_over_is_not_broken_by_what_is_heard_later() {
    let (mut town, need) = town();
    town.later(60);

    let events = town.hear(Told::CheckWithdrawn { person: person("anna") });

    assert!(broken(&events).is_empty());
    assert_eq!(town.comes(need), [person("anna")], "they came");
}

#[test]
fn a_receiver_who_is_erased_needs_nothing_any_more_and_is_named_nowhere() {
    let (mut town, _) = town();
    let olga = person("olga");
    let facts = Facts { receiver: Some(olga), ..need_at(80) };
    let command =
        Command::PostNeed { facts: Box::new(facts), text: Some(sealed(olga)), speaks: None };
    town.ask("clerk", command).unwrap();
    let id = *town.state.live.iter().find(|id| town.state.needs[*id].text.is_some()).unwrap();
    town.assign(id, 0, "kari").unwrap();

    town.hear(Told::PersonErased { person: olga, why: Erasure::Asked });

    let need = &town.state.needs[&id];
    assert_eq!((need.facts.receiver, &need.text, need.is_live()), (None, &None, false));
    assert!(town.comes(id).is_empty() && town.state.helped.is_empty());
    let facts = Box::new(Facts { receiver: Some(olga), ..need_at(90) });
    let again = town.ask("clerk", Command::PostNeed { facts, text: None, speaks: None });
    assert_eq!(again, Err(Refusal::PersonErased(olga)));
}

#[test]
fn of_who_was_erased_nothing_is_left_and_nothing_is_heard_again() {
    let (mut town, need) = town();
    let anna = person("anna");
    town.hear(Told::PersonErased { person: anna, why: Erasure::Left });

    let late = town.hear(shown(anna));

    assert!(late.is_empty());
    assert!(town.hear(Told::PersonErased { person: anna, why: Erasure::Left }).is_empty());
    assert!(town.state.people.get(anna).is_none());
    assert!(town.state.assignments.values().all(|it| it.person != Some(anna)));
    assert!(!town.state.needs[&need].silenced.contains(&anna));
    assert_eq!(town.assign(need, 0, "anna"), Err(Refusal::PersonErased(anna)));
    let json = serde_json::to_string(&town.state.conflicts.keys().collect::<Vec<_>>()).unwrap();
    assert!(!json.contains(&anna.0.to_string()));
}

#[test]
fn no_rest_comes_to_break_a_lasting_pairing_merely_because_time_goes_by() {
    let (mut town, _) = town();
    let mut weekly = need("visit", &[]);
    weekly.slots = vec![Slot { windows: (0..3).map(|week| hours(26 + week * 168, 2)).collect() }];
    let pairing = town.post(weekly);
    town.assign(pairing, 0, "anna").unwrap();
    let person = person("anna");
    // All visits but the first.
    let pause = Some(Pause { from: date(2026, 12, 1), until: Some(date(2026, 12, 31)) });

    let heard = town.hear(Told::PauseSet { person, pause });
    town.later(30);
    let later = town.hear(shown(person));

    assert_eq!((broken(&heard), broken(&later)), (vec![], vec![]));
    assert_eq!(town.state.needs[&pairing].slots[0].taken.len(), 1);
}
