//! Rides that activities ask for: kept until they are promised or wanted no more; and what must be known
//! of a traveller and of a building to promise them.
//!
//! A want has the name of the ride that answers it, so that each is promised once. The dispatcher looks
//! for a place; one that it refused is tried again when something that it rested on has changed.

use dugnad_events::{
    Code, RideId,
    activities::Place,
    rides::{Cancelling, Entrance, Event, Heard, Spot, Traveller, Wanted},
};
use dugnad_ledger::Context;
use dugnad_vault::PersonId;
use jiff::Timestamp;

use super::{Refusal, State, happen::call_off, propose::plannable, time};

/// The most rides that are wanted and not promised.
pub const MOST_WANTS: usize = 20_000;
/// The most people of whom it is known how they ride.
const MOST_TRAVELLERS: usize = 200_000;
/// The most buildings.
const MOST_ENTRANCES: usize = 10_000;

/// A ride that is wanted.
#[derive(Clone, Debug, PartialEq)]
pub struct Want {
    /// What was asked.
    pub wanted: Wanted,
    /// Why it could not be promised: for machines and in words.
    pub refused: Option<(String, String)>,
}

/// What the register says of a receiver.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Receiver {
    /// Where they live.
    pub area: Option<Code>,
    /// What they need in a car.
    pub needs: Vec<Code>,
}

/// All that decides whether a wanted ride can be promised, but for what others do on the day.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Basis {
    /// How they ride.
    pub traveller: Option<Traveller>,
    /// What the register says of them.
    pub receiver: Receiver,
    /// Where the other end is.
    pub place: Option<Spot>,
    /// Whether the day can be planned.
    pub plannable: bool,
    /// How many drive then.
    pub shifts: usize,
}

impl State {
    /// What a wanted ride rests on now.
    #[must_use]
    pub fn basis(&self, wanted: &Wanted, now: Timestamp) -> Basis {
        let day = time::service_day(wanted.at);
        Basis {
            traveller: self.travellers.get(&wanted.traveller).cloned(),
            receiver: self.receivers.get(&wanted.traveller).cloned().unwrap_or_default(),
            place: match &wanted.place {
                Place::Room(room) => self.entrances.get(&room.facility).cloned(),
                Place::Outside(outside) => {
                    outside.at.map(|at| Spot { at, address: outside.place.clone() })
                }
            },
            plannable: plannable(now, day).is_ok() && wanted.at > now,
            shifts: self.days.get(&day).map_or(0, |day| day.shifts.len()),
        }
    }
}

pub(super) fn set_traveller(
    state: &State,
    cx: &Context,
    person: PersonId,
    facts: Traveller,
    office: bool,
) -> Result<Vec<Event>, Refusal> {
    state.not_erased(person)?;
    if !office && !state.speaks_for(PersonId(cx.caller.id), person, cx.now) {
        return Err(Refusal::NotRepresented(person));
    }
    if !state.travellers.contains_key(&person) && state.travellers.len() >= MOST_TRAVELLERS {
        return Err(Refusal::TooMany { what: "travellers", limit: MOST_TRAVELLERS });
    }
    Ok(vec![Event::TravellerSet { person, facts }])
}

pub(super) fn set_entrance(state: &State, entrance: Entrance) -> Result<Vec<Event>, Refusal> {
    let is_known = state.entrances.contains_key(&entrance.facility);
    if !is_known && state.entrances.len() >= MOST_ENTRANCES {
        return Err(Refusal::TooMany { what: "entrances", limit: MOST_ENTRANCES });
    }
    Ok(vec![Event::EntranceSet { entrance }])
}

/// A ride is wanted. What was over before it was heard of is not kept.
pub(super) fn want(state: &State, cx: &Context, ride: RideId, wanted: Wanted) -> Vec<Event> {
    let is_known = state.wants.contains_key(&ride) || state.rides.contains_key(&ride);
    if is_known {
        return Vec::new();
    }
    let refused = |reason: &str, text: String| {
        vec![Event::RideRefused { ride, reason: reason.to_owned(), text }]
    };
    if state.is_erased(wanted.traveller) {
        return refused("PERSON_ERASED", "the traveller was erased".to_owned());
    }
    let mut events = over(state, cx.now);
    if state.wants.len() - events.len() >= MOST_WANTS {
        return refused("TOO_MANY", format!("there is room for {MOST_WANTS} wanted rides at most"));
    }
    events.push(Event::RideWanted { ride, wanted: Box::new(wanted) });
    events
}

/// Wants whose time is past, once there are many: nobody asks about them any more.
fn over(state: &State, now: Timestamp) -> Vec<Event> {
    const MANY: usize = 1_000;
    if state.wants.len() < MANY {
        return Vec::new();
    }
    let over = state.wants.iter().filter(|(_, want)| want.wanted.at < now).take(MANY);
    over.map(|(ride, _)| Event::WantReleased { ride: *ride }).collect()
}

/// Rides are wanted no more: those promised are freed, where nobody is aboard yet.
pub(super) fn release(state: &State, cx: &Context, rides: &[RideId]) -> Vec<Event> {
    let waiting = rides.iter().filter(|ride| state.wants.contains_key(ride));
    let mut events: Vec<Event> = waiting.map(|ride| Event::WantReleased { ride: *ride }).collect();
    let promised: Vec<_> = rides.iter().map(|ride| (*ride, Cancelling::Freed)).collect();
    events.extend(call_off(state, cx, &promised));
    events
}

/// What somebody wanted who is no more.
pub(super) fn release_all_of(state: &State, person: PersonId) -> Vec<Event> {
    let theirs = state.wants.iter().filter(|(_, want)| want.wanted.traveller == person);
    theirs.map(|(ride, _)| Event::WantReleased { ride: *ride }).collect()
}

/// A wanted ride cannot be promised, so far. Said once as long as the reason is the same.
pub(super) fn refuse(state: &State, ride: RideId, reason: String, text: String) -> Vec<Event> {
    let Some(want) = state.wants.get(&ride) else { return Vec::new() };
    let is_said = want.refused.as_ref().is_some_and(|(r, t)| *r == reason && *t == text);
    if is_said { Vec::new() } else { vec![Event::RideRefused { ride, reason, text }] }
}

/// What the register says that changes something here.
pub(super) fn hear(state: &State, heard: Heard) -> Vec<Event> {
    let is_known = match &heard {
        Heard::Receiver { person, area, needs } => {
            let known = state.receivers.get(person);
            let has = |it: &Receiver| (&it.area, &it.needs) == (area, needs);
            known.map_or(area.is_none() && needs.is_empty(), has) || state.is_erased(*person)
        }
        Heard::Representative { person, representative, may, until } => {
            let known = state.speaks.get(&(*person, *representative));
            let is_gone = state.is_erased(*person) || state.is_erased(*representative);
            is_gone || if *may { known == Some(until) } else { known.is_none() }
        }
    };
    if is_known { Vec::new() } else { vec![Event::Heard { heard }] }
}
