//! Days and weeks as people count them: in local time.

use std::sync::LazyLock;

use dugnad_calendar::Interval;
use jiff::{SignedDuration, Timestamp, civil::Date, tz::TimeZone};

const HERE: &str = "Europe/Oslo";

static OSLO: LazyLock<TimeZone> = LazyLock::new(|| TimeZone::get(HERE).unwrap_or(TimeZone::UTC));

/// The zone of all our municipalities.
#[must_use]
pub fn here() -> &'static TimeZone {
    &OSLO
}

/// A zone by its name; one that the database does not know is ours.
#[must_use]
pub(super) fn zone(name: &str) -> TimeZone {
    match name {
        HERE => OSLO.clone(),
        name => TimeZone::get(name).unwrap_or_else(|_| OSLO.clone()),
    }
}

/// Whether the name is that of our zone.
#[must_use]
pub(super) fn is_here(zone: &str) -> bool {
    zone == HERE
}

/// The local day.
#[must_use]
pub fn day(at: Timestamp) -> Date {
    OSLO.to_datetime(at).date()
}

/// The Monday of the local day's week.
#[must_use]
pub fn monday(at: Timestamp) -> Date {
    let day = day(at);
    let since = day.weekday().to_monday_zero_offset();
    day.saturating_sub(jiff::Span::new().days(i64::from(since)))
}

/// The week as the Norwegian calendar writes it: `2026-W48`.
#[must_use]
pub fn week(at: Timestamp) -> String {
    let week = day(at).iso_week_date();
    format!("{}-W{:02}", week.year(), week.week())
}

/// The minutes of a local week (Monday's midnight is 0) that a span covers; the end may lie in the
/// week after. `None` if the clock is changed within it, or if it is longer than a day.
#[must_use]
pub(super) fn minutes_of_week(span: Interval) -> Option<(i64, i64)> {
    let (start, end) = (OSLO.to_datetime(span.start()), OSLO.to_datetime(span.end()));
    let shown = end.duration_since(start);
    if shown.as_secs() != span.seconds() || shown > SignedDuration::from_hours(24) {
        return None;
    }
    let weekday = i64::from(start.date().weekday().to_monday_zero_offset());
    let first = weekday * 24 * 60 + i64::from(start.hour()) * 60 + i64::from(start.minute());
    Some((first, first + shown.as_secs().div_euclid(60)))
}

/// A moment from now, whole seconds.
#[must_use]
pub(super) fn after(now: Timestamp, minutes: u32) -> Timestamp {
    let later = now.saturating_add(SignedDuration::from_mins(minutes.into()));
    let later = later.unwrap_or(Timestamp::MAX);
    Timestamp::from_second(later.as_second()).unwrap_or(later)
}
