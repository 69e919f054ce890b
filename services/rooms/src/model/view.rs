//! What queries answer: values of their own, so that nothing of the state leaves its partition.

use dugnad_calendar::{Interval, OpeningHours};
use dugnad_events::{
    BookingId, ClosureId, FacilityId, RoomId, RoomName, SeriesId, WaitId,
    rooms::{Accessibility, BookingDetails, Pattern, RoomTraits, Skipped, Terms, WaitEnd},
};
use dugnad_vault::Sealed;
use jiff::Timestamp;
use uuid::Uuid;

use super::Standing;

/// A building.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FacilityView {
    /// Its id.
    pub id: FacilityId,
    /// What people call it.
    pub name: String,
    /// IANA name of its time zone.
    pub zone: String,
    /// When it is open.
    pub hours: OpeningHours,
}

/// A room or a part of one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RoomView {
    /// Its name.
    pub name: RoomName,
    /// The room it is a part of.
    pub parent: Option<RoomId>,
    /// What it is like.
    pub traits: RoomTraits,
    /// When it is closed, by start; its own closures only.
    pub closures: Vec<ClosureView>,
}

/// A span in which a room is closed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClosureView {
    /// Its id.
    pub id: ClosureId,
    /// When.
    pub span: Interval,
    /// Shown to people.
    pub reason: String,
}

/// A place in a waiting list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WaitView {
    /// Its id.
    pub id: WaitId,
    /// The room wanted.
    pub room: RoomName,
    /// When it is wanted.
    pub span: Interval,
    /// Who waits.
    pub by: Uuid,
    /// What came of it.
    pub state: WaitState,
}

/// What came of waiting.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WaitState {
    /// Nothing yet.
    Waiting {
        /// How many wait before for what overlaps it.
        before: usize,
    },
    /// The slot is held for them.
    Offered {
        /// Under this name.
        hold: BookingId,
        /// Until then.
        until: Timestamp,
    },
    /// The slot was held for them; they took it, or did not.
    Settled {
        /// Under this name.
        hold: BookingId,
    },
    /// They were offered nothing.
    Ended(WaitEnd),
}

/// A booking, live or not, or what may become one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BookingView {
    /// Its id.
    pub id: BookingId,
    /// Where.
    pub room: RoomName,
    /// When, without buffers.
    pub span: Interval,
    /// What it is at present.
    pub standing: Standing,
    /// What for and whom to reach; `None`: the person was erased.
    pub details: Option<Sealed<BookingDetails>>,
    /// Who asked for it.
    pub by: Uuid,
    /// The series it belongs to.
    pub series: Option<SeriesId>,
    /// What was agreed, where letting rules or equipment are concerned.
    pub terms: Option<Box<Terms>>,
    /// Goes up with each change, from 1: the etag.
    pub revision: u32,
}

/// A series with all of its bookings.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SeriesView {
    /// Its id.
    pub id: SeriesId,
    /// The room asked for; single bookings may have moved.
    pub room: RoomName,
    /// How it recurs.
    pub pattern: Pattern,
    /// What for and whom to reach; `None`: the person was erased.
    pub details: Option<Sealed<BookingDetails>>,
    /// Who asked for it.
    pub by: Uuid,
    /// In the order of the dates as booked.
    pub bookings: Vec<BookingView>,
    /// Dates that could not be had.
    pub skipped: Vec<Skipped>,
}

/// What to look for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Search {
    /// Where to look, at most [`super::LONGEST_SEARCH_DAYS`]; what has passed of it is not searched.
    pub span: Interval,
    /// How long the room is wanted within it, in seconds; `None`: all of it.
    pub seconds: Option<i64>,
    /// People.
    pub capacity: u32,
    /// All of these.
    pub equipment: Vec<String>,
    /// All of these.
    pub accessibility: Vec<Accessibility>,
}

/// A room that is free.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Available {
    /// The room.
    pub room: RoomView,
    /// Free spans of at least the length wanted, by start.
    pub windows: Vec<Interval>,
}

/// What bookings are asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BookingFilter {
    /// Of this room, its parts and the wholes it belongs to.
    pub room: RoomName,
    /// That touch this.
    pub span: Interval,
    /// Cancelled ones too.
    pub cancelled: bool,
}

/// Where a page of bookings ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BookingKey {
    /// The last one's start.
    pub start: Timestamp,
    /// The last one.
    pub booking: BookingId,
}

/// Some of many, in order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Page<T, K> {
    /// At most as many as asked for.
    pub items: Vec<T>,
    /// Ask with it for what comes after; `None`: this was all.
    pub next: Option<K>,
}

impl<T, K> Page<T, K> {
    pub(super) fn empty() -> Self {
        Self { items: Vec::new(), next: None }
    }

    /// The first `size` of `all`.
    pub(super) fn of(mut all: impl Iterator<Item = T>, size: usize, key: impl Fn(&T) -> K) -> Self {
        let items: Vec<T> = all.by_ref().take(size).collect();
        let more = all.next().is_some();
        Self { next: items.last().filter(|_| more).map(key), items }
    }
}
