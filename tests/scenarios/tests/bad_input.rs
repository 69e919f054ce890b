//! What no service can work with gets INVALID_ARGUMENT naming the field, and nothing is written.
#![allow(clippy::unwrap_used, reason = "what fails here is the finding")]

use dugnad_harness::{Rooms, clients::request_id};
use dugnad_proto::rooms::v1::{
    BookingSeries, CancelBookingRequest, Contact, CreateBookingRequest, CreateBookingSeriesRequest,
    CreateFacilityRequest, CreateRoomRequest, ErasePersonRequest, Facility, Interval,
    ListBookingsRequest, LocalWindow, MoveBookingRequest, OpeningHours, Room,
    SearchAvailabilityRequest, opening_hours::Exception,
};
use dugnad_scenarios::{
    On, Town, World, ask, facility, hours, local, on_both,
    raw::{self, Call},
    room, town, wish,
};
use prost_types::{Duration, Timestamp};
use tonic::{Code, Status};
use tonic_types::StatusExt as _;
use uuid::Uuid;

on_both!(
    a_bad_field_is_named_and_nothing_is_written,
    bytes_that_are_no_request_are_the_callers_fault,
);

/// The field that `BadRequest` names.
#[track_caller]
fn assert_names<T: std::fmt::Debug>(outcome: Result<T, Status>, field: &str) {
    let status = outcome.expect_err(field);
    assert_eq!(status.code(), Code::InvalidArgument, "{field}: {status:?}");
    assert_eq!(named(&status), [field], "{}", status.message());
}

fn named(status: &Status) -> Vec<String> {
    let violations = status.get_details_bad_request().map(|bad| bad.field_violations);
    violations.into_iter().flatten().map(|violation| violation.field).collect()
}

async fn a_bad_field_is_named_and_nothing_is_written(on: On) {
    // Alone: what another service notes of what it heard comes when it comes.
    let mut world = World::start_with(on, &["rooms"]).await;
    let rooms = &mut world.somebody();
    let town = town(rooms).await;
    let before = commits(&mut world).await;
    let rooms = &mut world.somebody();

    bookings(rooms, &town).await;
    series(rooms, &town).await;
    registers(rooms, &town).await;
    questions(rooms, &town).await;

    assert_eq!(commits(&mut world).await, before);
}

/// How many commits the journal holds. An embedded one is looked at while the service is down.
async fn commits(world: &mut World) -> u64 {
    if world.nats.is_none() {
        assert!(world.server.terminate().await.unwrap().success());
    }
    let address = world.server.journal_address();
    let args = ["journal", "verify", "--json", "--journal", &address];
    let (status, said) = world.server.dugnad(&args).await.unwrap();
    assert!(status.success(), "{said}");
    if world.nats.is_none() {
        world.server.restart().await.unwrap();
    }
    let (_, rest) = said.split_once("\"commits\":").expect(&said);
    rest.split_once(',').unwrap().0.parse().unwrap()
}

async fn bookings(rooms: &mut Rooms, town: &Town) {
    let good = || wish(&town.room, hours(18, 20));
    let at = |seconds, nanos| Some(Timestamp { seconds, nanos });
    let start = hours(18, 20).start.unwrap().seconds;
    let spans = [
        ("interval", None),
        ("interval.start", Some(Interval { start: None, end: hours(18, 20).end })),
        ("interval.end", Some(Interval { start: hours(18, 20).start, end: None })),
        ("interval.end", Some(hours(20, 18))),
        ("interval.end", Some(hours(18, 18))),
        ("interval.start", Some(Interval { start: at(start, 5), end: at(start + 60, 0) })),
        ("interval.start", Some(Interval { start: at(i64::MAX, 0), end: at(i64::MAX, 1) })),
        ("interval.start", Some(Interval { start: at(start, -1), end: at(start + 60, 0) })),
        // 200 years.
        ("interval.end", Some(hours(18, 200 * 365 * 24))),
    ];
    for (field, interval) in spans {
        assert_names(ask(rooms, CreateBookingRequest { interval, ..good() }).await, field);
    }
    let facility = town.room.split("/rooms/").next().unwrap();
    let names = [
        String::new(),
        "room".to_owned(),
        facility.to_owned(),
        format!("{facility}/rooms/"),
        format!("{facility}/rooms/not-a-uuid"),
        format!("{facility}/rooms/{}/more", Uuid::nil()),
        "facilities/-/rooms/-".to_owned(),
        format!("../{}", town.room),
        "x".repeat(100_000),
    ];
    for room in names {
        assert_names(ask(rooms, CreateBookingRequest { room, ..good() }).await, "room");
    }
    let ids =
        ["", "1", "6f1f6f0e-7d55-4c1b-9d0e-3b6a5d3f2a10", "00000000-0000-0000-0000-000000000000"];
    for id in ids {
        let request_id = id.to_owned();
        assert_names(ask(rooms, CreateBookingRequest { request_id, ..good() }).await, "request_id");
    }
    let contact = |change: fn(&mut Contact)| {
        let mut contact = Contact::default();
        change(&mut contact);
        Some(contact)
    };
    let contacts = [
        ("contact.person", contact(|c| c.person = "people/anna".to_owned())),
        ("contact.person", contact(|c| c.person = Uuid::nil().to_string())),
        ("contact.display_name", contact(|c| c.display_name = "n".repeat(201))),
        ("contact.phone", contact(|c| c.phone = "9".repeat(201))),
        ("contact.email", contact(|c| c.email = "e".repeat(201))),
    ];
    for (field, contact) in contacts {
        assert_names(ask(rooms, CreateBookingRequest { contact, ..good() }).await, field);
    }
    let purpose = "p".repeat(1001);
    assert_names(ask(rooms, CreateBookingRequest { purpose, ..good() }).await, "purpose");
    let purpose = "p".repeat(10 * 1024 * 1024);
    assert_names(ask(rooms, CreateBookingRequest { purpose, ..good() }).await, "request");

    let moved = MoveBookingRequest {
        name: "bookings/7".to_owned(),
        request_id: request_id(),
        ..Default::default()
    };
    assert_names(rooms.move_booking(moved).await, "name");
    let name = format!("bookings/{}", Uuid::now_v7());
    let long = CancelBookingRequest {
        name,
        reason: "r".repeat(201),
        request_id: request_id(),
        ..Default::default()
    };
    assert_names(rooms.cancel_booking(long).await, "reason");
    let nobody = ErasePersonRequest { person: "people/".to_owned(), request_id: request_id() };
    assert_names(rooms.erase_person(nobody).await, "person");
}

async fn series(rooms: &mut Rooms, town: &Town) {
    let good = || BookingSeries {
        room: town.room.clone(),
        first_start: local(18),
        duration: Some(Duration { seconds: 3600, nanos: 0 }),
        rrule: "FREQ=WEEKLY;COUNT=4".to_owned(),
        ..BookingSeries::default()
    };
    let rule = |rrule: &str| BookingSeries { rrule: rrule.to_owned(), ..good() };
    let lasting = |duration| BookingSeries { duration, ..good() };
    let starting = |start: &str| BookingSeries { first_start: start.to_owned(), ..good() };
    let bad = [
        ("series.rrule", rule("")),
        ("series.rrule", rule("FREQ=SOMETIMES;COUNT=2")),
        ("series.rrule", rule("FREQ=DAILY")),
        ("series.rrule", rule("FREQ=DAILY;COUNT=1001")),
        ("series.rrule", rule("FREQ=DAILY;COUNT=99999999999999999999")),
        ("series.rrule", rule("FREQ=SECONDLY;UNTIL=99991231T235959Z")),
        // Never comes: a bomb for whoever looks for it year by year.
        ("series.rrule", rule("FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30;COUNT=5")),
        ("series.rrule", rule("FREQ=SECONDLY;BYMONTH=2;BYMONTHDAY=31;BYSECOND=59;COUNT=1000")),
        ("series.rrule", rule(&format!("FREQ=DAILY;COUNT=3;BYDAY={}", "MO,".repeat(400)))),
        ("series.rrule", rule("FREQ=DAILY;COUNT=3\nEXRULE:FREQ=DAILY")),
        ("series.duration", lasting(None)),
        ("series.duration", lasting(Some(Duration { seconds: 0, nanos: 0 }))),
        ("series.duration", lasting(Some(Duration { seconds: 90, nanos: 0 }))),
        ("series.duration", lasting(Some(Duration { seconds: 25 * 3600, nanos: 0 }))),
        ("series.duration", lasting(Some(Duration { seconds: i64::MAX, nanos: i32::MAX }))),
        ("series.first_start", starting("")),
        ("series.first_start", starting("tomorrow")),
        ("series.first_start", starting("2027-02-30T18:00")),
        ("series.first_start", starting("2027-02-03T18:00Z")),
        ("series.exdates[0]", BookingSeries { exdates: vec!["x".to_owned()], ..good() }),
        ("series.exdates", BookingSeries { exdates: vec![local(18); 1001], ..good() }),
    ];
    for (field, series) in bad {
        let request = CreateBookingSeriesRequest {
            series: Some(series),
            clash_policy: 0,
            request_id: request_id(),
        };
        assert_names(rooms.create_booking_series(request).await, field);
    }
    let request = CreateBookingSeriesRequest {
        series: Some(good()),
        clash_policy: 77,
        request_id: request_id(),
    };
    assert_names(rooms.create_booking_series(request).await, "clash_policy");
}

async fn registers(rooms: &mut Rooms, town: &Town) {
    let hours_of = |date: &str, opens: &str, closes: &str| {
        let window = LocalWindow { opens: opens.to_owned(), closes: closes.to_owned() };
        let exception =
            Exception { date: date.to_owned(), windows: vec![window], reason: String::new() };
        Some(OpeningHours { days: Vec::new(), exceptions: vec![exception] })
    };
    let good = || Facility { display_name: "Kino".to_owned(), ..Facility::default() };
    let window = "facility.opening_hours.exceptions[0].windows[0]";
    let bad = [
        ("facility.display_name", Facility { display_name: String::new(), ..good() }),
        ("facility.display_name", Facility { display_name: " \n".to_owned(), ..good() }),
        ("facility.display_name", Facility { display_name: "å".repeat(201), ..good() }),
        ("facility.time_zone", Facility { time_zone: "Middle/Earth".to_owned(), ..good() }),
        ("facility.time_zone", Facility { time_zone: "../../etc/passwd".to_owned(), ..good() }),
        (
            "facility.opening_hours.exceptions[0].date",
            Facility { opening_hours: hours_of("2027-13-01", "08:00", "10:00"), ..good() },
        ),
        (window, Facility { opening_hours: hours_of("2027-12-01", "10:00", "08:00"), ..good() }),
    ];
    for (field, facility) in bad {
        let request = CreateFacilityRequest { facility: Some(facility), request_id: request_id() };
        let status = rooms.create_facility(request).await.expect_err(field);
        // Which end of a window is wrong is a matter of taste.
        assert_eq!(status.code(), Code::InvalidArgument, "{status:?}");
        assert!(named(&status)[0].starts_with(field), "{status:?}");
    }
    let facility = town.room.split("/rooms/").next().unwrap();
    let good = || Room { display_name: "Sal".to_owned(), capacity: 10, ..Room::default() };
    let buffer = |seconds| Some(Duration { seconds, nanos: 0 });
    let bad = [
        ("room.display_name", Room { display_name: String::new(), ..good() }),
        ("room.capacity", Room { capacity: 0, ..good() }),
        ("room.capacity", Room { capacity: i32::MIN, ..good() }),
        ("room.equipment", Room { equipment: vec!["x".to_owned(); 33], ..good() }),
        ("room.equipment[0]", Room { equipment: vec!["PROJECTOR".to_owned()], ..good() }),
        ("room.accessibility[0]", Room { accessibility: vec![99], ..good() }),
        ("room.buffer_before", Room { buffer_before: buffer(-60), ..good() }),
        ("room.buffer_after", Room { buffer_after: buffer(25 * 3600), ..good() }),
        ("room.parent", Room { parent: "the hall".to_owned(), ..good() }),
    ];
    for (field, room) in bad {
        let request = CreateRoomRequest {
            facility: facility.to_owned(),
            room: Some(room),
            request_id: request_id(),
        };
        assert_names(rooms.create_room(request).await, field);
    }
}

async fn questions(rooms: &mut Rooms, town: &Town) {
    let list = |interval, page_size, token: &str| ListBookingsRequest {
        room: town.room.clone(),
        interval,
        page_size,
        page_token: token.to_owned(),
        ..ListBookingsRequest::default()
    };
    let wide = Some(hours(0, 200 * 365 * 24));
    assert_names(rooms.list_bookings(list(wide, 0, "")).await, "interval.end");
    assert_names(rooms.list_bookings(list(Some(hours(0, 1)), -1, "")).await, "page_size");
    assert_names(rooms.list_bookings(list(Some(hours(0, 1)), 0, "x")).await, "page_token");
    let search = SearchAvailabilityRequest { interval: wide, ..Default::default() };
    assert_names(rooms.search_availability(search).await, "interval.end");
}

async fn bytes_that_are_no_request_are_the_callers_fault(on: On) {
    let world = World::start(on).await;
    let mut door = raw::Door::open(&world.server.url().unwrap()).await;
    let create = Call::CreateBooking;

    // Field 3, two bytes that are no UTF-8; then the same within field 4, the contact.
    assert_names(door.call(create, &[0x1a, 2, 0xff, 0xfe]).await, "purpose");
    assert_names(door.call(create, &[0x22, 3, 0x1a, 1, 0xff]).await, "contact.phone");
    // A length that promises more than there is; a tag of zero; a field that goes on for ever.
    assert_names(door.call(create, &[0x1a, 200, b'x']).await, "purpose");
    assert_names(door.call(create, &[0]).await, "request");
    assert_names(door.call(create, &[0x80; 64]).await, "request");
    // Groups within groups within groups.
    assert_names(door.call(create, &[0xfb, 1].repeat(100_000)).await, "request");
}

/// A part of a part of a part: refused before it is too deep to walk.
#[tokio::test(flavor = "multi_thread")]
async fn a_tree_of_rooms_has_a_bottom() {
    let world = World::start(On::Sqlite).await;
    let rooms = &mut world.somebody();
    let facility = facility(rooms, "Labyrinten").await;
    let mut parent = room(rooms, &facility, "0", "").await;
    for depth in 1..100 {
        let room = Room {
            display_name: depth.to_string(),
            parent: parent.clone(),
            capacity: 1,
            ..Room::default()
        };
        let request = CreateRoomRequest {
            facility: facility.clone(),
            room: Some(room),
            request_id: request_id(),
        };
        match rooms.create_room(request).await {
            Ok(made) => parent = made.into_inner().room.unwrap().name,
            Err(status) => return assert_names::<()>(Err(status), "room.parent"),
        }
    }
    panic!("a hundred levels were taken");
}
