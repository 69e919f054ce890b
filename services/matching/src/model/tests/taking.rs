//! Needs posted and closed, places taken and given back: every refusal at least once.

use dugnad_events::{
    matching::{Alarm, Ending},
    volunteers::{Event as Told, Giver, Relation, Representation, Scope},
};
use jiff::civil::date;

use super::*;

fn town() -> Town {
    let mut town = Town::new();
    town.volunteer("anna", giver());
    town.volunteer("kari", giver());
    town
}

fn visit() -> Facts {
    need("visit", &[hours(50, 2)])
}

fn post_for(town: &mut Town, who: &str, receiver: &str) -> Result<Vec<Event>, Refusal> {
    let receiver = Some(person(receiver));
    let facts = Box::new(Facts { receiver, ..visit() });
    town.ask(who, Command::PostNeed { facts, text: None, speaks: receiver })
}

fn cancel(town: &mut Town, who: &str, assignment: AssignmentId) -> Result<Vec<Event>, Refusal> {
    town.ask(who, Command::Cancel { assignment, reason: code("ill"), office: false })
}

#[test]
fn a_relative_asks_for_help_only_with_consent_to_that_and_while_it_counts() {
    let mut town = town();
    let (olga, son) = (person("olga"), person("son"));
    let consent = |scope| Told::RepresentativeSet {
        person: olga,
        representative: son,
        representation: Representation {
            relation: Relation::Relative,
            scope: vec![scope],
            consented: date(2026, 1, 1),
            until: Some(date(2026, 11, 23)),
        },
    };
    assert_eq!(post_for(&mut town, "son", "olga"), Err(Refusal::NotRepresented(olga)));
    town.hear(consent(Scope::Details));
    assert_eq!(post_for(&mut town, "son", "olga"), Err(Refusal::NotRepresented(olga)));
    town.hear(consent(Scope::Needs));

    assert!(post_for(&mut town, "son", "olga").is_ok());
    assert!(post_for(&mut town, "olga", "olga").is_ok());
    town.later(24);
    assert_eq!(post_for(&mut town, "son", "olga"), Err(Refusal::NotRepresented(olga)));
}

#[test]
fn a_need_lies_ahead_and_not_beyond_a_year_and_has_a_time() {
    let mut town = town();
    let mut post = |windows: &[Interval]| {
        let facts = Box::new(need("visit", windows));
        town.ask("clerk", Command::PostNeed { facts, text: None, speaks: None })
    };

    assert!(matches!(post(&[hours(-1, 2)]), Err(Refusal::Past { .. })));
    assert!(matches!(post(&[hours(9000, 2)]), Err(Refusal::Invalid { .. })));
    assert!(matches!(post(&[]), Err(Refusal::Invalid { field: "need.times", .. })));
}

#[test]
fn a_closed_need_tells_everybody_and_takes_nobody() {
    let mut town = town();
    let need = town.asked(Facts { heads: 2, ..visit() });
    let offer = town.offer(need, "anna");
    town.accept("anna", offer).unwrap();
    let close = |office| Command::CloseNeed { need, reason: code("moved"), office };

    assert!(matches!(town.ask("kari", close(false)), Err(Refusal::NotYours(_))));
    town.ask("clerk", close(false)).unwrap();

    assert!(town.open(need).is_empty() && town.comes(need).is_empty());
    assert!(town.ask("clerk", close(true)).unwrap().is_empty(), "it stays as it is");
    assert_eq!(town.assign(need, 0, "kari"), Err(Refusal::NeedClosed(need)));
    let asking = Command::SetAsking { need, asking: true };
    assert_eq!(town.ask("clerk", asking), Err(Refusal::NeedClosed(need)));
    assert!(town.tick().is_empty());
}

#[test]
fn what_does_not_exist_is_not_found() {
    let mut town = town();
    let (need, offer) = (NeedId(Uuid::nil()), OfferId(Uuid::nil()));
    let assignment = AssignmentId(Uuid::nil());
    let reason = code("x");
    for command in [
        Command::CloseNeed { need, reason: reason.clone(), office: true },
        Command::SetAsking { need, asking: true },
        Command::Take { need, slot: 0 },
        Command::Accept { offer, person: None, office: true },
        Command::Decline { offer, reason: reason.clone(), office: true },
        Command::Retract { offer },
        Command::Cancel { assignment, reason, office: true },
    ] {
        let outcome = town.ask("clerk", command);
        assert!(matches!(outcome, Err(Refusal::NotFound(_))), "{outcome:?}");
    }
}

#[test]
fn of_two_overlapping_yeses_of_one_person_the_second_is_refused() {
    let mut town = town();
    town.kind("visit", Policy { open: true, ..Policy::default() });
    let one = town.post(visit());
    let other = town.post(need("visit", &[hours(51, 2)]));

    town.ask("anna", Command::Take { need: one, slot: 0 }).unwrap();
    let second = town.ask("anna", Command::Take { need: other, slot: 0 });

    assert_eq!(rules(second.map(|_| ())), ["BUSY"]);
    let again = town.ask("anna", Command::Take { need: one, slot: 0 }).unwrap();
    assert!(again.is_empty(), "they come already");
}

#[test]
fn of_two_who_take_the_last_place_one_does() {
    let mut town = town();
    town.kind("visit", Policy { open: true, ..Policy::default() });
    let need = town.post(visit());

    town.ask("anna", Command::Take { need, slot: 0 }).unwrap();
    let late = town.ask("kari", Command::Take { need, slot: 0 });

    assert_eq!(late, Err(Refusal::Full { need, heads: 1 }));
    assert_eq!(town.comes(need), [person("anna")]);
}

#[test]
fn only_places_of_open_kinds_are_taken_unasked_and_not_when_they_have_begun() {
    let mut town = town();
    let need = town.post(visit());
    let take = |slot| Command::Take { need, slot };
    assert_eq!(town.ask("anna", take(0)), Err(Refusal::NotOpen(code("visit"))));
    town.kind("visit", Policy { open: true, ..Policy::default() });
    assert!(matches!(town.ask("anna", take(1)), Err(Refusal::Invalid { field: "slot", .. })));

    town.now = hours(50, 2).start();

    assert!(matches!(town.ask("anna", take(0)), Err(Refusal::Past { .. })));
}

#[test]
fn ones_own_word_yields_to_ones_own_yes_and_to_a_coordinators_anyway_and_nothing_else_does() {
    let mut town = town();
    town.kind("visit", Policy { open: true, ..Policy::default() });
    town.volunteer("picky", Giver { refuses: codes(&["visit"]), ..giver() });
    let need = town.post(Facts { heads: 2, ..visit() });
    let assign =
        |name: &str, anyway| Command::Assign { need, slot: 0, person: person(name), anyway };

    assert_eq!(rules(town.ask("clerk", assign("picky", false)).map(|_| ())), ["REFUSES"]);
    town.ask("clerk", assign("picky", true)).unwrap();
    town.applicant("applicant", giver());
    let firm = town.ask("clerk", assign("applicant", true));
    assert_eq!(rules(firm.map(|_| ())), ["NOT_ADMITTED"]);
}

#[test]
fn a_place_given_back_late_raises_an_alarm_and_others_are_asked() {
    let mut town = town();
    let kind = Policy { late_hours: 24, at_a_time: 1, ..Policy::default() };
    town.kind("visit", kind);
    let need = town.post(visit());
    town.assign(need, 0, "anna").unwrap();
    let assignment = town.assignment(need);
    assert!(matches!(cancel(&mut town, "kari", assignment), Err(Refusal::NotYours(_))));

    town.later(27);
    let events = cancel(&mut town, "anna", assignment).unwrap();
    town.tick();

    assert!(matches!(
        &events[..],
        [
            Event::Unassigned { why: Ending::Cancelled { late: true, .. }, .. },
            Event::Alarmed { why: Alarm::LateCancellation, .. }
        ]
    ));
    assert_eq!(town.open(need), [Party::Person(person("kari"))], "not anna again");
    assert!(cancel(&mut town, "anna", assignment).unwrap().is_empty(), "it stays as it is");
}

#[test]
fn a_place_given_back_in_time_raises_no_alarm_and_not_at_all_when_it_has_begun() {
    let mut town = town();
    let need = town.post(need("visit", &[hours(60, 2)]));
    town.assign(need, 0, "anna").unwrap();
    let assignment = town.assignment(need);

    let events = cancel(&mut town, "anna", assignment).unwrap();
    assert!(matches!(&events[..], [Event::Unassigned { .. }]), "{events:?}");

    town.assign(need, 0, "kari").unwrap();
    let assignment = town.assignment(need);
    town.now = hours(61, 1).start();
    assert!(matches!(cancel(&mut town, "kari", assignment), Err(Refusal::Past { .. })));
}

#[test]
fn an_offer_is_answered_once_by_whom_it_was_made_to() {
    let mut town = town();
    let need = town.asked(visit());
    let (anna, kari) = (town.offer(need, "anna"), town.offer(need, "kari"));

    assert!(matches!(town.accept("kari", anna), Err(Refusal::NotYours(_))));
    let other = Command::Accept { offer: anna, person: Some(person("kari")), office: true };
    assert!(matches!(town.ask("clerk", other), Err(Refusal::Invalid { .. })));
    town.decline("anna", anna);
    assert!(matches!(town.accept("anna", anna), Err(Refusal::NotOffered { .. })));
    town.ask("clerk", Command::Retract { offer: kari }).unwrap();
    assert!(matches!(town.accept("kari", kari), Err(Refusal::NotOffered { .. })));
    assert!(town.ask("clerk", Command::Retract { offer: kari }).unwrap().is_empty());
    let retract = town.ask("clerk", Command::Retract { offer: anna });
    assert!(matches!(retract, Err(Refusal::NotOffered { .. })));
}

#[test]
fn one_list_shows_what_somebody_can_take_by_time_without_collisions() {
    let mut town = town();
    town.kind("visit", Policy { open: true, ..Policy::default() });
    let late = town.post(need("visit", &[hours(70, 1)]));
    let early = town.post(visit());
    let busy = town.post(need("visit", &[hours(60, 1)]));
    let closed = town.post(need("walk", &[hours(80, 1)]));
    let taken = town.post(need("walk", &[hours(60, 3)]));
    town.assign(taken, 0, "anna").unwrap();
    town.tick();

    let places = town.state.open_places(person("anna"), town.now, None, 10);
    let listed: Vec<_> = places.items.iter().map(|(_, place)| place.need).collect();
    assert_eq!(listed, [early, late], "not {busy}, not {closed}: nobody asked them");

    town.ask("clerk", Command::SetAsking { need: closed, asking: true }).unwrap();
    town.tick();
    let first = town.state.open_places(person("anna"), town.now, None, 2);
    let rest = town.state.open_places(person("anna"), town.now, first.next, 2);
    assert_eq!(rest.items.len(), 1);
    assert_eq!(rest.items[0].1.offer, Some(town.offer(closed, "anna")));
    assert!(town.state.open_places(person("nobody"), town.now, None, 9).items.is_empty());
}

#[test]
fn what_was_not_met_is_counted_by_kind_area_and_week() {
    let mut town = town();
    let twice = town.post(Facts { heads: 2, ..visit() });
    town.assign(twice, 0, "anna").unwrap();
    town.post(need("walk", &[hours(200, 1)]));
    town.post(need("walk", &[hours(210, 1)]));
    let met = town.post(need("met", &[hours(90, 1)]));
    town.assign(met, 0, "anna").unwrap();

    let span = Interval::new(town.now, hours(1000, 1).end()).unwrap();
    let rows = town.state.unmet(span).rows;

    let told: Vec<_> = rows
        .iter()
        .map(|row| (&*row.kind, &*row.area, &*row.week, row.wanted, row.filled, row.empty))
        .collect();
    assert_eq!(
        told,
        [("visit", "bragernes", "2026-W48", 2, 1, 0), ("walk", "bragernes", "2026-W49", 2, 0, 2)]
    );
}

#[test]
fn two_people_kept_apart_are_two_and_neither_was_erased() {
    let mut town = town();
    let anna = person("anna");
    let conflict = |one, other| Command::SetConflict { one, other, apart: true };
    let same = town.ask("clerk", conflict(anna, anna));
    assert!(matches!(same, Err(Refusal::Invalid { field: "other", .. })));
    let why = dugnad_events::volunteers::Erasure::Asked;
    town.hear(Told::PersonErased { person: anna, why });

    let gone = town.ask("clerk", conflict(anna, person("kari")));
    assert_eq!(gone, Err(Refusal::PersonErased(anna)));
}

#[test]
fn there_are_not_more_kinds_than_there_may_be() {
    let mut town = town();
    for n in 0..crate::model::MOST_KINDS {
        town.kind(&format!("k{n}"), Policy::default());
    }
    let (kind, policy) = (code("one-more"), Policy::default());

    let outcome = town.ask("clerk", Command::SetKind { kind, policy });

    assert!(matches!(outcome, Err(Refusal::TooMany { what: "kinds", .. })));
}

#[test]
fn a_team_comes_as_one_its_leader_first_or_not_at_all() {
    let mut town = town();
    for name in ["leader", "third"] {
        town.volunteer(name, giver());
    }
    let team = dugnad_events::TeamId(Uuid::from_u128(7));
    let mut facts = dugnad_events::volunteers::Team {
        name: "Bergmogjengen".to_owned(),
        organisation: None,
        leader: person("leader"),
        members: ["anna", "kari", "leader", "third"].map(person).to_vec(),
        size: 3,
    };
    town.hear(Told::TeamSet { team, facts: Some(facts.clone()) });
    let need = town.post(Facts { heads: 3, ..visit() });
    let busy = town.post(visit());
    town.assign(busy, 0, "anna").unwrap();
    let assign = Command::AssignTeam { need, slot: 0, team };

    town.ask("clerk", assign.clone()).unwrap();
    let mut comes = town.comes(need);
    comes.sort_unstable();
    let mut expected = ["leader", "kari", "third"].map(person);
    expected.sort_unstable();
    assert_eq!(comes, expected, "not anna, who is busy");

    let other = town.post(need_of(4, 60));
    facts.size = 5;
    town.hear(Told::TeamSet { team, facts: Some(facts) });
    let small = town.ask("clerk", Command::AssignTeam { need: other, slot: 0, team });
    assert_eq!(small, Err(Refusal::TeamTooSmall { team, can: 4, size: 5 }));
    let full = town.ask("clerk", assign);
    assert_eq!(full, Err(Refusal::Full { need, heads: 3 }));
}

fn need_of(heads: u32, start: i64) -> Facts {
    Facts { heads, ..need("visit", &[hours(start, 2)]) }
}
