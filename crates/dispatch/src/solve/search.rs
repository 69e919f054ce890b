//! One worker's search: what it knows, and its best plan.

use dugnad_budget::Budget;

use super::{
    groups::{GroupIx, Groups},
    near::Near,
    place::Memory,
    state::{Saved, Score, State},
};
use crate::{
    Objective, RequestIx, VehicleIx, Visit,
    route::{Net, NodeIx},
};

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

/// Hears of better plans.
pub(super) type Tell<'a> = dyn Fn(&Search<'_>) + Sync + 'a;

/// The least share of the budget between two tellings.
const TELL_EVERY: f64 = 0.002;

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
    /// Hears of better plans.
    tell: &'a Tell<'a>,
    /// The share of the budget used when it last did.
    told: f64,
    pub steps: u64,
    /// The temperature that annealing starts at.
    pub hot: f64,
    pub order: Vec<GroupIx>,
    pub trying: Vec<VehicleIx>,
    pub ruined: Vec<VehicleIx>,
    /// By vehicle: the last look around for routes worth trying that met it.
    pub met: Vec<u64>,
    pub looks: u64,
    pub leaving: Vec<RequestIx>,
    pub string: Vec<NodeIx>,
    /// Single nodes that can be moved within their route.
    pub movable: Vec<(VehicleIx, NodeIx)>,
    /// How often each request could not be placed, for the ejection search.
    pub absences: Vec<u32>,
}

impl<'a> Search<'a> {
    pub(super) fn new(
        net: &'a Net<'a>,
        groups: &'a Groups,
        budget: &'a dyn Budget,
        tell: &'a Tell<'a>,
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
            tell,
            told: f64::NEG_INFINITY,
            steps: 0,
            hot: 0.0,
            order: Vec::new(),
            trying: Vec::new(),
            ruined: Vec::new(),
            met: vec![0; net.vehicles()],
            looks: 0,
            leaving: Vec::new(),
            string: Vec::new(),
            movable: Vec::new(),
            absences: vec![1; groups.all.len()],
        }
    }

    pub(super) fn net(&self) -> &'a Net<'a> {
        self.state.net
    }

    pub(super) fn is_spent(&self) -> bool {
        self.budget.spent(self.steps)
    }

    /// Keeps the present plan if it is the best so far, and tells of it now and then.
    pub(super) fn keep_best(&mut self, score: Score) {
        if !score.beats(&self.best.score) {
            return;
        }
        self.best = self.state.save();
        let used = self.budget.used(self.steps);
        if used >= self.told + TELL_EVERY {
            self.told = used;
            (self.tell)(self);
        }
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
