//! All limits on the times of one route, each with where it comes from.
//!
//! An [`Edge`] says `t[to] - t[from] <= weight`. A route can be driven exactly when no cycle of
//! edges has a negative weight (Bellman-Ford; Dechter, Meiri & Pearl, *Artificial Intelligence* 49,
//! 1991), and a negative cycle names the limits that stand against each other: that is what a
//! refusal tells.
//!
//! Nodes: 0 is time zero, 1 the start, then the visits in order, then the end.

use crate::{PlaceIx, Problem, RequestIx, VehicleIx, Visit, Window};

/// What two sums of the same times may differ by.
pub(super) const EPSILON: f64 = 1e-7;
/// Time zero.
pub(super) const ZERO: usize = 0;
/// The start of the vehicle.
pub(super) const START: usize = 1;

/// Where a limit comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Source {
    /// Ways and services: no limit that anybody set.
    Travel,
    /// What has begun, or is under way.
    Fact,
    /// Nobody sets out before now.
    Now,
    ShiftStart,
    ShiftEnd,
    Duration,
    Earliest(Visit),
    Latest(Visit),
    Ride(RequestIx),
    Release(RequestIx),
}

/// `t[to] - t[from] <= weight`.
#[derive(Clone, Copy, Debug)]
pub(super) struct Edge {
    pub(super) from: u32,
    pub(super) to: u32,
    pub(super) weight: f64,
    pub(super) source: Source,
}

/// The limits of one route.
#[derive(Clone, Debug, Default)]
pub(super) struct Limits {
    pub(super) edges: Vec<Edge>,
    pub(super) nodes: usize,
    /// Whether some way of the route does not exist, or some time never comes.
    pub(super) impossible: bool,
    /// How long the way to each node is.
    ways: Vec<f64>,
}

/// What a visit of a vehicle is bound to: its window, the promise included, and how long it takes.
pub(super) fn window_of(problem: &Problem, v: VehicleIx, visit: Visit) -> (Window, f64) {
    let (window, promised) = match visit {
        Visit::Pickup(r) => {
            let request = &problem.requests[r as usize];
            (request.pickup.window, request.promise.map(|promise| promise.pickup))
        }
        Visit::Dropoff(r) => {
            let request = &problem.requests[r as usize];
            (request.dropoff.window, request.promise.map(|promise| promise.dropoff))
        }
        Visit::Break(b) => (problem.vehicles[v as usize].breaks[b as usize].window, None),
    };
    (window.and(promised.unwrap_or(Window::ALWAYS)), service_of(problem, v, visit))
}

/// How long a visit of a vehicle takes.
pub(super) fn service_of(problem: &Problem, v: VehicleIx, visit: Visit) -> f64 {
    match visit {
        Visit::Pickup(r) => problem.requests[r as usize].pickup.service,
        Visit::Dropoff(r) => problem.requests[r as usize].dropoff.service,
        Visit::Break(b) => problem.vehicles[v as usize].breaks[b as usize].lasts,
    }
}

/// When the visit at this place of the route began, if it is known.
fn began(problem: &Problem, v: VehicleIx, at: usize) -> Option<f64> {
    problem.vehicles[v as usize].frozen.get(at)?.began
}

impl Limits {
    /// Collects the limits of `route` on vehicle `v`. With `shifted`, the windows of that request
    /// hang on a further node instead of time zero: how far they must be shifted is then read off
    /// as that node's time. `O(visits)`, times the people aboard.
    pub(super) fn collect(
        &mut self,
        problem: &Problem,
        v: VehicleIx,
        route: &[Visit],
        shifted: Option<RequestIx>,
    ) {
        let vehicle = &problem.vehicles[v as usize];
        let end = route.len() + 2;
        self.edges.clear();
        self.impossible = false;
        self.nodes = end + 1 + usize::from(shifted.is_some());
        self.push(ZERO, end, vehicle.shift.latest, Source::ShiftEnd);
        self.push(START, end, vehicle.max_duration, Source::Duration);
        self.measure(problem, v, route);
        self.chain(problem, v, route);
        for at in (0..route.len()).rev() {
            self.visit(problem, v, route, at, shifted);
        }
        self.push(START, ZERO, -vehicle.shift.earliest, Source::ShiftStart);
    }

    fn push(&mut self, from: usize, to: usize, weight: f64, source: Source) {
        if weight == f64::NEG_INFINITY {
            self.impossible = true;
        } else if weight < f64::INFINITY {
            self.edges.push(Edge { from: from as u32, to: to as u32, weight, source });
        }
    }

    /// The ways: a break, and an end that is nowhere, are where the vehicle is.
    fn measure(&mut self, problem: &Problem, v: VehicleIx, route: &[Visit]) {
        let vehicle = &problem.vehicles[v as usize];
        let mut here = vehicle.start;
        let mut way_to = |place: Option<PlaceIx>| {
            let Some(place) = place else { return 0.0 };
            problem.matrix.time(std::mem::replace(&mut here, place), place)
        };
        self.ways.clear();
        self.ways.extend([0.0, 0.0]);
        self.ways.extend(route.iter().map(|v| way_to(v.stop(problem).map(|stop| stop.place))));
        self.ways.push(way_to(vehicle.end));
    }

    /// Ways from each node to the next, the last first: so that one pass carries a bound through.
    fn chain(&mut self, problem: &Problem, v: VehicleIx, route: &[Visit]) {
        for node in (START..route.len() + 2).rev() {
            let service = match node {
                START => 0.0,
                _ => service_of(problem, v, route[node - 2]),
            };
            let way = self.ways[node + 1];
            // The world's ways take as long as they took.
            let known = |node: usize| node > START && began(problem, v, node - 2).is_some();
            if !(known(node) && known(node + 1)) {
                self.push(node + 1, node, -(service + way), Source::Travel);
            }
        }
    }

    fn visit(
        &mut self,
        problem: &Problem,
        v: VehicleIx,
        route: &[Visit],
        at: usize,
        shifted: Option<RequestIx>,
    ) {
        let vehicle = &problem.vehicles[v as usize];
        let (visit, node) = (route[at], at + 2);
        let way = self.ways[node];
        let clock = match visit {
            Visit::Pickup(r) | Visit::Dropoff(r) if shifted == Some(r) => self.nodes - 1,
            _ => ZERO,
        };
        let window = window_of(problem, v, visit).0;
        self.push(clock, node, window.latest, Source::Latest(visit));
        self.push(node, clock, -window.earliest, Source::Earliest(visit));
        match visit {
            Visit::Pickup(r) if began(problem, v, at).is_none() => {
                let release = problem.requests[r as usize].release;
                self.push(node, ZERO, -(release + way), Source::Release(r));
            }
            Visit::Dropoff(r) => {
                let request = &problem.requests[r as usize];
                if let Some(from) = route[..at].iter().rposition(|&v| v == Visit::Pickup(r)) {
                    let most = request.pickup.service + request.max_ride;
                    self.push(from + 2, node, most, Source::Ride(r));
                }
            }
            Visit::Pickup(_) | Visit::Break(_) => {}
        }
        match vehicle.frozen.get(at) {
            Some(done) => {
                if let Some(began) = done.began {
                    self.push(ZERO, node, began, Source::Fact);
                    self.push(node, ZERO, -began, Source::Fact);
                }
            }
            // Whatever comes after the first is later still.
            None if at == vehicle.frozen.len() => {
                self.push(node, ZERO, -(vehicle.not_before + way), Source::Now);
            }
            None => {}
        }
    }

    /// The edges of a cycle of negative weight, if there is one: those limits cannot all hold.
    /// Starts from [`Scratch::guess`], where that has a time for each node.
    pub(super) fn contradiction(&self, scratch: &mut Scratch) -> Option<Vec<usize>> {
        scratch.reset(self.nodes, 0.0);
        if scratch.guess.len() >= self.nodes {
            scratch.distance.copy_from_slice(&scratch.guess[..self.nodes]);
        }
        for pass in 0..=self.nodes {
            if !self.relax(scratch) {
                return None;
            }
            if pass > 0
                && let Some(cycle) = self.cycle(scratch)
            {
                return Some(cycle);
            }
        }
        None
    }

    /// Whether all limits can hold together.
    pub(super) fn hold(&self, scratch: &mut Scratch) -> bool {
        !self.impossible && self.contradiction(scratch).is_none()
    }

    /// Whether all limits but one can hold together.
    pub(super) fn hold_without(&mut self, edge: usize, scratch: &mut Scratch) -> bool {
        let weight = std::mem::replace(&mut self.edges[edge].weight, f64::INFINITY);
        let holds = self.hold(scratch);
        self.edges[edge].weight = weight;
        holds
    }

    /// The most that each node can be after `source`; the limits must hold together.
    pub(super) fn distances<'a>(&self, source: usize, scratch: &'a mut Scratch) -> &'a [f64] {
        scratch.reset(self.nodes, f64::INFINITY);
        scratch.distance[source] = 0.0;
        for _ in 0..self.nodes {
            if !self.relax(scratch) {
                break;
            }
        }
        &scratch.distance
    }

    fn relax(&self, scratch: &mut Scratch) -> bool {
        let Scratch { distance, parent, .. } = scratch;
        let mut changed = false;
        for (e, edge) in self.edges.iter().enumerate() {
            let reached = distance[edge.from as usize] + edge.weight;
            let to = &mut distance[edge.to as usize];
            if reached < *to - EPSILON {
                *to = reached;
                parent[edge.to as usize] = e as u32;
                changed = true;
            }
        }
        changed
    }

    /// A cycle among the parents: it has negative weight.
    fn cycle(&self, scratch: &mut Scratch) -> Option<Vec<usize>> {
        scratch.seen.clear();
        scratch.seen.resize(self.nodes, 0);
        for first in 0..self.nodes {
            let mut node = first;
            while scratch.seen[node] == 0 && scratch.parent[node] != NONE {
                scratch.seen[node] = first as u32 + 1;
                node = self.edges[scratch.parent[node] as usize].from as usize;
            }
            if scratch.seen[node] != first as u32 + 1 || scratch.parent[node] == NONE {
                continue;
            }
            let mut cycle = Vec::new();
            let around = node;
            loop {
                let e = scratch.parent[node] as usize;
                cycle.push(e);
                node = self.edges[e].from as usize;
                if node == around {
                    return Some(cycle);
                }
            }
        }
        None
    }
}

const NONE: u32 = u32::MAX;

/// Memory for Bellman-Ford, kept between runs.
#[derive(Clone, Debug, Default)]
pub(super) struct Scratch {
    distance: Vec<f64>,
    parent: Vec<u32>,
    seen: Vec<u32>,
    /// Times that nearly hold, to start from.
    pub(super) guess: Vec<f64>,
}

impl Scratch {
    fn reset(&mut self, nodes: usize, distance: f64) {
        self.distance.clear();
        self.distance.resize(nodes, distance);
        self.parent.clear();
        self.parent.resize(nodes, NONE);
    }
}
