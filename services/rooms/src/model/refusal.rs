//! The rules' ways of saying no. The messages are shown to people.

use dugnad_calendar::Closed;
use dugnad_events::{
    AssignmentId, BookingId, ClosureId, Code, CodeId, DoorId, FacilityId, FeedId, RoomId, RoomName,
    SeasonApplicationId, SeasonRoundId, SeriesId, ShiftId, WaitId, rooms::Skipped,
};
use dugnad_vault::PersonId;
use jiff::{Timestamp, civil::DateTime};

use super::{calendar, door, letting::Objection, season, shift};

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
    /// A letting rule.
    #[error(transparent)]
    Letting(#[from] Objection),
    /// A rule of doors.
    #[error(transparent)]
    Door(#[from] door::Refusal),
    /// The municipality must say yes, and this is no way to ask it.
    #[error("where {0} is to go, the municipality says yes or no: ask for a new booking there")]
    NeedsApproval(BookingId),
    /// Nothing of the series waits for an answer.
    #[error("nothing of {0} is an open request")]
    SeriesNotRequested(SeriesId),
    /// A rule of season allocation.
    #[error(transparent)]
    Season(#[from] season::Refusal),
    /// A rule of evening shifts.
    #[error(transparent)]
    Shift(#[from] shift::Refusal),
    /// Only a booking can do that, not a hold or a request.
    #[error("{0} is not a booking yet")]
    NotConfirmed(BookingId),
    /// There is no open request of that name.
    #[error("{0} is no open request")]
    NotRequested(BookingId),
    /// The slot is held no more.
    #[error("{0} holds nothing any more")]
    HoldLapsed(BookingId),
    /// It belongs to somebody else.
    #[error("{0} is somebody else's")]
    NotYours(Name),
    /// There is nothing to wait for.
    #[error("{room} is free then: book it")]
    SlotFree {
        /// The room.
        room: RoomName,
    },
    /// One place in the queue is enough.
    #[error("you wait for that already, as {wait}")]
    WaitsAlready {
        /// The place that the caller has.
        wait: WaitId,
    },
    /// The room is closed for a while.
    #[error("{room} is closed until {until}{}{reason}", if reason.is_empty() { "" } else { ": " })]
    RoomClosed {
        /// The room, a part of it or the whole it belongs to.
        room: RoomName,
        /// When it opens again.
        until: Timestamp,
        /// Why.
        reason: String,
    },
    /// There are not so many pieces left.
    #[error("{wanted} of {item} were asked for, {free} are free all the time")]
    StockShort {
        /// What.
        item: Code,
        /// How many were asked for.
        wanted: u32,
        /// How many there are.
        free: u64,
    },
    /// So many are needed for what was promised.
    #[error("{claimed} of {item} are claimed at once by bookings to come")]
    StockClaimed {
        /// What.
        item: Code,
        /// How many.
        claimed: u64,
    },
    /// Of an event of a calendar file.
    #[error(transparent)]
    Calendar(#[from] calendar::Refusal),
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
    /// A room, as a scope names it.
    RoomId(RoomId),
    /// Letting rules in force on a date.
    LettingRules,
    /// A closure.
    Closure(ClosureId),
    /// A place in a waiting list.
    Wait(WaitId),
    /// An evening shift.
    Shift(ShiftId),
    /// Somebody's place in one.
    Assignment(AssignmentId),
    /// A round of season allocation.
    SeasonRound(SeasonRoundId),
    /// An application in one.
    SeasonApplication(SeasonApplicationId),
    /// A slot of one, or who has it.
    SeasonSlot(SeasonRoundId, u32),
    /// A door.
    Door(DoorId),
    /// A code on a door.
    Code(CodeId),
    /// A calendar feed.
    Feed(FeedId),
}

impl std::fmt::Display for Name {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Facility(id) => id.fmt(f),
            Self::Room(name) => name.fmt(f),
            Self::Booking(id) => id.fmt(f),
            Self::Series(id) => id.fmt(f),
            Self::RoomId(id) => id.fmt(f),
            Self::LettingRules => {
                f.write_str("a document of letting rules for that scope and date")
            }
            Self::Closure(id) => id.fmt(f),
            Self::Wait(id) => id.fmt(f),
            Self::Shift(id) => id.fmt(f),
            Self::Assignment(id) => id.fmt(f),
            Self::SeasonRound(id) => id.fmt(f),
            Self::SeasonApplication(id) => id.fmt(f),
            Self::SeasonSlot(round, slot) => write!(f, "{round}/slots/{slot}"),
            Self::Door(id) => id.fmt(f),
            Self::Code(id) => id.fmt(f),
            Self::Feed(id) => id.fmt(f),
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
            Self::Letting(objection) => objection.reason(),
            Self::Door(refusal) => refusal.reason(),
            Self::NeedsApproval(_) => "NEEDS_APPROVAL",
            Self::SeriesNotRequested(_) => "SERIES_NOT_REQUESTED",
            Self::Season(refusal) => refusal.reason(),
            Self::Shift(refusal) => refusal.reason(),
            Self::NotConfirmed(_) => "NOT_CONFIRMED",
            Self::NotRequested(_) => "NOT_REQUESTED",
            Self::HoldLapsed(_) => "HOLD_LAPSED",
            Self::NotYours(_) => "NOT_YOURS",
            Self::SlotFree { .. } => "SLOT_FREE",
            Self::WaitsAlready { .. } => "WAITS_ALREADY",
            Self::RoomClosed { .. } => "ROOM_CLOSED",
            Self::StockShort { .. } => "STOCK_SHORT",
            Self::StockClaimed { .. } => "STOCK_CLAIMED",
            Self::Calendar(refusal) => refusal.reason(),
        }
    }
}

fn first(dates: &[Skipped]) -> String {
    dates.first().map_or_else(String::new, |date| format!("{}: {}", date.start, date.message))
}
