//! What the moments of a service day are: whoever follows rides reads them by the same clock.

use std::sync::LazyLock;

use jiff::{SignedDuration, Timestamp, ToSpan as _, civil::Date, tz::TimeZone};

use super::Moment;

static OSLO: LazyLock<TimeZone> =
    LazyLock::new(|| TimeZone::get("Europe/Oslo").unwrap_or(TimeZone::UTC));

/// A service day begins at this hour of the date it has its name from.
const DAY_BEGINS: i64 = 4;

/// The zone of all our municipalities.
#[must_use]
pub fn here() -> &'static TimeZone {
    &OSLO
}

/// The service day that an instant lies in.
#[must_use]
pub fn service_day(at: Timestamp) -> Date {
    let earlier = OSLO.to_datetime(at).checked_sub(DAY_BEGINS.hours());
    earlier.map_or(Date::MIN, |local| local.date())
}

/// The instant of a moment.
#[must_use]
pub fn instant(day: Date, moment: Moment) -> Timestamp {
    let midnight = OSLO.to_ambiguous_zoned(day.at(0, 0, 0, 0)).compatible();
    let midnight = midnight.map_or(Timestamp::MIN, |midnight| midnight.timestamp());
    let later = midnight.saturating_add(SignedDuration::from_secs(moment.into()));
    later.unwrap_or(Timestamp::MAX)
}
