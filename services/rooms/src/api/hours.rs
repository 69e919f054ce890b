//! Opening hours, as clients write them and as the calendar knows them.

use std::collections::BTreeMap;

use dugnad_calendar::{Exception, LocalWindow, LocalWindowError, OpeningHours};
use dugnad_door::{Invalid, Within as _, field, local};
use dugnad_proto::rooms::v1 as pb;

/// The windows of one day.
const MOST_WINDOWS: usize = 24;
/// Days that differ from their weekday: more than one a day of the year.
const MOST_EXCEPTIONS: usize = 400;
/// Characters of an exception's reason.
const LONGEST_REASON: usize = 200;
/// Every weekday's bit.
const ALL_WEEK: u8 = 0b111_1111;

/// Reads opening hours. A weekday that is not named is closed; nothing at all is always open.
pub(super) fn read(hours: &pb::OpeningHours) -> Result<OpeningHours, Invalid> {
    field::at_most("exceptions", &hours.exceptions, MOST_EXCEPTIONS)?;
    if hours.days.is_empty() && hours.exceptions.is_empty() {
        return Ok(OpeningHours::default());
    }
    let mut week: [Option<Vec<LocalWindow>>; 7] = Default::default();
    for (i, day) in hours.days.iter().enumerate() {
        let (weekday, windows) = read_day(day).within_item("days", i)?;
        if week[weekday].replace(windows).is_some() {
            return Err(Invalid::new("weekday", "is named twice")).within_item("days", i);
        }
    }
    let mut exceptions = BTreeMap::new();
    for (i, day) in hours.exceptions.iter().enumerate() {
        let (date, exception) = read_exception(day).within_item("exceptions", i)?;
        if exceptions.insert(date, exception).is_some() {
            return Err(Invalid::new("date", "is named twice")).within_item("exceptions", i);
        }
    }
    Ok(OpeningHours { week: Some(week.map(Option::unwrap_or_default)), exceptions })
}

fn read_day(day: &pb::opening_hours::Day) -> Result<(usize, Vec<LocalWindow>), Invalid> {
    Ok((weekday("weekday", day.weekday)?, read_windows(&day.windows)?))
}

/// Monday is 1 on the wire, and 0 here.
pub(super) fn weekday(field: &str, day: i32) -> Result<usize, Invalid> {
    usize::try_from(day)
        .ok()
        .and_then(|weekday| weekday.checked_sub(1))
        .filter(|weekday| *weekday < 7)
        .ok_or_else(|| Invalid::new(field, "must be a day of the week"))
}

/// Some weekdays (none: all; Monday is bit 0) and one window on each (none: all day).
pub(super) fn read_stretch(
    weekdays: &[i32],
    hours: Option<&pb::LocalWindow>,
) -> Result<(u8, LocalWindow), Invalid> {
    let days = field::at_most("weekdays", weekdays, 7)?.iter().enumerate();
    let days = days.map(|(i, day)| weekday("", *day).within_item("weekdays", i));
    let days = days.collect::<Result<Vec<_>, _>>()?;
    let bits = days.iter().fold(0, |days, day| days | 1 << day);
    let window = hours.map_or(Ok(LocalWindow::ALL_DAY), read_window).within("hours")?;
    Ok((if days.is_empty() { ALL_WEEK } else { bits }, window))
}

/// The same, from its bits and minutes.
pub(super) fn show_stretch(
    weekdays: u8,
    from: u16,
    to: u16,
) -> (Vec<i32>, Option<pb::LocalWindow>) {
    let all_day = (from, to) == (LocalWindow::ALL_DAY.opens(), LocalWindow::ALL_DAY.closes());
    let days = (1..=7).filter(|day| weekdays & 1 << (day - 1) > 0);
    let days = if weekdays == ALL_WEEK { Vec::new() } else { days.collect() };
    (days, Some(show_minutes(from, to)).filter(|_| !all_day))
}

/// A window from its minutes.
pub(super) fn show_minutes(from: u16, to: u16) -> pb::LocalWindow {
    let time = |minute: u16| format!("{:02}:{:02}", minute / 60, minute % 60);
    pb::LocalWindow { opens: time(from), closes: time(to) }
}

fn read_exception(
    day: &pb::opening_hours::Exception,
) -> Result<(jiff::civil::Date, Exception), Invalid> {
    let date = local::date("date", &day.date)?;
    let reason = field::text("reason", &day.reason, LONGEST_REASON)?.to_owned();
    Ok((date, Exception { windows: read_windows(&day.windows)?, reason }))
}

fn read_windows(windows: &[pb::LocalWindow]) -> Result<Vec<LocalWindow>, Invalid> {
    let windows = field::at_most("windows", windows, MOST_WINDOWS)?;
    let read = windows.iter().enumerate();
    read.map(|(i, window)| read_window(window).within_item("windows", i)).collect()
}

pub(super) fn read_window(window: &pb::LocalWindow) -> Result<LocalWindow, Invalid> {
    LocalWindow::parse(&window.opens, &window.closes).map_err(|problem| {
        let opens_is_time =
            LocalWindow::parse(&window.opens, "24:00") != Err(LocalWindowError::TimeOfDay);
        let field = if opens_is_time { "closes" } else { "opens" };
        Invalid::new(field, format!("makes no window: {problem}"))
    })
}

/// Shows opening hours so that reading them again gives the same.
pub(super) fn show(hours: &OpeningHours) -> pb::OpeningHours {
    let always = [const { &[LocalWindow::ALL_DAY] as &[LocalWindow] }; 7];
    let week = match &hours.week {
        Some(week) => Some(week.each_ref().map(Vec::as_slice)),
        // Without the days named, the others would read as closed.
        None if !hours.exceptions.is_empty() => Some(always),
        None => None,
    };
    let days = (1..).zip(week.into_iter().flatten());
    pb::OpeningHours {
        days: days
            .map(|(weekday, windows)| pb::opening_hours::Day {
                weekday,
                windows: show_windows(windows),
            })
            .collect(),
        exceptions: hours
            .exceptions
            .iter()
            .map(|(date, exception)| pb::opening_hours::Exception {
                date: date.to_string(),
                windows: show_windows(&exception.windows),
                reason: exception.reason.clone(),
            })
            .collect(),
    }
}

fn show_windows(windows: &[LocalWindow]) -> Vec<pb::LocalWindow> {
    let show = |window: &LocalWindow| pb::LocalWindow {
        opens: window.opens_text(),
        closes: window.closes_text(),
    };
    windows.iter().map(show).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(weekday: i32, windows: &[(&str, &str)]) -> pb::opening_hours::Day {
        pb::opening_hours::Day { weekday, windows: spans(windows) }
    }

    fn exception(date: &str, windows: &[(&str, &str)]) -> pb::opening_hours::Exception {
        let reason = "Julaften".to_owned();
        pb::opening_hours::Exception { date: date.to_owned(), windows: spans(windows), reason }
    }

    fn spans(windows: &[(&str, &str)]) -> Vec<pb::LocalWindow> {
        let span = |&(opens, closes): &(&str, &str)| pb::LocalWindow {
            opens: opens.to_owned(),
            closes: closes.to_owned(),
        };
        windows.iter().map(span).collect()
    }

    #[test]
    fn what_is_shown_reads_back_as_the_same_hours() {
        for hours in [
            pb::OpeningHours::default(),
            pb::OpeningHours {
                days: vec![day(1, &[("08:00", "12:00"), ("13:00", "24:00")]), day(7, &[])],
                exceptions: vec![
                    exception("2026-12-24", &[]),
                    exception("2026-12-31", &[("00:00", "15:30")]),
                ],
            },
            pb::OpeningHours {
                days: (1..=7).map(|day_| day(day_, &[])).collect(),
                exceptions: vec![],
            },
        ] {
            let once = read(&hours).unwrap();

            assert_eq!(read(&show(&once)).unwrap(), once);
        }
    }

    #[test]
    fn always_open_with_an_exception_names_every_day() {
        let once = read(&pb::OpeningHours {
            days: vec![],
            exceptions: vec![exception("2026-12-24", &[])],
        });
        assert_eq!(once.unwrap().week, Some(Default::default()), "no day is named: closed");

        let mut hours = OpeningHours::default();
        let closed = Exception { windows: vec![], reason: String::new() };
        hours.exceptions.insert(jiff::civil::date(2026, 12, 24), closed);
        let week = read(&show(&hours)).unwrap().week.unwrap();
        assert!(week.iter().all(|windows| windows == &[LocalWindow::ALL_DAY]));
    }

    #[test]
    fn bad_hours_are_named_by_their_path() {
        let open = &[("08:00", "16:00")];
        let many = vec![("08:00", "16:00"); MOST_WINDOWS + 1];
        for (days, exceptions, path) in [
            (vec![day(0, open)], vec![], "days[0].weekday"),
            (vec![day(8, open)], vec![], "days[0].weekday"),
            (vec![day(-1, open)], vec![], "days[0].weekday"),
            (vec![day(1, open), day(1, open)], vec![], "days[1].weekday"),
            (vec![day(1, &[("08:00", "08:00")])], vec![], "days[0].windows[0].closes"),
            (vec![day(1, &[("8", "16:00")])], vec![], "days[0].windows[0].opens"),
            (vec![day(1, &[("08:00", "24:01")])], vec![], "days[0].windows[0].closes"),
            (vec![day(1, &many)], vec![], "days[0].windows"),
            (vec![], vec![exception("24.12.2026", open)], "exceptions[0].date"),
            (vec![], vec![exception("2026-02-29", open)], "exceptions[0].date"),
            (vec![], vec![exception("2026-12-24", open); 2], "exceptions[1].date"),
            (vec![], vec![exception("2026-12-24", open); MOST_EXCEPTIONS + 1], "exceptions"),
        ] {
            let outcome = read(&pb::OpeningHours { days, exceptions });

            assert_eq!(outcome.unwrap_err().field(), path);
        }
    }
}
