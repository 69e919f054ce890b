//! Windows, opening hours and recurrence. (Contract first; bodies to come.)
#![allow(clippy::todo, unused_variables, dead_code)]

use std::collections::BTreeMap;

use jiff::{
    Timestamp,
    civil::{Date, DateTime},
    tz::TimeZone,
};
use serde::{Deserialize, Serialize};

/// A span of time; the end is not part of it. On the wire of the journal: two whole seconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Interval {
    #[serde(with = "jiff::fmt::serde::timestamp::second::required")]
    start: Timestamp,
    #[serde(with = "jiff::fmt::serde::timestamp::second::required")]
    end: Timestamp,
}

/// Why two instants are no interval.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum IntervalError {
    /// `end <= start`.
    #[error("the end must come after the start")]
    Empty,
    /// A part of a second.
    #[error("times must be whole seconds")]
    Fraction,
}

impl Interval {
    /// # Errors
    /// See [`IntervalError`].
    pub fn new(start: Timestamp, end: Timestamp) -> Result<Self, IntervalError> {
        todo!()
    }
    /// The first instant of it.
    pub fn start(&self) -> Timestamp {
        self.start
    }
    /// The first instant after it.
    pub fn end(&self) -> Timestamp {
        self.end
    }
    /// Whether they share an instant.
    pub fn overlaps(&self, other: &Self) -> bool {
        todo!()
    }
    /// Length in seconds.
    pub fn seconds(&self) -> i64 {
        todo!()
    }
}

/// A span of local time on one day, in minutes from midnight, `0 <= opens < closes <= 1440`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct LocalWindow {
    opens: u16,
    closes: u16,
}

/// A day that differs from its weekday.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Exception {
    /// None: closed.
    pub windows: Vec<LocalWindow>,
    /// Shown to people.
    pub reason: String,
}

/// When a place is open, in local time. The default is: always.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct OpeningHours {
    /// Monday first; `None`: every day, all day.
    pub week: Option<[Vec<LocalWindow>; 7]>,
    /// Takes the place of the weekday's windows.
    pub exceptions: BTreeMap<Date, Exception>,
}

/// Why a span is not inside the opening hours.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("closed on {date}{}", if reason.is_empty() { String::new() } else { format!(": {reason}") })]
pub struct Closed {
    /// The first local date on which part of the span is closed.
    pub date: Date,
    /// The exception's reason, where one applies.
    pub reason: String,
}

impl OpeningHours {
    /// The open spans within `span`, merged across midnight, by start. `O(days + exceptions in it)`.
    pub fn open_within(&self, zone: &TimeZone, span: Interval) -> Vec<Interval> {
        todo!()
    }
    /// Whether all of `span` is open.
    ///
    /// # Errors
    /// Names the first closed date.
    pub fn covers(&self, zone: &TimeZone, span: Interval) -> Result<(), Closed> {
        todo!()
    }
}

/// One date of a recurrence.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Occurrence {
    /// A local start and the instant it falls on (the first, where the clock shows it twice).
    At(DateTime, Timestamp),
    /// The clock jumps over this local time: RFC 5545 3.3.10 leaves it out and does not count it.
    NoSuchLocalTime(DateTime),
}

/// Why a recurrence was not taken.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RecurrenceError {
    /// No RFC 5545 recurrence rule.
    #[error("not an RFC 5545 recurrence rule: {0}")]
    Rule(String),
    /// Neither COUNT nor UNTIL, or more dates than `limit`, or too much work to find them.
    #[error(
        "the rule gives more than {limit} dates, or none for a very long time: give COUNT or UNTIL"
    )]
    Endless {
        /// The most dates asked for.
        limit: usize,
    },
}

/// Expands `rrule` from the local `start` in `zone`, less `exdates`: in local time first, then placed
/// in the zone. At most `limit` dates, by start.
///
/// # Errors
/// See [`RecurrenceError`].
pub fn expand(
    start: DateTime,
    zone: &TimeZone,
    rrule: &str,
    exdates: &[DateTime],
    limit: usize,
) -> Result<Vec<Occurrence>, RecurrenceError> {
    todo!()
}
