//! A recurrence rule as other programs are to read it.

use jiff::Timestamp;

use super::line::utc;

/// The rule ended at `last` instead of by what it says: `COUNT` counts dates that others leave out
/// (a local time that the clock jumps over), and `UNTIL` must be in UTC beside a `TZID`.
#[must_use]
pub fn ended(rrule: &str, last: Timestamp) -> String {
    let rule = rrule.to_ascii_uppercase();
    let rule = rule.strip_prefix("RRULE:").unwrap_or(&rule);
    let ends = |part: &&str| part.starts_with("COUNT=") || part.starts_with("UNTIL=");
    let kept: Vec<_> = rule.split(';').filter(|part| !ends(part)).collect();
    format!("{};UNTIL={}", kept.join(";"), utc(last))
}

/// Whether the rule steps by days or longer: by the hour, programs do not agree on what a day with 25
/// of them has.
#[must_use]
pub fn steps_by_days(rrule: &str) -> bool {
    let rule = rrule.to_ascii_uppercase();
    let clock = ["HOURLY", "MINUTELY", "SECONDLY", "BYHOUR", "BYMINUTE", "BYSECOND"];
    !clock.iter().any(|part| rule.contains(part))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whatever_ended_a_rule_it_ends_at_an_instant() {
        let last = "2026-12-22T17:00:00Z".parse().unwrap();

        assert_eq!(
            ended("rrule:freq=weekly;count=4;byday=TU", last),
            "FREQ=WEEKLY;BYDAY=TU;UNTIL=20261222T170000Z"
        );
        assert_eq!(ended("FREQ=DAILY;UNTIL=20261231", last), "FREQ=DAILY;UNTIL=20261222T170000Z");
        assert!(steps_by_days("FREQ=YEARLY") && !steps_by_days("FREQ=DAILY;BYHOUR=9,12"));
    }
}
