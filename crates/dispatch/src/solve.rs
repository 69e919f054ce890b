//! The static solver: the best plan that a budget allows.
//!
//! What it does, and whose idea it is:
//!
//! * **Ruin and recreate** with annealing carries the search: strings of visits near each other leave
//!   their routes and go back greedily, in varying orders, with blinks (Christiaens & Vanden Berghe,
//!   *Slack Induction by String Removals*, Transportation Science 54(2), 2020; the frame is that of
//!   Ropke & Pisinger, *Transportation Science* 40(4), 2006). One operator that leaves slack in
//!   neighbouring routes, and no portfolio with weights to adapt. What is near is judged by space and
//!   time together (see `near`): with windows a quarter of an hour wide that brought the dial-a-ride
//!   benchmarks from 4 % over the best known to under 1 % in the same time. The temperature follows
//!   the budget, so that it has cooled down when the budget ends, however long that is.
//! * **Ejection search** gets rid of vehicles, and serves who is left out: see `eject`. It starts from
//!   a plan that ruin and recreate has put in good order, which matters: from the first greedy plan
//!   it finds as small a fleet, but in an order from which a good distance is hard to reach (lr2_2_2:
//!   40 % over the best known instead of none).
//! * Each test of an insertion is exact: see [`route`](crate::route). Answers are remembered from step
//!   to step, see `place`.
//!
//! Two requests that are possible only together (each alone is cut off where ways are missing) are
//! not seen: they go in one at a time. With all places reachable small problems are solved to the
//! optimum (`tests/solver/best.rs`).
//!
//! Absent: a pool of routes with set partitioning (after Sartori & Buriol 2020); at the sizes and
//! times of the benchmarks here annealing alone comes within its bars.
//!
//! Always true: every plan kept holds all limits; the same seed, threads and steps give the same
//! answer; memory is bounded by the problem's size.

mod anneal;
mod eject;
mod groups;
mod near;
mod place;
mod repair;
mod ruin;
mod search;
mod start;
mod state;

use std::sync::Mutex;

use dugnad_budget::Budget;

use self::{anneal::Cooling, groups::Groups, search::Search};
use crate::{Answer, Objective, Options, Plan, Problem, Progress, RequestIx, route::Net, schedule};

/// What a worker does until a share of the budget is used; then all go on from the best plan.
enum Phase {
    Anneal(Cooling),
    /// Fewer vehicles, or more served.
    Eject,
}

/// The phases and where each ends.
fn phases(objective: Objective) -> Vec<(Phase, f64)> {
    if objective == Objective::VehiclesThenDistance {
        let main = Cooling { from: 0.25, until: 1.0 };
        vec![
            (Phase::Anneal(Cooling { from: 0.0, until: 0.1 }), 0.1),
            (Phase::Eject, main.from),
            (Phase::Anneal(main), 0.55),
            (Phase::Eject, 0.62),
            (Phase::Anneal(main), 0.85),
            (Phase::Anneal(main), 1.0),
        ]
    } else {
        let whole = Cooling { from: 0.0, until: 1.0 };
        vec![
            (Phase::Anneal(whole), 0.05),
            (Phase::Eject, 0.2),
            (Phase::Anneal(whole), 0.5),
            (Phase::Eject, 0.6),
            (Phase::Anneal(whole), 0.85),
            (Phase::Anneal(whole), 1.0),
        ]
    }
}

/// The best plan found within the budget; whoever cannot be served by it is left out.
///
/// A step is one ruin and recreate or one ejection, some tens of microseconds for a hundred requests;
/// the budget is asked before each. `progress` hears of better plans, now and then and from any
/// thread. With several threads each searches on its own from the best plan of all at a few fixed
/// shares of the budget. Memory is `O(requests · 100 + vehicles)` a thread beside routes and a table
/// of at most 24 MB; the matrix is not copied.
pub fn solve(
    problem: &Problem,
    options: &Options,
    budget: &dyn Budget,
    progress: &(dyn Fn(Progress) + Sync),
) -> Answer {
    solve_telling(problem, options, budget, &|now, _| progress(now))
}

/// Hears how far a solve has come, and may ask for the plan itself.
pub type Better<'a> = dyn Fn(Progress, &dyn Fn() -> Plan) + Sync + 'a;

/// The same as [`solve`]; whoever hears of a better plan may have it.
pub fn solve_telling(
    problem: &Problem,
    options: &Options,
    budget: &dyn Budget,
    better: &Better<'_>,
) -> Answer {
    let net = Net::new(problem);
    let groups = Groups::new(problem);
    let heard = Mutex::new(None);
    let tell = |search: &Search<'_>| {
        let mut heard = heard.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        if heard.is_none_or(|last| search.best.score.beats(&last)) {
            *heard = Some(search.best.score);
            better(search.state.progress(), &|| search.state.plan());
        }
    };
    let mut workers: Vec<Search<'_>> = (0..options.threads.max(1) as u64)
        .map(|worker| {
            let seed = options.seed.wrapping_add(worker.wrapping_mul(0x9E37_79B9_7F4A_7C15));
            Search::new(&net, &groups, budget, &tell, seed)
        })
        .collect();
    each(&mut workers, |search| search.construct(options.start.as_ref()));
    if groups.all.iter().any(|group| !group.members.is_empty()) {
        for (phase, until) in phases(problem.objective) {
            share_best(&mut workers);
            each(&mut workers, |search| match &phase {
                Phase::Anneal(cooling) => search.anneal(cooling, until),
                Phase::Eject => search.eject(until),
            });
        }
    }
    share_best(&mut workers);
    answer(&mut workers[0])
}

/// Runs each worker on a thread of its own; a single one on the caller's.
fn each<'a>(workers: &mut [Search<'a>], run: impl Fn(&mut Search<'a>) + Sync) {
    if let [worker] = workers {
        return run(worker);
    }
    std::thread::scope(|scope| {
        for worker in workers {
            let run = &run;
            scope.spawn(move || run(worker));
        }
    });
}

/// All workers go on from the best plan of any, the first of equally good ones.
fn share_best(workers: &mut [Search<'_>]) {
    let mut best = 0;
    for worker in 1..workers.len() {
        if workers[worker].best.score.beats(&workers[best].best.score) {
            best = worker;
        }
    }
    let saved = workers[best].best.clone();
    for (i, worker) in workers.iter_mut().enumerate() {
        if i != best && saved.score.beats(&worker.best.score) {
            worker.state.restore(&saved);
            worker.best = saved.clone();
        }
    }
    // The first one answers.
    workers.swap(0, best);
}

fn answer(search: &mut Search<'_>) -> Answer {
    let best = search.best.clone();
    search.state.restore(&best);
    let problem = search.net().problem();
    let plan = search.state.plan();
    let mut total = search.state.progress();
    // Routes have times that cost next to the least; what is answered has the least.
    if search.net().is_timed()
        && let Ok(routes) = schedule(problem, &plan)
    {
        total.cost = routes.iter().map(|route| route.costs.total()).sum();
    }
    let served = plan.vehicles(problem.requests.len());
    let unserved =
        (0..).zip(&served).filter(|(_, by)| by.is_none()).map(|(r, _)| r as RequestIx).collect();
    Answer { plan, unserved, total }
}
