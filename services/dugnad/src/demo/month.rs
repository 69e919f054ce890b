//! The month's days and hours, and the demonstration's clock, which can be put forward.

use anyhow::Result;
use jiff::{SignedDuration, Timestamp, ToSpan as _, civil::Date, tz::TimeZone};

/// Some weeks from tomorrow, in the municipality's own time.
#[derive(Clone, Debug)]
pub(crate) struct Month {
    pub(super) first: Date,
    pub(super) weeks: i32,
    pub(super) zone: TimeZone,
}

impl Month {
    pub(crate) fn next(weeks: i32) -> Result<Self> {
        let zone = TimeZone::get("Europe/Oslo")?;
        let today = now().to_zoned(zone.clone()).date();
        Ok(Self { first: today.checked_add(1.day())?, weeks, zone })
    }

    pub(crate) fn date(&self, day: i32) -> Date {
        self.first + day.days()
    }

    /// So many minutes after a day's midnight, by the clock on the wall.
    pub(crate) fn at(&self, day: i32, minutes: i32) -> Result<Timestamp> {
        let wall = self.date(day).at(0, 0, 0, 0) + minutes.minutes();
        Ok(self.zone.to_timestamp(wall)?)
    }

    pub(crate) fn days(&self) -> i32 {
        7 * self.weeks
    }

    /// All of it.
    pub(super) fn span(&self) -> Result<[Timestamp; 2]> {
        Ok([self.at(0, 0)?, self.at(self.days(), 0)?])
    }

    /// `18:00`.
    pub(super) fn hour(&self, at: Timestamp) -> String {
        at.to_zoned(self.zone.clone()).strftime("%H:%M").to_string()
    }

    /// `Tue 1 Dec`.
    pub(super) fn day(&self, at: Timestamp) -> String {
        at.to_zoned(self.zone.clone()).strftime("%a %-d %b").to_string()
    }
}

/// The machine's clock.
#[expect(clippy::disallowed_methods, reason = "which month is next is the demo's own business")]
pub(super) fn now() -> Timestamp {
    Timestamp::now()
}

/// How far the services' clocks must be ahead of the machine's to show `at`.
pub(super) fn ahead_to(at: Timestamp) -> SignedDuration {
    at.duration_since(now()).max(SignedDuration::ZERO)
}

/// As protobuf has it.
pub(crate) fn wire(at: Timestamp) -> prost_types::Timestamp {
    prost_types::Timestamp { seconds: at.as_second(), nanos: 0 }
}

/// From protobuf; what is missing is 1970.
pub(super) fn instant(at: Option<prost_types::Timestamp>) -> Timestamp {
    Timestamp::from_second(at.unwrap_or_default().seconds).unwrap_or_default()
}

/// As protobuf has it.
pub(crate) fn minutes(minutes: i64) -> Option<prost_types::Duration> {
    Some(prost_types::Duration { seconds: minutes * 60, nanos: 0 })
}
