//! Rooms for activities: another service asks by its events, and is answered by ours.
//!
//! A want is carried out as if the organiser had called with the want's id as the request's: so the
//! booking is named after it, letting rules and quotas count for them, and a want that is heard once
//! is done once. Every want is answered: by `Booked`, `Requested`, `Moved`, or `VenueRefused`.

use dugnad_events::{BookingId, RoomName, activities::VenueWant, rooms::Event};
use dugnad_ledger::{Caller, Context};
use serde::{Deserialize, Serialize};

use super::{
    Refusal, Search, State, When,
    booking::{self, Booking, Target, given_back},
    register::Ix,
};

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
}

pub(super) fn decide(state: &State, cx: &Context, command: Command) -> Vec<Event> {
    match command {
        Command::Want(want) => {
            let caller = Caller { tenant: cx.caller.tenant.clone(), id: want.by };
            answer(state, &Context { now: cx.now, caller, request: want.want.0 }, &want)
        }
        Command::Release { bookings } => release(state, cx, &bookings),
    }
}

fn answer(state: &State, cx: &Context, want: &VenueWant) -> Vec<Event> {
    if let Some(moved) = moved(state, cx, want) {
        return moved;
    }
    let mut events = release(state, cx, &want.instead_of);
    match found(state, cx, want) {
        Ok(taken) => events.extend(taken),
        Err(No { reason, message }) => {
            let (want, about) = (want.want, want.about);
            events.push(Event::VenueRefused { want, about, reason, message });
        }
    }
    events
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
    let held = bookings.iter().filter_map(|id| still_held(state, cx, *id));
    let held: Vec<_> = held.map(|(ix, _)| ix).collect();
    if held.is_empty() { Vec::new() } else { given_back(state, cx, &held, RELEASED) }
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
    for room in fitting(state, cx, want) {
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

/// Free rooms with all that is wished for, the smallest first.
fn fitting(state: &State, cx: &Context, want: &VenueWant) -> Vec<RoomName> {
    let search = Search {
        span: want.span,
        seconds: None,
        capacity: want.wish.capacity,
        equipment: want.wish.equipment.clone(),
        accessibility: want.wish.accessibility.clone(),
    };
    let facilities = &want.wish.facilities;
    let (mut found, mut after) = (Vec::new(), None);
    while found.len() < MOST_CANDIDATES {
        let page = state.search(cx.now, &search, after, MOST_CANDIDATES);
        let rooms = page.items.into_iter().map(|free| free.room);
        let fits = rooms.filter(|room| {
            let there = facilities.is_empty() || facilities.contains(&room.name.facility);
            there && !want.not.contains(&room.name.room)
        });
        found.extend(fits.map(|room| (room.traits.capacity, room.name)));
        after = page.next;
        if after.is_none() {
            break;
        }
    }
    found.sort_by_key(|(capacity, _)| *capacity);
    found.into_iter().map(|(_, room)| room).collect()
}
