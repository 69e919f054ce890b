//! Invariant 1: no two live bookings claim the same part of a hall at the same time, buffers included.
//!
//! Bookings, holds, and requests that keep their slot claim their room, its parts and its wholes. It
//! is looked at whenever a record has changed claims: what one record does in between counts not.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use dugnad_calendar::Interval;
use dugnad_events::{
    BookingId, RoomId,
    rooms::{Event, RoomTraits},
};

use crate::{
    history::{Place, Record},
    report::{Findings, Verdict},
};

/// A room and what claims it.
#[derive(Debug, Default)]
struct Room {
    parent: Option<RoomId>,
    parts: Vec<RoomId>,
    /// Seconds kept free before and after each booking.
    buffers: (i64, i64),
    /// Live claims by start.
    claims: BTreeSet<(i64, BookingId)>,
    /// The longest that was ever claimed, in seconds.
    longest: i64,
}

/// What a booking wants, whether or not it claims it at present.
#[derive(Clone, Copy, Debug)]
struct Claim {
    room: RoomId,
    span: Interval,
    live: bool,
}

#[derive(Debug, Default)]
pub(crate) struct Claims {
    rooms: HashMap<RoomId, Room>,
    bookings: HashMap<BookingId, Claim>,
    made: u64,
    findings: Findings,
}

impl Claims {
    pub(crate) fn record(&mut self, place: &Place, record: &Record<Event>) {
        let mut touched = BTreeMap::new();
        for (at, event) in (0_u32..).zip(&record.events) {
            if let Some(booking) = self.event(event) {
                touched.insert(booking, at);
            }
        }
        for (booking, at) in touched {
            if let Some(other) = self.in_the_way(booking) {
                let what = format!("{booking} claims what {other} claims");
                self.findings.add(place, Some(at), what);
            }
        }
    }

    /// The booking that claims something new.
    fn event(&mut self, event: &Event) -> Option<BookingId> {
        match event {
            Event::RoomRegistered { room, parent, traits, .. } => {
                self.registered(*room, *parent, traits);
                None
            }
            Event::Booked { booking, room, span, .. } | Event::Held { booking, room, span, .. } => {
                self.claim(*booking, *room, *span)
            }
            Event::Requested { booking, room, span, holds, .. } => {
                if *holds {
                    return self.claim(*booking, *room, *span);
                }
                self.bookings.insert(*booking, Claim { room: *room, span: *span, live: false });
                None
            }
            Event::Approved { booking, room, span, .. } => {
                self.release(*booking);
                self.claim(*booking, *room, *span)
            }
            Event::Moved { booking, room, span, .. } => {
                let live = self.bookings.get(booking).is_none_or(|claim| claim.live);
                self.release(*booking);
                if live {
                    return self.claim(*booking, *room, *span);
                }
                self.bookings.insert(*booking, Claim { room: *room, span: *span, live });
                None
            }
            Event::Cancelled { booking, .. } => {
                self.release(*booking);
                None
            }
            _ => None,
        }
    }

    fn registered(&mut self, id: RoomId, parent: Option<RoomId>, traits: &RoomTraits) {
        let room = self.rooms.entry(id).or_default();
        room.parent = parent;
        room.buffers =
            (i64::from(traits.minutes_before) * 60, i64::from(traits.minutes_after) * 60);
        if let Some(parent) = parent {
            self.rooms.entry(parent).or_default().parts.push(id);
        }
    }

    fn claim(&mut self, booking: BookingId, id: RoomId, span: Interval) -> Option<BookingId> {
        self.made += 1;
        self.bookings.insert(booking, Claim { room: id, span, live: true });
        let room = self.rooms.entry(id).or_default();
        let (start, end) = room.whole(span);
        room.claims.insert((start, booking));
        room.longest = room.longest.max(end - start);
        Some(booking)
    }

    fn release(&mut self, booking: BookingId) {
        let Some(claim) = self.bookings.get_mut(&booking) else { return };
        claim.live = false;
        if let Some(room) = self.rooms.get_mut(&claim.room) {
            let (start, _) = room.whole(claim.span);
            room.claims.remove(&(start, booking));
        }
    }

    /// Another that claims a part of what this one does. `O(relatives · log claims)`.
    fn in_the_way(&self, booking: BookingId) -> Option<BookingId> {
        let claim = self.bookings.get(&booking).filter(|claim| claim.live)?;
        let (start, end) = self.rooms.get(&claim.room)?.whole(claim.span);
        let overlaps = |id: RoomId| {
            let room = self.rooms.get(&id)?;
            let from = (start - room.longest, BookingId(uuid::Uuid::nil()));
            let near = room.claims.range(from..(end, BookingId(uuid::Uuid::nil())));
            near.map(|(_, other)| *other).find(|other| {
                let theirs = &self.bookings[other];
                *other != booking && room.whole(theirs.span).1 > start
            })
        };
        self.relatives(claim.room).into_iter().find_map(overlaps)
    }

    /// The room, what it is a part of, and its parts.
    fn relatives(&self, room: RoomId) -> Vec<RoomId> {
        let parent = |id: &RoomId| self.rooms.get(id).and_then(|room| room.parent);
        // A tree of rooms is a few levels deep; one that goes round is none.
        let mut all: Vec<RoomId> = std::iter::successors(Some(room), parent).take(64).collect();
        let mut next = vec![room];
        while let Some(id) = next.pop() {
            let parts = self.rooms.get(&id).map_or(&[][..], |room| &room.parts);
            for part in parts {
                if !all.contains(part) {
                    all.push(*part);
                    next.push(*part);
                }
            }
        }
        all
    }

    pub(crate) fn conclude(self, verdict: &mut Verdict) {
        verdict.count(self.made, "claims");
        verdict.count(self.rooms.len() as u64, "rooms");
        verdict.take(self.findings);
    }
}

impl Room {
    /// What a booking for `span` claims, in seconds since 1970.
    fn whole(&self, span: Interval) -> (i64, i64) {
        (span.start().as_second() - self.buffers.0, span.end().as_second() + self.buffers.1)
    }
}
