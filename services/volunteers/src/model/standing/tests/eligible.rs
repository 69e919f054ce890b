//! Who may have a role on a day. What each requirement means is tested in `dugnad-eligibility`.

use dugnad_events::volunteers::{CheckRule, Pause};

use super::*;

const DAY: Date = date(2026, 12, 1);

fn lacks(town: &Town, who: &str, day: Date) -> Vec<(&'static str, String, Option<Date>)> {
    let lacks = town.state.eligibility(person(who), &code("visitor"), day).unwrap();
    lacks.iter().map(|it| (it.reason(), it.to_string(), it.until())).collect()
}

fn reasons(town: &Town, who: &str, day: Date) -> Vec<&'static str> {
    lacks(town, who, day).into_iter().map(|(reason, ..)| reason).collect()
}

#[test]
fn who_has_all_that_a_role_asks_for_is_eligible_and_who_has_not_hears_what_is_missing() {
    let check = Some(CheckRule { months: Some(12) });
    let asks = Requirements { check, confidentiality: true, ..Requirements::default() };
    let mut town = given([role("visitor", asks)]);
    let (kari, to) = (person("kari"), id("coordinator"));
    town.when(Command::RecordCheck { person: kari, on: date(2025, 12, 1), to }).unwrap();
    town.when(Command::SignConfidentiality { person: kari, on: TODAY }).unwrap();

    assert_eq!(lacks(&town, "kari", DAY), []);
    let (late, said) = (date(2026, 12, 2), "the check counted until 2026-12-01".to_owned());
    assert_eq!(lacks(&town, "kari", late), [("CHECK", said, Some(DAY))]);
    assert_eq!(reasons(&town, "ola", DAY), ["CHECK", "CONFIDENTIALITY"]);
}

#[test]
fn who_rests_or_left_or_was_not_taken_in_is_told_so_for_the_days_it_holds() {
    let mut town = given([role("visitor", Requirements::default()), registered("per")]);
    let pause = Some(Pause { from: date(2026, 11, 30), until: Some(DAY) });
    town.happens(&[
        Event::PauseSet { person: person("kari"), pause },
        Event::PersonLeft { person: person("ola"), on: DAY },
    ]);

    let (said, after) = ("they rest until 2026-12-01".to_owned(), date(2026, 12, 2));
    assert_eq!(lacks(&town, "kari", DAY), [("PAUSED", said, Some(DAY))]);
    assert_eq!(reasons(&town, "kari", after), [""; 0]);
    assert_eq!(reasons(&town, "ola", DAY), [""; 0], "their last day");
    assert_eq!(reasons(&town, "ola", after), ["LEFT"]);
    assert_eq!(reasons(&town, "per", DAY), ["NOT_ADMITTED"]);
    town.happens(&[
        Event::PauseSet { person: person("kari"), pause: None },
        Event::PersonAdmitted { person: person("ola"), on: TODAY },
    ]);
    assert_eq!(reasons(&town, "kari", DAY), [""; 0], "back");
    assert_eq!(reasons(&town, "ola", after), [""; 0], "came again");
}

#[test]
fn a_role_or_person_that_is_not_there_is_told_by_its_name() {
    let town = given([role("visitor", Requirements::default()), erased("ada")]);
    let ask = |who, role| town.state.eligibility(person(who), &code(role), DAY);

    assert_refused!(ask("kari", "king"), Refusal::NotFound(name) if name == "roles/king");
    assert_refused!(ask("stranger", "visitor"), Refusal::NotFound(_));
    assert_refused!(ask("ada", "visitor"), Refusal::PersonErased(_));
}

#[test]
fn many_are_answered_in_their_order_and_a_stranger_holds_up_nobody() {
    let town = given([role("visitor", Requirements::default()), erased("ada")]);
    let people = ["stranger", "kari", "ada"].map(person);

    let answers = town.state.eligibilities(&people, &code("visitor"), DAY).unwrap();

    let said: Vec<_> = answers
        .iter()
        .map(|(who, lacks)| (*who, lacks.iter().map(|it| it.reason()).collect::<Vec<_>>()))
        .collect();
    let expected = people.into_iter().zip([vec!["UNKNOWN"], vec![], vec!["UNKNOWN"]]);
    assert_eq!(said, expected.collect::<Vec<_>>());
    let unknown = town.state.eligibilities(&people, &code("king"), DAY);
    assert_refused!(unknown, Refusal::NotFound(_));
}
