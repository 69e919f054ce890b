//! What the times of a schedule are like, beyond costing the least.

use dugnad_dispatch::{
    Objective,
    Visit::{Dropoff, Pickup},
    Weights, Window, schedule,
};

use crate::given::{plan, problem, request, vehicle, within};

#[test]
fn where_time_costs_nothing_all_is_early_and_the_start_is_late() {
    let mut given = problem(vec![request(1, 2), request(3, 4)], vec![vehicle()]);
    given.objective = Objective::Distance;
    given.requests[0].pickup.window = within(100.0, 200.0);
    given.requests[1].dropoff.window = within(300.0, 400.0);

    let plan = plan([&[Pickup(0), Dropoff(0), Pickup(1), Dropoff(1)]]);
    let routes = schedule(&given, &plan).unwrap();

    assert_eq!(routes[0].times.start, 90.0);
    assert_eq!(routes[0].times.begins, [100.0, 110.0, 120.0, 300.0]);
    assert_eq!((routes[0].times.end, routes[0].distance), (340.0, 80.0));
    assert_eq!(routes[0].visits[3].waiting(), 170.0);
    assert_eq!(routes[0].costs.total(), 80.0);
}

#[test]
fn a_vehicle_waits_empty_rather_than_with_people_aboard() {
    let mut given = problem(vec![request(1, 2), request(3, 4)], vec![vehicle()]);
    let weights =
        Weights { vehicle_time: 1.0, aboard: 1.0, waiting_aboard: 1.0, ..Weights::default() };
    given.objective = Objective::Weighted(weights);
    given.requests[0].pickup.window = within(0.0, 50.0);
    given.requests[1].dropoff.window = within(300.0, 400.0);

    let plan = plan([&[Pickup(0), Dropoff(0), Pickup(1), Dropoff(1)]]);
    let routes = schedule(&given, &plan).unwrap();

    assert_eq!(routes[0].times.start, 40.0);
    assert_eq!(routes[0].times.begins, [50.0, 60.0, 290.0, 300.0]);
    let rides: Vec<f64> = routes[0].rides.iter().map(|ride| ride.takes).collect();
    assert_eq!(rides, [10.0, 10.0]);
    assert_eq!(routes[0].costs.waiting_aboard, 0.0);
}

#[test]
fn without_any_limit_the_day_begins_at_nought() {
    let mut given = problem(vec![request(1, 2)], vec![vehicle()]);
    given.vehicles[0].shift = Window::ALWAYS;
    given.requests[0].pickup.window = Window::ALWAYS;
    given.requests[0].dropoff.window = Window::ALWAYS;

    let routes = schedule(&given, &plan([&[Pickup(0), Dropoff(0)]])).unwrap();

    assert_eq!(routes[0].times.start, 0.0);
    assert_eq!(routes[0].times.begins, [10.0, 20.0]);
    assert_eq!(routes[0].visits[0].load, [1]);
    assert_eq!(routes[0].visits[1].load, [0]);
}

#[test]
fn only_who_moves_to_another_vehicle_counts_as_change() {
    let mut given = problem(vec![request(1, 2), request(1, 2)], vec![vehicle(), vehicle()]);
    given.objective = Objective::Weighted(Weights { change: 7.0, ..Weights::default() });
    given.vehicles[1].fixed_cost = 30.0;
    given.present = Some(plan([&[Pickup(0), Dropoff(0)], &[]]));
    let changes = |plan| {
        let routes = schedule(&given, &plan).unwrap();
        routes.iter().map(|route| route.costs.total()).collect::<Vec<_>>()
    };

    let both = [Pickup(0), Dropoff(0), Pickup(1), Dropoff(1)];
    assert_eq!(changes(plan([&both, &[]])), [0.0, 0.0]);
    assert_eq!(changes(plan([&[], &both])), [0.0, 37.0]);
}
