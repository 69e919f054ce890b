//! Waiting lists: who wants a slot that is taken. When it is given back, the first is offered it:
//! held for them alone, for a while. When they let that lapse, the next is.

use std::collections::BTreeMap;

use dugnad_calendar::Interval;
use dugnad_events::{
    BookingId, RoomId, RoomName, WaitId,
    rooms::{Event, WaitEnd},
};
use dugnad_ledger::Context;
use jiff::{SignedDuration, Timestamp};
use uuid::Uuid;

use super::{
    Name, Refusal, State, WaitState, WaitView,
    booking::{Booking, Standing, Taking, timely},
    register::{Ix, Register},
    room::Room,
};

/// The most who wait at once in one municipality.
pub const MOST_WAITING: usize = 10_000;
/// How long an offer stands where no rule says.
const OFFER_MINUTES: u32 = 24 * 60;
/// Where the ids of offers begin: a series of dates has the ones before.
const FIRST_OFFER: u32 = 1 << 20;

/// Everyone who waits or waited.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Waiting {
    all: Register<WaitId, Wait>,
    /// Those who still wait, in the order in which they came.
    open: BTreeMap<Ix<Room>, Vec<Ix<Wait>>>,
    count: usize,
}

/// One place in the queue.
#[derive(Debug, PartialEq)]
pub(super) struct Wait {
    id: WaitId,
    room: Ix<Room>,
    pub(super) span: Interval,
    by: Uuid,
    outcome: Option<Outcome>,
}

#[derive(Debug, PartialEq)]
enum Outcome {
    Offered(Ix<Booking>),
    Ended(WaitEnd),
}

/// Waits for a slot that another booking has.
pub(super) fn join(
    state: &State,
    cx: &Context,
    name: RoomName,
    span: Interval,
) -> Result<Vec<Event>, Refusal> {
    let (ix, room) = state.existing_room(name)?;
    timely(state, cx.now, span, &[])?;
    state.open_at(room, span)?;
    match state.free(room, span, &[], &[]) {
        Err(Refusal::Taken { .. }) => {}
        Err(other) => return Err(other),
        Ok(()) => return Err(Refusal::SlotFree { room: name }),
    }
    let same = |wait: &Ix<Wait>| {
        let wait = &state.waiting.all[*wait];
        wait.by == cx.caller.id && wait.span == span
    };
    if let Some(open) = state.waiting.open.get(&ix).and_then(|open| open.iter().find(|it| same(it)))
    {
        return Err(Refusal::WaitsAlready { wait: state.waiting.all[*open].id });
    }
    if state.waiting.count >= MOST_WAITING {
        return Err(Refusal::TooMany { what: "places in waiting lists", limit: MOST_WAITING });
    }
    let (wait, by) = (WaitId(cx.id(0)), cx.caller.id);
    Ok(vec![Event::WaitBegan { wait, room: name.room, span, by }])
}

/// Gives up one's own place. One that is no more stays as it is.
pub(super) fn leave(state: &State, cx: &Context, id: WaitId) -> Result<Vec<Event>, Refusal> {
    let wait = state.waiting.all.get(id).ok_or(Refusal::NotFound(Name::Wait(id)))?;
    if wait.by != cx.caller.id {
        return Err(Refusal::NotYours(Name::Wait(id)));
    }
    match wait.outcome {
        None => Ok(vec![Event::WaitEnded { wait: id, cause: WaitEnd::Left }]),
        Some(_) => Ok(Vec::new()),
    }
}

/// Who is offered what once `gone` have given their slots back and `taken` are taken: of those who
/// want a slot that is free then, the first.
pub(super) fn offers(
    state: &State,
    cx: &Context,
    gone: &[Ix<Booking>],
    mut taken: Vec<Taking>,
) -> Vec<Event> {
    if state.waiting.open.is_empty() {
        return Vec::new();
    }
    let mut hopeful: Vec<Ix<Wait>> = gone
        .iter()
        .map(|ix| &state.bookings[*ix])
        .filter(|booking| booking.standing.claims())
        .flat_map(|booking| state.who_waits_for(&state.rooms[booking.room], booking.span))
        .collect();
    hopeful.sort_unstable();
    hopeful.dedup();
    let mut events = Vec::new();
    for wait in hopeful.iter().map(|ix| &state.waiting.all[*ix]) {
        let room = &state.rooms[wait.room];
        let until = state.offer_ends(cx.now, room, wait.span);
        if until <= cx.now || state.free(room, wait.span, gone, &taken).is_err() {
            continue;
        }
        let n = u32::try_from(events.len()).unwrap_or(u32::MAX - FIRST_OFFER);
        events.push(Event::Held {
            booking: BookingId(cx.id(FIRST_OFFER + n)),
            room: room.name.room,
            span: wait.span,
            by: wait.by,
            until,
            wait: Some(wait.id),
        });
        taken.push(Taking::booking(wait.room, room, wait.span));
    }
    events
}

/// Nobody waits for a time in which the room is closed.
pub(super) fn cleared(state: &State, room: &Room, span: Interval) -> Vec<Event> {
    let inside = state.who_waits_for(room, span);
    inside
        .map(|ix| &state.waiting.all[ix])
        .filter(|wait| wait.span.overlaps(&span))
        .map(|wait| Event::WaitEnded { wait: wait.id, cause: WaitEnd::RoomClosed })
        .collect()
}

/// The slot has begun: nobody waits for it any more.
pub(super) fn passed(state: &State, ix: Ix<Wait>) -> Event {
    Event::WaitEnded { wait: state.waiting.all[ix].id, cause: WaitEnd::Passed }
}

impl State {
    /// Those who wait for what `room`, its parts or wholes have within a claim of `span`.
    fn who_waits_for(&self, room: &Room, span: Interval) -> impl Iterator<Item = Ix<Wait>> {
        let claim = room.claim(span);
        let open = room.relatives.iter().filter_map(|ix| self.waiting.open.get(ix)).flatten();
        open.copied().filter(move |ix| {
            let wait = &self.waiting.all[*ix];
            let wanted = self.rooms[wait.room].claim(wait.span);
            wanted.start < claim.end && claim.start < wanted.end
        })
    }

    /// Until when an offer stands: never past the start.
    fn offer_ends(&self, now: Timestamp, room: &Room, span: Interval) -> Timestamp {
        let rules = self.in_force(room, self.edition(now, room));
        let minutes = rules.section(|rules| rules.holding.as_ref()).map(|it| it.offer_minutes);
        let long = SignedDuration::from_mins(minutes.unwrap_or(OFFER_MINUTES).into());
        now.saturating_add(long).unwrap_or(Timestamp::MAX).min(span.start())
    }

    pub(super) fn wait_began(&mut self, id: WaitId, room: RoomId, span: Interval, by: Uuid) {
        let Some(room) = self.rooms.find(room) else { return };
        let ix = self.waiting.all.add(id, Wait { id, room, span, by, outcome: None });
        self.waiting.open.entry(room).or_default().push(ix);
        self.waiting.count += 1;
        self.due.insert_wait(span.start(), ix);
    }

    pub(super) fn wait_ended(&mut self, id: WaitId, cause: WaitEnd) {
        self.waits_no_more(id, Outcome::Ended(cause));
    }

    pub(super) fn wait_offered(&mut self, id: WaitId, booking: Ix<Booking>) {
        self.waits_no_more(id, Outcome::Offered(booking));
    }

    fn waits_no_more(&mut self, id: WaitId, outcome: Outcome) {
        let Some(ix) = self.waiting.all.find(id) else { return };
        let wait = &mut self.waiting.all[ix];
        if wait.outcome.replace(outcome).is_some() {
            return;
        }
        let (room, start) = (wait.room, wait.span.start());
        self.waiting.count -= 1;
        self.due.remove_wait(start, ix);
        if let Some(open) = self.waiting.open.get_mut(&room) {
            open.retain(|other| *other != ix);
            if open.is_empty() {
                self.waiting.open.remove(&room);
            }
        }
    }

    /// `O(those who wait for the room)`.
    pub fn wait(&self, id: WaitId) -> Option<WaitView> {
        let ix = self.waiting.all.find(id)?;
        let wait = &self.waiting.all[ix];
        let state = match wait.outcome {
            None => {
                let room = &self.rooms[wait.room];
                let before = self.who_waits_for(room, wait.span).filter(|other| *other < ix);
                WaitState::Waiting { before: before.count() }
            }
            Some(Outcome::Ended(cause)) => WaitState::Ended(cause),
            Some(Outcome::Offered(offer)) => match self.bookings[offer].standing {
                Standing::Held { until } => {
                    WaitState::Offered { hold: self.bookings[offer].id, until }
                }
                _ => WaitState::Settled { hold: self.bookings[offer].id },
            },
        };
        let room = self.rooms[wait.room].name;
        Some(WaitView { id, room, span: wait.span, by: wait.by, state })
    }
}
