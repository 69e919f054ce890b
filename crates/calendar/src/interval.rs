//! A span of time between two instants.
//!
//! Keeps true: both ends are whole seconds and the end comes after the start, also when the bytes
//! come from a journal or a stranger.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// A span of time; the end is not part of it. In the journal: `[start, end]`, whole Unix seconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "(i64, i64)", into = "(i64, i64)")]
pub struct Interval {
    start: Timestamp,
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
    /// Seconds that are no point in time before the year 10 000.
    #[error("a time lies outside the calendar")]
    OutOfRange,
}

impl Interval {
    /// The span from `start` up to `end`.
    ///
    /// # Errors
    /// `Empty` and `Fraction` of [`IntervalError`].
    pub fn new(start: Timestamp, end: Timestamp) -> Result<Self, IntervalError> {
        if start.subsec_nanosecond() != 0 || end.subsec_nanosecond() != 0 {
            return Err(IntervalError::Fraction);
        }
        if end <= start {
            return Err(IntervalError::Empty);
        }
        Ok(Self { start, end })
    }

    /// The first instant of it.
    #[must_use]
    pub fn start(&self) -> Timestamp {
        self.start
    }

    /// The first instant after it.
    #[must_use]
    pub fn end(&self) -> Timestamp {
        self.end
    }

    /// Whether they share an instant. Spans that only touch do not.
    #[must_use]
    pub fn overlaps(&self, other: &Self) -> bool {
        self.start < other.end && other.start < self.end
    }

    /// Length in seconds.
    #[must_use]
    pub fn seconds(&self) -> i64 {
        self.end.as_second() - self.start.as_second()
    }
}

impl TryFrom<(i64, i64)> for Interval {
    type Error = IntervalError;

    fn try_from((start, end): (i64, i64)) -> Result<Self, IntervalError> {
        let instant = |s| Timestamp::from_second(s).map_err(|_| IntervalError::OutOfRange);
        Self::new(instant(start)?, instant(end)?)
    }
}

impl From<Interval> for (i64, i64) {
    fn from(interval: Interval) -> Self {
        (interval.start.as_second(), interval.end.as_second())
    }
}
