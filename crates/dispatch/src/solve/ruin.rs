//! Ruining: strings of visits near each other leave their routes.
//!
//! Slack induction by string removals (Christiaens & Vanden Berghe 2020) for pairs: from a seed on,
//! the routes of the nearest requests lose a string of consecutive visits each, and with them the
//! other ends of the requests in it.

use super::{search::Search, state::NOBODY};
use crate::{RequestIx, VehicleIx, route::VISITS};

/// Requests removed a step at most about, beside a quarter of a route's.
const SIZE: f64 = 12.0;
/// Up to so many requests a step removes that many. On a larger day fewer, down to a quarter: a
/// budget gives each request fewer steps then, and small ones pay sooner (10 s on a day of 3 000:
/// 10.8 % saved instead of 9.4 %).
const MANY: f64 = 500.0;
/// The longest string, in requests, but for three quarters of a long route.
const LONGEST: f64 = 10.0;
/// How often a string keeps a few of its middle.
const SPLIT: f64 = 0.5;
/// How often one more of the middle is kept.
const KEEP_MORE: f64 = 0.01;

impl Search<'_> {
    /// Removes strings around a random request; false where that must be taken back.
    pub(super) fn ruin(&mut self) -> bool {
        let served = self.net().requests() - self.state.absent.len();
        if self.state.used.is_empty() || served == 0 {
            return true;
        }
        let average = served as f64 / self.state.used.len() as f64;
        let share = (MANY / served as f64).clamp(0.25, 1.0);
        let size = (SIZE + 0.25 * average) * share * (0.1 + self.rng.f64());
        let longest = LONGEST.max(0.75 * average).min(average).max(1.0);
        let most = (4.0 * size / (1.0 + longest) - 1.0).max(1.0);
        let strings = (self.rng.f64() * most + 1.0) as usize;
        let seed = self.rng.u32(..self.net().requests() as u32);
        let mut ruined = std::mem::take(&mut self.ruined);
        ruined.clear();
        let mut holds = true;
        for k in 0..self.near.to(seed).len() {
            let request = self.near.to(seed)[k];
            if ruined.len() >= strings || !holds {
                break;
            }
            let vehicle = self.state.by[request as usize];
            if vehicle == NOBODY || ruined.contains(&vehicle) || self.is_locked(request) {
                continue;
            }
            let route = &self.state.routes[vehicle as usize];
            let length = (self.rng.f64() * longest.min(route.len() as f64) + 1.0) as usize;
            self.choose_string(request, vehicle, length);
            holds = self.leave_out();
            ruined.push(vehicle);
        }
        self.ruined = ruined;
        holds
    }

    /// Fills `leaving` with the requests of a string of about `length` around `request`.
    fn choose_string(&mut self, request: RequestIx, vehicle: VehicleIx, length: usize) {
        let mut nodes = std::mem::take(&mut self.string);
        nodes.clear();
        nodes.extend(
            self.state.routes[vehicle as usize]
                .nodes()
                .filter(|node| self.state.net.is_visit(*node)),
        );
        let mine: Vec<usize> =
            (0..nodes.len()).filter(|at| nodes[*at] / VISITS == request).collect();
        let at = mine[self.rng.usize(..mine.len())];
        let total = self.state.routes[vehicle as usize].len();
        let mut kept = 0;
        if length > 1 && length < total && self.rng.f64() < SPLIT {
            kept = 1;
            while length + kept < total && self.rng.f64() < KEEP_MORE {
                kept += 1;
            }
        }
        // Widen around the seed's visit to either side until enough requests are met.
        self.leaving.clear();
        self.leaving.push(request);
        let (mut from, mut to) = (at, at + 1);
        while self.leaving.len() < length + kept && (from > 0 || to < nodes.len()) {
            let node = if to == nodes.len() || (from > 0 && self.rng.bool()) {
                from -= 1;
                nodes[from]
            } else {
                to += 1;
                nodes[to - 1]
            };
            if !self.leaving.contains(&(node / VISITS)) {
                self.leaving.push(node / VISITS);
            }
        }
        if kept > 0 && self.leaving.len() > kept + 1 {
            // Of the requests in the order of the string some neighbours stay.
            let mut met: Vec<RequestIx> = Vec::with_capacity(self.leaving.len());
            for node in &nodes[from..to] {
                if !met.contains(&(node / VISITS)) {
                    met.push(node / VISITS);
                }
            }
            let first = self.rng.usize(..=met.len() - kept);
            met.drain(first..first + kept);
            self.leaving.clone_from(&met);
        }
        let locked = &self.locked;
        self.leaving.retain(|request| !locked[*request as usize]);
        self.string = nodes;
    }

    /// Takes `leaving`, all of one vehicle, and those linked to them out of their routes; false where
    /// that must be taken back.
    pub(super) fn leave_out(&mut self) -> bool {
        let leaving = std::mem::take(&mut self.leaving);
        let mut holds = true;
        if let Some(first) = leaving.first() {
            let vehicle = self.state.by[*first as usize];
            holds = self.take_out(vehicle, &leaving);
        }
        for &request in &leaving {
            holds &= self.note_absent(request);
        }
        self.leaving = leaving;
        holds
    }

    /// Takes requests out of a route. Where the rest does not hold, which only ways without the
    /// triangle inequality bring about, all leave that can.
    fn take_out(&mut self, vehicle: VehicleIx, leaving: &[RequestIx]) -> bool {
        if self.state.remove(vehicle, leaving) {
            return true;
        }
        let route = &self.state.routes[vehicle as usize];
        let rest: Vec<RequestIx> =
            route.requests(self.state.net).filter(|r| !self.locked[*r as usize]).collect();
        let mut holds = self.state.remove(vehicle, &rest);
        for request in rest {
            holds &= self.note_absent(request);
        }
        holds
    }

    /// Notes that the group of a request is left out, and takes its other members out.
    fn note_absent(&mut self, request: RequestIx) -> bool {
        let groups = self.state.groups;
        let group = groups.of[request as usize];
        if self.state.absent.contains(&group) {
            return true;
        }
        self.state.absent.push(group);
        let mut holds = true;
        for &other in &groups.all[group as usize].members {
            let vehicle = self.state.by[other as usize];
            if vehicle != NOBODY {
                holds &= self.take_out(vehicle, &[other]);
            }
        }
        holds
    }

    fn is_locked(&self, request: RequestIx) -> bool {
        self.locked[request as usize]
    }
}
