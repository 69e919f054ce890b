//! A planner that stands for one day: built from what is in force, and ahead of it only while a
//! proposal is on its way to the ledger.
//!
//! It is used while its version is the state's, and else built anew. It decides nothing: whatever it
//! proposes is judged by the rule book again.

use std::collections::{BTreeSet, HashMap};

use dugnad_dispatch::{
    Done, Matrix, Plan, Problem, RequestIx, VehicleIx, Visit as Do,
    planner::{Job, Nearest, Obstacle, Planner, Promised, Refused, Standing as Served, Unusable},
};
use dugnad_events::{
    RideId, ShiftId,
    rides::{self, Planned, Promise, Route, Span},
    volunteers::Location,
};
use jiff::civil::Date;

use super::{
    demands::Demands,
    grid::{Grid, Key, key},
    snapshot::Snapshot,
};
use crate::{
    model::{self, Moment, Ride, Shift, Standing, Stop, Visit},
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
    /// Builds it. `known` are places and ways from before.
    ///
    /// # Errors
    /// When what is in force does not hold by the planner's own judgement: a fault of ours.
    pub(super) fn new(
        snapshot: Snapshot,
        places: &Places,
        ways: &dyn Ways,
        known: Option<(Grid, Matrix)>,
    ) -> Result<Self, Unusable> {
        let Snapshot { day, version, now, slack, mut shifts, skills, rides, demands } = snapshot;
        let skills: HashMap<ShiftId, u64> =
            shifts.iter().map(|shift| shift.id).zip(skills).collect();
        shifts.retain(|shift| places.bases.contains_key(&shift.id));
        let keys = keys(day, &shifts, &rides, places);
        let (grid, matrix) = grid(keys, ways, known);
        let mut replica = Self {
            day,
            version,
            rides: rides.iter().map(|(id, _)| *id).collect(),
            wanting: HashMap::new(),
            planner: Planner::new(blank(Matrix::default()), slack.into())?,
            demands,
            grid,
            pauses: Vec::new(),
            ghosts: BTreeSet::new(),
            begun: Vec::new(),
            shifts: Vec::new(),
        };
        let mut problem = blank(matrix);
        for (r, (id, ride)) in (0..).zip(&rides) {
            replica.add_ride(&mut problem, (r, *id, ride), &shifts, places);
        }
        let numbers: HashMap<RideId, RequestIx> = replica.rides.iter().copied().zip(0..).collect();
        let mut plan = Plan::default();
        for shift in &shifts {
            let route =
                replica.add_shift(&mut problem, shift, places, (now, skills[&shift.id]), &numbers);
            plan.routes.push(route);
        }
        replica.shifts = shifts;
        problem.present = Some(plan);
        replica.planner = Planner::new(problem, slack.into())?;
        replica.planner.advance(now.into());
        Ok(replica)
    }

    fn add_ride(
        &mut self,
        problem: &mut Problem,
        (r, id, ride): (RequestIx, RideId, &Ride),
        shifts: &[Shift],
        places: &Places,
    ) {
        let rows = match places.ends.get(&id) {
            Some(ends) => self.keys_of(&ride.facts, *ends).map(|key| self.grid.row(key)),
            // Of somebody who was erased there is only the past left: its ways are not asked.
            None => [Some(0); 2],
        };
        let mut request = model::request(ride, rows.map(Option::unwrap_or_default));
        let stop = |visit| {
            let shift = ride.shift.and_then(|id| shifts.iter().find(|shift| shift.id == id));
            shift.and_then(|shift| Some(shift.stops[shift.find(visit)?]))
        };
        if model::is_ghost(ride) {
            model::haunt(&mut request);
            self.ghosts.insert(r);
        }
        for (visit, end) in
            [(Visit::Pickup(id), &mut request.pickup), (Visit::Dropoff(id), &mut request.dropoff)]
        {
            if let Some(Stop { left: Some(left), begins, .. }) = stop(visit) {
                end.service = (left - begins).into();
            }
        }
        request.skills = self.demands.bits(&ride.facts).unwrap_or_default();
        if ride.standing == Standing::Unserved {
            request.pickup.window = model::window(ride.facts.pickup);
            request.dropoff.window = model::window(ride.facts.dropoff);
        } else if !model::is_ghost(ride) {
            let promise = ride.promise;
            request.promise = Some(dugnad_dispatch::Promise {
                pickup: model::window(promise.pickup),
                dropoff: model::window(promise.dropoff),
            });
        }
        if matches!(ride.standing, Standing::Unserved | Standing::Loose) {
            self.wanting.insert(r, ride.clone());
        }
        problem.requests.push(request);
    }

    fn add_shift(
        &mut self,
        problem: &mut Problem,
        shift: &Shift,
        places: &Places,
        (now, skills): (Moment, u64),
        numbers: &HashMap<RideId, RequestIx>,
    ) -> Vec<Do> {
        let (start, end) = places.bases[&shift.id];
        let hour = model::hour(self.day, shift.facts.hours.from);
        let row = |at| self.grid.row(key(at, hour)).unwrap_or_default();
        let mut vehicle = model::vehicle(shift, now, row(start), end.map(row));
        vehicle.skills = skills;
        let pauses = pauses(shift, now);
        vehicle.breaks = pauses.iter().map(|&at| vehicle.breaks[usize::from(at)]).collect();
        let begun = shift.begun(now);
        let mut route: Vec<Do> = Vec::new();
        let mut begins: Vec<f64> = Vec::new();
        for (at, stop) in shift.stops.iter().enumerate() {
            let visits = self.visits(stop.visit, &pauses, numbers);
            let mut began = f64::from(stop.begins);
            for visit in visits.into_iter().flatten() {
                route.push(visit);
                begins.push(began);
                if at < begun || self.is_ghost(visit) {
                    // Nor is what comes before a ghost ever left out.
                    for at in vehicle.frozen.len()..route.len() {
                        vehicle.frozen.push(Done { visit: route[at], began: Some(begins[at]) });
                    }
                }
                if let Do::Pickup(r) = visit {
                    began += problem.requests[r as usize].pickup.service;
                }
                if let (Do::Break(b), Some(left)) = (visit, stop.left) {
                    vehicle.breaks[b as usize].lasts = (left - stop.begins).into();
                }
            }
        }
        patch(problem, shift, &route, (row(start), end.map(row)));
        self.begun.push(vehicle.frozen.len());
        problem.vehicles.push(vehicle);
        self.pauses.push(pauses);
        route
    }

    fn is_ghost(&self, visit: Do) -> bool {
        matches!(visit, Do::Pickup(r) | Do::Dropoff(r) if self.ghosts.contains(&r))
    }

    fn visits(
        &self,
        visit: Visit,
        pauses: &[u8],
        numbers: &HashMap<RideId, RequestIx>,
    ) -> [Option<Do>; 2] {
        match visit {
            Visit::Pickup(ride) => {
                let Some(&r) = numbers.get(&ride) else { return [None; 2] };
                [Some(Do::Pickup(r)), self.ghosts.contains(&r).then_some(Do::Dropoff(r))]
            }
            Visit::Dropoff(ride) => [numbers.get(&ride).copied().map(Do::Dropoff), None],
            Visit::Pause(at) => {
                let b = pauses.iter().position(|&pause| pause == at);
                [b.map(|b| Do::Break(b as u32)), None]
            }
        }
    }

    /// The two places of a ride, each in its part of the day.
    fn keys_of(&self, ride: &rides::Ride, ends: Ends) -> [Key; 2] {
        ride_keys(self.day, ride, ends)
    }

    /// Gives back what the next one can use.
    pub(super) fn into_grid(self) -> (Grid, Matrix) {
        (self.grid, self.planner.into_problem().matrix)
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
                let planner = &mut self.planner;
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
        let route = &self.planner.plan().routes[v as usize];
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

    /// The names of its rides, shifts and pauses, for when it has gone on.
    pub(super) fn names(&self) -> Names {
        Names {
            rides: self.rides.clone(),
            shifts: self.shifts.iter().map(|shift| shift.id).collect(),
            pauses: self.pauses.clone(),
        }
    }

    /// What somebody without a promise is promised now, and by whom they are served.
    pub(super) fn gained(&self, r: RequestIx) -> Option<(RideId, Promise, ShiftId)> {
        let Some(Served::Planned(v)) = self.planner.standing(r) else { return None };
        let told = self.planner.problem().requests[r as usize].promise?;
        Some((self.rides[r as usize], promise(told), self.shifts[v as usize].id))
    }

    /// The same back, for a job of this one. What is not known any more is left out.
    pub(super) fn plan(&self, job: &Job, named: &Named) -> Plan {
        let numbers: HashMap<RideId, RequestIx> =
            (0..).zip(job.requests()).map(|(at, &r)| (self.rides[r as usize], at)).collect();
        let routes = self.shifts.iter().enumerate().map(|(v, shift)| {
            let visits = named.iter().find(|(id, _)| *id == shift.id).map(|(_, visits)| visits);
            let visit = |visit: &Visit| match visit {
                Visit::Pickup(ride) => Some(Do::Pickup(*numbers.get(ride)?)),
                Visit::Dropoff(ride) => Some(Do::Dropoff(*numbers.get(ride)?)),
                Visit::Pause(at) => {
                    let b = self.pauses[v].iter().position(|pause| pause == at)?;
                    Some(Do::Break(b as u32))
                }
            };
            visits.into_iter().flatten().filter_map(visit).collect()
        });
        Plan { routes: routes.collect() }
    }
}

/// The names of a replica's rides, shifts and pauses.
#[derive(Debug)]
pub(super) struct Names {
    rides: Vec<RideId>,
    shifts: Vec<ShiftId>,
    pauses: Vec<Vec<u8>>,
}

impl Names {
    /// A solver's plan by the names of shifts and rides: another replica may take it in.
    pub(super) fn named(&self, job: &Job, plan: &Plan) -> Named {
        let ride = |r: RequestIx| self.rides[job.requests()[r as usize] as usize];
        let visit = |v: usize, visit: &Do| match *visit {
            Do::Pickup(r) => Visit::Pickup(ride(r)),
            Do::Dropoff(r) => Visit::Dropoff(ride(r)),
            Do::Break(b) => Visit::Pause(self.pauses[v][b as usize]),
        };
        let routes = self.shifts.iter().zip(&plan.routes).enumerate();
        routes
            .map(|(v, (shift, route))| (*shift, route.iter().map(|it| visit(v, it)).collect()))
            .collect()
    }
}

/// What each shift does.
pub(super) type Named = Vec<(ShiftId, Vec<Visit>)>;

/// What the engine promised.
pub(super) fn promise(promise: dugnad_dispatch::Promise) -> Promise {
    let span = |window: dugnad_dispatch::Window| Span {
        from: window.earliest.ceil() as Moment,
        until: window.latest.floor() as Moment,
    };
    Promise { pickup: span(promise.pickup), dropoff: span(promise.dropoff) }
}

fn blank(matrix: Matrix) -> Problem {
    Problem {
        matrix,
        requests: Vec::new(),
        vehicles: Vec::new(),
        apart: Vec::new(),
        objective: model::OBJECTIVE,
        present: None,
    }
}

/// The pauses that the engine plans: those of the route, and of a vehicle that was not used so far those
/// that can still be taken.
fn pauses(shift: &Shift, now: Moment) -> Vec<u8> {
    let used = shift.is_used();
    let wanted = |&at: &u8| {
        let planned = shift.find(Visit::Pause(at)).is_some();
        planned || !used && shift.pauses[usize::from(at)].begins.until >= now
    };
    (0..shift.pauses.len() as u8).filter(wanted).collect()
}

fn ride_keys(day: Date, ride: &rides::Ride, [from, to]: Ends) -> [Key; 2] {
    let hour = |moment| model::hour(day, moment);
    [key(from, hour(ride.pickup.until)), key(to, hour(ride.dropoff.from))]
}

fn keys(day: Date, shifts: &[Shift], rides: &[(RideId, Ride)], places: &Places) -> Vec<Key> {
    let mut keys = Vec::new();
    for shift in shifts {
        let (start, end) = places.bases[&shift.id];
        let hour = model::hour(day, shift.facts.hours.from);
        keys.extend(std::iter::once(start).chain(end).map(|at| key(at, hour)));
    }
    for (id, ride) in rides {
        if let Some(ends) = places.ends.get(id) {
            keys.extend(ride_keys(day, &ride.facts, *ends));
        }
    }
    keys
}

/// All places with the ways between them: those from before where the new ones still fit in.
fn grid(keys: Vec<Key>, ways: &dyn Ways, known: Option<(Grid, Matrix)>) -> (Grid, Matrix) {
    if let Some((mut grid, mut matrix)) = known {
        let fits = keys.iter().all(|&key| {
            let set = |place, ways: [&[f64]; 2], lengths: [&[f64]; 2]| {
                matrix.set_place(place, ways, lengths)
            };
            grid.add(key, ways, set).is_some()
        });
        if fits {
            return (grid, matrix);
        }
    }
    Grid::new(keys, ways)
}

/// What is in force was made of the ways as they were then: none of them may be longer now.
fn patch(problem: &mut Problem, shift: &Shift, route: &[Do], (start, end): (u32, Option<u32>)) {
    let places = problem.matrix.places;
    let mut shorten = |from: u32, to: u32, seconds: i32, metres: u32| {
        let cell = from as usize * places + to as usize;
        let Some(known) = problem.matrix.seconds.get_mut(cell) else { return };
        if f64::from(seconds) < *known {
            *known = seconds.into();
            problem.matrix.metres[cell] = metres.into();
        }
    };
    let requests = &problem.requests;
    let place = |visit: Do| match visit {
        Do::Pickup(r) => Some(requests[r as usize].pickup.place),
        Do::Dropoff(r) => Some(requests[r as usize].dropoff.place),
        Do::Break(_) => None,
    };
    let mut stops = shift.stops.iter();
    let (mut here, mut leg, mut metres) = (start, 0, 0);
    let mut visits = route.iter().copied().peekable();
    while let (Some(visit), Some(stop)) = (visits.next(), stops.next()) {
        leg += stop.leg;
        metres += stop.metres;
        if let Some(there) = place(visit) {
            shorten(here, there, leg, metres);
            (here, leg, metres) = (there, 0, 0);
        }
        // The end of a ghost is no stop of its own.
        if let (Do::Pickup(r), Some(Do::Dropoff(next))) = (visit, visits.peek())
            && r == *next
            && !shift.stops.iter().any(|it| it.visit != stop.visit && same_ride(it, stop))
        {
            visits.next();
        }
    }
    if let Some(end) = end {
        shorten(here, end, leg + shift.last_leg, metres + shift.last_metres);
    }
}

fn same_ride(one: &Stop, other: &Stop) -> bool {
    match (one.visit, other.visit) {
        (Visit::Dropoff(a), Visit::Pickup(b)) => a == b,
        _ => false,
    }
}
