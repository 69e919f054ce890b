//! Fewer vehicles, or more served: the ejection search.
//!
//! A route is given up and its requests wait in a pool; one that fits nowhere pushes out the few that
//! are hardest to place the least often, after Nagata & Kobayashi, *A memetic algorithm for
//! the pickup and delivery problem with time windows using selective route exchange crossover*, PPSN
//! XI, 2010, and Curtois et al., EURO J. Transportation and Logistics 7(2), 2018; random moves in
//! between keep the search from turning in circles.

use super::{groups::GroupIx, search::Search, state::NOBODY};
use crate::{
    RequestIx, VehicleIx,
    route::{Insertion, Route},
};

/// What goes where, and who must leave for it.
#[derive(Clone, Debug)]
struct Ejection {
    vehicle: VehicleIx,
    leaving: Vec<RequestIx>,
    at: Insertion,
    /// How often those leaving were hard to place, in sum.
    absences: u64,
}

impl Search<'_> {
    /// Serves who is left out, or else gives up vehicles where they come first, until `until` of the
    /// budget is used. The best plan is the present one afterwards.
    pub(super) fn eject(&mut self, until: f64) {
        let best = self.best.clone();
        self.state.restore(&best);
        if self.best.score.missing > 0 {
            let used = self.budget.used(self.steps);
            let share = if self.vehicles_first { 0.5 } else { 1.0 };
            self.empty_pool(usize::MAX, used + (until - used) * share);
        }
        while self.vehicles_first && !self.is_past(until) {
            let best = self.best.clone();
            self.state.restore(&best);
            let Some(vehicle) = self.choose_to_give_up() else { break };
            let fleet = self.state.used.len() - 1;
            self.state.begin();
            self.leaving.clear();
            self.leaving.extend(self.state.routes[vehicle as usize].requests(self.net()));
            if self.leave_out() {
                self.empty_pool(fleet, until);
            }
        }
        let best = self.best.clone();
        self.state.restore(&best);
    }

    fn is_past(&self, until: f64) -> bool {
        self.budget.used(self.steps) >= until.min(1.0)
    }

    /// A vehicle without anything frozen; those with few requests more often. The last one only if
    /// nobody on it has to be served.
    fn choose_to_give_up(&mut self) -> Option<VehicleIx> {
        let groups = self.state.groups;
        let is_optional = |r: RequestIx| groups.all[groups.of[r as usize] as usize].weight == 0;
        let may_go = |v: &VehicleIx| {
            let mut requests = self.state.routes[*v as usize].requests(self.net());
            self.net().frozen(*v).is_empty()
                && (self.state.used.len() > 1 || requests.all(is_optional))
        };
        let free: Vec<VehicleIx> = self.state.used.iter().copied().filter(may_go).collect();
        if free.is_empty() {
            return None;
        }
        let one = free[self.rng.usize(..free.len())];
        let other = free[self.rng.usize(..free.len())];
        let len = |v: VehicleIx| self.state.routes[v as usize].len();
        Some(if len(other) < len(one) { other } else { one })
    }

    /// Places all who are left out without a price, ejecting others as need be.
    fn empty_pool(&mut self, fleet: usize, until: f64) {
        self.absences.fill(1);
        loop {
            let score = self.state.score();
            self.keep_best(score);
            let groups = self.state.groups;
            let weight = |group: &GroupIx| groups.all[*group as usize].weight;
            let Some(at) = self.state.absent.iter().rposition(|group| weight(group) > 0) else {
                return;
            };
            if self.is_past(until) {
                return;
            }
            self.steps += 1;
            self.state.begin();
            let group = self.state.absent.remove(at);
            if self.place_group(group, fleet) == Some(true) {
                continue;
            }
            self.state.take_back();
            self.absences[group as usize] += 1;
            self.state.absent.remove(at);
            if !self.eject_for(group) {
                self.state.take_back();
                // Not first again: let another try.
                self.state.absent[..=at].rotate_right(1);
            }
            self.stir(fleet);
        }
    }

    /// Ruins and recreates once, so that the search does not turn in circles.
    fn stir(&mut self, fleet: usize) {
        let before = self.state.score();
        let temperature = before.cost.abs() / self.net().requests().max(1) as f64;
        self.state.begin();
        let holds = self.ruin() && self.recreate(fleet);
        let mut score = self.state.score();
        // How many vehicles there are is settled by `fleet`.
        score.vehicles = before.vehicles;
        if !holds || !self.accepts(&before, &score, temperature) {
            self.state.take_back();
        }
    }

    /// Places a group by ejecting others.
    fn eject_for(&mut self, group: GroupIx) -> bool {
        let groups = self.state.groups;
        for &request in &groups.all[group as usize].members {
            if self.state.by[request as usize] != NOBODY {
                continue;
            }
            let Some(ejection) = self.best_ejection(request) else { return false };
            self.leaving.clone_from(&ejection.leaving);
            if !self.leave_out() || !self.state.insert(request, ejection.vehicle, &ejection.at) {
                return false;
            }
        }
        true
    }

    /// The least hard to place of one or two requests of a route whose leaving makes room.
    fn best_ejection(&mut self, request: RequestIx) -> Option<Ejection> {
        let mut best: Option<Ejection> = None;
        let mut vehicles = self.state.used.clone();
        self.rng.shuffle(&mut vehicles);
        let mut trial = self.state.routes.first()?.clone();
        for pairs in [false, true] {
            for &vehicle in &vehicles {
                if self.net().allowed(request, vehicle) && !self.is_spent() {
                    self.eject_from(request, vehicle, pairs, &mut trial, &mut best);
                }
            }
        }
        best
    }

    fn eject_from(
        &mut self,
        request: RequestIx,
        vehicle: VehicleIx,
        pairs: bool,
        trial: &mut Route,
        best: &mut Option<Ejection>,
    ) {
        let net = self.net();
        let groups = self.state.groups;
        let mine = groups.of[request as usize];
        let weight = |group: GroupIx| groups.all[group as usize].weight;
        let absences = |group: GroupIx| u64::from(self.absences[group as usize]);
        let mut there: Vec<GroupIx> = Vec::new();
        for other in self.state.routes[vehicle as usize].requests(net) {
            let group = groups.of[other as usize];
            let may_leave = !self.locked[other as usize] && weight(group) <= weight(mine);
            if group != mine && may_leave && !there.contains(&group) {
                there.push(group);
            }
        }
        self.rng.shuffle(&mut there);
        there.sort_by_key(|group| absences(*group));
        for (i, &one) in there.iter().enumerate() {
            let others: &[GroupIx] = if pairs { &there[i + 1..] } else { &there[i..=i] };
            for &other in others {
                let sum = absences(one) + if pairs { absences(other) } else { 0 };
                if best.as_ref().is_some_and(|best| sum >= best.absences) {
                    break;
                }
                let both = [one, other];
                let leaving = &mut self.leaving;
                leaving.clear();
                leaving.extend(
                    both[..1 + usize::from(pairs)]
                        .iter()
                        .flat_map(|group| &groups.all[*group as usize].members)
                        .filter(|member| self.state.by[**member as usize] == vehicle),
                );
                trial.copy_from(&self.state.routes[vehicle as usize]);
                let scratch = &mut self.state.scratch;
                if !trial.remove(net, leaving, scratch) {
                    continue;
                }
                if let Some(at) = trial.cheapest(net, request, f64::INFINITY, scratch) {
                    let leaving = leaving.clone();
                    *best = Some(Ejection { vehicle, leaving, at, absences: sum });
                }
            }
        }
    }
}
