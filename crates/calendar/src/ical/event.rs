//! One event of a stranger's calendar, as it is understood here.

use jiff::{
    SignedDuration, Span, Timestamp,
    civil::{Date, DateTime},
    tz::{AmbiguousOffset, Offset, TimeZone},
};

use super::{
    line::{Line, date, date_time, unescaped},
    zone,
};

/// The longest UID that is taken for one.
const LONGEST_UID: usize = 1_000;

/// An event as a file says it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Foreign {
    /// Its first line in the file, from 1.
    pub line: usize,
    /// Names it, and all changes of it.
    pub uid: String,
    /// Goes up with each change.
    pub sequence: u32,
    /// The date of a series that this one takes the place of.
    pub instead_of: Option<Time>,
    /// It was called off.
    pub cancelled: bool,
    /// When it begins.
    pub start: Time,
    /// When it ends.
    pub end: End,
    /// How it recurs, without `RRULE:`.
    pub rrule: Option<String>,
    /// Dates to leave out.
    pub exdates: Vec<Time>,
    /// What it is called.
    pub summary: String,
}

/// A point in time as a file says it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Time {
    /// A whole day.
    Day(Date),
    /// By the clock on the wall, wherever that is.
    Floating(DateTime),
    /// An instant.
    Utc(Timestamp),
    /// By the clock of that zone.
    Zoned(DateTime, TimeZone),
}

impl Time {
    /// What the clock of its own zone shows.
    #[must_use]
    pub fn local(&self) -> DateTime {
        match self {
            Self::Day(date) => date.at(0, 0, 0, 0),
            Self::Floating(at) | Self::Zoned(at, _) => *at,
            Self::Utc(at) => Offset::UTC.to_datetime(*at),
        }
    }

    /// The zone whose clock it means; `home`, where nothing says which.
    #[must_use]
    pub fn zone<'a>(&'a self, home: &'a TimeZone) -> &'a TimeZone {
        match self {
            Self::Day(_) | Self::Floating(_) => home,
            Self::Utc(_) => const { &TimeZone::UTC },
            Self::Zoned(_, zone) => zone,
        }
    }

    /// The instant; the first, where the clock shows it twice. `None`: the clock jumps over it.
    #[must_use]
    pub fn instant(&self, home: &TimeZone) -> Option<Timestamp> {
        let placed = self.zone(home).to_ambiguous_timestamp(self.local());
        if matches!(placed.offset(), AmbiguousOffset::Gap { .. }) {
            return None;
        }
        placed.earlier().ok()
    }
}

/// When an event ends.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum End {
    /// Then.
    At(Time),
    /// So many days later by the calendar, then so long.
    After(i32, SignedDuration),
    /// It does not say: at once, or with the day.
    Unsaid,
}

/// What is wrong with one event.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{property}: {problem}")]
pub struct Unreadable {
    /// The event's first line in the file, from 1.
    pub line: usize,
    /// As far as it was read.
    pub uid: String,
    /// At fault.
    pub property: &'static str,
    /// What is wrong with it.
    pub problem: String,
}

type Read<T> = Result<T, (&'static str, String)>;

impl Foreign {
    pub(super) fn read(line: usize, properties: &[Line]) -> Result<Self, Unreadable> {
        let uid = one(properties, "UID").map(|it| unescaped(it.value.trim())).unwrap_or_default();
        let read = Self::understood(line, &uid, properties);
        read.map_err(|(property, problem)| {
            let uid = uid.chars().take(LONGEST_UID).collect();
            Unreadable { line, uid, property, problem }
        })
    }

    fn understood(line: usize, uid: &str, properties: &[Line]) -> Read<Self> {
        if uid.is_empty() || uid.len() > LONGEST_UID {
            return Err(("UID", format!("must be there, and at most {LONGEST_UID} bytes")));
        }
        if one(properties, "RDATE").is_some() {
            let problem = "dates beside a rule are not taken: give each an event of its own";
            return Err(("RDATE", problem.to_owned()));
        }
        let rules: Vec<_> = properties.iter().filter(|it| it.name == "RRULE").collect();
        if rules.len() > 1 {
            return Err(("RRULE", "is given twice".to_owned()));
        }
        let instead = one(properties, "RECURRENCE-ID");
        if instead.is_some_and(|it| it.param("RANGE").is_some()) {
            let problem = "RANGE is not taken: end the series, and begin another";
            return Err(("RECURRENCE-ID", problem.to_owned()));
        }
        let start = one(properties, "DTSTART").ok_or(("DTSTART", "must be there".to_owned()))?;
        Ok(Self {
            line,
            uid: uid.to_owned(),
            sequence: sequence(properties)?,
            instead_of: instead.map(|it| time(it, &it.value, "RECURRENCE-ID")).transpose()?,
            cancelled: one(properties, "STATUS").is_some_and(is_cancelled),
            start: time(start, &start.value, "DTSTART")?,
            end: end(properties)?,
            rrule: rules.first().map(|rule| rule.value.trim().to_owned()),
            exdates: exdates(properties)?,
            summary: one(properties, "SUMMARY").map(|it| unescaped(&it.value)).unwrap_or_default(),
        })
    }
}

fn one<'a>(properties: &'a [Line], name: &str) -> Option<&'a Line> {
    properties.iter().find(|it| it.name == name)
}

fn is_cancelled(line: &Line) -> bool {
    line.value.trim().eq_ignore_ascii_case("CANCELLED")
}

fn sequence(properties: &[Line]) -> Read<u32> {
    let Some(line) = one(properties, "SEQUENCE") else { return Ok(0) };
    let wrong = |_| ("SEQUENCE", "must be a number from 0".to_owned());
    line.value.trim().parse().map_err(wrong)
}

fn end(properties: &[Line]) -> Read<End> {
    match (one(properties, "DTEND"), one(properties, "DURATION")) {
        (Some(_), Some(_)) => {
            Err(("DURATION", "stands instead of DTEND, not beside it".to_owned()))
        }
        (Some(end), None) => time(end, &end.value, "DTEND").map(End::At),
        (None, Some(length)) => duration(length.value.trim()),
        (None, None) => Ok(End::Unsaid),
    }
}

/// `P1W`, `P1DT2H30M`.
fn duration(text: &str) -> Read<End> {
    let wrong = || ("DURATION", "must be a length such as PT1H30M or P1D".to_owned());
    let span: Span = text.parse().map_err(|_| wrong())?;
    let days = span.get_weeks().checked_mul(7).and_then(|days| days.checked_add(span.get_days()));
    let rest = SignedDuration::from_hours(span.get_hours().into())
        .checked_add(SignedDuration::from_mins(span.get_minutes()))
        .and_then(|so_far| so_far.checked_add(SignedDuration::from_secs(span.get_seconds())));
    let plain = span.get_months() == 0 && span.get_years() == 0 && !span.is_negative();
    days.zip(rest).filter(|_| plain).map(|(days, rest)| End::After(days, rest)).ok_or_else(wrong)
}

fn exdates(properties: &[Line]) -> Read<Vec<Time>> {
    let lines = properties.iter().filter(|it| it.name == "EXDATE");
    let each = lines.flat_map(|line| line.value.split(',').map(move |value| (line, value)));
    each.map(|(line, value)| time(line, value, "EXDATE")).collect()
}

fn time(line: &Line, value: &str, property: &'static str) -> Read<Time> {
    let value = value.trim();
    let form = || (property, format!("`{value}` is no date or time of RFC 5545"));
    if let Some(day) = date(value) {
        return Ok(Time::Day(day));
    }
    if let Some(utc) = value.strip_suffix('Z') {
        let at = date_time(utc).ok_or_else(form)?;
        return Offset::UTC.to_timestamp(at).map(Time::Utc).map_err(|_| form());
    }
    let at = date_time(value).ok_or_else(form)?;
    match line.param("TZID") {
        None => Ok(Time::Floating(at)),
        Some(name) => match zone::named(name) {
            Some(zone) => Ok(Time::Zoned(at, zone)),
            None => Err(("TZID", format!("`{name}` is no time zone known here"))),
        },
    }
}
