//! Recurrence: the dates of an RFC 5545 rule.
//!
//! The rule is walked in local time and each local start is then placed in the zone:
//! * a local time that the clock jumps over is left out, not counted, and takes no place in a
//!   `BYSETPOS` (3.3.10, which libical, rrule-temporal and dateutil's users settled on);
//! * one that the clock shows twice means its first instant (3.3.5);
//! * `UNTIL` with `Z` is an instant, without it a local time, as a date the whole of that local
//!   day;
//! * the start counts as a date only if the rule gives it;
//! * `FREQ=HOURLY` and finer step on the local clock too: 24 hours on the day of 25.
//!
//! Where RFC 5545 is silent or forbids a combination, rules mean what they mean in dateutil:
//! `BYWEEKNO` without `BYDAY` is the whole week, an ordinal in `BYDAY` counts only where `FREQ` is
//! `MONTHLY` or `YEARLY`, `COUNT` beside `UNTIL` ends at whichever comes first.
//!
//! Why not the `rrule` crate: of the 700 rules in `tests/golden` it refused 57 (some of them plain,
//! such as `FREQ=MONTHLY;BYDAY=-5MO`) and cut 11 short without a word, at the bound it sets its own
//! loops; it cannot drop a skipped time before `BYSETPOS`; and it brings a second time zone
//! database along.

mod days;
mod rule;
mod walk;

use std::ops::ControlFlow;

use jiff::{
    Timestamp,
    civil::DateTime,
    tz::{AmbiguousOffset, TimeZone},
};

use rule::{Rule, Until};
use walk::{Stop, Walk};

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

/// Expands `rrule` from the local `start` in `zone`, less `exdates`: in local time first, then
/// placed in the zone. At most `limit` dates, by start; those the clock jumps over are among them,
/// so that they can be told, save under `BYSETPOS`, where another takes their place. Excluded dates
/// count towards `COUNT`. The rule may come from a stranger: the work is bounded.
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
    let rule = Rule::parse(rrule)?;
    let endless = RecurrenceError::Endless { limit };
    if rule.count.is_none() && rule.until.is_none() {
        return Err(endless);
    }
    match Expansion::of(&rule, start, zone, exdates, limit)? {
        (dates, Stop::End) => Ok(dates),
        (_, Stop::Limit | Stop::TooMuchWork) => Err(endless),
    }
}

/// The first `limit` dates of a rule that may well be endless, otherwise as [`expand`].
///
/// # Errors
/// See [`RecurrenceError`].
pub fn expand_first(
    start: DateTime,
    zone: &TimeZone,
    rrule: &str,
    exdates: &[DateTime],
    limit: usize,
) -> Result<Vec<Occurrence>, RecurrenceError> {
    match Expansion::of(&Rule::parse(rrule)?, start, zone, exdates, limit)? {
        (dates, Stop::End | Stop::Limit) => Ok(dates),
        (_, Stop::TooMuchWork) => Err(RecurrenceError::Endless { limit }),
    }
}

/// The dates found so far, and what decides whether the next one is among them.
struct Expansion<'a> {
    zone: &'a TimeZone,
    until: Option<Until>,
    count_left: u32,
    excluded: Vec<DateTime>,
    limit: usize,
    dates: Vec<Occurrence>,
}

impl<'a> Expansion<'a> {
    fn of(
        rule: &Rule,
        start: DateTime,
        zone: &'a TimeZone,
        exdates: &[DateTime],
        limit: usize,
    ) -> Result<(Vec<Occurrence>, Stop), RecurrenceError> {
        if start.subsec_nanosecond() != 0 {
            return Err(RecurrenceError::Rule("the start must be a whole second".into()));
        }
        let mut excluded = exdates.to_vec();
        excluded.sort_unstable();
        let mut expansion = Self {
            zone,
            until: rule.until,
            count_left: rule.count.unwrap_or(u32::MAX),
            excluded,
            limit,
            dates: Vec::new(),
        };
        let skipped = |at| jumped_over(zone, at);
        let stop = Walk::new(rule, start, &skipped).run(&mut |local| expansion.take(local));
        Ok((expansion.dates, stop))
    }

    fn take(&mut self, local: DateTime) -> ControlFlow<Stop> {
        let placed = self.zone.to_ambiguous_timestamp(local);
        // Only past the last instant of the calendar, at the end of the year 9999.
        let Ok(instant) = placed.earlier() else { return ControlFlow::Break(Stop::End) };
        if self.count_left == 0 || self.until.is_some_and(|until| until.is_before(local, instant)) {
            return ControlFlow::Break(Stop::End);
        }
        let gap = matches!(placed.offset(), AmbiguousOffset::Gap { .. });
        if !gap {
            self.count_left -= 1;
        }
        if self.excluded.binary_search(&local).is_ok() {
            return ControlFlow::Continue(());
        }
        if self.dates.len() == self.limit {
            return ControlFlow::Break(Stop::Limit);
        }
        self.dates.push(match gap {
            true => Occurrence::NoSuchLocalTime(local),
            false => Occurrence::At(local, instant),
        });
        ControlFlow::Continue(())
    }
}

fn jumped_over(zone: &TimeZone, local: DateTime) -> bool {
    matches!(zone.to_ambiguous_timestamp(local).offset(), AmbiguousOffset::Gap { .. })
}
