//! Follow-up talks, thanks and notes.

use super::*;

fn plan(town: &mut Town, who: &str, due: Date) -> FollowUpId {
    let with = id("coordinator");
    match town.when(Command::PlanFollowUp { person: person(who), due, with }).unwrap()[..] {
        [Event::FollowUpPlanned { follow_up, .. }] => follow_up,
        ref other => panic!("{other:?}"),
    }
}

fn hold(follow_up: FollowUpId, on: Date, next: Option<Date>) -> Command {
    Command::HoldFollowUp { follow_up, on, note: Some(sealed("kari")), next }
}

#[test]
fn a_talk_that_is_held_may_plan_the_next() {
    let mut town = given([]);
    let talk = plan(&mut town, "kari", TODAY);

    let held = town.when(hold(talk, TODAY, Some(date(2027, 2, 1)))).unwrap();

    let [Event::FollowUpHeld { .. }, Event::FollowUpPlanned { follow_up, due, with, .. }] =
        held[..]
    else {
        panic!("{held:?}")
    };
    assert_eq!((due, with), (date(2027, 2, 1), id("coordinator")));
    assert_ne!(follow_up, talk);
    assert_refused!(town.when(hold(talk, TODAY, None)), Refusal::Held { on, .. } if *on == TODAY);
}

#[test]
fn talks_are_planned_ahead_and_held_in_the_past() {
    let mut town = given([]);
    let with = id("coordinator");
    let (yesterday, tomorrow) = (date(2026, 11, 21), date(2026, 11, 23));
    let past = Command::PlanFollowUp { person: person("kari"), due: yesterday, with };
    assert_refused!(town.when(past), Refusal::Invalid { field, .. } if field == "due_date");
    let talk = plan(&mut town, "kari", TODAY);

    assert_refused!(town.when(hold(talk, tomorrow, None)), Refusal::Future { .. });
    assert_refused!(
        town.when(hold(talk, TODAY, Some(yesterday))),
        Refusal::Invalid { field, .. } if field == "next_due_date"
    );
    let none = FollowUpId(id("none"));
    assert_refused!(town.when(hold(none, TODAY, None)), Refusal::NotFound(_));
}

#[test]
fn the_longest_overdue_comes_first_and_what_was_held_last() {
    let mut town = given([]);
    let late = plan(&mut town, "kari", date(2026, 12, 24));
    let soon = plan(&mut town, "ola", date(2026, 12, 1));
    let held = plan(&mut town, "kari", date(2026, 11, 23));
    town.when(hold(held, TODAY, None)).unwrap();
    let listed = |of: Option<&str>, all, after: Option<usize>| {
        let standing = &town.state.standing;
        let keys = standing.list_follow_ups(of.map(person), all, None, 9);
        let after = after.map(|n| keys[n].1.key(keys[n].0));
        let listed = standing.list_follow_ups(of.map(person), all, after, 9);
        listed.into_iter().map(|(id, _)| id).collect::<Vec<_>>()
    };

    assert_eq!(listed(None, false, None), [soon, late]);
    assert_eq!(listed(None, true, None), [soon, late, held]);
    assert_eq!(listed(None, true, Some(0)), [late, held], "a page after the first");
    assert_eq!(listed(None, true, Some(2)), [], "nor one after the last");
    assert_eq!(listed(Some("kari"), true, None), [late, held]);
    assert_eq!(listed(Some("stranger"), true, None), []);
}

#[test]
fn one_is_thanked_by_others() {
    let mut town = given([]);
    let thank = || Command::Thank { person: person("kari"), text: sealed("kari") };

    assert_refused!(town.by("kari").when(thank()), Refusal::ForThemselves(_));
    let said = town.by("ola").when(thank()).unwrap();

    assert!(matches!(said[..], [Event::Thanked { on: TODAY, .. }]), "{said:?}");
}

#[test]
fn the_next_helper_sees_none_of_the_earlier_ones_notes() {
    let mut town = given([]);
    let note = || Command::WriteNote { about: person("ada"), text: sealed("ada") };
    town.by("kari").when(note()).unwrap();
    town.by("ola").when(note()).unwrap();
    let seen = |by: Option<&str>, from| {
        let ada = town.state.standing.person(person("ada")).unwrap();
        ada.notes(by.map(id), from).map(|(_, note)| note.by).collect::<Vec<_>>()
    };

    assert_eq!(seen(Some("ola"), 0), [id("ola")]);
    assert_eq!(seen(None, 0), [id("kari"), id("ola")]);
    assert_eq!(seen(None, 1), [id("ola")]);
}
