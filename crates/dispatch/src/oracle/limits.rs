//! The limits of one route as difference constraints, and the cycles that contradict each other.
//!
//! Node 0 is leaving the start, `1..=n` are the visits, `n + 1` is being at the end and `n + 2` is
//! the common beginning of all times. An [`Edge`] asks `t[to] - t[from] >= least`. Every cycle has
//! an upper limit in it, since all others lead forward: loosening just those by the tolerance
//! keeps rounding out of every cycle.

use crate::{PlaceIx, Problem, TOLERANCE, VehicleIx, Visit, Window, schedule::Times};

use super::{Bound, Fault};

/// One limit: `t[to] - t[from] >= least`.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Edge {
    pub(crate) from: usize,
    pub(crate) to: usize,
    pub(crate) least: f64,
    /// Whether it says "not later than"; all others say "not earlier than".
    pub(crate) is_upper: bool,
    pub(crate) bound: Bound,
}

impl Edge {
    /// What it asks for if upper limits give way by so much.
    pub(crate) fn loosened(&self, slack: f64) -> f64 {
        if self.is_upper { self.least - slack } else { self.least }
    }
}

/// Whether the route visits a request: only then is its vehicle used.
pub(crate) fn is_used(route: &[Visit]) -> bool {
    route.iter().any(|visit| !matches!(visit, Visit::Break(_)))
}

/// Where the vehicle stands before visit `at`.
fn place_before(problem: &Problem, v: VehicleIx, route: &[Visit], at: usize) -> PlaceIx {
    let stop = route[..at].iter().rev().find_map(|visit| visit.stop(problem));
    stop.map_or(problem.vehicles[v as usize].start, |stop| stop.place)
}

/// The way to visit `at` or, behind the last, to the end: from where to where, if there is any.
pub(crate) fn way_to(
    problem: &Problem,
    v: VehicleIx,
    route: &[Visit],
    at: usize,
) -> Option<(PlaceIx, PlaceIx)> {
    let to = match route.get(at) {
        Some(visit) => visit.stop(problem)?.place,
        None => problem.vehicles[v as usize].end?,
    };
    Some((place_before(problem, v, route, at), to))
}

struct Limits<'a> {
    problem: &'a Problem,
    v: VehicleIx,
    route: &'a [Visit],
    edges: Vec<Edge>,
}

/// All limits of a sound route, infinite ones left out.
///
/// # Errors
/// [`Fault::Unreachable`].
pub(crate) fn edges(problem: &Problem, v: VehicleIx, route: &[Visit]) -> Result<Vec<Edge>, Fault> {
    let mut limits = Limits { problem, v, route, edges: Vec::new() };
    let vehicle = &problem.vehicles[v as usize];
    let (end, clock) = (route.len() + 1, route.len() + 2);
    limits.at_least(clock, 0, vehicle.shift.earliest, Bound::ShiftBegins(vehicle.shift.earliest));
    limits.at_most(clock, end, vehicle.shift.latest, Bound::ShiftEnds(vehicle.shift.latest));
    limits.at_most(0, end, vehicle.max_duration, Bound::Duration(vehicle.max_duration));
    for at in 0..=route.len() {
        let travel = limits.travel_to(at)?;
        limits.add_way(at, travel);
        if let Some(&visit) = route.get(at) {
            limits.add_windows(at, visit);
            limits.add_moments(at, visit, travel);
        }
    }
    limits.add_rides();
    Ok(limits.edges)
}

impl Limits<'_> {
    fn at_least(&mut self, from: usize, to: usize, least: f64, bound: Bound) {
        if least.is_finite() {
            self.edges.push(Edge { from, to, least, is_upper: false, bound });
        }
    }

    fn at_most(&mut self, from: usize, to: usize, most: f64, bound: Bound) {
        if most.is_finite() {
            self.edges.push(Edge { from: to, to: from, least: -most, is_upper: true, bound });
        }
    }

    fn clock(&self) -> usize {
        self.route.len() + 2
    }

    fn service(&self, at: usize) -> f64 {
        match self.route[at] {
            Visit::Break(b) => self.problem.vehicles[self.v as usize].breaks[b as usize].lasts,
            visit => visit.stop(self.problem).map_or(0.0, |stop| stop.service),
        }
    }

    fn began(&self, at: usize) -> Option<f64> {
        self.problem.vehicles[self.v as usize].frozen.get(at)?.began
    }

    fn travel_to(&self, at: usize) -> Result<f64, Fault> {
        let Some((from, to)) = way_to(self.problem, self.v, self.route, at) else {
            return Ok(0.0);
        };
        let travel = self.problem.matrix.time(from, to);
        if travel.is_finite() {
            Ok(travel)
        } else {
            Err(Fault::Unreachable { vehicle: self.v, from, to })
        }
    }

    fn add_way(&mut self, at: usize, travel: f64) {
        if at > 0 && self.began(at - 1).is_some() && self.began(at).is_some() {
            return;
        }
        let takes = travel + if at > 0 { self.service(at - 1) } else { 0.0 };
        self.at_least(at, at + 1, takes, Bound::Way { to: self.route.get(at).copied(), takes });
    }

    fn add_windows(&mut self, at: usize, visit: Visit) {
        let (wished, promised) = match visit {
            Visit::Pickup(r) => {
                let request = &self.problem.requests[r as usize];
                (request.pickup.window, request.promise.map(|promise| promise.pickup))
            }
            Visit::Dropoff(r) => {
                let request = &self.problem.requests[r as usize];
                (request.dropoff.window, request.promise.map(|promise| promise.dropoff))
            }
            Visit::Break(b) => {
                (self.problem.vehicles[self.v as usize].breaks[b as usize].window, None)
            }
        };
        let (clock, node) = (self.clock(), at + 1);
        self.at_least(clock, node, wished.earliest, Bound::Opens(visit, wished.earliest));
        self.at_most(clock, node, wished.latest, Bound::Closes(visit, wished.latest));
        let Window { earliest, latest } = promised.unwrap_or(Window::ALWAYS);
        self.at_least(clock, node, earliest, Bound::PromisedFrom(visit, earliest));
        self.at_most(clock, node, latest, Bound::PromisedUntil(visit, latest));
    }

    /// When it began, or from when on somebody may set out to it.
    fn add_moments(&mut self, at: usize, visit: Visit, travel: f64) {
        let (clock, node) = (self.clock(), at + 1);
        if let Some(began) = self.began(at) {
            self.at_least(clock, node, began, Bound::Began(visit, began));
            self.at_most(clock, node, began, Bound::Began(visit, began));
            return;
        }
        if let Visit::Pickup(r) = visit {
            let release = self.problem.requests[r as usize].release;
            self.at_least(clock, node, release + travel, Bound::Released(r, release));
        }
        let vehicle = &self.problem.vehicles[self.v as usize];
        if at >= vehicle.frozen.len() {
            let from = vehicle.not_before;
            self.at_least(clock, node, from + travel, Bound::NotBefore(visit, from));
        }
    }

    fn add_rides(&mut self) {
        let (problem, route) = (self.problem, self.route);
        for (at, &visit) in route.iter().enumerate() {
            let Visit::Pickup(r) = visit else { continue };
            let out = route[at..].iter().position(|&later| later == Visit::Dropoff(r));
            let Some(out) = out else { continue };
            let request = &problem.requests[r as usize];
            let most = request.max_ride + request.pickup.service;
            self.at_most(at + 1, at + out + 1, most, Bound::Ride(r, request.max_ride));
        }
    }
}

/// The limits that contradict each other, if some do. `visits` is the number of visits.
pub(super) fn contradiction(v: VehicleIx, visits: usize, edges: &[Edge]) -> Option<Fault> {
    let cycle = positive_cycle(visits + 3, edges)?;
    let by = cycle.iter().map(|edge| edge.least).sum();
    let rank = |edge: &Edge| match edge.bound {
        _ if !edge.is_upper => 4,
        Bound::Ride(..) => 0,
        Bound::Duration(_) => 1,
        Bound::Began(..) => 3,
        _ => 2,
    };
    let at = (0..cycle.len()).min_by_key(|&at| rank(cycle[at]))?;
    let given = cycle[at + 1..].iter().chain(&cycle[..at]).map(|edge| edge.bound);
    let given = given.filter(|bound| !matches!(bound, Bound::Way { .. })).collect();
    Some(Fault::Times { vehicle: v, broken: cycle[at].bound, by, given })
}

/// Bellman-Ford for longest ways: edges of a cycle that adds up to more than zero, in order.
fn positive_cycle(nodes: usize, edges: &[Edge]) -> Option<Vec<&Edge>> {
    let mut time = vec![0.0; nodes];
    let mut by: Vec<Option<&Edge>> = vec![None; nodes];
    let mut raised = None;
    for _ in 0..=nodes {
        raised = None;
        for edge in edges {
            let least = time[edge.from] + edge.loosened(TOLERANCE);
            if least > time[edge.to] {
                time[edge.to] = least;
                by[edge.to] = Some(edge);
                raised = Some(edge.to);
            }
        }
        raised?;
    }
    // What still rises after as many rounds as nodes hangs on a cycle.
    let mut node = raised?;
    for _ in 0..nodes {
        node = by[node]?.from;
    }
    let mut cycle = Vec::new();
    let on_it = node;
    loop {
        let edge = by[node]?;
        cycle.push(edge);
        node = edge.from;
        if node == on_it {
            cycle.reverse();
            return Some(cycle);
        }
    }
}

/// Every limit that the given times break. Both times of a limit may be off by the tolerance.
pub(super) fn broken(v: VehicleIx, visits: usize, edges: &[Edge], times: &Times) -> Vec<Fault> {
    let mut time = vec![times.start];
    time.extend(&times.begins);
    time.extend([times.end, 0.0]);
    if times.begins.len() != visits || time.iter().any(|time| !time.is_finite()) {
        return vec![Fault::NoTimes { vehicle: v }];
    }
    let mut faults = Vec::new();
    for edge in edges {
        let by = edge.least - (time[edge.to] - time[edge.from]);
        if by > 2.0 * TOLERANCE {
            faults.push(Fault::Times { vehicle: v, broken: edge.bound, by, given: Vec::new() });
        }
    }
    faults
}
