//! A day that has begun: what is done, under way or decided stays, and the rest is planned around it.

use dugnad_budget::Steps;
use dugnad_dispatch::{Done, Objective, Options, Plan, Problem, oracle, schedule, solve};

use crate::random::{WEIGHTED, town};

/// Freezes what has begun by `now` in the best times of a plan, and sends the vehicles on their way.
fn begun(problem: &Problem, plan: &Plan, now: f64) -> Problem {
    let mut later = problem.clone();
    later.present = Some(plan.clone());
    let times = schedule(problem, plan).unwrap();
    for ((vehicle, route), times) in later.vehicles.iter_mut().zip(&plan.routes).zip(times) {
        let done = times.visits.iter().take_while(|visit| visit.begin <= now);
        vehicle.frozen =
            done.map(|visit| Done { visit: visit.visit, began: Some(visit.begin) }).collect();
        if let Some(next) = route.get(vehicle.frozen.len())
            && !vehicle.frozen.is_empty()
        {
            vehicle.frozen.push(Done { visit: *next, began: None });
        }
        vehicle.not_before = now;
    }
    later.validate().unwrap();
    later
}

#[test]
fn what_has_begun_stays_and_all_are_served() {
    for (seed, objective) in [(1, WEIGHTED), (2, Objective::Distance), (3, WEIGHTED)] {
        let problem = town(seed, 40, 16, objective);
        let options = Options::default();
        let morning = solve(&problem, &options, &Steps(500), &|_| {});
        assert!(morning.unserved.is_empty());
        for now in [100.0, 250.0, 400.0] {
            let later = begun(&problem, &morning.plan, now);
            for start in [None, Some(morning.plan.clone())] {
                let from_plan = start.is_some();
                let options = Options { start, ..Options::default() };
                let answer = solve(&later, &options, &Steps(200), &|_| {});

                let verdict = oracle::check(&later, &answer.plan);
                let verdict = verdict.unwrap_or_else(|faults| panic!("{seed} {now}: {faults:?}"));
                assert!(!from_plan || verdict.unserved.is_empty(), "{seed} {now}");
                for (vehicle, route) in later.vehicles.iter().zip(&answer.plan.routes) {
                    let frozen: Vec<_> = vehicle.frozen.iter().map(|done| done.visit).collect();
                    assert!(route.starts_with(&frozen));
                }
            }
        }
    }
}

#[test]
fn an_answer_departs_from_the_plan_in_force_only_where_that_pays() {
    let problem = town(4, 30, 12, Objective::Distance);
    let morning = solve(&problem, &Options::default(), &Steps(300), &|_| {}).plan;
    let mut later = begun(&problem, &morning, 50.0);
    let changes = |change: f64, later: &mut Problem| {
        let Objective::Weighted(mut weights) = WEIGHTED else { panic!() };
        weights.change = change;
        later.objective = Objective::Weighted(weights);
        let options = Options { start: Some(morning.clone()), ..Options::default() };
        let plan = solve(later, &options, &Steps(1_000), &|_| {}).plan;
        oracle::check(later, &plan).unwrap();
        let (old, new) = (morning.vehicles(30), plan.vehicles(30));
        old.iter().zip(&new).filter(|(old, new)| old != new).count()
    };

    assert!(changes(0.0, &mut later) > 0);
    assert_eq!(changes(10_000.0, &mut later), 0);
}
