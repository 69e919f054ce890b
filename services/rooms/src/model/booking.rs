//! Bookings: a room taken for a span of time. The rules of taking, moving and giving back.

use dugnad_calendar::Interval;
use dugnad_events::{
    BookingId, RoomId, RoomName, SeriesId,
    rooms::{BookingDetails, Event},
};
use dugnad_ledger::Context;
use dugnad_vault::Sealed;
use jiff::{SignedDuration, Timestamp};
use uuid::Uuid;

use super::{
    BookingView, Name, Refusal, State,
    register::{Ix, Register},
    room::Room,
    series::Series,
};

/// The longest booking.
pub const LONGEST_BOOKING_DAYS: i64 = 31;
/// How far ahead a booking may end.
pub const FURTHEST_AHEAD_DAYS: i64 = 3 * 366;

/// A room taken for a span of time, or given back.
#[derive(Debug, PartialEq)]
pub(super) struct Booking {
    pub(super) id: BookingId,
    pub(super) room: Ix<Room>,
    pub(super) span: Interval,
    by: Uuid,
    /// `None`: what the series says, or the person was erased.
    pub(super) details: Option<Sealed<BookingDetails>>,
    /// The same person's booking before this one.
    pub(super) earlier: Option<Ix<Booking>>,
    series: Option<Ix<Series>>,
    cancelled: Option<Box<str>>,
    revision: u32,
}

/// All bookings; cancelled ones stay readable.
pub(super) type Bookings = Register<BookingId, Booking>;

pub(super) fn book(
    state: &State,
    cx: &Context,
    name: RoomName,
    span: Interval,
    details: Sealed<BookingDetails>,
) -> Result<Vec<Event>, Refusal> {
    let (_, room) = state.existing_room(name)?;
    state.people.not_erased(details.person())?;
    may_hold(state, cx.now, room, span, None)?;
    Ok(vec![Event::Booked {
        booking: BookingId(cx.id(0)),
        room: name.room,
        span,
        by: cx.caller.id,
        details: Some(details),
        series: None,
    }])
}

pub(super) fn move_to(
    state: &State,
    now: Timestamp,
    id: BookingId,
    room: Option<RoomName>,
    span: Option<Interval>,
    seen: Option<u32>,
) -> Result<Vec<Event>, Refusal> {
    let (ix, booking) = state.existing_booking(id)?;
    as_seen(booking, seen)?;
    not_cancelled(booking)?;
    not_over(booking, now)?;
    let from = &state.rooms[booking.room];
    let room = match room {
        Some(name) => state.existing_room(name)?.1,
        None => from,
    };
    let span = span.unwrap_or(booking.span);
    if room.name == from.name && span == booking.span {
        return Ok(Vec::new());
    }
    may_hold(state, now, room, span, Some(ix))?;
    let (from, room) = (from.name.room, room.name.room);
    Ok(vec![Event::Moved { booking: id, from, room, span, revision: booking.revision + 1 }])
}

pub(super) fn cancel(
    state: &State,
    now: Timestamp,
    id: BookingId,
    reason: String,
    seen: Option<u32>,
) -> Result<Vec<Event>, Refusal> {
    let (_, booking) = state.existing_booking(id)?;
    as_seen(booking, seen)?;
    if !booking.is_live() {
        return Ok(Vec::new());
    }
    not_over(booking, now)?;
    Ok(vec![Event::Cancelled { booking: id, reason }])
}

/// Whether `room` can be had for `span`; `own` is the booking that moves there.
pub(super) fn may_hold(
    state: &State,
    now: Timestamp,
    room: &Room,
    span: Interval,
    own: Option<Ix<Booking>>,
) -> Result<(), Refusal> {
    not_past(now, span, own.map(|ix| &state.bookings[ix]))?;
    not_too_long(span)?;
    not_too_far_ahead(now, span)?;
    open(state, room, span)?;
    free(state, room, span, own)
}

/// Nothing is booked that has begun; what is under way keeps its start and may get a new end.
fn not_past(now: Timestamp, span: Interval, own: Option<&Booking>) -> Result<(), Refusal> {
    let under_way = own.is_some_and(|booking| booking.span.start() == span.start());
    let start = if under_way { span.end() } else { span.start() };
    if start < now { Err(Refusal::Past { start }) } else { Ok(()) }
}

fn not_too_long(span: Interval) -> Result<(), Refusal> {
    let days = LONGEST_BOOKING_DAYS;
    if span.seconds() > days * DAY { Err(Refusal::TooLong { days }) } else { Ok(()) }
}

fn not_too_far_ahead(now: Timestamp, span: Interval) -> Result<(), Refusal> {
    let until = now
        .saturating_add(SignedDuration::from_secs(FURTHEST_AHEAD_DAYS * DAY))
        .unwrap_or(Timestamp::MAX);
    if span.end() > until { Err(Refusal::TooFarAhead { until }) } else { Ok(()) }
}

/// The buffers may lie outside the opening hours; the booking may not.
fn open(state: &State, room: &Room, span: Interval) -> Result<(), Refusal> {
    let (facility, hours) = state.hours_of(room);
    Ok(hours.covers(&facility.zone, span)?)
}

/// Invariant 1: no two live bookings claim the same part of a hall, buffers included.
fn free(
    state: &State,
    room: &Room,
    span: Interval,
    own: Option<Ix<Booking>>,
) -> Result<(), Refusal> {
    let wanted = room.claim(span);
    for relative in room.relatives.iter().map(|ix| &state.rooms[*ix]) {
        if let Some(claim) = relative.occupancy.in_the_way(&wanted, own) {
            return Err(Refusal::Taken {
                room: relative.name,
                by: state.bookings[claim.by].id,
                until: instant(claim.end),
            });
        }
    }
    Ok(())
}

fn as_seen(booking: &Booking, seen: Option<u32>) -> Result<(), Refusal> {
    match seen {
        Some(revision) if revision != booking.revision => {
            Err(Refusal::Stale { booking: booking.id, revision: booking.revision })
        }
        _ => Ok(()),
    }
}

fn not_cancelled(booking: &Booking) -> Result<(), Refusal> {
    if booking.is_live() { Ok(()) } else { Err(Refusal::Cancelled(booking.id)) }
}

fn not_over(booking: &Booking, now: Timestamp) -> Result<(), Refusal> {
    if booking.is_over(now) {
        return Err(Refusal::Over { booking: booking.id, since: booking.span.end() });
    }
    Ok(())
}

impl Booking {
    pub(super) fn is_live(&self) -> bool {
        self.cancelled.is_none()
    }

    pub(super) fn is_over(&self, now: Timestamp) -> bool {
        self.span.end() <= now
    }
}

const DAY: i64 = 24 * 60 * 60;

/// Within what a claim can be: an interval's ends and a day more.
pub(super) fn instant(second: i64) -> Timestamp {
    Timestamp::from_second(second).unwrap_or(Timestamp::MAX)
}

impl State {
    pub(super) fn existing_booking(
        &self,
        id: BookingId,
    ) -> Result<(Ix<Booking>, &Booking), Refusal> {
        let ix = self.bookings.find(id).ok_or(Refusal::NotFound(Name::Booking(id)))?;
        Ok((ix, &self.bookings[ix]))
    }

    pub(super) fn booked(
        &mut self,
        id: BookingId,
        room: RoomId,
        span: Interval,
        by: Uuid,
        details: Option<&Sealed<BookingDetails>>,
        series: Option<SeriesId>,
    ) {
        let Some(room) = self.rooms.find(room) else { return };
        let booking = Booking {
            id,
            room,
            span,
            by,
            details: details.cloned(),
            earlier: None,
            series: series.and_then(|id| self.series.find(id)),
            cancelled: None,
            revision: 1,
        };
        let series = booking.series;
        let ix = self.bookings.add(id, booking);
        if let Some(details) = details {
            self.bookings[ix].earlier = self.people.booked(details.person(), ix);
        }
        if let Some(series) = series {
            self.series[series].bookings.push(ix);
        }
        let room = &mut self.rooms[room];
        room.occupancy.take(room.claim(span), ix);
    }

    pub(super) fn moved(&mut self, id: BookingId, room: RoomId, span: Interval, revision: u32) {
        let (Some(ix), Some(to)) = (self.bookings.find(id), self.rooms.find(room)) else { return };
        let booking = &mut self.bookings[ix];
        let from = &mut self.rooms[booking.room];
        from.occupancy.give_back(&from.claim(booking.span));
        (booking.room, booking.span, booking.revision) = (to, span, revision);
        let to = &mut self.rooms[to];
        to.occupancy.take(to.claim(span), ix);
    }

    pub(super) fn cancelled(&mut self, id: BookingId, reason: &str) {
        let Some(ix) = self.bookings.find(id) else { return };
        let booking = &mut self.bookings[ix];
        booking.cancelled = Some(reason.into());
        booking.revision += 1;
        let room = &mut self.rooms[booking.room];
        let claim = room.claim(booking.span);
        room.occupancy.cancel(&claim, booking.span.start().as_second(), ix);
    }

    pub(super) fn booking_view(&self, booking: &Booking) -> BookingView {
        let series = booking.series.map(|ix| &self.series[ix]);
        let details = booking.details.as_ref();
        BookingView {
            id: booking.id,
            room: self.rooms[booking.room].name,
            span: booking.span,
            cancelled: booking.cancelled.as_deref().map(str::to_owned),
            details: details.or_else(|| series.and_then(|it| it.details.as_ref())).cloned(),
            by: booking.by,
            series: series.map(|it| it.id),
            revision: booking.revision,
        }
    }

    /// `O(1)`.
    pub fn booking(&self, id: BookingId) -> Option<BookingView> {
        self.bookings.get(id).map(|booking| self.booking_view(booking))
    }
}
