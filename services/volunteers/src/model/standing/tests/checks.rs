//! Roles and cards, checks, and the duty of confidentiality.

use super::*;

fn set(nb: &str, requirements: Requirements) -> Command {
    let card = Card { nb: nb.to_owned(), ..Card::default() };
    Command::SetRole { role: code("visitor"), requirements, card }
}

fn accept(version: u32, party: Party) -> Command {
    Command::AcceptCard { person: person("kari"), role: code("visitor"), version, party }
}

#[test]
fn the_version_goes_up_when_the_card_changes_and_not_when_what_is_asked_does() {
    let mut town = given([]);
    let asks = || Requirements { confidentiality: true, ..Requirements::default() };
    let version = |outcome: Outcome| match outcome.unwrap()[..] {
        [Event::RoleSet { version, .. }] => version,
        ref other => panic!("{other:?}"),
    };

    assert_eq!(version(town.when(set("a", Requirements::default()))), 1);
    assert_eq!(version(town.when(set("a", asks()))), 1);
    assert_eq!(version(town.when(set("b", asks()))), 2);
    assert_eq!(town.when(set("b", asks())), Ok(vec![]), "nothing changed");
}

#[test]
fn a_role_asks_only_for_courses_on_offer_and_ages_that_are_known() {
    let mut town = given([course("first-aid", None)]);
    let asks = |courses: &[&str], min_age| Requirements {
        courses: courses.iter().copied().map(code).collect(),
        min_age,
        ..Requirements::default()
    };

    town.when(set("a", asks(&["first-aid"], Some(18)))).unwrap();

    let unknown = town.when(set("a", asks(&["lifting"], None)));
    assert_refused!(unknown, Refusal::NotFound(name) if name == "courses/lifting");
    assert_refused!(
        town.when(set("a", asks(&[], Some(17)))),
        Refusal::Invalid { field, .. } if field == "role.requirements.min_age"
    );
}

#[test]
fn a_card_is_accepted_as_it_is_now_or_not_at_all() {
    let mut town = given([role("visitor", Requirements::default())]);
    town.when(set("changed", Requirements::default())).unwrap();

    assert_refused!(
        town.by("kari").when(accept(1, Party::Volunteer)),
        Refusal::Stale { name, etag } if name == "roles/visitor" && etag == "2"
    );
    assert_eq!(town.when(accept(2, Party::Volunteer)).unwrap().len(), 1);
    assert_eq!(town.when(accept(2, Party::Volunteer)), Ok(vec![]), "once is enough");
}

#[test]
fn nobody_supervises_themselves_and_nobody_sees_their_own_check() {
    let mut town = given([role("visitor", Requirements::default())]);
    let kari = person("kari");

    let card = town.by("kari").when(accept(1, Party::Supervisor));
    let check = town.when(Command::RecordCheck { person: kari, on: TODAY, to: kari.0 });

    assert_refused!(card, Refusal::ForThemselves(who) if *who == kari);
    assert_refused!(check, Refusal::ForThemselves(who) if *who == kari);
}

#[test]
fn a_role_that_is_not_there_has_no_card() {
    let mut town = given([]);

    let outcome = town.by("kari").when(accept(1, Party::Volunteer));

    assert_refused!(outcome, Refusal::NotFound(name) if name == "roles/visitor");
}

#[test]
fn a_check_is_written_down_with_its_day_and_who_saw_it_and_with_nothing_else() {
    let mut town = given([]);
    let (person, to) = (person("kari"), id("coordinator"));

    let shown = town.when(Command::RecordCheck { person, on: TODAY, to }).unwrap();

    assert_eq!(shown, [Event::CheckShown { person, on: TODAY, to }]);
    let stored = serde_json::to_value(&shown[0]).unwrap()["CheckShown"].clone();
    let fields: Vec<_> = stored.as_object().unwrap().keys().cloned().collect();
    assert_eq!(fields, ["on", "person", "to"], "there is no place for what it says");
    assert_eq!(town.when(Command::WithdrawCheck { person }).unwrap().len(), 1);
    assert_eq!(town.when(Command::WithdrawCheck { person }), Ok(vec![]));
}

#[test]
fn what_lies_ahead_was_neither_shown_nor_signed() {
    let mut town = given([]);
    let (person, tomorrow) = (person("kari"), date(2026, 11, 23));
    let to = id("coordinator");

    for command in [
        Command::RecordCheck { person, on: tomorrow, to },
        Command::SignConfidentiality { person, on: tomorrow },
    ] {
        assert_refused!(
            town.when(command),
            Refusal::Future { day, today } if (*day, *today) == (tomorrow, TODAY)
        );
    }
    town.when(Command::SignConfidentiality { person, on: TODAY }).unwrap();
}

#[test]
fn after_midnight_in_norway_it_is_the_next_day_though_not_yet_in_utc() {
    let mut town = given([]);
    town.now = at("2026-11-23T00:30");
    let (person, on) = (person("kari"), date(2026, 11, 23));

    let outcome = town.when(Command::SignConfidentiality { person, on });

    assert_eq!(outcome.unwrap().len(), 1);
}

#[test]
fn of_strangers_and_of_the_erased_nothing_is_written_down() {
    let mut town = given([erased("ola")]);
    let sign = |who| Command::SignConfidentiality { person: person(who), on: TODAY };

    assert_refused!(town.when(sign("stranger")), Refusal::NotFound(_));
    assert_refused!(town.when(sign("ola")), Refusal::PersonErased(who) if *who == person("ola"));
}
