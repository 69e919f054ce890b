//! What is not yet a booking: a slot held while a form is filled in, and a request that waits for the
//! municipality's answer. Both lapse by the clock.

use dugnad_calendar::Interval;
use dugnad_events::{
    BookingId, RoomName,
    rooms::{Cause, Event, Terms},
};
use dugnad_ledger::Context;
use jiff::{SignedDuration, Timestamp};

use super::{
    BookingView, Name, Page, Refusal, State,
    booking::{Booking, Standing, ended, may_hold},
    due::Due,
    letting::charge,
    register::Ix,
    room::Room,
    waiting,
};

/// How long a slot is held for a form where no rule says.
const FORM_MINUTES: u32 = 10;
/// The most slots that one caller holds at once: nobody blocks a town.
pub const MOST_HOLDS: usize = 5;
/// What one tick ends at most: the next comes at once.
const MOST_AT_ONCE: usize = 500;

/// Holds a slot for whoever asks, for as long as the rules say.
pub(super) fn hold(
    state: &State,
    cx: &Context,
    name: RoomName,
    span: Interval,
) -> Result<Vec<Event>, Refusal> {
    let (_, room) = state.existing_room(name)?;
    may_hold(state, cx.now, room, span, &[])?;
    let held =
        state.due.bookings().map(|ix| &state.bookings[ix]).filter(|it| it.by == cx.caller.id);
    if held.filter(|it| matches!(it.standing, Standing::Held { .. })).count() >= MOST_HOLDS {
        return Err(Refusal::TooMany { what: "slots held for one caller", limit: MOST_HOLDS });
    }
    let rules = state.in_force(room, state.edition(cx.now, room));
    let minutes = rules.section(|rules| rules.holding.as_ref()).map(|it| it.form_minutes);
    let until = later(cx.now, minutes.unwrap_or(FORM_MINUTES));
    let (booking, by) = (BookingId(cx.id(0)), cx.caller.id);
    Ok(vec![Event::Held { booking, room: name.room, span, by, until, wait: None }])
}

/// The hold that its owner turns into a booking of the same room.
pub(super) fn own_hold(
    state: &State,
    cx: &Context,
    id: BookingId,
    room: Ix<Room>,
) -> Result<Ix<Booking>, Refusal> {
    let (ix, hold) = state.existing_booking(id)?;
    match hold.standing {
        _ if hold.by != cx.caller.id => Err(Refusal::NotYours(Name::Booking(id))),
        Standing::Held { until } if cx.now < until && hold.room == room => Ok(ix),
        Standing::Held { .. } if hold.room != room => {
            let problem = "is of another room".to_owned();
            Err(Refusal::Invalid { field: "hold", problem })
        }
        _ => Err(Refusal::HoldLapsed(id)),
    }
}

/// Whether the rules want a person's answer: until when, and whether the request holds its slot.
pub(super) fn needed(
    state: &State,
    now: Timestamp,
    room: &Room,
    span: Interval,
    terms: &Terms,
) -> Option<(Timestamp, bool)> {
    let rules = state.in_force(room, terms.edition);
    let handling = rules.section(|rules| rules.handling.as_ref()).filter(|it| it.required)?;
    Some((later(now, handling.answer_minutes).min(span.start()), handling.holds))
}

/// A request becomes a booking, if nothing was booked in its place meanwhile.
pub(super) fn approve(state: &State, cx: &Context, id: BookingId) -> Result<Vec<Event>, Refusal> {
    let (ix, booking) = state.existing_booking(id)?;
    open_request(booking, cx.now)?;
    Ok(vec![approved(state, cx, ix)?])
}

pub(super) fn approved(state: &State, cx: &Context, ix: Ix<Booking>) -> Result<Event, Refusal> {
    let asked = &state.bookings[ix];
    let (room, booking) = (&state.rooms[asked.room], asked.id);
    state.free(room, asked.span, &[ix], &[])?;
    let Some(terms) = asked.terms.as_deref() else { return Err(Refusal::NotRequested(booking)) };
    state.stock.enough(room.name.facility, &terms.application.equipment, asked.span, &[ix])?;
    let charge = charge(terms.oere, terms, cx.now);
    let (by, revision) = (cx.caller.id, asked.revision + 1);
    let (room, span) = (room.name.room, asked.span);
    Ok(Event::Approved { booking, room, span, by, revision, charge })
}

/// The municipality says no.
pub(super) fn deny(
    state: &State,
    cx: &Context,
    id: BookingId,
    reason: &str,
) -> Result<Vec<Event>, Refusal> {
    let (ix, booking) = state.existing_booking(id)?;
    open_request(booking, cx.now)?;
    let mut events = vec![ended(booking, Cause::Denied, reason, None)];
    events.extend(waiting::offers(state, cx, &[ix], Vec::new()));
    Ok(events)
}

fn open_request(booking: &Booking, now: Timestamp) -> Result<(), Refusal> {
    if is_open(booking, now) { Ok(()) } else { Err(Refusal::NotRequested(booking.id)) }
}

/// Whether it waits for the municipality's answer.
pub(super) fn is_open(booking: &Booking, now: Timestamp) -> bool {
    matches!(booking.standing, Standing::Requested { until, .. } if now < until)
}

/// What the clock brings: holds and requests lapse, and nobody waits for what has begun.
pub(super) fn tick(state: &State, cx: &Context) -> Vec<Event> {
    let (mut events, mut gone) = (Vec::new(), Vec::new());
    for due in state.due.passed(cx.now).take(MOST_AT_ONCE) {
        match due {
            Due::Booking(ix) => {
                events.push(ended(&state.bookings[ix], Cause::Lapsed, "", None));
                gone.push(ix);
            }
            Due::Wait(ix) => events.push(waiting::passed(state, ix)),
        }
    }
    events.extend(waiting::offers(state, cx, &gone, Vec::new()));
    events
}

fn later(now: Timestamp, minutes: u32) -> Timestamp {
    now.saturating_add(SignedDuration::from_mins(minutes.into())).unwrap_or(Timestamp::MAX)
}

impl State {
    /// Open requests, the one that lapses first at the front, after the one given (none, if it is
    /// open no more). `O(open)`.
    pub fn requests(&self, after: Option<BookingId>, size: usize) -> Page<BookingView, BookingId> {
        let mut open = self
            .due
            .bookings()
            .map(|ix| &self.bookings[ix])
            .filter(|booking| matches!(booking.standing, Standing::Requested { .. }));
        if let Some(after) = after {
            open.by_ref().find(|booking| booking.id == after);
        }
        Page::of(open.map(|booking| self.booking_view(booking)), size, |booking| booking.id)
    }
}
