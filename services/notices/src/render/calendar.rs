//! An iCalendar object (RFC 5545) for what has a time: put in, changed under the same UID, or
//! taken out.

use std::fmt::Write as _;

use dugnad_calendar::Interval;
use jiff::Timestamp;

/// Something in a calendar.
pub(super) struct Entry<'a> {
    pub(super) uid: &'a str,
    pub(super) span: Interval,
    pub(super) title: &'a str,
    pub(super) cancelled: bool,
}

/// The longest line in bytes (3.1), without its line end.
const FOLD: usize = 75;

pub(super) fn write(entries: &[Entry<'_>], now: Timestamp) -> String {
    let mut out = String::new();
    for line in
        ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//dugnad//notices//EN", "METHOD:PUBLISH"]
    {
        fold(&mut out, line);
    }
    for entry in entries {
        let status = if entry.cancelled { "CANCELLED" } else { "CONFIRMED" };
        let lines = [
            "BEGIN:VEVENT".to_owned(),
            format!("UID:{}@dugnad", text(entry.uid)),
            format!("DTSTAMP:{}", utc(now)),
            // Each change is later than the one before it.
            format!("SEQUENCE:{}", now.as_second()),
            format!("DTSTART:{}", utc(entry.span.start())),
            format!("DTEND:{}", utc(entry.span.end())),
            format!("SUMMARY:{}", text(entry.title)),
            format!("STATUS:{status}"),
            "END:VEVENT".to_owned(),
        ];
        for line in lines {
            fold(&mut out, &line);
        }
    }
    fold(&mut out, "END:VCALENDAR");
    out
}

fn utc(at: Timestamp) -> String {
    at.strftime("%Y%m%dT%H%M%SZ").to_string()
}

/// 3.3.11.
fn text(value: &str) -> String {
    let mut out = String::new();
    for c in value.chars() {
        match c {
            '\\' | ';' | ',' => {
                let _ = write!(out, "\\{c}");
            }
            '\n' => out.push_str("\\n"),
            c if c.is_control() => {}
            c => out.push(c),
        }
    }
    out
}

fn fold(out: &mut String, line: &str) {
    let mut width = 0;
    for c in line.chars() {
        if width + c.len_utf8() > FOLD {
            out.push_str("\r\n ");
            width = 1;
        }
        out.push(c);
        width += c.len_utf8();
    }
    out.push_str("\r\n");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_entry_is_folded_and_escaped_and_keeps_its_uid_when_cancelled() {
        let at = |text: &str| text.parse().unwrap();
        let span = Interval::new(at("2026-11-24T17:00:00Z"), at("2026-11-24T19:00:00Z")).unwrap();
        let title = format!("Sal, «A»; {}\r\nX-EVIL:1", "å".repeat(60));
        let entry = Entry { uid: "bookings/1", span, title: &title, cancelled: true };

        let ics = write(&[entry], at("2026-11-23T09:00:00Z"));

        assert!(ics.contains("UID:bookings/1@dugnad\r\n") && ics.contains("STATUS:CANCELLED\r\n"));
        assert!(ics.contains("DTSTART:20261124T170000Z\r\n"), "{ics}");
        assert!(ics.contains("SUMMARY:Sal\\, «A»\\; å"), "{ics}");
        assert!(ics.lines().all(|line| line.len() <= 76 && !line.starts_with("X-EVIL")));
        assert!(ics.split("\r\n").all(|line| !line.contains('\n')));
    }
}
