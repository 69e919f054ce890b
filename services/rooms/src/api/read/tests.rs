//! Every bad field is refused before the ledger, and named.

use dugnad_proto::rooms::v1 as pb;
use uuid::Uuid;

use super::*;

const FACILITY: &str = "facilities/6f1f6f0e-7d55-4c1b-9d0e-3b6a5d3f2a10";
const ROOM: &str = "facilities/6f1f6f0e-7d55-4c1b-9d0e-3b6a5d3f2a10/rooms/\
                    018f6f0e-7d55-7c1b-9d0e-3b6a5d3f2a10";
const BOOKING: &str = "bookings/018f6f0e-7d55-7c1b-9d0e-3b6a5d3f2a11";
/// 2027-01-15T08:00:00Z.
const START: i64 = 1_800_000_000;
const HOUR: i64 = 3600;

fn span(start: i64, end: i64) -> Option<pb::Interval> {
    let at = |seconds| Some(prost_types::Timestamp { seconds, nanos: 0 });
    Some(pb::Interval { start: at(start), end: at(end) })
}

fn lasting(seconds: i64) -> Option<prost_types::Duration> {
    Some(prost_types::Duration { seconds, nanos: 0 })
}

fn good_booking() -> pb::CreateBookingRequest {
    pb::CreateBookingRequest {
        room: ROOM.to_owned(),
        interval: span(START, START + HOUR),
        purpose: "Korøvelse".to_owned(),
        request_id: Uuid::now_v7().to_string(),
        ..Default::default()
    }
}

fn good_room() -> pb::Room {
    pb::Room { display_name: "Aulaen".to_owned(), capacity: 100, ..Default::default() }
}

fn good_series() -> pb::BookingSeries {
    pb::BookingSeries {
        room: ROOM.to_owned(),
        first_start: "2027-01-12T18:00".to_owned(),
        duration: lasting(2 * HOUR),
        rrule: "FREQ=WEEKLY;COUNT=10".to_owned(),
        ..Default::default()
    }
}

fn good_search() -> pb::SearchAvailabilityRequest {
    pb::SearchAvailabilityRequest { interval: span(START, START + HOUR), ..Default::default() }
}

/// The path to blame, and what spoils the field there.
type Case<T> = (&'static str, fn(&mut T));

/// Takes something good, spoils one thing about it, and expects the blame on `path`.
fn refused<T, R: std::fmt::Debug>(
    good: impl Fn() -> T,
    read: impl Fn(&T) -> Result<R, Invalid>,
    cases: &[Case<T>],
) {
    read(&good()).expect("nothing is wrong with what is good");
    for (i, (path, spoil)) in cases.iter().enumerate() {
        let mut bad = good();
        spoil(&mut bad);
        assert_eq!(read(&bad).expect_err(path).field(), *path, "case {i}");
    }
}

#[test]
fn a_bad_booking_is_refused_by_its_field() {
    refused(
        good_booking,
        |request| booking(request, Uuid::nil()),
        &[
            ("request_id", |r| r.request_id.clear()),
            ("request_id", |r| r.request_id = "6f1f6f0e-7d55-4c1b-9d0e-3b6a5d3f2a10".to_owned()),
            ("room", |r| r.room.clear()),
            ("room", |r| r.room = FACILITY.to_owned()),
            ("room", |r| r.room.push('0')),
            ("interval", |r| r.interval = None),
            ("interval.start", |r| r.interval.as_mut().unwrap().start = None),
            ("interval.end", |r| r.interval.as_mut().unwrap().end = None),
            ("interval.end", |r| r.interval = span(START, START)),
            ("interval.end", |r| r.interval = span(START, START - HOUR)),
            ("interval.end", |r| r.interval = span(START, START + 31 * 24 * HOUR + 1)),
            ("interval.end", |r| r.interval = span(START, START + 200 * 365 * 24 * HOUR)),
            ("interval.start", |r| r.interval = span(i64::MIN, i64::MAX)),
            ("interval.start", |r| {
                r.interval.as_mut().unwrap().start.as_mut().unwrap().nanos = 1;
            }),
            ("purpose", |r| r.purpose = "å".repeat(1001)),
            ("purpose", |r| r.purpose = "\0".to_owned()),
            ("contact.person", |r| {
                let person = "kari".to_owned();
                r.contact = Some(pb::Contact { person, ..Default::default() });
            }),
            ("contact.display_name", |r| {
                let display_name = "x".repeat(201);
                r.contact = Some(pb::Contact { display_name, ..Default::default() });
            }),
            ("contact.phone", |r| {
                r.contact = Some(pb::Contact { phone: "9".repeat(201), ..Default::default() });
            }),
            ("contact.email", |r| {
                r.contact = Some(pb::Contact { email: "x".repeat(201), ..Default::default() });
            }),
        ],
    );
}

#[test]
fn a_bad_facility_is_refused_by_its_field() {
    let good = || pb::Facility { display_name: "Rådhuset".to_owned(), ..Default::default() };
    refused(
        good,
        |it| facility(Some(it)),
        &[
            ("facility.display_name", |it| it.display_name.clear()),
            ("facility.display_name", |it| it.display_name = " \n".to_owned()),
            ("facility.display_name", |it| it.display_name = "x".repeat(201)),
            ("facility.time_zone", |it| it.time_zone = "Europe/Drammen".to_owned()),
            ("facility.time_zone", |it| it.time_zone = "../../etc/passwd".to_owned()),
            ("facility.time_zone", |it| it.time_zone = "x".repeat(100_000)),
            ("facility.opening_hours.days[0].weekday", |it| {
                let days = vec![pb::opening_hours::Day::default()];
                it.opening_hours = Some(pb::OpeningHours { days, exceptions: vec![] });
            }),
        ],
    );
    assert_eq!(facility(None).unwrap_err().field(), "facility");
}

#[test]
fn a_bad_room_is_refused_by_its_field() {
    let good = || pb::CreateRoomRequest {
        facility: FACILITY.to_owned(),
        room: Some(good_room()),
        request_id: String::new(),
    };
    refused(
        good,
        room,
        &[
            ("facility", |r| r.facility.clear()),
            ("facility", |r| r.facility = ROOM.to_owned()),
            ("room", |r| r.room = None),
            ("room.display_name", |r| r.room.as_mut().unwrap().display_name.clear()),
            ("room.parent", |r| r.room.as_mut().unwrap().parent = FACILITY.to_owned()),
            ("room.parent", |r| {
                let elsewhere = "facilities/018f6f0e-7d55-7c1b-9d0e-3b6a5d3f2a10";
                r.room.as_mut().unwrap().parent = ROOM.replace(FACILITY, elsewhere);
            }),
            ("room.capacity", |r| r.room.as_mut().unwrap().capacity = 0),
            ("room.capacity", |r| r.room.as_mut().unwrap().capacity = -1),
            ("room.capacity", |r| r.room.as_mut().unwrap().capacity = 100_001),
            ("room.equipment", |r| r.room.as_mut().unwrap().equipment = words(33)),
            ("room.equipment[0]", |r| r.room.as_mut().unwrap().equipment = vec![String::new()]),
            ("room.equipment[0]", |r| {
                r.room.as_mut().unwrap().equipment = vec!["Projector".to_owned()];
            }),
            ("room.equipment[0]", |r| {
                r.room.as_mut().unwrap().equipment = vec!["x".repeat(41)];
            }),
            ("room.accessibility[0]", |r| r.room.as_mut().unwrap().accessibility = vec![0]),
            ("room.accessibility[1]", |r| r.room.as_mut().unwrap().accessibility = vec![1, 99]),
            ("room.accessibility", |r| r.room.as_mut().unwrap().accessibility = vec![1; 33]),
            ("room.buffer_before", |r| r.room.as_mut().unwrap().buffer_before = lasting(90)),
            ("room.buffer_before", |r| r.room.as_mut().unwrap().buffer_before = lasting(-60)),
            ("room.buffer_after", |r| {
                r.room.as_mut().unwrap().buffer_after = lasting(24 * HOUR + 60);
            }),
            ("room.opening_hours.exceptions[0].date", |r| {
                let exceptions = vec![pb::opening_hours::Exception::default()];
                let hours = pb::OpeningHours { days: vec![], exceptions };
                r.room.as_mut().unwrap().opening_hours = Some(hours);
            }),
        ],
    );
}

fn words(n: usize) -> Vec<String> {
    (0..n).map(|i| format!("word-{i}")).collect()
}

#[test]
fn a_bad_series_is_refused_by_its_field() {
    let good = || pb::CreateBookingSeriesRequest {
        series: Some(good_series()),
        clash_policy: 0,
        request_id: Uuid::now_v7().to_string(),
    };
    refused(
        good,
        |request| series(request, Uuid::nil()),
        &[
            ("request_id", |r| r.request_id = "x".to_owned()),
            ("clash_policy", |r| r.clash_policy = 3),
            ("series", |r| r.series = None),
            ("series.room", |r| r.series.as_mut().unwrap().room.clear()),
            ("series.first_start", |r| r.series.as_mut().unwrap().first_start.clear()),
            ("series.first_start", |r| {
                r.series.as_mut().unwrap().first_start = "2027-02-29T18:00".to_owned();
            }),
            ("series.duration", |r| r.series.as_mut().unwrap().duration = None),
            ("series.duration", |r| r.series.as_mut().unwrap().duration = lasting(0)),
            ("series.duration", |r| r.series.as_mut().unwrap().duration = lasting(25 * HOUR)),
            ("series.rrule", |r| r.series.as_mut().unwrap().rrule.clear()),
            ("series.rrule", |r| r.series.as_mut().unwrap().rrule = "F".repeat(1001)),
            ("series.exdates[0]", |r| {
                r.series.as_mut().unwrap().exdates = vec!["yesterday".to_owned()];
            }),
            ("series.exdates", |r| {
                r.series.as_mut().unwrap().exdates = vec!["2027-01-19T18:00".to_owned(); 1001];
            }),
            ("series.purpose", |r| r.series.as_mut().unwrap().purpose = "x".repeat(1001)),
        ],
    );
}

fn by_a_person(request: &pb::MoveBookingRequest) -> Result<(BookingId, Command), Invalid> {
    moved(request, false)
}

#[test]
fn a_bad_change_is_refused_by_its_field() {
    let name = || BOOKING.to_owned();
    refused(
        || pb::MoveBookingRequest { name: name(), ..Default::default() },
        by_a_person,
        &[
            ("name", |r| r.name = ROOM.to_owned()),
            ("room", |r| r.room = FACILITY.to_owned()),
            ("interval.start", |r| r.interval = Some(pb::Interval::default())),
            ("interval.end", |r| r.interval = span(START, START)),
            ("etag", |r| r.etag = "now".to_owned()),
            ("etag", |r| r.etag = "-1".to_owned()),
        ],
    );
    refused(
        || pb::CancelBookingRequest { name: name(), ..Default::default() },
        cancelled,
        &[
            ("name", |r| r.name.clear()),
            ("reason", |r| r.reason = "x".repeat(201)),
            ("etag", |r| r.etag = "4294967296".to_owned()),
        ],
    );
    refused(
        || pb::CancelBookingSeriesRequest {
            name: BOOKING.replace("bookings", "series"),
            ..Default::default()
        },
        series_cancelled,
        &[
            ("name", |r| r.name = BOOKING.to_owned()),
            ("from", |r| r.from = Some(prost_types::Timestamp { seconds: -1, nanos: 0 })),
            ("reason", |r| r.reason = "x".repeat(201)),
        ],
    );
    refused(
        || pb::SetOpeningHoursRequest {
            name: FACILITY.to_owned(),
            opening_hours: Some(pb::OpeningHours::default()),
            request_id: String::new(),
        },
        opening_hours,
        &[("name", |r| r.name = BOOKING.to_owned()), ("opening_hours", |r| r.opening_hours = None)],
    );
    assert_eq!(person("kari").unwrap_err().field(), "person");
}

#[test]
fn a_bad_question_is_refused_by_its_field() {
    refused(
        good_search,
        search,
        &[
            ("interval", |r| r.interval = None),
            ("interval.end", |r| r.interval = span(START, START + 92 * 24 * HOUR + 1)),
            ("duration", |r| r.duration = lasting(0)),
            ("duration", |r| r.duration = lasting(HOUR + 60)),
            ("min_capacity", |r| r.min_capacity = -1),
            ("equipment", |r| r.equipment = words(33)),
            ("equipment[0]", |r| r.equipment = vec![String::new()]),
            ("accessibility[0]", |r| r.accessibility = vec![-1]),
        ],
    );
    refused(
        || pb::ListBookingsRequest {
            room: ROOM.to_owned(),
            interval: span(START, START + HOUR),
            ..Default::default()
        },
        listed,
        &[
            ("room", |r| r.room = "facilities/-/rooms/-".to_owned()),
            ("interval", |r| r.interval = None),
            ("interval.end", |r| r.interval = span(START, START + 400 * 24 * HOUR + 1)),
        ],
    );
    assert_eq!(facility_or_all("facilities/-"), Ok(None));
    assert_eq!(facility_or_all("-").unwrap_err().field(), "facility");
}

#[test]
fn a_contact_without_a_person_is_the_caller() {
    let caller = Uuid::now_v7();
    let other = Uuid::now_v7();
    let mut request = good_booking();

    assert_eq!(booking(&request, caller).unwrap().person, PersonId(caller));
    request.contact = Some(pb::Contact { phone: "22 33 44 55".to_owned(), ..Default::default() });
    assert_eq!(booking(&request, caller).unwrap().person, PersonId(caller));
    request.contact.as_mut().unwrap().person = PersonId(other).to_string();
    assert_eq!(booking(&request, caller).unwrap().person, PersonId(other));
}

#[test]
fn a_zone_is_kept_in_the_spelling_of_the_database() {
    assert_eq!(zone("z", "").unwrap(), "Europe/Oslo");
    assert_eq!(zone("z", "europe/oslo").unwrap(), "Europe/Oslo");
    assert_eq!(zone("z", "Arctic/Longyearbyen").unwrap(), "Arctic/Longyearbyen");
}
