//! The closed network of one route: how far apart any two of its times may be.
//!
//! With it, whether one more request fits between two given pairs of visits is decided in constant
//! time and exactly, longest rides of everybody aboard included: the pickup and the drop-off meet
//! the rest of the route only through four nodes, and [`Network::most`] already holds the tightest
//! limit between any two of them. `O(visits³)` to close, once whenever the route changes,
//! `O(visits²)` to move its `not_before` on; after Dechter, Meiri & Pearl 1991 and, for the
//! insertion of two nodes, Firat & Woeginger, *Operations Research Letters* 39, 2011.
//!
//! Invariant: `most(a, b)` is the largest `t[b] - t[a]` of all times that keep the route's limits.

use crate::{
    PlaceIx, Problem, Request, VehicleIx, Visit,
    planner::limits::{EPSILON, Limits, START, Source, ZERO, service_of},
};

/// The closed network of one route, and what is aboard along it.
#[derive(Clone, Debug, Default)]
pub(super) struct Network {
    nodes: usize,
    most: Vec<f64>,
    /// The same without the way on from a break, for the last of each run of breaks: who is dropped
    /// off just before it moves its place, and so that way.
    unbroken: Vec<(usize, Vec<f64>)>,
    /// The diagonal and the borders of `most`, close together: for each node the earliest and the
    /// latest, and the most that the next can be after it.
    rims: Vec<[f64; 3]>,
    /// Where the vehicle is at each node; 0 stands for nowhere.
    pub(super) places: Vec<u32>,
    /// How long each node takes.
    pub(super) services: Vec<f64>,
    /// The next stop behind each node.
    pub(super) beyond: Vec<Beyond>,
    /// What is aboard after each node, `dimensions` numbers a node.
    pub(super) loads: Vec<u32>,
    /// Whether the limits can hold together.
    pub(super) holds: bool,
}

/// The next stop behind a node, past any breaks.
#[derive(Clone, Copy, Debug)]
pub(super) struct Beyond {
    /// Where it is, if the vehicle has to go anywhere.
    pub(super) place: Option<PlaceIx>,
    /// How long the way there is.
    pub(super) way: f64,
    /// Nobody sets out to it before: that moves with the place one sets out from, but before its
    /// window opens it means nothing.
    pub(super) release: f64,
    pub(super) opens: f64,
}

impl Beyond {
    fn of(problem: &Problem, visit: Visit, end: Self) -> Self {
        match visit {
            Visit::Pickup(r) => {
                let Request { pickup, release, .. } = &problem.requests[r as usize];
                let opens = pickup.window.earliest;
                Self { place: Some(pickup.place), release: *release, opens, ..end }
            }
            _ => Self { place: visit.stop(problem).map(|stop| stop.place), ..end },
        }
    }
}

impl Network {
    /// Closes the network of `route`.
    pub(super) fn of(
        problem: &Problem,
        v: VehicleIx,
        route: &[Visit],
        limits: &mut Limits,
    ) -> Self {
        limits.collect(problem, v, route, None);
        let nodes = limits.nodes;
        let most = closed(limits, None);
        let holds = !limits.impossible && (0..nodes).all(|n| most[n * nodes + n] >= -EPSILON);
        let is_break = |at: usize| matches!(route.get(at), Some(Visit::Break(_)));
        let unbroken = (0..route.len())
            .filter(|&at| is_break(at) && !is_break(at + 1))
            .map(|at| (at + 2, closed(limits, Some(at + 2))))
            .collect();
        let mut network = Self { nodes, most, unbroken, holds, ..Self::default() };
        network.set_rims();
        network.lay_out(problem, v, route);
        network
    }

    fn lay_out(&mut self, problem: &Problem, v: VehicleIx, route: &[Visit]) {
        let vehicle = &problem.vehicles[v as usize];
        let dimensions = problem.dimensions();
        self.places.extend([vehicle.start, vehicle.start]);
        self.services.extend([0.0, 0.0]);
        self.loads.resize(2 * dimensions, 0);
        for &visit in route {
            let node = self.places.len();
            let here = visit.stop(problem).map_or(self.places[node - 1], |stop| stop.place);
            self.places.push(here);
            self.services.push(service_of(problem, v, visit));
            for dimension in 0..dimensions {
                let before = self.loads[(node - 1) * dimensions + dimension];
                self.loads.push(match visit {
                    Visit::Pickup(r) => {
                        before + u32::from(problem.requests[r as usize].load[dimension])
                    }
                    Visit::Dropoff(r) => {
                        before - u32::from(problem.requests[r as usize].load[dimension])
                    }
                    Visit::Break(_) => before,
                });
            }
        }
        self.look_ahead(problem, v, route);
        let last = self.places[self.places.len() - 1];
        self.places.push(vehicle.end.unwrap_or(last));
        self.services.push(0.0);
        self.loads.extend(std::iter::repeat_n(0, dimensions));
    }

    /// Finds the next stop behind each node but the end, the last first.
    fn look_ahead(&mut self, problem: &Problem, v: VehicleIx, route: &[Visit]) {
        let unknown = f64::NEG_INFINITY;
        let place = problem.vehicles[v as usize].end;
        let end = Beyond { place, way: 0.0, release: unknown, opens: unknown };
        self.beyond = vec![end; self.places.len()];
        let mut next = end;
        for node in (START..self.places.len()).rev() {
            let here = self.places[node];
            next.way = next.place.map_or(0.0, |place| problem.matrix.time(here, place));
            self.beyond[node] = next;
            if node > START && !matches!(route[node - 2], Visit::Break(_)) {
                next = Beyond::of(problem, route[node - 2], end);
            }
        }
    }

    /// The most that the time of `to` can be after that of `from`.
    pub(super) fn most(&self, from: usize, to: usize) -> f64 {
        self.most[from * self.nodes + to]
    }

    /// The node of the end.
    pub(super) fn end(&self) -> usize {
        self.nodes - 1
    }

    /// The earliest the vehicle can be at a node.
    pub(super) fn earliest(&self, node: usize) -> f64 {
        self.rims[node][0]
    }

    /// The latest it may be there.
    pub(super) fn latest(&self, node: usize) -> f64 {
        self.rims[node][1]
    }

    /// The most that the next node can be after this one.
    pub(super) fn room(&self, node: usize) -> f64 {
        self.rims[node][2]
    }

    fn set_rims(&mut self) {
        let nodes = self.nodes;
        let rim = |node: usize| {
            let next = (node + 1).min(nodes - 1);
            [-self.most(node, ZERO), self.most(ZERO, node), self.most(node, next)]
        };
        self.rims = (0..nodes).map(rim).collect();
    }

    /// The shortest time from leaving the start to being at the end.
    pub(super) fn shortest(&self) -> f64 {
        -self.most(self.end(), START)
    }

    /// Adds that `node` is not before `time`. `O(visits²)`, nothing if that was known.
    pub(super) fn delay(&mut self, node: usize, time: f64) {
        if self.earliest(node) >= time - EPSILON {
            return;
        }
        let nodes = self.nodes;
        let all = self.unbroken.iter_mut().map(|(_, most)| most);
        for most in all.chain([&mut self.most]) {
            add(most, nodes, [node, ZERO], -time);
        }
        self.holds &= (0..nodes).all(|n| self.most[n * nodes + n] >= -EPSILON);
        self.set_rims();
    }

    /// The network seen by somebody who gets out just before `node`, at a place from where the next
    /// stop is `way` away: another one only where `node` is a break.
    pub(super) fn left_at(&self, node: usize, way: f64) -> View<'_> {
        let Some((pause, most)) = self.unbroken.iter().find(|(pause, _)| *pause >= node) else {
            return self.view();
        };
        let takes = self.services[*pause] + way;
        View { most, nodes: self.nodes, moved: Some((*pause, takes)) }
    }

    /// The network as it is.
    pub(super) fn view(&self) -> View<'_> {
        View { most: &self.most, nodes: self.nodes, moved: None }
    }
}

/// A closed network, perhaps with a break at another place.
#[derive(Clone, Copy)]
pub(super) struct View<'a> {
    most: &'a [f64],
    nodes: usize,
    /// The last break of a run, and how long it and the way on from there take.
    moved: Option<(usize, f64)>,
}

impl View<'_> {
    /// The most that the time of `to` can be after that of `from`.
    pub(super) fn most(&self, from: usize, to: usize) -> f64 {
        let most = |from: usize, to: usize| self.most[from * self.nodes + to];
        match self.moved {
            None => most(from, to),
            Some((pause, takes)) => {
                most(from, to).min(most(from, pause + 1) - takes + most(pause, to))
            }
        }
    }

    /// By how much the break's new place leaves its limits intact.
    pub(super) fn slack(&self) -> f64 {
        let moved = self.moved;
        moved.map_or(0.0, |(pause, takes)| self.most[pause * self.nodes + pause + 1] - takes)
    }
}

/// The closure of all limits, without the way on from one node.
fn closed(limits: &Limits, without: Option<usize>) -> Vec<f64> {
    let nodes = limits.nodes;
    let mut most = vec![f64::INFINITY; nodes * nodes];
    for node in 0..nodes {
        most[node * nodes + node] = 0.0;
    }
    for edge in &limits.edges {
        let (from, to) = (edge.from as usize, edge.to as usize);
        if edge.source == Source::Travel && without == Some(to) {
            continue;
        }
        let cell = &mut most[from * nodes + to];
        *cell = cell.min(edge.weight);
    }
    close(&mut most, nodes);
    most
}

/// Adds a limit to a closure.
fn add(most: &mut [f64], nodes: usize, [from, to]: [usize; 2], weight: f64) {
    let on: Vec<f64> = most[to * nodes..][..nodes].to_vec();
    for row in most.chunks_exact_mut(nodes) {
        let reached = row[from] + weight;
        if reached < f64::INFINITY {
            for (cell, on) in row.iter_mut().zip(&on) {
                *cell = cell.min(reached + on);
            }
        }
    }
}

/// Floyd-Warshall.
fn close(most: &mut [f64], nodes: usize) {
    let mut through = vec![0.0; nodes];
    for middle in 0..nodes {
        through.copy_from_slice(&most[middle * nodes..][..nodes]);
        for row in most.chunks_exact_mut(nodes) {
            let reached = row[middle];
            if reached < f64::INFINITY {
                for (cell, on) in row.iter_mut().zip(&through) {
                    *cell = cell.min(reached + on);
                }
            }
        }
    }
}
