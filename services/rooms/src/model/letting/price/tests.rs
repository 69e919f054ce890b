//! Prices and refunds, to the øre.

use jiff::civil::DateTime;

use super::*;

const ALL_WEEK: u8 = 0b111_1111;
const WEEKEND: u8 = 0b110_0000;

fn oslo() -> TimeZone {
    TimeZone::get("Europe/Oslo").unwrap()
}

fn at(local: &str) -> Timestamp {
    oslo().to_timestamp(local.parse::<DateTime>().unwrap()).unwrap()
}

fn span(start: &str, end: &str) -> Interval {
    Interval::new(at(start), at(end)).unwrap()
}

fn row(
    applicant: &str,
    weekdays: u8,
    hours: std::ops::Range<u16>,
    oere: i64,
    per: Per,
) -> PriceRow {
    PriceRow {
        applicant: (!applicant.is_empty()).then(|| applicant.parse().unwrap()),
        purpose: None,
        weekdays,
        from: hours.start * 60,
        to: hours.end * 60,
        oere,
        per,
        vat: (!applicant.is_empty()).then(|| "outside".parse().unwrap()),
    }
}

/// Youth is free, the weekend dearer, and the evening dearer than the day.
fn list() -> Vec<PriceRow> {
    vec![
        row("youth", ALL_WEEK, 0..24, 0, Per::Hour),
        row("", WEEKEND, 0..24, 50_000, Per::Hour),
        row("", ALL_WEEK, 16..22, 30_000, Per::Hour),
        row("", ALL_WEEK, 8..24, 20_000, Per::Hour),
    ]
}

fn of(applicant: &str, start: &str, end: &str) -> Result<Price, Objection> {
    let applicant = (!applicant.is_empty()).then(|| applicant.parse().unwrap());
    let application = Application { applicant, ..Default::default() };
    price(&list(), &application, &oslo(), span(start, end))
}

fn amounts(price: &Price) -> Vec<(usize, i64, i64)> {
    price.rows.iter().map(|row| (row.row, row.seconds / 60, row.oere)).collect()
}

#[test]
fn the_first_row_that_matches_an_hour_prices_it() {
    let tuesday = of("", "2026-12-01T15:00", "2026-12-01T23:30").unwrap();

    assert_eq!(amounts(&tuesday), [(3, 150, 50_000), (2, 360, 180_000)]);
    assert_eq!(tuesday.oere, 230_000);
}

#[test]
fn a_booking_over_midnight_is_priced_by_each_days_own_rows() {
    let into_saturday = of("", "2026-12-04T21:00", "2026-12-05T01:00").unwrap();

    let expected = [(2, 60, 30_000), (3, 120, 40_000), (1, 60, 50_000)];
    assert_eq!(amounts(&into_saturday), expected);
}

#[test]
fn a_row_may_be_free_and_an_hour_that_no_row_matches_is_refused() {
    let youth = of("youth", "2026-12-05T10:00", "2026-12-05T12:00").unwrap();
    assert_eq!((youth.oere, youth.vat.unwrap().as_str()), (0, "outside"));

    let early = of("", "2026-12-01T07:00", "2026-12-01T09:00");
    let hole = "2026-12-01T07:00".parse().unwrap();
    assert_eq!(early, Err(Objection::NoPrice { at: hole }));
    assert_eq!(of("", "2026-12-05T07:00", "2026-12-05T08:00").unwrap().oere, 50_000);
}

#[test]
fn a_flat_price_counts_once_and_a_part_of_an_hour_to_the_nearest_oere() {
    let list =
        [row("", WEEKEND, 0..24, 90_000, Per::Booking), row("", ALL_WEEK, 0..24, 1_001, Per::Hour)];
    let of = |start, end| price(&list, &Application::default(), &oslo(), span(start, end)).unwrap();

    assert_eq!(of("2026-12-05T10:00", "2026-12-06T20:00").oere, 90_000);
    assert_eq!(of("2026-12-01T10:00", "2026-12-01T10:30").oere, 501, "500.5 goes up");
    assert_eq!(of("2026-12-01T10:00", "2026-12-01T10:10").oere, 167, "166.8 goes up");
    assert_eq!(of("2026-12-01T10:00", "2026-12-01T10:20").oere, 334, "333.7 goes up");
}

#[test]
fn the_night_when_the_clock_is_set_back_has_an_hour_more_to_pay() {
    let list = [row("", ALL_WEEK, 0..24, 10_000, Per::Hour)];
    let of = |start, end| price(&list, &Application::default(), &oslo(), span(start, end)).unwrap();

    assert_eq!(of("2026-10-25T00:00", "2026-10-25T06:00").oere, 70_000);
    assert_eq!(of("2027-03-28T00:00", "2027-03-28T06:00").oere, 50_000);
    assert_eq!(of("2026-10-24T00:00", "2026-10-24T06:00").oere, 60_000);
}

#[test]
fn without_a_list_all_is_free() {
    let hour = span("2026-12-01T10:00", "2026-12-01T11:00");

    assert_eq!(price(&[], &Application::default(), &oslo(), hour), Ok(Price::default()));
}

#[test]
fn a_cancellation_keeps_more_the_later_it_comes() {
    let half = Deadline { hours: 48, per_mille: 500 };
    let all = Deadline { hours: 2, per_mille: 1000 };
    let start = at("2026-12-10T18:00");
    let kept = |now| kept(&[all, half], 10_001, start, at(now));

    assert_eq!(kept("2026-12-08T17:59"), 0);
    assert_eq!(kept("2026-12-08T18:00"), 5_000, "rounded down");
    assert_eq!(kept("2026-12-10T15:59"), 5_000);
    assert_eq!(kept("2026-12-10T16:00"), 10_001);
}
