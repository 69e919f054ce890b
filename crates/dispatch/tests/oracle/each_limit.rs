//! A plan that keeps all limits, and every way to break just one of them.

use dugnad_dispatch::{
    Break, Done, Plan, Problem, Promise, Times,
    Visit::{Break as Pause, Dropoff, Pickup},
    Window,
    oracle::{check, check_times},
    schedule,
};

use crate::given::{plan, problem, request, vehicle, within};

/// Two travellers share the first vehicle, which has a break; the second vehicle stays at home.
fn two_travellers() -> (Problem, Plan) {
    let mut first = vehicle();
    first.breaks = vec![Break { window: within(0.0, 200.0), lasts: 5.0 }];
    first.frozen = vec![Done { visit: Pickup(0), began: None }];
    let given = problem(vec![request(1, 4), request(2, 3)], vec![first, vehicle()]);
    let route = [Pickup(0), Pickup(1), Dropoff(1), Dropoff(0), Pause(0)];
    (given, plan([&route, &[]]))
}

/// What the oracle says once something has been changed, one sentence a fault.
fn faults_when(change: fn(&mut Problem, &mut Plan)) -> Vec<String> {
    let (mut problem, mut plan) = two_travellers();
    change(&mut problem, &mut plan);
    problem.validate().unwrap();
    let faults = check(&problem, &plan).expect_err("the oracle should find a fault");
    faults.iter().map(ToString::to_string).collect()
}

#[track_caller]
fn assert_told(change: fn(&mut Problem, &mut Plan), sentence: &str) {
    assert_eq!(faults_when(change), [sentence]);
}

#[test]
fn a_plan_that_keeps_all_limits_comes_to_its_cost() {
    let (problem, plan) = two_travellers();

    let verdict = check(&problem, &plan).unwrap();

    assert_eq!((verdict.total.vehicles, verdict.total.unserved), (1, 0));
    assert_eq!(verdict.total.cost, 85.0);
}

#[test]
fn leaving_somebody_out_is_no_fault_but_is_counted() {
    let (mut problem, mut plan) = two_travellers();
    problem.requests.push(request(1, 2));
    problem.requests[2].price = Some(7.5);
    problem.requests[1].priority = 3;
    problem.requests.push(request(1, 2));
    problem.requests[3].priority = 5;
    plan.routes[0].retain(|visit| !matches!(visit, Pickup(1) | Dropoff(1)));

    let verdict = check(&problem, &plan).unwrap();

    assert_eq!(verdict.unserved, [1, 2, 3]);
    assert_eq!((verdict.left_out, verdict.price, verdict.total.unserved), (vec![5, 3], 7.5, 3));
}

#[test]
fn a_plan_must_name_what_exists_once_and_in_order() {
    assert_told(|_, plan| plan.routes.truncate(1), "the plan has 1 routes of 2");
    assert_told(
        |_, plan| plan.routes[1] = vec![Pickup(9)],
        "vehicle 1 has an unknown request or break as visit 0",
    );
    assert_told(
        |_, plan| plan.routes[1] = vec![Pause(0)],
        "vehicle 1 has an unknown request or break as visit 0",
    );
    assert_told(
        |_, plan| plan.routes[1] = vec![Pickup(1), Dropoff(1)],
        "vehicle 1 has the pickup of request 1, which is in the plan already",
    );
    assert_told(
        |_, plan| plan.routes[1] = vec![Dropoff(1)],
        "vehicle 1 drops off request 1 without having picked it up",
    );
    assert_eq!(
        faults_when(|_, plan| plan.routes[0].swap(1, 2)),
        [
            "vehicle 0 drops off request 1 without having picked it up",
            "vehicle 0 takes its break 0 with request 1 aboard",
            "vehicle 0 picks up request 1 and never drops it off",
        ]
    );
}

#[test]
fn a_used_vehicle_takes_its_breaks_in_order_with_nobody_aboard() {
    assert_told(|_, plan| plan.routes[0].truncate(4), "vehicle 0 does not take its break 0");
    assert_told(
        |_, plan| plan.routes[0].swap(3, 4),
        "vehicle 0 takes its break 0 with request 0 aboard",
    );
    assert_told(
        |_, plan| plan.routes[0].push(Pause(0)),
        "vehicle 0 has break 0, which is in the plan already",
    );
    assert_told(
        |problem, plan| {
            let pause = problem.vehicles[0].breaks[0];
            problem.vehicles[0].breaks.push(pause);
            plan.routes[0].insert(4, Pause(1));
        },
        "vehicle 0 takes its break 1 before an earlier one",
    );
}

#[test]
fn a_request_goes_with_a_vehicle_that_may_serve_it() {
    assert_told(
        |problem, _| problem.requests[1].skills = 2,
        "vehicle 0 lacks a skill that request 1 asks for",
    );
    assert_told(
        |problem, _| problem.requests[1].pinned = Some(1),
        "vehicle 0 serves request 1, which is for vehicle 1",
    );
    assert_told(
        |problem, _| problem.requests[1].load = vec![2],
        "vehicle 0 is full: from the pickup of request 1 on [3] would be aboard, in no seat \
         configuration",
    );
    assert_told(
        |problem, _| problem.apart = vec![(1, 0)],
        "vehicle 0 has request 0 aboard together with request 1",
    );
    assert_told(
        |problem, _| problem.apart = vec![(0, 1)],
        "vehicle 0 has request 0 aboard together with request 1",
    );
    assert_told(
        |problem, _| {
            problem.vehicles[0].frozen.push(Done { visit: Dropoff(0), began: None });
        },
        "vehicle 0 must have the drop-off of request 0 as visit 1: that is done or decided",
    );
    assert_told(
        |problem, _| {
            problem.requests.push(request(4, 1));
            problem.requests[2].pickup.window = within(1000.0, 1001.0);
            problem.requests[2].return_of = Some(1);
        },
        "request 1 is served without request 2, the other half of the journey",
    );
    assert_told(
        |problem, _| {
            problem.requests.push(request(4, 1));
            problem.requests[2].dropoff.window = within(0.0, 5.0);
            problem.requests[1].pickup.window = within(5.0, 1000.0);
            problem.requests[1].return_of = Some(2);
        },
        "request 1 is served without request 2, the other half of the journey",
    );
}

#[test]
fn seats_are_configurations_and_not_a_sum() {
    let seats_for = |seats: Vec<Vec<u16>>| {
        let (mut problem, plan) = two_travellers();
        problem.requests[0].load = vec![1, 0];
        problem.requests[1].load = vec![0, 1];
        problem.vehicles[0].seats = seats;
        problem.vehicles[1].seats = Vec::new();
        problem.validate().unwrap();
        check(&problem, &plan).is_ok()
    };

    assert!(seats_for(vec![vec![2, 0], vec![1, 1]]));
    assert!(!seats_for(vec![vec![2, 0], vec![0, 2]]));
    assert!(!seats_for(Vec::new()));
}

#[test]
fn a_way_that_does_not_exist_is_named() {
    assert_told(
        |problem, _| problem.matrix.seconds[3 * 6 + 4] = f64::INFINITY,
        "vehicle 0 has no way from place 3 to place 4",
    );
}

#[test]
fn limits_that_contradict_each_other_are_named_with_what_would_happen() {
    assert_told(
        |problem, _| problem.requests[0].max_ride = 25.0,
        "vehicle 0: request 0 would be aboard 30 of at most 25",
    );
    assert_told(
        |problem, _| problem.requests[1].dropoff.window.latest = 20.0,
        "vehicle 0 would begin the drop-off of request 1 at 30, its window closes at 20, because \
         the shift begins at 0",
    );
    assert_told(
        |problem, _| problem.vehicles[0].shift.latest = 80.0,
        "vehicle 0 would be at its end at 85, its shift ends at 80, because the shift begins at 0",
    );
    assert_told(
        |problem, _| problem.vehicles[0].max_duration = 80.0,
        "vehicle 0 would be out 85 of at most 80",
    );
    assert_told(
        |problem, _| problem.vehicles[0].breaks[0].window.latest = 30.0,
        "vehicle 0 would begin break 0 at 40, its window closes at 30, because the shift begins \
         at 0",
    );
    assert_told(
        |problem, _| {
            problem.requests[0].pickup.window.latest = 50.0;
            problem.requests[1].dropoff.window.earliest = 100.0;
            problem.requests[0].max_ride = 45.0;
        },
        "vehicle 0: request 0 would be aboard 60 of at most 45, because the pickup of request 0 \
         closes at 50 and the drop-off of request 1 opens at 100",
    );
}

#[test]
fn what_was_promised_and_what_is_under_way_bind_the_times() {
    assert_told(
        |problem, _| {
            let dropoff = within(0.0, 35.0);
            problem.requests[0].promise = Some(Promise { pickup: Window::ALWAYS, dropoff });
        },
        "vehicle 0 would begin the drop-off of request 0 at 40, promised for 35 at the latest, \
         because the shift begins at 0",
    );
    assert_told(
        |problem, _| {
            problem.requests[1].release = 100.0;
            problem.requests[1].pickup.window.latest = 105.0;
        },
        "vehicle 0 would begin the pickup of request 1 at 110, its window closes at 105, because \
         request 1 is released at 100",
    );
    assert_told(
        |problem, _| {
            problem.vehicles[0].not_before = 100.0;
            problem.requests[1].pickup.window.latest = 105.0;
        },
        "vehicle 0 would begin the pickup of request 1 at 110, its window closes at 105, because \
         nobody sets out to the pickup of request 1 before 100",
    );
    assert_told(
        |problem, _| {
            problem.vehicles[0].frozen[0].began = Some(50.0);
            problem.requests[1].pickup.window.latest = 55.0;
        },
        "vehicle 0 would begin the pickup of request 1 at 60, its window closes at 55, because \
         the pickup of request 0 began at 50",
    );
    assert_told(
        |problem, _| problem.vehicles[0].frozen[0].began = Some(5.0),
        "vehicle 0 began the pickup of request 0 at 5, 5 away from what the plan asks for, because \
         the shift begins at 0",
    );
}

#[test]
fn the_worlds_ways_take_as_long_as_they_took() {
    let (mut problem, plan) = two_travellers();
    problem.requests[1].release = 90.0;
    problem.vehicles[0].frozen = vec![
        Done { visit: Pickup(0), began: Some(50.0) },
        Done { visit: Pickup(1), began: Some(55.0) },
    ];

    assert!(check(&problem, &plan).is_ok());
}

/// What the oracle says of the best times once they have been changed.
fn times_when(change_problem: fn(&mut Problem), change: fn(&mut Times)) -> Vec<String> {
    let (mut problem, plan) = two_travellers();
    change_problem(&mut problem);
    let best = schedule(&problem, &plan).unwrap();
    let mut times: Vec<Times> = best.into_iter().map(|route| route.times).collect();
    assert!(check_times(&problem, &plan, &times).is_ok());
    change(&mut times[0]);
    let faults = check_times(&problem, &plan, &times).expect_err("the times should break a limit");
    faults.iter().map(ToString::to_string).collect()
}

#[test]
fn given_times_are_held_against_every_limit() {
    let unchanged = |_: &mut Problem| {};
    assert_eq!(
        times_when(unchanged, |times| times.start = -10.0),
        ["vehicle 0 leaves at -10, its shift begins at 0"]
    );
    assert_eq!(
        times_when(unchanged, |times| times.end = 2000.0),
        ["vehicle 0 would be at its end at 2000, its shift ends at 1000"]
    );
    assert_eq!(
        times_when(unchanged, |times| times.begins[2] += 2.0),
        ["vehicle 0 has 8 for the way to the drop-off of request 0, which takes 10"]
    );
    assert_eq!(
        times_when(unchanged, |times| times.begins.truncate(4)),
        ["vehicle 0 has not one time for each visit, its start and its end"]
    );
    assert_eq!(
        times_when(
            |problem| problem.requests[0].max_ride = 30.0,
            |times| {
                times.begins[3] += 1.0;
                times.begins[4] += 1.0;
                times.end += 1.0;
            }
        ),
        ["vehicle 0: request 0 would be aboard 31 of at most 30"]
    );
    assert_eq!(
        times_when(
            |problem| problem.requests[0].release = 20.0,
            |times| {
                times.start = 0.0;
                times.begins[0] = 20.0;
            }
        ),
        ["vehicle 0 sets out to the pickup of request 0 at 10, which is released at 20"]
    );
    let late = |problem: &mut Problem| problem.requests[0].pickup.window.earliest = 40.0;
    assert_eq!(
        times_when(late, |times| {
            times.start = 0.0;
            times.begins[0] = 39.0;
        }),
        ["vehicle 0 begins the pickup of request 0 at 39, its window opens at 40"]
    );
}
