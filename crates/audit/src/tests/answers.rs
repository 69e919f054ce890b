//! Invariants 2 and 3, and 9.

use dugnad_events::{BookingId, RoomId, rooms::Event};
use dugnad_journal::Hash;
use uuid::Uuid;

use super::{Told, WrittenReached, id, noon, span};
use crate::{ClientLine, DigestLine, Outcome};

fn booked(n: u64) -> Event {
    Event::Booked {
        booking: BookingId(id(n)),
        room: RoomId(id(1)),
        span: span(60 * i64::try_from(n).unwrap(), 60 * i64::try_from(n).unwrap() + 30),
        by: id(7),
        details: None,
        series: None,
        terms: None,
        charge: None,
    }
}

fn line(rooms: &Told, request_id: Uuid, outcome: Outcome) -> ClientLine {
    ClientLine {
        partition: rooms.partition.clone(),
        call: "CreateBooking".to_owned(),
        request_id,
        outcome,
        names: Vec::new(),
        reason: "TAKEN".to_owned(),
        at: noon(),
    }
}

fn accepted(rooms: &Told, request_id: Uuid, booking: u64) -> ClientLine {
    let names = vec![BookingId(id(booking)).to_string()];
    ClientLine { names, ..line(rooms, request_id, Outcome::Accepted) }
}

#[test]
fn what_was_accepted_is_found_by_its_id_and_holds_what_was_answered() {
    let mut rooms = Told::of("rooms");
    for repeat in [false, true] {
        let line = accepted(&rooms, id(1), 5);
        let line = if repeat { line } else { ClientLine { outcome: Outcome::Unknown, ..line } };
        rooms.audit.client(line);
    }
    rooms.audit.client(accepted(&rooms, id(1), 5));
    rooms.audit.client(line(&rooms, id(2), Outcome::Refused));
    rooms.writes(id(1), vec![booked(5)], None);

    let found = rooms.ends();

    assert!(found.only(3).is_empty());
    let counted = [(1, "requests done"), (1, "told to clients"), (1, "refused")];
    assert_eq!(found.of(3).counted[..3], counted);
    assert_eq!(found.of(3).counted[3], (1, "repeated answers"));
}

#[test]
fn what_was_written_under_an_id_of_the_services_own_is_found_by_what_was_answered() {
    let mut rooms = Told::of("rooms");
    rooms.audit.client(accepted(&rooms, id(1), 5));
    rooms.writes(id(2), vec![booked(5)], None);

    assert!(rooms.ends().only(3).is_empty());
}

#[test]
fn an_answer_that_is_not_in_the_journal_is_found() {
    let mut rooms = Told::of("rooms");
    rooms.audit.client(accepted(&rooms, id(1), 5));
    rooms.writes(id(2), vec![booked(6)], None);

    assert!(rooms.ends().only(3)[0].ends_with("was accepted and is not here"));
}

#[test]
fn an_answer_that_names_something_else_is_found() {
    let mut rooms = Told::of("rooms");
    rooms.audit.client(accepted(&rooms, id(1), 6));
    rooms.writes(id(1), vec![booked(5)], None);

    assert!(rooms.ends().only(3)[0].contains("which is not here"));
}

#[test]
fn a_refusal_that_left_something_is_found() {
    let mut rooms = Told::of("rooms");
    rooms.audit.client(line(&rooms, id(1), Outcome::Refused));
    rooms.writes(id(1), vec![booked(5)], None);

    assert!(rooms.ends().only(3)[0].contains("was refused: TAKEN"));
}

#[test]
fn another_answer_to_a_repeat_is_found_and_a_refusal_after_a_yes_too() {
    let mut rooms = Told::of("rooms");
    rooms.audit.client(accepted(&rooms, id(1), 5));
    rooms.audit.client(accepted(&rooms, id(1), 6));
    rooms.audit.client(line(&rooms, id(1), Outcome::Refused));
    rooms.writes(id(1), vec![booked(5)], None);

    assert_eq!(rooms.ends().only(3).len(), 2);
}

#[test]
fn a_refused_request_that_was_accepted_later_is_none_that_left_something() {
    let mut rooms = Told::of("rooms");
    rooms.audit.client(line(&rooms, id(1), Outcome::Refused));
    rooms.audit.client(accepted(&rooms, id(1), 5));
    rooms.writes(id(1), vec![booked(5)], None);

    assert!(rooms.ends().only(3).is_empty());
}

#[test]
fn a_request_that_was_done_twice_is_found() {
    let mut rooms = Told::of("rooms");
    rooms.writes(id(1), vec![booked(5)], None);
    rooms.writes(id(1), vec![booked(6)], None);

    assert!(rooms.ends().only(3)[0].ends_with("was done before"));
}

#[test]
fn a_commit_that_is_missing_is_found() {
    let mut rooms = Told::of("rooms");
    rooms.writes(id(1), vec![booked(5)], None);
    rooms.number += 1;
    rooms.writes(id(2), vec![booked(6)], None);
    rooms.writes(id(3), vec![booked(7)], None);

    let found = rooms.ends();

    let says = found.only(2);
    assert_eq!(says[0], "commit 3 lies where 2 is to be");
    assert_eq!(says[1], "commit 4 lies where 3 is to be");
}

#[test]
fn a_commit_that_was_changed_is_found_by_the_next() {
    let mut rooms = Told::of("rooms");
    rooms.writes(id(1), vec![booked(5)], None);
    rooms.before = Hash::of(b"another");
    rooms.writes(id(3), vec![booked(7)], None);

    assert_eq!(rooms.ends().only(2), ["it does not follow on the commit before"]);
}

#[test]
fn what_one_service_heard_of_another_must_stand_there_and_go_on() {
    let heard = |rooms: &Told, number, hash| {
        Some(WrittenReached { partition: rooms.partition.clone(), number, hash, events: 1 })
    };
    for (first, second, wrong) in [(1, 2, 0), (2, 1, 1), (2, 3, 1)] {
        let mut rooms = Told::of("rooms");
        rooms.writes(id(1), vec![booked(5)], None);
        let mut hashes = vec![rooms.before];
        rooms.writes(id(2), vec![booked(6)], None);
        hashes.push(rooms.before);
        hashes.push(Hash::NONE);
        let said = [
            heard(&rooms, first, hashes[first as usize - 1]),
            heard(&rooms, second, hashes[second as usize - 1]),
        ];
        let mut notices = Told::going_on(rooms.audit, "notices");

        for (n, said) in (10..).zip(said) {
            notices.writes(id(n), Vec::<dugnad_events::notices::Event>::new(), said);
        }

        assert_eq!(notices.ends().only(2).len(), wrong, "{first} then {second}");
    }
}

#[test]
fn a_state_that_replay_does_not_come_to_is_found() {
    let mut rooms = Told::of("rooms");
    let said =
        DigestLine { partition: rooms.partition.clone(), position: 1, digest: "ab".to_owned() };
    rooms.audit.digest(&said, Some("ab"));
    rooms.audit.digest(&said, Some("cd"));
    rooms.audit.digest(&said, None);

    let found = rooms.ends();

    assert_eq!(found.only(9).len(), 2);
    assert_eq!(found.of(9).counted, [(3, "states compared")]);
}
