//! The compact form of a problem: nodes, requests and vehicles in arrays, limits merged.
//!
//! Node `2r` is the pickup of request `r`, `2r + 1` its drop-off; the breaks of all vehicles follow.
//! Travel times are read from the problem's own matrix: a stop of a route holds its place, so that a
//! look-up is one load, and ten thousand places need no second copy.

mod build;

use crate::{
    Limit, Matrix, Objective, PlaceIx, Problem, RequestIx, VehicleIx, Visit, Weights, Window,
};

/// Which node: `2r`, `2r + 1`, or a break after them.
pub(crate) type NodeIx = u32;

/// What is at no place: an end that is wherever the last visit is.
pub(super) const NOWHERE: PlaceIx = PlaceIx::MAX;
/// No request, vehicle, node or index.
pub(super) const NONE: u32 = u32::MAX;
/// What a limit may be missed by; below [`crate::TOLERANCE`], so that sums of many stay within it.
pub(crate) const EPSILON: f64 = 1e-7;

/// Loads per dimension, the rest zero.
pub(super) type Load = [u16; Limit::DIMENSIONS];

/// What is the same of a node on any vehicle.
#[derive(Clone, Copy, Debug)]
pub(super) struct Node {
    /// [`NOWHERE`] for a break.
    pub place: PlaceIx,
    pub window: Window,
    pub service: f64,
    /// Nobody sets out to it before.
    pub gate: f64,
    /// From the begin of the pickup's service to the begin of the drop-off's.
    pub ride: f64,
    /// It has begun, at the one moment of its window.
    pub past: bool,
}

/// What is the same of a request on any vehicle, beside its nodes.
#[derive(Clone, Copy, Debug)]
pub(super) struct Rider {
    pub load: Load,
    pub skills: u64,
    pub pinned: u32,
    /// Who serves it in the plan in force.
    pub present: u32,
}

/// What a vehicle has, in compact form.
#[derive(Clone, Debug)]
pub(super) struct Car {
    pub start: PlaceIx,
    pub end: PlaceIx,
    pub shift: Window,
    pub max_duration: f64,
    pub seats: Vec<Load>,
    /// The most of the first dimension in any configuration.
    pub most: u32,
    pub skills: u64,
    pub fixed_cost: f64,
    pub not_before: f64,
    /// Nodes of the frozen visits.
    pub frozen: Vec<NodeIx>,
    /// All its breaks, as nodes.
    pub breaks: std::ops::Range<NodeIx>,
    /// Vehicles of one class can stand in for each other while empty.
    pub class: u32,
    /// Windows and first-dimension loads are all there is to hold.
    pub plain: bool,
}

/// A problem in compact form.
pub(crate) struct Net<'a> {
    pub(super) problem: &'a Problem,
    pub(super) seconds: &'a [f64],
    pub(super) metres: &'a [f64],
    places: usize,
    pub(super) nodes: Vec<Node>,
    pub(super) riders: Vec<Rider>,
    pub(super) cars: Vec<Car>,
    /// Who must not ride with whom, both ways.
    pub(super) apart: Vec<Vec<RequestIx>>,
    pub(super) dimensions: usize,
    pub(super) weights: Weights,
    pub(super) timed: bool,
}

/// Two nodes a request.
pub(crate) const VISITS: u32 = 2;

impl<'a> Net<'a> {
    /// The compact form. `O(requests + vehicles)`, the matrix is borrowed.
    pub(crate) fn new(problem: &'a Problem) -> Self {
        let weights = match problem.objective {
            Objective::Weighted(weights) => weights,
            Objective::VehiclesThenDistance | Objective::Distance => {
                Weights { distance: 1.0, ..Weights::default() }
            }
        };
        let timed = weights.vehicle_time + weights.aboard + weights.waiting_aboard > 0.0;
        let Matrix { places, seconds, metres } = &problem.matrix;
        let mut net = Self {
            problem,
            seconds,
            metres: if metres.is_empty() { seconds } else { metres },
            places: *places,
            nodes: Vec::with_capacity(problem.requests.len() * 2),
            riders: Vec::with_capacity(problem.requests.len()),
            cars: Vec::with_capacity(problem.vehicles.len()),
            apart: vec![Vec::new(); problem.requests.len()],
            dimensions: problem.dimensions(),
            weights,
            timed,
        };
        for &(a, b) in &problem.apart {
            net.apart[a as usize].push(b);
            net.apart[b as usize].push(a);
        }
        net.add_requests();
        net.add_vehicles();
        net
    }

    /// The problem itself.
    pub(crate) fn problem(&self) -> &'a Problem {
        self.problem
    }

    /// Whether times cost anything.
    pub(crate) fn is_timed(&self) -> bool {
        self.timed
    }

    /// How many vehicles there are.
    pub(crate) fn vehicles(&self) -> usize {
        self.cars.len()
    }

    /// How many requests there are.
    pub(crate) fn requests(&self) -> usize {
        self.riders.len()
    }

    /// Which vehicles stand in for each other while empty: the same number is the same kind.
    pub(crate) fn class(&self, vehicle: VehicleIx) -> u32 {
        self.cars[vehicle as usize].class
    }

    /// The frozen visits a vehicle's route begins with.
    pub(crate) fn frozen(&self, vehicle: VehicleIx) -> &[NodeIx] {
        &self.cars[vehicle as usize].frozen
    }

    /// The visit a node is.
    pub(crate) fn visit(&self, vehicle: VehicleIx, node: NodeIx) -> Visit {
        if self.is_visit(node) {
            let request = node / VISITS;
            if node.is_multiple_of(VISITS) {
                Visit::Pickup(request)
            } else {
                Visit::Dropoff(request)
            }
        } else {
            Visit::Break(node - self.cars[vehicle as usize].breaks.start)
        }
    }

    /// The node a visit of a vehicle is; none where there is no such visit.
    pub(crate) fn node(&self, vehicle: VehicleIx, visit: Visit) -> Option<NodeIx> {
        match visit {
            Visit::Pickup(r) | Visit::Dropoff(r) if r as usize >= self.requests() => None,
            Visit::Pickup(r) => Some(r * VISITS),
            Visit::Dropoff(r) => Some(r * VISITS + 1),
            Visit::Break(b) => self.cars[vehicle as usize].breaks.clone().nth(b as usize),
        }
    }

    /// Adds the breaks that an order of the vehicle's visits lacks.
    pub(crate) fn complete(&self, vehicle: VehicleIx, nodes: &mut Vec<NodeIx>) {
        for pause in self.cars[vehicle as usize].breaks.clone() {
            if !nodes.contains(&pause) {
                nodes.push(pause);
            }
        }
    }

    /// The only vehicle that may serve a request, if it is pinned.
    pub(crate) fn pinned(&self, request: RequestIx) -> Option<VehicleIx> {
        Some(self.riders[request as usize].pinned).filter(|pinned| *pinned != NONE)
    }

    /// Whether the vehicle has what the request needs, before any question of time or place.
    pub(crate) fn allowed(&self, request: RequestIx, vehicle: VehicleIx) -> bool {
        let (rider, car) = (&self.riders[request as usize], &self.cars[vehicle as usize]);
        rider.skills & !car.skills == 0
            && (rider.pinned == NONE || rider.pinned == vehicle)
            && self.fits(car, &rider.load)
    }

    /// Whether a node is a request's pickup.
    pub(crate) fn is_pickup(&self, node: NodeIx) -> bool {
        node.is_multiple_of(VISITS) && self.is_visit(node)
    }

    /// Whether a node is an end of a request, not a break.
    pub(crate) fn is_visit(&self, node: NodeIx) -> bool {
        (node as usize) < self.riders.len() * VISITS as usize
    }

    /// Whether serving the request with this vehicle departs from the plan in force.
    pub(super) fn changes(&self, request: RequestIx, vehicle: VehicleIx) -> bool {
        let present = self.riders[request as usize].present;
        present != NONE && present != vehicle
    }

    pub(super) fn is_break(&self, node: NodeIx) -> bool {
        self.nodes.get(node as usize).is_some_and(|node| node.place == NOWHERE)
    }

    /// Adds a request to what is aboard; says whether all fit and may meet.
    pub(super) fn board(&self, car: &Car, request: RequestIx, load: &mut Load, at: &[u32]) -> bool {
        let mut holds = true;
        for (sum, more) in load.iter_mut().zip(&self.riders[request as usize].load) {
            let (total, over) = sum.overflowing_add(*more);
            holds &= !over;
            *sum = if over { u16::MAX } else { total };
        }
        let mut shunned = self.apart[request as usize].iter();
        holds && self.fits(car, load) && shunned.all(|other| at[*other as usize] == NONE)
    }

    /// Takes a request off what is aboard.
    pub(super) fn alight(&self, request: RequestIx, load: &mut Load) {
        for (sum, less) in load.iter_mut().zip(&self.riders[request as usize].load) {
            *sum = sum.saturating_sub(*less);
        }
    }

    pub(super) fn fits(&self, car: &Car, load: &Load) -> bool {
        if self.dimensions <= 1 {
            return !car.seats.is_empty() && u32::from(load[0]) <= car.most;
        }
        car.seats.iter().any(|seats| load.iter().zip(seats).all(|(load, seats)| load <= seats))
    }

    pub(super) fn time(&self, from: PlaceIx, to: PlaceIx) -> f64 {
        if to == NOWHERE { 0.0 } else { self.seconds[from as usize * self.places + to as usize] }
    }

    pub(super) fn distance(&self, from: PlaceIx, to: PlaceIx) -> f64 {
        if to == NOWHERE { 0.0 } else { self.metres[from as usize * self.places + to as usize] }
    }
}
