//! A stranger's file, taken apart into its events.
//!
//! Keeps true: a file of any bytes costs no more than its length, and what is wrong with one event is
//! that event's; only a file that is no calendar, or too large, is refused whole.

use super::{
    event::{Foreign, Unreadable},
    line::Line,
};

/// The longest file read, in bytes.
pub const LONGEST_FILE: usize = 2 * 1024 * 1024;
/// The most events of one file.
pub const MOST_EVENTS: usize = 2_000;
/// The longest line, unfolded, in bytes.
const LONGEST_LINE: usize = 64 * 1024;
/// The most properties of one event.
const MOST_PROPERTIES: usize = 2_000;
/// Components lie in each other no deeper than an alarm in an event in a calendar.
const DEEPEST: usize = 8;

/// Why a file is no calendar.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotACalendar {
    /// [`LONGEST_FILE`].
    #[error("is longer than {LONGEST_FILE} bytes")]
    TooLong,
    /// [`MOST_EVENTS`].
    #[error("has more than {MOST_EVENTS} events")]
    TooManyEvents,
    /// It does not begin with `BEGIN:VCALENDAR`.
    #[error("is no iCalendar file: it must begin with BEGIN:VCALENDAR")]
    NoCalendar,
    /// A line that is none of RFC 5545.
    #[error("has on line {line} what is no iCalendar: {problem}")]
    Line {
        /// From 1.
        line: usize,
        /// What is wrong with it.
        problem: &'static str,
    },
}

/// The events of a calendar file, in its order, each read or with what is wrong with it.
///
/// # Errors
/// See [`NotACalendar`].
pub fn read(text: &str) -> Result<Vec<Result<Foreign, Unreadable>>, NotACalendar> {
    if text.len() > LONGEST_FILE {
        return Err(NotACalendar::TooLong);
    }
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let mut reader = Reader::default();
    for (number, line) in unfolded(text) {
        let wrong = |problem| NotACalendar::Line { line: number, problem };
        if line.len() > LONGEST_LINE {
            return Err(wrong("it is too long"));
        }
        let Some(line) = Line::read(&line) else {
            return Err(if reader.begun {
                wrong("no NAME:value")
            } else {
                NotACalendar::NoCalendar
            });
        };
        reader.take(line, number).map_err(wrong)?;
        if !reader.begun {
            return Err(NotACalendar::NoCalendar);
        }
        if reader.events.len() > MOST_EVENTS {
            return Err(NotACalendar::TooManyEvents);
        }
    }
    match (reader.begun, reader.open.is_empty()) {
        (false, _) => Err(NotACalendar::NoCalendar),
        (true, false) => {
            let line = text.lines().count();
            Err(NotACalendar::Line { line, problem: "the file ends before its last END" })
        }
        (true, true) => Ok(reader.events),
    }
}

/// Lines that are not empty, each with its number from 1; one that begins with a space or a tab goes
/// on with the one before.
fn unfolded(text: &str) -> impl Iterator<Item = (usize, String)> {
    let mut lines = text.split('\n').map(|line| line.strip_suffix('\r').unwrap_or(line));
    let mut number = 0;
    let mut next = lines.next();
    std::iter::from_fn(move || {
        loop {
            let mut line = next.take()?.to_owned();
            number += 1;
            let first = number;
            next = lines.next();
            while let Some(rest) = next.and_then(|line| line.strip_prefix([' ', '\t'])) {
                line.push_str(rest);
                number += 1;
                next = lines.next();
            }
            if !line.trim().is_empty() {
                return Some((first, line));
            }
        }
    })
}

/// The components that are open, and what was read.
#[derive(Default)]
struct Reader {
    begun: bool,
    open: Vec<String>,
    /// Where the event that is open begins, and what it says.
    event: Option<(usize, Vec<Line>)>,
    events: Vec<Result<Foreign, Unreadable>>,
}

impl Reader {
    fn take(&mut self, line: Line, number: usize) -> Result<(), &'static str> {
        match line.name.as_str() {
            "BEGIN" => self.begin(&line.value, number),
            "END" => self.end(&line.value),
            _ => self.property(line),
        }
    }

    fn begin(&mut self, value: &str, number: usize) -> Result<(), &'static str> {
        let name = value.trim().to_ascii_uppercase();
        if self.open.is_empty() && name != "VCALENDAR" {
            return Err("what begins outside of a calendar");
        }
        if self.open.len() == DEEPEST {
            return Err("components lie too deep in each other");
        }
        self.begun = true;
        if name == "VEVENT" && self.open.len() == 1 {
            self.event = Some((number, Vec::new()));
        }
        self.open.push(name);
        Ok(())
    }

    fn end(&mut self, value: &str) -> Result<(), &'static str> {
        let name = value.trim().to_ascii_uppercase();
        if self.open.pop().is_none_or(|open| open != name) {
            return Err("what ends here did not begin");
        }
        if self.open.len() == 1
            && let Some((line, properties)) = self.event.take()
        {
            self.events.push(Foreign::read(line, &properties));
        }
        Ok(())
    }

    /// Of an event itself; those of its alarms, and of all else, are passed over.
    fn property(&mut self, line: Line) -> Result<(), &'static str> {
        if self.open.is_empty() {
            return if self.begun { Err("a line outside of the calendar") } else { Ok(()) };
        }
        if let Some((_, properties)) = &mut self.event
            && self.open.len() == 2
        {
            if properties.len() == MOST_PROPERTIES {
                return Err("an event with too many lines");
            }
            properties.push(line);
        }
        Ok(())
    }
}
