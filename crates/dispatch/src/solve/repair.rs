//! Recreating: those left out go back in, one after another, each where it costs least.
//!
//! Greedy insertion with blinks after Christiaens & Vanden Berghe, *Slack Induction by String
//! Removals*, Transportation Science 54(2), 2020; a blink passes over a whole route instead of one
//! position, so that answers can be kept from step to step.

use std::cmp::Ordering;

use super::{
    groups::GroupIx,
    place::{empty_vehicles, few},
    search::{Key, Search},
    state::NOBODY,
};
use crate::{RequestIx, VehicleIx, route::Insertion};

/// How often a route is passed over.
const BLINK: f64 = 0.02;
/// How often a price is not compared with what serving costs.
const GENEROUS: f64 = 0.1;

impl Search<'_> {
    /// Puts those left out back in as far as they go, with at most `fleet` vehicles used. False where
    /// something failed that must be taken back.
    pub(super) fn recreate(&mut self, fleet: usize) -> bool {
        let mut order = std::mem::take(&mut self.order);
        order.clone_from(&self.state.absent);
        self.sort_absent(&mut order);
        self.state.absent.clear();
        let mut holds = true;
        for (i, &group) in order.iter().enumerate() {
            if !holds || (i > 0 && self.is_spent()) {
                self.state.absent.extend_from_slice(&order[i..]);
                break;
            }
            match self.place_group(group, fleet) {
                Some(true) => {}
                Some(false) => self.state.absent.push(group),
                None => {
                    holds = false;
                    self.state.absent.push(group);
                }
            }
        }
        self.order = order;
        holds
    }

    /// In one of a few orders, by chance.
    fn sort_absent(&mut self, order: &mut [GroupIx]) {
        self.rng.shuffle(order);
        let key = |group: &GroupIx| self.keys[*group as usize];
        let by: Option<fn(&Key, &Key) -> Ordering> = match self.rng.u8(..12) {
            0..4 => None,
            4..6 => Some(|a, b| b.load.cmp(&a.load)),
            6..8 => Some(|a, b| b.far.total_cmp(&a.far)),
            8 => Some(|a, b| a.far.total_cmp(&b.far)),
            9..11 => Some(|a, b| a.slack.total_cmp(&b.slack)),
            _ => Some(|a, b| a.begin.total_cmp(&b.begin)),
        };
        if let Some(by) = by {
            order.sort_by(|a, b| by(&key(a), &key(b)));
        }
        // Those without a price, and of higher priority, never make way for others.
        if self.has_ranks {
            let groups = &self.state.groups.all;
            order.sort_by(|a, b| groups[*b as usize].weight.cmp(&groups[*a as usize].weight));
        }
    }

    /// Places a group as a whole where it costs least; none where a failure must be taken back.
    pub(super) fn place_group(&mut self, group: GroupIx, fleet: usize) -> Option<bool> {
        let groups = self.state.groups;
        let group = &groups.all[group as usize];
        let (mut cost, mut placed) = (0.0, 0);
        for &request in &group.members {
            if self.state.by[request as usize] != NOBODY {
                continue;
            }
            let Some((vehicle, at)) = self.best_place(request, fleet) else { break };
            cost += at.delta;
            if !self.state.insert(request, vehicle, &at) {
                return None;
            }
            placed += 1;
        }
        let is_too_dear = group.weight == 0 && cost >= group.price && self.rng.f64() >= GENEROUS;
        let whole = group.members.iter().all(|r| self.state.by[*r as usize] != NOBODY);
        if whole && !is_too_dear {
            return Some(true);
        }
        if placed > 0 {
            for &request in &group.members {
                let vehicle = self.state.by[request as usize];
                if vehicle != NOBODY && !self.state.remove(vehicle, &[request]) {
                    return None;
                }
            }
        }
        Some(false)
    }

    /// Where a request costs least, over the routes in use and, within `fleet`, one more.
    fn best_place(&mut self, request: RequestIx, fleet: usize) -> Option<(VehicleIx, Insertion)> {
        let mut vehicles = std::mem::take(&mut self.trying);
        vehicles.clear();
        if let Some(pinned) = self.net().pinned(request) {
            let is_open = self.state.routes[pinned as usize].is_used();
            let may_open = self.state.used.len() < fleet;
            vehicles.push(pinned);
            let best = if is_open || may_open { self.best_of(request, &vehicles) } else { None };
            self.trying = vehicles;
            return best;
        }
        self.choose_routes(request, &mut vehicles);
        let mut best = self.best_of(request, &vehicles);
        if best.is_none() && self.state.used.len() > few(self.net().is_timed()) {
            vehicles.clone_from(&self.state.used);
            best = self.best_of(request, &vehicles);
        }
        if self.state.used.len() < fleet && (best.is_none() || !self.vehicles_first) {
            vehicles.clear();
            empty_vehicles(&self.state, &mut self.rng, &mut vehicles);
            let opened = self.best_of(request, &vehicles);
            let delta =
                |at: &Option<(VehicleIx, Insertion)>| at.map_or(f64::INFINITY, |(_, at)| at.delta);
            if delta(&opened) < delta(&best) {
                best = opened;
            }
        }
        self.trying = vehicles;
        best
    }

    /// Routes that are worth trying: of many only those that serve somebody near the request (granular
    /// neighbourhoods: Toth & Vigo, *INFORMS Journal on Computing* 15(4), 2003).
    fn choose_routes(&mut self, request: RequestIx, vehicles: &mut Vec<VehicleIx>) {
        let few = few(self.net().is_timed());
        if self.state.used.len() <= few {
            vehicles.extend(self.state.used.iter().filter(|_| self.rng.f64() >= BLINK));
            return;
        }
        self.looks += 1;
        for &other in self.near.to(request) {
            let vehicle = self.state.by[other as usize];
            if vehicle == NOBODY || self.met[vehicle as usize] == self.looks {
                continue;
            }
            self.met[vehicle as usize] = self.looks;
            if self.rng.f64() >= BLINK {
                vehicles.push(vehicle);
            }
            if vehicles.len() == few {
                break;
            }
        }
    }

    /// What is known from before bounds what is worth working out.
    fn best_of(
        &mut self,
        request: RequestIx,
        vehicles: &[VehicleIx],
    ) -> Option<(VehicleIx, Insertion)> {
        let mut best: Option<(VehicleIx, Insertion)> = None;
        let mut limit = f64::INFINITY;
        for &vehicle in vehicles {
            let known = self.memory.recall(&self.state, request, vehicle);
            if known.delta < limit {
                limit = known.delta;
                best = Some((vehicle, known));
            }
        }
        for &vehicle in vehicles {
            let at = self.memory.cheapest(&mut self.state, request, vehicle, limit);
            if at.delta < limit {
                limit = at.delta;
                best = Some((vehicle, at));
            }
        }
        best
    }
}
