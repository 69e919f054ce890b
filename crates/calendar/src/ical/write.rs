//! A calendar on its way out.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp, civil::DateTime, tz::TimeZone};

use super::{
    line::{Lines, Written, utc},
    zone,
};
use crate::Interval;

/// Who writes (3.7.3).
pub(super) const PRODUCT: &str = "-//Dugnad//Dugnad//NO";

/// A calendar that is fetched again and again.
#[derive(Clone, Debug)]
pub struct Calendar<'a> {
    /// What people call it.
    pub name: &'a str,
    /// Where it is fetched, if that is known.
    pub source: Option<&'a str>,
    /// A CSS colour name (RFC 7986 5.9).
    pub color: &'a str,
    /// How often it is worth fetching, in whole hours.
    pub refresh_hours: u8,
    /// What is in it.
    pub events: &'a [Event],
}

/// One `VEVENT`.
#[derive(Clone, Debug)]
pub struct Event {
    /// The same for ever, and for all dates of one series.
    pub uid: String,
    /// Goes up with each change.
    pub sequence: u32,
    /// Whether it takes place.
    pub status: Status,
    /// IANA name of the zone in which its times are shown.
    pub zone: String,
    /// When.
    pub when: When,
    /// One line for people.
    pub summary: String,
    /// More for people; may be empty.
    pub description: String,
    /// Where; may be empty.
    pub location: String,
}

/// Whether an event takes place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Status {
    /// It does.
    Confirmed,
    /// Perhaps.
    Tentative,
    /// It was to.
    Cancelled,
}

/// When an event is.
#[derive(Clone, Debug)]
pub enum When {
    /// Then.
    Once(Interval),
    /// Again and again, by the clock on the wall.
    Again {
        /// The first local start, which the rule gives.
        start: DateTime,
        /// How long.
        minutes: u16,
        /// With `UNTIL`, in UTC.
        rule: String,
        /// Local starts to leave out.
        except: Vec<DateTime>,
    },
    /// Instead of one date of the series with the same UID.
    Instead {
        /// The start that the series gives.
        of: DateTime,
        /// When it is now.
        span: Interval,
    },
}

/// The same as long as a calendar says the same, whenever it was written: for HTTP's `ETag`.
#[must_use]
pub fn etag(text: &str) -> String {
    let mut hasher = blake3::Hasher::new();
    for line in text.lines().filter(|line| !line.starts_with("DTSTAMP")) {
        hasher.update(line.as_bytes()).update(b"\n");
    }
    hex::encode(&hasher.finalize().as_bytes()[..16])
}

impl Calendar<'_> {
    /// The file, each event stamped with `now`. `O(events)`.
    #[must_use]
    pub fn text(&self, now: Timestamp) -> String {
        let mut lines = Lines::default();
        lines.put("BEGIN", "VCALENDAR");
        lines.put("VERSION", "2.0");
        lines.put("PRODID", PRODUCT);
        lines.put("CALSCALE", "GREGORIAN");
        lines.text("NAME", self.name);
        // What programs knew before RFC 7986, and many still know alone.
        lines.text("X-WR-CALNAME", self.name);
        lines.put("COLOR", self.color);
        lines.put("REFRESH-INTERVAL;VALUE=DURATION", &format!("PT{}H", self.refresh_hours));
        lines.put("X-PUBLISHED-TTL", &format!("PT{}H", self.refresh_hours));
        if let Some(source) = self.source {
            lines.put("SOURCE;VALUE=URI", source);
        }
        let (zones, utc) = (self.zones(), TimeZone::UTC);
        for (name, (zone, span)) in &zones {
            zone::put(&mut lines, zone, name, *span);
        }
        for event in self.events {
            let zone = zones.get(event.zone.as_str()).map_or(&utc, |(zone, _)| zone);
            event.put(&mut lines, zone, now);
        }
        lines.put("END", "VCALENDAR");
        lines.finish()
    }

    /// The zones that are spoken of, each with the span in which.
    fn zones(&self) -> BTreeMap<&str, (TimeZone, Interval)> {
        let mut zones = BTreeMap::<&str, (TimeZone, Interval)>::new();
        for event in self.events {
            let Ok(zone) = TimeZone::get(&event.zone) else { continue };
            let Some(span) = event.when.reaches(&zone) else { continue };
            zones
                .entry(&event.zone)
                .and_modify(|(_, so_far)| *so_far = around(*so_far, span))
                .or_insert((zone, span));
        }
        zones
    }
}

fn around(one: Interval, other: Interval) -> Interval {
    let (start, end) = (one.start().min(other.start()), one.end().max(other.end()));
    Interval::new(start, end).unwrap_or(one)
}

impl When {
    /// From its first local time to its last.
    fn reaches(&self, zone: &TimeZone) -> Option<Interval> {
        match self {
            Self::Once(span) => Some(*span),
            Self::Instead { of, span } => {
                let of = zone.to_timestamp(*of).ok()?;
                let moment = of.checked_add(SignedDuration::from_secs(1)).ok()?;
                Some(around(*span, Interval::new(of, moment).ok()?))
            }
            Self::Again { start, except, minutes, rule } => {
                let first = zone.to_timestamp(*start).ok()?;
                let until = rule.rsplit_once("UNTIL=")?.1.strip_suffix('Z')?;
                let last = TimeZone::UTC.to_timestamp(super::line::date_time(until)?).ok()?;
                let excepted = except.iter().filter_map(|at| zone.to_timestamp(*at).ok()).max();
                let end = excepted.map_or(last, |at| at.max(last)).max(first);
                let length = SignedDuration::from_mins(i64::from(*minutes).max(1));
                Interval::new(first, end.checked_add(length).ok()?).ok()
            }
        }
    }
}

impl Event {
    fn put(&self, lines: &mut Lines, zone: &TimeZone, now: Timestamp) {
        lines.put("BEGIN", "VEVENT");
        lines.text("UID", &self.uid);
        lines.put("DTSTAMP", &utc(now));
        lines.put("SEQUENCE", &self.sequence.to_string());
        self.put_when(lines, zone);
        lines.text("SUMMARY", &self.summary);
        lines.text("DESCRIPTION", &self.description);
        lines.text("LOCATION", &self.location);
        let (status, transparent) = match self.status {
            Status::Confirmed => ("CONFIRMED", "OPAQUE"),
            Status::Tentative => ("TENTATIVE", "OPAQUE"),
            Status::Cancelled => ("CANCELLED", "TRANSPARENT"),
        };
        lines.put("STATUS", status);
        lines.put("TRANSP", transparent);
        lines.put("END", "VEVENT");
    }

    fn put_when(&self, lines: &mut Lines, zone: &TimeZone) {
        let name = self.zone.as_str();
        match &self.when {
            When::Once(span) => put_span(lines, zone, name, *span),
            When::Instead { of, span } => {
                lines.time("RECURRENCE-ID", Written::Local(*of, name));
                put_span(lines, zone, name, *span);
            }
            When::Again { start, minutes, rule, except } => {
                lines.time("DTSTART", Written::Local(*start, name));
                // A length, not an end: the same for every date, whatever the clock does on the first.
                lines.put("DURATION", &format!("PT{minutes}M"));
                lines.put("RRULE", rule);
                for at in except {
                    lines.time("EXDATE", Written::Local(*at, name));
                }
            }
        }
    }
}

fn put_span(lines: &mut Lines, zone: &TimeZone, name: &str, span: Interval) {
    lines.time("DTSTART", Written::at(span.start(), zone, name));
    lines.time("DTEND", Written::at(span.end(), zone, name));
}
