//! A planner that stands for one day: built from what is in force, and ahead of it only while a
//! proposal is on its way to the ledger.
//!
//! It is used while its version is the state's, and else built anew. It decides nothing: whatever it
//! proposes is judged by the rule book again.

mod build;
mod names;

use std::collections::{BTreeSet, HashMap};

use dugnad_dispatch::{
    Matrix, RequestIx, VehicleIx, Visit as Do,
    planner::{Nearest, Obstacle, Planner, Promised, Refused, Standing as Served},
};
use dugnad_events::{
    RideId, ShiftId,
    rides::{self, Planned, Promise, Route, Span},
    volunteers::Location,
};
use jiff::civil::Date;

pub(super) use names::Named;

use super::{
    demands::Demands,
    grid::{Grid, Key, key},
};
use crate::{
    model::{self, Moment, Ride, Shift, Visit},
    ways::Ways,
};

/// Where a ride begins and ends.
pub(super) type Ends = [Location; 2];
/// Where shifts start and end, and rides begin and end; `None`: nobody can say any more.
#[derive(Debug, Default)]
pub(super) struct Places {
    pub(super) bases: HashMap<ShiftId, (Location, Option<Location>)>,
    pub(super) ends: HashMap<RideId, Ends>,
}

/// A planner that stands for one day.
#[derive(Debug)]
pub(super) struct Replica {
    pub(super) day: Date,
    pub(super) version: u64,
    pub(super) shifts: Vec<Shift>,
    pub(super) rides: Vec<RideId>,
    /// Rides that want a place, by their numbers.
    pub(super) wanting: HashMap<RequestIx, Ride>,
    pub(super) planner: Planner,
    pub(super) demands: Demands,
    places: Places,
    grid: Grid,
    /// Which of a shift's pauses each of the engine's breaks is.
    pauses: Vec<Vec<u8>>,
    ghosts: BTreeSet<RequestIx>,
    /// How much of each route was begun when this was built: that is as it was reported or told.
    begun: Vec<usize>,
}

/// What was found for somebody.
pub(super) type Answer = Result<Promised, (Vec<Obstacle>, Option<Nearest>)>;

impl Replica {
    fn is_ghost(&self, visit: Do) -> bool {
        matches!(visit, Do::Pickup(r) | Do::Dropoff(r) if self.ghosts.contains(&r))
    }

    /// The two places of a ride, each in its part of the day.
    fn keys_of(&self, ride: &rides::Ride, ends: Ends) -> [Key; 2] {
        ride_keys(self.day, ride, ends)
    }

    /// Gives back what the next one can use: what was opened, and the ways.
    pub(super) fn into_known(self) -> (Places, (Grid, Matrix)) {
        (self.places, (self.grid, self.planner.into_problem().matrix))
    }

    /// Looks for a place for somebody new. `None`: there is too little room here, or something is asked
    /// for that is not known here: build anew.
    pub(super) fn insert(
        &mut self,
        wanted: &[(RideId, rides::Ride, Ends)],
        ways: &dyn Ways,
        now: Moment,
    ) -> Option<Result<Vec<Promised>, (usize, Refused)>> {
        let mut requests = Vec::with_capacity(wanted.len());
        for (_, facts, ends) in wanted {
            let mut rows = [0; 2];
            for (row, key) in rows.iter_mut().zip(self.keys_of(facts, *ends)) {
                if self.grid.is_mostly_left(2 * (self.rides.len() + self.shifts.len())) {
                    return None;
                }
                let planner = &mut self.planner;
                if let Some(rows) = self.grid.wanted_rows() {
                    planner.enlarge_matrix(rows);
                    self.grid.has_rows(rows);
                }
                let set = |place, ways: [&[f64]; 2], lengths: [&[f64]; 2]| {
                    planner.set_place(place, ways, lengths).is_ok()
                };
                *row = self.grid.add(key, ways, set)?;
            }
            let nothing = Promise { pickup: facts.pickup, dropoff: facts.dropoff };
            let shift = ShiftId(uuid::Uuid::nil());
            let ride = Ride::new(facts.clone(), nothing, uuid::Uuid::nil(), shift);
            let mut request = model::request(&ride, rows);
            request.skills = self.demands.bits(facts)?;
            requests.push(request);
        }
        let mut requests = requests.into_iter();
        let first = requests.next()?;
        let now = now.into();
        let found = match requests.next() {
            None => self.planner.insert(first, now).map(|promised| vec![promised]),
            Some(home) => self.planner.insert_return(first, home, now).map(Vec::from),
        };
        let before = self.rides.len();
        Some(match found {
            Ok(promised) => {
                self.rides.extend(wanted.iter().map(|(id, ..)| *id));
                self.places.ends.extend(wanted.iter().map(|(id, _, ends)| (*id, *ends)));
                debug_assert_eq!(promised[0].request as usize, before);
                Ok(promised)
            }
            Err(refused) => Err((0, refused)),
        })
    }

    /// Looks for a place for somebody who has none.
    pub(super) fn ask_again(&mut self, r: RequestIx, now: Moment) -> Answer {
        match self.planner.ask_again(r, now.into()) {
            Ok(promised) => Ok(promised),
            Err(Refused::Nobody { obstacles, nearest }) => Err((obstacles, nearest)),
            Err(_) => Err((Vec::new(), None)),
        }
    }

    /// What a vehicle does now, as an event says it.
    pub(super) fn route(&self, v: VehicleIx) -> Route {
        let Some(times) = self.planner.times(v) else { return self.idle(v) };
        let (problem, shift) = (self.planner.problem(), &self.shifts[v as usize]);
        let vehicle = &problem.vehicles[v as usize];
        let begun = self.begun[v as usize];
        let route = self.planner.route(v).unwrap_or_default();
        let mut visits: Vec<Planned> = Vec::with_capacity(route.len());
        let mut here = vehicle.start;
        for (at, (&visit, &begins)) in route.iter().zip(&times.begins).enumerate() {
            let place = visit.stop(problem).map(|stop| stop.place);
            let [leg, metres] = place.map_or([0.0; 2], |place| {
                [problem.matrix.time(here, place), problem.matrix.distance(here, place)]
            });
            here = place.unwrap_or(here);
            if self.is_ghost(visit) && matches!(visit, Do::Dropoff(_)) {
                continue;
            }
            let visit = match visit {
                Do::Pickup(r) => Visit::Pickup(self.rides[r as usize]),
                Do::Dropoff(r) => Visit::Dropoff(self.rides[r as usize]),
                Do::Break(b) => Visit::Pause(self.pauses[v as usize][b as usize]),
            };
            let begins = begins.round() as Moment;
            let mut planned = Planned { visit, begins, leg: leg as i32, metres: metres as u32 };
            // What is done keeps the way it had.
            if at < begun
                && let Some(stop) = shift.find(visit).map(|at| &shift.stops[at])
            {
                (planned.leg, planned.metres) = (stop.leg, stop.metres);
                planned.begins = stop.begins;
            }
            visits.push(planned);
        }
        let last = vehicle.end.map_or([0.0; 2], |end| {
            [problem.matrix.time(here, end), problem.matrix.distance(here, end)]
        });
        let leaves = if begun > 0 { shift.leaves } else { times.start.round() as Moment };
        let back = times.end.round() as Moment;
        Route { leaves, visits, back, last_leg: last[0] as i32, last_metres: last[1] as u32 }
    }

    fn idle(&self, v: VehicleIx) -> Route {
        let from = self.shifts[v as usize].facts.hours.from;
        Route { leaves: from, back: from, ..Route::default() }
    }

    /// Vehicles that do something else than what is in force.
    pub(super) fn changed(&self) -> Vec<(ShiftId, Route)> {
        let all = (0..self.shifts.len() as VehicleIx).map(|v| (v, self.route(v)));
        let differs = |(v, route): &(VehicleIx, Route)| {
            let before = self.shifts[*v as usize].stops.iter().map(|stop| stop.visit);
            !before.eq(route.visits.iter().map(|planned| planned.visit))
        };
        all.filter(differs).map(|(v, route)| (self.shifts[v as usize].id, route)).collect()
    }

    /// What was proposed is in force.
    pub(super) fn committed(&mut self, version: u64, routes: &[(ShiftId, Route)]) {
        self.version = version;
        for (id, route) in routes {
            if let Some(shift) = self.shifts.iter_mut().find(|shift| shift.id == *id) {
                shift.take(route);
            }
        }
    }

    /// What somebody without a promise is promised now, and by whom they are served.
    pub(super) fn gained(&self, r: RequestIx) -> Option<(RideId, Promise, ShiftId)> {
        let Some(Served::Planned(v)) = self.planner.standing(r) else { return None };
        let told = self.planner.problem().requests[r as usize].promise?;
        Some((self.rides[r as usize], promise(told), self.shifts[v as usize].id))
    }
}

/// What the engine promised.
pub(super) fn promise(promise: dugnad_dispatch::Promise) -> Promise {
    let span = |window: dugnad_dispatch::Window| Span {
        from: window.earliest.ceil() as Moment,
        until: window.latest.floor() as Moment,
    };
    Promise { pickup: span(promise.pickup), dropoff: span(promise.dropoff) }
}

fn ride_keys(day: Date, ride: &rides::Ride, [from, to]: Ends) -> [Key; 2] {
    let hour = |moment| model::hour(day, moment);
    [key(from, hour(ride.pickup.until)), key(to, hour(ride.dropoff.from))]
}
