//! Fewer vehicles, or more served: the ejection search.
//!
//! A route is given up and its requests wait in a pool; one that fits nowhere pushes out the few that
//! have been hardest to place the least often, after Nagata & Kobayashi, *A memetic algorithm for
//! the pickup and delivery problem with time windows using selective route exchange crossover*, PPSN
//! XI, 2010, and Curtois et al., EURO J. Transportation and Logistics 7(2), 2018; random moves in
//! between keep the search from turning in circles.

use super::{groups::GroupIx, search::Search, state::NOBODY};
use crate::{
    RequestIx, VehicleIx,
    route::{Insertion, Route},
};

/// Random relocations after each ejection.
const SHAKES: usize = 20;

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
    /// Gives up vehicles as long as the rest can serve all, until `until` of the budget is used. The
    /// best plan is the present one afterwards.
    pub(super) fn reduce_fleet(&mut self, until: f64, report: &mut dyn FnMut(&Self)) {
        while self.budget.used(self.steps) < until.min(1.0) {
            let before = self.best.score.vehicles;
            let Some(vehicle) = self.choose_to_give_up() else { break };
            let fleet = self.state.used.len() - 1;
            self.state.begin();
            self.leaving.clear();
            self.leaving.extend(self.state.routes[vehicle as usize].requests(self.net()));
            let holds = self.leave_out();
            if holds && self.empty_pool(fleet, until) {
                let score = self.state.score();
                if self.keep_best(score) {
                    report(self);
                }
            }
            if self.best.score.vehicles >= before {
                let best = self.best.clone();
                self.state.restore(&best);
            }
        }
        let best = self.best.clone();
        self.state.restore(&best);
    }

    /// Tries to serve who is left out with the vehicles there are.
    pub(super) fn serve_more(&mut self, until: f64, report: &mut dyn FnMut(&Self)) {
        if self.best.score.missing > 0 {
            self.state.begin();
            self.empty_pool(usize::MAX, until);
            let score = self.state.score();
            if self.keep_best(score) {
                report(self);
            }
            let best = self.best.clone();
            self.state.restore(&best);
        }
    }

    /// A vehicle without anything frozen; those with few requests more often.
    fn choose_to_give_up(&mut self) -> Option<VehicleIx> {
        let free: Vec<VehicleIx> =
            self.state.used.iter().copied().filter(|v| self.net().frozen(*v).is_empty()).collect();
        let one = *free.get(self.rng.usize(..free.len().max(1)))?;
        let other = free[self.rng.usize(..free.len())];
        let len = |v: VehicleIx| self.state.routes[v as usize].len();
        Some(if len(other) < len(one) { other } else { one })
    }

    /// Places all who are left out, ejecting others as need be; true once nobody is.
    fn empty_pool(&mut self, fleet: usize, until: f64) -> bool {
        self.absences.fill(1);
        while let Some(group) = self.state.absent.pop() {
            if self.budget.used(self.steps) >= until.min(1.0) {
                self.state.absent.push(group);
                return false;
            }
            self.steps += 1;
            self.state.begin();
            match self.place_group(group, fleet) {
                Some(true) => continue,
                Some(false) => {}
                None => {
                    self.state.take_back();
                }
            }
            self.absences[group as usize] += 1;
            self.state.begin();
            if !self.eject_for(group) {
                self.state.take_back();
                // Not first again: let another try.
                self.state.absent.insert(0, group);
            }
            self.shake();
        }
        true
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
        let absences = |r: RequestIx| u64::from(self.absences[groups.of[r as usize] as usize]);
        let mut there: Vec<RequestIx> = self.state.routes[vehicle as usize]
            .requests(net)
            .filter(|r| !self.locked[*r as usize] && groups.of[*r as usize] != mine)
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

    /// Moves random requests to random routes.
    fn shake(&mut self) {
        for _ in 0..SHAKES {
            let request = self.rng.u32(..self.net().requests() as u32);
            let from = self.state.by[request as usize];
            let to = self.state.used[self.rng.usize(..self.state.used.len())];
            if from == NOBODY || from == to || self.locked[request as usize] {
                continue;
            }
            let at = self.memory.cheapest(&mut self.state, request, to);
            if at.delta.is_finite() && self.state.routes[from as usize].len() > 1 {
                self.state.begin();
                if !self.state.remove(from, &[request]) || !self.state.insert(request, to, &at) {
                    self.state.take_back();
                }
            }
        }
    }
}
