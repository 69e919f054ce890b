//! A parsed recurrence rule.
//!
//! Keeps true: every number lies in the range RFC 5545 gives it, no part is named twice, and what a
//! `BY` list holds is a set, however often the text repeats it.

use jiff::{
    Timestamp,
    civil::{Date, DateTime, Weekday},
    tz::Offset,
};

use super::RecurrenceError;

/// The longest rule read. A rule a person means has some dozens of characters.
const MAX_BYTES: usize = 512;

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Frequency {
    Yearly,
    Monthly,
    Weekly,
    Daily,
    Hourly,
    Minutely,
    Secondly,
}

/// When a rule ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Until {
    Day(Date),
    Local(DateTime),
    Instant(Timestamp),
}

impl Until {
    /// Whether the rule had ended by the time that the clock shows as `local`.
    pub(super) fn is_before(self, local: DateTime, instant: Timestamp) -> bool {
        match self {
            Self::Day(last) => local.date() > last,
            Self::Local(last) => local > last,
            Self::Instant(last) => instant > last,
        }
    }
}

/// A set of numbers between 0 and 63.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Small(u64);

impl Small {
    pub(super) fn insert(&mut self, n: u8) {
        self.0 |= 1 << n;
    }
    pub(super) fn contains(self, n: i8) -> bool {
        u32::try_from(n).is_ok_and(|n| self.0.checked_shr(n).unwrap_or(0) & 1 == 1)
    }
    pub(super) fn is_empty(self) -> bool {
        self.0 == 0
    }
    pub(super) fn iter(self) -> impl Iterator<Item = i8> {
        (0..64).filter(move |n| self.contains(*n))
    }
}

/// Places counted from the front (1 is the first) or from the back (-1 is the last).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Places {
    /// Sorted, each once.
    pub(super) front: Vec<u16>,
    pub(super) back: Vec<u16>,
}

impl Places {
    pub(super) fn insert(&mut self, place: i16) {
        let side = if place > 0 { &mut self.front } else { &mut self.back };
        if let Err(at) = side.binary_search(&place.unsigned_abs()) {
            side.insert(at, place.unsigned_abs());
        }
    }
    /// Whether the place `front`th from the front and `back`th from the back is meant.
    pub(super) fn contains(&self, front: i16, back: i16) -> bool {
        let named = |side: &[u16], n: i16| side.binary_search(&n.unsigned_abs()).is_ok();
        named(&self.front, front) || named(&self.back, back)
    }
    pub(super) fn is_empty(&self) -> bool {
        self.front.is_empty() && self.back.is_empty()
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Rule {
    pub(super) frequency: Frequency,
    pub(super) interval: u32,
    pub(super) count: Option<u32>,
    pub(super) until: Option<Until>,
    pub(super) week_start: Weekday,
    pub(super) seconds: Small,
    pub(super) minutes: Small,
    pub(super) hours: Small,
    pub(super) months: Small,
    /// Weekdays without an ordinal, 0 is Monday.
    pub(super) weekdays: Small,
    /// Weekdays with an ordinal, by weekday from Monday on.
    pub(super) nth_weekdays: [Places; 7],
    pub(super) month_days: Places,
    pub(super) year_days: Places,
    pub(super) weeks: Places,
    pub(super) positions: Places,
}

type Parsed<T> = Result<T, RecurrenceError>;

fn wrong<T>(why: impl Into<String>) -> Parsed<T> {
    Err(RecurrenceError::Rule(why.into()))
}

impl Rule {
    /// Reads `FREQ=…;…`, in any case, with or without `RRULE:` in front.
    pub(super) fn parse(text: &str) -> Parsed<Self> {
        if text.len() > MAX_BYTES {
            return wrong(format!("longer than {MAX_BYTES} bytes"));
        }
        let text = text.to_ascii_uppercase();
        let text = text.strip_prefix("RRULE:").unwrap_or(&text);
        let mut parts: Vec<(&str, &str)> = Vec::new();
        for part in text.split(';') {
            let Some((name, value)) = part.split_once('=') else {
                return wrong(format!("{part:?} is not NAME=VALUE"));
            };
            if parts.iter().any(|(seen, _)| *seen == name) {
                return wrong(format!("{name} is given twice"));
            }
            parts.push((name, value));
        }
        let Some((_, frequency)) = parts.iter().find(|(name, _)| *name == "FREQ") else {
            return wrong("FREQ is missing");
        };
        let mut rule = Self::every(parse_frequency(frequency)?);
        for (name, value) in parts {
            rule.set(name, value)?;
        }
        Ok(rule)
    }

    fn every(frequency: Frequency) -> Self {
        Self {
            frequency,
            interval: 1,
            count: None,
            until: None,
            week_start: Weekday::Monday,
            seconds: Small::default(),
            minutes: Small::default(),
            hours: Small::default(),
            months: Small::default(),
            weekdays: Small::default(),
            nth_weekdays: Default::default(),
            month_days: Places::default(),
            year_days: Places::default(),
            weeks: Places::default(),
            positions: Places::default(),
        }
    }

    fn set(&mut self, name: &str, value: &str) -> Parsed<()> {
        match name {
            "FREQ" => {}
            "INTERVAL" => self.interval = parse_positive(name, value)?,
            "COUNT" => self.count = Some(parse_positive(name, value)?),
            "UNTIL" => self.until = Some(parse_until(value)?),
            "WKST" => self.week_start = parse_weekday(value)?,
            // Second 60 is a leap second, which no clock of ours shows (RFC 5545 3.3.5).
            "BYSECOND" => self.seconds = parse_set(name, value, 0, 60, |second| second.min(59))?,
            "BYMINUTE" => self.minutes = parse_set(name, value, 0, 59, |minute| minute)?,
            "BYHOUR" => self.hours = parse_set(name, value, 0, 23, |hour| hour)?,
            "BYMONTH" => self.months = parse_set(name, value, 1, 12, |month| month)?,
            "BYMONTHDAY" => self.month_days = parse_places(name, value, 31)?,
            "BYYEARDAY" => self.year_days = parse_places(name, value, 366)?,
            "BYWEEKNO" => self.weeks = parse_places(name, value, 53)?,
            "BYSETPOS" => self.positions = parse_places(name, value, 366)?,
            "BYDAY" => self.set_weekdays(value)?,
            _ => return wrong(format!("{name:?} is no part of a rule")),
        }
        Ok(())
    }

    fn set_weekdays(&mut self, value: &str) -> Parsed<()> {
        for item in value.split(',') {
            let Some((ordinal, day)) = item.split_at_checked(item.len().saturating_sub(2)) else {
                return wrong(format!("{item:?} is no weekday"));
            };
            let day = parse_weekday(day)?.to_monday_zero_offset().unsigned_abs();
            // Only a month or a year has a second Tuesday; elsewhere the ordinal says nothing.
            if ordinal.is_empty() || self.frequency > Frequency::Monthly {
                self.weekdays.insert(day);
            }
            if !ordinal.is_empty() {
                let ordinal = parse_signed("BYDAY", ordinal, 53)?;
                if self.frequency <= Frequency::Monthly {
                    self.nth_weekdays[usize::from(day)].insert(ordinal);
                }
            }
        }
        Ok(())
    }
}

fn parse_frequency(value: &str) -> Parsed<Frequency> {
    Ok(match value {
        "YEARLY" => Frequency::Yearly,
        "MONTHLY" => Frequency::Monthly,
        "WEEKLY" => Frequency::Weekly,
        "DAILY" => Frequency::Daily,
        "HOURLY" => Frequency::Hourly,
        "MINUTELY" => Frequency::Minutely,
        "SECONDLY" => Frequency::Secondly,
        _ => return wrong(format!("{value:?} is no frequency")),
    })
}

fn parse_weekday(value: &str) -> Parsed<Weekday> {
    Ok(match value {
        "MO" => Weekday::Monday,
        "TU" => Weekday::Tuesday,
        "WE" => Weekday::Wednesday,
        "TH" => Weekday::Thursday,
        "FR" => Weekday::Friday,
        "SA" => Weekday::Saturday,
        "SU" => Weekday::Sunday,
        _ => return wrong(format!("{value:?} is no weekday")),
    })
}

/// Digits and nothing else: `parse` alone would take a plus sign.
fn parse_digits(name: &str, digits: &str) -> Parsed<u32> {
    match digits.parse() {
        Ok(number) if digits.bytes().all(|byte| byte.is_ascii_digit()) => Ok(number),
        _ => wrong(format!("{name} has {digits:?} where a number belongs")),
    }
}

fn parse_positive(name: &str, value: &str) -> Parsed<u32> {
    match parse_digits(name, value)? {
        0 => wrong(format!("{name} must be at least 1")),
        number => Ok(number),
    }
}

fn parse_signed(name: &str, value: &str, max: u16) -> Parsed<i16> {
    let (sign, digits) = match value.as_bytes() {
        [b'-', ..] => (-1, &value[1..]),
        [b'+', ..] => (1, &value[1..]),
        _ => (1, value),
    };
    match i16::try_from(parse_digits(name, digits)?) {
        Ok(number) if number >= 1 && number.unsigned_abs() <= max => Ok(sign * number),
        _ => wrong(format!("{name} takes 1 to {max} or -{max} to -1, not {value:?}")),
    }
}

fn parse_set(name: &str, value: &str, min: u8, max: u8, read: fn(u8) -> u8) -> Parsed<Small> {
    let mut set = Small::default();
    for item in value.split(',') {
        match u8::try_from(parse_digits(name, item)?) {
            Ok(number) if (min..=max).contains(&number) => set.insert(read(number)),
            _ => return wrong(format!("{name} takes {min} to {max}, not {item:?}")),
        }
    }
    Ok(set)
}

fn parse_places(name: &str, value: &str, max: u16) -> Parsed<Places> {
    let mut places = Places::default();
    for item in value.split(',') {
        places.insert(parse_signed(name, item, max)?);
    }
    Ok(places)
}

fn parse_until(value: &str) -> Parsed<Until> {
    let bad = || RecurrenceError::Rule(format!("UNTIL has {value:?} where a date belongs"));
    let (date, time) = match value.split_once('T') {
        Some((date, time)) => (date, Some(time)),
        None => (value, None),
    };
    let number = |text: &str, range: std::ops::Range<usize>| {
        text.get(range).and_then(|digits| parse_digits("UNTIL", digits).ok()).ok_or_else(bad)
    };
    let small = |text, range| number(text, range).map(|n| n as i8);
    if date.len() != 8 {
        return Err(bad());
    }
    let year = number(date, 0..4)? as i16;
    let date = Date::new(year, small(date, 4..6)?, small(date, 6..8)?).map_err(|_| bad())?;
    let Some(time) = time else { return Ok(Until::Day(date)) };
    let utc = time.strip_suffix('Z');
    let time = utc.unwrap_or(time);
    if time.len() != 6 {
        return Err(bad());
    }
    let (hour, minute, second) = (small(time, 0..2)?, small(time, 2..4)?, small(time, 4..6)?);
    let local =
        DateTime::new(date.year(), date.month(), date.day(), hour, minute, second.min(59), 0)
            .map_err(|_| bad())?;
    Ok(match utc {
        // 9999-12-31, which many programs write for "never", lies past jiff's last instant.
        Some(_) => Until::Instant(Offset::UTC.to_timestamp(local).unwrap_or(Timestamp::MAX)),
        None => Until::Local(local),
    })
}
