//! When somebody can come, as clients write it and as the calendar knows it.

use std::collections::BTreeMap;

use dugnad_calendar::{Exception, LocalWindow, LocalWindowError, OpeningHours};
use dugnad_door::{Invalid, Within as _, field, local};
use dugnad_proto::volunteers::v1::{self as pb, opening_hours as day};
use jiff::{civil::Date, tz::TimeZone};

use crate::model::{OSLO, people::Availability};

/// The windows of one day.
const MOST_WINDOWS: usize = 24;
/// Days that differ from their weekday: more than one a day of the year.
const MOST_EXCEPTIONS: usize = 400;
/// Characters of an exception's reason.
const LONGEST_REASON: usize = 200;

type Windows = Vec<LocalWindow>;

/// A weekday that is not named is closed; nothing at all is always.
pub(super) fn read(
    availability: Option<&pb::Availability>,
) -> Result<(String, OpeningHours), Invalid> {
    let Some(availability) = availability else {
        return Ok((OSLO.to_owned(), OpeningHours::default()));
    };
    let zone = zone(&availability.time_zone).within("availability")?;
    let hours = availability.hours.as_ref().map(opening_hours).transpose();
    Ok((zone, hours.within("hours").within("availability")?.unwrap_or_default()))
}

fn zone(name: &str) -> Result<String, Invalid> {
    let name = if name.is_empty() { OSLO } else { name };
    let known = (name.len() <= 64).then(|| TimeZone::get(name).ok()).flatten();
    let name = known.as_ref().and_then(TimeZone::iana_name);
    name.map(str::to_owned).ok_or_else(|| Invalid::new("time_zone", "is no IANA time zone"))
}

fn opening_hours(hours: &pb::OpeningHours) -> Result<OpeningHours, Invalid> {
    if hours.days.is_empty() && hours.exceptions.is_empty() {
        return Ok(OpeningHours::default());
    }
    let mut week: [Option<Windows>; 7] = Default::default();
    for (i, day) in hours.days.iter().enumerate() {
        let (weekday, windows) = read_day(day).within_item("days", i)?;
        if week[weekday].replace(windows).is_some() {
            return Err(Invalid::new("weekday", "is named twice")).within_item("days", i);
        }
    }
    let mut exceptions = BTreeMap::new();
    for (i, day) in
        field::at_most("exceptions", &hours.exceptions, MOST_EXCEPTIONS)?.iter().enumerate()
    {
        let (date, exception) = read_exception(day).within_item("exceptions", i)?;
        if exceptions.insert(date, exception).is_some() {
            return Err(Invalid::new("date", "is named twice")).within_item("exceptions", i);
        }
    }
    Ok(OpeningHours { week: Some(week.map(Option::unwrap_or_default)), exceptions })
}

fn read_day(day: &day::Day) -> Result<(usize, Windows), Invalid> {
    // Monday is 1 on the wire.
    let weekday = usize::try_from(day.weekday).ok().filter(|weekday| (1..=7).contains(weekday));
    let weekday = weekday.ok_or_else(|| Invalid::new("weekday", "must be a day of the week"))?;
    Ok((weekday - 1, read_windows(&day.windows)?))
}

fn read_exception(day: &day::Exception) -> Result<(Date, Exception), Invalid> {
    let reason = field::text("reason", &day.reason, LONGEST_REASON)?.to_owned();
    let windows = read_windows(&day.windows)?;
    Ok((local::date("date", &day.date)?, Exception { windows, reason }))
}

fn read_windows(windows: &[pb::LocalWindow]) -> Result<Windows, Invalid> {
    let windows = field::at_most("windows", windows, MOST_WINDOWS)?;
    let read = windows.iter().enumerate();
    read.map(|(i, window)| read_window(window).within_item("windows", i)).collect()
}

fn read_window(window: &pb::LocalWindow) -> Result<LocalWindow, Invalid> {
    let pb::LocalWindow { opens, closes } = window;
    LocalWindow::parse(opens, closes).map_err(|problem| {
        let bad_start = LocalWindow::parse(opens, "24:00") == Err(LocalWindowError::TimeOfDay);
        let field = if bad_start { "opens" } else { "closes" };
        Invalid::new(field, format!("makes no window: {problem}"))
    })
}

/// Shows availability so that reading it again gives the same.
pub(super) fn show(availability: Availability) -> pb::Availability {
    let Availability { zone, hours } = availability;
    let week = match hours.week {
        Some(week) => Some(week),
        // Without the days named, the others would read as closed.
        None if !hours.exceptions.is_empty() => {
            Some(std::array::from_fn(|_| vec![LocalWindow::ALL_DAY]))
        }
        None => None,
    };
    let days = (1..).zip(week.into_iter().flatten());
    let days = days.map(|(weekday, windows)| day::Day { weekday, windows: show_windows(&windows) });
    let exceptions = hours.exceptions.into_iter().map(|(date, exception)| day::Exception {
        date: date.to_string(),
        windows: show_windows(&exception.windows),
        reason: exception.reason,
    });
    let hours = pb::OpeningHours { days: days.collect(), exceptions: exceptions.collect() };
    pb::Availability { time_zone: zone, hours: Some(hours) }
}

fn show_windows(windows: &[LocalWindow]) -> Vec<pb::LocalWindow> {
    let show =
        |it: &LocalWindow| pb::LocalWindow { opens: it.opens_text(), closes: it.closes_text() };
    windows.iter().map(show).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn windows(opens: &str, closes: &str) -> Vec<pb::LocalWindow> {
        vec![pb::LocalWindow { opens: opens.to_owned(), closes: closes.to_owned() }]
    }

    fn on(weekday: i32, windows: Vec<pb::LocalWindow>) -> day::Day {
        day::Day { weekday, windows }
    }

    fn but(date: &str, windows: Vec<pb::LocalWindow>) -> day::Exception {
        day::Exception { date: date.to_owned(), windows, reason: String::new() }
    }

    fn problem(zone: &str, days: Vec<day::Day>, exceptions: Vec<day::Exception>) -> String {
        let hours = Some(pb::OpeningHours { days, exceptions });
        let availability = pb::Availability { time_zone: zone.to_owned(), hours };
        read(Some(&availability)).unwrap_err().field().to_owned()
    }

    #[test]
    fn bad_hours_are_named_by_their_path() {
        let open = || windows("08:00", "16:00");
        for (days, exceptions, path) in [
            (vec![on(0, open())], vec![], "days[0].weekday"),
            (vec![on(8, open())], vec![], "days[0].weekday"),
            (vec![on(1, open()), on(1, open())], vec![], "days[1].weekday"),
            (vec![on(1, windows("8", "16:00"))], vec![], "days[0].windows[0].opens"),
            (vec![on(1, windows("08:00", "08:00"))], vec![], "days[0].windows[0].closes"),
            (vec![on(1, vec![open()[0].clone(); 25])], vec![], "days[0].windows"),
            (vec![], vec![but("24.12.2026", open())], "exceptions[0].date"),
            (vec![], vec![but("2026-12-24", open()); 2], "exceptions[1].date"),
            (vec![], vec![but("2026-12-24", open()); 401], "exceptions"),
        ] {
            let path = format!("availability.hours.{path}");
            assert_eq!(problem("", days, exceptions), path);
        }
        assert_eq!(problem("Oslo", vec![], vec![]), "availability.time_zone");
    }

    #[test]
    fn what_is_shown_reads_back_as_the_same() {
        let mut always_but = OpeningHours::default();
        let away = Exception { windows: Vec::new(), reason: "bortreist".to_owned() };
        always_but.exceptions.insert(jiff::civil::date(2026, 12, 24), away);
        for hours in [OpeningHours::default(), always_but] {
            let zone = "Europe/Oslo".to_owned();
            let shown = show(Availability { zone: zone.clone(), hours: hours.clone() });
            let (read_zone, read_hours) = read(Some(&shown)).unwrap();

            assert_eq!(read_zone, zone);
            assert_eq!(show(Availability { zone, hours: read_hours }), shown);
        }
    }
}
