//! One vehicle of the plan: what it does, when, what that costs, and its closed network.

use crate::{
    Matrix, Objective, Problem, Route, VehicleIx, Visit, Window,
    oracle::is_used,
    planner::{limits::Limits, network::Network},
    schedule::{self, RouteTimes, Times},
};

/// One vehicle of the plan.
#[derive(Clone, Debug, Default)]
pub(super) struct Slot {
    /// What it does; of an unused vehicle what is frozen and its breaks, so that the first request
    /// finds them there.
    pub(super) visits: Route,
    pub(super) network: Network,
    pub(super) times: Times,
    pub(super) cost: f64,
    /// How much of the cost is more than what the network alone shows it must be.
    pub(super) excess: f64,
}

impl Slot {
    /// Lays out a route. `O(visits³)`.
    pub(super) fn of(
        problem: &Problem,
        v: VehicleIx,
        mut visits: Route,
        limits: &mut Limits,
    ) -> Self {
        if !is_used(&visits) {
            visits = skeleton(problem, v);
        }
        let network = Network::of(problem, v, &visits, limits);
        let mut slot = Self { visits, network, ..Self::default() };
        slot.times = slot.plain_times();
        if slot.network.holds && slot.is_used() {
            if let Some((cost, times)) = price(problem, v, &slot.visits) {
                (slot.cost, slot.times) = (cost, slot.exactly(&times));
            } else {
                slot.network.holds = false;
            }
            slot.excess = (slot.cost - slot.floor(problem, v)).max(0.0);
        }
        slot
    }

    pub(super) fn is_used(&self) -> bool {
        is_used(&self.visits)
    }

    /// What the plan says of this vehicle: only what is frozen, if it is not used.
    pub(super) fn route(&self, problem: &Problem, v: VehicleIx) -> Route {
        if self.is_used() { self.visits.clone() } else { frozen(problem, v) }
    }

    /// The least that any times of this order can cost, by the network alone.
    fn floor(&self, problem: &Problem, v: VehicleIx) -> f64 {
        let distance = self.distance(problem, v);
        let Objective::Weighted(weights) = problem.objective else { return distance };
        let mut aboard = 0.0;
        for (at, &visit) in self.visits.iter().enumerate() {
            let Visit::Dropoff(r) = visit else { continue };
            let pickup = self.visits[..at].iter().rposition(|&other| other == Visit::Pickup(r));
            if let Some(pickup) = pickup {
                aboard -= self.network.most(at + 2, pickup + 2);
                aboard -= problem.requests[r as usize].pickup.service;
            }
        }
        problem.vehicles[v as usize].fixed_cost
            + weights.distance * distance
            + weights.vehicle_time * self.network.shortest()
            + weights.aboard * aboard
    }

    /// How long the way to a visit is.
    pub(super) fn way_to(&self, matrix: &Matrix, at: usize) -> f64 {
        let places = &self.network.places;
        match self.visits[at] {
            Visit::Break(_) => 0.0,
            Visit::Pickup(_) | Visit::Dropoff(_) => matrix.time(places[at + 1], places[at + 2]),
        }
    }

    /// The length of the whole way.
    pub(super) fn distance(&self, problem: &Problem, v: VehicleIx) -> f64 {
        let places = &self.network.places[1..];
        let free_end = problem.vehicles[v as usize].end.is_none();
        // A break stays where it is, whatever the matrix says of the way from a place to itself.
        places
            .windows(2)
            .enumerate()
            .filter(|&(at, _)| match self.visits.get(at) {
                Some(Visit::Break(_)) => false,
                Some(_) => true,
                None => !free_end,
            })
            .map(|(_, leg)| problem.matrix.distance(leg[0], leg[1]))
            .sum()
    }

    /// Those times, moved by what they are off by: facts and promises are made of them.
    fn exactly(&self, times: &Times) -> Times {
        let (network, end) = (&self.network, self.network.end());
        let mut exact = vec![0.0; end + 1];
        let rough = std::iter::once(times.start).chain(times.begins.iter().copied());
        for (node, time) in (1..).zip(rough.chain([times.end])) {
            let mut window = Window::ALWAYS;
            for (before, &set) in exact[..node].iter().enumerate() {
                window = window.and(Window {
                    earliest: set - network.most(node, before),
                    latest: set + network.most(before, node),
                });
            }
            exact[node] = time.max(window.earliest).min(window.latest);
        }
        Times { start: exact[1], begins: exact[2..end].to_vec(), end: exact[end] }
    }

    /// The earliest times, for a route that costs nothing or cannot be driven.
    fn plain_times(&self) -> Times {
        let end = self.network.end();
        let mut begins: Vec<f64> = (1..=end).map(|node| self.network.earliest(node)).collect();
        let (start, last) = (begins.remove(0), begins.pop().unwrap_or_default());
        Times { start, begins, end: last }
    }
}

/// What is frozen of a vehicle's route.
pub(super) fn frozen(problem: &Problem, v: VehicleIx) -> Route {
    problem.vehicles[v as usize].frozen.iter().map(|done| done.visit).collect()
}

/// What an unused vehicle's route is, so that the first request finds its breaks.
pub(super) fn skeleton(problem: &Problem, v: VehicleIx) -> Route {
    let vehicle = &problem.vehicles[v as usize];
    let mut route = frozen(problem, v);
    for b in 0..vehicle.breaks.len() as u32 {
        if !route.contains(&Visit::Break(b)) {
            route.push(Visit::Break(b));
        }
    }
    route
}

/// What a used vehicle's order of visits costs at the best times, and those; none without times.
pub(super) fn price(problem: &Problem, v: VehicleIx, route: &[Visit]) -> Option<(f64, Times)> {
    let edges = crate::oracle::edges(problem, v, route).ok()?;
    let times = schedule::best_times(problem, v, route, &edges);
    let costs = RouteTimes::new(problem, &[], v, route, times.clone()).costs;
    Some((costs.total(), times))
}
