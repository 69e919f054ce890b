//! An evening comes to be, loses what it had, finds it again, and lets go of everything.

use dugnad_events::{
    activities::{Notice, What},
    rooms::Cause,
};

use super::*;
use crate::model::{VenueNews, VenueState};

pub(super) fn whats(events: &[Event]) -> Vec<&What> {
    let mut whats = Vec::new();
    for event in events {
        if let Event::Occurrence { what, .. } = event {
            whats.push(what);
        }
    }
    whats
}

/// An evening with its room and host.
pub(super) fn confirmed(town: &mut Town) -> OccurrenceId {
    let date = town.arranged(evening());
    town.settle();
    let need = town.date(date).helpers[0].need;
    town.others.assign(need);
    town.settle();
    assert_eq!(town.date(date).stage, Stage::Confirmed);
    date
}

#[test]
fn what_is_missing_is_said_until_nothing_is() {
    let mut town = Town::new();
    let date = town.arranged(evening());
    assert_eq!(town.missing(date), ["the room is being asked for", "no host yet"]);

    town.settle();
    assert_eq!(town.missing(date), ["no host yet"]);

    let need = town.date(date).helpers[0].need;
    let comes = town.others.assign(need);
    town.settle();
    assert_eq!((town.date(date).stage, town.missing(date)), (Stage::Confirmed, vec![]));

    town.others.unassign(comes);
    town.settle();
    assert_eq!(
        (town.date(date).stage, town.missing(date)),
        (Stage::Arranging, vec!["no host yet".to_owned()])
    );
}

#[test]
fn a_helper_who_does_not_come_after_all_is_told_to_the_organiser() {
    let mut town = Town::new();
    let date = confirmed(&mut town);
    let need = town.date(date).helpers[0].need;
    let comes = *town.date(date).helpers[0].came.first().unwrap();
    assert!(town.date(date).line(need).is_some());

    let events = town.hear(Heard::HelperLeft(comes));

    let told = What::Told { people: vec![person(0)], notice: Notice::Missing };
    assert!(whats(&events).contains(&&told), "{events:#?}");
}

#[test]
fn a_room_that_is_lost_is_replaced_by_another_and_people_are_told() {
    let mut town = Town::new();
    let date = confirmed(&mut town);
    town.sign_up(1, date).unwrap();
    let VenueState::Held { booking, room, .. } = town.date(date).venue else { panic!() };

    town.others.give_back(booking, Cause::RoomClosed);
    let lost = town.others.next_of_rooms().unwrap();
    let events = town.hear(lost);
    let Some(What::VenueWanted(want)) =
        whats(&events).into_iter().find(|it| matches!(it, What::VenueWanted(_)))
    else {
        panic!("{events:#?}")
    };
    assert_eq!((want.not.as_slice(), want.wish.room), ([room].as_slice(), None));
    assert!(town.others.book(true));
    let found = town.others.next_of_rooms().unwrap();
    let events = town.hear(found);

    assert_eq!(town.date(date).stage, Stage::Confirmed);
    let told = What::Told { people: vec![person(1)], notice: Notice::VenueChanged };
    assert!(whats(&events).contains(&&told), "{events:#?}");
}

#[test]
fn an_answer_that_comes_after_the_evening_was_cancelled_leaves_nothing_booked() {
    let mut town = Town::new();
    let date = town.arranged(evening());

    town.cancel(date);
    town.settle();

    assert_eq!(town.others.hangs_on(date), (vec![], vec![], vec![]));
    assert_eq!(town.date(date).stage, Stage::Cancelled);
}

#[test]
fn an_evening_that_is_moved_takes_its_room_along_and_asks_helpers_anew() {
    let mut town = Town::new();
    let date = confirmed(&mut town);
    let VenueState::Held { booking, room, .. } = town.date(date).venue else { panic!() };

    town.move_to(date, "2026-12-01T19:00");
    assert_eq!(town.missing(date), ["the room is being asked for", "no host yet"]);
    town.settle();

    let span = town.date(date).span;
    assert_eq!(town.date(date).venue, VenueState::Held { booking, room, span });
    assert_eq!(town.missing(date), ["no host yet"]);
    assert_eq!(town.others.hangs_on(date).1.len(), 1, "the old need is closed");
}

#[test]
fn helpers_of_an_evening_that_is_moved_are_wanted_in_the_place_of_those_before() {
    let mut town = Town::new();
    let date = confirmed(&mut town);
    let before = town.date(date).helpers[0].need;

    let (start, minutes) = ("2026-12-01T19:00".parse().unwrap(), None);
    let command = Command::Move { occurrence: date, start, minutes, office: false };
    let events = town.ask(person(0), command).unwrap();

    let wanted = whats(&events).into_iter().find_map(|what| match what {
        What::HelpersWanted { instead_of, .. } => Some(*instead_of),
        _ => None,
    });
    assert_eq!(wanted, Some(Some(before)));
}

#[test]
fn a_booking_that_somebody_moved_in_rooms_does_not_do_for_another_time() {
    let mut town = Town::new();
    let date = confirmed(&mut town);
    let VenueState::Held { booking, room, span } = town.date(date).venue else { panic!() };
    let hour = SignedDuration::from_hours(1);
    let later = dugnad_calendar::Interval::new(span.start() + hour, span.end() + hour).unwrap();

    town.hear(Heard::Venue { booking, news: VenueNews::Held { room, span: later } });

    let missing = "the room is booked for another time: move the one or the other";
    assert_eq!(town.missing(date), [missing]);
    assert_eq!(town.date(date).stage, Stage::Arranging);
}

#[test]
fn without_a_room_at_its_start_an_evening_is_not_held_and_lets_go_of_its_helpers() {
    let mut town = Town::new();
    let date = town.arranged(evening());
    while town.others.book(false) || town.others.post(true) {}
    town.settle();
    assert_eq!(town.missing(date), ["no room: no room fits", "no host yet"]);
    town.sign_up(1, date).unwrap();

    town.later(24 * 9);
    town.settle();

    let reason = town.date(date).reason.as_ref().map(|it| it.as_str());
    assert_eq!((town.date(date).stage, reason), (Stage::Cancelled, Some("no-venue")));
    assert_eq!(town.others.hangs_on(date), (vec![], vec![], vec![]));
}

#[test]
fn a_confirmed_evening_begins_and_is_over_by_the_clock() {
    let mut town = Town::new();
    let date = confirmed(&mut town);

    town.later(8 * 24 + 8);
    assert_eq!(town.date(date).stage, Stage::UnderWay);
    town.later(2);
    assert_eq!(town.date(date).stage, Stage::Held);
}

#[test]
fn what_was_refused_is_asked_for_again_and_nothing_else_is() {
    let mut town = Town::new();
    let date = town.arranged(evening());
    let again = Command::ArrangeAgain { occurrence: date, office: false };
    let no = town.ask(person(0), again.clone()).unwrap_err();
    assert_eq!(no, Refusal::NothingRefused(date));
    while town.others.book(false) || town.others.post(false) {}
    town.settle();
    assert_eq!(town.missing(date), ["no room: no room fits", "no host is asked: has passed"]);

    town.ask(person(0), again).unwrap();
    town.settle();

    assert_eq!(town.missing(date), ["no host yet"]);
}

#[test]
fn whoever_changes_the_number_of_helpers_asks_anew_and_keeps_the_room() {
    let mut town = Town::new();
    let date = confirmed(&mut town);
    let venue = town.date(date).venue.clone();
    let mut facts = evening();
    facts.helpers[0].heads = 2;
    let activity = town.date(date).activity;

    let change = Command::Update { activity, facts: Box::new(facts), contact: None, office: false };
    town.ask(person(0), change).unwrap();
    town.settle();

    assert_eq!(town.missing(date), ["2 of 2 host missing"]);
    assert_eq!(town.date(date).venue, venue);
}

#[test]
fn a_series_has_a_date_for_each_and_cancelling_it_cancels_those_to_come() {
    let mut town = Town::new();
    let create = Command::Create {
        facts: Box::new(evening()),
        schedule: schedule("FREQ=WEEKLY;COUNT=3"),
        contact: Some(contact()),
        office: false,
    };
    town.ask(person(0), create).unwrap();
    let activity = *town.state.activities.keys().next().unwrap();
    town.ask(person(0), Command::Arrange { activity, office: false }).unwrap();
    town.settle();
    assert_eq!(town.others.bookings.len(), 3);
    town.later(24 * 10);

    let reason = "ill".parse().unwrap();
    town.ask(person(0), Command::CancelActivity { activity, reason, office: false }).unwrap();
    town.settle();

    let stages: Vec<_> = town.state.occurrences.values().map(|it| it.stage).collect();
    assert_eq!(stages.iter().filter(|it| **it == Stage::Cancelled).count(), 2);
    assert_eq!(stages.iter().filter(|it| **it == Stage::Held).count(), 1);
    assert_eq!(town.others.needs.len(), 1, "what was held keeps its need");
}

#[test]
fn every_step_says_what_led_to_it() {
    let mut town = Town::new();
    let date = confirmed(&mut town);

    let steps = &town.date(date).history;
    let asked = Origin::Asked { by: person(0).0 };
    let wanted = steps.iter().find(|step| step.words.starts_with("asked rooms")).unwrap();
    let booked = steps.iter().find(|step| step.words.contains("was booked")).unwrap();
    assert_eq!(wanted.origin, asked);
    assert!(matches!(booked.origin, Origin::Heard { .. }));
    assert_eq!(wanted.about, booked.about, "what was asked has the name of what came of it");
}
