//! Our expansion against python-dateutil's, in floating time: `golden/generate.py` made the cases.
#![allow(clippy::unwrap_used)] // helpers of tests

use dugnad_calendar::{Occurrence, RecurrenceError, expand};
use jiff::{civil::DateTime, tz::TimeZone};

#[test]
fn every_rule_gives_the_dates_that_dateutil_gives() {
    let cases = include_str!("golden/recurrence.txt");
    let mut wrong = Vec::new();

    for case in cases.lines() {
        let mut parts = case.splitn(3, '|').map(str::trim);
        let (start, rule, dates) =
            (parts.next().unwrap(), parts.next().unwrap(), parts.next().unwrap());
        let expected: Vec<DateTime> = dates.split(' ').flat_map(str::parse).collect();

        let ours = local_dates(start.parse().unwrap(), rule);

        // A rule without any date may also end in an error: it would be looked for to the year
        // 9999.
        let gave_up = expected.is_empty() && matches!(ours, Err(RecurrenceError::Endless { .. }));
        if !gave_up && ours.as_ref() != Ok(&expected) {
            wrong.push(format!("{start} {rule}\n  dateutil {expected:?}\n  ours     {ours:?}"));
        }
    }

    assert!(cases.lines().count() >= 700);
    assert!(wrong.is_empty(), "{} rules differ:\n{}", wrong.len(), wrong.join("\n"));
}

fn local_dates(start: DateTime, rule: &str) -> Result<Vec<DateTime>, RecurrenceError> {
    let dates = expand(start, &TimeZone::UTC, rule, &[], 100)?;
    Ok(dates
        .into_iter()
        .map(|date| match date {
            Occurrence::At(local, _) => local,
            Occurrence::NoSuchLocalTime(local) => panic!("UTC has no gap at {local}"),
        })
        .collect())
}
