//! Invariant 6.

use dugnad_calendar::Interval;
use dugnad_events::{
    BookingId, CodeId, DoorId, FacilityId, RoomId,
    rooms::{Bridge, Door, DoorEvent, Event, Lock, Removal, Word},
};
use jiff::{SignedDuration, Timestamp};

use super::{Told, id, noon, sealed, span};
use crate::LockLine;

/// Minutes before and after a booking.
const LEAD: i64 = 70;
const MARGIN: i64 = 15;

/// A door whose lock takes codes, and an hour's booking in two hours.
fn house() -> Told {
    let mut rooms = Told::of("rooms");
    let lock = Lock {
        bridge: Bridge::Zigbee2mqtt,
        base: "z".to_owned(),
        name: "hall".to_owned(),
        first_slot: 10,
        last_slot: 20,
        digits: 6,
        lead_minutes: LEAD as u16,
        margin_minutes: MARGIN as u16,
        shown_minutes: 60,
        one_for_series: false,
    };
    let what = Door {
        name: "Inngang".to_owned(),
        facility: FacilityId(id(9)),
        rooms: vec![RoomId(id(1))],
        access: Vec::new(),
        lock: Some(lock),
    };
    let (door, by, at) = (DoorId(id(2)), id(7), noon());
    rooms.says([Event::Door(DoorEvent::Set { door, what: Box::new(what), by, at })]);
    let booked = Event::Booked {
        booking: BookingId(id(3)),
        room: RoomId(id(1)),
        span: span(120, 180),
        by: id(7),
        details: None,
        series: None,
        terms: None,
        charge: None,
    };
    rooms.says([booked]);
    rooms
}

fn planned(code: u64, window: Interval) -> DoorEvent {
    let (code, door, booking) = (CodeId(id(code)), DoorId(id(2)), BookingId(id(3)));
    DoorEvent::Planned { code, door, booking, slot: 10, window, digits: sealed() }
}

fn window() -> Interval {
    span(120 - LEAD, 180 + MARGIN)
}

fn at(minutes: i64) -> Timestamp {
    noon() + SignedDuration::from_mins(minutes)
}

impl Told {
    fn door(&mut self, minutes: i64, event: DoorEvent) {
        self.now = at(minutes - 1);
        self.says([Event::Door(event)]);
    }

    /// Planned, set, and gone at these minutes from noon.
    fn code(&mut self, set: i64, gone: i64) {
        let code = CodeId(id(4));
        self.door(set, planned(4, window()));
        self.door(set, DoorEvent::Setting { code });
        let until = window().end().min(at(gone));
        self.door(gone - 1, DoorEvent::Removing { code, why: Removal::Over, until });
        self.door(gone, DoorEvent::Removed { code, word: Word::Lock });
    }

    fn held(&mut self, slot: u16, from: i64, until: i64) {
        for (holds, minutes) in [(true, from), (false, until)] {
            let lock = "drammen/z/hall".to_owned();
            self.audit.lock(LockLine { lock, slot, holds, at: at(minutes) });
        }
    }
}

#[test]
fn a_code_that_comes_and_goes_in_its_window_is_as_it_must_be() {
    let mut rooms = house();
    rooms.held(10, 60, 190);
    rooms.held(1, 0, 500);
    rooms.code(60, 191);

    let found = rooms.ends();

    assert!(found.only(6).is_empty(), "{found:?}");
    assert_eq!(found.of(6).counted, [(1, "codes"), (1, "locks"), (2, "spans on a lock")]);
}

#[test]
fn a_window_that_begins_before_its_lead_or_ends_after_its_margin_is_found() {
    for window in [span(120 - LEAD - 1, 180), span(120, 180 + MARGIN + 1)] {
        let mut rooms = house();
        rooms.door(30, planned(4, window));

        assert_eq!(rooms.ends().only(6).len(), 1);
    }
}

#[test]
fn a_lock_told_to_set_outside_the_window_is_found() {
    let mut rooms = house();
    rooms.door(30, planned(4, window()));
    rooms.door(40, DoorEvent::Setting { code: CodeId(id(4)) });

    assert!(rooms.ends().only(6)[0].ends_with("outside its window"));
}

#[test]
fn two_codes_in_one_slot_are_found() {
    let mut rooms = house();
    rooms.door(60, planned(4, window()));
    rooms.door(61, planned(5, window()));

    assert!(rooms.ends().only(6)[0].ends_with("has a slot that another code has"));
}

#[test]
fn a_code_that_stayed_and_alarmed_nobody_is_found() {
    let mut rooms = house();
    rooms.code(60, 260);
    assert!(rooms.ends().only(6)[0].contains("nobody was alarmed"));

    let mut rooms = house();
    rooms.door(60, planned(4, window()));
    rooms.door(60, DoorEvent::Setting { code: CodeId(id(4)) });
    rooms.door(260, DoorEvent::LateOver { door: DoorId(id(2)), booking: BookingId(id(3)) });
    assert!(rooms.ends().only(6)[0].contains("nobody was alarmed"));
}

#[test]
fn a_code_that_stayed_and_alarmed_is_as_it_must_be() {
    let mut rooms = house();
    let code = CodeId(id(4));
    rooms.held(10, 60, 250);
    rooms.door(60, planned(4, window()));
    rooms.door(60, DoorEvent::Setting { code });
    rooms.door(196, DoorEvent::Overstayed { code });
    rooms.door(251, DoorEvent::Removed { code, word: Word::Lock });

    assert!(rooms.ends().only(6).is_empty());
}

#[test]
fn what_a_lock_held_outside_every_window_is_found_by_its_own_log() {
    for (slot, from, until) in [(10, 40, 190), (10, 60, 199), (11, 60, 190)] {
        let mut rooms = house();
        rooms.held(slot, from, until);
        rooms.code(60, 191);

        assert!(rooms.ends().only(6)[0].contains("in no code's window and no alarm"));
    }
}
