//! Invariant 8: of somebody who was erased nothing is left, wherever it lay; and what is held of
//! somebody is all that they get.

use super::*;
use crate::model::{Held, standing::Standings};

/// Everything that can be known of Kari.
fn known() -> Town {
    let mut town = given(session(3, &["kari", "ola"]));
    town.happens(&[role("visitor", Requirements::default())]);
    let (kari, text, with) = (person("kari"), sealed::<String>("kari"), id("coordinator"));
    let hours = Hours { day: TODAY, minutes: 5, role: code("visitor"), organisation: None };
    let passed = Passed::ByHand { course: code("first-aid"), on: TODAY };
    let planned = town.when(Command::PlanFollowUp { person: kari, due: TODAY, with }).unwrap();
    let Event::FollowUpPlanned { follow_up, .. } = planned[0] else { panic!() };
    for command in [
        Command::RecordCheck { person: kari, on: TODAY, to: with },
        Command::SignConfidentiality { person: kari, on: TODAY },
        Command::IssueCertificate { person: kari, passed, until: None },
        Command::HoldFollowUp { follow_up, on: TODAY, note: Some(text.clone()), next: Some(TODAY) },
        Command::RaiseConcern { about: kari, severity: Severity::Urgent, text: text.clone() },
        Command::LogHours { person: kari, hours },
        Command::Thank { person: kari, text: text.clone() },
        Command::WriteNote { about: kari, text },
    ] {
        town.when(command).unwrap();
    }
    let (version, party) = (1, Party::Volunteer);
    let accept = Command::AcceptCard { person: kari, role: code("visitor"), version, party };
    town.by("kari").when(accept).unwrap();
    town
}

#[test]
fn of_somebody_who_was_erased_nothing_is_left() {
    let mut town = known();
    let before = format!("{:?}", town.state.standing);
    assert!(before.contains(&id("kari").to_string()));

    town.happens(&[erased("kari")]);

    let after = format!("{:?}", town.state.standing);
    assert!(!after.contains(&id("kari").to_string()), "{after}");
    assert!(after.contains(&id("ola").to_string()), "others stay");
    assert_eq!(Volunteers::deadline(&town.state), None, "nothing climbs");
    assert_eq!(town.state.standing.held(person("kari")), []);
}

#[test]
fn a_fact_that_comes_after_the_erasure_brings_nothing_back() {
    let kept = |town: &Town| format!("{:?}", town.state.standing);
    let mut town = given([]);
    town.happens(&[erased("kari")]);
    let before = kept(&town);
    let (kari, text) = (person("kari"), sealed::<String>("kari"));

    town.happens(&[
        Event::CheckShown { person: kari, on: TODAY, to: id("x") },
        Event::Thanked { person: kari, by: id("x"), on: TODAY, text },
        Event::FollowUpPlanned {
            follow_up: FollowUpId(id("f")),
            person: kari,
            due: TODAY,
            with: id("x"),
        },
    ]);

    assert_eq!(kept(&town), before);
}

#[test]
fn all_that_is_held_of_somebody_is_given_to_them_and_not_who_else_wrote_it() {
    let town = known();

    let held = town.state.standing.held(person("kari"));

    let texts = held.iter().filter(|(_, held)| matches!(held, Held::Text(_))).count();
    assert_eq!(texts, 4, "a talk's note, a concern, thanks, a note");
    let clear: Vec<String> = held
        .iter()
        .filter_map(|(_, held)| match held {
            Held::Clear(value) => Some(value.to_string()),
            Held::Text(_) => None,
        })
        .collect();
    for said in ["\"check\":\"2026-11-22\"", "first-aid", "\"minutes\":5", "\"due\"", "visitor"] {
        assert!(clear.iter().any(|it| it.contains(said)), "{said} in {clear:?}");
    }
    assert!(!clear.concat().contains(&id("coordinator").to_string()), "{clear:?}");
    assert_eq!(Standings::default().held(person("kari")), []);
}
