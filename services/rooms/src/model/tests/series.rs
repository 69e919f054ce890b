//! Series: dates that cannot be had, both ends of summer time, cancelling and erasing.

use dugnad_events::rooms::Pattern;

use super::*;
use crate::model::{ClashPolicy, SeriesView};

fn pattern(start: &str, minutes: u16, rrule: &str) -> Pattern {
    let (start, rrule) = (start.parse().unwrap(), rrule.to_owned());
    Pattern { start, minutes, rrule, exdates: Vec::new() }
}

fn book_series(room: &str, pattern: Pattern, clashes: ClashPolicy) -> Command {
    let (room, details) = (room_name(room), details_of("kari"));
    Command::BookSeries { room, pattern, details, clashes, application: Box::default() }
}

fn tuesdays() -> Pattern {
    pattern("2026-12-01T18:00", 120, "FREQ=WEEKLY;COUNT=4")
}

impl Town {
    /// Books a series and reads it back.
    fn series(&mut self, pattern: Pattern, clashes: ClashPolicy) -> SeriesView {
        let events = self.when(book_series("hall", pattern, clashes)).unwrap();
        let Event::SeriesBooked { series, .. } = &events[0] else { panic!("{events:?}") };
        self.state.series(*series).unwrap()
    }
}

fn spans(series: &SeriesView) -> Vec<Interval> {
    series.bookings.iter().map(|booking| booking.span).collect()
}

fn skipped(series: &SeriesView) -> Vec<(String, &str)> {
    series.skipped.iter().map(|date| (date.start.to_string(), date.reason.as_str())).collect()
}

#[test]
fn one_clash_refuses_a_series_that_is_all_or_nothing() {
    let mut town = hall_and([booked("choir", "north", "2026-12-08T19:00/20:00")]);

    let outcome = town.when(book_series("hall", tuesdays(), ClashPolicy::AllOrNothing));

    assert_refused!(
        outcome,
        Refusal::SeriesClash { dates }
            if dates.len() == 1 && dates[0].reason == "TAKEN"
                && dates[0].start == "2026-12-08T18:00".parse().unwrap()
    );
}

#[test]
fn a_series_that_skips_leaves_out_the_clash_and_says_why() {
    let mut town = hall_and([booked("choir", "north", "2026-12-08T19:00/20:00")]);

    let series = town.series(tuesdays(), ClashPolicy::Skip);

    assert_eq!(
        spans(&series),
        ["2026-12-01T18:00/20:00", "2026-12-15T18:00/20:00", "2026-12-22T18:00/20:00"].map(span)
    );
    assert_eq!(skipped(&series), [("2026-12-08T18:00:00".to_owned(), "TAKEN")]);
    assert!(series.skipped[0].message.contains(&booking_id("choir").to_string()));
    assert_eq!(series.bookings[0].details, Some(details_of("kari")));
}

#[test]
fn a_series_with_no_date_left_is_refused_also_when_it_skips() {
    let mut town = hall_and([]).at("2027-02-01T12:00");

    let outcome = town.when(book_series("hall", tuesdays(), ClashPolicy::Skip));

    assert_refused!(outcome, Refusal::SeriesClash { dates } if dates.len() == 4 && dates[0].reason == "PAST");
}

#[test]
fn closed_days_are_left_out_with_their_reason() {
    let mut town = given([school(evenings()), room("hall")]);
    let daily = pattern("2026-12-23T18:00", 60, "FREQ=DAILY;COUNT=3");

    let series = town.series(daily, ClashPolicy::Skip);

    assert_eq!(skipped(&series), [("2026-12-24T18:00:00".to_owned(), "CLOSED")]);
    assert_eq!(series.skipped[0].message, "closed on 2026-12-24: Christmas Eve");
}

#[test]
fn the_dates_of_a_series_do_not_overlap_each_other() {
    let mut town = given([school(OpeningHours::default()), buffered("hall", 0, 30)]);
    let hourly = pattern("2026-12-01T18:00", 60, "FREQ=HOURLY;COUNT=3");

    let series = town.series(hourly, ClashPolicy::Skip);

    assert_eq!(spans(&series), ["2026-12-01T18:00/19:00", "2026-12-01T20:00/21:00"].map(span));
    assert_eq!(skipped(&series), [("2026-12-01T19:00:00".to_owned(), "TAKEN")]);
}

#[test]
fn six_o_clock_stays_six_o_clock_when_summer_time_begins_and_ends() {
    let mut town = hall_and([]);

    let march = town
        .series(pattern("2027-03-24T18:00", 120, "FREQ=WEEKLY;COUNT=2"), ClashPolicy::AllOrNothing);
    let october = town
        .series(pattern("2027-10-27T18:00", 120, "FREQ=WEEKLY;COUNT=2"), ClashPolicy::AllOrNothing);

    let starts = |series: &SeriesView| -> Vec<String> {
        spans(series).iter().map(|span| span.start().to_string()).collect()
    };
    assert_eq!(starts(&march), ["2027-03-24T17:00:00Z", "2027-03-31T16:00:00Z"]);
    assert_eq!(starts(&october), ["2027-10-27T16:00:00Z", "2027-11-03T17:00:00Z"]);
}

#[test]
fn half_past_two_does_not_exist_when_summer_time_begins() {
    let mut town = hall_and([]);
    let nights = pattern("2027-03-27T02:30", 60, "FREQ=DAILY;COUNT=2");

    let series = town.series(nights.clone(), ClashPolicy::Skip);

    assert_eq!(spans(&series), ["2027-03-27T02:30/03:30", "2027-03-29T02:30/03:30"].map(span));
    assert_eq!(skipped(&series), [("2027-03-28T02:30:00".to_owned(), "NO_SUCH_LOCAL_TIME")]);
    let strict = town.when(book_series("kitchen", nights, ClashPolicy::AllOrNothing));
    assert_refused!(strict, Refusal::SeriesClash { .. });
}

#[test]
fn the_clock_on_the_wall_ends_a_date_also_over_the_doubled_hour() {
    let mut town = hall_and([]);
    let nights = pattern("2027-10-30T01:00", 180, "FREQ=DAILY;COUNT=2");

    let series = town.series(nights, ClashPolicy::AllOrNothing);

    let hours: Vec<i64> = spans(&series).iter().map(|span| span.seconds() / 3600).collect();
    assert_eq!(hours, [3, 4]);
    assert_eq!(spans(&series)[1].end(), at("2027-10-31T04:00"));
}

#[test]
fn both_doubled_hours_can_be_booked_apart() {
    let mut town = hall_and([]);
    let utc = |start: &str, end: &str| Interval::new(start.parse().unwrap(), end.parse().unwrap());
    let first = utc("2027-10-31T00:00:00Z", "2027-10-31T01:00:00Z").unwrap();
    let second = utc("2027-10-31T01:00:00Z", "2027-10-31T02:00:00Z").unwrap();
    let book = |span| Command::Book { room: room_name("hall"), span, details: details_of("kari") };

    assert!(town.when(book(first)).is_ok());
    assert!(town.when(book(second)).is_ok());
    assert_refused!(town.when(book(first)), Refusal::Taken { .. });
}

#[test]
fn cancelling_from_a_date_leaves_the_earlier_ones_and_those_that_are_over() {
    let mut town = hall_and([]);
    let series = town.series(tuesdays(), ClashPolicy::AllOrNothing);
    let cancel = |from: Option<&str>| Command::CancelSeries {
        series: series.id,
        from: from.map(at),
        reason: "holiday".to_owned(),
    };

    let from_the_third = town.when(cancel(Some("2026-12-15T18:00"))).unwrap();
    let mut town = town.at("2026-12-02T12:00");
    let all_of_it = town.when(cancel(None)).unwrap();

    let cancelled = |n: usize| Event::Cancelled {
        booking: series.bookings[n].id,
        reason: "holiday".to_owned(),
        cause: Cause::Asked,
        charge: None,
    };
    assert_eq!(from_the_third, [cancelled(2), cancelled(3)]);
    assert_eq!(all_of_it, [cancelled(1)]);
    assert_eq!(town.when(cancel(None)), Ok(Vec::new()));
}

#[test]
fn erasing_a_person_drops_the_details_of_their_series_too() {
    let mut town = hall_and([booked("choir", "kitchen", "2026-12-08T19:00/20:00")]);
    let series = town.series(tuesdays(), ClashPolicy::AllOrNothing);

    let events = town.when(Command::ErasePerson { person: person("kari") }).unwrap();

    assert_eq!(events, [Event::PersonErased { person: person("kari"), bookings: 5 }]);
    let series = town.state.series(series.id).unwrap();
    assert_eq!(series.details, None);
    assert!(series.bookings.iter().all(|booking| booking.details.is_none()));
    let again = town.when(book_series("south", tuesdays(), ClashPolicy::Skip));
    assert_refused!(again, Refusal::PersonErased(_));
}

#[test]
fn rules_without_an_end_without_a_date_or_without_sense_are_refused() {
    let mut town = hall_and([]);
    for rrule in ["FREQ=DAILY", "FREQ=SECONDLY;COUNT=1000000", "FREQ=SOMETIMES;COUNT=2", ""] {
        let series = book_series("hall", pattern("2026-12-01T18:00", 60, rrule), ClashPolicy::Skip);
        assert_refused!(town.when(series), Refusal::Invalid { field: "series.rrule", .. });
    }
    let gone = Pattern {
        exdates: vec!["2026-12-01T18:00".parse().unwrap()],
        ..pattern("2026-12-01T18:00", 60, "FREQ=DAILY;COUNT=1")
    };
    let no_date = town.when(book_series("hall", gone, ClashPolicy::Skip));
    assert_refused!(no_date, Refusal::Invalid { field: "series.rrule", .. });
    for minutes in [0, 1441] {
        let pattern = pattern("2026-12-01T18:00", minutes, "FREQ=DAILY;COUNT=2");
        let series = town.when(book_series("hall", pattern, ClashPolicy::Skip));
        assert_refused!(series, Refusal::Invalid { field: "series.duration", .. });
    }
}
