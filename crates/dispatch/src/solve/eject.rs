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
            self.empty_pool(usize::MAX, until);
        }
        while self.vehicles_first && self.best.score.missing == 0 && !self.is_past(until) {
            let best = self.best.clone();
            self.state.restore(&best);
            let Some(vehicle) = self.choose_to_give_up() else { break };
            let fleet = self.state.used.len() - 1;
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

    /// A vehicle without anything frozen; those with few requests more often.
    fn choose_to_give_up(&mut self) -> Option<VehicleIx> {
        let free: Vec<VehicleIx> =
            self.state.used.iter().copied().filter(|v| self.net().frozen(*v).is_empty()).collect();
        if free.len() < 2 {
            return None;
        }
        let one = *free.get(self.rng.usize(..free.len().max(1)))?;
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
            let group = self.state.absent.remove(at);
            self.state.begin();
            if self.place_group(group, fleet) == Some(true) {
                continue;
            }
            self.state.take_back();
            self.absences[group as usize] += 1;
            if !self.eject_for(group) {
                self.state.take_back();
                // Not first again: let another try.
                self.state.absent.insert(0, group);
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
        let mut trial = None;
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
        trial: &mut Option<Route>,
        best: &mut Option<Ejection>,
    ) {
        let net = self.net();
        let groups = self.state.groups;
        let mine = groups.of[request as usize];
        let weight = |group: GroupIx| groups.all[group as usize].weight;
        let absences = |r: RequestIx| u64::from(self.absences[groups.of[r as usize] as usize]);
        let mut there: Vec<RequestIx> = self.state.routes[vehicle as usize]
            .requests(net)
            .filter(|r| {
                let group = groups.of[*r as usize];
                !self.locked[*r as usize] && group != mine && weight(group) <= weight(mine)
            })
            .collect();
        self.rng.shuffle(&mut there);
        there.sort_by_key(|r| absences(*r));
        let trial = trial.get_or_insert_with(|| self.state.routes[vehicle as usize].clone());
        for (i, &one) in there.iter().enumerate() {
            let others: &[RequestIx] = if pairs { &there[i + 1..] } else { &there[i..=i] };
            for &other in others {
                let sum = absences(one) + if pairs { absences(other) } else { 0 };
                if best.as_ref().is_some_and(|best| sum >= best.absences) {
                    break;
                }
                trial.copy_from(&self.state.routes[vehicle as usize]);
                if !trial.remove(net, one, &mut self.state.scratch)
                    || (pairs && !trial.remove(net, other, &mut self.state.scratch))
                {
                    continue;
                }
                let scratch = &mut self.state.scratch;
                if let Some(at) = trial.cheapest(net, request, f64::INFINITY, scratch) {
                    let leaving = if pairs { vec![one, other] } else { vec![one] };
                    *best = Some(Ejection { vehicle, leaving, at, absences: sum });
                }
            }
        }
    }
}
