//! What a booking costs, and what a cancellation keeps of it. Whole øre throughout.

use dugnad_calendar::Interval;
use dugnad_events::{
    Code,
    rooms::{Application, Deadline, Per, PriceRow},
};
use jiff::{Timestamp, tz::Offset, tz::TimeZone};

use super::rules::Objection;

const DAY: i64 = 24 * 60 * 60;

/// What a booking costs.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Price {
    /// All together.
    pub oere: i64,
    /// Of the first row that counts.
    pub vat: Option<Code>,
    /// The rows that count, in the order of the hours.
    pub rows: Vec<PricedRow>,
}

/// What one row of the price list comes to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PricedRow {
    /// Its place in the list, from 0.
    pub row: usize,
    /// How long it counts, in seconds.
    pub seconds: i64,
    /// What it comes to.
    pub oere: i64,
}

/// The first row of the list that matches an hour prices it. Without a list all is free.
///
/// `O(rows)` a piece, and a piece ends where a row or a day does.
pub(super) fn price(
    list: &[PriceRow],
    application: &Application,
    zone: &TimeZone,
    span: Interval,
) -> Result<Price, Objection> {
    let mut rows: Vec<PricedRow> = Vec::new();
    if list.is_empty() {
        return Ok(Price::default());
    }
    let (mut from, end) = (span.start(), span.end());
    while from < end {
        let offset = zone.to_offset(from);
        let change = zone.following(from).next().map_or(end, |change| change.timestamp());
        let until = change.min(end);
        steady(list, application, offset, from..until, &mut rows)?;
        from = until;
    }
    for row in &mut rows {
        row.oere = amount(&list[row.row], row.seconds);
    }
    let vat = rows.first().and_then(|first| list[first.row].vat.clone());
    Ok(Price { oere: rows.iter().map(|row| row.oere).sum(), vat, rows })
}

/// A stretch in which the clock is not set.
fn steady(
    list: &[PriceRow],
    application: &Application,
    offset: Offset,
    span: std::ops::Range<Timestamp>,
    rows: &mut Vec<PricedRow>,
) -> Result<(), Objection> {
    let local = |at: Timestamp| at.as_second() + i64::from(offset.seconds());
    let (mut at, end) = (local(span.start), local(span.end));
    while at < end {
        let (day, second) = (at.div_euclid(DAY), at.rem_euclid(DAY));
        // 1 January 1970 was a Thursday.
        let weekday = 1_u8 << (day + 3).rem_euclid(7);
        let of_day = |row: &&PriceRow| row.weekdays & weekday > 0 && suits(row, application);
        let covers = |row: &&PriceRow| (seconds(row.from)..seconds(row.to)).contains(&second);
        let Some(n) = list.iter().position(|row| of_day(&row) && covers(&row)) else {
            let from = Timestamp::from_second(at).unwrap_or(Timestamp::MAX);
            return Err(Objection::NoPrice { at: Offset::UTC.to_datetime(from) });
        };
        // A row before it in the list may begin sooner than it ends.
        let sooner = list[..n].iter().filter(of_day).map(|row| seconds(row.from));
        let piece_end = sooner
            .filter(|from| *from > second)
            .fold(seconds(list[n].to), i64::min)
            .min(second + end - at);
        let length = piece_end - second;
        match rows.iter_mut().find(|row| row.row == n) {
            Some(row) => row.seconds += length,
            None => rows.push(PricedRow { row: n, seconds: length, oere: 0 }),
        }
        at += length;
    }
    Ok(())
}

fn suits(row: &PriceRow, application: &Application) -> bool {
    (row.applicant.is_none() || row.applicant == application.applicant)
        && (row.purpose.is_none() || row.purpose == application.purpose)
}

fn seconds(minute: u16) -> i64 {
    i64::from(minute) * 60
}

/// By the hour: to the nearest øre, half an øre up.
fn amount(row: &PriceRow, seconds: i64) -> i64 {
    match row.per {
        Per::Hour => (row.oere.saturating_mul(seconds) + 1800) / 3600,
        Per::Booking => row.oere,
    }
}

/// What a cancellation now keeps of the price: the largest share whose deadline has passed, rounded
/// down.
pub(super) fn kept(deadlines: &[Deadline], oere: i64, start: Timestamp, now: Timestamp) -> i64 {
    let passed = deadlines.iter().filter(|deadline| now >= instant(deadline, start));
    let share = passed.map(|deadline| deadline.per_mille).max().unwrap_or(0);
    oere.saturating_mul(i64::from(share)) / 1000
}

/// When a deadline passes.
pub(super) fn instant(deadline: &Deadline, start: Timestamp) -> Timestamp {
    let second = start.as_second() - i64::from(deadline.hours) * 3600;
    Timestamp::from_second(second).unwrap_or(Timestamp::MIN)
}

#[cfg(test)]
mod tests;
