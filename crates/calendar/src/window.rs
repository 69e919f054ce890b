//! A span of local time on one day, as on the sign at the door: 08:00–22:00.
//!
//! Keeps true: `0 <= opens < closes <= 1440`, also when the bytes come from a journal.

use std::fmt;

use serde::{Deserialize, Serialize};

const DAY: u16 = 24 * 60;

/// A span of local time on one day, in minutes from midnight, `0 <= opens < closes <= 1440`.
/// In the journal: `[opens, closes]`. `Display` is `08:00-22:00`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "(u16, u16)", into = "(u16, u16)")]
pub struct LocalWindow {
    opens: u16,
    closes: u16,
}

/// Why two times of day are no window.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum LocalWindowError {
    /// `closes <= opens`.
    #[error("it must close after it opens, on the same day (24:00 is the end of the day)")]
    Empty,
    /// No `HH:MM` between 00:00 and 24:00.
    #[error("a time of day is HH:MM, from 00:00 to 24:00")]
    TimeOfDay,
}

impl LocalWindow {
    /// Midnight to midnight.
    pub const ALL_DAY: Self = Self { opens: 0, closes: DAY };

    /// The window between two minutes of the day.
    ///
    /// # Errors
    /// See [`LocalWindowError`].
    pub fn new(opens: u16, closes: u16) -> Result<Self, LocalWindowError> {
        if closes > DAY {
            return Err(LocalWindowError::TimeOfDay);
        }
        if closes <= opens {
            return Err(LocalWindowError::Empty);
        }
        Ok(Self { opens, closes })
    }

    /// The window between two times written `HH:MM`; `24:00` is the end of the day.
    ///
    /// # Errors
    /// See [`LocalWindowError`].
    pub fn parse(opens: &str, closes: &str) -> Result<Self, LocalWindowError> {
        Self::new(minute_of_day(opens)?, minute_of_day(closes)?)
    }

    /// The first minute it is open, from midnight.
    #[must_use]
    pub fn opens(&self) -> u16 {
        self.opens
    }

    /// The first minute it is closed again; 1440 is the end of the day.
    #[must_use]
    pub fn closes(&self) -> u16 {
        self.closes
    }

    /// [`opens`](Self::opens) as `HH:MM`.
    #[must_use]
    pub fn opens_text(&self) -> String {
        hour_and_minute(self.opens)
    }

    /// [`closes`](Self::closes) as `HH:MM`; the end of the day is `24:00`.
    #[must_use]
    pub fn closes_text(&self) -> String {
        hour_and_minute(self.closes)
    }
}

impl fmt::Display for LocalWindow {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-{}", self.opens_text(), self.closes_text())
    }
}

impl TryFrom<(u16, u16)> for LocalWindow {
    type Error = LocalWindowError;

    fn try_from((opens, closes): (u16, u16)) -> Result<Self, LocalWindowError> {
        Self::new(opens, closes)
    }
}

impl From<LocalWindow> for (u16, u16) {
    fn from(window: LocalWindow) -> Self {
        (window.opens, window.closes)
    }
}

fn minute_of_day(text: &str) -> Result<u16, LocalWindowError> {
    let &[h1, h2, b':', m1, m2] = text.as_bytes() else {
        return Err(LocalWindowError::TimeOfDay);
    };
    let digit = |byte: u8| match byte {
        b'0'..=b'9' => Ok(u16::from(byte - b'0')),
        _ => Err(LocalWindowError::TimeOfDay),
    };
    let (hour, minute) = (digit(h1)? * 10 + digit(h2)?, digit(m1)? * 10 + digit(m2)?);
    let time = hour * 60 + minute;
    if minute > 59 || time > DAY {
        return Err(LocalWindowError::TimeOfDay);
    }
    Ok(time)
}

fn hour_and_minute(minute_of_day: u16) -> String {
    format!("{:02}:{:02}", minute_of_day / 60, minute_of_day % 60)
}
