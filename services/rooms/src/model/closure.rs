//! Closing a room for a while, and opening it again.
//!
//! A closure is no booking: it has no buffers, and that of a part may lie inside that of the whole.
//! What it meets is cancelled with the price paid back, save evenings that find another room.

use std::collections::BTreeMap;

use dugnad_calendar::Interval;
use dugnad_events::{
    BookingId, ClosureId, RoomId, RoomName,
    rooms::{Cause, Event},
};
use dugnad_ledger::Context;
use jiff::Timestamp;

use super::{
    ClosureView, Name, Refusal, State,
    booking::{Booking, Taking, ended},
    displace::{most_affected, paid_back},
    register::Ix,
    room::Room,
    venue, waiting,
};

/// One room's own closures, by start; they never overlap each other.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Closures(BTreeMap<Timestamp, Closure>);

#[derive(Debug, PartialEq)]
pub(super) struct Closure {
    id: ClosureId,
    span: Interval,
    reason: Box<str>,
}

impl Closure {
    pub(super) fn refusal(&self, room: RoomName) -> Refusal {
        let (until, reason) = (self.span.end(), self.reason.to_string());
        Refusal::RoomClosed { room, until, reason }
    }
}

impl Closures {
    /// The last one that overlaps `span`. `O(log n)`.
    pub(super) fn during(&self, span: Interval) -> Option<&Closure> {
        let (_, last) = self.0.range(..span.end()).next_back()?;
        last.span.overlaps(&span).then_some(last)
    }

    /// The spans that overlap `span`, by start.
    pub(super) fn within(&self, span: Interval) -> impl Iterator<Item = Interval> {
        let before = self.0.range(..span.start()).next_back();
        let from = self.0.range(span.start()..span.end());
        before.into_iter().chain(from).map(|(_, it)| it.span).filter(move |it| it.overlaps(&span))
    }

    pub(super) fn views(&self) -> Vec<ClosureView> {
        let view = |closure: &Closure| ClosureView {
            id: closure.id,
            span: closure.span,
            reason: closure.reason.to_string(),
        };
        self.0.values().map(view).collect()
    }
}

/// Closes a room with all that follows: evenings inside go to another room that fits, all other
/// bookings, series dates, holds and requests are cancelled, and nobody waits there any more.
pub(super) fn close(
    state: &State,
    cx: &Context,
    name: RoomName,
    span: Interval,
    reason: String,
) -> Result<Vec<Event>, Refusal> {
    let (ix, room) = state.existing_room(name)?;
    if span.end() <= cx.now {
        return Err(Refusal::Past { start: span.start() });
    }
    if let Some(closure) = room.closures.during(span) {
        return Err(closure.refusal(name));
    }
    let gone = state.inside(cx.now, room, span);
    most_affected(gone.len())?;
    let closure = ClosureId(cx.id(0));
    let by = cx.caller.id;
    let mut events = waiting::cleared(state, room, span);
    let mut taken = vec![Taking::closure(ix, span)];
    let (moved, cancelled) = venue::rehoused(state, cx, &gone, &mut taken);
    events.extend(moved);
    events.extend(cancelled.iter().map(|ix| {
        let booking = &state.bookings[*ix];
        ended(booking, Cause::RoomClosed, &reason, paid_back(booking, cx.now))
    }));
    events.push(Event::RoomClosed { closure, room: name.room, span, by, reason });
    // What reached out of the closure is free on the outside.
    events.extend(waiting::offers(state, cx, &gone, taken));
    Ok(events)
}

/// Takes a closure back. What it cancelled stays cancelled.
pub(super) fn reopen(state: &State, id: ClosureId) -> Result<Vec<Event>, Refusal> {
    if state.closures.contains_key(&id) {
        return Ok(vec![Event::RoomReopened { closure: id }]);
    }
    Err(Refusal::NotFound(Name::Closure(id)))
}

impl State {
    /// What a closure of `room` during `span` would cancel: what is not over, by room and start.
    pub(super) fn inside(&self, now: Timestamp, room: &Room, span: Interval) -> Vec<Ix<Booking>> {
        let (start, end) = (span.start().as_second(), span.end().as_second());
        let claims = room.relatives.iter().flat_map(|ix| {
            let occupancy = &self.rooms[*ix].occupancy;
            occupancy.overlapping(start..end).map(|claim| claim.by)
        });
        let requests = self.due.bookings().filter(|ix| {
            let booking = &self.bookings[*ix];
            !booking.standing.claims() && room.relatives.contains(&booking.room)
        });
        let met = claims.chain(requests).filter(|ix| {
            let booking = &self.bookings[*ix];
            booking.span.overlaps(&span) && !booking.is_over(now)
        });
        met.collect()
    }

    /// What closing a room would cancel; `None`: no such room.
    pub fn would_close(
        &self,
        now: Timestamp,
        name: RoomName,
        span: Interval,
    ) -> Option<Vec<BookingId>> {
        let (_, room) = self.existing_room(name).ok()?;
        let met = self.inside(now, room, span).into_iter();
        Some(met.map(|ix| self.bookings[ix].id).collect())
    }

    pub(super) fn room_closed(
        &mut self,
        id: ClosureId,
        room: RoomId,
        span: Interval,
        reason: &str,
    ) {
        let Some(ix) = self.rooms.find(room) else { return };
        let closure = Closure { id, span, reason: reason.into() };
        self.rooms[ix].closures.0.insert(span.start(), closure);
        self.closures.insert(id, (ix, span.start()));
    }

    /// When it was closed, while it is.
    pub(super) fn closed_during(&self, id: ClosureId) -> Option<Interval> {
        let (room, start) = self.closures.get(&id)?;
        self.rooms[*room].closures.0.get(start).map(|closure| closure.span)
    }

    pub(super) fn room_reopened(&mut self, id: ClosureId) {
        if let Some((room, start)) = self.closures.remove(&id) {
            self.rooms[room].closures.0.remove(&start);
        }
    }
}
