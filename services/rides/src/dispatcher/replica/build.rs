//! How a replica comes out of a snapshot: every ride and shift in the engine's numbers, what is in force as
//! the plan that it goes on from.

use std::collections::{BTreeSet, HashMap};

use dugnad_dispatch::{
    Done, Matrix, Plan, Problem, RequestIx, Visit as Do,
    planner::{Planner, Unusable},
};
use dugnad_events::{RideId, ShiftId};
use jiff::civil::Date;

use super::{Places, Replica, ride_keys};
use crate::{
    dispatcher::{
        grid::{Grid, Key, key},
        snapshot::Snapshot,
    },
    model::{self, Moment, Ride, Shift, Standing, Stop, Visit},
    ways::Ways,
};

impl Replica {
    /// Builds it. `known` are ways from before.
    ///
    /// # Errors
    /// When what is in force does not hold by the planner's own judgement: a fault of ours.
    pub(in crate::dispatcher) fn new(
        snapshot: Snapshot,
        places: Places,
        ways: &dyn Ways,
        known: Option<(Grid, Matrix)>,
    ) -> Result<Self, Unusable> {
        let Snapshot { day, version, now, slack, mut shifts, skills, rides, demands, .. } =
            snapshot;
        let skills: HashMap<ShiftId, u64> =
            shifts.iter().map(|shift| shift.id).zip(skills).collect();
        shifts.retain(|shift| places.bases.contains_key(&shift.id));
        let keys = keys(day, &shifts, &rides, &places);
        let (grid, matrix) = grid(keys, ways, known);
        let mut replica = Self {
            day,
            version,
            rides: rides.iter().map(|(id, _)| *id).collect(),
            wanting: HashMap::new(),
            planner: Planner::new(blank(Matrix::default()), slack.into())?,
            demands,
            places: Places::default(),
            grid,
            pauses: Vec::new(),
            ghosts: BTreeSet::new(),
            begun: Vec::new(),
            shifts: Vec::new(),
        };
        let mut problem = blank(matrix);
        for (r, (id, ride)) in (0..).zip(&rides) {
            replica.add_ride(&mut problem, (r, *id, ride), &shifts, &places);
        }
        let numbers: HashMap<RideId, RequestIx> = replica.rides.iter().copied().zip(0..).collect();
        let mut plan = Plan::default();
        for shift in &shifts {
            let route =
                replica.add_shift(&mut problem, shift, &places, (now, skills[&shift.id]), &numbers);
            plan.routes.push(route);
        }
        (replica.shifts, replica.places) = (shifts, places);
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

/// All places with the ways between them: those from before, where most of them are still wanted.
fn grid(keys: Vec<Key>, ways: &dyn Ways, known: Option<(Grid, Matrix)>) -> (Grid, Matrix) {
    let Some((mut grid, mut matrix)) = known.filter(|(grid, _)| !grid.is_mostly_left(keys.len()))
    else {
        return Grid::new(keys, ways);
    };
    let fits = keys.iter().all(|&key| {
        if let Some(rows) = grid.wanted_rows() {
            matrix.enlarge(rows);
            grid.has_rows(rows);
        }
        let set =
            |place, ways: [&[f64]; 2], lengths: [&[f64]; 2]| matrix.set_place(place, ways, lengths);
        grid.add(key, ways, set).is_some()
    });
    if fits { (grid, matrix) } else { Grid::new(keys, ways) }
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
