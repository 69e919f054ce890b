//! When help is needed: instants, or a rule in local time that is worked out once, when it is read.

use dugnad_calendar::{Interval, Occurrence, expand};
use dugnad_door::{Invalid, Within as _, field, local};
use dugnad_events::matching::Slot;
use dugnad_proto::matching::v1 as pb;
use jiff::SignedDuration;

use crate::model::{MOST_SLOTS, MOST_WINDOWS, here};

const LONGEST: SignedDuration = SignedDuration::from_hours(24);
const LONGEST_RRULE: usize = 1000;
const MOST_EXDATES: usize = 200;
const DAY: u32 = 24 * 60;

pub(in crate::api) fn span(
    name: &str,
    value: Option<&pb::Interval>,
    longest: SignedDuration,
) -> Result<Interval, Invalid> {
    let value = field::required(name, value)?;
    field::interval(value.start.as_ref(), value.end.as_ref(), longest).within(name)
}

/// Once or several times, each of which somebody can take by itself.
pub(super) fn several(times: &[pb::Interval]) -> Result<Vec<Slot>, Invalid> {
    let times = field::at_most("times", times, MOST_SLOTS)?;
    if times.is_empty() {
        return Err(Invalid::new("times", "must not be empty, unless it is lasting"));
    }
    let read = |(at, time): (usize, &pb::Interval)| {
        field::interval(time.start.as_ref(), time.end.as_ref(), LONGEST).within_item("times", at)
    };
    let mut windows = times.iter().enumerate().map(read).collect::<Result<Vec<_>, _>>()?;
    windows.sort_unstable_by_key(|window| (window.start(), window.end()));
    windows.dedup();
    Ok(windows.into_iter().map(|window| Slot { windows: vec![window] }).collect())
}

/// All times of a lasting pairing. One that the clock jumps over is left out.
pub(super) fn lasting(lasting: &pb::Lasting) -> Result<Vec<Interval>, Invalid> {
    let start = local::date_time("first_start", &lasting.first_start)?;
    let duration = field::required("duration", lasting.duration.as_ref())?;
    let minutes = field::minutes("duration", duration, 1..=DAY)?;
    let rrule = field::label("rrule", &lasting.rrule, LONGEST_RRULE)?;
    let exdates = field::at_most("exdates", &lasting.exdates, MOST_EXDATES)?;
    let exdate =
        |(at, text): (usize, &String)| local::date_time("", text).within_item("exdates", at);
    let exdates = exdates.iter().enumerate().map(exdate).collect::<Result<Vec<_>, _>>()?;
    let found = expand(start, here(), rrule, &exdates, MOST_WINDOWS)
        .map_err(|problem| Invalid::new("rrule", problem.to_string()))?;
    let mut windows = Vec::with_capacity(found.len());
    for occurrence in found {
        let Occurrence::At(_, at) = occurrence else { continue };
        let end = at.checked_add(SignedDuration::from_mins(minutes.into()));
        let window = end.ok().and_then(|end| Interval::new(at, end).ok());
        let window = window.ok_or_else(|| Invalid::new("rrule", "leaves the calendar"))?;
        if windows.last().is_some_and(|last: &Interval| last.end() > window.start()) {
            return Err(Invalid::new("duration", "must end before the next time begins"));
        }
        windows.push(window);
    }
    if windows.is_empty() {
        return Err(Invalid::new("rrule", "gives no time"));
    }
    Ok(windows)
}
