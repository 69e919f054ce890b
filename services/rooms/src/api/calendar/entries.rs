//! Events of a calendar file as a room can be asked for them.
//!
//! People mean the clock on their own wall: a rule of another zone is taken where the room's clock
//! gives the same instants, and refused where it does not. A date of a series that the file moves is
//! left out of the series and becomes an entry of its own.

use std::collections::{HashMap, HashSet};

use dugnad_calendar::{
    Interval, Occurrence, RecurrenceError, expand,
    ical::{End, Foreign, Time, Unreadable},
};
use dugnad_door::{Invalid, Problem};
use dugnad_events::rooms::{EntryKey, Pattern};
use jiff::{
    SignedDuration, ToSpan as _,
    civil::{Date, DateTime},
    tz::TimeZone,
};
use tonic::Code;

use crate::model::{
    LONGEST_OF_A_SERIES_MINUTES, MOST_DATES, When,
    calendar::{Entry, What},
};

/// The most dates that the rules of one file give.
pub(super) const MOST_DATES_OF_A_FILE: usize = 10_000;

/// One event of the file.
pub(super) struct Draft {
    pub(super) line: usize,
    pub(super) uid: String,
    pub(super) summary: String,
    /// What to ask for, or why it cannot be asked for.
    pub(super) entry: Result<Entry, Problem>,
}

/// Reads them for a place.
pub(super) struct Reader<'a> {
    /// Where a time says nothing of its zone; and what rules are held to.
    pub(super) home: &'a TimeZone,
    /// The last day of rules that have no end.
    pub(super) until: Option<Date>,
    /// What names an event here: of its UID, and the date that it takes the place of.
    pub(super) key: &'a dyn Fn(&str, Option<DateTime>) -> EntryKey,
}

impl Reader<'_> {
    /// One for each event, in their order.
    pub(super) fn drafts(
        &self,
        file: Vec<Result<Foreign, Unreadable>>,
    ) -> Result<Vec<Draft>, Invalid> {
        let mut moved: HashMap<String, Vec<Time>> = HashMap::new();
        for event in file.iter().flatten() {
            if let Some(of) = &event.instead_of {
                moved.entry(event.uid.clone()).or_default().push(of.clone());
            }
        }
        let (mut dates, mut seen) = (0, HashSet::new());
        let mut drafts = Vec::with_capacity(file.len());
        for event in file {
            let draft = match event {
                Err(problem) => unreadable(problem),
                Ok(event) => {
                    let entry = self.entry(&event, moved.get(&event.uid), &mut dates);
                    let entry = entry.and_then(|entry| match seen.insert(entry.key) {
                        true => Ok(entry),
                        false => Err(refused("UNREADABLE", "UID: is given twice".to_owned())),
                    });
                    Draft { line: event.line, uid: event.uid, summary: event.summary, entry }
                }
            };
            if dates > MOST_DATES_OF_A_FILE {
                let problem = format!("has rules with more than {MOST_DATES_OF_A_FILE} dates");
                return Err(Invalid::new("calendar", problem));
            }
            drafts.push(draft);
        }
        Ok(drafts)
    }

    fn entry(
        &self,
        event: &Foreign,
        moved: Option<&Vec<Time>>,
        dates: &mut usize,
    ) -> Result<Entry, Problem> {
        let of = event.instead_of.as_ref().map(|of| self.local(of, event)).transpose()?;
        let key = (self.key)(&event.uid, of);
        let what = match &event.rrule {
            _ if event.cancelled => What::Cancelled,
            Some(_) if of.is_some() => {
                return Err(refused("UNREADABLE", "RRULE: beside a RECURRENCE-ID".to_owned()));
            }
            Some(rrule) => What::Again(self.pattern(event, rrule, moved, dates)?),
            None => What::Once(self.once(event)?),
        };
        Ok(Entry { key, sequence: event.sequence, what })
    }

    fn once(&self, event: &Foreign) -> Result<When, Problem> {
        if let Time::Day(first) = event.start {
            let after = match &event.end {
                End::Unsaid => first.saturating_add(1.day()),
                End::At(Time::Day(after)) => *after,
                End::After(days, rest) if rest.is_zero() => first.saturating_add(days.days()),
                _ => return Err(no_end()),
            };
            if after == first.saturating_add(1.day()) {
                return Ok(When::Day(first));
            }
            let (start, end) = (Time::Day(first), Time::Day(after));
            return self.span(&start, &end).map(When::Span);
        }
        let end = match &event.end {
            End::At(end) => end.clone(),
            End::After(days, rest) => {
                let local = later(event.start.local(), *days)?;
                match &event.start {
                    // A day by the calendar, an hour by the stopwatch (3.3.6).
                    Time::Zoned(_, zone) => self.after(&Time::Zoned(local, zone.clone()), *rest)?,
                    Time::Floating(_) => self.after(&Time::Floating(local), *rest)?,
                    _ => self.after(&Time::Zoned(local, TimeZone::UTC), *rest)?,
                }
            }
            End::Unsaid => return Err(no_end()),
        };
        self.span(&event.start, &end).map(When::Span)
    }

    fn after(&self, start: &Time, rest: SignedDuration) -> Result<Time, Problem> {
        let at = start.instant(self.home).ok_or_else(|| jumped_over(start))?;
        at.checked_add(rest).map(Time::Utc).map_err(|_| no_end())
    }

    fn span(&self, start: &Time, end: &Time) -> Result<Interval, Problem> {
        let at = |time: &Time| time.instant(self.home).ok_or_else(|| jumped_over(time));
        let wrong = |problem| refused("UNREADABLE", format!("DTEND: {problem}"));
        Interval::new(at(start)?, at(end)?).map_err(|problem| wrong(problem.to_string()))
    }

    fn pattern(
        &self,
        event: &Foreign,
        rrule: &str,
        moved: Option<&Vec<Time>>,
        dates: &mut usize,
    ) -> Result<Pattern, Problem> {
        let start = self.local(&event.start, event)?;
        let left_out = event.exdates.iter().chain(moved.into_iter().flatten());
        let exdates = left_out.map(|at| self.local(at, event)).collect::<Result<Vec<_>, _>>()?;
        let rrule = self.ending(rrule);
        let pattern = Pattern { start, minutes: self.minutes(event)?, rrule, exdates };
        *dates += self.same_instants(event, &pattern)?;
        Ok(pattern)
    }

    /// The rule with an end, where the importer has said one.
    fn ending(&self, rrule: &str) -> String {
        let upper = rrule.to_ascii_uppercase();
        let ends = upper.contains("COUNT=") || upper.contains("UNTIL=");
        match self.until {
            Some(until) if !ends => format!("{rrule};UNTIL={}", until.strftime("%Y%m%d")),
            _ => rrule.to_owned(),
        }
    }

    /// What the room's clock shows then; a whole day, among times of day, at the event's.
    fn local(&self, time: &Time, event: &Foreign) -> Result<DateTime, Problem> {
        match time {
            Time::Day(date) if !matches!(event.start, Time::Day(_)) => {
                let start = self.local(&event.start, event)?;
                Ok(date.to_datetime(start.time()))
            }
            Time::Day(_) | Time::Floating(_) => Ok(time.local()),
            Time::Utc(_) | Time::Zoned(..) => {
                let at = time.instant(self.home).ok_or_else(|| jumped_over(time))?;
                Ok(self.home.to_datetime(at))
            }
        }
    }

    /// By the clock on the wall.
    fn minutes(&self, event: &Foreign) -> Result<u16, Problem> {
        let start = event.start.local();
        let end = match &event.end {
            End::Unsaid if matches!(event.start, Time::Day(_)) => later(start, 1)?,
            End::Unsaid => return Err(no_end()),
            End::After(days, rest) => {
                later(start, *days)?.checked_add(*rest).map_err(|_| no_end())?
            }
            End::At(end) if end.zone(self.home) == event.start.zone(self.home) => end.local(),
            End::At(end) => {
                let at = end.instant(self.home).ok_or_else(|| jumped_over(end))?;
                event.start.zone(self.home).to_datetime(at)
            }
        };
        let length = end.duration_since(start);
        let minutes = u16::try_from(length.as_mins()).unwrap_or(0);
        let whole = length.as_secs() % 60 == 0;
        if !whole || !(1..=LONGEST_OF_A_SERIES_MINUTES).contains(&minutes) {
            let problem = "DTEND: what recurs lasts whole minutes, at most 24 hours";
            return Err(refused("UNREADABLE", problem.to_owned()));
        }
        Ok(minutes)
    }

    /// How many dates the rule gives, which the room's clock and the event's agree on.
    fn same_instants(&self, event: &Foreign, pattern: &Pattern) -> Result<usize, Problem> {
        let given = |start, zone, exdates: &[DateTime]| {
            expand(start, zone, &pattern.rrule, exdates, MOST_DATES).map_err(|problem| {
                let reason = match problem {
                    RecurrenceError::Endless { .. } => "ENDLESS",
                    RecurrenceError::Rule(_) => "UNREADABLE",
                };
                refused(reason, format!("RRULE: {problem}"))
            })
        };
        let here = given(pattern.start, self.home, &[])?;
        let zone = event.start.zone(self.home);
        if zone != self.home {
            let at = |date: &Occurrence| match date {
                Occurrence::At(_, at) => Some(*at),
                Occurrence::NoSuchLocalTime(_) => None,
            };
            let there = given(event.start.local(), zone, &[])?;
            if !here.iter().map(at).eq(there.iter().map(at)) {
                let problem = "its clock and the room's do not give the same times: \
                               write it in the room's zone";
                return Err(refused("OTHER_ZONE", problem.to_owned()));
            }
        }
        Ok(here.len())
    }
}

fn later(start: DateTime, days: i32) -> Result<DateTime, Problem> {
    start.checked_add(SignedDuration::from_hours(i64::from(days) * 24)).map_err(|_| no_end())
}

fn unreadable(problem: Unreadable) -> Draft {
    let reason = if problem.property == "TZID" { "UNKNOWN_ZONE" } else { "UNREADABLE" };
    let entry = Err(refused(reason, problem.to_string()));
    Draft { line: problem.line, uid: problem.uid, summary: String::new(), entry }
}

fn jumped_over(time: &Time) -> Problem {
    let message = format!("{} does not exist: the clock jumps over it", time.local());
    refused("NO_SUCH_LOCAL_TIME", message)
}

fn no_end() -> Problem {
    refused("UNREADABLE", "DTEND: it must end, and after it starts".to_owned())
}

pub(super) fn refused(reason: &'static str, message: String) -> Problem {
    Problem { code: Code::FailedPrecondition, reason, message }
}

#[cfg(test)]
mod tests;
