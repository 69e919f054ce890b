//! Annealing: ruin, recreate, and take the outcome or take it back.

use super::{search::Search, state::Score};
use crate::{VehicleIx, route::NodeIx};

/// The temperature at the start and at the end, as a share of what one request costs on average.
const HOT: f64 = 1.5;
const COLD: f64 = 0.01;
/// The temperature at the start where a plan that serves nearly all is given: hot enough to leave
/// it, not so hot that what is good about it is lost before a short budget has cooled down. A day of
/// 300 requests, improved for half a second at a time, came out 3 % dearer with [`HOT`].
const WARM: f64 = 0.4;
/// How many of all may be left out of a plan that is given, for it to count so.
const NEARLY_ALL: f64 = 0.1;
/// How often a break, or the drop-off of somebody aboard, is moved instead.
const MOVE_ONE: f64 = 0.1;

/// From which to which share of the budget the temperature falls.
#[derive(Clone, Copy, Debug)]
pub(super) struct Cooling {
    pub from: f64,
    pub until: f64,
}

impl Search<'_> {
    /// Anneals until `until` of the budget is used, never with more vehicles than the best plan where
    /// vehicles come first.
    pub(super) fn anneal(&mut self, cooling: &Cooling, until: f64) {
        let mut current = self.state.score();
        let requests = self.net().requests().max(1) as f64;
        loop {
            let used = self.budget.used(self.steps);
            if used >= until.min(1.0) {
                break;
            }
            self.steps += 1;
            let done = ((used - cooling.from) / (cooling.until - cooling.from)).clamp(0.0, 1.0);
            let share = self.hot * (COLD / self.hot).powf(done);
            let temperature = share * self.best.score.cost.abs() / requests;
            self.state.begin();
            let holds = if !self.movable.is_empty() && self.rng.f64() < MOVE_ONE {
                self.move_one()
            } else {
                self.ruin() && self.recreate(self.fleet())
            };
            let score = self.state.score();
            if holds && self.accepts(&current, &score, temperature) {
                current = score;
                self.keep_best(score);
            } else {
                self.state.take_back();
            }
        }
    }

    /// How hot to start: by how many of all are left out of the plan that is given.
    pub(super) fn heat(&self) -> f64 {
        let all = self.state.groups.all.len() as f64;
        let absent = self.state.absent.len() as f64;
        if absent <= NEARLY_ALL * all { WARM } else { HOT }
    }

    /// As many vehicles as may be used.
    fn fleet(&self) -> usize {
        if self.vehicles_first { self.best.score.vehicles } else { usize::MAX }
    }

    /// Never worse in what comes before the cost; in cost as the temperature allows.
    pub(super) fn accepts(&mut self, old: &Score, new: &Score, temperature: f64) -> bool {
        match (new.missing, new.vehicles).cmp(&(old.missing, old.vehicles)) {
            std::cmp::Ordering::Less => true,
            std::cmp::Ordering::Greater => false,
            std::cmp::Ordering::Equal => new.cost < old.cost - temperature * self.rng.f64().ln(),
        }
    }

    /// Moves a break, or a drop-off whose pickup is frozen, to the best other place in its route;
    /// false where that must be taken back.
    fn move_one(&mut self) -> bool {
        let (vehicle, node) = self.movable[self.rng.usize(..self.movable.len())];
        if !self.state.routes[vehicle as usize].is_used() {
            return false;
        }
        let nodes: Vec<NodeIx> =
            self.state.routes[vehicle as usize].nodes().filter(|other| *other != node).collect();
        let old = self.state.routes[vehicle as usize].nodes().position(|other| other == node);
        let mut best: Option<(f64, Vec<NodeIx>)> = None;
        for at in self.net().frozen(vehicle).len()..=nodes.len() {
            let mut trial = nodes.clone();
            trial.insert(at, node);
            if Some(at) != old && self.state.set(vehicle, &trial) {
                // Equal places are told apart by chance: a break may move where nothing is gained.
                let cost = self.state.routes[vehicle as usize].cost();
                let cost = cost * (1.0 + 0.01 * self.rng.f64());
                if best.as_ref().is_none_or(|(least, _)| cost < *least) {
                    best = Some((cost, trial));
                }
            }
        }
        best.is_some_and(|(_, trial)| self.state.set(vehicle, &trial))
    }

    /// What [`Search::move_one`] may move: breaks that are not frozen, and the drop-offs of those
    /// aboard.
    pub(super) fn find_movable(&mut self) {
        let net = self.net();
        self.movable.clear();
        for vehicle in 0..net.vehicles() as VehicleIx {
            let frozen = net.frozen(vehicle);
            let mut nodes = Vec::new();
            net.complete(vehicle, &mut nodes);
            let aboard = frozen.iter().filter(|node| net.is_pickup(**node)).map(|node| node + 1);
            nodes.extend(aboard);
            nodes.retain(|node| !frozen.contains(node));
            self.movable.extend(nodes.into_iter().map(|node| (vehicle, node)));
        }
    }
}
