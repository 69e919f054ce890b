//! What a solve is asked for beside the problem, and what it answers.

use crate::problem::{Cost, NeedIx, PersonIx};

/// How to solve; the default is one thread, seed 0, from nothing.
#[derive(Clone, Debug)]
pub struct Options {
    /// Same seed, threads and steps: same answer.
    pub seed: u64,
    /// Worker threads; those problems that are polynomial use one.
    pub threads: usize,
    /// An assignment to start from; what of it does not hold is dropped.
    pub start: Vec<(NeedIx, PersonIx)>,
}

impl Default for Options {
    fn default() -> Self {
        Self { seed: 0, threads: 1, start: Vec::new() }
    }
}

/// How far a solve has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Progress {
    /// The cheapest feasible answer so far.
    pub cost: Cost,
    /// No feasible answer costs less.
    pub bound: Cost,
    /// Places nobody takes in the cheapest answer.
    pub open_places: u64,
}

/// A feasible assignment, always; with a proof of how far from the best it can be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// Who takes what, ordered by need, then person. Pinned pairs are among them.
    pub pairs: Vec<(NeedIx, PersonIx)>,
    /// Edges, fairness and open places together.
    pub cost: Cost,
    /// No feasible answer costs less; equal to `cost` when the answer is proved the best.
    pub bound: Cost,
    /// Places nobody takes.
    pub open_places: u64,
    /// Prices that prove the answer, where the problem is polynomial.
    pub duals: Option<Duals>,
}

impl Answer {
    /// Whether nothing cheaper exists.
    #[must_use]
    pub fn is_proved(&self) -> bool {
        self.cost == self.bound
    }

    /// How much cheaper, as a share of the cost, an answer could be at most. 0 is proved.
    #[must_use]
    pub fn gap(&self) -> f64 {
        match self.cost.saturating_sub(self.bound) {
            0 => 0.0,
            less => less as f64 / self.cost.unsigned_abs().max(1) as f64,
        }
    }
}

/// Prices of linear programming duality.
///
/// For an edge, `cost - need - person` is its reduced cost: not negative where the edge is unused,
/// not positive where it is used. `need` is at most the price of an open place, `person` at most 0.
/// With fairness a person's next and last steps bracket the price instead, see `flow`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Duals {
    /// What one place more of each need would cost.
    pub needs: Vec<Cost>,
    /// What one place more with each person would save, negated.
    pub people: Vec<Cost>,
}
