//! The closed network of one route: how far apart any two of its times may be.
//!
//! With it, whether one more request fits between two given pairs of visits is decided in constant
//! time and exactly, longest rides of everybody aboard included: the pickup and the drop-off meet the
//! rest of the route only through four nodes, and [`Network::most`] already holds the tightest limit
//! between any two of them. `O(visits³)` to close, once whenever the route changes, `O(visits²)` to
//! move its `not_before` on; after Dechter, Meiri & Pearl 1991 and, for the insertion of two nodes,
//! Firat & Woeginger, *Operations Research Letters* 39, 2011.
//!
//! Invariant: `most(a, b)` is the largest `t[b] - t[a]` of all times that keep the route's limits.

use crate::{
    Problem, VehicleIx, Visit,
    planner::limits::{EPSILON, Limits, START, ZERO, window_of},
};

/// The closed network of one route, and what is aboard along it.
#[derive(Clone, Debug, Default)]
pub(super) struct Network {
    nodes: usize,
    most: Vec<f64>,
    /// Where the vehicle is at each node; 0 stands for nowhere.
    pub(super) places: Vec<u32>,
    /// How long each node takes.
    pub(super) services: Vec<f64>,
    /// What is aboard after each node, `dimensions` numbers a node.
    pub(super) loads: Vec<u32>,
    /// Whether the limits can hold together.
    pub(super) holds: bool,
}

impl Network {
    /// Closes the network of `route`.
    pub(super) fn of(problem: &Problem, v: VehicleIx, route: &[Visit], limits: &mut Limits) -> Self {
        limits.collect(problem, v, route, None);
        let nodes = limits.nodes;
        let mut most = vec![f64::INFINITY; nodes * nodes];
        for node in 0..nodes {
            most[node * nodes + node] = 0.0;
        }
        for edge in &limits.edges {
            let cell = &mut most[edge.from as usize * nodes + edge.to as usize];
            *cell = cell.min(edge.weight);
        }
        close(&mut most, nodes);
        let holds = !limits.impossible && (0..nodes).all(|n| most[n * nodes + n] >= -EPSILON);
        let mut network = Self { nodes, most, holds, ..Self::default() };
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
            self.services.push(window_of(problem, v, visit).1);
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
        let last = self.places[self.places.len() - 1];
        self.places.push(vehicle.end.unwrap_or(last));
        self.services.push(0.0);
        self.loads.extend(std::iter::repeat_n(0, dimensions));
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
        -self.most(node, ZERO)
    }

    /// The latest it may be there.
    pub(super) fn latest(&self, node: usize) -> f64 {
        self.most(ZERO, node)
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
        let from_zero: Vec<f64> = self.most[..nodes].to_vec();
        for from in 0..nodes {
            let reached = self.most[from * nodes + node] - time;
            if reached == f64::INFINITY {
                continue;
            }
            for (to, cell) in self.most[from * nodes..][..nodes].iter_mut().enumerate() {
                *cell = cell.min(reached + from_zero[to]);
            }
        }
        self.holds &= (0..nodes).all(|n| self.most[n * nodes + n] >= -EPSILON);
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
