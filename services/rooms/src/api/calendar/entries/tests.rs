//! What files say, and what is asked for.

use dugnad_calendar::ical;
use jiff::civil::date;
use proptest::prelude::*;
use uuid::Uuid;

use super::*;

fn key(uid: &str, of: Option<DateTime>) -> EntryKey {
    EntryKey(Uuid::new_v5(&Uuid::nil(), format!("{uid} {of:?}").as_bytes()))
}

fn drafts(events: &str) -> Vec<Draft> {
    let home = TimeZone::get("Europe/Oslo").unwrap();
    let reader = Reader { home: &home, until: Some(date(2027, 6, 1)), key: &key };
    let file = ical::read(&format!("BEGIN:VCALENDAR\n{events}END:VCALENDAR"));
    file.map_or_else(|_| Vec::new(), |file| reader.drafts(file).unwrap_or_default())
}

fn event(lines: &str) -> String {
    format!("BEGIN:VEVENT\nUID:a\n{lines}\nEND:VEVENT\n")
}

fn asked(lines: &str) -> Result<What, &'static str> {
    let draft = drafts(&event(lines)).remove(0);
    draft.entry.map(|entry| entry.what).map_err(|problem| problem.reason)
}

fn span(start: &str, end: &str) -> Result<What, &'static str> {
    let span = Interval::new(start.parse().unwrap(), end.parse().unwrap()).unwrap();
    Ok(What::Once(When::Span(span)))
}

#[test]
fn a_day_is_by_the_calendar_and_an_hour_by_the_stopwatch() {
    // The clock is set forward in the night to 28 March 2027, and back in that to 31 October.
    let evening = "DTSTART;TZID=Europe/Oslo:20270327T230000";
    assert_eq!(
        asked(&format!("{evening}\nDURATION:PT5H")),
        span("2027-03-27T22:00:00Z", "2027-03-28T03:00:00Z")
    );
    assert_eq!(
        asked(&format!("{evening}\nDURATION:P1D")),
        span("2027-03-27T22:00:00Z", "2027-03-28T21:00:00Z")
    );
    assert_eq!(
        asked("DTSTART:20271031T023000\nDTEND:20271031T033000"),
        span("2027-10-31T00:30:00Z", "2027-10-31T02:30:00Z")
    );
    assert_eq!(asked("DTSTART:20270328T023000\nDURATION:PT1H"), Err("NO_SUCH_LOCAL_TIME"));
}

#[test]
fn one_whole_day_is_the_rooms_own_and_several_go_from_midnight_to_midnight() {
    let day = Ok(What::Once(When::Day(date(2027, 3, 28))));
    assert_eq!(asked("DTSTART;VALUE=DATE:20270328"), day);
    assert_eq!(asked("DTSTART;VALUE=DATE:20270328\nDTEND;VALUE=DATE:20270329"), day);
    assert_eq!(asked("DTSTART;VALUE=DATE:20270328\nDURATION:P1D"), day);
    assert_eq!(
        asked("DTSTART;VALUE=DATE:20270328\nDTEND;VALUE=DATE:20270330"),
        span("2027-03-27T23:00:00Z", "2027-03-29T22:00:00Z")
    );
    assert_eq!(asked("DTSTART;VALUE=DATE:20270328\nDTEND:20270328T120000Z"), Err("UNREADABLE"));
}

#[test]
fn a_rule_of_another_zone_is_taken_where_both_clocks_give_the_same_times() {
    let weekly = |start: &str, rule: &str| {
        asked(&format!("DTSTART{start}\nDURATION:PT2H\nRRULE:FREQ=WEEKLY{rule}"))
    };
    let Ok(What::Again(pattern)) = weekly(";TZID=Europe/Stockholm:20270302T180000", "") else {
        panic!("Stockholm's clock is Oslo's")
    };
    assert_eq!((pattern.start, pattern.minutes), (date(2027, 3, 2).at(18, 0, 0, 0), 120));
    assert_eq!(pattern.rrule, "FREQ=WEEKLY;UNTIL=20270601", "the importer's end");
    assert_eq!(weekly(":20270302T170000Z", ""), Err("OTHER_ZONE"));
    let Ok(What::Again(pattern)) = weekly(":20270302T170000Z", ";COUNT=3") else {
        panic!("the clock is not set within these three weeks")
    };
    assert_eq!(pattern.start, date(2027, 3, 2).at(18, 0, 0, 0));
    assert_eq!(weekly(";TZID=Europe/Helsinki:20270302T003000", ";BYDAY=TU"), Err("OTHER_ZONE"));
}

#[test]
fn a_date_that_the_file_moves_is_left_out_of_its_series() {
    let series = event("DTSTART:20270302T180000\nDURATION:PT2H\nRRULE:FREQ=WEEKLY;COUNT=4");
    let moved = event("RECURRENCE-ID:20270309T170000Z\nDTSTART:20270310T180000\nDURATION:PT2H");

    let mut drafts = drafts(&format!("{series}{moved}"));

    let (moved, series) = (drafts.remove(1).entry.unwrap(), drafts.remove(0).entry.unwrap());
    let What::Again(pattern) = &series.what else { panic!("{series:?}") };
    assert_eq!(pattern.exdates, [date(2027, 3, 9).at(18, 0, 0, 0)]);
    assert!(matches!(moved.what, What::Once(_)) && moved.key != series.key);
}

#[test]
fn an_event_that_comes_twice_is_refused_the_second_time() {
    let event = event("DTSTART:20270302T180000Z\nDURATION:PT2H");

    let drafts = drafts(&format!("{event}{event}"));

    assert!(drafts[0].entry.is_ok());
    assert_eq!(drafts[1].entry.as_ref().unwrap_err().reason, "UNREADABLE");
}

/// Lines that fit together more often than not.
fn line() -> impl Strategy<Value = String> {
    let zone = "(;TZID=(Europe/Oslo|UTC|Asia/Kathmandu|Pacific/Apia))?";
    let time = "([0129][0-9]{3}(0[1-9]|1[0-2])([0-2][1-9])(T([01][0-9])[0-5][0-9]00Z?)?)";
    let rule = "FREQ=(DAILY|WEEKLY|MONTHLY|YEARLY|SECONDLY);?(COUNT=[0-9]{1,4})?";
    let timed = ("(DTSTART|DTEND|EXDATE|RECURRENCE-ID)", zone, time);
    prop_oneof![
        timed.prop_map(|(name, zone, time)| format!("{name}{zone}:{time}")),
        rule.prop_map(|rule| format!("RRULE:{rule}")),
        "-?P([0-9]{1,9}[WD])?(T[0-9]{1,9}[HMS])?".prop_map(|length| format!("DURATION:{length}")),
        Just("STATUS:CANCELLED".to_owned()),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 128, ..ProptestConfig::default() })]

    #[test]
    fn whatever_a_file_says_each_event_is_asked_for_or_told_why_not(
        events in prop::collection::vec(prop::collection::vec(line(), 1..6), 1..4),
    ) {
        let text: String = events.iter().map(|lines| event(&lines.join("\n"))).collect();

        for draft in drafts(&text) {
            if let Ok(Entry { what: What::Again(pattern), .. }) = draft.entry {
                prop_assert!((1..=LONGEST_OF_A_SERIES_MINUTES).contains(&pattern.minutes));
            }
        }
    }
}
