//! Invariant 1, case by case: a hall and its parts, buffers, moving, giving back.

use super::*;

#[test]
fn a_slot_goes_to_whoever_asks_first() {
    let mut town = hall_and([]);

    let first = town.when(book("hall", "2026-12-01T18:00/20:00"));
    let second = town.when(book("hall", "2026-12-01T19:00/21:00"));

    assert!(first.is_ok());
    assert_refused!(second, Refusal::Taken { until, .. } if *until == at("2026-12-01T20:00"));
}

#[test]
fn a_refusal_says_where_by_whom_and_until_when() {
    let mut hall = hall_and([booked("choir", "north", "2026-12-01T18:00/20:00")]);

    let no = hall.when(book("hall", "2026-12-01T19:00/21:00")).unwrap_err();

    let expected = format!(
        "{} is taken by {} until 2026-12-01T19:00:00Z",
        room_name("north"),
        booking_id("choir")
    );
    assert_eq!((no.to_string(), no.reason()), (expected, "TAKEN"));
}

#[test]
fn booking_the_whole_hall_is_refused_while_a_part_of_a_part_is_taken() {
    let mut hall = hall_and([booked("choir", "north-east", "2026-12-01T18:00/20:00")]);

    let outcome = hall.when(book("hall", "2026-12-01T19:00/21:00"));

    assert_refused!(outcome, Refusal::Taken { room, .. } if *room == room_name("north-east"));
}

#[test]
fn booking_a_part_of_a_part_is_refused_while_the_whole_hall_is_taken() {
    let mut hall = hall_and([booked("fair", "hall", "2026-12-01T18:00/20:00")]);

    for part in ["north", "south", "north-east", "north-west"] {
        let outcome = hall.when(book(part, "2026-12-01T19:00/21:00"));
        assert_refused!(outcome, Refusal::Taken { room, .. } if *room == room_name("hall"));
    }
}

#[test]
fn parts_that_share_nothing_do_not_block_each_other() {
    let mut hall = hall_and([booked("choir", "north-east", "2026-12-01T18:00/20:00")]);

    for free in ["north-west", "south", "kitchen"] {
        assert!(hall.when(book(free, "2026-12-01T18:00/20:00")).is_ok(), "{free}");
    }
}

#[test]
fn bookings_that_touch_do_not_clash() {
    let mut hall = hall_and([booked("choir", "hall", "2026-12-01T18:00/20:00")]);

    assert!(hall.when(book("hall", "2026-12-01T20:00/21:00")).is_ok());
    assert!(hall.when(book("north", "2026-12-01T17:00/18:00")).is_ok());
}

#[test]
fn buffers_of_both_sides_may_touch_and_may_not_overlap() {
    let mut town = given([
        school(OpeningHours::default()),
        buffered("gym", 15, 30),
        booked("choir", "gym", "2026-12-01T18:00/20:00"),
    ]);

    assert_refused!(
        town.when(book("gym", "2026-12-01T20:44/21:00")),
        Refusal::Taken { until, .. } if *until == at("2026-12-01T20:30")
    );
    assert_refused!(town.when(book("gym", "2026-12-01T17:00/17:16")), Refusal::Taken { .. });
    assert!(town.when(book("gym", "2026-12-01T20:45/21:00")).is_ok());
    assert!(town.when(book("gym", "2026-12-01T17:00/17:15")).is_ok());
}

#[test]
fn a_move_into_a_taken_slot_changes_nothing() {
    let history = || {
        [
            booked("choir", "hall", "2026-12-01T18:00/20:00"),
            booked("band", "kitchen", "2026-12-01T18:00/20:00"),
        ]
    };
    let mut town = hall_and(history());

    let outcome = town.when(move_to("band", Some("south"), None));

    assert_refused!(outcome, Refusal::Taken { by, .. } if *by == booking_id("choir"));
    assert_eq!(town.state, hall_and(history()).state);
}

#[test]
fn a_booking_does_not_stand_in_its_own_way() {
    let mut hall = hall_and([booked("choir", "north", "2026-12-01T18:00/20:00")]);

    assert!(hall.when(move_to("choir", None, Some("2026-12-01T19:00/21:00"))).is_ok());
    assert!(hall.when(move_to("choir", Some("hall"), None)).is_ok());
    assert!(hall.when(move_to("choir", Some("north-east"), None)).is_ok());
}

#[test]
fn a_moved_booking_frees_where_it_was_and_holds_where_it_is() {
    let mut hall = hall_and([booked("choir", "north", "2026-12-01T18:00/20:00")]);
    hall.when(move_to("choir", Some("kitchen"), Some("2026-12-02T18:00/20:00"))).unwrap();

    assert!(hall.when(book("hall", "2026-12-01T18:00/20:00")).is_ok());
    assert_refused!(hall.when(book("kitchen", "2026-12-02T19:00/20:00")), Refusal::Taken { .. });
}

#[test]
fn a_move_to_where_it_is_changes_nothing() {
    let mut hall = hall_and([booked("choir", "north", "2026-12-01T18:00/20:00")]);

    let outcome = hall.when(move_to("choir", Some("north"), Some("2026-12-01T18:00/20:00")));

    assert_eq!(outcome, Ok(Vec::new()));
}

#[test]
fn a_cancelled_booking_frees_its_slot_and_stays_readable() {
    let mut hall = hall_and([booked("choir", "north", "2026-12-01T18:00/20:00")]);

    hall.when(cancel("choir")).unwrap();

    assert!(hall.when(book("hall", "2026-12-01T18:00/20:00")).is_ok());
    let choir = hall.state.booking(booking_id("choir")).unwrap();
    let ill = Standing::Ended { cause: Cause::Asked, reason: "ill".into() };
    assert_eq!((choir.standing, choir.revision), (ill, 2));
}

#[test]
fn what_is_cancelled_cannot_move_and_cancelling_again_changes_nothing() {
    let mut hall =
        hall_and([booked("choir", "north", "2026-12-01T18:00/20:00"), cancelled("choir")]);

    assert_eq!(hall.when(cancel("choir")), Ok(Vec::new()));
    assert_refused!(hall.when(move_to("choir", Some("south"), None)), Refusal::Cancelled(_));
}

#[test]
fn who_saw_an_older_revision_is_told_to_look_again() {
    let mut hall = hall_and([booked("choir", "north", "2026-12-01T18:00/20:00")]);
    hall.when(move_to("choir", Some("south"), None)).unwrap();
    let choir = booking_id("choir");

    let stale_move = Command::Move {
        booking: choir,
        room: Some(room_name("hall")),
        span: None,
        seen: Some(1),
        as_staff: false,
    };
    let stale = Command::Cancel { booking: choir, reason: String::new(), seen: Some(1) };
    let fresh = Command::Cancel { booking: choir, reason: String::new(), seen: Some(2) };

    assert_refused!(hall.when(stale_move), Refusal::Stale { revision: 2, .. });
    assert_refused!(hall.when(stale), Refusal::Stale { revision: 2, .. });
    assert!(hall.when(fresh).is_ok());
}

#[test]
fn nothing_is_booked_in_the_past_too_long_or_too_far_ahead() {
    let mut town = hall_and([]).at("2026-12-01T18:00");

    assert_refused!(town.when(book("hall", "2026-12-01T17:59/19:00")), Refusal::Past { .. });
    assert_refused!(
        town.when(book("hall", "2026-12-02T00:00/2027-01-02T00:01")),
        Refusal::TooLong { days: 31 }
    );
    assert_refused!(town.when(book("hall", "2029-12-04T00:00/01:00")), Refusal::TooFarAhead { .. });
    assert!(town.when(book("hall", "2026-12-01T18:00/19:00")).is_ok());
    assert!(town.when(book("hall", "2029-12-03T00:00/01:00")).is_ok());
}

#[test]
fn a_booking_under_way_keeps_its_start_and_may_end_later() {
    let mut town =
        hall_and([booked("choir", "hall", "2026-12-01T18:00/20:00")]).at("2026-12-01T19:00");

    let earlier_end = town.when(move_to("choir", None, Some("2026-12-01T18:00/18:59")));
    let other_start = town.when(move_to("choir", None, Some("2026-12-01T18:30/21:00")));
    let later_end = town.when(move_to("choir", None, Some("2026-12-01T18:00/21:00")));

    assert_refused!(earlier_end, Refusal::Past { .. });
    assert_refused!(other_start, Refusal::Past { .. });
    assert!(later_end.is_ok());
}

#[test]
fn what_is_over_stays_as_it_was() {
    let mut town =
        hall_and([booked("choir", "hall", "2026-12-01T18:00/20:00")]).at("2026-12-01T20:00");

    assert_refused!(town.when(cancel("choir")), Refusal::Over { .. });
    let later = move_to("choir", None, Some("2026-12-02T18:00/20:00"));
    assert_refused!(town.when(later), Refusal::Over { .. });
}

#[test]
fn what_does_not_exist_is_not_found() {
    let mut hall = hall_and([booked("choir", "hall", "2026-12-01T18:00/20:00")]);
    let elsewhere = RoomName { facility: FacilityId(id("library")), ..room_name("hall") };
    let series = SeriesId(id("none"));
    let wrong_house = Command::Book {
        room: elsewhere,
        span: span("2026-12-01T08:00/09:00"),
        details: details_of("kari"),
    };

    assert_refused!(hall.when(book("attic", "2026-12-01T08:00/09:00")), Refusal::NotFound(_));
    assert_refused!(hall.when(wrong_house), Refusal::NotFound(_));
    assert_refused!(hall.when(cancel("band")), Refusal::NotFound(_));
    assert_refused!(hall.when(move_to("band", None, None)), Refusal::NotFound(_));
    assert_refused!(hall.when(move_to("choir", Some("attic"), None)), Refusal::NotFound(_));
    let cancel = Command::CancelSeries { series, from: None, reason: String::new() };
    assert_refused!(hall.when(cancel), Refusal::NotFound(_));
}
