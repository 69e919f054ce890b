//! The cheapest plan that a search has come across, kept up by what changed since.

use crate::Cost;

use super::plan::Plan;

/// Costs of keeping a new best: the changes since the last, not the whole plan.
pub(super) struct Record {
    cost: Cost,
    is_in: Vec<bool>,
    /// Edges taken or let go of since.
    since: Vec<u32>,
}

impl Record {
    pub(super) fn new(plan: &Plan) -> Self {
        let mut is_in = vec![false; plan.size()];
        for e in plan.edges() {
            is_in[e as usize] = true;
        }
        Self { cost: plan.cost(), is_in, since: Vec::new() }
    }

    pub(super) fn cost(&self) -> Cost {
        self.cost
    }

    /// Edge `e` was taken or let go of.
    pub(super) fn changed(&mut self, e: u32) {
        self.since.push(e);
        if self.since.len() > 4 * self.is_in.len() + 64 {
            self.since.sort_unstable();
            self.since.dedup();
        }
    }

    /// The plan is the best.
    pub(super) fn note(&mut self, plan: &Plan) {
        self.cost = plan.cost();
        for e in self.since.drain(..) {
            self.is_in[e as usize] = plan.is_taken(e);
        }
    }

    /// The cost of the best, and its edges.
    pub(super) fn best(&self) -> (Cost, Vec<u32>) {
        let edges = (0..self.is_in.len() as u32).filter(|&e| self.is_in[e as usize]);
        (self.cost, edges.collect())
    }
}
