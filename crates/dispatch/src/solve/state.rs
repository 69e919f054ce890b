//! A plan in the making: routes, who is where, who is left out; changes that can be taken back.

use super::groups::{GroupIx, Groups};
use crate::{
    Objective, Plan, Progress, RequestIx, VehicleIx,
    route::{Net, NodeIx, Route, Scratch, VISITS},
};

/// Nobody serves it.
pub(super) const NOBODY: VehicleIx = VehicleIx::MAX;

/// How good a plan is; the lesser the better, in this order.
#[derive(Clone, Copy, Debug, PartialEq, PartialOrd)]
pub(super) struct Score {
    /// Weight of those left out without a price.
    pub missing: u128,
    /// Vehicles, where they come before the cost.
    pub vehicles: usize,
    /// Of the routes, and the prices of those left out.
    pub cost: f64,
}

impl Score {
    /// Better by more than rounding.
    pub(super) fn beats(&self, other: &Self) -> bool {
        (self.missing, self.vehicles) < (other.missing, other.vehicles)
            || ((self.missing, self.vehicles) == (other.missing, other.vehicles)
                && self.cost < other.cost - 1e-9 * other.cost.abs().max(1.0))
    }
}

/// A whole plan put aside: the orders of the routes that are used.
#[derive(Clone, Debug)]
pub(super) struct Saved {
    pub routes: Vec<(VehicleIx, Vec<NodeIx>)>,
    pub score: Score,
}

/// A plan in the making.
pub(super) struct State<'a> {
    pub net: &'a Net<'a>,
    pub groups: &'a Groups,
    pub routes: Vec<Route>,
    /// Names the present order of each route: the same number, the same order.
    pub stamps: Vec<u64>,
    next_stamp: u64,
    /// Who serves each request.
    pub by: Vec<VehicleIx>,
    /// Groups that are left out.
    pub absent: Vec<GroupIx>,
    /// Vehicles with a request, in no order that means anything.
    pub used: Vec<VehicleIx>,
    place_in_used: Vec<u32>,
    pub scratch: Scratch,
    /// What the routes touched since [`State::begin`] were before.
    before: Vec<(VehicleIx, u64, Route)>,
    absent_before: Vec<GroupIx>,
    touched: Vec<u64>,
    change: u64,
    spare: Vec<Route>,
    nodes: Vec<NodeIx>,
}

impl<'a> State<'a> {
    /// Only what is frozen.
    pub(super) fn new(net: &'a Net<'a>, groups: &'a Groups) -> Self {
        let mut scratch = Scratch::new(net.requests());
        let vehicles = net.vehicles();
        let routes = (0..vehicles as VehicleIx)
            .map(|vehicle| Route::empty(net, vehicle, &mut scratch))
            .collect();
        let mut state = Self {
            net,
            groups,
            routes,
            stamps: (0..vehicles as u64).collect(),
            next_stamp: vehicles as u64,
            by: vec![NOBODY; net.requests()],
            absent: Vec::new(),
            used: Vec::new(),
            place_in_used: vec![NOBODY; vehicles],
            scratch,
            before: Vec::new(),
            absent_before: Vec::new(),
            touched: vec![0; vehicles],
            change: 0,
            spare: Vec::new(),
            nodes: Vec::new(),
        };
        for vehicle in 0..vehicles as VehicleIx {
            state.note(vehicle);
        }
        state.absent = (0..groups.all.len() as GroupIx)
            .filter(|group| !groups.all[*group as usize].members.is_empty())
            .collect();
        state
    }

    /// How good it is. `O(vehicles used + groups left out)`.
    pub(super) fn score(&self) -> Score {
        let group = |group: &GroupIx| &self.groups.all[*group as usize];
        let routes = self.used.iter().map(|v| self.routes[*v as usize].cost());
        let prices = self.absent.iter().map(|of| group(of).price);
        Score {
            missing: self.absent.iter().map(|of| group(of).weight).sum(),
            vehicles: match self.net.problem().objective {
                Objective::VehiclesThenDistance => self.used.len(),
                Objective::Distance | Objective::Weighted(_) => 0,
            },
            cost: routes.sum::<f64>() + prices.sum::<f64>(),
        }
    }

    /// From here on changes can be taken back.
    pub(super) fn begin(&mut self) {
        self.change += 1;
        self.spare.extend(self.before.drain(..).map(|(_, _, route)| route));
        self.absent_before.clone_from(&self.absent);
    }

    /// Takes back all changes since [`State::begin`].
    pub(super) fn take_back(&mut self) {
        let mut before = std::mem::take(&mut self.before);
        // Whoever was put in leaves; whoever was taken out is noted again by the route they come back to.
        for (vehicle, ..) in &before {
            for request in self.routes[*vehicle as usize].requests(self.net) {
                self.by[request as usize] = NOBODY;
            }
        }
        for (vehicle, stamp, route) in &mut before {
            std::mem::swap(&mut self.routes[*vehicle as usize], route);
            self.stamps[*vehicle as usize] = *stamp;
            self.note(*vehicle);
        }
        self.before = before;
        self.absent.clone_from(&self.absent_before);
        self.begin();
    }

    fn touch(&mut self, vehicle: VehicleIx) {
        let v = vehicle as usize;
        if self.touched[v] != self.change {
            self.touched[v] = self.change;
            let mut route = self.spare.pop().unwrap_or_else(|| self.routes[v].clone());
            route.copy_from(&self.routes[v]);
            self.before.push((vehicle, self.stamps[v], route));
        }
        self.stamps[v] = self.next_stamp;
        self.next_stamp += 1;
    }

    /// Brings `by` and `used` in line with a route.
    fn note(&mut self, vehicle: VehicleIx) {
        let route = &self.routes[vehicle as usize];
        for request in route.requests(self.net) {
            self.by[request as usize] = vehicle;
        }
        let place = self.place_in_used[vehicle as usize];
        if route.is_used() && place == NOBODY {
            self.place_in_used[vehicle as usize] = self.used.len() as u32;
            self.used.push(vehicle);
        } else if !route.is_used() && place != NOBODY {
            self.used.swap_remove(place as usize);
            if let Some(moved) = self.used.get(place as usize) {
                self.place_in_used[*moved as usize] = place;
            }
            self.place_in_used[vehicle as usize] = NOBODY;
        }
    }

    /// Sets a route to an order; false, and it must be taken back, where that does not hold.
    pub(super) fn set(&mut self, vehicle: VehicleIx, nodes: &[NodeIx]) -> bool {
        self.touch(vehicle);
        for request in self.routes[vehicle as usize].requests(self.net) {
            self.by[request as usize] = NOBODY;
        }
        let holds = self.routes[vehicle as usize].set(self.net, nodes, &mut self.scratch);
        self.note(vehicle);
        holds
    }

    /// Carries out an insertion found on the vehicle's present route.
    pub(super) fn insert(
        &mut self,
        request: RequestIx,
        vehicle: VehicleIx,
        at: &crate::route::Insertion,
    ) -> bool {
        self.touch(vehicle);
        let route = &mut self.routes[vehicle as usize];
        let holds = route.insert(self.net, request, at, &mut self.scratch);
        self.note(vehicle);
        holds
    }

    /// Takes requests of one vehicle out; not yet noted as left out. False where the rest does not
    /// hold: then the change must be taken back.
    pub(super) fn remove(&mut self, vehicle: VehicleIx, requests: &[RequestIx]) -> bool {
        for request in requests {
            self.by[*request as usize] = NOBODY;
        }
        let mut nodes = std::mem::take(&mut self.nodes);
        nodes.clear();
        nodes.extend(self.routes[vehicle as usize].nodes().filter(|node| {
            !self.net.is_visit(*node) || self.by[(*node / VISITS) as usize] == vehicle
        }));
        self.touch(vehicle);
        let holds = self.routes[vehicle as usize].set(self.net, &nodes, &mut self.scratch);
        self.nodes = nodes;
        self.note(vehicle);
        holds
    }

    /// Puts the plan aside.
    pub(super) fn save(&self) -> Saved {
        let nodes = |v: &VehicleIx| (*v, self.routes[*v as usize].nodes().collect());
        Saved { routes: self.used.iter().map(nodes).collect(), score: self.score() }
    }

    /// Becomes a plan put aside; cannot be taken back.
    pub(super) fn restore(&mut self, saved: &Saved) {
        self.begin();
        for vehicle in self.used.clone() {
            if !saved.routes.iter().any(|(v, _)| *v == vehicle) {
                self.touch(vehicle);
                let empty = Route::empty(self.net, vehicle, &mut self.scratch);
                self.routes[vehicle as usize] = empty;
                self.note(vehicle);
            }
        }
        self.by.fill(NOBODY);
        for (vehicle, nodes) in &saved.routes {
            if !self.routes[*vehicle as usize].nodes().eq(nodes.iter().copied()) {
                self.touch(*vehicle);
                self.routes[*vehicle as usize].set(self.net, nodes, &mut self.scratch);
            }
            self.note(*vehicle);
        }
        self.find_absent();
        self.begin();
    }

    /// Notes which groups are left out: those of which anybody is.
    pub(super) fn find_absent(&mut self) {
        let is_absent = |group: &GroupIx| {
            let members = &self.groups.all[*group as usize].members;
            members.iter().any(|request| self.by[*request as usize] == NOBODY)
        };
        let absent = (0..self.groups.all.len() as GroupIx).filter(is_absent).collect();
        self.absent = absent;
    }

    /// What it comes to, as callers see it.
    pub(super) fn progress(&self) -> Progress {
        Progress {
            vehicles: self.used.len(),
            cost: self.used.iter().map(|v| self.routes[*v as usize].cost()).sum(),
            unserved: self.by.iter().filter(|by| **by == NOBODY).count(),
        }
    }

    /// The plan, as callers see it.
    pub(super) fn plan(&self) -> Plan {
        let visits = |route: &Route| {
            let vehicle = route.vehicle();
            let keep = |at: usize| route.is_used() || at < self.net.frozen(vehicle).len();
            let nodes = route.nodes().enumerate().filter(|(at, _)| keep(*at));
            nodes.map(|(_, node)| self.net.visit(vehicle, node)).collect()
        };
        Plan { routes: self.routes.iter().map(visits).collect() }
    }
}
