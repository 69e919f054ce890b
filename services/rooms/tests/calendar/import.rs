//! A calendar file into bookings, with what became of each event.

use dugnad_proto::rooms::v1::{self as pb, imported_event::Outcome};
use tonic::Code;

use crate::{
    all, book, feed, show, town,
    town::{Town, person, reason},
};

/// Events with a UID each, and what else they say.
fn file(events: &[(&str, &str)]) -> String {
    let events = events.iter().map(|(uid, rest)| {
        let rest = rest.replace(' ', "\r\n").replace('_', " ");
        format!("BEGIN:VEVENT\r\nUID:{uid}\r\n{rest}\r\nEND:VEVENT\r\n")
    });
    let events: String = events.collect();
    format!("BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//test//\r\n{events}END:VCALENDAR\r\n")
}

async fn import(town: &Town, calendar: String) -> Vec<pb::ImportedEvent> {
    let request = wanted(town, calendar);
    let mut staff = town.calendars(person("clerk"), "staff");
    staff.import_calendar(request).await.unwrap().into_inner().events
}

fn wanted(town: &Town, calendar: String) -> pb::ImportCalendarRequest {
    let (room, request_id) = (town.hall.clone(), town.id());
    pb::ImportCalendarRequest { room, calendar, request_id, ..Default::default() }
}

fn outcomes(events: &[pb::ImportedEvent]) -> Vec<Outcome> {
    events.iter().map(pb::ImportedEvent::outcome).collect()
}

fn reasons(events: &[pb::ImportedEvent]) -> Vec<&str> {
    let reason = |event: &'_ pb::ImportedEvent| event.problem.as_ref().map(|it| it.reason.clone());
    events.iter().map(|event| reason(event).map_or("", |it| String::leak(it))).collect()
}

const CHOIR: &str = "DTSTART;TZID=Europe/Oslo:20261201T180000 DTEND;TZID=Europe/Oslo:20261201T200000 \
                     SUMMARY:Kor\\,_øvelse";

#[tokio::test]
async fn an_event_becomes_a_booking_once_however_often_the_file_comes() {
    let town = town().await;
    let calendar = file(&[("kor@a", CHOIR)]);

    let first = import(&town, calendar.clone()).await;
    let again = import(&town, calendar).await;

    assert_eq!(
        (outcomes(&first), outcomes(&again)),
        (vec![Outcome::Taken], vec![Outcome::Unchanged])
    );
    assert_eq!(first[0].name, again[0].name);
    assert_eq!((first[0].line, first[0].uid.as_str()), (4, "kor@a"));
    let booked = town.get(&mut town.client(person("clerk")), &first[0].name).await;
    assert_eq!(booked.purpose, "Kor, øvelse");
    assert_eq!(booked.interval, crate::span("2026-12-01T17:00/19:00"));
}

#[tokio::test]
async fn a_higher_sequence_moves_and_cancels_what_an_event_became_and_a_lower_one_is_refused() {
    let town = town().await;
    import(&town, file(&[("kor@a", CHOIR)])).await;
    let later = CHOIR.replace("1201T", "1202T");

    let moved = import(&town, file(&[("kor@a", &format!("SEQUENCE:2 {later}"))])).await;
    let stale = import(&town, file(&[("kor@a", &format!("SEQUENCE:1 {CHOIR}"))])).await;
    let recurs =
        import(&town, file(&[("kor@a", &format!("SEQUENCE:3 RRULE:FREQ=DAILY;COUNT=2 {later}"))]));
    let recurs = recurs.await;
    let off =
        import(&town, file(&[("kor@a", &format!("SEQUENCE:4 STATUS:CANCELLED {later}"))])).await;

    assert_eq!(outcomes(&moved), [Outcome::Moved]);
    assert_eq!((reasons(&stale), reasons(&recurs)), (vec!["OUTDATED"], vec!["SERIES_CHANGED"]));
    assert_eq!(outcomes(&off), [Outcome::Cancelled]);
    let booked = town.get(&mut town.client(person("clerk")), &moved[0].name).await;
    assert_eq!(booked.state(), pb::BookingState::Cancelled);
    assert_eq!(booked.interval, crate::span("2026-12-02T17:00/19:00"));
}

#[tokio::test]
async fn a_dry_run_says_the_same_and_takes_nothing() {
    let town = town().await;
    let calendar =
        file(&[("a", CHOIR), ("b", CHOIR), ("c", &format!("RRULE:FREQ=WEEKLY;COUNT=3 {CHOIR}"))]);
    let dry = pb::ImportCalendarRequest {
        dry_run: true,
        request_id: String::new(),
        ..wanted(&town, calendar.clone())
    };
    let mut staff = town.calendars(person("clerk"), "staff");

    let would = staff.import_calendar(dry).await.unwrap().into_inner().events;
    let nothing = town.list(&mut town.staff(), &town.hall).await;
    let done = import(&town, calendar).await;

    assert_eq!(nothing, []);
    assert_eq!(outcomes(&would), [Outcome::Taken, Outcome::Refused, Outcome::Taken]);
    assert_eq!(outcomes(&done), outcomes(&would));
    assert_eq!((reasons(&would)[1], reasons(&done)[1]), ("TAKEN_IN_FILE", "TAKEN"));
    let skipped = |events: &[pb::ImportedEvent]| {
        events[2].skipped.iter().map(|date| date.start.clone()).collect::<Vec<_>>()
    };
    assert_eq!(skipped(&would), ["2026-12-01T18:00"]);
    assert_eq!(skipped(&done), skipped(&would));
}

#[tokio::test]
async fn each_event_that_cannot_be_taken_says_why() {
    let town = town().await;
    let mut kari = town.client(person("kari"));
    book(&town, &mut kari, &town.hall, "2026-12-01T17:00/19:00").await;
    let at = |time: &str| format!("DTSTART:{time} DURATION:PT1H");
    let weekly = "DTSTART:20261202T170000Z DURATION:PT1H RRULE:FREQ=WEEKLY";
    let cases = [
        (CHOIR.to_owned(), "TAKEN"),
        (at("20261122T100000Z"), "PAST"),
        (at("20301122T100000Z"), "TOO_FAR_AHEAD"),
        ("DTSTART;VALUE=DATE:20270101 DTEND;VALUE=DATE:20270301".to_owned(), "TOO_LONG"),
        (at("20270328T023000"), "NO_SUCH_LOCAL_TIME"),
        ("DTSTART;TZID=Middle/Earth:20261202T180000 DURATION:PT1H".to_owned(), "UNKNOWN_ZONE"),
        (weekly.to_owned(), "ENDLESS"),
        (format!("{weekly};COUNT=40"), "OTHER_ZONE"),
        (format!("{weekly};FREQ=DAILY"), "UNREADABLE"),
        ("DTSTART:20261202T170000Z".to_owned(), "UNREADABLE"),
        ("DTSTART:20261202T170000Z DTEND:20261202T160000Z".to_owned(), "UNREADABLE"),
        ("SUMMARY:x".to_owned(), "UNREADABLE"),
        ("DTSTART:20261202T170000Z DURATION:P1M".to_owned(), "UNREADABLE"),
        ("DTSTART:20261202T170000Z DURATION:PT1H RDATE:20261203T170000Z".to_owned(), "UNREADABLE"),
    ];
    let uids: Vec<_> = (0..cases.len()).map(|n| n.to_string()).collect();
    let events: Vec<_> =
        uids.iter().zip(&cases).map(|(uid, (rest, _))| (uid.as_str(), rest.as_str())).collect();

    let told = import(&town, file(&events)).await;

    for (told, (rest, expected)) in told.iter().zip(&cases) {
        let problem = told.problem.clone().unwrap_or_default();
        assert_eq!(problem.reason, *expected, "{rest}: {}", problem.message);
        assert_eq!(told.outcome(), Outcome::Refused);
    }
}

#[tokio::test]
async fn a_series_comes_in_with_its_exceptions_and_goes_out_again_as_it_was() {
    let town = town().await;
    let series = "DTSTART;TZID=W._Europe_Standard_Time:20270302T180000 \
                  DTEND;TZID=W._Europe_Standard_Time:20270302T200000 \
                  RRULE:FREQ=WEEKLY \
                  EXDATE;TZID=Europe/Oslo:20270316T180000 SUMMARY:Bridge";
    let moved = "RECURRENCE-ID;TZID=Europe/Oslo:20270323T180000 \
                 DTSTART;TZID=Europe/Oslo:20270324T190000 DURATION:PT2H SUMMARY:Bridge";
    let off = "RECURRENCE-ID;TZID=Europe/Oslo:20270330T180000 STATUS:CANCELLED \
               DTSTART;TZID=Europe/Oslo:20270330T180000 DURATION:PT2H";
    let calendar = file(&[("b", series), ("b", moved), ("b", off)]);
    let request = pb::ImportCalendarRequest {
        series_until: "2027-04-13".to_owned(),
        ..wanted(&town, calendar)
    };
    let mut staff = town.calendars(person("clerk"), "staff");

    let told = staff.import_calendar(request.clone()).await.unwrap().into_inner().events;
    let again = staff.import_calendar(request).await.unwrap().into_inner().events;

    assert_eq!(outcomes(&told), [Outcome::Taken, Outcome::Taken, Outcome::Cancelled], "{told:?}");
    assert_eq!(again, told, "a repeat of the request");
    let token = feed(&town, &mut staff, &town.hall).await.token;
    let shown = show(&mut staff, &token).await.calendar;
    assert_eq!(all(&shown, "RRULE"), ["RRULE:FREQ=WEEKLY;UNTIL=20270413T160000Z"]);
    assert_eq!(all(&shown, "EXDATE").len(), 3);
    assert!(shown.contains("DTSTART;TZID=Europe/Oslo:20270324T190000"));
}

#[tokio::test]
async fn only_staff_import_and_a_file_that_is_none_is_named_with_its_line() {
    let town = town().await;
    let calendar = file(&[("kor@a", CHOIR)]);
    let mut kari = town.calendars(person("kari"), "person");
    let mut staff = town.calendars(person("clerk"), "staff");

    let refused = kari.import_calendar(wanted(&town, calendar.clone())).await.unwrap_err();

    assert_eq!((refused.code(), &*reason(&refused)), (Code::PermissionDenied, "NOT_YOURS"));
    let many: Vec<_> = (0..2001).map(|_| ("u", CHOIR)).collect();
    let days = "DTSTART:20261202T170000 DURATION:PT1H RRULE:FREQ=DAILY;COUNT=999";
    let long: Vec<_> = (0..11).map(|_| ("u", days)).collect();
    for (calendar, problem) in [
        (String::new(), "must begin with BEGIN:VCALENDAR"),
        ("<html>".to_owned(), "must begin with BEGIN:VCALENDAR"),
        (calendar.replace("SUMMARY:", "SUMMARY "), "line 8"),
        (calendar.replace("END:VEVENT", "END:VTODO"), "line 9"),
        (calendar.replace("END:VCALENDAR\r\n", ""), "ends before its last END"),
        ("x".repeat(2 * 1024 * 1024 + 1), "longer than"),
        (file(&many), "more than 2000 events"),
        (file(&long), "more than 10000 dates"),
    ] {
        let refused = staff.import_calendar(wanted(&town, calendar)).await.unwrap_err();
        assert_eq!(refused.code(), Code::InvalidArgument);
        assert!(refused.message().starts_with("calendar "), "{refused:?}");
        assert!(refused.message().contains(problem), "{refused:?}");
    }
    let nowhere = town.hall.replace(&town.hall[town.hall.len() - 4..], "0000");
    let request = pb::ImportCalendarRequest { room: nowhere, ..wanted(&town, calendar.clone()) };
    assert_eq!(staff.import_calendar(request).await.unwrap_err().code(), Code::NotFound);
    let request =
        pb::ImportCalendarRequest { request_id: String::new(), ..wanted(&town, calendar) };
    let refused = staff.import_calendar(request).await.unwrap_err();
    assert!(refused.message().starts_with("request_id"), "{refused:?}");
}
