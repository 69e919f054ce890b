//! Content lines (RFC 5545 3.1): folded on the way out, unfolded on the way in.

use jiff::{
    Timestamp,
    civil::{Date, DateTime},
    tz::{Offset, TimeZone},
};

/// Octets of a line, less its end.
const LONGEST: usize = 75;

/// Puts lines one after another.
#[derive(Debug, Default)]
pub(super) struct Lines(String);

impl Lines {
    /// `name` with its parameters; `value` as it stands.
    pub(super) fn put(&mut self, name: &str, value: &str) {
        let line = format!("{name}:{value}");
        let mut rest = line.as_str();
        let mut room = LONGEST;
        while rest.len() > room {
            let cut = (1..=room).rev().find(|at| rest.is_char_boundary(*at)).unwrap_or(rest.len());
            let (now, later) = rest.split_at(cut);
            self.0.push_str(now);
            self.0.push_str("\r\n ");
            rest = later;
            // The space that begins a continuation is one of its octets.
            room = LONGEST - 1;
        }
        self.0.push_str(rest);
        self.0.push_str("\r\n");
    }

    /// A text for people; nothing where there is none.
    pub(super) fn text(&mut self, name: &str, text: &str) {
        if !text.is_empty() {
            self.put(name, &escaped(text));
        }
    }

    /// A local time with its zone, or the instant where there is no zone.
    pub(super) fn time(&mut self, name: &str, time: Written<'_>) {
        match time {
            Written::Utc(at) => self.put(name, &utc(at)),
            Written::Local(at, zone) => self.put(&format!("{name};TZID={zone}"), &local(at)),
        }
    }

    pub(super) fn finish(self) -> String {
        self.0
    }
}

/// A point in time as a line shows it.
#[derive(Clone, Copy, Debug)]
pub(super) enum Written<'a> {
    Utc(Timestamp),
    Local(DateTime, &'a str),
}

impl<'a> Written<'a> {
    /// In local time where that says which instant is meant: the second of two equal local times
    /// does not (3.3.5).
    pub(super) fn at(instant: Timestamp, zone: &TimeZone, name: &'a str) -> Self {
        let shown = zone.to_datetime(instant);
        match zone.to_timestamp(shown) {
            Ok(meant) if meant == instant => Self::Local(shown, name),
            _ => Self::Utc(instant),
        }
    }
}

pub(super) fn utc(at: Timestamp) -> String {
    format!("{}Z", local(Offset::UTC.to_datetime(at)))
}

pub(super) fn local(at: DateTime) -> String {
    at.strftime("%Y%m%dT%H%M%S").to_string()
}

/// A `TEXT` value (3.3.11). Control characters have no form in it.
pub(super) fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.replace("\r\n", "\n").chars() {
        match c {
            '\\' | ';' | ',' => out.extend(['\\', c]),
            '\n' | '\r' => out.push_str("\\n"),
            '\t' => out.push(c),
            c if c.is_control() => {}
            c => out.push(c),
        }
    }
    out
}

/// The text that [`escaped`] has written.
pub(super) fn unescaped(value: &str) -> String {
    let mut out = String::with_capacity(value.len());
    let mut chars = value.chars();
    while let Some(c) = chars.next() {
        match c {
            '\\' => match chars.next() {
                Some('n' | 'N') => out.push('\n'),
                Some(other) => out.push(other),
                None => {}
            },
            c => out.push(c),
        }
    }
    out
}

/// One line, unfolded and taken apart.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Line {
    /// In upper case.
    pub(super) name: String,
    /// Names in upper case, values without their quotes.
    params: Vec<(String, String)>,
    /// As it stands.
    pub(super) value: String,
}

impl Line {
    /// `NAME;PARAM=value;PARAM="value":value`; `None`: it is no such line.
    pub(super) fn read(text: &str) -> Option<Self> {
        let name_end = text.find([';', ':'])?;
        let name = text[..name_end].to_ascii_uppercase();
        let named = |c: char| c.is_ascii_alphanumeric() || c == '-';
        if name.is_empty() || !name.chars().all(named) {
            return None;
        }
        let mut params = Vec::new();
        let mut rest = &text[name_end..];
        while let Some(param) = rest.strip_prefix(';') {
            let (key, after) = param.split_once('=')?;
            let end = unquoted(after, [';', ':'])?;
            params.push((key.to_ascii_uppercase(), after[..end].replace('"', "")));
            rest = &after[end..];
        }
        let value = rest.strip_prefix(':')?.to_owned();
        Some(Self { name, params, value })
    }

    pub(super) fn param(&self, name: &str) -> Option<&str> {
        self.params.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }
}

/// Where the first of `ends` stands outside of quotes.
fn unquoted(text: &str, ends: [char; 2]) -> Option<usize> {
    let mut quoted = false;
    text.char_indices().find_map(|(at, c)| {
        quoted ^= c == '"';
        (!quoted && ends.contains(&c)).then_some(at)
    })
}

/// `YYYYMMDD`.
pub(super) fn date(text: &str) -> Option<Date> {
    let digits = text.len() == 8 && text.bytes().all(|byte| byte.is_ascii_digit());
    if !digits {
        return None;
    }
    let small = |range: std::ops::Range<usize>| text[range].parse::<i8>().ok();
    Date::new(text[..4].parse().ok()?, small(4..6)?, small(6..8)?).ok()
}

/// `YYYYMMDDTHHMMSS`. Second 60 is a leap second, which no clock of ours shows.
pub(super) fn date_time(text: &str) -> Option<DateTime> {
    let (day, time) = text.split_once('T')?;
    let digits = time.len() == 6 && time.bytes().all(|byte| byte.is_ascii_digit());
    if !digits {
        return None;
    }
    let small = |range: std::ops::Range<usize>| time[range].parse::<i8>().ok();
    let day = date(day)?;
    let second = small(4..6)?;
    let second = if second == 60 { 59 } else { second };
    DateTime::new(day.year(), day.month(), day.day(), small(0..2)?, small(2..4)?, second, 0).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_line_is_folded_between_characters_and_reads_back() {
        let text = "Øvelse; blåsere, strykere\nog slagverk\\ ".repeat(9);
        let mut lines = Lines::default();
        lines.text("SUMMARY", &text);

        let written = lines.finish();

        assert!(written.ends_with("\r\n") && written.lines().count() > 4);
        assert!(written.split("\r\n").all(|line| line.len() <= 75), "{written}");
        let line = Line::read(&written.replace("\r\n ", "").replace("\r\n", "")).unwrap();
        assert_eq!((line.name.as_str(), unescaped(&line.value)), ("SUMMARY", text));
    }

    #[test]
    fn a_line_is_taken_apart_with_quotes_and_colons_in_its_parameters() {
        let line = Line::read("dtstart;X-A=\"a;b:c\";tzid=Europe/Oslo:20261201T180000").unwrap();

        assert_eq!((line.name.as_str(), line.value.as_str()), ("DTSTART", "20261201T180000"));
        assert_eq!((line.param("X-A"), line.param("TZID")), (Some("a;b:c"), Some("Europe/Oslo")));
        for text in ["", "SUMMARY", ":x", "A B:c", "A;B:c", "A;B=\"c:d", "Æ:x"] {
            assert_eq!(Line::read(text), None, "{text}");
        }
    }

    #[test]
    fn the_second_of_two_equal_local_times_is_written_as_an_instant() {
        let oslo = TimeZone::get("Europe/Oslo").unwrap();
        let second: Timestamp = "2026-10-25T01:30:00Z".parse().unwrap();
        let mut lines = Lines::default();

        lines.time("DTSTART", Written::at(second, &oslo, "Europe/Oslo"));
        let first = second - jiff::SignedDuration::from_hours(1);
        lines.time("DTEND", Written::at(first, &oslo, "Europe/Oslo"));

        let expected = "DTSTART:20261025T013000Z\r\nDTEND;TZID=Europe/Oslo:20261025T023000\r\n";
        assert_eq!(lines.finish(), expected);
    }

    #[test]
    fn only_whole_dates_and_times_are_taken() {
        assert_eq!(date("20280229"), Some(jiff::civil::date(2028, 2, 29)));
        assert_eq!(date_time("20261201T235960").map(local).as_deref(), Some("20261201T235959"));
        for text in ["20270229", "2026121", "2026-1-1", "２０2612", "+2026121"] {
            assert_eq!(date(text), None, "{text}");
        }
        for text in ["20261201", "20261201T1800", "20261201T240000", "20261201T18000Z"] {
            assert_eq!(date_time(text), None, "{text}");
        }
    }
}
