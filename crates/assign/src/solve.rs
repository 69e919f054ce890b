//! The door: rounds of people in their hard order, each to the engine that it needs.

use crate::{Answer, Budget, Options, Problem, Progress, hard};

/// Who takes what, at the least cost that the budget allows to find.
///
/// Polynomial problems are solved to the optimum; others by bound and search, until proved the
/// best or the budget is spent. Even a spent budget is answered feasibly, and never worse than
/// [`Options::start`] where it holds. `progress` hears of each cheaper answer and each better
/// bound. With people of several rounds, those of the lowest are assigned as well as possible
/// first and keep what they have; the bound of the answer then holds with the earlier rounds kept.
/// Deterministic for seed, threads and a budget of steps.
#[must_use]
pub fn solve(
    problem: &Problem,
    options: &Options,
    budget: &dyn Budget,
    progress: &(dyn Fn(Progress) + Sync),
) -> Answer {
    hard::solve(problem, options, budget, progress)
}
