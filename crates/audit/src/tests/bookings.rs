//! Invariant 1.

use dugnad_events::{
    BookingId, FacilityId, RoomId,
    rooms::{Cause, Event, RoomTraits},
};

use super::{Told, id, noon, span};

const HALL: u64 = 1;
const NORTH: u64 = 2;
const SOUTH: u64 = 3;

fn room(n: u64, parent: Option<u64>, minutes_after: u16) -> Event {
    let traits = RoomTraits {
        name: "Sal".to_owned(),
        capacity: 10,
        equipment: Vec::new(),
        accessibility: Vec::new(),
        minutes_before: 0,
        minutes_after,
        hours: None,
    };
    let parent = parent.map(|parent| RoomId(id(parent)));
    Event::RoomRegistered { room: RoomId(id(n)), facility: FacilityId(id(9)), parent, traits }
}

/// A hall with two halves, a quarter of an hour kept free after each booking.
fn hall() -> Told {
    let mut rooms = Told::of("rooms");
    rooms.says([room(HALL, None, 15), room(NORTH, Some(HALL), 15), room(SOUTH, Some(HALL), 15)]);
    rooms
}

fn booked(n: u64, room: u64, start: i64, end: i64) -> Event {
    Event::Booked {
        booking: BookingId(id(n)),
        room: RoomId(id(room)),
        span: span(start, end),
        by: id(7),
        details: None,
        series: None,
        terms: None,
        charge: None,
    }
}

fn held(n: u64, room: u64, start: i64, end: i64) -> Event {
    let (booking, room, span) = (BookingId(id(n)), RoomId(id(room)), span(start, end));
    Event::Held { booking, room, span, by: id(7), until: noon(), wait: None }
}

fn moved(n: u64, room: u64, start: i64, end: i64) -> Event {
    let (booking, room, span) = (BookingId(id(n)), RoomId(id(room)), span(start, end));
    Event::Moved { booking, from: room, room, span, revision: 2, terms: None, charge: None }
}

fn cancelled(n: u64) -> Event {
    let (booking, reason) = (BookingId(id(n)), String::new());
    Event::Cancelled { booking, reason, cause: Cause::Asked, charge: None }
}

#[test]
fn bookings_beside_each_other_are_no_overlap() {
    let mut rooms = hall();
    rooms.says([booked(11, NORTH, 0, 45)]);
    rooms.says([booked(12, SOUTH, 0, 45)]);
    rooms.says([booked(13, HALL, 60, 105)]);
    rooms.says([cancelled(13), booked(14, NORTH, 70, 90)]);

    let found = rooms.ends();

    assert!(found.only(1).is_empty());
    assert_eq!(found.of(1).counted, [(4, "claims"), (3, "rooms")]);
}

#[test]
fn a_whole_and_its_part_at_once_are_found() {
    for second in [booked(12, HALL, 30, 60), held(12, HALL, 30, 60)] {
        let mut rooms = hall();
        rooms.says([booked(11, NORTH, 0, 45)]);
        rooms.says([second]);

        let found = rooms.ends();

        assert_eq!(found.only(1).len(), 1);
        assert_eq!((found.of(1).findings[0].commit, found.of(1).findings[0].event), (3, Some(0)));
    }
}

#[test]
fn a_booking_in_anothers_buffer_is_found() {
    let mut rooms = hall();
    rooms.says([booked(11, NORTH, 0, 45)]);
    rooms.says([booked(12, NORTH, 50, 60)]);

    assert_eq!(rooms.ends().only(1).len(), 1);
}

#[test]
fn a_booking_moved_onto_another_is_found() {
    let mut rooms = hall();
    rooms.says([booked(11, NORTH, 0, 45)]);
    rooms.says([booked(12, NORTH, 120, 180)]);
    rooms.says([moved(12, NORTH, 30, 90)]);

    assert_eq!(rooms.ends().only(1).len(), 1);
}

#[test]
fn what_one_record_takes_and_gives_back_counts_not() {
    let mut rooms = hall();
    rooms.says([booked(11, NORTH, 0, 45)]);
    rooms.says([booked(12, HALL, 0, 45), cancelled(11)]);

    assert!(rooms.ends().only(1).is_empty());
}

#[test]
fn rooms_that_are_parts_of_each_other_end_no_audit() {
    let mut rooms = Told::of("rooms");
    rooms.says([room(HALL, Some(NORTH), 0), room(NORTH, Some(HALL), 0)]);
    rooms.says([booked(11, NORTH, 0, 45)]);
    rooms.says([booked(12, HALL, 0, 45)]);

    assert_eq!(rooms.ends().only(1).len(), 1);
}
