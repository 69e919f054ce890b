//! The rules' ways of saying no. The messages are shown to people.

use dugnad_calendar::Closed;
use dugnad_events::{BookingId, FacilityId, RoomName, SeriesId, rooms::Skipped};
use dugnad_vault::PersonId;
use jiff::{Timestamp, civil::DateTime};

/// A rule of the domain that says no, with what the caller needs next.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// No such thing in this municipality.
    #[error("{0} does not exist")]
    NotFound(Name),
    /// The booking changed since the caller saw it.
    #[error(
        "{booking} was changed since you saw it; look at it again (its etag is now {revision})"
    )]
    Stale {
        /// Which.
        booking: BookingId,
        /// Its revision now.
        revision: u32,
    },
    /// A value that no rule can work with.
    #[error("{field}: {problem}")]
    Invalid {
        /// The field of the request, as the proto names it.
        field: &'static str,
        /// What is wrong with it.
        problem: String,
    },
    /// Another booking is in the way, in this room, a part of it or the whole it belongs to.
    #[error("{room} is taken by {by} until {until}")]
    Taken {
        /// Where the other booking is.
        room: RoomName,
        /// The other booking.
        by: BookingId,
        /// When its claim ends, buffer included.
        until: Timestamp,
    },
    /// The room is not open all the time.
    #[error(transparent)]
    Closed(#[from] Closed),
    /// It would start before now.
    #[error("{start} has passed")]
    Past {
        /// The start asked for.
        start: Timestamp,
    },
    /// It lies further ahead than rooms can be taken.
    #[error("rooms can be booked until {until}, not later")]
    TooFarAhead {
        /// The first instant that is too late.
        until: Timestamp,
    },
    /// It is longer than one booking may be.
    #[error("a booking lasts {days} days at most")]
    TooLong {
        /// The longest, in days.
        days: i64,
    },
    /// The booking is over: what happened stays.
    #[error("{booking} is over since {since}")]
    Over {
        /// Which.
        booking: BookingId,
        /// When it ended.
        since: Timestamp,
    },
    /// The booking was cancelled.
    #[error("{0} was cancelled")]
    Cancelled(BookingId),
    /// The person was erased; nothing new is kept about them.
    #[error("{0} was erased; nothing new is kept about them")]
    PersonErased(PersonId),
    /// Dates of a series that cannot be had, where all were asked for or none is left.
    #[error("{} of the dates cannot be had; the first is {}", dates.len(), first(dates))]
    SeriesClash {
        /// Each with its reason.
        dates: Vec<Skipped>,
    },
    /// The clock jumps over this local time.
    #[error("{start} does not exist: the clock jumps over it")]
    NoSuchLocalTime {
        /// The local start.
        start: DateTime,
    },
    /// The register is full.
    #[error("there is room for {limit} {what} at most")]
    TooMany {
        /// Of what.
        what: &'static str,
        /// The most there can be.
        limit: usize,
    },
}

/// What was not found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Name {
    /// A building.
    Facility(FacilityId),
    /// A room.
    Room(RoomName),
    /// A booking.
    Booking(BookingId),
    /// A series.
    Series(SeriesId),
}

impl std::fmt::Display for Name {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Facility(id) => id.fmt(f),
            Self::Room(name) => name.fmt(f),
            Self::Booking(id) => id.fmt(f),
            Self::Series(id) => id.fmt(f),
        }
    }
}

impl Refusal {
    /// The rule's name for machines, `UPPER_SNAKE_CASE`; it never changes.
    pub fn reason(&self) -> &'static str {
        match self {
            Self::NotFound(_) => "NOT_FOUND",
            Self::Stale { .. } => "STALE",
            Self::Invalid { .. } => "INVALID",
            Self::Taken { .. } => "TAKEN",
            Self::Closed(_) => "CLOSED",
            Self::Past { .. } => "PAST",
            Self::TooFarAhead { .. } => "TOO_FAR_AHEAD",
            Self::TooLong { .. } => "TOO_LONG",
            Self::Over { .. } => "OVER",
            Self::Cancelled(_) => "CANCELLED",
            Self::PersonErased(_) => "PERSON_ERASED",
            Self::SeriesClash { .. } => "SERIES_CLASH",
            Self::NoSuchLocalTime { .. } => "NO_SUCH_LOCAL_TIME",
            Self::TooMany { .. } => "TOO_MANY",
        }
    }
}

fn first(dates: &[Skipped]) -> String {
    dates.first().map_or_else(String::new, |date| format!("{}: {}", date.start, date.message))
}
