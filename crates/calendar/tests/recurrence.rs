//! Recurrence in a zone: the examples of RFC 5545, both ends of daylight saving time, and
//! strangers' rules.
#![allow(clippy::unwrap_used)] // helpers of tests

use dugnad_calendar::{Occurrence, RecurrenceError, expand, expand_first};
use jiff::{Timestamp, civil::DateTime, tz::TimeZone};
use proptest::prelude::*;

const OSLO: &str = "Europe/Oslo";

#[test]
fn the_examples_of_rfc_5545_give_the_dates_it_prints() {
    let zone = TimeZone::get("America/New_York").unwrap();
    for example in include_str!("golden/rfc5545.txt").lines().filter(|line| !line.starts_with('#'))
    {
        let parts: Vec<&str> = example.split('|').map(str::trim).collect();
        let start: DateTime = parts[0].parse().unwrap();
        let goes_on = parts[2].ends_with("...");
        let expected: Vec<DateTime> = parts[2]
            .split(' ')
            .filter(|date| *date != "...")
            .map(|date| date.parse().unwrap())
            .map(|date: DateTime| match date.time() == jiff::civil::Time::midnight() {
                true => date.date().to_datetime(start.time()),
                false => date,
            })
            .collect();

        let dates = match goes_on {
            true => expand_first(start, &zone, parts[1], &[], expected.len()),
            false => expand(start, &zone, parts[1], &[], 100),
        };

        let placed: Vec<Occurrence> = expected
            .iter()
            .map(|local| Occurrence::At(*local, local.to_zoned(zone.clone()).unwrap().timestamp()))
            .collect();
        assert_eq!(dates, Ok(placed), "{example}");
    }
}

#[test]
fn a_weekly_hour_stays_the_same_on_the_clock_across_both_changes() {
    assert_eq!(
        oslo("2026-03-22T18:00", "FREQ=WEEKLY;COUNT=2"),
        ["2026-03-22T18:00+01", "2026-03-29T18:00+02"]
    );
    assert_eq!(
        oslo("2026-10-18T18:00", "FREQ=WEEKLY;COUNT=2"),
        ["2026-10-18T18:00+02", "2026-10-25T18:00+01"]
    );
}

#[test]
fn a_time_the_clock_jumps_over_is_told_and_not_counted() {
    assert_eq!(
        oslo("2026-03-28T02:30", "FREQ=DAILY;COUNT=3"),
        [
            "2026-03-28T02:30+01",
            "2026-03-29T02:30 no such time",
            "2026-03-30T02:30+02",
            "2026-03-31T02:30+02"
        ]
    );
}

#[test]
fn a_time_the_clock_jumps_over_takes_no_place_in_bysetpos() {
    let rule = "FREQ=DAILY;COUNT=2;BYHOUR=1,2,4;BYSETPOS=2";
    assert_eq!(oslo("2026-03-28T00:00", rule), ["2026-03-28T02:00+01", "2026-03-29T04:00+02"]);
}

#[test]
fn a_time_the_clock_shows_twice_means_the_first() {
    assert_eq!(
        oslo("2026-10-24T02:30", "FREQ=DAILY;COUNT=3"),
        ["2026-10-24T02:30+02", "2026-10-25T02:30+02", "2026-10-26T02:30+01"]
    );
}

#[test]
fn until_is_an_instant_a_local_time_or_a_whole_local_day() {
    let nights = ["2026-10-24T02:30+02", "2026-10-25T02:30+02"];
    for (until, dates) in [
        ("20261025T003000Z", 2), // the first 02:30
        ("20261025T002959Z", 1),
        ("20261025T013000Z", 2), // the second
        ("20261025T023000", 2),
        ("20261025T022959", 1),
        ("20261025", 2),
        ("20261024", 1),
    ] {
        let rule = format!("FREQ=DAILY;UNTIL={until}");
        assert_eq!(oslo("2026-10-24T02:30", &rule), nights[..dates], "{until}");
    }
}

#[test]
fn the_start_is_a_date_only_if_the_rule_gives_it() {
    assert_eq!(
        oslo("2026-12-01T18:00", "FREQ=WEEKLY;BYDAY=WE;COUNT=2"),
        ["2026-12-02T18:00+01", "2026-12-09T18:00+01"]
    );
}

#[test]
fn an_excluded_date_is_left_out_but_counted() {
    let zone = TimeZone::get(OSLO).unwrap();
    let start: DateTime = "2026-12-01T18:00".parse().unwrap();
    let excluded = ["2026-12-08T18:00".parse().unwrap(), "2026-12-09T18:00".parse().unwrap()];

    let dates = expand(start, &zone, "FREQ=WEEKLY;COUNT=3", &excluded, 10).unwrap();

    assert_eq!(told(&dates), ["2026-12-01T18:00+01", "2026-12-15T18:00+01"]);
}

#[test]
fn more_dates_than_the_limit_or_no_end_at_all_is_an_error() {
    let endless = Err(RecurrenceError::Endless { limit: 3 });
    let zone = TimeZone::get(OSLO).unwrap();
    let expand = |rule| expand("2026-12-01T18:00".parse().unwrap(), &zone, rule, &[], 3);

    assert_eq!(expand("FREQ=DAILY;COUNT=4"), endless);
    assert_eq!(expand("FREQ=DAILY"), endless);
    assert_eq!(expand("FREQ=DAILY;COUNT=3").map(|dates| dates.len()), Ok(3));
}

#[test]
fn a_rule_that_would_take_for_ever_ends_in_an_error() {
    let hours = (0..24).map(|n| n.to_string()).collect::<Vec<_>>().join(",");
    for (rule, expected) in [
        ("FREQ=SECONDLY;COUNT=1000000000".to_owned(), Err(())),
        ("FREQ=SECONDLY;BYMONTH=2;BYMONTHDAY=30;COUNT=1".to_owned(), Err(())),
        ("FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30;COUNT=1".to_owned(), Err(())),
        ("FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30;COUNT=1".to_owned(), Err(())),
        ("FREQ=SECONDLY;INTERVAL=3600;BYMINUTE=30;COUNT=1".to_owned(), Err(())),
        ("FREQ=YEARLY;INTERVAL=4294967295;COUNT=9".to_owned(), Ok(1)),
        ("FREQ=SECONDLY;INTERVAL=4294967295;BYSECOND=1;COUNT=9".to_owned(), Ok(0)),
        (format!("FREQ=YEARLY;BYYEARDAY=1,2;BYHOUR={hours};COUNT=1000000"), Err(())),
        ("FREQ=WEEKLY;BYDAY=MO,TU,WE;BYHOUR=0;BYSETPOS=366;COUNT=1".to_owned(), Err(())),
        ("FREQ=DAILY;UNTIL=99991231T235959Z".to_owned(), Err(())),
    ] {
        let zone = TimeZone::get(OSLO).unwrap();
        let dates = expand("2026-12-01T18:00".parse().unwrap(), &zone, &rule, &[], 1000);
        match expected {
            Ok(count) => assert_eq!(dates.map(|d| d.len()), Ok(count), "{rule}"),
            Err(()) => assert_eq!(dates, Err(RecurrenceError::Endless { limit: 1000 }), "{rule}"),
        }
    }
}

#[test]
fn what_is_no_rule_is_an_error_that_says_why() {
    let long = format!("FREQ=DAILY;BYHOUR={}", "1,".repeat(1000));
    for (rule, why) in [
        ("", "NAME=VALUE"),
        ("FREQ", "NAME=VALUE"),
        ("COUNT=1", "FREQ is missing"),
        ("FREQ=FORTNIGHTLY", "frequency"),
        ("FREQ=DAILY;COUNT=0", "at least 1"),
        ("FREQ=DAILY;COUNT=-1", "number"),
        ("FREQ=DAILY;COUNT=+1", "number"),
        ("FREQ=DAILY;COUNT=99999999999", "number"),
        ("FREQ=DAILY;INTERVAL=0", "at least 1"),
        ("FREQ=DAILY;COUNT=1;COUNT=2", "twice"),
        ("FREQ=DAILY;COUNT=1;FREQ=DAILY", "twice"),
        ("FREQ=DAILY;BYHOUR=24", "0 to 23"),
        ("FREQ=DAILY;BYMONTH=", "number"),
        ("FREQ=MONTHLY;BYDAY=ÅÅ", "weekday"),
        ("FREQ=MONTHLY;BYDAY=MÅ", "weekday"),
        ("FREQ=MONTHLY;BYDAY=0MO", "1 to 53"),
        ("FREQ=MONTHLY;BYDAY=54MO", "1 to 53"),
        ("FREQ=YEARLY;BYSETPOS=0;BYDAY=MO", "1 to 366"),
        ("FREQ=DAILY;UNTIL=20260230", "UNTIL"),
        ("FREQ=DAILY;UNTIL=2026-02-03", "UNTIL"),
        ("FREQ=DAILY;UNTIL=20260203T250000Z", "UNTIL"),
        ("FREQ=DAILY;UNTIL=20260203TZ", "UNTIL"),
        ("FREQ=DAILY;RSCALE=CHINESE", "RSCALE"),
        (&long, "longer"),
    ] {
        let zone = TimeZone::get(OSLO).unwrap();
        match expand("2026-12-01T18:00".parse().unwrap(), &zone, rule, &[], 10) {
            Err(RecurrenceError::Rule(said)) => assert!(said.contains(why), "{rule}: {said}"),
            other => panic!("{rule}: {other:?}"),
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(100))]

    #[test]
    fn no_string_makes_it_panic(
        rule in prop_oneof![".{0,80}", "FREQ=[A-Z]{1,8}(;[A-Z]{1,10}=[0-9A-Z,+-]{0,12}){0,5}"],
    ) {
        let zone = TimeZone::get(OSLO).unwrap();
        let _ = expand_first("2026-12-01T18:00".parse().unwrap(), &zone, &rule, &[], 10);
    }

    #[test]
    fn dates_come_in_order_each_once_and_as_the_clock_shows_them(
        rule in plausible_rule(),
        start in prop_oneof![0i64..4_000_000_000, -377_000_000_000i64..253_000_000_000],
    ) {
        let zone = TimeZone::get(OSLO).unwrap();
        let start = zone.to_datetime(Timestamp::from_second(start).unwrap());

        let Ok(dates) = expand_first(start, &zone, &rule, &[], 50) else { return Ok(()) };

        let mut before = None;
        for date in &dates {
            let local = match date {
                Occurrence::At(local, at) => {
                    prop_assert_eq!(zone.to_datetime(*at), *local);
                    local
                }
                Occurrence::NoSuchLocalTime(local) => local,
            };
            prop_assert!(*local >= start && Some(local) > before);
            before = Some(local);
        }
    }
}

fn plausible_rule() -> impl Strategy<Value = String> {
    let part = |name: &'static str, values: &'static str| {
        prop::option::of(values).prop_map(move |v| v.map(|v| format!(";{name}={v}")))
    };
    let list = |numbers: &str| format!("({numbers})(,({numbers})){{0,3}}");
    let list = |numbers: &str| &*Box::leak(list(numbers).into_boxed_str());
    (
        "(YEARLY|MONTHLY|WEEKLY|DAILY|HOURLY|MINUTELY|SECONDLY)",
        part("INTERVAL", "[1-9][0-9]{0,8}"),
        part("BYMONTH", list("[1-9]|1[0-2]")),
        part("BYMONTHDAY", list("-?([1-9]|[12][0-9]|3[01])")),
        part("BYDAY", list("(-?[1-5])?(MO|TU|WE|TH|FR|SA|SU)")),
        part("BYWEEKNO", list("-?([1-9]|[1-4][0-9]|5[0-3])")),
        part("BYHOUR", list("[0-9]|1[0-9]|2[0-3]")),
        part("BYSETPOS", list("-?([1-9]|[1-9][0-9])")),
    )
        .prop_map(|(freq, a, b, c, d, e, f, g)| {
            [a, b, c, d, e, f, g].into_iter().flatten().fold(format!("FREQ={freq}"), |r, p| r + &p)
        })
}

fn oslo(start: &str, rule: &str) -> Vec<String> {
    let zone = TimeZone::get(OSLO).unwrap();
    told(&expand(start.parse().unwrap(), &zone, rule, &[], 100).unwrap())
}

fn told(dates: &[Occurrence]) -> Vec<String> {
    let zone = TimeZone::get(OSLO).unwrap();
    let minute = |local: &DateTime| local.strftime("%Y-%m-%dT%H:%M").to_string();
    dates
        .iter()
        .map(|date| match date {
            Occurrence::At(local, at) => format!("{}{}", minute(local), zone.to_offset(*at)),
            Occurrence::NoSuchLocalTime(local) => format!("{} no such time", minute(local)),
        })
        .collect()
}
