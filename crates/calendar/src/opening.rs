//! When a place is open.
//!
//! A place is open when its local clock shows a time inside a window. Where the clock jumps over a
//! window's edge, the edge is the jump; where it shows an edge twice, the window opens at the first
//! and closes at the second, so that no window has a hole in it.

use std::{collections::BTreeMap, ops::Range};

use jiff::{
    SignedDuration, Timestamp, ToSpan,
    civil::Date,
    tz::{AmbiguousOffset, Offset, TimeZone, TimeZoneTransition},
};
use serde::{Deserialize, Serialize};

use crate::{Interval, LocalWindow};

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
#[error("closed on {date}{}{reason}", if reason.is_empty() { "" } else { ": " })]
pub struct Closed {
    /// The first local date on which part of the span is closed.
    pub date: Date,
    /// The exception's reason, where one applies.
    pub reason: String,
}

impl OpeningHours {
    /// The open spans within `span`, merged across midnight, by start. `O(days + windows)`, one
    /// look into the zone's table for each change of its offset rather than for each edge.
    #[must_use]
    pub fn open_within(&self, zone: &TimeZone, span: Interval) -> Vec<Interval> {
        if self.week.is_none() && self.exceptions.is_empty() {
            return vec![span];
        }
        // From the day before: a clock set back just after midnight (St. John's, at 00:01) shows it
        // again.
        let mut date = local_date(zone, span.start()).saturating_sub(1.day());
        let last = local_date(zone, span.end());
        let mut clock = Clock::new(zone);
        let mut open = Vec::new();
        while date <= last {
            for window in self.windows_on(date) {
                open.push((
                    clock.instant(date, window.opens(), Edge::Opens),
                    clock.instant(date, window.closes(), Edge::Closes),
                ));
            }
            let Ok(next) = date.tomorrow() else { break };
            date = next;
        }
        merged(open, span)
    }

    /// Whether all of `span` is open.
    ///
    /// # Errors
    /// Names the first closed date.
    pub fn covers(&self, zone: &TimeZone, span: Interval) -> Result<(), Closed> {
        let first_closed = match self.open_within(zone, span).first() {
            Some(open) if *open == span => return Ok(()),
            Some(open) if open.start() == span.start() => open.end(),
            _ => span.start(),
        };
        let date = local_date(zone, first_closed);
        let reason = self.exceptions.get(&date).map(|e| e.reason.clone()).unwrap_or_default();
        Err(Closed { date, reason })
    }

    fn windows_on(&self, date: Date) -> &[LocalWindow] {
        match (self.exceptions.get(&date), &self.week) {
            (Some(exception), _) => &exception.windows,
            (None, Some(week)) => &week[date.weekday().to_monday_zero_offset() as usize],
            (None, None) => &[LocalWindow::ALL_DAY],
        }
    }
}

fn local_date(zone: &TimeZone, at: Timestamp) -> Date {
    zone.to_datetime(at).date()
}

/// The spans (in Unix seconds) within `span`, sorted, with those that touch made one.
fn merged(mut open: Vec<(i64, i64)>, span: Interval) -> Vec<Interval> {
    open.sort_unstable();
    let (first, last) = span.into();
    let mut merged: Vec<(i64, i64)> = Vec::with_capacity(open.len());
    for (start, end) in open {
        let (start, end) = (start.max(first), end.min(last));
        match merged.last_mut() {
            _ if end <= start => {}
            Some((_, so_far)) if start <= *so_far => *so_far = end.max(*so_far),
            _ => merged.push((start, end)),
        }
    }
    merged.into_iter().filter_map(|span| span.try_into().ok()).collect()
}

#[derive(Clone, Copy)]
enum Edge {
    Opens,
    Closes,
}

/// Turns local times into instants. Between two changes of a zone's offset that is one subtraction,
/// so the stretch around the last time asked for is remembered; near its ends the zone is asked.
struct Clock<'z> {
    zone: &'z TimeZone,
    /// Unix seconds; times inside it, less [`Clock::MARGIN`] at both ends, all have `offset`.
    steady: Range<i64>,
    offset: i64,
}

impl<'z> Clock<'z> {
    /// No clock was ever set by more than a day.
    const MARGIN: i64 = 2 * 86_400;

    fn new(zone: &'z TimeZone) -> Self {
        Self { zone, steady: 0..0, offset: 0 }
    }

    fn instant(&mut self, date: Date, minute: u16, edge: Edge) -> i64 {
        let local = seconds(date) + i64::from(minute) * 60;
        if !self.steady.contains(&(local - self.offset)) {
            self.steady_around(local - self.offset);
        }
        let instant = local - self.offset;
        if (self.steady.start..self.steady.end).contains(&instant) {
            instant
        } else {
            self.ask(local, edge)
        }
    }

    fn steady_around(&mut self, second: i64) {
        let at = timestamp(second);
        let second_of = |change: TimeZoneTransition<'_>| change.timestamp().as_second();
        // `preceding` looks strictly before.
        let after = at.saturating_add(SignedDuration::from_secs(1)).unwrap_or(at);
        let start = self.zone.preceding(after).next().map_or(i64::MIN / 2, second_of);
        let end = self.zone.following(at).next().map_or(i64::MAX / 2, second_of);
        self.offset = i64::from(self.zone.to_offset(at).seconds());
        self.steady = start + Self::MARGIN..end - Self::MARGIN;
    }

    fn ask(&self, local: i64, edge: Edge) -> i64 {
        let shown = Offset::UTC.to_datetime(timestamp(local));
        let by = |offset: Offset| local - i64::from(offset.seconds());
        match (self.zone.to_ambiguous_timestamp(shown).offset(), edge) {
            (AmbiguousOffset::Unambiguous { offset }, _) => by(offset),
            (AmbiguousOffset::Fold { before, .. }, Edge::Opens) => by(before),
            (AmbiguousOffset::Fold { after, .. }, Edge::Closes) => by(after),
            (AmbiguousOffset::Gap { after, .. }, _) => {
                let jump = self.zone.following(timestamp(by(after))).next();
                jump.map_or(by(after), |jump| jump.timestamp().as_second())
            }
        }
    }
}

/// The clock's own reading at midnight, counted as if it were UTC.
fn seconds(date: Date) -> i64 {
    Offset::UTC.to_timestamp(date.at(0, 0, 0, 0)).map_or(i64::MIN / 2, Timestamp::as_second)
}

/// The nearest instant there is: callers clip to a span of real instants afterwards.
fn timestamp(second: i64) -> Timestamp {
    let bounds = Timestamp::MIN.as_second()..=Timestamp::MAX.as_second();
    Timestamp::from_second(second.clamp(*bounds.start(), *bounds.end())).unwrap_or(Timestamp::MAX)
}
