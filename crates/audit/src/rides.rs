//! Invariant 5: no plan breaks a promised window, a place, a longest time aboard or a shift by choice;
//! what the world made impossible is told with its reason.
//!
//! Each route is held, as it is set, against the promises in force after the same record. Stops up to
//! the last that a driver reported are what the world did: they may be early, but a late one must have
//! been told. Times on the wire are whole seconds, so that a second more is no fault.

mod route;

use std::collections::{BTreeMap, HashMap};

use dugnad_events::{
    RideId, ShiftId, VehicleId,
    rides::{Event, Load, Moment, Promise, Report, Ride, Route, Shift, Visit},
};

use crate::{
    history::{Place, Record},
    report::{Findings, Verdict},
};

/// How it stands with a ride, as far as it concerns a plan.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Standing {
    /// A route must serve it.
    Promised,
    /// It lost its place; the promise stands.
    Loose,
    /// It is not driven, or not by a plan.
    Over,
}

#[derive(Debug)]
struct Promised {
    facts: Ride,
    promise: Promise,
    /// Seconds aboard at most.
    longest: i32,
    standing: Standing,
    /// Whose route it is in.
    shift: ShiftId,
}

#[derive(Debug)]
struct Driven {
    facts: Shift,
    /// What can be aboard at once: any of these.
    configurations: Vec<Load>,
    until: Moment,
    /// Until when each pause must have begun.
    pauses: Vec<Moment>,
    closed: bool,
    route: Route,
    /// When the vehicle went on from what was reported.
    reported: HashMap<Visit, Option<Moment>>,
}

#[derive(Debug, Default)]
pub(crate) struct Rides {
    vehicles: HashMap<VehicleId, Vec<Load>>,
    shifts: HashMap<ShiftId, Driven>,
    rides: HashMap<RideId, Promised>,
    routes: u64,
    broken: u64,
    last: Option<Place>,
    findings: Findings,
}

impl Rides {
    pub(crate) fn record(&mut self, place: &Place, record: &Record<Event>) {
        self.last = Some(place.clone());
        let mut routes = BTreeMap::new();
        let mut rides = BTreeMap::new();
        for (at, event) in (0_u32..).zip(&record.events) {
            match event {
                Event::RouteSet { shift, .. } => {
                    routes.insert(*shift, at);
                }
                Event::PromiseBroken { ride, why } if why.reason.is_empty() => {
                    self.findings.add(place, Some(at), format!("{ride}: broken without a reason"));
                }
                Event::RidePromised { ride, .. } | Event::RideMoved { ride, .. } => {
                    rides.insert(*ride, at);
                }
                _ => {}
            }
            self.event(event);
        }
        for (shift, at) in routes {
            if let Some(what) = self.wrong_with_route(shift) {
                self.findings.add(place, Some(at), format!("{shift}: {what}"));
            }
        }
        for (ride, at) in rides {
            if !self.is_served(ride) {
                self.findings.add(place, Some(at), format!("{ride} is promised and in no route"));
            }
        }
    }

    fn event(&mut self, event: &Event) {
        match event {
            Event::VehicleSet { vehicle, facts } => {
                self.vehicles.insert(*vehicle, facts.configurations.clone());
            }
            Event::ShiftSet { shift, facts } => self.shift_set(*shift, facts),
            Event::RidePromised { ride, facts, promise, shift, .. } => {
                let (facts, longest) = (facts.clone(), facts.longest);
                let (promise, shift, standing) = (*promise, *shift, Standing::Promised);
                let made = Promised { facts, promise, longest, standing, shift };
                self.rides.insert(*ride, made);
            }
            Event::PromiseBroken { ride, why } => {
                self.broken += 1;
                self.change(*ride, |known| match why.instead {
                    Some(promise) => known.promise = promise,
                    None => known.standing = Standing::Over,
                });
            }
            Event::RideMoved { ride, shift } => self.change(*ride, |it| it.shift = *shift),
            Event::RideLoosened { ride, .. } => {
                self.change(*ride, |it| it.standing = Standing::Loose);
            }
            Event::RideLengthened { ride, longest } => {
                self.change(*ride, |it| it.longest = *longest);
            }
            Event::RideCancelled { ride, .. } | Event::RideStranded { ride } => {
                self.change(*ride, |it| it.standing = Standing::Over);
            }
            Event::NoShow { ride, at } => {
                self.change(*ride, |it| it.standing = Standing::Over);
                let shift = self.rides.get(ride).map(|ride| ride.shift);
                if let Some(shift) = shift.and_then(|shift| self.shifts.get_mut(&shift)) {
                    shift.reported.insert(Visit::Pickup(*ride), Some(*at));
                }
            }
            other => self.of_shift(other),
        }
    }

    fn shift_set(&mut self, id: ShiftId, facts: &Shift) {
        let configurations = self.vehicles.get(&facts.vehicle).cloned().unwrap_or_default();
        let driven = Driven {
            configurations,
            until: facts.hours.until,
            pauses: facts.pauses.iter().map(|pause| pause.begins.until).collect(),
            closed: false,
            route: Route::default(),
            reported: HashMap::new(),
            facts: facts.clone(),
        };
        self.shifts.insert(id, driven);
    }

    fn of_shift(&mut self, event: &Event) {
        let (Event::ShiftClosed { shift, .. }
        | Event::ShiftOverran { shift, .. }
        | Event::PauseMoved { shift, .. }
        | Event::RouteSet { shift, .. }
        | Event::Reported { shift, .. }) = event
        else {
            return;
        };
        let Some(known) = self.shifts.get_mut(shift) else { return };
        match event {
            Event::ShiftClosed { .. } => known.closed = true,
            Event::ShiftOverran { until, .. } => known.until = *until,
            Event::PauseMoved { pause, until, .. } => {
                if let Some(pause) = known.pauses.get_mut(usize::from(*pause)) {
                    *pause = *until;
                }
            }
            Event::Reported { visit, report, at, .. } => {
                let left = known.reported.entry(*visit).or_default();
                if *report == Report::Left {
                    *left = Some(*at);
                }
            }
            Event::RouteSet { shift, route } => {
                self.routes += 1;
                known.route = route.clone();
                for ride in known.route.visits.iter().filter_map(picked_up) {
                    // Who lost their place has one again.
                    if let Some(ride) = self.rides.get_mut(&ride)
                        && ride.standing == Standing::Loose
                    {
                        (ride.standing, ride.shift) = (Standing::Promised, *shift);
                    }
                }
            }
            _ => {}
        }
    }

    fn change(&mut self, ride: RideId, change: impl FnOnce(&mut Promised)) {
        if let Some(ride) = self.rides.get_mut(&ride) {
            change(ride);
        }
    }

    fn is_served(&self, id: RideId) -> bool {
        let Some(ride) = self.rides.get(&id) else { return true };
        let shift = self.shifts.get(&ride.shift);
        ride.standing != Standing::Promised
            || shift.is_some_and(|it| it.route.visits.iter().any(|v| picked_up(v) == Some(id)))
    }

    pub(crate) fn conclude(mut self, verdict: &mut Verdict) {
        let served = |ride: &&RideId| self.is_served(**ride);
        let dropped = self.rides.keys().filter(|ride| !served(ride)).min().copied();
        if let Some((ride, last)) = dropped.zip(self.last.take()) {
            self.findings.add(
                &last,
                None,
                format!("{ride} is promised and in no route at the end"),
            );
        }
        verdict.count(self.rides.len() as u64, "rides promised");
        verdict.count(self.routes, "routes");
        verdict.count(self.broken, "broken by the world and told");
        verdict.take(self.findings);
    }
}

fn picked_up(planned: &dugnad_events::rides::Planned) -> Option<RideId> {
    match planned.visit {
        Visit::Pickup(ride) => Some(ride),
        _ => None,
    }
}
