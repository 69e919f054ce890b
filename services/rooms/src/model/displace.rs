//! A municipality's own event goes before what stands in its way: that is cancelled, paid back in
//! full, told whom it concerns, and offered other times.

use std::ops::Range;

use dugnad_calendar::Interval;
use dugnad_events::{
    BookingId, RoomName,
    rooms::{Application, BookingDetails, Cause, Charge, Event, Terms},
};
use dugnad_ledger::Context;
use dugnad_vault::Sealed;
use jiff::{SignedDuration, Timestamp};

use super::{
    Refusal, State, When,
    booking::{Booking, Standing, Taking, booked, ended, instant, timely},
    letting::charge,
    register::Ix,
    room::Room,
    waiting,
};

/// The most bookings that one act cancels: what they come to fits into one commit.
pub const MOST_AFFECTED: usize = 2_000;
/// How far before and after a displaced booking other times are looked for.
const LOOK_AROUND: SignedDuration = SignedDuration::from_hours(7 * 24);
/// How many other times are named.
const MOST_INSTEAD: usize = 3;

/// Takes a room whoever has it. Neither letting rules nor opening hours bind the municipality, and it
/// pays nothing.
pub(super) fn displace(
    state: &State,
    cx: &Context,
    name: RoomName,
    when: When,
    details: Sealed<BookingDetails>,
    application: Application,
    reason: &str,
) -> Result<Vec<Event>, Refusal> {
    let (ix, room) = state.existing_room(name)?;
    state.people.not_erased(details.person())?;
    let span = state.span(room, when)?;
    timely(state, cx.now, span, &[])?;
    let gone = state.in_the_way(room, span);
    if let Some(under_way) = gone.iter().find(|ix| state.bookings[**ix].span.start() <= cx.now) {
        let booking = &state.bookings[*under_way];
        let (room, by) = (state.rooms[booking.room].name, booking.id);
        return Err(Refusal::Taken { room, by, until: booking.span.end() });
    }
    most_affected(gone.len())?;
    state.free(room, span, &gone, &[])?;
    state.stock.enough(name.facility, &application.equipment, span, &gone)?;

    let booking = BookingId(cx.id(0));
    let claim = room.claim(span);
    let mut events = Vec::new();
    for displaced in gone.iter().map(|ix| &state.bookings[*ix]) {
        let back = paid_back(displaced, cx.now);
        events.push(ended(displaced, Cause::Displaced, reason, back));
        events.push(Event::Displaced {
            booking: displaced.id,
            whom: displaced.by,
            by: booking,
            room: state.rooms[displaced.room].name.room,
            span: displaced.span,
            instead: state.instead(cx.now, displaced, &claim, &gone),
        });
    }
    let edition = state.edition(cx.now, room);
    let terms = Terms { edition, application, oere: 0, vat: None, kept: 0 };
    let (by, details) = (cx.caller.id, Some(details));
    events.push(booked(cx.now, booking, name.room, span, by, details, None, Some(terms)));
    let taken = vec![Taking::booking(ix, room, span)];
    events.extend(waiting::offers(state, cx, &gone, taken));
    Ok(events)
}

/// All of what was to be paid.
pub(super) fn paid_back(booking: &Booking, now: Timestamp) -> Option<Charge> {
    let terms = booking.terms.as_deref().filter(|_| booking.standing == Standing::Confirmed)?;
    charge(-terms.oere, terms, now)
}

pub(super) fn most_affected(count: usize) -> Result<(), Refusal> {
    if count > MOST_AFFECTED {
        let what = "bookings that one act cancels (take a shorter span)";
        return Err(Refusal::TooMany { what, limit: MOST_AFFECTED });
    }
    Ok(())
}

impl State {
    /// Everything that claims a part of what a booking for `span` would.
    fn in_the_way(&self, room: &Room, span: Interval) -> Vec<Ix<Booking>> {
        let relatives = room.relatives.iter().map(|ix| &self.rooms[*ix]);
        let claims =
            relatives.flat_map(|relative| relative.occupancy.overlapping(room.claim(span)));
        claims.map(|claim| claim.by).collect()
    }

    /// Times of the same room and length that are free once `taken` (of a relative) is and `gone` are
    /// not, the nearest to the booking first.
    fn instead(
        &self,
        now: Timestamp,
        displaced: &Booking,
        taken: &Range<i64>,
        gone: &[Ix<Booking>],
    ) -> Vec<Interval> {
        let room = &self.rooms[displaced.room];
        let (start, length) = (displaced.span.start().as_second(), displaced.span.seconds());
        let around = |by: SignedDuration| displaced.span.start().saturating_add(by).ok();
        let look = around(-LOOK_AROUND)
            .map(|from| instant(from.max(now).as_second() + 1))
            .zip(around(LOOK_AROUND))
            .and_then(|(from, to)| Interval::new(from, instant(to.as_second())).ok());
        let Some(look) = look else { return Vec::new() };
        let (before, after) = room.buffers();
        let blocked = taken.start - after..taken.end + before;
        let mut starts: Vec<i64> = self
            .free_windows(room, look, length, gone)
            .into_iter()
            .flat_map(|window| {
                let (from, to) = (window.start().as_second(), window.end().as_second());
                [from..to.min(blocked.start), from.max(blocked.end)..to]
            })
            .filter(|piece| piece.end - piece.start >= length)
            .map(|piece| start.clamp(piece.start, piece.end - length))
            .collect();
        starts.sort_unstable_by_key(|other| ((other - start).abs(), *other));
        starts.dedup();
        let spans = starts.into_iter().take(MOST_INSTEAD);
        spans.filter_map(|from| Interval::new(instant(from), instant(from + length)).ok()).collect()
    }
}
