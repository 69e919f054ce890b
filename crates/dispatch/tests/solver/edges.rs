//! Problems at the edge: nothing, one, too much, nowhere to go.

use dugnad_budget::Steps;
use dugnad_dispatch::{Answer, Matrix, Objective, Options, Problem, Visit, Window, oracle, solve};

use crate::random::{WEIGHTED, town};

const OBJECTIVES: [Objective; 3] = [Objective::VehiclesThenDistance, Objective::Distance, WEIGHTED];

fn judged(problem: &Problem, steps: u64) -> Answer {
    problem.validate().unwrap();
    let answer = solve(problem, &Options::default(), &Steps(steps), &|_| {});
    let verdict = oracle::check(problem, &answer.plan).unwrap();
    assert_eq!(verdict.unserved, answer.unserved);
    answer
}

#[test]
fn nothing_to_do_is_done_at_once() {
    for objective in OBJECTIVES {
        let nobody = judged(&town(1, 0, 3, objective), 1_000_000_000);
        assert_eq!((nobody.total.vehicles, nobody.unserved.len()), (0, 0));
        let mut nowhere = town(1, 0, 0, objective);
        nowhere.matrix = Matrix::default();
        assert!(judged(&nowhere, 1_000_000_000).plan.routes.is_empty());
    }
}

#[test]
fn without_vehicles_everybody_is_left_out() {
    for objective in OBJECTIVES {
        assert_eq!(judged(&town(1, 5, 0, objective), 200).unserved, [0, 1, 2, 3, 4]);
    }
}

#[test]
fn one_vehicle_serves_as_many_as_it_can() {
    let problem = town(2, 30, 1, Objective::Distance);
    let answer = judged(&problem, 2_000);
    assert!(answer.unserved.len() < 20, "{:?}", answer.unserved);
}

#[test]
fn who_cannot_be_reached_is_left_out_and_nobody_else() {
    for objective in OBJECTIVES {
        let mut problem = town(3, 12, 12, objective);
        let island = problem.requests[4].dropoff.place as usize;
        let places = problem.matrix.places;
        for other in 0..places {
            problem.matrix.seconds[other * places + island] = f64::INFINITY;
            problem.matrix.seconds[island * places + other] = f64::INFINITY;
        }
        let touches = |r: &u32| {
            let request = &problem.requests[*r as usize];
            [request.pickup.place, request.dropoff.place].contains(&(island as u32))
        };
        let on_it: Vec<u32> = (0..12).filter(touches).collect();
        assert_eq!(judged(&problem, 500).unserved, on_it);
    }
}

#[test]
fn equal_windows_and_places_are_served() {
    for objective in OBJECTIVES {
        let mut problem = town(4, 24, 24, objective);
        for request in &mut problem.requests {
            request.pickup.window = Window { earliest: 100.0, latest: 130.0 };
            request.pickup.place = 7;
            request.dropoff.place = 7;
        }
        assert!(judged(&problem, 300).unserved.is_empty());
    }
}

#[test]
fn a_vehicle_without_seats_serves_nobody() {
    let mut problem = town(5, 6, 2, WEIGHTED);
    problem.vehicles[0].seats.clear();
    let answer = judged(&problem, 300);
    assert!(answer.plan.routes[0].is_empty());
    assert!(!answer.plan.routes[1].is_empty());
}

#[test]
fn the_higher_priority_is_served_first() {
    let mut problem = town(6, 2, 1, Objective::Distance);
    problem.apart = vec![(0, 1)];
    for request in &mut problem.requests {
        request.pickup.window = Window { earliest: 100.0, latest: 100.0 };
        request.load = vec![1, 0];
    }
    for first in [0, 1] {
        problem.requests[first].priority = 9;
        problem.requests[1 - first].priority = 1;
        let answer = judged(&problem, 100);
        assert_eq!(answer.plan.routes[0][0], Visit::Pickup(first as u32));
        assert_eq!(answer.unserved, [1 - first as u32]);
    }
}

#[test]
fn a_price_decides_who_is_left_out() {
    let mut problem = town(7, 10, 5, Objective::Distance);
    for (r, request) in problem.requests.iter_mut().enumerate() {
        request.price = Some(if r < 5 { 0.0 } else { 1_000.0 });
    }
    // Whatever serving costs, it is more than nothing and less than a thousand.
    let served: Vec<bool> =
        judged(&problem, 1_000).plan.vehicles(10).iter().map(Option::is_some).collect();
    assert_eq!(served, [[false; 5], [true; 5]].concat());
}

#[test]
fn five_thousand_requests_are_planned_within_a_few_steps() {
    let problem = town(8, 5_000, 500, Objective::VehiclesThenDistance);
    let answer = judged(&problem, 50);
    assert!(answer.unserved.is_empty(), "{} left out", answer.unserved.len());
}
