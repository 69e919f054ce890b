//! Facilities, rooms, their hours; people who were erased.

use super::*;

fn new_room(parent: Option<RoomId>, traits: RoomTraits) -> Command {
    Command::RegisterRoom { facility: FacilityId(id("school")), parent, traits }
}

fn registered_room(outcome: Outcome) -> RoomId {
    match outcome.unwrap().as_slice() {
        [Event::RoomRegistered { room, .. }] => *room,
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_closed_day_is_refused_with_its_reason() {
    let mut town = given([school(evenings()), room("hall")]);

    let eve = town.when(book("hall", "2026-12-24T12:00/13:00")).unwrap_err();
    let late = town.when(book("hall", "2026-12-23T21:00/22:01")).unwrap_err();

    assert_eq!(
        (eve.reason(), eve.to_string().as_str()),
        ("CLOSED", "closed on 2026-12-24: Christmas Eve")
    );
    assert_eq!(late.to_string(), "closed on 2026-12-23");
    assert!(town.when(book("hall", "2026-12-23T08:00/22:00")).is_ok());
}

#[test]
fn buffers_may_lie_outside_the_opening_hours() {
    let mut town = given([school(evenings()), buffered("gym", 60, 60)]);

    assert!(town.when(book("gym", "2026-12-23T08:00/22:00")).is_ok());
}

#[test]
fn a_room_with_hours_of_its_own_does_not_follow_the_house() {
    let own = RoomTraits { hours: Some(OpeningHours::default()), ..traits("yard") };
    let mut town = given([school(evenings()), room("hall"), registered("yard", None, own)]);

    assert!(town.when(book("yard", "2026-12-24T02:00/03:00")).is_ok());

    town.when(Command::SetRoomHours { room: room_name("yard"), hours: evenings() }).unwrap();
    assert_refused!(town.when(book("yard", "2026-12-24T12:00/13:00")), Refusal::Closed(_));
}

#[test]
fn new_hours_hold_from_now_on_and_bookings_made_stand() {
    let mut town = given([
        school(OpeningHours::default()),
        room("hall"),
        booked("mass", "hall", "2026-12-24T16:00/17:00"),
    ]);
    let school = FacilityId(id("school"));

    town.when(Command::SetFacilityHours { facility: school, hours: evenings() }).unwrap();

    assert!(town.state.booking(booking_id("mass")).unwrap().standing == Standing::Confirmed);
    assert_refused!(town.when(book("hall", "2026-12-24T12:00/13:00")), Refusal::Closed(_));
    let again = Command::SetFacilityHours { facility: school, hours: evenings() };
    assert_eq!(town.when(again), Ok(Vec::new()));
}

#[test]
fn an_unknown_zone_is_refused() {
    let mut town = given([]);
    let register = |zone: &str| Command::RegisterFacility {
        name: "Skolen".to_owned(),
        zone: zone.to_owned(),
        hours: OpeningHours::default(),
    };

    let outcome = town.when(register("Europe/Trondheim"));

    assert_refused!(outcome, Refusal::Invalid { field: "facility.time_zone", .. });
    assert!(town.when(register("Europe/Oslo")).is_ok());
}

#[test]
fn parts_of_parts_go_eight_levels_deep_and_no_further() {
    let mut town = hall_and([]);
    let mut room = registered_room(town.when(new_room(None, traits("level 1"))));
    for level in 2..=8 {
        let part = new_room(Some(room), traits(&format!("level {level}")));
        room = registered_room(town.when(part));
    }

    let ninth = town.when(new_room(Some(room), traits("level 9")));

    assert_refused!(ninth, Refusal::Invalid { field: "room.parent", .. });
}

#[test]
fn a_part_added_later_is_blocked_by_the_bookings_of_its_whole() {
    let mut town = hall_and([booked("fair", "hall", "2026-12-01T18:00/20:00")]);
    let corner = registered_room(town.when(new_room(Some(RoomId(id("south"))), traits("corner"))));
    let corner = RoomName { room: corner, ..room_name("south") };
    let book = |when| Command::Book { room: corner, span: span(when), details: details_of("kari") };

    assert_refused!(town.when(book("2026-12-01T19:00/20:00")), Refusal::Taken { .. });
    assert!(town.when(book("2026-12-01T20:00/21:00")).is_ok());
}

#[test]
fn a_room_needs_its_house_its_whole_and_buffers_of_a_day_at_most() {
    let mut town = hall_and([]);
    let nowhere = FacilityId(id("library"));
    let long = RoomTraits { minutes_after: 1441, ..traits("sauna") };

    let homeless = Command::RegisterRoom { facility: nowhere, parent: None, traits: traits("x") };
    assert_refused!(town.when(homeless), Refusal::NotFound(_));
    let orphan = new_room(Some(RoomId(id("attic"))), traits("x"));
    assert_refused!(town.when(orphan), Refusal::NotFound(_));
    assert_refused!(
        town.when(new_room(None, long)),
        Refusal::Invalid { field: "room.buffer_after", .. }
    );
}

#[test]
fn erasing_a_person_drops_their_details_and_nothing_else() {
    let mut town = hall_and([
        booked("choir", "north", "2026-12-01T18:00/20:00"),
        Event::Booked {
            booking: booking_id("band"),
            room: RoomId(id("south")),
            span: span("2026-12-01T18:00/20:00"),
            by: id("someone"),
            details: Some(details_of("ola")),
            series: None,
            terms: None,
            charge: None,
        },
        booked("chess", "kitchen", "2026-12-01T18:00/20:00"),
    ]);

    let events = town.when(Command::ErasePerson { person: person("kari") }).unwrap();

    assert_eq!(events, [Event::PersonErased { person: person("kari"), bookings: 2 }]);
    let details = |word| town.state.booking(booking_id(word)).unwrap().details;
    assert_eq!((details("choir"), details("chess")), (None, None));
    assert_eq!(details("band"), Some(details_of("ola")));
    let still_taken = town.when(book("north", "2026-12-01T18:00/20:00"));
    assert_refused!(still_taken, Refusal::PersonErased(_));
}

#[test]
fn nothing_new_is_kept_about_an_erased_person_and_erasing_again_changes_nothing() {
    let mut town = hall_and([erased("kari")]);

    assert_refused!(
        town.when(book("north", "2026-12-01T18:00/20:00")),
        Refusal::PersonErased(who) if *who == person("kari")
    );
    assert_eq!(town.when(Command::ErasePerson { person: person("kari") }), Ok(Vec::new()));
}
