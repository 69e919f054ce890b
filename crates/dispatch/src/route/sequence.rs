//! A route: a feasible line of a vehicle's visits, with what it costs.

use super::{
    cost::{Easing, ease, wait_cost},
    line::{Line, Tick, settle},
    net::{Car, NONE, Net, NodeIx, VISITS},
};
use crate::{RequestIx, VehicleIx};

/// Working memory of the tests: one a thread.
#[derive(Debug, Default)]
pub(crate) struct Scratch {
    /// The limits in time of the candidate under test.
    pub(super) ticks: Vec<Tick>,
    /// Index of the pickup of each request aboard, while a line is linked.
    pub(super) at: Vec<u32>,
    pub(super) nodes: Vec<NodeIx>,
    pub(super) easing: Easing,
    /// Per stop of the route: what it costs to visit the drop-off next, and the least from there on.
    pub(super) detours: Vec<(f64, f64)>,
    /// Stops between which somebody is aboard who must not meet the new one.
    pub(super) shunned: Vec<(usize, usize)>,
}

impl Scratch {
    /// For problems of this many requests.
    pub(crate) fn new(requests: usize) -> Self {
        Self { at: vec![NONE; requests], ..Self::default() }
    }
}

/// The visits of a vehicle in order; always feasible but for what facts have made impossible.
#[derive(Clone, Debug)]
pub(crate) struct Route {
    pub(super) vehicle: VehicleIx,
    pub(super) line: Line,
    /// Requests on it.
    requests: u32,
    /// Weighted distance, times, use and change.
    cost: f64,
    /// What of the cost is its times'.
    pub(super) time_cost: f64,
    /// What of that is waiting.
    pub(super) wait_cost: f64,
    /// Whether its frozen part does not hold as it is, because facts have broken a limit or because
    /// somebody aboard has no drop-off yet: then nothing is added to it.
    pub(super) broken: bool,
}

impl Route {
    /// What the vehicle does with no request beyond its frozen ones. `O(visits)`.
    pub(crate) fn empty(net: &Net<'_>, vehicle: VehicleIx, scratch: &mut Scratch) -> Self {
        let mut route = Self {
            vehicle,
            line: Line::default(),
            requests: 0,
            cost: 0.0,
            time_cost: 0.0,
            wait_cost: 0.0,
            broken: false,
        };
        let car = &net.cars[vehicle as usize];
        let mut nodes = car.frozen.clone();
        net.complete(vehicle, &mut nodes);
        let holds = route.set(net, &nodes, scratch);
        route.broken = !holds && !car.frozen.is_empty();
        route
    }

    /// Makes this the route of `nodes`, breaks included. False, and the route is unusable until the
    /// next call that succeeds, where a limit is broken. `O(visits)` and a settling.
    pub(crate) fn set(&mut self, net: &Net<'_>, nodes: &[NodeIx], scratch: &mut Scratch) -> bool {
        self.line.lay(net, self.vehicle, nodes);
        let car = &net.cars[self.vehicle as usize];
        let linked = self.line.link(net, car, &mut scratch.at);
        let in_time = self.line.clock();
        let mut holds = linked && in_time;
        if !car.plain {
            self.line.measure_room();
            holds = holds && settle(&mut self.line.ticks);
        }
        self.broken &= !holds;
        self.requests = nodes.iter().filter(|node| net.is_pickup(**node)).count() as u32;
        self.cost = 0.0;
        (self.time_cost, self.wait_cost) = (0.0, 0.0);
        if self.requests > 0 {
            self.cost = self.untimed_cost(net, car);
            if net.timed && holds {
                self.time_cost = ease(&mut self.line.ticks, &net.weights, &mut scratch.easing);
                self.cost += self.time_cost;
                self.wait_cost = wait_cost(&self.line.ticks, &net.weights);
            }
        }
        holds
    }

    fn untimed_cost(&self, net: &Net<'_>, car: &Car) -> f64 {
        let mut cost = net.weights.distance * self.line.distance + car.fixed_cost;
        if net.weights.change > 0.0 {
            let changed =
                self.requests(net).filter(|&request| net.changes(request, self.vehicle)).count();
            cost += net.weights.change * changed as f64;
        }
        cost
    }

    /// Becomes the same as `other`, in the memory it has.
    pub(crate) fn copy_from(&mut self, other: &Self) {
        let mut line = std::mem::take(&mut self.line);
        line.stops.clone_from(&other.line.stops);
        line.ticks.clone_from(&other.line.ticks);
        line.loads.clone_from(&other.line.loads);
        line.distance = other.line.distance;
        *self = Self { line, ..*other };
    }

    /// Whose route it is.
    pub(crate) fn vehicle(&self) -> VehicleIx {
        self.vehicle
    }

    /// Weighted distance, times, use and change; nothing while it has no request.
    pub(crate) fn cost(&self) -> f64 {
        self.cost
    }

    /// Whether it has a request.
    pub(crate) fn is_used(&self) -> bool {
        self.requests > 0
    }

    /// How many requests it has.
    pub(crate) fn len(&self) -> usize {
        self.requests as usize
    }

    /// Its visits in order, breaks included.
    pub(crate) fn nodes(&self) -> impl DoubleEndedIterator<Item = NodeIx> + ExactSizeIterator + '_ {
        self.line.stops[1..self.line.stops.len() - 1].iter().map(|stop| stop.node)
    }

    /// Its requests in order of pickup.
    pub(crate) fn requests(&self, net: &Net<'_>) -> impl Iterator<Item = RequestIx> {
        self.nodes().filter(|node| net.is_pickup(*node)).map(|node| node / VISITS)
    }

    /// Takes requests out. False where what is left does not hold, which only a matrix without the
    /// triangle inequality brings about; the route must then be set anew.
    pub(crate) fn remove(
        &mut self,
        net: &Net<'_>,
        requests: &[RequestIx],
        scratch: &mut Scratch,
    ) -> bool {
        let mut nodes = std::mem::take(&mut scratch.nodes);
        nodes.clear();
        let stays = |node: &NodeIx| !net.is_visit(*node) || !requests.contains(&(node / VISITS));
        nodes.extend(self.nodes().filter(stays));
        let holds = self.set(net, &nodes, scratch);
        scratch.nodes = nodes;
        holds
    }
}
