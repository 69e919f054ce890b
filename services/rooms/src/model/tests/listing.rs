//! What there is: facilities, rooms and bookings, in order, a page at a time.

use super::*;
use crate::model::{BookingFilter, BookingKey};

fn filter(room: &str, when: &str, cancelled: bool) -> BookingFilter {
    BookingFilter { room: room_name(room), span: span(when), cancelled }
}

impl Town {
    /// All pages of `size`, as the words among `known`.
    fn listed(
        &self,
        filter: &BookingFilter,
        size: usize,
        known: &[&'static str],
    ) -> Vec<&'static str> {
        let (mut found, mut after) = (Vec::new(), None);
        loop {
            let page = self.state.bookings(filter, after, size).unwrap();
            assert!(page.items.len() <= size);
            let word = |id| *known.iter().find(|word| booking_id(word) == id).unwrap();
            found.extend(page.items.iter().map(|booking| word(booking.id)));
            after = page.next;
            if after.is_none() {
                return found;
            }
        }
    }
}

const BOOKINGS: [&str; 6] = ["fair", "choir", "band", "chess", "dance", "cooks"];

fn a_busy_hall() -> Town {
    hall_and([
        booked("dance", "south", "2026-12-01T20:00/21:00"),
        booked("choir", "north-east", "2026-12-01T18:00/20:00"),
        booked("chess", "north-west", "2026-12-01T18:00/19:00"),
        booked("band", "south", "2026-12-01T16:00/18:30"),
        booked("fair", "hall", "2026-11-30T12:00/2026-12-01T12:00"),
        booked("cooks", "kitchen", "2026-12-01T18:00/20:00"),
        cancelled("chess"),
    ])
}

#[test]
fn a_room_is_listed_with_its_parts_and_wholes_by_start() {
    let town = a_busy_hall();
    let day = "2026-12-01T00:00/23:59";

    for size in 1..6 {
        let listed = |room, cancelled| town.listed(&filter(room, day, cancelled), size, &BOOKINGS);
        assert_eq!(listed("hall", false), ["fair", "band", "choir", "dance"]);
        assert_eq!(listed("hall", true), ["fair", "band", "choir", "chess", "dance"]);
        assert_eq!(listed("north", true), ["fair", "choir", "chess"]);
        assert_eq!(listed("kitchen", true), ["cooks"]);
    }
}

#[test]
fn only_what_touches_the_span_is_listed() {
    let town = a_busy_hall();
    let listed = |when| town.listed(&filter("hall", when, true), 2, &BOOKINGS);

    assert_eq!(listed("2026-12-01T11:59/16:00"), ["fair"]);
    assert_eq!(listed("2026-12-01T12:00/16:00"), [""; 0]);
    assert_eq!(listed("2026-12-01T18:29/18:30"), ["band", "choir", "chess"]);
    assert_eq!(listed("2026-12-01T19:00/20:01"), ["choir", "dance"]);
}

#[test]
fn a_forged_page_key_yields_nothing() {
    let town = a_busy_hall();
    let day = filter("hall", "2026-12-01T00:00/23:59", true);
    let key = |start, booking| Some(BookingKey { start: at(start), booking: booking_id(booking) });

    for forged in [key("2026-12-01T12:00", "none"), key("2099-01-01T00:00", "choir")] {
        assert!(town.state.bookings(&day, forged, 5).unwrap().items.is_empty());
    }
    assert!(
        town.state.bookings(&filter("attic", "2026-12-01T00:00/23:59", true), None, 5).is_none()
    );
}

#[test]
fn rooms_come_by_house_then_name_a_page_at_a_time() {
    let library = FacilityId(id("library"));
    let reading_room = Event::RoomRegistered {
        room: RoomId(id("reading room")),
        facility: library,
        parent: None,
        traits: traits("reading room"),
    };
    let town = hall_and([
        Event::FacilityRegistered {
            facility: library,
            name: "Biblioteket".to_owned(),
            zone: "Europe/Oslo".to_owned(),
            hours: OpeningHours::default(),
        },
        reading_room,
    ]);
    let listed = |of: Option<FacilityId>| {
        let (mut names, mut after) = (Vec::new(), None);
        loop {
            let page = town.state.rooms(of, after, 2);
            names.extend(page.items.into_iter().map(|room| room.traits.name));
            after = page.next;
            if after.is_none() {
                return names;
            }
        }
    };

    let school = ["hall", "kitchen", "north", "north-east", "north-west", "south"];
    assert_eq!(listed(None), [&["reading room"][..], &school].concat());
    assert_eq!(listed(Some(FacilityId(id("school")))), school);
    assert_eq!(listed(Some(library)), ["reading room"]);
    let first = town.state.facilities(None, 1);
    assert_eq!(first.items[0].name, "Biblioteket");
    let second = town.state.facilities(first.next, 1);
    assert_eq!((second.items[0].name.as_str(), second.next), ("Skolen", None));
}
