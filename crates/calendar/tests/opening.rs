//! Opening hours: ordinary weeks, exceptions, both ends of daylight saving time, and the journal's
//! form.
#![allow(clippy::unwrap_used)] // helpers of tests

use std::collections::BTreeMap;

use dugnad_calendar::{
    Closed, Exception, Interval, IntervalError, LocalWindow, LocalWindowError, OpeningHours,
};
use jiff::{Timestamp, civil::date, tz::TimeZone};
use proptest::prelude::*;

#[test]
fn a_weekday_house_is_open_on_weekdays() {
    let house = weekdays(&["08:00-22:00"]);

    let open = open(&house, "2026-11-20T12:00+01", "2026-11-24T00:00+01"); // Friday to Monday night

    assert_eq!(open, ["2026-11-20T11:00Z/21:00", "2026-11-23T07:00Z/21:00"]);
}

#[test]
fn windows_that_meet_at_midnight_or_overlap_are_one() {
    let house = every_day(&["18:00-24:00", "00:00-02:00", "01:00-03:00"]);

    let open = open(&house, "2026-11-20T00:00+01", "2026-11-21T12:00+01");

    assert_eq!(open, ["2026-11-19T23:00Z/02:00", "2026-11-20T17:00Z/02:00"]);
}

#[test]
fn an_exception_takes_the_place_of_the_weekday() {
    let mut house = every_day(&["08:00-22:00"]);
    except(&mut house, date(2026, 12, 24), &[], "Christmas Eve");
    except(&mut house, date(2026, 12, 25), &["12:00-14:00"], "");

    let found = open(&house, "2026-12-24T00:00+01", "2026-12-26T00:00+01");
    let outcome = house.covers(&oslo(), span("2026-12-23T20:00+01", "2026-12-24T10:00+01"));
    let eve = house.covers(&oslo(), span("2026-12-24T09:00+01", "2026-12-24T10:00+01"));

    assert_eq!(found, ["2026-12-25T11:00Z/13:00"]);
    assert_eq!(outcome, Err(Closed { date: date(2026, 12, 23), reason: String::new() }));
    assert_eq!(eve, Err(Closed { date: date(2026, 12, 24), reason: "Christmas Eve".into() }));
    assert_eq!(eve.unwrap_err().to_string(), "closed on 2026-12-24: Christmas Eve");
}

#[test]
fn without_a_week_it_is_always_open_save_for_exceptions() {
    let mut house = OpeningHours::default();
    assert_eq!(house.covers(&oslo(), span("2026-12-01T00:00+01", "2027-12-01T00:00+01")), Ok(()));

    except(&mut house, date(2026, 12, 24), &[], "Christmas Eve");

    let found = open(&house, "2026-12-01T00:00+01", "2026-12-31T00:00+01");
    assert_eq!(found, ["2026-11-30T23:00Z/23:00", "2026-12-24T23:00Z/23:00"]);
}

#[test]
fn the_days_of_23_and_25_hours_are_open_all_day() {
    let house = every_day(&["00:00-24:00"]);
    for (day, next, hours) in [
        ("2026-03-29T00:00+01", "2026-03-30T00:00+02", 23),
        ("2026-10-25T00:00+02", "2026-10-26T00:00+01", 25),
    ] {
        let day = span(day, next);
        assert_eq!(house.open_within(&oslo(), day), [day]);
        assert_eq!(day.seconds(), hours * 3600);
    }
}

#[test]
fn an_edge_that_the_clock_jumps_over_is_the_jump() {
    let opens_in_the_gap = every_day(&["02:30-12:00"]);
    let closes_in_the_gap = every_day(&["00:00-02:30"]);
    let inside_the_gap = every_day(&["02:10-02:50"]);
    let night = ("2026-03-29T00:00+01", "2026-03-30T00:00+02");

    assert_eq!(open(&opens_in_the_gap, night.0, night.1), ["2026-03-29T01:00Z/10:00"]);
    assert_eq!(open(&closes_in_the_gap, night.0, night.1), ["2026-03-28T23:00Z/01:00"]);
    assert!(open(&inside_the_gap, night.0, night.1).is_empty());
}

#[test]
fn an_edge_that_the_clock_shows_twice_leaves_no_hole() {
    let opens_twice = every_day(&["02:30-12:00"]);
    let closes_twice = every_day(&["00:00-02:30"]);
    let night = ("2026-10-25T00:00+02", "2026-10-26T00:00+01");

    assert_eq!(open(&opens_twice, night.0, night.1), ["2026-10-25T00:30Z/11:00"]);
    assert_eq!(open(&closes_twice, night.0, night.1), ["2026-10-24T22:00Z/01:30"]);
}

#[test]
fn a_clock_set_back_past_midnight_or_a_whole_day_left_out_is_told_right() {
    let st_johns = TimeZone::get("America/St_Johns").unwrap(); // 2010-11-07 00:01 became 23:01
    let samoa = TimeZone::get("Pacific/Apia").unwrap(); // 2011-12-30 never was
    let evening = every_day(&["23:30-24:00"]);

    let second_pass = span("2010-11-07T00:00:30-02:30", "2010-11-07T00:00-03:30");
    assert!(!evening.open_within(&st_johns, second_pass).is_empty());

    let around = span("2011-12-30T09:00Z", "2011-12-30T11:00Z");
    assert_eq!(every_day(&["00:00-24:00"]).open_within(&samoa, around), [around]);
}

#[test]
fn what_is_no_window_or_interval_is_refused_also_in_bytes() {
    for (opens, closes) in [("8:00", "22:00"), ("08:60", "22:00"), ("08:00", "24:01"), ("", "")] {
        assert_eq!(LocalWindow::parse(opens, closes), Err(LocalWindowError::TimeOfDay));
    }
    assert_eq!(LocalWindow::parse("22:00", "02:00"), Err(LocalWindowError::Empty));
    assert_eq!(LocalWindow::new(0, 1441), Err(LocalWindowError::TimeOfDay));
    assert_eq!(LocalWindow::parse("08:00", "24:00").unwrap().to_string(), "08:00-24:00");
    assert!(serde_json::from_str::<LocalWindow>("[1380,120]").is_err());
    assert!(serde_json::from_str::<LocalWindow>("[0,1441]").is_err());

    let (noon, half_past) = (Timestamp::UNIX_EPOCH, Timestamp::new(1, 500_000_000).unwrap());
    assert_eq!(Interval::new(noon, noon), Err(IntervalError::Empty));
    assert_eq!(Interval::new(noon, half_past), Err(IntervalError::Fraction));
    assert!(serde_json::from_str::<Interval>("[10,5]").is_err());
    assert!(serde_json::from_str::<Interval>("[0,9223372036854775807]").is_err());
}

#[test]
fn the_journal_keeps_an_interval_as_two_numbers_and_a_window_as_two_minutes() {
    let interval = span("2026-11-20T00:00Z", "2026-11-20T01:00Z");
    let mut house = weekdays(&["08:00-22:00"]);
    except(&mut house, date(2026, 12, 24), &[], "Christmas Eve");

    let text = serde_json::to_string(&interval).unwrap();
    let bytes = rmp_serde::to_vec_named(&house).unwrap();

    assert_eq!(text, "[1795132800,1795136400]");
    assert_eq!(serde_json::from_str::<Interval>(&text).unwrap(), interval);
    assert_eq!(rmp_serde::from_slice::<OpeningHours>(&bytes).unwrap(), house);
    assert_eq!(
        serde_json::to_string(&house).unwrap(),
        "{\"week\":[[[480,1320]],[[480,1320]],[[480,1320]],[[480,1320]],[[480,1320]],[],[]],\
         \"exceptions\":{\"2026-12-24\":{\"windows\":[],\"reason\":\"Christmas Eve\"}}}"
    );
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    /// The definition, minute by minute, against the arithmetic. Minutes the clock shows twice are
    /// left out: there a window has no hole, by decision.
    #[test]
    fn a_minute_is_open_exactly_when_its_local_time_lies_in_a_window(
        windows in prop::collection::vec((0u16..1440, 1u16..=1440), 0..4),
        zone in prop::sample::select(vec![
            "Europe/Oslo", "America/St_Johns", "Australia/Lord_Howe", "Africa/Cairo", "UTC",
        ]),
        start in 0i64..2_500_000_000,
        minutes in 1i64..4000,
    ) {
        let windows: Vec<LocalWindow> =
            windows.into_iter().filter_map(|(o, c)| LocalWindow::new(o, c).ok()).collect();
        let zone = TimeZone::get(zone).unwrap();
        let house = OpeningHours {
            week: Some(std::array::from_fn(|_| windows.clone())),
            exceptions: BTreeMap::new(),
        };
        let start = start - start.rem_euclid(60);
        let span = Interval::try_from((start, start + minutes * 60)).unwrap();

        let open = house.open_within(&zone, span);

        for second in (start..start + minutes * 60).step_by(60) {
            let at = Timestamp::from_second(second).unwrap();
            let local = zone.to_datetime(at);
            if zone.to_ambiguous_timestamp(local).is_ambiguous() {
                continue;
            }
            let minute = local.hour() as u16 * 60 + local.minute() as u16;
            let expected = windows.iter().any(|w| (w.opens()..w.closes()).contains(&minute));
            let found = open.iter().any(|o| o.start() <= at && at < o.end());
            prop_assert_eq!(found, expected, "{}", local);
        }
        prop_assert!(open.windows(2).all(|pair| pair[0].end() < pair[1].start()));
    }
}

fn oslo() -> TimeZone {
    TimeZone::get("Europe/Oslo").unwrap()
}

fn span(start: &str, end: &str) -> Interval {
    let at = |text: &str| match text.parse() {
        Ok(at) => at,
        Err(_) => format!("{text}:00").parse().unwrap(),
    };
    Interval::new(at(start), at(end)).unwrap()
}

fn windows(texts: &[&str]) -> Vec<LocalWindow> {
    let parse = |text: &&str| text.split_once('-').map(|(o, c)| LocalWindow::parse(o, c).unwrap());
    texts.iter().filter_map(parse).collect()
}

fn every_day(texts: &[&str]) -> OpeningHours {
    let week = std::array::from_fn(|_| windows(texts));
    OpeningHours { week: Some(week), exceptions: BTreeMap::new() }
}

fn weekdays(texts: &[&str]) -> OpeningHours {
    let week = std::array::from_fn(|day| if day < 5 { windows(texts) } else { Vec::new() });
    OpeningHours { week: Some(week), exceptions: BTreeMap::new() }
}

fn except(house: &mut OpeningHours, day: jiff::civil::Date, texts: &[&str], reason: &str) {
    let exception = Exception { windows: windows(texts), reason: reason.into() };
    house.exceptions.insert(day, exception);
}

fn open(house: &OpeningHours, start: &str, end: &str) -> Vec<String> {
    house
        .open_within(&oslo(), span(start, end))
        .iter()
        .map(|o| format!("{}Z/{}", o.start().strftime("%Y-%m-%dT%H:%M"), o.end().strftime("%H:%M")))
        .collect()
}
