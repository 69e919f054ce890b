//! `VFREEBUSY` (RFC 5545 3.6.4): when something is taken, and nothing about what by.

use jiff::Timestamp;

use super::{
    line::{Lines, utc},
    write::PRODUCT,
};
use crate::Interval;

/// When something is taken within a span.
#[derive(Clone, Debug)]
pub struct FreeBusy<'a> {
    /// The same for ever for the same thing.
    pub uid: &'a str,
    /// What was looked at.
    pub span: Interval,
    /// By start.
    pub busy: &'a [(Busy, Interval)],
}

/// Why something cannot be had.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Busy {
    /// It is taken.
    Taken,
    /// It may be taken.
    Perhaps,
    /// It is closed.
    Unavailable,
}

impl FreeBusy<'_> {
    /// The file.
    #[must_use]
    pub fn text(&self, now: Timestamp) -> String {
        let mut lines = Lines::default();
        lines.put("BEGIN", "VCALENDAR");
        lines.put("VERSION", "2.0");
        lines.put("PRODID", PRODUCT);
        lines.put("BEGIN", "VFREEBUSY");
        lines.text("UID", self.uid);
        lines.put("DTSTAMP", &utc(now));
        lines.put("DTSTART", &utc(self.span.start()));
        lines.put("DTEND", &utc(self.span.end()));
        for (busy, span) in self.busy {
            let kind = match busy {
                Busy::Taken => "BUSY",
                Busy::Perhaps => "BUSY-TENTATIVE",
                Busy::Unavailable => "BUSY-UNAVAILABLE",
            };
            let period = format!("{}/{}", utc(span.start()), utc(span.end()));
            lines.put(&format!("FREEBUSY;FBTYPE={kind}"), &period);
        }
        lines.put("END", "VFREEBUSY");
        lines.put("END", "VCALENDAR");
        lines.finish()
    }
}
