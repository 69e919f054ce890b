//! Reads one field at a time, each within its bounds.
//!
//! Every function names the field in its error and allocates nothing unless it fails.

use std::{fmt::Display, ops::RangeInclusive, str::FromStr, time::Duration};

use dugnad_calendar::{Interval, IntervalError};
use dugnad_ledger::{NotARequestId, RequestId};
use jiff::{SignedDuration, Timestamp};
use uuid::Uuid;

use crate::Invalid;

/// 2000-01-01T00:00:00Z.
const EARLIEST: i64 = 946_684_800;
/// 2200-01-01T00:00:00Z.
const LATEST: i64 = 7_258_118_400;

/// A message that must be there.
///
/// # Errors
/// If it is not set.
pub fn required<'a, T>(field: &str, value: Option<&'a T>) -> Result<&'a T, Invalid> {
    value.ok_or_else(|| Invalid::new(field, "is required"))
}

/// The field `request_id`.
///
/// # Errors
/// If it is no UUIDv7.
pub fn request_id(text: &str) -> Result<RequestId, Invalid> {
    let id = uuid(text).and_then(|id| RequestId::new(id).ok());
    id.ok_or_else(|| Invalid::new("request_id", NotARequestId.to_string()))
}

/// A resource name, read by its own type, as `facilities/{uuid}/rooms/{uuid}`.
///
/// # Errors
/// What the type says: the form that is wanted.
pub fn name<T: FromStr<Err: Display>>(field: &str, text: &str) -> Result<T, Invalid> {
    text.parse().map_err(|problem: T::Err| Invalid::new(field, problem.to_string()))
}

/// The id in a resource name of one collection, as `people/{uuid}`.
///
/// # Errors
/// Names the form that is wanted.
pub fn id(field: &str, text: &str, collection: &str) -> Result<Uuid, Invalid> {
    let id = text.strip_prefix(collection).and_then(|rest| rest.strip_prefix('/')).and_then(uuid);
    id.ok_or_else(|| Invalid::new(field, format!("must have the form `{collection}/{{uuid}}`")))
}

/// Only the form with hyphens: the others that the standard knows would give one thing two names.
fn uuid(text: &str) -> Option<Uuid> {
    (text.len() == 36).then(|| Uuid::try_parse(text).ok()).flatten()
}

/// Text of at most `longest` characters without control characters; may be empty. Line breaks and
/// tabs are no control characters here.
///
/// # Errors
/// If it is longer, or holds one.
pub fn text<'a>(field: &str, text: &'a str, longest: usize) -> Result<&'a str, Invalid> {
    // Bytes bound characters from above: most texts need no counting.
    if text.len() > longest && text.chars().count() > longest {
        return Err(Invalid::new(field, format!("must have at most {longest} characters")));
    }
    if text.chars().any(|c| c.is_control() && !matches!(c, '\n' | '\r' | '\t')) {
        return Err(Invalid::new(field, "must not hold control characters"));
    }
    Ok(text)
}

/// Text that says something: as [`text`], and not only spaces.
///
/// # Errors
/// As [`text`], and if it is empty.
pub fn label<'a>(field: &str, value: &'a str, longest: usize) -> Result<&'a str, Invalid> {
    if value.trim().is_empty() {
        return Err(Invalid::new(field, "must not be empty"));
    }
    text(field, value, longest)
}

/// A list of at most `most` items.
///
/// # Errors
/// If there are more.
pub fn at_most<'a, T>(field: &str, items: &'a [T], most: usize) -> Result<&'a [T], Invalid> {
    if items.len() > most {
        return Err(Invalid::new(field, format!("must have at most {most} items")));
    }
    Ok(items)
}

/// A number within bounds.
///
/// # Errors
/// If it lies outside them.
pub fn within(field: &str, value: i32, bounds: RangeInclusive<i32>) -> Result<u32, Invalid> {
    u32::try_from(value).ok().filter(|_| bounds.contains(&value)).ok_or_else(|| {
        Invalid::new(field, format!("must be from {} to {}", bounds.start(), bounds.end()))
    })
}

/// An instant in whole seconds, from the year 2000 up to 2200.
///
/// # Errors
/// If it is not set, has a part of a second, or lies outside these years.
pub fn instant(field: &str, value: Option<&prost_types::Timestamp>) -> Result<Timestamp, Invalid> {
    let value = required(field, value)?;
    if value.nanos != 0 {
        return Err(Invalid::new(field, "must be whole seconds"));
    }
    if !(EARLIEST..LATEST).contains(&value.seconds) {
        return Err(Invalid::new(field, "must lie in the years 2000 to 2199"));
    }
    Timestamp::from_second(value.seconds).map_err(|e| Invalid::new(field, e.to_string()))
}

/// A span of at most `longest` from the fields `start` and `end`.
///
/// # Errors
/// As [`instant`] for each, and if the end does not come after the start, or too late.
pub fn interval(
    start: Option<&prost_types::Timestamp>,
    end: Option<&prost_types::Timestamp>,
    longest: SignedDuration,
) -> Result<Interval, Invalid> {
    let interval = Interval::new(instant("start", start)?, instant("end", end)?);
    let interval = interval.map_err(|problem| match problem {
        IntervalError::Empty => Invalid::new("end", "must come after the start"),
        other => Invalid::new("end", other.to_string()),
    })?;
    if interval.seconds() > longest.as_secs() {
        let days = longest.as_hours() / 24;
        return Err(Invalid::new("end", format!("must be at most {days} days after the start")));
    }
    Ok(interval)
}

/// A duration in whole minutes, within bounds.
///
/// # Errors
/// If it has a part of a minute, or lies outside the bounds.
pub fn minutes(
    field: &str,
    value: &prost_types::Duration,
    bounds: RangeInclusive<u32>,
) -> Result<u32, Invalid> {
    if value.nanos != 0 || value.seconds % 60 != 0 {
        return Err(Invalid::new(field, "must be whole minutes"));
    }
    u32::try_from(value.seconds / 60).ok().filter(|minutes| bounds.contains(minutes)).ok_or_else(
        || {
            let (least, most) = (bounds.start(), bounds.end());
            Invalid::new(field, format!("must be from {least} to {most} minutes"))
        },
    )
}

/// The field `budget`: how long something may be computed; not set: as long as is usual.
///
/// # Errors
/// If it is nothing, or longer than allowed.
pub fn budget(
    value: Option<prost_types::Duration>,
    usual: Duration,
    longest: Duration,
) -> Result<Duration, Invalid> {
    let Some(value) = value else { return Ok(usual) };
    let read = Duration::try_from(value).ok().filter(|it| !it.is_zero() && *it <= longest);
    let most = longest.as_secs();
    read.ok_or_else(|| Invalid::new("budget", format!("must be above 0 and at most {most} s")))
}

#[cfg(test)]
mod tests;
