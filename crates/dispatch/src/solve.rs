//! The static solver: the best plan that a budget allows.

mod eject;
mod groups;
mod near;
mod place;
mod repair;
mod ruin;
mod search;
mod state;

use dugnad_budget::Budget;

use self::{groups::Groups, search::Search};
use crate::{Answer, Objective, Options, Problem, Progress, RequestIx, route::Net};

/// Where the first attempt at a smaller fleet ends, as a share of the budget.
const FLEET_UNTIL: f64 = 0.35;

/// The best plan found within the budget.
pub fn solve(
    problem: &Problem,
    options: &Options,
    budget: &dyn Budget,
    progress: &(dyn Fn(Progress) + Sync),
) -> Answer {
    let net = Net::new(problem);
    let groups = Groups::new(problem);
    let mut search = Search::new(&net, &groups, budget, options.seed);
    let mut report = |search: &Search<'_>| progress(search.state.progress());
    search.construct();
    let mut from = 0.0;
    if problem.objective == Objective::VehiclesThenDistance {
        search.reduce_fleet(FLEET_UNTIL, &mut report);
        from = budget.used(search.steps);
    } else {
        search.serve_more(FLEET_UNTIL, &mut report);
    }
    search.anneal(from, 1.0, &mut report);
    answer(&mut search)
}

fn answer(search: &mut Search<'_>) -> Answer {
    let best = search.best.clone();
    search.state.restore(&best);
    let plan = search.state.plan();
    let served = plan.vehicles(search.net().requests());
    let unserved =
        (0..).zip(&served).filter(|(_, by)| by.is_none()).map(|(r, _)| r as RequestIx).collect();
    Answer { plan, unserved, total: search.state.progress() }
}
