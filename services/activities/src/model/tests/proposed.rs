//! Another room than the one it was said to be in: proposed, said yes or no to, or taken at once.

use dugnad_events::{
    BookingId, RoomId,
    activities::{Notice, What},
};

use super::{
    arranging::{confirmed, whats},
    *,
};
use crate::model::{VenueNews, VenueState};

/// An evening whose organiser wants to be asked, with its booking and somebody who comes.
fn asking(town: &mut Town) -> (OccurrenceId, BookingId) {
    let date = confirmed(town);
    let activity = town.date(date).activity;
    let facts = Box::new(Facts { asks_before_moving: true, ..evening() });
    let update = Command::Update { activity, facts, contact: None, office: false };
    town.ask(person(0), update).unwrap();
    town.sign_up(1, date).unwrap();
    let VenueState::Held { booking, .. } = town.date(date).venue else { panic!() };
    (date, booking)
}

/// Rooms put the booking into another room, since its own is closed.
fn rehoused(town: &mut Town, booking: BookingId, to: u128) -> Vec<Event> {
    let (room, span) = (RoomId(Uuid::from_u128(to)), town.others.bookings[&booking].2);
    town.others.bookings.get_mut(&booking).unwrap().1 = room;
    town.hear(Heard::Venue { booking, news: VenueNews::Held { room, span } })
}

fn answer(town: &mut Town, occurrence: OccurrenceId, yes: bool) -> Result<Vec<Event>, Refusal> {
    town.ask(person(0), Command::AnswerRoom { occurrence, yes, office: false })
}

fn told(events: &[Event], notice: &Notice) -> bool {
    whats(events).iter().any(|it| matches!(it, What::Told { notice: of, .. } if of == notice))
}

#[test]
fn a_room_that_is_proposed_is_where_it_is_held_after_a_yes_and_not_before() {
    let mut town = Town::new();
    let (date, booking) = asking(&mut town);

    let events = rehoused(&mut town, booking, 5);
    let until = town.now + SignedDuration::from_hours(24);
    assert!(told(&events, &Notice::VenueProposed { until }), "{events:#?}");
    assert!(!told(&events, &Notice::VenueChanged), "nobody else is told");
    assert_eq!(town.missing(date), ["another room is proposed, : say yes or no to it"]);
    assert_eq!(town.date(date).stage, Stage::Arranging);

    let events = answer(&mut town, date, true).unwrap();
    assert!(told(&events, &Notice::VenueChanged));
    assert_eq!(town.date(date).stage, Stage::Confirmed);
    assert_eq!(answer(&mut town, date, true), Err(Refusal::NothingProposed(date)));
}

#[test]
fn after_a_no_the_room_is_given_back_and_another_looked_for() {
    let mut town = Town::new();
    let (date, booking) = asking(&mut town);
    rehoused(&mut town, booking, 5);

    let events = answer(&mut town, date, false).unwrap();

    let wanted = whats(&events).into_iter().find_map(|what| match what {
        What::VenueWanted(want) => Some(want),
        _ => None,
    });
    assert_eq!(wanted.unwrap().not, [RoomId(Uuid::from_u128(5))]);
    town.settle();
    assert!(!town.others.bookings.contains_key(&booking));
    assert_eq!(town.others.hangs_on(date).0.len(), 1);
    assert!(matches!(town.date(date).venue, VenueState::Proposed { .. }), "asked again");
}

#[test]
fn silence_is_a_yes_after_a_day() {
    let mut town = Town::new();
    let (date, booking) = asking(&mut town);
    rehoused(&mut town, booking, 5);

    town.later(23);
    assert_eq!(town.date(date).stage, Stage::Arranging);
    town.later(1);

    assert_eq!(town.date(date).stage, Stage::Confirmed);
}

#[test]
fn shortly_before_the_start_nobody_is_asked_any_more() {
    let mut town = Town::new();
    let (date, booking) = asking(&mut town);
    town.later(8 * 24 + 5);

    let events = rehoused(&mut town, booking, 5);

    assert!(told(&events, &Notice::VenueChanged), "{events:#?}");
    assert_eq!(town.date(date).stage, Stage::Confirmed);
}

#[test]
fn an_evening_whose_organiser_need_not_be_asked_goes_at_once() {
    let mut town = Town::new();
    let date = confirmed(&mut town);
    town.sign_up(1, date).unwrap();
    let VenueState::Held { booking, .. } = town.date(date).venue else { panic!() };

    let events = rehoused(&mut town, booking, 5);

    assert!(told(&events, &Notice::VenueChanged));
    assert_eq!(town.date(date).stage, Stage::Confirmed);
}
