//! What a shift does once something happened to it: what still holds stays, who cannot be kept is let
//! go, and what is under way and can keep its limits no more is told.
//!
//! Nothing is planned here: no stop changes places with another, and nobody comes in. That is the
//! dispatcher's; whoever is let go here still has their promise, and it looks for a place for them.

use std::collections::BTreeMap;

use dugnad_events::{
    RideId,
    rides::{Broken, Event, Moment, Span, Visit},
};

use super::{
    State,
    day::{Ride, Shift, Stop},
    line::{Line, is_ghost, service},
};

/// Rides that are different from the state's: what is being decided has changed them.
pub(super) struct Overlay<'a> {
    state: &'a State,
    changed: BTreeMap<RideId, Ride>,
}

impl<'a> Overlay<'a> {
    pub(super) fn new(state: &'a State) -> Self {
        Self { state, changed: BTreeMap::new() }
    }

    pub(super) fn get(&self, id: RideId) -> Option<&Ride> {
        self.changed.get(&id).or_else(|| self.state.rides.get(&id))
    }

    pub(super) fn change(&mut self, id: RideId) -> Option<&mut Ride> {
        if !self.changed.contains_key(&id) {
            self.changed.insert(id, self.state.rides.get(&id)?.clone());
        }
        self.changed.get_mut(&id)
    }

    pub(super) fn add(&mut self, id: RideId, ride: Ride) {
        self.changed.insert(id, ride);
    }

    /// That the shift keeps every limit.
    pub(super) fn holds(&self, shift: &Shift, now: Moment) -> Result<(), String> {
        if !shift.is_used() {
            return Ok(());
        }
        let line = Line::new(shift, &|id| self.get(id), now);
        line.map_or_else(|| Err("a stop is not known".to_owned()), |line| line.holds())
    }

    /// Gives a shift the best times for its stops; `false` if there are none.
    fn retime(&self, shift: &mut Shift, now: Moment) -> bool {
        if !shift.is_used() {
            return true;
        }
        let best = Line::new(shift, &|id| self.get(id), now).and_then(|line| line.best());
        let Some((leaves, begins, back)) = best else { return false };
        shift.leaves = leaves;
        shift.back = back;
        for (stop, begins) in shift.stops.iter_mut().zip(begins) {
            stop.begins = begins;
        }
        true
    }

    fn service(&self, shift: &Shift, stop: &Stop) -> i32 {
        let of = |id| self.get(id).map_or([0, 0], |ride| ride.facts.service);
        let pauses: Vec<i32> = shift.pauses.iter().map(|pause| pause.lasts).collect();
        match stop.visit {
            Visit::Pickup(id) if stop.left.is_none() && self.get(id).is_some_and(is_ghost) => 0,
            _ => service(stop, &of, &pauses),
        }
    }

    /// Makes a shift hold again after something happened to it. `why` is said to whoever's promise
    /// cannot be kept. What follows, as events; the last one is the route.
    pub(super) fn settle(&mut self, shift: &mut Shift, now: Moment, why: &Why) -> Vec<Event> {
        self.push(shift);
        let mut events = Vec::new();
        if self.holds(shift, now).is_err() && !self.retime(shift, now) {
            let all = shift.clone();
            let begun = all.begun(now);
            let stays = |stop: &Stop, kept: &[RideId]| match stop.visit {
                Visit::Pause(_) => true,
                Visit::Pickup(id) | Visit::Dropoff(id) => {
                    kept.contains(&id)
                        || all.stops[..begun].iter().any(|s| s.visit == Visit::Pickup(id))
                }
            };
            shift.leave_out(|stop| !stays(stop, &[]));
            self.widen(shift, now, why, &mut events);
            let mut kept: Vec<RideId> = Vec::new();
            for stop in &all.stops {
                let Visit::Pickup(id) = stop.visit else { continue };
                if stays(stop, &[]) {
                    continue;
                }
                kept.push(id);
                let mut tried = Shift {
                    until: shift.until,
                    pauses: shift.pauses.clone(),
                    stops: moved(&all, shift),
                    ..all.clone()
                };
                tried.leave_out(|stop| !stays(stop, &kept));
                if self.retime(&mut tried, now) {
                    *shift = tried;
                } else {
                    kept.pop();
                    events.push(why.loosens(id));
                }
            }
        }
        events.push(Event::RouteSet { shift: shift.id, route: shift.route() });
        events
    }

    /// What was reported last pushes what comes after it: nobody sets out to the next stop before they
    /// are done at this one, whatever was planned.
    fn push(&self, shift: &mut Shift) {
        let Some(last) = shift.stops.iter().rposition(Stop::is_reported) else { return };
        for at in last + 1..shift.stops.len() {
            let before = shift.stops[at - 1];
            let free = before.begins + self.service(shift, &before);
            let stop = &mut shift.stops[at];
            stop.begins = stop.begins.max(free + stop.leg);
        }
    }

    /// Lets limits give way that what is under way breaks: every stop at its earliest.
    fn widen(&mut self, shift: &mut Shift, now: Moment, why: &Why, events: &mut Vec<Event>) {
        let begun = shift.begun(now);
        let reported = shift.stops.iter().rposition(Stop::is_reported).map_or(0, |at| at + 1);
        let mut free = shift.from;
        let mut picked_up: BTreeMap<RideId, Moment> = BTreeMap::new();
        let mut broken: BTreeMap<RideId, [Option<Moment>; 2]> = BTreeMap::new();
        for at in 0..shift.stops.len() {
            let stop = shift.stops[at];
            let mut begins = if at < begun { stop.begins } else { now.max(shift.held) + stop.leg };
            if at >= reported {
                begins = begins.max(free + stop.leg);
            }
            if at >= begun {
                begins = begins.max(self.opens(shift, stop.visit));
            }
            shift.stops[at].begins = begins;
            free = begins + self.service(shift, &shift.stops[at]);
            match stop.visit {
                Visit::Pause(n) => {
                    if let Some(pause) = shift.pauses.get_mut(usize::from(n))
                        && pause.begins.until < begins
                    {
                        pause.begins.until = begins;
                        let (shift, pause) = (shift.id, n);
                        events.push(Event::PauseMoved { shift, pause, until: begins });
                    }
                }
                Visit::Pickup(id) => {
                    picked_up.insert(id, free);
                    let ghost = self.get(id).is_none_or(is_ghost);
                    if !ghost && self.get(id).is_some_and(|r| r.promise.pickup.until < begins) {
                        broken.entry(id).or_default()[0] = Some(begins);
                    }
                }
                Visit::Dropoff(id) => {
                    if self.get(id).is_some_and(|r| r.promise.dropoff.until < begins) {
                        broken.entry(id).or_default()[1] = Some(begins);
                    }
                    let aboard = begins - picked_up.get(&id).copied().unwrap_or(begins);
                    if let Some(ride) = self.change(id)
                        && ride.longest < aboard
                    {
                        ride.longest = aboard;
                        events.push(Event::RideLengthened { ride: id, longest: aboard });
                    }
                }
            }
        }
        self.tell(broken, why, events);
        if let Some(first) = shift.stops.first() {
            shift.leaves = shift.leaves.min(first.begins - first.leg).max(shift.from);
        }
        shift.back = free + if shift.vehicle.end.is_some() { shift.last_leg } else { 0 };
        if shift.is_used() && shift.until < shift.back {
            shift.until = shift.back;
            events.push(Event::ShiftOverran { shift: shift.id, until: shift.back });
        }
    }

    fn opens(&self, shift: &Shift, visit: Visit) -> Moment {
        let of = |id| self.get(id).filter(|ride| !is_ghost(ride)).map(|ride| ride.promise);
        let opens = match visit {
            Visit::Pause(at) => shift.pauses.get(usize::from(at)).map(|pause| pause.begins.from),
            Visit::Pickup(id) => of(id).map(|promise| promise.pickup.from),
            Visit::Dropoff(id) => of(id).map(|promise| promise.dropoff.from),
        };
        opens.unwrap_or(Moment::MIN)
    }

    fn tell(
        &mut self,
        broken: BTreeMap<RideId, [Option<Moment>; 2]>,
        why: &Why,
        events: &mut Vec<Event>,
    ) {
        for (id, [pickup, dropoff]) in broken {
            let Some(ride) = self.change(id) else { continue };
            let to = |span: Span, until: Option<Moment>| Span {
                until: until.map_or(span.until, |until| span.until.max(until)),
                ..span
            };
            ride.promise.pickup = to(ride.promise.pickup, pickup);
            ride.promise.dropoff = to(ride.promise.dropoff, dropoff);
            let instead = Some(ride.promise);
            let (reason, text) = (why.reason.to_owned(), why.text.clone());
            let why = Broken { reason, text, instead };
            events.push(Event::PromiseBroken { ride: id, why });
        }
    }
}

/// The stops of all, with the times and reports of those that were settled.
fn moved(all: &Shift, settled: &Shift) -> Vec<Stop> {
    let time = |stop: &Stop| {
        let at = settled.find(stop.visit);
        at.map_or(stop.begins, |at| settled.stops[at].begins)
    };
    all.stops.iter().map(|stop| Stop { begins: time(stop), ..*stop }).collect()
}

/// What made a promise impossible.
pub(super) struct Why {
    pub(super) reason: &'static str,
    pub(super) text: String,
}

impl Why {
    pub(super) fn new(reason: &'static str, text: impl Into<String>) -> Self {
        Self { reason, text: text.into() }
    }

    pub(super) fn loosens(&self, ride: RideId) -> Event {
        Event::RideLoosened { ride, reason: self.reason.to_owned(), text: self.text.clone() }
    }
}
