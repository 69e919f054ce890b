//! iCalendar: RFC 5545 as it is written and read, with what RFC 7986 adds to a whole calendar.
//!
//! [`Calendar`] writes events for feeds; [`read()`] takes a stranger's file apart. Neither knows what an
//! event is about. Absent: alarms, to-dos, journals, invitations (RFC 5546), `RANGE=THISANDFUTURE`.
//!
//! Keeps true: what is written is UTF-8 with CRLF, no line longer than 75 octets, and every local
//! time has its `VTIMEZONE` in the same file. What is read is bounded, and nothing in it panics.
//!
//! Why not a crate: `icalendar` and `calcard` both bring `chrono` and a second time zone database, and
//! neither writes a `VTIMEZONE` from a zone's rules or unfolds with a bound; `ical` only reads and is
//! no longer kept. What is left to buy is the content line, two pages.

mod event;
mod free_busy;
mod line;
mod parse;
mod rule;
mod write;
mod zone;

pub use event::{End, Foreign, Time, Unreadable};
pub use free_busy::{Busy, FreeBusy};
pub use parse::{LONGEST_FILE, MOST_EVENTS, NotACalendar, read};
pub use rule::{ended, steps_by_days};
pub use write::{Calendar, Event, Status, When, etag};
pub use zone::named as zone_named;
