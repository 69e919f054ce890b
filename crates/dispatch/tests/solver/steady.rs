//! The same again is the same; cut short it still holds; given a plan it is never worse.

use std::sync::atomic::{AtomicU64, Ordering};

use dugnad_budget::Steps;
use dugnad_dispatch::{Answer, Budget, Objective, Options, Plan, Problem, Visit, oracle, solve};

use crate::{
    enumerate::{self, Worth},
    random::{WEIGHTED, rich, town},
};

/// Ends when it has been asked so many times, wherever in the solver that is.
struct Asked {
    left: AtomicU64,
    of: u64,
}

impl Budget for Asked {
    fn used(&self, _steps: u64) -> f64 {
        let left = self.left.load(Ordering::Relaxed);
        self.left.store(left.saturating_sub(1), Ordering::Relaxed);
        if self.of == 0 { 1.0 } else { 1.0 - left as f64 / self.of as f64 }
    }
}

fn solved(problem: &Problem, options: &Options, steps: u64) -> Answer {
    solve(problem, options, &Steps(steps), &|_| {})
}

fn worth(problem: &Problem, answer: &Answer) -> Worth {
    Worth::of(problem, &oracle::check(problem, &answer.plan).unwrap())
}

#[test]
fn the_same_seed_and_steps_give_the_same_answer() {
    for objective in [Objective::VehiclesThenDistance, WEIGHTED] {
        let problem = town(1, 40, 12, objective);
        for threads in [1, 3] {
            let options = Options { seed: 5, threads, ..Options::default() };
            let first = solved(&problem, &options, 300);
            assert_eq!(first, solved(&problem, &options, 300));
            let other = Options { seed: 6, ..options };
            assert_ne!(first.plan, solved(&problem, &other, 300).plan);
        }
    }
}

#[test]
fn more_steps_and_more_threads_are_better_than_few() {
    let problem = town(2, 60, 20, Objective::Distance);
    let one = Options::default();
    let hasty = worth(&problem, &solved(&problem, &one, 1));
    let slow = worth(&problem, &solved(&problem, &one, 2_000));
    let four = Options { threads: 4, ..Options::default() };
    let many = worth(&problem, &solved(&problem, &four, 2_000));

    assert!(slow.left_out.is_empty() && slow.cost < 0.9 * hasty.cost, "{slow:?} {hasty:?}");
    assert!(many.cost < slow.cost * 1.02, "{many:?} {slow:?}");
}

#[test]
fn an_answer_cut_short_anywhere_still_holds() {
    for objective in [Objective::VehiclesThenDistance, Objective::Distance, WEIGHTED] {
        // What has begun can be beyond repair: then no plan is allowed.
        let problems = (0..6).map(|seed| rich(seed, objective));
        for problem in problems.filter(|problem| enumerate::best(problem).is_some()) {
            for of in 0..60 {
                let budget = Asked { left: AtomicU64::new(of), of };
                let answer = solve(&problem, &Options::default(), &budget, &|_| {});
                oracle::check(&problem, &answer.plan).unwrap();
            }
        }
    }
}

#[test]
fn a_plan_to_start_from_is_never_made_worse() {
    for objective in [Objective::VehiclesThenDistance, Objective::Distance, WEIGHTED] {
        let problem = town(3, 50, 16, objective);
        let good = solved(&problem, &Options::default(), 500);
        let start = Some(good.plan.clone());
        let again = solved(&problem, &Options { start, seed: 9, ..Options::default() }, 1);

        let (before, after) = (worth(&problem, &good), worth(&problem, &again));
        assert!(after.left_out == before.left_out && after.vehicles <= before.vehicles);
        assert!(after.cost <= before.cost + 1e-6, "{after:?} {before:?}");
    }
}

#[test]
fn of_a_plan_to_start_from_what_does_not_hold_is_dropped() {
    let problem = town(4, 20, 6, Objective::Distance);
    let good = solved(&problem, &Options::default(), 200).plan;
    let mut start = good.clone();
    // Nobody of that name, somebody twice, a drop-off before its pickup, a vehicle too many.
    start.routes[0].push(Visit::Pickup(99));
    start.routes[0].push(Visit::Break(3));
    let twice = good.routes.iter().flatten().copied().take(4);
    start.routes[1].extend(twice.collect::<Vec<_>>());
    start.routes[2].reverse();
    start.routes.push(vec![Visit::Pickup(0)]);

    for start in [start, Plan::default()] {
        let options = Options { start: Some(start), ..Options::default() };
        let answer = solved(&problem, &options, 20);
        oracle::check(&problem, &answer.plan).unwrap();
    }
}

#[test]
fn better_plans_are_told_of_while_solving() {
    let problem = town(5, 30, 10, Objective::Distance);
    let costs = std::sync::Mutex::new(Vec::new());

    let tell = |progress: dugnad_dispatch::Progress| costs.lock().unwrap().push(progress);
    let answer = solve(&problem, &Options::default(), &Steps(1_000), &tell);

    let costs = costs.into_inner().unwrap();
    let better = |pair: &[dugnad_dispatch::Progress]| {
        (pair[1].unserved, pair[1].cost) < (pair[0].unserved, pair[0].cost)
    };
    assert!(costs.len() > 3 && costs.windows(2).all(better), "{costs:?}");
    assert!(answer.total.cost <= costs[costs.len() - 1].cost + 1e-6);
}
