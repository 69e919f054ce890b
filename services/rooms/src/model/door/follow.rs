//! What follows for codes from what happens to their bookings and doors, in the same commit.

use dugnad_calendar::Interval;
use dugnad_events::{
    BookingId, RoomId,
    rooms::{self, DoorEvent, Event, Removal},
};
use dugnad_vault::PersonId;
use jiff::Timestamp;

use super::{
    super::{State, register::Ix},
    Door, TO_REMOVE,
    code::{Code, goes},
    pass::{codes_of, leads_to, live, window},
};

/// Adds to `events` what follows from them.
pub(in crate::model) fn follow(state: &State, now: Timestamp, events: &mut Vec<Event>) {
    if state.doors.codes.is_empty() {
        return;
    }
    let mut more = Vec::new();
    for event in &*events {
        match event {
            Event::Cancelled { booking, .. } => more.extend(cancelled(state, now, *booking)),
            Event::Moved { booking, room, span, .. } => {
                more.extend(moved(state, now, *booking, *room, *span));
            }
            Event::PersonErased { person, .. } => more.extend(erased(state, now, *person)),
            _ => {}
        }
    }
    events.extend(more.into_iter().map(Event::Door));
}

fn cancelled(state: &State, now: Timestamp, booking: BookingId) -> Vec<DoorEvent> {
    let Some(ix) = state.bookings.find(booking) else { return Vec::new() };
    codes_of(state, ix)
        .filter_map(|(_, code)| released(state, code, booking, Removal::Cancelled, now))
        .collect()
}

fn moved(
    state: &State,
    now: Timestamp,
    booking: BookingId,
    room: RoomId,
    span: Interval,
) -> Vec<DoorEvent> {
    let found = state.bookings.find(booking).zip(state.rooms.get(room));
    let Some((ix, room)) = found else { return Vec::new() };
    let follows = |(door, code): (Ix<Door>, &Code)| {
        let door = &state.doors.all[door].what;
        let new = window(state, door, span).filter(|_| leads_to(state, door, room));
        match new.filter(|new| may_stay(*new, now)) {
            Some(_) if code.booking != ix => None,
            Some(new) => {
                let shared = !code.earlier.is_empty();
                let window = if shared { both(code.window, new) } else { new };
                Some(DoorEvent::Kept { code: code.id, booking, window })
            }
            None => released(state, code, booking, Removal::Moved, now),
        }
    };
    codes_of(state, ix).filter_map(follows).collect()
}

/// A booking lets go of a code: it goes, unless another of the same series is under way with it.
fn released(
    state: &State,
    code: &Code,
    booking: BookingId,
    why: Removal,
    now: Timestamp,
) -> Option<DoorEvent> {
    if state.bookings[code.booking].id != booking {
        return None;
    }
    let under_way = |ix: &&Ix<_>| {
        let pass = state.doors.passes.get(&(**ix, code.door));
        pass.is_some_and(|pass| pass.code == Some(code.id) && pass.span.end() > now)
    };
    let Some(other) = code.earlier.iter().rev().find(under_way) else {
        return Some(goes(code, why, now));
    };
    let window = state.doors.passes[&(*other, code.door)].window;
    let booking = state.bookings[*other].id;
    Some(DoorEvent::Kept { code: code.id, booking, window })
}

fn erased(state: &State, now: Timestamp, person: PersonId) -> Vec<DoorEvent> {
    let theirs = |code: &&Code| {
        code.is_wanted() && code.digits.as_ref().is_some_and(|it| it.person() == person)
    };
    let mut codes: Vec<_> = state.doors.codes.values().filter(theirs).collect();
    codes.sort_unstable_by_key(|code| code.id);
    codes.into_iter().map(|code| goes(code, Removal::Erased, now)).collect()
}

/// For the codes on a door that is about to be `what`.
pub(super) fn door_changes(
    state: &State,
    now: Timestamp,
    door: Ix<Door>,
    what: &rooms::Door,
) -> Vec<DoorEvent> {
    let follows = |code: &Code| {
        let booking = &state.bookings[code.booking];
        let leads = leads_to(state, what, &state.rooms[booking.room]);
        match window(state, what, booking.span).filter(|new| leads && may_stay(*new, now)) {
            Some(new) if new == code.window || !code.earlier.is_empty() => None,
            Some(window) => Some(DoorEvent::Kept { code: code.id, booking: booking.id, window }),
            None => Some(goes(code, Removal::Door, now)),
        }
    };
    let wanted = live(state, &state.doors.all[door]).filter(|code| code.is_wanted());
    wanted.filter_map(follows).collect()
}

fn may_stay(window: Interval, now: Timestamp) -> bool {
    window.start() <= now && now < window.end() - TO_REMOVE
}

fn both(one: Interval, other: Interval) -> Interval {
    let (start, end) = (one.start().min(other.start()), one.end().max(other.end()));
    Interval::new(start, end).unwrap_or(other)
}
