//! What the rules refuse whatever the letting rules say, through the door.

use dugnad_proto::rooms::v1 as pb;
use tonic::{Code, Status};

use super::town::{Client, Town, person, reason};

const NOW: &str = "2026-11-23T08:00:00Z";

fn instant(text: &str) -> Option<prost_types::Timestamp> {
    let at: jiff::Timestamp = text.parse().unwrap();
    Some(prost_types::Timestamp { seconds: at.as_second(), nanos: 0 })
}

fn interval(start: &str, end: &str) -> Option<pb::Interval> {
    Some(pb::Interval { start: instant(start), end: instant(end) })
}

fn booking(town: &Town, start: &str, end: &str) -> pb::CreateBookingRequest {
    pb::CreateBookingRequest {
        room: town.hall.clone(),
        interval: interval(start, end),
        request_id: town.id(),
        ..Default::default()
    }
}

fn moving(town: &Town, name: &str, start: &str, end: &str) -> pb::MoveBookingRequest {
    pb::MoveBookingRequest {
        name: name.to_owned(),
        interval: interval(start, end),
        request_id: town.id(),
        ..Default::default()
    }
}

/// A booking of the second evening of December.
async fn booked(town: &Town, client: &mut Client) -> String {
    let request = booking(town, "2026-12-02T17:00:00Z", "2026-12-02T19:00:00Z");
    client.create_booking(request).await.unwrap().into_inner().booking.unwrap().name
}

fn rule(status: &Status) -> (Code, String) {
    (status.code(), reason(status))
}

fn failed(reason: &str) -> (Code, String) {
    (Code::FailedPrecondition, reason.to_owned())
}

#[tokio::test]
async fn nothing_is_booked_before_now_three_years_ahead_or_where_it_is_closed() {
    let town = Town::open_at(NOW).await;
    let mut kari = town.client(person("kari"));
    let window = pb::LocalWindow { opens: "08:00".to_owned(), closes: "22:00".to_owned() };
    let tuesdays =
        pb::opening_hours::Day { weekday: pb::Weekday::Tuesday.into(), windows: vec![window] };
    let hours = pb::OpeningHours { days: vec![tuesdays], ..Default::default() };
    let request = pb::SetOpeningHoursRequest {
        name: town.hall.clone(),
        opening_hours: Some(hours),
        request_id: town.id(),
    };
    kari.set_opening_hours(request).await.unwrap();

    for (start, end, expected) in [
        ("2026-11-23T07:00:00Z", "2026-11-23T09:00:00Z", "PAST"),
        ("2030-12-03T17:00:00Z", "2030-12-03T18:00:00Z", "TOO_FAR_AHEAD"),
        ("2026-12-02T17:00:00Z", "2026-12-02T18:00:00Z", "CLOSED"),
    ] {
        let refused = kari.create_booking(booking(&town, start, end)).await.unwrap_err();
        assert_eq!(rule(&refused), failed(expected), "{refused:?}");
    }
    let open = booking(&town, "2026-12-01T17:00:00Z", "2026-12-01T18:00:00Z");
    kari.create_booking(open).await.unwrap();
}

#[tokio::test]
async fn what_is_over_stays_as_it_was() {
    let town = Town::open_at(NOW).await;
    let mut kari = town.client(person("kari"));
    let name = booked(&town, &mut kari).await;
    town.later(10 * 24 * 60).await;
    let cancel = pb::CancelBookingRequest {
        name: name.clone(),
        request_id: town.id(),
        ..Default::default()
    };
    let later = moving(&town, &name, "2026-12-20T17:00:00Z", "2026-12-20T19:00:00Z");

    let cancelled = kari.cancel_booking(cancel).await.unwrap_err();
    let moved = kari.move_booking(later).await.unwrap_err();

    assert_eq!((rule(&cancelled), rule(&moved)), (failed("OVER"), failed("OVER")));
}

#[tokio::test]
async fn only_what_is_confirmed_moves() {
    let town = Town::open_at(NOW).await;
    let mut kari = town.client(person("kari"));
    let (room, interval) =
        (town.hall.clone(), interval("2026-12-02T17:00:00Z", "2026-12-02T19:00:00Z"));
    let hold = pb::HoldSlotRequest { room, interval, request_id: town.id() };
    let held = kari.hold_slot(hold).await.unwrap().into_inner().booking.unwrap().name;

    let later = moving(&town, &held, "2026-12-20T17:00:00Z", "2026-12-20T19:00:00Z");
    let refused = kari.move_booking(later).await.unwrap_err();

    assert_eq!(rule(&refused), failed("NOT_CONFIRMED"));
}

#[tokio::test]
async fn where_a_person_must_say_yes_only_staff_move_a_booking() {
    let town = Town::open_at(NOW).await;
    let (mut kari, mut staff) = (town.client(person("kari")), town.staff());
    let handling =
        pb::letting_rules::Handling { required: true, holds_slot: true, answer_minutes: 60 };
    let rules = pb::LettingRules { handling: Some(handling), ..Default::default() };
    let request = pb::SetLettingRulesRequest {
        scope: town.hall.clone(),
        effective_from: "2026-01-01".to_owned(),
        rules: Some(rules),
        request_id: town.id(),
    };
    staff.set_letting_rules(request).await.unwrap();
    let name = booked(&town, &mut kari).await;
    let approve = pb::ApproveRequestRequest { name: name.clone(), request_id: town.id() };
    staff.approve_request(approve).await.unwrap();
    let later = || moving(&town, &name, "2026-12-20T17:00:00Z", "2026-12-20T19:00:00Z");

    let refused = kari.move_booking(later()).await.unwrap_err();
    staff.move_booking(later()).await.unwrap();

    assert_eq!(rule(&refused), failed("NEEDS_APPROVAL"));
}

#[tokio::test]
async fn a_date_that_the_clock_jumps_over_is_told_and_the_others_are_had() {
    let town = Town::open_at(NOW).await;
    let mut kari = town.client(person("kari"));
    let series = |clashes: pb::ClashPolicy| pb::CreateBookingSeriesRequest {
        series: Some(pb::BookingSeries {
            room: town.hall.clone(),
            first_start: "2027-03-27T02:30".to_owned(),
            duration: Some(prost_types::Duration { seconds: 3600, nanos: 0 }),
            rrule: "FREQ=DAILY;UNTIL=20270329".to_owned(),
            ..Default::default()
        }),
        clash_policy: clashes.into(),
        request_id: town.id(),
    };

    let refused = kari.create_booking_series(series(pb::ClashPolicy::AllOrNothing)).await;
    let made = kari.create_booking_series(series(pb::ClashPolicy::Skip)).await.unwrap();

    assert_eq!(rule(&refused.unwrap_err()), failed("SERIES_CLASH"));
    let made = made.into_inner();
    let skipped: Vec<_> = made.skipped.iter().map(|it| (&*it.start, &*it.reason)).collect();
    assert_eq!(skipped, [("2027-03-28T02:30", "NO_SUCH_LOCAL_TIME")]);
    assert_eq!(made.bookings.len(), 2);
}

#[tokio::test]
async fn nobody_holds_a_whole_town() {
    let town = Town::open_at(NOW).await;
    let mut kari = town.client(person("kari"));
    let hold = |hour: u32| {
        let at = |hour: u32| format!("2026-12-02T{hour:02}:00:00Z");
        let (room, interval) = (town.hall.clone(), interval(&at(hour), &at(hour + 1)));
        pb::HoldSlotRequest { room, interval, request_id: town.id() }
    };
    for hour in 10..15 {
        kari.hold_slot(hold(hour)).await.unwrap();
    }

    let refused = kari.hold_slot(hold(15)).await.unwrap_err();

    assert_eq!(rule(&refused), failed("TOO_MANY"));
}
