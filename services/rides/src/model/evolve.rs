//! What each event makes of the state. Never fails: what was accepted holds.

use dugnad_calendar::Interval;
use dugnad_events::{
    RideId, ShiftId,
    rides::{Event, Heard, Moment, Report, Route, Span, Visit},
};
use dugnad_vault::PersonId;
use jiff::civil::Date;

use super::{
    State,
    day::{Day, Ride, Shift, Standing},
    orders::Order,
    time,
    wants::{Receiver, Want},
};

/// So many needs for drivers are remembered before those that are over are forgotten.
const MANY_NEEDS: usize = 1_000;

pub(super) fn evolve(state: &mut State, event: &Event) {
    match event {
        Event::RulesSet { rules } => {
            state.rules = rules.clone();
            state.general += 1;
        }
        Event::VehicleSet { vehicle, facts } => {
            state.vehicles.insert(*vehicle, facts.clone());
        }
        Event::DriverSet { driver, facts } => {
            state.drivers.insert(*driver, facts.clone());
            state.general += 1;
        }
        Event::ShiftSet { shift, facts } => shift_set(state, *shift, facts),
        Event::ShiftClosed { .. }
        | Event::ShiftOverran { .. }
        | Event::PauseMoved { .. }
        | Event::ShiftHeld { .. }
        | Event::RouteSet { .. }
        | Event::Reported { .. } => of_shift(state, event),
        Event::RidePromised { .. } => promised(state, event),
        Event::RideMoved { .. }
        | Event::RideLoosened { .. }
        | Event::PromiseBroken { .. }
        | Event::RideLengthened { .. }
        | Event::RideCancelled { .. }
        | Event::NoShow { .. }
        | Event::RideStranded { .. } => of_ride(state, event),
        Event::OrderSet { order, facts, by } => {
            state.orders.insert(*order, Order::new(facts.clone(), *by));
        }
        Event::OrderEnded { order, on } => {
            if let Some(order) = state.orders.get_mut(order) {
                order.facts.until = Some(*on);
            }
        }
        Event::OrderExpanded { order, through } => {
            if let Some(order) = state.orders.get_mut(order) {
                order.through = Some(*through);
            }
        }
        Event::DateRefused { order, day, reason, text } => {
            if let Some(order) = state.orders.get_mut(order) {
                order.refused.insert(*day, (reason.clone(), text.clone()));
            }
        }
        Event::NeedHeard { need, slots } => {
            if state.needs.len() >= MANY_NEEDS {
                forget_needs_before(state, slots);
            }
            state.needs.insert(*need, slots.clone());
        }
        Event::DriverWithoutVehicle { assignment, driver, span } => {
            // Who would have driven before is waited for no more.
            let goes_on = |it: &Interval| it.end() > span.start();
            state.without_vehicle.retain(|_, (_, spans)| spans.iter().any(goes_on));
            let waits = state.without_vehicle.entry(*assignment);
            waits.or_insert_with(|| (*driver, Vec::new())).1.push(*span);
        }
        Event::DriverNotWaiting { assignment } => {
            state.without_vehicle.remove(assignment);
        }
        Event::TravellerSet { person, facts } => {
            state.travellers.insert(*person, facts.clone());
        }
        Event::EntranceSet { entrance } => {
            state.entrances.insert(entrance.facility, entrance.spot.clone());
        }
        Event::RideWanted { ride, wanted } => {
            let want = Want { wanted: (**wanted).clone(), refused: None };
            state.wants.insert(*ride, want);
        }
        Event::RideRefused { ride, reason, text } => {
            if let Some(want) = state.wants.get_mut(ride) {
                want.refused = Some((reason.clone(), text.clone()));
            }
        }
        Event::WantReleased { ride } => {
            state.wants.remove(ride);
        }
        Event::Heard { heard } => hear(state, heard),
        Event::PersonErased { person } => erased(state, *person),
        // It leaves all as it was.
        Event::AnswerRefused { .. } => {}
    }
}

fn hear(state: &mut State, heard: &Heard) {
    match heard {
        Heard::Receiver { person, area, needs } => {
            let (area, needs) = (area.clone(), needs.clone());
            state.receivers.insert(*person, Receiver { area, needs });
        }
        Heard::Representative { person, representative, may, until } => {
            let key = (*person, *representative);
            match may {
                true => state.speaks.insert(key, *until),
                false => state.speaks.remove(&key),
            };
        }
    }
}

/// From here on nothing tells how they rode, or who spoke for whom.
fn erased(state: &mut State, person: PersonId) {
    state.erased.insert(person);
    state.travellers.remove(&person);
    state.receivers.remove(&person);
    state.speaks.retain(|(it, speaks), _| *it != person && *speaks != person);
}

/// Needs that were over before the first time of a new one are asked about no more.
fn forget_needs_before(state: &mut State, slots: &[Vec<Interval>]) {
    let Some(first) = slots.iter().flatten().map(|span| span.start()).min() else { return };
    state.needs.retain(|_, slots| slots.iter().flatten().any(|span| span.end() >= first));
}

fn touch(state: &mut State, day: Date) -> &mut Day {
    let day = state.days.entry(day).or_default();
    day.version += 1;
    day
}

fn shift_set(state: &mut State, id: ShiftId, facts: &dugnad_events::rides::Shift) {
    let Some(vehicle) = state.vehicles.get(&facts.vehicle).cloned() else { return };
    touch(state, facts.day).shifts.insert(id);
    if let Some(assignment) = facts.assignment {
        if let Some((_, spans)) = state.without_vehicle.get_mut(&assignment) {
            spans.retain(|span| time::service_day(span.start()) != facts.day);
        }
        state.without_vehicle.retain(|_, (_, spans)| !spans.is_empty());
        state.of_assignments.entry(assignment).or_default().push(id);
    }
    state.shifts.insert(id, Shift::new(id, facts.clone(), vehicle));
}

fn of_shift(state: &mut State, event: &Event) {
    let (Event::ShiftClosed { shift, .. }
    | Event::ShiftOverran { shift, .. }
    | Event::PauseMoved { shift, .. }
    | Event::ShiftHeld { shift, .. }
    | Event::RouteSet { shift, .. }
    | Event::Reported { shift, .. }) = event
    else {
        return;
    };
    let Some(known) = state.shifts.get_mut(shift) else { return };
    let day = known.facts.day;
    match event {
        Event::ShiftClosed { from, why, .. } => {
            known.until = known.until.min(*from).max(known.facts.hours.from);
            known.closed = Some((*from, why.clone()));
        }
        Event::ShiftOverran { until, .. } => known.until = *until,
        Event::PauseMoved { pause, until, .. } => {
            if let Some(pause) = known.pauses.get_mut(usize::from(*pause)) {
                pause.begins.until = *until;
            }
        }
        Event::ShiftHeld { until, .. } => known.held = *until,
        Event::RouteSet { route, .. } => route_set(state, *shift, route),
        Event::Reported { visit, report, at, proof, .. } => {
            let ride = match *visit {
                Visit::Pickup(ride) | Visit::Dropoff(ride) => state.rides.get_mut(&ride),
                Visit::Pause(_) => None,
            };
            let mut window = None;
            if let Some(ride) = ride {
                let promise = &mut ride.promise;
                window = Some(match visit {
                    Visit::Pickup(_) => &mut promise.pickup,
                    _ => &mut promise.dropoff,
                });
                // The vehicle may have gone to somebody who called off.
                let is_open = matches!(ride.standing, Standing::Promised | Standing::Aboard);
                match (visit, report) {
                    _ if !is_open => {}
                    (Visit::Pickup(_), Report::Left) => ride.standing = Standing::Aboard,
                    (Visit::Dropoff(_), Report::Left) => ride.standing = Standing::Done,
                    _ => {}
                }
                if proof.is_some() {
                    ride.proof.clone_from(proof);
                }
            }
            known.reported(*visit, *report, *at, window);
        }
        _ => {}
    }
    touch(state, day);
}

/// A route says who is served by it.
fn route_set(state: &mut State, id: ShiftId, route: &Route) {
    let Some(shift) = state.shifts.get_mut(&id) else { return };
    shift.take(route);
    let Some(day) = state.days.get_mut(&shift.facts.day) else { return };
    for stop in &shift.stops {
        let Visit::Pickup(ride) = stop.visit else { continue };
        if let Some(known) = state.rides.get_mut(&ride)
            && known.standing == Standing::Loose
        {
            known.standing = Standing::Promised;
            known.shift = Some(id);
            day.loose.remove(&ride);
        }
    }
}

fn promised(state: &mut State, event: &Event) {
    let Event::RidePromised { ride: id, facts, promise, shift, by, .. } = event else { return };
    state.wants.remove(id);
    let day = touch(state, facts.day);
    day.rides.insert(*id);
    if let Some(known) = state.rides.get_mut(id) {
        known.regain(*promise, *shift);
        return;
    }
    if let Some(there) = facts.return_of.and_then(|there| state.rides.get_mut(&there)) {
        there.home = Some(*id);
    }
    if let Some(order) = facts.order.and_then(|order| state.orders.get_mut(&order)) {
        order.rides.entry(facts.day).or_default().push(*id);
        order.refused.remove(&facts.day);
    }
    state.by_person.entry(facts.traveller).or_default().insert((facts.day, *id));
    state.rides.insert(*id, Ride::new(facts.clone(), *promise, *by, *shift));
}

fn of_ride(state: &mut State, event: &Event) {
    let (Event::RideMoved { ride: id, .. }
    | Event::RideLoosened { ride: id, .. }
    | Event::PromiseBroken { ride: id, .. }
    | Event::RideLengthened { ride: id, .. }
    | Event::RideCancelled { ride: id, .. }
    | Event::NoShow { ride: id, .. }
    | Event::RideStranded { ride: id }) = event
    else {
        return;
    };
    let Some(ride) = state.rides.get_mut(id) else { return };
    match event {
        Event::RideMoved { shift, .. } => ride.shift = Some(*shift),
        Event::RideLoosened { reason, text, .. } => {
            ride.standing = Standing::Loose;
            ride.shift = None;
            ride.loosened = Some((reason.clone(), text.clone()));
        }
        Event::PromiseBroken { why, .. } => {
            ride.broken = Some(why.clone());
            match why.instead {
                Some(promise) => ride.promise = promise,
                None => ride.standing = Standing::Unserved,
            }
        }
        Event::RideLengthened { longest, .. } => ride.longest = *longest,
        Event::RideCancelled { .. } => ride.standing = Standing::Cancelled,
        Event::NoShow { at, .. } => {
            ride.standing = Standing::NoShow;
            let shift = ride.shift.and_then(|shift| state.shifts.get_mut(&shift));
            if let Some(shift) = shift {
                shift.no_show(*id, *at);
            }
        }
        Event::RideStranded { .. } => ride.standing = Standing::Stranded,
        _ => {}
    }
    let (day, standing) = (ride.facts.day, ride.standing);
    let day = touch(state, day);
    if standing == Standing::Loose {
        day.loose.insert(*id);
    } else {
        day.loose.remove(id);
    }
}

impl Shift {
    /// Takes in what a driver said of a stop; what comes before it is taken to be done. Who gets in or
    /// out before their window has agreed to it.
    pub(super) fn reported(
        &mut self,
        visit: Visit,
        report: Report,
        at: Moment,
        window: Option<&mut Span>,
    ) {
        let Some(place) = self.find(visit) else { return };
        self.done_by(place, at);
        let stop = &mut self.stops[place];
        let opens = window.as_ref().map_or(Moment::MIN, |window| window.from);
        match report {
            Report::Arrived => {
                stop.arrived = Some(at);
                stop.begins = at.max(opens);
            }
            Report::Left => {
                let began =
                    if stop.arrived.is_some() { stop.begins } else { stop.begins.max(opens) };
                stop.left = Some(at);
                stop.begins = began.min(at);
                if let Some(window) = window {
                    window.from = window.from.min(stop.begins);
                }
            }
        }
        self.set_out_by();
    }

    /// It had left its start in time for its first stop, earlier than planned if need be.
    fn set_out_by(&mut self) {
        let Some(first) = self.stops.first() else { return };
        self.leaves = self.leaves.min(first.begins - first.leg);
        self.from = self.from.min(self.leaves);
    }

    pub(super) fn no_show(&mut self, ride: RideId, at: Moment) {
        let Some(place) = self.find(Visit::Pickup(ride)) else { return };
        self.done_by(place, at);
        let stop = &mut self.stops[place];
        stop.begins = stop.begins.min(at);
        stop.left = Some(at);
        self.set_out_by();
        self.leave_out(|stop| stop.visit == Visit::Dropoff(ride));
    }

    /// What comes before a stop was over by the time it was reported.
    fn done_by(&mut self, place: usize, at: Moment) {
        for stop in &mut self.stops[..place] {
            stop.begins = stop.begins.min(at);
            stop.left = stop.left.map(|left| left.min(at));
        }
    }
}
