//! Strangers' calendar files: what is understood, and that nothing in them breaks the reader.
#![allow(clippy::unwrap_used, reason = "what fails here is the finding")]

use dugnad_calendar::{
    Interval,
    ical::{Calendar, End, Event, Foreign, NotACalendar, Status, Time, When, read},
};
use jiff::{SignedDuration, Timestamp, civil::date};
use proptest::prelude::*;

fn file(event: &str) -> String {
    format!("BEGIN:VCALENDAR\nBEGIN:VEVENT\n{event}\nEND:VEVENT\nEND:VCALENDAR\n")
}

fn one(event: &str) -> Foreign {
    read(&file(event)).unwrap().remove(0).unwrap()
}

#[test]
fn an_event_is_read_as_programs_write_it() {
    let event = one(
        "uid:a\\,b\nSEQUENCE:3\nDTSTART;TZID=\"W. Europe Standard Time\":20261201T1800\n 00\n\
        DURATION:P1DT2H\nRRULE:FREQ=DAILY;COUNT=2\nEXDATE:20261202T170000Z,20261203T170000Z\n\
        BEGIN:VALARM\nUID:other\nDTSTART:x\nEND:VALARM\nSUMMARY;LANGUAGE=no:Kor\\, kaker\\nog kaffe",
    );

    let at = date(2026, 12, 1).at(18, 0, 0, 0);
    assert!(matches!(&event.start, Time::Zoned(start, _) if *start == at), "{event:?}");
    assert_eq!((event.uid.as_str(), event.sequence, event.line), ("a,b", 3, 2));
    assert_eq!(event.end, End::After(1, SignedDuration::from_hours(2)));
    assert_eq!(event.rrule.as_deref(), Some("FREQ=DAILY;COUNT=2"));
    assert_eq!((event.exdates.len(), event.summary.as_str()), (2, "Kor, kaker\nog kaffe"));
}

#[test]
fn what_is_wrong_with_one_event_is_that_events() {
    for (event, property) in [
        ("DTSTART:20261201T180000Z", "UID"),
        ("UID:a", "DTSTART"),
        ("UID:a\nDTSTART:tomorrow", "DTSTART"),
        ("UID:a\nDTSTART;TZID=Middle/Earth:20261201T180000", "TZID"),
        ("UID:a\nDTSTART:20261201\nDTEND:x", "DTEND"),
        ("UID:a\nDTSTART:20261201\nDTEND:20261202\nDURATION:P1D", "DURATION"),
        ("UID:a\nDTSTART:20261201\nDURATION:-PT1H", "DURATION"),
        ("UID:a\nDTSTART:20261201\nSEQUENCE:-1", "SEQUENCE"),
        ("UID:a\nDTSTART:20261201\nEXDATE:20261201,x", "EXDATE"),
        ("UID:a\nDTSTART:20261201\nRDATE:20261205", "RDATE"),
        ("UID:a\nDTSTART:20261201\nRRULE:FREQ=DAILY\nRRULE:FREQ=DAILY", "RRULE"),
        ("UID:a\nDTSTART:20261201\nRECURRENCE-ID;RANGE=THISANDFUTURE:20261201", "RECURRENCE-ID"),
    ] {
        let text = file(event).replace(
            "END:VCALENDAR",
            "BEGIN:VEVENT\nUID:b\nDTSTART:20270101\nEND:VEVENT\nEND:VCALENDAR",
        );

        let events = read(&text).unwrap();

        assert_eq!(events[0].as_ref().unwrap_err().property, property, "{event}");
        assert_eq!(events[1].as_ref().unwrap().uid, "b");
    }
}

#[test]
fn a_file_that_is_no_calendar_is_refused_whole() {
    let deep = "BEGIN:X\n".repeat(9);
    for (text, problem) in [
        ("", "BEGIN:VCALENDAR"),
        ("hello", "BEGIN:VCALENDAR"),
        ("BEGIN:VEVENT\nEND:VEVENT", "line 1"),
        ("BEGIN:VCALENDAR\nEND:VEVENT", "line 2"),
        ("BEGIN:VCALENDAR", "ends before"),
        ("BEGIN:VCALENDAR\n\nhello\nEND:VCALENDAR", "line 3"),
        ("BEGIN:VCALENDAR\nEND:VCALENDAR\nX:y", "line 3"),
        (&format!("BEGIN:VCALENDAR\n{deep}"), "too deep"),
        (&format!("BEGIN:VCALENDAR\nX:{}", "y".repeat(70_000)), "too long"),
        (&file(&"X:y\n".repeat(2_001)), "too many lines"),
    ] {
        let refused: NotACalendar = read(text).unwrap_err();
        assert!(refused.to_string().contains(problem), "{text:.40}: {refused}");
    }
    assert_eq!(read("\u{feff}BEGIN:VCALENDAR\r\nEND:VCALENDAR"), Ok(Vec::new()));
}

/// Lines that a program may write, and others.
fn line() -> impl Strategy<Value = String> {
    let names = "(BEGIN|END|UID|DTSTART|DTEND|DURATION|RRULE|EXDATE|RECURRENCE-ID|SEQUENCE|STATUS)";
    let values = "(VCALENDAR|VEVENT|[0-9]{8}|[0-9]{8}T[0-9]{6}Z?|-?P[0-9]{1,20}[WDHMS]|PT[0-9]{1,20}[HMS]\
                  |FREQ=(DAILY|SECONDLY|YEARLY);?(COUNT=[0-9]{1,12}|BYSETPOS=-1)?|99999999999|[ -~æ]{0,20})";
    let zone = "(;TZID=(Europe/Oslo|UTC|[ -~]{0,20}))?(;VALUE=DATE)?";
    (names, zone, values).prop_map(|(name, zone, value)| format!("{name}{zone}:{value}"))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 128, ..ProptestConfig::default() })]

    #[test]
    fn no_text_breaks_the_reader(text in ".{0,400}") {
        let _ = read(&text);
    }

    #[test]
    fn no_lines_break_the_reader(lines in prop::collection::vec(line(), 0..20)) {
        let _ = read(&lines.join("\n"));
        let _ = read(&file(&format!("UID:a\nDTSTART:20261201\n{}", lines.join("\n"))));
    }

    #[test]
    fn what_is_written_reads_back(
        uid in "[^\\p{Cc}\\s]{1,60}", summary in "[^\\p{Cc}]{0,200}", sequence: u32,
        start in 946_684_800i64..7_258_118_400, seconds in 1i64..1_000_000,
    ) {
        let at = |second| Timestamp::from_second(second).unwrap();
        let span = Interval::new(at(start), at(start + seconds)).unwrap();
        let event = Event {
            uid: uid.clone(),
            sequence,
            status: Status::Cancelled,
            zone: "Europe/Oslo".to_owned(),
            when: When::Once(span),
            summary: summary.clone(),
            description: summary.clone(),
            location: String::new(),
        };
        let calendar = Calendar {
            name: &summary, source: None, color: "red", refresh_hours: 1, events: &[event],
        };

        let text = calendar.text(at(start));
        let back = read(&text).unwrap().remove(0).unwrap();

        prop_assert!(text.split("\r\n").all(|line| line.len() <= 75));
        prop_assert_eq!((&back.uid, back.sequence, back.cancelled), (&uid, sequence, true));
        prop_assert_eq!(&back.summary, &summary);
        let home = jiff::tz::TimeZone::UTC;
        let End::At(end) = &back.end else { panic!("{back:?}") };
        prop_assert_eq!(back.start.instant(&home), Some(span.start()));
        prop_assert_eq!(end.instant(&home), Some(span.end()));
    }
}
