//! The door: rounds of people in their hard order, each to the engine that it needs.

use dugnad_budget::Part;

use crate::{Answer, Budget, Options, Problem, Progress, flow, hard};

/// Who takes what, at the least cost that the budget allows to find.
///
/// Polynomial problems are solved to the optimum; others by bound and search, until proved the
/// best or the budget is spent. Even a spent budget is answered feasibly, and never worse than
/// [`Options::start`] as far as it holds. `progress` hears of each cheaper answer and each better
/// bound. Deterministic for seed, threads and a budget of steps; a step is about a microsecond.
///
/// With people of several [rounds](crate::Person::round), those of the lowest are assigned as well
/// as possible first and keep what they have, each round within an equal share of the budget.
/// `progress` hears of the last round only, and the bound of the answer, too, holds with the
/// earlier rounds kept.
#[must_use]
pub fn solve(
    problem: &Problem,
    options: &Options,
    budget: &dyn Budget,
    progress: &(dyn Fn(Progress) + Sync),
) -> Answer {
    let rounds = problem.rounds();
    let [earlier @ .., last] = &rounds[..] else {
        return solve_round(problem, options, budget, progress);
    };
    if earlier.is_empty() {
        return solve_round(problem, options, budget, progress);
    }
    let mut kept = problem.pinned();
    for &round in earlier {
        let share = Part::of(budget, 0, 1.0 / rounds.len() as f64);
        let seen = problem.of_round(round, &kept);
        kept = solve_round(&seen, options, &share, &|_| {}).pairs;
    }
    let seen = problem.of_round(*last, &kept);
    let rest = Part::of(budget, 0, 1.0 / rounds.len() as f64);
    Answer { duals: None, ..solve_round(&seen, options, &rest, progress) }
}

/// One round, or a problem without any.
fn solve_round(
    problem: &Problem,
    options: &Options,
    budget: &dyn Budget,
    progress: &(dyn Fn(Progress) + Sync),
) -> Answer {
    if !flow::is_polynomial(problem) {
        return hard::solve(problem, options, budget, progress);
    }
    let flow = flow::solve(problem, budget);
    let answer = Answer {
        pairs: flow.pairs,
        cost: flow.cost,
        bound: flow.bound,
        open_places: flow.open_places,
        duals: Some(flow.duals),
    };
    let answer = if answer.is_proved() { answer } else { hard::first(problem, options, answer) };
    let Answer { cost, bound, open_places, .. } = answer;
    progress(Progress { cost, bound, open_places });
    answer
}
