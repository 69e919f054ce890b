//! Where the search starts: who is aboard gets a drop-off, a plan that is given is taken over as far
//! as it holds, the rest goes where it costs least.

use super::{search::Search, state::NOBODY};
use crate::{
    Plan, VehicleIx,
    route::{NodeIx, VISITS},
};

/// Orders of the drop-offs of those aboard that are tried.
const ORDERS: u32 = 5_000;

impl Search<'_> {
    /// The first plan.
    pub(super) fn construct(&mut self, start: Option<&Plan>) {
        for vehicle in 0..self.net().vehicles() as VehicleIx {
            self.bring_home(vehicle);
        }
        if let Some(start) = start {
            for (vehicle, route) in (0..self.net().vehicles() as VehicleIx).zip(&start.routes) {
                let known = route.iter().filter_map(|visit| self.net().node(vehicle, *visit));
                let nodes = known.collect();
                self.take_over(vehicle, nodes);
            }
            self.drop_half_groups();
        }
        self.state.find_absent();
        self.hot = self.heat();
        self.best = self.state.save();
        self.state.begin();
        if !self.recreate(usize::MAX) {
            self.state.take_back();
        }
        let score = self.state.score();
        self.keep_best(score);
        self.find_movable();
    }

    /// Finds an order for the drop-offs of those whom the vehicle has aboard.
    fn bring_home(&mut self, vehicle: VehicleIx) {
        let net = self.net();
        let frozen = net.frozen(vehicle);
        let open = |node: &&NodeIx| net.is_pickup(**node) && !frozen.contains(&(**node + 1));
        let mut aboard: Vec<NodeIx> = frozen.iter().filter(open).map(|node| node + 1).collect();
        if aboard.is_empty() {
            return;
        }
        let due = |node: &NodeIx| {
            let request = &net.problem().requests[(node / VISITS) as usize];
            let promised = request.promise.map_or(f64::INFINITY, |promise| promise.dropoff.latest);
            request.dropoff.window.latest.min(promised)
        };
        aboard.sort_by(|a, b| due(a).total_cmp(&due(b)).then(a.cmp(b)));
        let mut tries = ORDERS;
        if !self.try_orders(vehicle, &mut aboard, 0, &mut tries) {
            self.set_home(vehicle, &aboard);
        }
    }

    /// Tries the orders of `aboard` from `fixed` on, the given one first.
    fn try_orders(
        &mut self,
        vehicle: VehicleIx,
        aboard: &mut [NodeIx],
        fixed: usize,
        tries: &mut u32,
    ) -> bool {
        if fixed + 1 >= aboard.len() {
            *tries = tries.saturating_sub(1);
            return self.set_home(vehicle, aboard);
        }
        for next in fixed..aboard.len() {
            aboard[fixed..=next].rotate_right(1);
            let found = self.try_orders(vehicle, aboard, fixed + 1, tries);
            if found || *tries == 0 {
                return found;
            }
            aboard[fixed..=next].rotate_left(1);
        }
        false
    }

    /// Frozen visits, drop-offs, and the breaks that are left.
    fn set_home(&mut self, vehicle: VehicleIx, dropoffs: &[NodeIx]) -> bool {
        let mut nodes = self.net().frozen(vehicle).to_vec();
        nodes.extend(dropoffs);
        self.net().complete(vehicle, &mut nodes);
        self.state.set(vehicle, &nodes)
    }

    /// Takes over a route as it is, or else request by request what of it holds.
    fn take_over(&mut self, vehicle: VehicleIx, given: Vec<NodeIx>) {
        let net = self.net();
        let before: Vec<NodeIx> = self.state.routes[vehicle as usize].nodes().collect();
        let mut nodes = net.frozen(vehicle).to_vec();
        for node in given {
            let request = node / VISITS;
            let is_free = !net.is_visit(node)
                || before.contains(&node)
                || (self.state.by[request as usize] == NOBODY && net.allowed(request, vehicle));
            if is_free && !nodes.contains(&node) {
                nodes.push(node);
            }
        }
        let lacking = |node: &&NodeIx| net.is_visit(**node) && !nodes.contains(node);
        let lacking: Vec<NodeIx> = before.iter().filter(lacking).copied().collect();
        nodes.extend(lacking);
        net.complete(vehicle, &mut nodes);
        let all = nodes.clone();
        // The other end of a request has the neighbouring number.
        nodes.retain(|node| !net.is_visit(*node) || all.contains(&(node ^ 1)));
        if self.try_set(vehicle, &nodes) {
            return;
        }
        let mut kept = before;
        for pickup in nodes.iter().copied().filter(|node| net.is_pickup(*node)) {
            if !kept.contains(&pickup) {
                let keeps = |node: &NodeIx| kept.contains(node) || node / VISITS == pickup / VISITS;
                let trial: Vec<NodeIx> = nodes.iter().copied().filter(keeps).collect();
                if self.try_set(vehicle, &trial) {
                    kept = trial;
                }
            }
        }
    }

    /// Sets a route to an order if that holds.
    pub(super) fn try_set(&mut self, vehicle: VehicleIx, nodes: &[NodeIx]) -> bool {
        self.state.begin();
        let holds = self.state.set(vehicle, nodes);
        if !holds {
            self.state.take_back();
        }
        holds
    }

    /// Of a way there and its way home both or neither.
    fn drop_half_groups(&mut self) {
        for group in &self.state.groups.all {
            let served = |request: &&u32| self.state.by[**request as usize] != NOBODY;
            let there = group.members.iter().filter(served).count();
            if there > 0 && there < group.members.len() {
                for &request in &group.members {
                    let vehicle = self.state.by[request as usize];
                    self.state.begin();
                    if vehicle != NOBODY && !self.state.remove(vehicle, &[request]) {
                        self.state.take_back();
                    }
                }
            }
        }
    }
}
