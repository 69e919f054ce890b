//! `VTIMEZONE` (RFC 5545 3.6.5) from a zone's own rules, and the zone that a stranger's name means.

use jiff::{
    SignedDuration, Timestamp,
    tz::{Dst, Offset, TimeZone},
};

use super::line::{Lines, local};
use crate::Interval;

/// Programs write `TZID`s of their own making; longer than this is none.
const LONGEST_NAME: usize = 128;

/// The names that Windows, and so Outlook, gives the zones of Europe: CLDR's `windowsZones`.
const WINDOWS: [(&str, &str); 9] = [
    ("UTC", "Etc/UTC"),
    ("GMT Standard Time", "Europe/London"),
    ("Greenwich Standard Time", "Atlantic/Reykjavik"),
    ("W. Europe Standard Time", "Europe/Berlin"),
    ("Romance Standard Time", "Europe/Paris"),
    ("Central Europe Standard Time", "Europe/Budapest"),
    ("Central European Standard Time", "Europe/Warsaw"),
    ("FLE Standard Time", "Europe/Kyiv"),
    ("GTB Standard Time", "Europe/Bucharest"),
];

/// The zone that a `TZID` means: an IANA name, one of Windows, or a program's own path that ends in an
/// IANA name.
#[must_use]
pub fn named(tzid: &str) -> Option<TimeZone> {
    if tzid.len() > LONGEST_NAME {
        return None;
    }
    let windows = WINDOWS.iter().find(|(name, _)| *name == tzid).map(|(_, iana)| *iana);
    let tail = || tzid.match_indices('/').map(|(at, _)| &tzid[at + 1..]);
    std::iter::once(windows.unwrap_or(tzid)).chain(tail()).find_map(|name| TimeZone::get(name).ok())
}

/// Every change of the clock within `span`, and the one before it, each as an observance of its own:
/// nothing is guessed about the years outside.
pub(super) fn put(lines: &mut Lines, zone: &TimeZone, name: &str, span: Interval) {
    lines.put("BEGIN", "VTIMEZONE");
    lines.put("TZID", name);
    let last_before = zone.preceding(span.start()).next().map(|change| change.timestamp());
    let from = last_before.unwrap_or(Timestamp::MIN);
    let changes = zone
        .following(from.saturating_sub(SignedDuration::from_secs(1)).unwrap_or(from))
        .take_while(|change| change.timestamp() <= span.end());
    let mut none = true;
    for change in changes {
        let at = change.timestamp();
        let before = at.saturating_sub(SignedDuration::from_secs(1)).unwrap_or(at);
        let before = zone.to_offset(before);
        let kind = if change.dst() == Dst::Yes { "DAYLIGHT" } else { "STANDARD" };
        observance(lines, kind, at, before, change.offset(), change.abbreviation());
        none = false;
    }
    if none {
        let offset = zone.to_offset(span.start());
        observance(lines, "STANDARD", Timestamp::UNIX_EPOCH, offset, offset, name);
    }
    lines.put("END", "VTIMEZONE");
}

fn observance(
    lines: &mut Lines,
    kind: &str,
    at: Timestamp,
    before: Offset,
    after: Offset,
    name: &str,
) {
    lines.put("BEGIN", kind);
    lines.put("DTSTART", &local(before.to_datetime(at)));
    lines.put("TZOFFSETFROM", &shown(before));
    lines.put("TZOFFSETTO", &shown(after));
    lines.text("TZNAME", name);
    lines.put("END", kind);
}

/// `+0100`; zones before 1900 have seconds too.
fn shown(offset: Offset) -> String {
    let seconds = offset.seconds();
    let (sign, seconds) = (if seconds < 0 { '-' } else { '+' }, seconds.abs());
    let text = format!("{sign}{:02}{:02}", seconds / 3600, seconds / 60 % 60);
    if seconds % 60 == 0 { text } else { format!("{text}{:02}", seconds % 60) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_zone_is_known_by_its_name_that_of_windows_and_the_end_of_a_path() {
        let oslo = "/freeassociation.sourceforge.net/Europe/Oslo";
        for (tzid, iana) in [
            ("Europe/Oslo", "Europe/Oslo"),
            ("W. Europe Standard Time", "Europe/Berlin"),
            (oslo, "Europe/Oslo"),
        ] {
            let zone = named(tzid).unwrap();
            assert_eq!(zone.iana_name(), Some(iana), "{tzid}");
        }
        for tzid in ["", "/", "Middle/Earth", "Customized Time Zone", &"a/".repeat(99)] {
            assert!(named(tzid).is_none(), "{tzid}");
        }
    }

    #[test]
    fn the_changes_within_a_span_and_the_one_before_are_written_and_no_others() {
        let zone = TimeZone::get("Europe/Oslo").unwrap();
        let at = |text: &str| text.parse::<Timestamp>().unwrap();
        let span = Interval::new(at("2026-02-01T00:00:00Z"), at("2026-05-01T00:00:00Z")).unwrap();
        let mut lines = Lines::default();

        put(&mut lines, &zone, "Europe/Oslo", span);

        let text = lines.finish();
        let starts: Vec<_> = text.lines().filter(|line| line.starts_with("DTSTART")).collect();
        assert_eq!(starts, ["DTSTART:20251026T030000", "DTSTART:20260329T020000"]);
        assert!(text.contains("TZOFFSETFROM:+0100\r\nTZOFFSETTO:+0200\r\nTZNAME:CEST\r\n"));
    }

    #[test]
    fn a_zone_that_never_changes_has_one_observance() {
        let span = Interval::new(Timestamp::UNIX_EPOCH, "2026-05-01T00:00:00Z".parse().unwrap());
        let mut lines = Lines::default();

        put(&mut lines, &TimeZone::UTC, "Etc/UTC", span.unwrap());

        assert_eq!(lines.finish().matches("BEGIN:STANDARD").count(), 1);
    }
}
