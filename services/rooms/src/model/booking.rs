//! Bookings: a room taken for a span of time. The rules of taking, moving and giving back.

mod state;

use std::ops::Range;

use dugnad_calendar::Interval;
use dugnad_events::{
    BookingId, RoomId, RoomName, SeriesId,
    rooms::{Application, BookingDetails, Cause, Charge, Event, Terms},
};
use dugnad_ledger::Context;
use dugnad_vault::Sealed;
use jiff::{SignedDuration, Timestamp};
use uuid::Uuid;

use super::{
    Refusal, State, When, letting,
    register::{Ix, Register},
    request,
    room::Room,
    series::Series,
    waiting,
};

pub(super) use state::Made;

/// The longest booking.
pub const LONGEST_BOOKING_DAYS: i64 = 31;
/// How far ahead a booking may end.
pub const FURTHEST_AHEAD_DAYS: i64 = 3 * 366;

/// A room taken for a span of time, held, asked for, or given back.
#[derive(Debug, PartialEq)]
pub(super) struct Booking {
    pub(super) id: BookingId,
    pub(super) room: Ix<Room>,
    pub(super) span: Interval,
    pub(super) by: Uuid,
    /// `None`: what the series says, or the person was erased.
    pub(super) details: Option<Sealed<BookingDetails>>,
    /// The same person's booking before this one.
    pub(super) earlier: Option<Ix<Booking>>,
    pub(super) series: Option<Ix<Series>>,
    pub(super) standing: Standing,
    /// What was agreed; `None`: made while no letting rule held, with nothing asked for but the room.
    pub(super) terms: Option<Box<Terms>>,
    pub(super) revision: u32,
}

/// What a booking is at present.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Standing {
    /// The room is theirs.
    Confirmed,
    /// Theirs alone to book.
    Held {
        /// Until then.
        until: Timestamp,
    },
    /// Waits for the municipality's answer.
    Requested {
        /// It lapses then.
        until: Timestamp,
        /// Whether nobody else can have the slot.
        holds: bool,
    },
    /// No more.
    Ended {
        /// What led to it.
        cause: Cause,
        /// Why, in words.
        reason: Box<str>,
    },
}

impl Standing {
    /// Whether nobody else can have the slot.
    pub(super) fn claims(&self) -> bool {
        matches!(self, Self::Confirmed | Self::Held { .. } | Self::Requested { holds: true, .. })
    }

    fn until(&self) -> Option<Timestamp> {
        match self {
            Self::Held { until } | Self::Requested { until, .. } => Some(*until),
            Self::Confirmed | Self::Ended { .. } => None,
        }
    }
}

/// All bookings; those that ended stay readable.
pub(super) type Bookings = Register<BookingId, Booking>;

/// A span of a room that is about to be taken, in the same decision.
#[derive(Debug)]
pub(super) struct Taking {
    room: Ix<Room>,
    /// Seconds since 1970.
    claim: Range<i64>,
    /// A closure keeps no buffers, and none are kept from it.
    closure: bool,
}

impl Taking {
    pub(super) fn booking(ix: Ix<Room>, room: &Room, span: Interval) -> Self {
        Self { room: ix, claim: room.claim(span), closure: false }
    }

    pub(super) fn closure(room: Ix<Room>, span: Interval) -> Self {
        Self { room, claim: seconds(span), closure: true }
    }
}

fn seconds(span: Interval) -> Range<i64> {
    span.start().as_second()..span.end().as_second()
}

/// Takes a room, with nothing said that a letting rule may ask for.
pub(super) fn book(
    state: &State,
    cx: &Context,
    name: RoomName,
    span: Interval,
    details: Sealed<BookingDetails>,
) -> Result<Vec<Event>, Refusal> {
    if !state.lets_freely() {
        return apply(state, cx, name, When::Span(span), details, Application::default(), None);
    }
    let (_, room) = state.existing_room(name)?;
    state.people.not_erased(details.person())?;
    may_hold(state, cx.now, room, span, &[])?;
    let booking = BookingId(cx.id(0));
    Ok(vec![booked(cx.now, booking, name.room, span, cx.caller.id, Some(details), None, None)])
}

/// Takes a room, or asks for it where the rules want a person's answer; `hold` becomes the booking.
pub(super) fn apply(
    state: &State,
    cx: &Context,
    name: RoomName,
    when: When,
    details: Sealed<BookingDetails>,
    application: Application,
    hold: Option<BookingId>,
) -> Result<Vec<Event>, Refusal> {
    let (ix, room) = state.existing_room(name)?;
    state.people.not_erased(details.person())?;
    let hold = hold.map(|hold| request::own_hold(state, cx, hold, ix)).transpose()?;
    let gone = hold.as_slice();
    let span = state.span(room, when)?;
    timely(state, cx.now, span, gone)?;
    if let When::Span(_) = when {
        state.open_at(room, span)?;
    }
    state.free(room, span, gone, &[])?;
    state.not_around_a_season(cx.now, room, span, &application)?;
    let agreeing = letting::Agreeing { now: cx.now, by: cx.caller.id, season: false };
    let terms = agreeing.agree(state, room, span, application, gone, &[])?;
    let mut events: Vec<_> =
        gone.iter().map(|ix| ended(&state.bookings[*ix], Cause::TakenUp, "", None)).collect();
    let booking = BookingId(cx.id(0));
    events.push(match request::needed(state, cx.now, room, span, &terms) {
        Some((until, holds)) => Event::Requested {
            booking,
            room: name.room,
            span,
            by: cx.caller.id,
            details: Some(details),
            series: None,
            terms: Box::new(terms),
            until,
            holds,
        },
        None => {
            let (by, details) = (cx.caller.id, Some(details));
            booked(cx.now, booking, name.room, span, by, details, None, Some(terms))
        }
    });
    let taken = vec![Taking::booking(ix, room, span)];
    events.extend(waiting::offers(state, cx, gone, taken));
    Ok(events)
}

/// A booking that is made now, with what is to be paid for it.
#[allow(clippy::too_many_arguments, reason = "the fields of the event, in their order")]
pub(super) fn booked(
    now: Timestamp,
    booking: BookingId,
    room: RoomId,
    span: Interval,
    by: Uuid,
    details: Option<Sealed<BookingDetails>>,
    series: Option<SeriesId>,
    terms: Option<Terms>,
) -> Event {
    let charge = terms.as_ref().and_then(|terms| letting::charge(terms.oere, terms, now));
    let terms = terms.map(Box::new);
    Event::Booked { booking, room, span, by, details, series, terms, charge }
}

/// Where a booking is to go.
#[derive(Clone, Copy, Debug)]
pub(super) struct Target {
    pub(super) room: Option<RoomName>,
    pub(super) span: Option<Interval>,
    /// On behalf of the municipality: no further approval is needed.
    pub(super) as_staff: bool,
}

pub(super) fn move_to(
    state: &State,
    cx: &Context,
    id: BookingId,
    target: Target,
    seen: Option<u32>,
) -> Result<Vec<Event>, Refusal> {
    let (ix, booking) = state.existing_booking(id)?;
    as_seen(booking, seen)?;
    not_ended(booking)?;
    confirmed(booking)?;
    not_over(booking, cx.now)?;
    let from = &state.rooms[booking.room];
    let (to, room) = match target.room {
        Some(name) => state.existing_room(name)?,
        None => (booking.room, from),
    };
    let span = target.span.unwrap_or(booking.span);
    if room.name == from.name && span == booking.span {
        return Ok(Vec::new());
    }
    may_hold(state, cx.now, room, span, &[ix])?;
    let terms = match booking.terms.as_deref() {
        None => None,
        Some(terms) => Some(agreed_anew(state, cx, ix, terms, room, span, target.as_staff)?),
    };
    let charge = terms.as_ref().and_then(|new| {
        let before = booking.terms.as_deref().map_or(0, |terms| terms.oere);
        letting::charge(new.oere - before, new, cx.now)
    });
    let mut events = vec![Event::Moved {
        booking: id,
        from: from.name.room,
        room: room.name.room,
        span,
        revision: booking.revision + 1,
        terms: terms.map(Box::new),
        charge,
    }];
    let taken = vec![Taking::booking(to, room, span)];
    events.extend(waiting::offers(state, cx, &[ix], taken));
    Ok(events)
}

/// To another room at the same time, since its own is closed: without anybody's yes, and at the price
/// that was agreed.
pub(super) fn rehoused(
    state: &State,
    cx: &Context,
    ix: Ix<Booking>,
    to: Ix<Room>,
    taken: &[Taking],
) -> Result<Event, Refusal> {
    let (booking, room) = (&state.bookings[ix], &state.rooms[to]);
    state.open_at(room, booking.span)?;
    state.free(room, booking.span, &[ix], taken)?;
    if let Some(terms) = booking.terms.as_deref() {
        agreed_anew(state, cx, ix, terms, room, booking.span, true)?;
    }
    Ok(Event::Moved {
        booking: booking.id,
        from: state.rooms[booking.room].name.room,
        room: room.name.room,
        span: booking.span,
        revision: booking.revision + 1,
        terms: None,
        charge: None,
    })
}

/// Under the edition that the booking was made under. What a cancellation now would keep of the old
/// price is the least that the new one can be: a move is no way around a deadline.
fn agreed_anew(
    state: &State,
    cx: &Context,
    ix: Ix<Booking>,
    terms: &Terms,
    room: &Room,
    span: Interval,
    as_staff: bool,
) -> Result<Terms, Refusal> {
    let booking = &state.bookings[ix];
    let asked = letting::Asked {
        now: cx.now,
        room,
        span,
        by: booking.by,
        application: &terms.application,
        edition: terms.edition,
        gone: &[ix],
        beside: &[],
    };
    let rules = state.in_force(room, terms.edition);
    let opinion = state.opinion(&asked, &rules);
    if let Some(objection) = opinion.objections.into_iter().next() {
        return Err(Refusal::Letting(objection));
    }
    let handled = rules.section(|rules| rules.handling.as_ref()).is_some_and(|it| it.required);
    if handled && !as_staff {
        return Err(Refusal::NeedsApproval(booking.id));
    }
    state.stock.enough(room.name.facility, &terms.application.equipment, span, &[ix])?;
    let kept = state.forfeited(booking, terms, cx.now);
    let oere = opinion.price.oere.max(kept);
    Ok(Terms { oere, vat: opinion.price.vat.or_else(|| terms.vat.clone()), kept, ..terms.clone() })
}

pub(super) fn cancel(
    state: &State,
    cx: &Context,
    id: BookingId,
    reason: &str,
    seen: Option<u32>,
) -> Result<Vec<Event>, Refusal> {
    let (ix, booking) = state.existing_booking(id)?;
    as_seen(booking, seen)?;
    if !booking.is_live() {
        return Ok(Vec::new());
    }
    not_over(booking, cx.now)?;
    Ok(given_back(state, cx, &[ix], reason))
}

/// Gives back all of `gone`, and offers what that frees to those who wait for it.
pub(super) fn given_back(
    state: &State,
    cx: &Context,
    gone: &[Ix<Booking>],
    reason: &str,
) -> Vec<Event> {
    let bookings = gone.iter().map(|ix| &state.bookings[*ix]);
    let mut events: Vec<_> = bookings
        .map(|booking| {
            let paid = booking.standing == Standing::Confirmed;
            let refund = if paid { state.refund(booking, cx.now) } else { None };
            ended(booking, Cause::Asked, reason, refund)
        })
        .collect();
    events.extend(waiting::offers(state, cx, gone, Vec::new()));
    events
}

pub(super) fn ended(
    booking: &Booking,
    cause: Cause,
    reason: &str,
    charge: Option<Charge>,
) -> Event {
    Event::Cancelled { booking: booking.id, reason: reason.to_owned(), cause, charge }
}

/// Whether `room` can be had for `span` once `gone` have given theirs back.
pub(super) fn may_hold(
    state: &State,
    now: Timestamp,
    room: &Room,
    span: Interval,
    gone: &[Ix<Booking>],
) -> Result<(), Refusal> {
    timely(state, now, span, gone)?;
    state.open_at(room, span)?;
    state.free(room, span, gone, &[])
}

/// What holds for every booking, whatever the letting rules say.
pub(super) fn timely(
    state: &State,
    now: Timestamp,
    span: Interval,
    gone: &[Ix<Booking>],
) -> Result<(), Refusal> {
    not_past(now, span, gone.first().map(|ix| &state.bookings[*ix]))?;
    not_too_long(span)?;
    not_too_far_ahead(now, span)
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

fn as_seen(booking: &Booking, seen: Option<u32>) -> Result<(), Refusal> {
    match seen {
        Some(revision) if revision != booking.revision => {
            Err(Refusal::Stale { booking: booking.id, revision: booking.revision })
        }
        _ => Ok(()),
    }
}

fn not_ended(booking: &Booking) -> Result<(), Refusal> {
    if booking.is_live() { Ok(()) } else { Err(Refusal::Cancelled(booking.id)) }
}

fn confirmed(booking: &Booking) -> Result<(), Refusal> {
    let confirmed = booking.standing == Standing::Confirmed;
    if confirmed { Ok(()) } else { Err(Refusal::NotConfirmed(booking.id)) }
}

fn not_over(booking: &Booking, now: Timestamp) -> Result<(), Refusal> {
    if booking.is_over(now) {
        return Err(Refusal::Over { booking: booking.id, since: booking.span.end() });
    }
    Ok(())
}

impl Booking {
    pub(super) fn is_live(&self) -> bool {
        !matches!(self.standing, Standing::Ended { .. })
    }

    pub(super) fn series(&self) -> Option<Ix<Series>> {
        self.series
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
