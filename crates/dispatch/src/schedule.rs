//! Schedules: when everything of a plan happens, and what it costs.
//!
//! The order of the visits is given; the times are chosen. In the weighted objective they cost the
//! least that any times of this order cost, see [`best`](self::best); in the benchmarks'
//! objectives, where time costs nothing, everything happens as early as it can. Of equally good
//! times the earliest are taken, and the vehicle leaves its start as late as that allows.

mod best;

pub(crate) use best::best_times;

use crate::{
    Objective, Plan, Problem, RequestIx, VehicleIx, Visit, Weights,
    oracle::{self, Fault},
};

/// When a route's vehicle does what: what a schedule is at its core.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Times {
    /// It leaves its start.
    pub start: f64,
    /// Service begins, for each visit.
    pub begins: Vec<f64>,
    /// It is at its end.
    pub end: f64,
}

/// One visit in time. Whatever waits does so before the service.
#[derive(Clone, Debug, PartialEq)]
pub struct VisitTimes {
    /// What.
    pub visit: Visit,
    /// The vehicle is there.
    pub arrive: f64,
    /// Service begins.
    pub begin: f64,
    /// Service ends, and the vehicle goes on.
    pub depart: f64,
    /// What is aboard afterwards, per dimension.
    pub load: Vec<u32>,
}

impl VisitTimes {
    /// How long the vehicle waits for the service to begin.
    #[must_use]
    pub fn waiting(&self) -> f64 {
        self.begin - self.arrive
    }
}

/// How long somebody is aboard.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Ride {
    /// Who.
    pub request: RequestIx,
    /// From the end of service at the pickup to the beginning of it at the drop-off.
    pub takes: f64,
}

/// The parts of a route's cost. In the benchmarks' objectives there is only the distance.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Costs {
    /// For using the vehicle at all.
    pub fixed: f64,
    /// For its time from leaving the start to being at the end.
    pub vehicle_time: f64,
    /// For the distance.
    pub distance: f64,
    /// For the time aboard.
    pub aboard: f64,
    /// For the time aboard while the vehicle waits.
    pub waiting_aboard: f64,
    /// For serving whom another vehicle serves at present.
    pub change: f64,
}

impl Costs {
    /// All of them.
    #[must_use]
    pub fn total(&self) -> f64 {
        self.fixed
            + self.vehicle_time
            + self.distance
            + self.aboard
            + self.waiting_aboard
            + self.change
    }
}

/// One vehicle's schedule. That of an unused vehicle has no visits and costs nothing.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct RouteTimes {
    /// The times in short.
    pub times: Times,
    /// Each visit.
    pub visits: Vec<VisitTimes>,
    /// Each request it serves, in the order they get in.
    pub rides: Vec<Ride>,
    /// Its whole way.
    pub distance: f64,
    /// What it costs.
    pub costs: Costs,
}

/// The times that minimise the cost of a plan, one schedule a vehicle.
///
/// # Errors
/// The plan's faults, if the oracle finds any.
pub fn schedule(problem: &Problem, plan: &Plan) -> Result<Vec<RouteTimes>, Vec<Fault>> {
    oracle::check(problem, plan)?;
    let present = present(problem);
    let mut routes = Vec::new();
    for (v, route) in (0..).zip(&plan.routes) {
        routes.push(if oracle::is_used(route) {
            let edges = oracle::edges(problem, v, route).map_err(|fault| vec![fault])?;
            let times = best_times(problem, v, route, &edges);
            RouteTimes::new(problem, &present, v, route, times)
        } else {
            RouteTimes::default()
        });
    }
    Ok(routes)
}

/// Which vehicle serves each request at present.
pub(crate) fn present(problem: &Problem) -> Vec<Option<VehicleIx>> {
    let requests = problem.requests.len();
    problem.present.as_ref().map_or_else(|| vec![None; requests], |plan| plan.vehicles(requests))
}

impl RouteTimes {
    /// All that follows from the times of a used vehicle's route that the oracle allows.
    pub(crate) fn new(
        problem: &Problem,
        present: &[Option<VehicleIx>],
        v: VehicleIx,
        route: &[Visit],
        times: Times,
    ) -> Self {
        let mut this = Self { times, ..Self::default() };
        let mut load = vec![0u32; problem.dimensions()];
        let mut depart = this.times.start;
        for (at, &visit) in route.iter().enumerate() {
            let way = oracle::way_to(problem, v, route, at);
            let arrive = depart + way.map_or(0.0, |(from, to)| problem.matrix.time(from, to));
            let begin = this.times.begins[at];
            // Rounding, and ways that were quicker than they should be.
            let arrive = arrive.min(begin);
            depart = begin + service(problem, v, visit);
            update_load(problem, visit, &mut load);
            this.visits.push(VisitTimes { visit, arrive, begin, depart, load: load.clone() });
        }
        for at in 0..=route.len() {
            let way = oracle::way_to(problem, v, route, at);
            this.distance += way.map_or(0.0, |(from, to)| problem.matrix.distance(from, to));
        }
        this.add_rides();
        this.costs = this.costs_of(problem, present, v);
        this
    }

    fn add_rides(&mut self) {
        for (at, there) in self.visits.iter().enumerate() {
            let Visit::Pickup(request) = there.visit else { continue };
            let out = self.visits[at..].iter().find(|out| out.visit == Visit::Dropoff(request));
            if let Some(out) = out {
                self.rides.push(Ride { request, takes: out.begin - there.depart });
            }
        }
    }

    fn costs_of(&self, problem: &Problem, present: &[Option<VehicleIx>], v: VehicleIx) -> Costs {
        let Objective::Weighted(weights) = problem.objective else {
            return Costs { distance: self.distance, ..Costs::default() };
        };
        let Weights { vehicle_time, distance, aboard, waiting_aboard, change } = weights;
        let mut people: f64 = 0.0;
        let mut waiting = 0.0;
        for visit in &self.visits {
            waiting += people * visit.waiting();
            people += aboard_change(visit.visit);
        }
        let is_changed = |ride: &&Ride| {
            present.get(ride.request as usize).is_some_and(|by| by.is_some_and(|by| by != v))
        };
        Costs {
            fixed: problem.vehicles[v as usize].fixed_cost,
            vehicle_time: vehicle_time * (self.times.end - self.times.start),
            distance: distance * self.distance,
            aboard: aboard * self.rides.iter().map(|ride| ride.takes).sum::<f64>(),
            waiting_aboard: waiting_aboard * waiting,
            change: change * self.rides.iter().filter(is_changed).count() as f64,
        }
    }
}

/// How many more are aboard after a visit.
fn aboard_change(visit: Visit) -> f64 {
    match visit {
        Visit::Pickup(_) => 1.0,
        Visit::Dropoff(_) => -1.0,
        Visit::Break(_) => 0.0,
    }
}

fn service(problem: &Problem, v: VehicleIx, visit: Visit) -> f64 {
    match visit {
        Visit::Break(b) => problem.vehicles[v as usize].breaks[b as usize].lasts,
        _ => visit.stop(problem).map_or(0.0, |stop| stop.service),
    }
}

fn update_load(problem: &Problem, visit: Visit, load: &mut [u32]) {
    let (r, gets_in) = match visit {
        Visit::Pickup(r) => (r, true),
        Visit::Dropoff(r) => (r, false),
        Visit::Break(_) => return,
    };
    for (sum, part) in load.iter_mut().zip(&problem.requests[r as usize].load) {
        *sum = if gets_in { *sum + u32::from(*part) } else { sum.saturating_sub((*part).into()) };
    }
}
