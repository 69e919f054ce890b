//! Acts that are more than one commit takes. That no decision is past it, `Town::ask` sees to.

use dugnad_events::{
    activities::{Fact, Notice, Outside, What},
    rooms::Cause,
};

use super::{arranging::whats, *};
use crate::model::{MOST_OF_A_PERSON, VenueNews, VenueState};

/// So many who want to be driven both ways: more than one commit asks for.
const MANY: u16 = 250;

fn many(n: u16) -> PersonId {
    PersonId(Uuid::from_u128(u128::from(n) + 10_000))
}

fn everybody_comes(town: &mut Town, occurrence: OccurrenceId, people: u16) {
    let wish = Wish { ride_there: true, ride_home: true, ..Wish::default() };
    for n in 0..people {
        let sign_up = Command::SignUp { occurrence, person: many(n), wish, office: true };
        town.ask(many(n), sign_up).unwrap();
    }
}

/// In a place whose name is as long as it can be.
fn outing() -> Facts {
    let place = "ø".repeat(300);
    let venue = Venue::Outside(Outside { place, at: None });
    Facts { venue, capacity: 2_000, ..evening() }
}

/// What follows by itself.
fn follows(town: &mut Town) -> Vec<Event> {
    let said = town.said.len();
    town.later(0);
    town.said[said..].to_vec()
}

fn told(events: &[Event]) -> usize {
    let told = whats(events).into_iter().map(|what| match what {
        What::Told { people, notice: Notice::Cancelled { .. } | Notice::Moved { .. } } => {
            people.len()
        }
        _ => 0,
    });
    told.sum()
}

#[test]
fn an_evening_that_hundreds_are_driven_to_is_moved_and_cancelled_in_steps_that_end() {
    let mut town = Town::new();
    let date = town.arranged(outing());
    everybody_comes(&mut town, date, MANY);
    follows(&mut town);
    assert_eq!(town.others.rides.len(), usize::from(MANY) * 2);

    town.move_to(date, "2026-12-01T19:00");
    let moved = town.said.len();
    assert!(town.others.rides.len() < usize::from(MANY) * 2, "not in one step");
    let rest = follows(&mut town);
    assert_eq!(town.others.rides.len(), usize::from(MANY) * 2);
    assert_eq!(town.date(date).rides().count(), usize::from(MANY) * 2);
    assert_eq!(told(&town.said[..moved]), usize::from(MANY), "told once, and at once");
    assert_eq!(told(&rest), 0);

    town.cancel(date);
    follows(&mut town);
    assert_eq!(town.others.hangs_on(date).2, []);
    assert_eq!(town.replayed(), town.state);
}

#[test]
fn a_long_series_with_many_sign_ups_is_cancelled_at_once_and_let_go_of_in_steps() {
    let mut town = Town::new();
    let create = Command::Create {
        facts: Box::new(outing()),
        schedule: schedule("FREQ=DAILY;COUNT=100"),
        contact: Some(contact()),
        office: false,
    };
    town.ask(person(0), create).unwrap();
    let activity = *town.state.activities.keys().next().unwrap();
    town.ask(person(0), Command::Arrange { activity, office: false }).unwrap();
    follows(&mut town);
    town.settle();
    assert_eq!(town.others.needs.len(), 100, "each is asked for");
    let dates = town.state.activities[&activity].occurrences.clone();
    for date in &dates {
        everybody_comes(&mut town, *date, 20);
    }

    let said = town.said.len();
    let reason = "ill".parse().unwrap();
    town.ask(person(0), Command::CancelActivity { activity, reason, office: false }).unwrap();
    assert!(dates.iter().all(|date| town.date(*date).stage == Stage::Cancelled), "at once");
    assert!(!town.others.rides.is_empty(), "not in one step");
    follows(&mut town);
    town.settle();

    assert_eq!(told(&town.said[said..]), 20 * 100, "each is told once");
    assert!(town.others.rides.is_empty() && town.others.needs.is_empty());
    let origins = town.said[said..].iter().filter_map(|event| match event {
        Event::Occurrence { origin, what: What::Told { .. }, .. } => Some(origin),
        _ => None,
    });
    let by = Origin::Asked { by: person(0).0 };
    assert!(origins.into_iter().all(|origin| *origin == by), "whoever asked led to it");
    assert_eq!(town.replayed(), town.state);
}

#[test]
fn a_new_title_of_a_long_series_leads_to_nothing_date_by_date() {
    let mut town = Town::new();
    let create = Command::Create {
        facts: Box::new(outing()),
        schedule: schedule("FREQ=DAILY;COUNT=100"),
        contact: Some(contact()),
        office: false,
    };
    town.ask(person(0), create).unwrap();
    let activity = *town.state.activities.keys().next().unwrap();
    town.ask(person(0), Command::Arrange { activity, office: false }).unwrap();
    follows(&mut town);
    town.settle();

    let facts = Box::new(Facts { title: "Allsang".to_owned(), ..outing() });
    let update = Command::Update { activity, facts, contact: None, office: false };
    assert_eq!(town.ask(person(0), update).unwrap().len(), 1);
}

#[test]
fn a_room_found_for_hundreds_who_are_driven_is_heard_in_one_step_and_their_rides_follow() {
    let mut town = Town::new();
    let room = dugnad_events::RoomId(Uuid::from_u128(5));
    let facility = dugnad_events::FacilityId(Uuid::from_u128(6));
    let name = "Storsalen".to_owned();
    town.hear(Heard::Fact(Fact::Room { room, facility, name }));
    let date = town.arranged(Facts { capacity: 2_000, ..evening() });
    everybody_comes(&mut town, date, MANY);
    let VenueState::Wanted { want, .. } = town.date(date).venue else { panic!() };

    let (booking, span) = (want.booking(), town.date(date).span);
    town.hear(Heard::Venue { booking, news: VenueNews::Held { room, span } });
    follows(&mut town);
    assert_eq!(town.others.rides.len(), usize::from(MANY) * 2);

    let news = VenueNews::Gone { cause: Cause::RoomClosed, reason: String::new() };
    town.hear(Heard::Venue { booking, news });
    town.cancel(date);
    follows(&mut town);
    assert!(town.others.rides.is_empty());
}

#[test]
fn whoever_is_erased_is_let_go_of_by_as_many_dates_as_they_can_be_signed_up_for() {
    let mut town = Town::new();
    let wish = Wish { ride_there: true, ride_home: true, ..Wish::default() };
    let mut refused = None;
    for n in 0..=MOST_OF_A_PERSON {
        let occurrence = town.arranged(outing());
        let sign_up = Command::SignUp { occurrence, person: many(1), wish, office: true };
        refused = town.ask(many(1), sign_up).err();
        assert_eq!(refused.is_some(), n == MOST_OF_A_PERSON);
    }
    assert_eq!(refused.unwrap().reason(), "TOO_MANY");

    town.hear(Heard::Fact(Fact::Erased(many(1))));
    follows(&mut town);

    assert!(town.others.rides.is_empty());
    assert_eq!(town.replayed(), town.state);
}
