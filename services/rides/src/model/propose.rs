//! Proposals: a plan that the dispatcher made outside, held against what is in force.
//!
//! The journal never depends on a solver's version: what is taken here was checked route by route, by
//! the oracle and the legs given alone.

use std::collections::{BTreeMap, BTreeSet};

use dugnad_events::{
    RideId, ShiftId,
    rides::{self, Event, Moment, Promise, Route, Visit},
};
use dugnad_ledger::Context;
use jiff::{Timestamp, civil::Date};

use super::{
    Refusal, State,
    command::{Offered, Proposal},
    day::{Ride, Shift, Standing, Stop},
    settle::Overlay,
    suits::suits,
    time,
};

/// The most rides of one day.
pub const MOST_RIDES: usize = 5_000;
/// Days ahead that rides and shifts can be planned.
pub const FURTHEST_AHEAD_DAYS: u32 = 366;

pub(super) fn propose(
    state: &State,
    cx: &Context,
    proposal: Proposal,
) -> Result<Vec<Event>, Refusal> {
    let day = proposal.day;
    let now = time::moment(day, cx.now);
    if state.version(day) != proposal.based_on {
        return Err(Refusal::Stale(day));
    }
    let faulty = |fault: String| Refusal::DoesNotHold { day, fault };
    let mut overlay = Overlay::new(state);
    let mut events = Vec::new();
    for (ride, why) in &proposal.broken {
        let known = overlay.change(*ride).filter(|it| it.facts.day == day);
        let ride_state = known.ok_or_else(|| faulty(format!("{ride} is not of the day")))?;
        if !matches!(ride_state.standing, Standing::Loose) {
            return Err(faulty(format!("{ride} has a place")));
        }
        match why.instead {
            Some(promise) => ride_state.promise = promise,
            None => ride_state.standing = Standing::Unserved,
        }
        events.push(Event::PromiseBroken { ride: *ride, why: why.clone() });
    }
    for &(ride, promise, shift) in &proposal.gained {
        let known = overlay.change(ride).filter(|it| it.facts.day == day);
        let known = known.ok_or_else(|| faulty(format!("{ride} is not of the day")))?;
        if known.standing != Standing::Unserved || !within(&known.facts, promise) {
            return Err(faulty(format!("{ride} cannot be promised that")));
        }
        known.regain(promise, shift);
        let (facts, by, at) = (known.facts.clone(), known.by, cx.now);
        events.push(Event::RidePromised { ride, facts, promise, shift, by, at });
    }
    for offered in proposal.rides {
        events.push(offer(state, cx, &mut overlay, now, offered)?);
    }
    routes(state, &overlay, now, &proposal.routes, &mut events).map_err(faulty)?;
    Ok(events)
}

/// That somebody may be promised this.
fn offer(
    state: &State,
    cx: &Context,
    overlay: &mut Overlay<'_>,
    now: Moment,
    offered: Offered,
) -> Result<Event, Refusal> {
    let Offered { ride: id, facts, promise, shift, is_wanted } = offered;
    let day = facts.day;
    let faulty = |fault: &str| Refusal::DoesNotHold { day, fault: fault.to_owned() };
    state.not_erased(facts.traveller)?;
    plannable(cx.now, day)?;
    if state.days.get(&day).is_some_and(|day| day.rides.len() >= MOST_RIDES) {
        return Err(Refusal::TooMany { what: "rides a day", limit: MOST_RIDES });
    }
    if state.rides.contains_key(&id) {
        return Err(faulty("the ride is known already"));
    }
    if is_wanted && !state.wants.contains_key(&id) {
        return Err(Refusal::NotWanted(id));
    }
    if !within(&facts, promise) || promise.pickup.until < now {
        return Err(faulty("the promise is not what was asked for"));
    }
    if let Some(there) = facts.return_of {
        let there = overlay.get(there).ok_or_else(|| faulty("its way there is not known"))?;
        let over = there.promise.dropoff.until + there.facts.service[1];
        if promise.pickup.from < over {
            return Err(faulty("the way home could begin before the way there has ended"));
        }
    }
    let (by, at) = (cx.caller.id, cx.now);
    overlay.add(id, Ride::new(facts.clone(), promise, by, shift));
    Ok(Event::RidePromised { ride: id, facts, promise, shift, by, at })
}

/// That the day is neither over nor too far ahead.
pub(super) fn plannable(now: Timestamp, day: Date) -> Result<(), Refusal> {
    let today = time::service_day(now);
    let most = FURTHEST_AHEAD_DAYS;
    let last = today.saturating_add(jiff::Span::new().days(i64::from(most)));
    if (today..=last).contains(&day) { Ok(()) } else { Err(Refusal::NotPlannable { day, most }) }
}

/// Whether a promise is within what was asked.
fn within(facts: &rides::Ride, promise: Promise) -> bool {
    let in_span = |span: rides::Span, wish: rides::Span| {
        wish.from <= span.from && span.from <= span.until && span.until <= wish.until
    };
    in_span(promise.pickup, facts.pickup) && in_span(promise.dropoff, facts.dropoff)
}

/// That each route can be driven, that nobody who has a place loses it, and that all who are new have
/// one.
fn routes(
    state: &State,
    overlay: &Overlay<'_>,
    now: Moment,
    routes: &[(ShiftId, Route)],
    events: &mut Vec<Event>,
) -> Result<(), String> {
    let mut had: BTreeSet<RideId> = BTreeSet::new();
    let mut has: BTreeMap<RideId, ShiftId> = BTreeMap::new();
    let mut named = BTreeSet::new();
    for (id, route) in routes {
        let shift = state.shifts.get(id).filter(|shift| shift.is_open(now));
        let shift = shift.ok_or_else(|| format!("{id} is not open"))?;
        if !named.insert(*id) {
            return Err(format!("{id} has two routes"));
        }
        let mut next = shift.clone();
        next.take(route);
        keeps_begun(shift, &next, now)?;
        takes_pauses(shift, &next, now)?;
        overlay.holds(&next, now)?;
        had.extend(passengers(shift));
        for ride in passengers(&next) {
            if has.insert(ride, *id).is_some() {
                return Err(format!("{ride} is fetched twice"));
            }
            let known = overlay.get(ride).ok_or_else(|| format!("{ride} is not known"))?;
            if known.facts.day != shift.facts.day {
                return Err(format!("{ride} is of another day"));
            }
            if shift.find(Visit::Pickup(ride)).is_none() {
                suits(state, &next, &known.facts).map_err(|why| format!("{ride}: {}", why.text))?;
                let free = known.shift.is_none_or(|other| other == *id || is_named(routes, other));
                let joins = matches!(known.standing, Standing::Promised | Standing::Loose);
                if !joins || !free {
                    return Err(format!("{ride} cannot change its place"));
                }
            }
        }
        events.push(Event::RouteSet { shift: *id, route: route.clone() });
    }
    if let Some(lost) = had.iter().find(|ride| !has.contains_key(ride)) {
        return Err(format!("{lost} loses its place"));
    }
    for event in events.clone() {
        if let Event::RidePromised { ride, shift, .. } = event
            && has.get(&ride) != Some(&shift)
        {
            return Err(format!("{ride} has no place"));
        }
    }
    let stood = |ride: &RideId, shift: ShiftId| {
        overlay.get(*ride).is_none_or(|ride| ride.shift == Some(shift))
    };
    let moved = has.into_iter().filter(|(ride, shift)| !stood(ride, *shift));
    events.extend(moved.map(|(ride, shift)| Event::RideMoved { ride, shift }));
    Ok(())
}

fn is_named(routes: &[(ShiftId, Route)], shift: ShiftId) -> bool {
    routes.iter().any(|(id, _)| *id == shift)
}

/// Who is fetched.
fn passengers(shift: &Shift) -> impl Iterator<Item = RideId> + '_ {
    shift.stops.iter().filter_map(|stop| match stop.visit {
        Visit::Pickup(ride) => Some(ride),
        _ => None,
    })
}

/// What is done, begun or set out for stays as it is.
fn keeps_begun(shift: &Shift, next: &Shift, now: Moment) -> Result<(), String> {
    let begun = shift.begun(now);
    let same = |(old, new): (&Stop, &Stop)| {
        old.visit == new.visit && old.begins == new.begins && old.leg == new.leg
    };
    let kept = next.stops.len() >= begun
        && shift.stops[..begun].iter().zip(&next.stops).all(same)
        && (begun == 0 || next.leaves == shift.leaves);
    if kept { Ok(()) } else { Err(format!("{} would change what it has begun", shift.id)) }
}

/// A used vehicle takes every pause, but those that were over before it was ever used.
fn takes_pauses(shift: &Shift, next: &Shift, now: Moment) -> Result<(), String> {
    let missing = (0u8..).zip(&shift.pauses).find(|(at, pause)| {
        let was_taken = shift.find(Visit::Pause(*at)).is_some();
        let is_over = !was_taken && pause.begins.until < now;
        next.find(Visit::Pause(*at)).is_none() && !is_over
    });
    match missing.filter(|_| next.is_used()) {
        Some((at, _)) => Err(format!("{} does not take its pause {at}", shift.id)),
        None => Ok(()),
    }
}

impl Ride {
    /// A ride as it is when it has just been promised.
    #[must_use]
    pub fn new(facts: rides::Ride, promise: Promise, by: uuid::Uuid, shift: ShiftId) -> Self {
        Self {
            longest: facts.longest,
            facts,
            promise,
            first: promise,
            by,
            standing: Standing::Promised,
            shift: Some(shift),
            home: None,
            loosened: None,
            broken: None,
            proof: None,
        }
    }

    /// Makes a promise for a ride that had none any more.
    pub(super) fn regain(&mut self, promise: Promise, shift: ShiftId) {
        self.promise = promise;
        self.standing = Standing::Promised;
        self.shift = Some(shift);
    }
}
