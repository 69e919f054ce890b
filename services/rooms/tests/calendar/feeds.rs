//! Addresses: who may make one, what it shows to whom, and that it leads nowhere once revoked.

use dugnad_proto::rooms::v1 as pb;
use tonic::Code;
use uuid::Uuid;

use crate::{
    all, book, feed, lines, me, show, span, town,
    town::{erasure, person, reason},
};

#[tokio::test]
async fn strangers_see_that_a_room_is_taken_and_who_booked_sees_what_for() {
    let town = town().await;
    let mut kari = town.client(person("kari"));
    let made = book(&town, &mut kari, &town.hall, "2026-12-01T17:00/19:00").await;
    let mut seen = Vec::new();
    for who in ["kari", "ola"] {
        let mut client = town.calendars(person(who), "person");
        let token = feed(&town, &mut client, &town.hall).await.token;

        seen.push(show(&mut client, &token).await.calendar);
    }

    assert_eq!(all(&seen[0], "SUMMARY"), ["SUMMARY:Korøvelse\\, med kaker"]);
    assert_eq!(all(&seen[1], "SUMMARY"), ["SUMMARY:Opptatt"]);
    for calendar in &seen {
        assert_eq!(all(calendar, "UID"), [made.name.replace("bookings/", "UID:")]);
        assert_eq!(all(calendar, "NAME"), ["NAME:Hallen\\, Skolen"]);
        assert!(lines(calendar).contains(&"DTSTART;TZID=Europe/Oslo:20261201T180000".to_owned()));
        assert!(calendar.contains("BEGIN:VTIMEZONE") && calendar.contains("REFRESH-INTERVAL"));
    }
}

#[tokio::test]
async fn a_change_raises_the_sequence_and_what_was_cancelled_stays_for_a_month() {
    let town = town().await;
    let mut kari = town.client(person("kari"));
    let mut calendars = town.calendars(person("kari"), "person");
    let token = feed(&town, &mut calendars, &me()).await.token;
    let made = book(&town, &mut kari, &town.hall, "2026-12-01T17:00/19:00").await;
    let first = show(&mut calendars, &token).await;
    let moved = pb::MoveBookingRequest {
        name: made.name.clone(),
        interval: span("2026-12-02T17:00/19:00"),
        request_id: town.id(),
        ..Default::default()
    };
    kari.move_booking(moved).await.unwrap();
    let reason = "sykdom".to_owned();
    let cancel = pb::CancelBookingRequest {
        name: made.name,
        reason,
        request_id: town.id(),
        ..Default::default()
    };
    kari.cancel_booking(cancel).await.unwrap();

    let then = show(&mut calendars, &token).await;
    town.later(39 * 24 * 60).await;
    let kept = show(&mut calendars, &token).await;
    town.later(24 * 60).await;
    let gone = show(&mut calendars, &token).await;

    assert_eq!(all(&first.calendar, "SEQUENCE"), ["SEQUENCE:0"]);
    assert_eq!(all(&then.calendar, "SEQUENCE"), ["SEQUENCE:2"]);
    assert_eq!(all(&then.calendar, "STATUS"), ["STATUS:CANCELLED"]);
    assert_eq!(all(&then.calendar, "DESCRIPTION"), ["DESCRIPTION:Avlyst: sykdom"]);
    assert_ne!(first.etag, then.etag);
    assert_eq!(kept.etag, then.etag, "nothing changed but the time of asking");
    assert_ne!(kept.calendar, then.calendar);
    assert!(!gone.calendar.contains("VEVENT"));
}

#[tokio::test]
async fn a_repeated_request_gives_the_same_token_and_the_journal_does_not_hold_it() {
    let town = town().await;
    let mut client = town.calendars(person("kari"), "person");
    let request = pb::CreateFeedRequest { of: town.hall.clone(), request_id: town.id() };

    let first = client.create_feed(request.clone()).await.unwrap().into_inner();
    let again = client.create_feed(request).await.unwrap().into_inner();

    assert_eq!(first, again);
    assert_eq!(first.path, format!("/calendar/{}.ics", first.token));
    let other = feed(&town, &mut client, &town.hall).await;
    assert_ne!(other.token, first.token);
    let feeds = client.list_feeds(pb::ListFeedsRequest {}).await.unwrap().into_inner().feeds;
    assert_eq!(feeds, [first.feed.unwrap(), other.feed.unwrap()]);
}

#[tokio::test]
async fn a_revoked_feed_and_one_that_never_was_are_not_found_alike() {
    let town = town().await;
    let mut kari = town.calendars(person("kari"), "person");
    let made = feed(&town, &mut kari, &town.hall).await;
    let name = made.feed.unwrap().name;
    let revoke = || pb::RevokeFeedRequest { name: name.clone(), request_id: town.id() };
    let mut ola = town.calendars(person("ola"), "person");

    let theirs = ola.revoke_feed(revoke()).await.unwrap_err();
    kari.revoke_feed(revoke()).await.unwrap();
    let revoked = kari.get_feed(pb::GetFeedRequest { token: made.token.clone() }).await;
    let never = kari.get_feed(pb::GetFeedRequest { token: "drammen-1f".to_owned() }).await;
    let elsewhere = made.token.replace("drammen", "oslo");
    let elsewhere = kari.get_feed(pb::GetFeedRequest { token: elsewhere }).await;

    assert_eq!(reason(&theirs), "NOT_YOURS");
    let (revoked, never, elsewhere) =
        (revoked.unwrap_err(), never.unwrap_err(), elsewhere.unwrap_err());
    assert_eq!((revoked.code(), &*reason(&revoked)), (Code::NotFound, "NOT_FOUND"));
    assert_eq!(revoked.message(), never.message());
    assert_eq!(revoked.message(), elsewhere.message());
    let again = kari.revoke_feed(revoke()).await.unwrap_err();
    assert_eq!((again.code(), &*reason(&again)), (Code::NotFound, "NOT_FOUND"));
}

#[tokio::test]
async fn a_feed_of_an_organisation_is_for_staff_to_make_and_one_of_a_person_for_themselves() {
    let town = town().await;
    let organisation = format!("organisations/{}", Uuid::now_v7());
    let mut kari = town.client(person("kari"));
    let mut person_ = town.calendars(person("ola"), "person");
    let mut staff = town.calendars(person("clerk"), "staff");
    let request = pb::CreateBookingRequest {
        room: town.hall.clone(),
        interval: span("2026-12-01T17:00/19:00"),
        application: Some(pb::Application {
            organisation: organisation.clone(),
            ..Default::default()
        }),
        request_id: town.id(),
        ..Default::default()
    };
    kari.create_booking(request).await.unwrap();
    book(&town, &mut kari, &town.hall, "2026-12-02T17:00/19:00").await;

    let of = |of: &str| pb::CreateFeedRequest { of: of.to_owned(), request_id: town.id() };
    let refused = person_.create_feed(of(&organisation)).await.unwrap_err();
    let theirs = person_.create_feed(of(&me())).await.unwrap_err();
    let token = feed(&town, &mut staff, &organisation).await.token;
    let shown = show(&mut staff, &token).await.calendar;

    for refused in [refused, theirs] {
        assert_eq!((refused.code(), &*reason(&refused)), (Code::PermissionDenied, "NOT_YOURS"));
    }
    assert_eq!(all(&shown, "SUMMARY"), ["SUMMARY:Hallen"]);
}

#[tokio::test]
async fn what_cannot_be_a_feed_is_named() {
    let town = town().await;
    let mut kari = town.calendars(person("kari"), "person");
    let mut ask = async |of: &str, request_id: String| {
        let of = of.to_owned();
        kari.create_feed(pb::CreateFeedRequest { of, request_id }).await.unwrap_err()
    };
    let nowhere = format!("facilities/{}/rooms/{}", Uuid::now_v7(), Uuid::now_v7());

    let form = ask("rooms", town.id()).await;
    let id = ask(&town.hall, "1".to_owned()).await;
    let room = ask(&nowhere, town.id()).await;

    assert!(form.message().starts_with("of must have the form"), "{form:?}");
    assert!(id.message().starts_with("request_id"), "{id:?}");
    assert_eq!(
        (room.code(), room.message()),
        (Code::NotFound, &*format!("{nowhere} does not exist"))
    );
}

#[tokio::test]
async fn nobody_has_more_feeds_than_anybody_needs() {
    let town = town().await;
    let mut kari = town.calendars(person("kari"), "person");
    for _ in 0..50 {
        feed(&town, &mut kari, &town.hall).await;
    }

    let one_more = pb::CreateFeedRequest { of: town.hall.clone(), request_id: town.id() };
    let refused = kari.create_feed(one_more).await.unwrap_err();

    assert_eq!((refused.code(), &*reason(&refused)), (Code::FailedPrecondition, "TOO_MANY"));
}

#[tokio::test]
async fn whoever_is_erased_has_no_feed_any_more() {
    let town = town().await;
    let mut calendars = town.calendars(person("kari"), "person");
    let token = feed(&town, &mut calendars, &me()).await.token;
    let mut service = town.client(person("kari"));
    let erasure = pb::ErasePersonRequest { request_id: town.id(), ..erasure(person("kari")) };

    service.erase_person(erasure).await.unwrap();

    let refused = calendars.get_feed(pb::GetFeedRequest { token }).await.unwrap_err();
    assert_eq!(refused.code(), Code::NotFound);
    let request = pb::CreateFeedRequest { of: me(), request_id: town.id() };
    let refused = calendars.create_feed(request).await.unwrap_err();
    assert_eq!(reason(&refused), "PERSON_ERASED");
}

#[tokio::test]
async fn a_series_is_one_event_with_its_exceptions() {
    let town = town().await;
    let mut kari = town.client(person("kari"));
    let series = pb::BookingSeries {
        room: town.hall.clone(),
        first_start: "2026-12-01T18:00".to_owned(),
        duration: Some(prost_types::Duration { seconds: 7200, nanos: 0 }),
        rrule: "FREQ=WEEKLY;COUNT=5".to_owned(),
        exdates: vec!["2026-12-22T18:00".to_owned()],
        ..Default::default()
    };
    let request = pb::CreateBookingSeriesRequest {
        series: Some(series),
        clash_policy: 0,
        request_id: town.id(),
    };
    let made = kari.create_booking_series(request).await.unwrap().into_inner();
    let moved = pb::MoveBookingRequest {
        name: made.bookings[1].name.clone(),
        room: town.stage.clone(),
        request_id: town.id(),
        ..Default::default()
    };
    kari.move_booking(moved).await.unwrap();
    let name = made.bookings[2].name.clone();
    let cancel = pb::CancelBookingRequest { name, request_id: town.id(), ..Default::default() };
    kari.cancel_booking(cancel).await.unwrap();
    let mut calendars = town.calendars(person("kari"), "person");
    let mine = feed(&town, &mut calendars, &me()).await.token;
    let hall = feed(&town, &mut calendars, &town.hall).await.token;

    let mine = show(&mut calendars, &mine).await.calendar;
    let hall = show(&mut calendars, &hall).await.calendar;

    let uid = made.series.unwrap().name.replace("series/", "UID:");
    assert_eq!(all(&mine, "UID"), [uid.as_str(), &uid]);
    assert_eq!(all(&mine, "SEQUENCE"), ["SEQUENCE:2", "SEQUENCE:1"]);
    assert_eq!(all(&mine, "RRULE"), ["RRULE:FREQ=WEEKLY;UNTIL=20261229T170000Z"]);
    assert_eq!(
        all(&mine, "EXDATE"),
        ["EXDATE;TZID=Europe/Oslo:20261215T180000", "EXDATE;TZID=Europe/Oslo:20261222T180000"]
    );
    assert_eq!(all(&mine, "RECURRENCE-ID"), ["RECURRENCE-ID;TZID=Europe/Oslo:20261208T180000"]);
    assert_eq!(all(&mine, "LOCATION"), ["LOCATION:Hallen\\, Skolen", "LOCATION:Scenen\\, Skolen"]);
    // What went to another room is not in this one's.
    assert_eq!((all(&hall, "RECURRENCE-ID").len(), all(&hall, "EXDATE").len()), (0, 3));
}

#[tokio::test]
async fn free_busy_tells_what_is_taken_and_closed_and_nothing_else() {
    let town = town().await;
    let mut kari = town.client(person("kari"));
    book(&town, &mut kari, &town.hall, "2026-12-01T17:00/19:00").await;
    let reason = "vannlekkasje".to_owned();
    let closing = pb::CloseRoomRequest {
        room: town.hall.clone(),
        interval: span("2026-12-02T08:00/12:00"),
        reason,
        request_id: town.id(),
        ..Default::default()
    };
    town.staff().close_room(closing).await.unwrap();
    let interval = Some(pb::Interval {
        start: span("2026-12-01T18:00/19:00").unwrap().start,
        end: span("2026-12-03T00:00/01:00").unwrap().start,
    });
    let mut ola = town.calendars(person("ola"), "person");

    let request = pb::GetFreeBusyRequest { room: town.hall.clone(), interval };
    let shown = ola.get_free_busy(request).await.unwrap().into_inner().calendar;

    assert_eq!(
        all(&shown, "FREEBUSY"),
        [
            "FREEBUSY;FBTYPE=BUSY:20261201T180000Z/20261201T190000Z",
            "FREEBUSY;FBTYPE=BUSY-UNAVAILABLE:20261202T080000Z/20261202T120000Z",
        ]
    );
    let request = pb::GetFreeBusyRequest { room: town.hall.clone(), interval: None };
    let refused = ola.get_free_busy(request).await.unwrap_err();
    assert!(refused.message().starts_with("interval"), "{refused:?}");
}
