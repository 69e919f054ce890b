//! Rooms for activities: another service asks by its events, and is answered by ours.
//!
//! A want is carried out as if the organiser had called with the want's id as the request's: so the
//! booking is named after it, letting rules and quotas count for them, and a want that is heard once
//! is done once. Every want is answered: by `Booked`, `Requested`, `Moved`, or `VenueRefused`.
//!
//! Wants are kept until the activity lets go of them. One that was refused is tried again when
//! something that stood in its way may be gone ([`due`]): those who wait in a room's own list go
//! before. And when a room is closed, the booking of an evening goes to another that fits, in the same
//! commit ([`rehoused`]): it keeps its name, so that its code and, in the same building, its shift and
//! host go with it.

mod kept;

use dugnad_calendar::Interval;
use dugnad_events::{
    BookingId, FacilityId, OccurrenceId, RoomId, RoomName,
    activities::{VenueWant, VenueWish},
    rooms::Event,
};
use dugnad_ledger::{Caller, Context};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{
    Refusal, Search, Standing, State, When,
    booking::{self, Booking, Taking, Target, given_back},
    register::Ix,
};

pub(super) use kept::Venues;

/// The most wants that are kept although they could not be met.
const MOST_UNMET: usize = 1_000;
/// The most bookings that find another room in one act; the others are cancelled, and asked for anew.
const MOST_REHOUSED: usize = 50;
/// The most rooms that are looked at for one activity.
const MOST_CANDIDATES: usize = 200;
/// Why a booking is given back that an activity does not want any more.
const RELEASED: &str = "released by the activity";

/// What activities ask for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Command {
    /// A room, this one or one that fits.
    Want(Box<VenueWant>),
    /// Nothing any more.
    Release {
        /// What may have been booked.
        bookings: Vec<BookingId>,
    },
    /// Nothing for an occurrence any more that has begun or is not held.
    Over {
        /// Which.
        about: OccurrenceId,
    },
}

pub(super) fn decide(state: &State, cx: &Context, command: Command) -> Vec<Event> {
    match command {
        Command::Want(want) => answer(state, &in_the_name_of(cx, &want), &want),
        Command::Release { bookings } => release(state, cx, &bookings),
        Command::Over { about } => left(state.venues.about(about).collect()),
    }
}

fn in_the_name_of(cx: &Context, want: &VenueWant) -> Context {
    let caller = Caller { tenant: cx.caller.tenant.clone(), id: want.by };
    Context { now: cx.now, caller, request: want.want.0 }
}

fn answer(state: &State, cx: &Context, want: &VenueWant) -> Vec<Event> {
    let mut events = vec![Event::VenueWanted { want: Box::new(want.clone()) }];
    if let Some(moved) = moved(state, cx, want) {
        events.extend(moved);
        return events;
    }
    let released = release(state, cx, &want.instead_of);
    match found(state, cx, want) {
        Ok(taken) => events.extend(released.into_iter().chain(taken)),
        Err(no) => {
            // What it takes the place of may stand in its way: giving that back last, it is tried again.
            events.push(no.said(want));
            events.extend(released);
            if state.venues.unmet() >= MOST_UNMET {
                events.extend(left(vec![want.want.booking()]));
            }
        }
    }
    events
}

/// Tries again what was refused, one at a time: the next sees what this one took.
pub(super) fn due(state: &State, cx: &Context) -> Vec<Event> {
    let Some(want) = state.venues.due() else { return Vec::new() };
    if want.span.start() <= cx.now {
        return left(vec![want.want.booking()]);
    }
    found(state, &in_the_name_of(cx, want), want).unwrap_or_else(|no| vec![no.said(want)])
}

fn left(bookings: Vec<BookingId>) -> Vec<Event> {
    if bookings.is_empty() { Vec::new() } else { vec![Event::VenuesLeft { bookings }] }
}

/// The room that the activity has, at the time that it wants now.
fn moved(state: &State, cx: &Context, want: &VenueWant) -> Option<Vec<Event>> {
    let old = want.instead_of.iter().find(|id| still_held(state, cx, **id).is_some())?;
    let (_, room) = still_held(state, cx, *old)?;
    if want.wish.room.is_some_and(|wanted| wanted != room) || want.not.contains(&room.room) {
        return None;
    }
    let target = Target { room: None, span: Some(want.span), as_staff: false };
    booking::move_to(state, cx, *old, target, None).ok()
}

fn release(state: &State, cx: &Context, bookings: &[BookingId]) -> Vec<Event> {
    let is_held = |id: &BookingId| still_held(state, cx, *id).is_some();
    let unmet = bookings.iter().filter(|id| state.venues.has(**id) && !is_held(id));
    let mut events = left(unmet.copied().collect());
    let held = bookings.iter().filter_map(|id| still_held(state, cx, *id));
    let held: Vec<_> = held.map(|(ix, _)| ix).collect();
    if !held.is_empty() {
        events.extend(given_back(state, cx, &held, RELEASED));
    }
    events
}

/// Another room for each of `gone` that an evening is held in and that is to come, at the same time, in
/// the same building if there is one; and those that find none. What is taken is added to `taken`.
pub(super) fn rehoused(
    state: &State,
    cx: &Context,
    gone: &[Ix<Booking>],
    taken: &mut Vec<Taking>,
) -> (Vec<Event>, Vec<Ix<Booking>>) {
    let (mut moved, mut left) = (Vec::new(), Vec::new());
    for ix in gone {
        let found = (moved.len() < MOST_REHOUSED).then(|| elsewhere(state, cx, *ix, taken));
        match found.flatten() {
            Some((event, takes)) => {
                moved.push(event);
                taken.push(takes);
            }
            None => left.push(*ix),
        }
    }
    (moved, left)
}

fn elsewhere(
    state: &State,
    cx: &Context,
    ix: Ix<Booking>,
    taken: &[Taking],
) -> Option<(Event, Taking)> {
    let booking = &state.bookings[ix];
    let want = state.venues.get(booking.id)?;
    if booking.standing != Standing::Confirmed || booking.span.start() <= cx.now {
        return None;
    }
    let here = state.rooms[booking.room].name.facility;
    let rooms = fitting(state, cx.now, booking.span, &want.wish, &want.not, Some(here));
    rooms.into_iter().find_map(|name| {
        let (to, room) = state.existing_room(name).ok()?;
        let moved = booking::rehoused(state, cx, ix, to, taken).ok()?;
        Some((moved, Taking::booking(to, room, booking.span)))
    })
}

/// A booking or request that can still be given back, and its room.
fn still_held(state: &State, cx: &Context, id: BookingId) -> Option<(Ix<Booking>, RoomName)> {
    let (ix, booking) = state.existing_booking(id).ok()?;
    let held = booking.is_live() && !booking.is_over(cx.now);
    held.then(|| (ix, state.rooms[booking.room].name))
}

/// Why there is no room, as the organiser reads it.
struct No {
    reason: String,
    message: String,
}

impl No {
    fn said(self, want: &VenueWant) -> Event {
        let Self { reason, message } = self;
        Event::VenueRefused { want: want.want, about: want.about, reason, message }
    }
}

impl From<Refusal> for No {
    fn from(refusal: Refusal) -> Self {
        Self { reason: refusal.reason().to_owned(), message: refusal.to_string() }
    }
}

/// The room that was named, or the smallest that fits; one that needs nobody's yes goes first.
fn found(state: &State, cx: &Context, want: &VenueWant) -> Result<Vec<Event>, No> {
    let take = |room: RoomName| {
        let (details, said) = (want.details.clone(), want.wish.application.clone());
        booking::apply(state, cx, room, When::Span(want.span), details, said, None)
    };
    if let Some(room) = want.wish.room {
        return take(room).map_err(No::from);
    }
    let (mut asked, mut no) = (None, nothing_fits(want));
    for room in fitting(state, cx.now, want.span, &want.wish, &want.not, None) {
        match take(room) {
            Ok(taken) if !taken.iter().any(|it| matches!(it, Event::Requested { .. })) => {
                return Ok(taken);
            }
            Ok(taken) => asked = asked.or(Some(taken)),
            Err(refused) => no = refused.into(),
        }
    }
    asked.ok_or(no)
}

fn nothing_fits(want: &VenueWant) -> No {
    let capacity = want.wish.capacity;
    let message =
        format!("no room for {capacity} people with all that was wished for is free then");
    No { reason: "NO_ROOM_FITS".to_owned(), message }
}

/// Free rooms with all that is wished for, those of `near` first, then the smallest.
fn fitting(
    state: &State,
    now: Timestamp,
    span: Interval,
    wish: &VenueWish,
    not: &[RoomId],
    near: Option<FacilityId>,
) -> Vec<RoomName> {
    let search = Search {
        span,
        seconds: None,
        capacity: wish.capacity,
        equipment: wish.equipment.clone(),
        accessibility: wish.accessibility.clone(),
    };
    let facilities = &wish.facilities;
    let (mut found, mut after) = (Vec::new(), None);
    while found.len() < MOST_CANDIDATES {
        let page = state.search(now, &search, after, MOST_CANDIDATES);
        let rooms = page.items.into_iter().map(|free| free.room);
        let fits = rooms.filter(|room| {
            let there = facilities.is_empty() || facilities.contains(&room.name.facility);
            there && !not.contains(&room.name.room)
        });
        found.extend(fits.map(|room| (room.traits.capacity, room.name)));
        after = page.next;
        if after.is_none() {
            break;
        }
    }
    let far = |room: &RoomName| near.is_some_and(|near| near != room.facility);
    found.sort_by_key(|(capacity, room)| (far(room), *capacity));
    found.into_iter().map(|(_, room)| room).collect()
}
