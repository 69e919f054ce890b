//! What activities want: kept, met when something becomes free, and put elsewhere when a room is closed.

use dugnad_events::{
    OccurrenceId,
    activities::{VenueWant, VenueWish, WantId},
};

use super::{
    letting::{priced, rules},
    *,
};
use crate::model::VenueCommand;
use dugnad_events::rooms::Scope;

const EVENING: &str = "2026-12-01T18:00/20:00";

fn want(word: &str, room: Option<&str>, capacity: u32) -> VenueWant {
    VenueWant {
        want: WantId(id(word)),
        about: OccurrenceId(id(&format!("date of {word}"))),
        by: id("organiser"),
        span: span(EVENING),
        wish: VenueWish { room: room.map(room_name), capacity, ..VenueWish::default() },
        not: Vec::new(),
        instead_of: Vec::new(),
        details: details_of("olav"),
    }
}

fn close(room: &str) -> Command {
    let (room, span, reason) = (room_name(room), span(EVENING), "Taket lekker".to_owned());
    Command::CloseRoom { room, span, reason }
}

/// Two rooms for thirty, one of them with a price, and a cupboard for two.
fn house() -> Town {
    let cupboard = RoomTraits { capacity: 2, ..traits("cupboard") };
    given([
        school(OpeningHours::default()),
        room("hall"),
        room("kitchen"),
        registered("cupboard", None, cupboard),
    ])
}

impl Town {
    fn wants(&mut self, want: &VenueWant) -> Vec<Event> {
        let want = Command::Venue(VenueCommand::Want(Box::new(want.clone())));
        self.when(want).unwrap()
    }

    fn room_of(&self, want: &VenueWant) -> Option<RoomName> {
        let booking = self.state.booking(want.want.booking())?;
        (booking.standing == Standing::Confirmed).then_some(booking.room)
    }

    fn ticks(&mut self) {
        while Rooms::deadline(&self.state).is_some_and(|due| due <= self.now) {
            self.when(Command::Tick).unwrap();
        }
    }
}

fn refused(events: &[Event]) -> Option<&str> {
    events.iter().find_map(|event| match event {
        Event::VenueRefused { reason, .. } => Some(reason.as_str()),
        _ => None,
    })
}

#[test]
fn an_evening_in_a_room_that_is_closed_goes_to_another_that_fits_and_keeps_its_booking() {
    let mut town = house();
    let evening = want("evening", Some("hall"), 10);
    town.wants(&evening);
    let choir = town.when(book("hall", "2026-12-01T16:00/18:30"));
    assert_refused!(choir, Refusal::Taken { .. });

    let events = town.when(close("hall")).unwrap();

    assert_eq!(town.room_of(&evening), Some(room_name("kitchen")));
    assert!(!events.iter().any(|it| matches!(it, Event::Cancelled { .. })), "{events:?}");
}

#[test]
fn nobody_elses_booking_goes_along_and_what_finds_no_room_is_cancelled() {
    let mut town = house();
    let large = want("large", Some("hall"), 31);
    town.wants(&large);

    let events = town.when(close("hall")).unwrap();

    let closed = |it: &Event| matches!(it, Event::Cancelled { cause: Cause::RoomClosed, .. });
    assert!(events.iter().any(closed), "{events:?}");
    assert_eq!(town.room_of(&large), None);

    let mut town = house();
    let made = town.when(book("hall", EVENING)).unwrap();
    let Event::Booked { booking, .. } = made[0] else { panic!() };
    town.when(close("hall")).unwrap();
    let standing = town.state.booking(booking).unwrap().standing;
    assert!(matches!(standing, Standing::Ended { cause: Cause::RoomClosed, .. }));
}

#[test]
fn two_evenings_of_one_closure_are_not_put_into_one_room() {
    let mut town = given(hall());
    let (one, other) = (want("one", Some("north"), 10), want("other", Some("south"), 10));
    town.wants(&one);
    town.wants(&other);

    town.when(close("hall")).unwrap();

    let rooms = [town.room_of(&one), town.room_of(&other)];
    assert_eq!(rooms, [Some(room_name("kitchen")), None], "the kitchen is one");
}

#[test]
fn a_room_of_the_same_building_goes_before_a_smaller_one_elsewhere() {
    let mut town = house();
    let library = FacilityId(id("library"));
    let small = RoomTraits { capacity: 12, ..traits("reading room") };
    let facility = Event::FacilityRegistered {
        facility: library,
        name: "Biblioteket".to_owned(),
        zone: "Europe/Oslo".to_owned(),
        hours: OpeningHours::default(),
    };
    let reading = RoomId(id("reading"));
    let room =
        Event::RoomRegistered { room: reading, facility: library, parent: None, traits: small };
    for event in [facility, room] {
        Rooms::evolve(&mut town.state, &event);
    }
    let evening = want("evening", Some("hall"), 10);
    town.wants(&evening);

    town.when(close("hall")).unwrap();

    assert_eq!(town.room_of(&evening), Some(room_name("kitchen")));
}

#[test]
fn whoever_is_put_elsewhere_pays_what_was_agreed() {
    let mut town = house();
    let evening = want("evening", Some("hall"), 10);
    town.wants(&evening);
    let before = town.state.booking(evening.want.booking()).unwrap().terms;
    let prices = rules(Scope::Room(RoomId(id("kitchen"))), priced(99_000));
    Rooms::evolve(&mut town.state, &prices);

    let events = town.when(close("hall")).unwrap();

    let charged = |it: &Event| matches!(it, Event::Moved { charge: Some(_), .. });
    assert!(!events.iter().any(charged), "{events:?}");
    assert_eq!(town.state.booking(evening.want.booking()).unwrap().terms, before);
}

#[test]
fn what_was_refused_is_met_when_something_becomes_free_and_first_come_goes_first() {
    let mut town = house();
    let [first, second, third] = ["first", "second", "third"].map(|word| want(word, None, 30));
    let fourth = want("fourth", None, 30);
    assert_eq!(refused(&town.wants(&first)), None);
    assert_eq!(refused(&town.wants(&second)), None);
    assert_eq!(refused(&town.wants(&third)), Some("NO_ROOM_FITS"));
    assert_eq!(refused(&town.wants(&fourth)), Some("NO_ROOM_FITS"));
    town.ticks();
    assert_eq!(town.room_of(&third), None, "nothing became free");

    let bookings = vec![first.want.booking()];
    town.when(Command::Venue(VenueCommand::Release { bookings })).unwrap();
    town.ticks();

    assert_eq!(town.room_of(&third), Some(room_name("hall")));
    assert_eq!(town.room_of(&fourth), None);
    assert_eq!(Rooms::deadline(&town.state), None, "it is not tried for ever");

    town.when(close("kitchen")).unwrap();
    let closure = town.state.room(room_name("kitchen")).unwrap().closures[0].id;
    town.when(Command::ReopenRoom { closure }).unwrap();
    town.ticks();
    assert_eq!(town.room_of(&fourth), Some(room_name("kitchen")), "free once it is open again");
}

#[test]
fn what_is_wanted_no_more_is_not_met_later() {
    let mut town = house();
    let (first, second) = (want("first", Some("hall"), 0), want("second", Some("hall"), 0));
    let third = want("third", Some("hall"), 0);
    town.wants(&first);
    town.wants(&second);
    town.wants(&third);

    let bookings = vec![second.want.booking()];
    town.when(Command::Venue(VenueCommand::Release { bookings })).unwrap();
    town.when(Command::Venue(VenueCommand::Over { about: third.about })).unwrap();
    town.when(cancel_booking(&first)).unwrap();
    town.ticks();

    assert_eq!((town.room_of(&second), town.room_of(&third)), (None, None));
    let kept = format!("{:?}", town.state.venues);
    assert!(kept.starts_with("Venues { all: {}, about: {}, unmet: {}, due: {}"), "{kept}");
}

#[test]
fn an_evening_that_is_moved_and_whose_room_is_closed_then_goes_elsewhere_at_the_new_time() {
    let mut town = house();
    let evening = want("evening", Some("hall"), 10);
    town.wants(&evening);
    let later = VenueWant {
        span: span("2026-12-02T18:00/20:00"),
        instead_of: vec![evening.want.booking()],
        ..want("later", Some("hall"), 10)
    };
    town.wants(&later);

    let room = room_name("hall");
    let (span, reason) = (later.span, "Taket lekker".to_owned());
    town.when(Command::CloseRoom { room, span, reason }).unwrap();

    assert_eq!(town.room_of(&evening), Some(room_name("kitchen")), "the booking is the same");
}

fn cancel_booking(want: &VenueWant) -> Command {
    let booking = want.want.booking();
    Command::Cancel { booking, reason: "ill".to_owned(), seen: None }
}
