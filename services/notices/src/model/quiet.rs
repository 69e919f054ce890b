//! Local time: what day it is, when it is quiet, and when that ends.
//!
//! A time that the clock jumps over in spring means the first instant after the jump; of one that
//! it shows twice in autumn the first counts, unless that has passed. So quiet hours end every
//! night, and once.

use dugnad_events::notices::{Policy, Quiet};
use jiff::{
    SignedDuration, Timestamp, ToSpan as _, Zoned,
    civil::{DateTime, Time},
    tz::TimeZone,
};

/// The zone of a municipality.
#[must_use]
pub fn zone(policy: &Policy) -> TimeZone {
    // It was looked up when the policy was set; another machine's database may lack it.
    TimeZone::get(&policy.zone).unwrap_or(TimeZone::UTC)
}

/// An instant as the municipality's clocks show it.
#[must_use]
pub fn local(policy: &Policy, at: Timestamp) -> Zoned {
    at.to_zoned(zone(policy))
}

/// When the quiet hours end that `at` lies in; `None`: it lies in none.
#[must_use]
pub fn next_end(policy: &Policy, quiet: Quiet, at: Timestamp) -> Option<Timestamp> {
    let here = local(policy, at);
    if !is_within(quiet, here.time()) {
        return None;
    }
    let today = here.date();
    let days = [today.yesterday().ok(), Some(today), today.tomorrow().ok()];
    let ends = days.into_iter().flatten().flat_map(|day| both(policy, day.to_datetime(quiet.to)));
    // An hour that is shown twice may lie in the quiet twice: its end then is the second one.
    ends.filter(|end| *end > at).min()
}

/// The last instant not after `at` that is not quiet.
pub(super) fn before(policy: &Policy, quiet: Quiet, at: Timestamp) -> Timestamp {
    let here = local(policy, at);
    if !is_within(quiet, here.time()) {
        return at;
    }
    let today = here.date();
    let days = [today.yesterday().ok(), Some(today)];
    let starts = days.into_iter().flatten().flat_map(|it| both(policy, it.to_datetime(quiet.from)));
    let start = starts.filter(|start| *start <= at).max().unwrap_or(at);
    start.checked_sub(SignedDuration::from_secs(1)).unwrap_or(at)
}

/// The next local morning on another day: the end of the quiet hours, else eight o'clock.
pub(super) fn next_morning(policy: &Policy, quiet: Option<Quiet>, at: Timestamp) -> Timestamp {
    let time = quiet.map_or(Time::constant(8, 0, 0, 0), |quiet| quiet.to);
    let tomorrow = local(policy, at).date().saturating_add(1.day());
    both(policy, tomorrow.to_datetime(time)).first().copied().unwrap_or(at)
}

fn is_within(quiet: Quiet, time: Time) -> bool {
    if quiet.from <= quiet.to {
        quiet.from <= time && time < quiet.to
    } else {
        quiet.from <= time || time < quiet.to
    }
}

/// The instants that a clock on the wall shows a time at: one, or two where it is turned back.
fn both(policy: &Policy, at: DateTime) -> Vec<Timestamp> {
    let ambiguous = zone(policy).to_ambiguous_zoned(at);
    let compatible = ambiguous.clone().compatible().ok();
    let later = ambiguous.is_ambiguous().then(|| ambiguous.later().ok()).flatten();
    let mut found: Vec<_> =
        compatible.into_iter().chain(later).map(|zoned| zoned.timestamp()).collect();
    found.dedup();
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn quiet(from: &str, to: &str) -> Quiet {
        Quiet { from: from.parse().unwrap(), to: to.parse().unwrap() }
    }

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    fn end(quiet: Quiet, text: &str) -> Option<Timestamp> {
        next_end(&Policy::default(), quiet, at(text))
    }

    #[test]
    fn quiet_hours_over_midnight_end_in_the_morning_by_the_local_clock() {
        let night = quiet("22:00", "08:00");

        assert_eq!(end(night, "2026-11-22T21:30:00Z"), Some(at("2026-11-23T07:00:00Z")));
        assert_eq!(end(night, "2026-07-22T20:30:00Z"), Some(at("2026-07-23T06:00:00Z")));
        assert_eq!(end(night, "2026-11-23T07:00:00Z"), None, "the end is not part of it");
    }

    #[test]
    fn the_night_of_the_lost_hour_is_an_hour_shorter_and_an_end_within_it_is_after_the_jump() {
        // 02:00 → 03:00 on 29 March 2026, at 01:00 UTC.
        let night = quiet("22:00", "08:00");
        assert_eq!(end(night, "2026-03-28T22:00:00Z"), Some(at("2026-03-29T06:00:00Z")));

        let short = quiet("22:00", "02:30");
        assert_eq!(end(short, "2026-03-29T00:30:00Z"), Some(at("2026-03-29T01:30:00Z")));
        assert_eq!(end(short, "2026-03-29T01:15:00Z"), None, "it is 03:15 already");
    }

    #[test]
    fn in_the_night_of_the_doubled_hour_quiet_ends_and_may_come_again() {
        // 03:00 → 02:00 on 25 October 2026, at 01:00 UTC.
        let night = quiet("22:00", "08:00");
        assert_eq!(end(night, "2026-10-24T21:00:00Z"), Some(at("2026-10-25T07:00:00Z")));

        let short = quiet("22:00", "02:30");
        assert_eq!(end(short, "2026-10-25T00:15:00Z"), Some(at("2026-10-25T00:30:00Z")));
        assert_eq!(end(short, "2026-10-25T00:45:00Z"), None);
        assert_eq!(end(short, "2026-10-25T01:15:00Z"), Some(at("2026-10-25T01:30:00Z")));
    }

    #[test]
    fn what_would_fall_into_the_night_comes_before_it() {
        let night = quiet("22:00", "08:00");
        let policy = Policy::default();

        assert_eq!(before(&policy, night, at("2026-11-23T05:00:00Z")), at("2026-11-22T20:59:59Z"));
        assert_eq!(before(&policy, night, at("2026-03-29T04:00:00Z")), at("2026-03-28T20:59:59Z"));
        assert_eq!(before(&policy, night, at("2026-11-23T12:00:00Z")), at("2026-11-23T12:00:00Z"));
    }
}
