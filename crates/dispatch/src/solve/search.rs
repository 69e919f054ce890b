//! One worker's search: what it knows, its best plan, and annealing by ruin and recreate.

use dugnad_budget::Budget;

use super::{
    groups::{GroupIx, Groups},
    near::Near,
    place::{Memory, empty_vehicles},
    state::{Saved, Score, State},
};
use crate::{
    Objective, RequestIx, VehicleIx, Visit,
    route::{Net, NodeIx},
};

/// The temperature at the start and at the end, as a share of the cost of one request.
const HOT: f64 = 0.5;
const COLD: f64 = 0.005;

/// What the order of recreating goes by.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Key {
    /// What it takes up, in sum.
    pub load: u32,
    /// How far the pickup is from where vehicles start.
    pub far: f64,
    /// How much time there is beyond the way itself.
    pub slack: f64,
    /// When it may begin.
    pub begin: f64,
}

/// One worker's search.
pub(super) struct Search<'a> {
    pub state: State<'a>,
    pub rng: fastrand::Rng,
    pub memory: Memory,
    pub near: Near<'a>,
    pub keys: Vec<Key>,
    /// Requests frozen into their routes.
    pub locked: Vec<bool>,
    /// Some that are left out weigh more than others.
    pub has_ranks: bool,
    /// Fewer vehicles count before all cost.
    pub vehicles_first: bool,
    pub best: Saved,
    pub budget: &'a dyn Budget,
    pub steps: u64,
    pub order: Vec<GroupIx>,
    pub empty: Vec<VehicleIx>,
    pub ruined: Vec<VehicleIx>,
    pub leaving: Vec<RequestIx>,
    pub string: Vec<NodeIx>,
    /// How often each request could not be placed, for the ejection search.
    pub absences: Vec<u32>,
}

impl<'a> Search<'a> {
    pub(super) fn new(
        net: &'a Net<'a>,
        groups: &'a Groups,
        budget: &'a dyn Budget,
        seed: u64,
    ) -> Self {
        let problem = net.problem();
        let state = State::new(net, groups);
        let mut locked = vec![false; net.requests()];
        for done in problem.vehicles.iter().flat_map(|vehicle| &vehicle.frozen) {
            if let Visit::Pickup(r) | Visit::Dropoff(r) = done.visit {
                locked[r as usize] = true;
            }
        }
        let weight = |group: usize| groups.all[group].weight;
        let best = state.save();
        Self {
            rng: fastrand::Rng::with_seed(seed),
            memory: Memory::new(net.requests() * net.vehicles().min(200) * 4),
            near: Near::new(problem),
            keys: groups.all.iter().map(|group| key(net, &group.members)).collect(),
            locked,
            has_ranks: (1..groups.all.len()).any(|group| weight(group) != weight(0)),
            vehicles_first: problem.objective == Objective::VehiclesThenDistance,
            best,
            state,
            budget,
            steps: 0,
            order: Vec::new(),
            empty: Vec::new(),
            ruined: Vec::new(),
            leaving: Vec::new(),
            string: Vec::new(),
            absences: vec![1; groups.all.len()],
        }
    }

    pub(super) fn net(&self) -> &'a Net<'a> {
        self.state.net
    }

    pub(super) fn is_spent(&self) -> bool {
        self.budget.spent(self.steps)
    }

    pub(super) fn find_empty(&mut self) {
        empty_vehicles(&self.state, &mut self.rng, &mut self.empty);
    }

    /// Keeps the present plan if it is the best so far.
    pub(super) fn keep_best(&mut self, score: Score) -> bool {
        let better = score.beats(&self.best.score);
        if better {
            self.best = self.state.save();
        }
        better
    }

    /// The first plan: everything where it costs least, those with the least room first.
    pub(super) fn construct(&mut self) {
        self.state.begin();
        if !self.recreate(usize::MAX) {
            self.state.take_back();
        }
        self.state.begin();
        let score = self.state.score();
        self.keep_best(score);
    }

    /// Anneals until `until` of the budget is used, with at most the fleet of the best plan where
    /// vehicles come first. The temperature follows the budget from `from` on.
    pub(super) fn anneal(&mut self, from: f64, until: f64, report: &mut dyn FnMut(&Self)) {
        let mut current = self.state.score();
        let requests = self.net().requests().max(1) as f64;
        loop {
            let used = self.budget.used(self.steps);
            if used >= until || used >= 1.0 {
                break;
            }
            self.steps += 1;
            let progress = ((used - from) / (until - from)).clamp(0.0, 1.0);
            let share = HOT * (COLD / HOT).powf(progress);
            let temperature = share * self.best.score.cost.abs() / requests;
            let fleet = if self.vehicles_first { self.best.score.vehicles } else { usize::MAX };
            self.state.begin();
            let holds = self.ruin() && self.recreate(fleet);
            let score = self.state.score();
            if holds && self.accepts(&current, &score, temperature) {
                current = score;
                if self.keep_best(score) {
                    report(self);
                }
            } else {
                self.state.take_back();
            }
        }
    }

    fn accepts(&mut self, current: &Score, score: &Score, temperature: f64) -> bool {
        let (old, new) = ((current.missing, current.vehicles), (score.missing, score.vehicles));
        if old != new {
            return new < old;
        }
        score.cost < current.cost - temperature * self.rng.f64().ln()
    }
}

fn key(net: &Net<'_>, members: &[RequestIx]) -> Key {
    let Some(&first) = members.first() else { return Key::default() };
    let problem = net.problem();
    let request = &problem.requests[first as usize];
    let way = problem.matrix.time(request.pickup.place, request.dropoff.place);
    let (pickup, dropoff) = (request.pickup.window, request.dropoff.window);
    let far = problem
        .vehicles
        .first()
        .map_or(0.0, |vehicle| problem.matrix.distance(vehicle.start, request.pickup.place));
    Key {
        load: request.load.iter().map(|load| u32::from(*load)).sum(),
        far,
        slack: dropoff.latest.min(1e12) - pickup.earliest.max(-1e12) - request.pickup.service - way,
        begin: pickup.earliest,
    }
}
