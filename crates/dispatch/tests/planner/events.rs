//! What each kind of event does, on a straight road with places ten minutes apart.

use dugnad_budget::Steps;
use dugnad_dispatch::{
    Break, Matrix, Problem, Promise, Request, Stop, Vehicle, Visit, Window,
    oracle::check,
    planner::{Broken, EventError, Planner, Reason, Refused, Report, Standing},
};

use crate::day::{HOUR, MINUTE, WEIGHTED};

const WAY: f64 = 10.0 * MINUTE;
const EIGHT: f64 = 8.0 * HOUR;

/// Places 0 to 6 in a row, vehicles at 0 from 8 to 16 with two seats.
fn road(vehicles: usize) -> Problem {
    let seconds = (0..49).map(|at: i32| f64::from((at / 7 - at % 7).abs()) * WAY).collect();
    let vehicle = Vehicle {
        start: 0,
        end: None,
        shift: Window { earliest: EIGHT, latest: EIGHT + 8.0 * HOUR },
        max_duration: f64::INFINITY,
        breaks: Vec::new(),
        seats: vec![vec![2]],
        skills: 0,
        fixed_cost: 0.0,
        frozen: Vec::new(),
        not_before: f64::NEG_INFINITY,
    };
    Problem {
        matrix: Matrix { places: 7, seconds, metres: Vec::new() },
        requests: Vec::new(),
        vehicles: vec![vehicle; vehicles],
        apart: Vec::new(),
        objective: WEIGHTED,
        present: None,
    }
}

/// Somebody who wants to leave `from` at `minute` past eight, or up to half an hour later.
fn ride(from: u32, to: u32, minute: f64) -> Request {
    let earliest = EIGHT + minute * MINUTE;
    let window = Window { earliest, latest: earliest + 30.0 * MINUTE };
    Request {
        pickup: Stop { place: from, window, service: 0.0 },
        dropoff: Stop { place: to, window: Window::ALWAYS, service: 0.0 },
        load: vec![1],
        max_ride: f64::INFINITY,
        skills: 0,
        price: None,
        priority: 0,
        release: f64::NEG_INFINITY,
        pinned: None,
        return_of: None,
        promise: None,
    }
}

fn at(minute: f64) -> f64 {
    EIGHT + minute * MINUTE
}

fn given(vehicles: usize) -> Planner {
    Planner::new(road(vehicles), 5.0 * MINUTE).unwrap()
}

fn assert_allowed(planner: &Planner) {
    check(planner.problem(), &planner.plan()).unwrap();
}

#[test]
fn a_promise_is_the_planned_time_with_slack_within_what_was_asked() {
    let mut planner = given(1);

    let promised = planner.insert(ride(1, 3, 60.0), at(0.0)).unwrap();

    let Promise { pickup, dropoff } = promised.promise;
    assert_eq!(pickup, Window { earliest: at(60.0), latest: at(65.0) });
    assert_eq!(dropoff, Window { earliest: at(75.0), latest: at(85.0) });
    assert_eq!(planner.problem().requests[0].promise, Some(promised.promise));
}

#[test]
fn a_full_vehicle_says_from_when_to_when() {
    let mut planner = given(1);
    for _ in 0..2 {
        planner.insert(ride(1, 6, 60.0), at(0.0)).unwrap();
    }

    let refused = planner.insert(ride(2, 4, 70.0), at(0.0)).unwrap_err();

    let Refused::Nobody { obstacles, .. } = refused else { panic!("{refused:?}") };
    assert_eq!(obstacles[0].to_string(), "vehicle 0: full from 09:00 to 09:50");
}

#[test]
fn a_cancel_frees_what_it_held() {
    let mut planner = given(1);
    for _ in 0..2 {
        planner.insert(ride(1, 6, 60.0), at(0.0)).unwrap();
    }
    assert!(planner.insert(ride(2, 4, 70.0), at(0.0)).is_err());

    planner.cancel(0, at(1.0)).unwrap();

    assert_eq!(planner.standing(0), Some(Standing::Cancelled));
    assert!(planner.insert(ride(2, 4, 70.0), at(1.0)).is_ok());
    assert_allowed(&planner);
}

#[test]
fn a_way_home_falls_away_with_its_way_there() {
    let mut planner = given(1);
    let [there, home] =
        planner.insert_return(ride(1, 3, 60.0), ride(3, 1, 200.0), at(0.0)).unwrap();

    let outcome = planner.cancel(there.request, at(1.0)).unwrap();

    assert_eq!(outcome.cancelled, [home.request]);
    assert!(planner.plan().routes[0].is_empty());
}

#[test]
fn a_way_there_is_not_promised_without_its_way_home() {
    let mut planner = given(1);
    let too_late = ride(3, 1, 600.0);

    let refused = planner.insert_return(ride(1, 3, 60.0), too_late, at(0.0));

    assert!(matches!(refused, Err(Refused::Nobody { .. })), "{refused:?}");
    assert!(planner.problem().requests.is_empty());
    assert!(planner.plan().routes[0].is_empty());
}

#[test]
fn what_is_under_way_is_frozen() {
    let mut planner = given(1);
    planner.insert(ride(3, 5, 60.0), at(0.0)).unwrap();

    planner.advance(at(29.0));
    assert!(planner.problem().vehicles[0].frozen.is_empty());

    // The vehicle has to leave at half past eight to be there at nine.
    planner.advance(at(30.0));
    assert_eq!(planner.problem().vehicles[0].frozen[0].visit, Visit::Pickup(0));
    assert_eq!(planner.standing(0), Some(Standing::Planned(0)));
    planner.advance(at(60.0));
    assert_eq!(planner.standing(0), Some(Standing::Aboard(0)));
    planner.advance(at(80.0));
    assert_eq!(planner.standing(0), Some(Standing::Done(0)));
}

#[test]
fn a_vehicle_that_falls_out_hands_over_its_promises_and_strands_who_is_aboard() {
    let mut planner = given(2);
    let aboard = planner.insert(ride(1, 6, 10.0), at(0.0)).unwrap();
    let waiting = planner.insert(ride(6, 4, 90.0), at(0.0)).unwrap();
    assert_eq!(aboard.vehicle, waiting.vehicle);

    let outcome = planner.vehicle_out(aboard.vehicle, at(20.0), at(20.0)).unwrap();

    let other = 1 - aboard.vehicle;
    assert_eq!(outcome.moved, [(waiting.request, other)]);
    let stranded = Broken::Stranded { request: aboard.request, vehicle: aboard.vehicle };
    assert_eq!(outcome.broken, [stranded]);
    assert_eq!(planner.standing(aboard.request), Some(Standing::Stranded(aboard.vehicle)));
    assert_allowed(&planner);
}

#[test]
fn a_promise_that_nobody_can_keep_is_reported_with_its_reasons_and_kept_as_well_as_can_be() {
    let mut planner = given(2);
    let promised = planner.insert(ride(6, 4, 60.0), at(0.0)).unwrap();

    // The other vehicle is an hour away, and the promise ends in twenty minutes.
    let outcome = planner.vehicle_out(promised.vehicle, at(45.0), at(45.0)).unwrap();

    let [Broken::Promise { request, was, instead, obstacles }] = &outcome.broken[..] else {
        panic!("{outcome:?}")
    };
    assert_eq!((*request, *was), (promised.request, promised.promise));
    let (vehicle, promise) = instead.unwrap();
    assert_eq!(vehicle, 1 - promised.vehicle);
    assert_eq!(promise.pickup.latest, at(105.0));
    assert_eq!(obstacles[promised.vehicle as usize].reasons, [Reason::OutOfService]);
    let late = [
        Reason::PickupLate { arrives: at(105.0), closes: at(65.0) },
        Reason::DropoffLate { arrives: at(125.0), closes: at(85.0) },
    ];
    assert_eq!(obstacles[vehicle as usize].reasons, late);
    assert_allowed(&planner);
}

#[test]
fn a_vehicle_that_is_back_can_be_planned_again() {
    let mut planner = given(1);
    planner.vehicle_out(0, at(0.0), at(0.0)).unwrap();
    let refused = planner.insert(ride(1, 3, 60.0), at(1.0)).unwrap_err();
    assert!(refused.to_string().contains("is out of service"), "{refused}");

    planner.vehicle_changed(0, road(1).vehicles[0].clone(), at(30.0)).unwrap();

    assert!(planner.insert(ride(1, 3, 60.0), at(30.0)).is_ok());
}

#[test]
fn a_driver_who_takes_no_more_of_a_kind_hands_over_what_was_planned() {
    let mut planner = given(2);
    let promised = planner.insert(ride(1, 3, 60.0), at(0.0)).unwrap();
    let without = Vehicle { seats: vec![vec![0]], ..road(1).vehicles[0].clone() };

    let outcome = planner.vehicle_changed(promised.vehicle, without, at(1.0)).unwrap();

    assert_eq!(outcome.moved, [(promised.request, 1 - promised.vehicle)]);
    assert_eq!(outcome.broken, []);
}

#[test]
fn a_late_vehicle_hands_over_what_another_can_still_keep() {
    let mut planner = given(2);
    let first = planner.insert(ride(1, 4, 10.0), at(0.0)).unwrap();
    let second = planner.insert(ride(4, 1, 50.0), at(0.0)).unwrap();
    assert_eq!(first.vehicle, second.vehicle);

    // Aboard already: the first is late whatever is done, the second need not be.
    let outcome = planner.vehicle_late(first.vehicle, 30.0 * MINUTE, at(12.0)).unwrap();

    assert_eq!(outcome.moved, [(second.request, 1 - first.vehicle)]);
    let [Broken::Promise { request, .. }] = outcome.broken[..] else { panic!("{outcome:?}") };
    assert_eq!(request, first.request);
    assert_allowed(&planner);
}

#[test]
fn after_a_no_show_the_vehicle_goes_on_from_the_door() {
    let mut planner = given(1);
    let absent = planner.insert(ride(3, 6, 30.0), at(0.0)).unwrap();
    planner.insert(ride(3, 1, 60.0), at(0.0)).unwrap();

    planner.no_show(absent.request, at(35.0)).unwrap();

    assert_eq!(planner.standing(absent.request), Some(Standing::NoShow));
    let route = &planner.plan().routes[0];
    assert_eq!(route[..2], [Visit::Pickup(0), Visit::Dropoff(0)]);
    // It stands at place 3 and need not set out before it wants to.
    assert!(planner.insert(ride(3, 2, 36.0), at(35.0)).is_ok());
    assert_allowed(&planner);
}

#[test]
fn a_traveller_who_is_late_is_waited_for_if_nobody_suffers_from_it() {
    let mut planner = given(1);
    let late = planner.insert(ride(3, 6, 30.0), at(0.0)).unwrap();
    planner.advance(at(29.0));

    let outcome = planner.traveller_late(late.request, at(50.0), at(29.0)).unwrap();

    assert_eq!(outcome.broken, []);
    let (_, promise) = outcome.postponed.unwrap();
    assert_eq!(promise.pickup, Window { earliest: at(50.0), latest: at(55.0) });
    assert_eq!(planner.times(0).unwrap().begins[0], at(50.0));
}

#[test]
fn a_report_moves_what_comes_after_it() {
    let mut planner = given(1);
    planner.insert(ride(1, 3, 30.0), at(0.0)).unwrap();

    planner.progress(0, Visit::Pickup(0), Report::Began(at(33.0)), at(33.0)).unwrap();
    planner.progress(0, Visit::Pickup(0), Report::Ended(at(36.0)), at(36.0)).unwrap();

    assert_eq!(planner.standing(0), Some(Standing::Aboard(0)));
    assert_eq!(planner.times(0).unwrap().begins[1], at(56.0));
    assert_allowed(&planner);
}

#[test]
fn what_cannot_be_true_is_an_error() {
    let mut planner = given(1);
    planner.insert(ride(1, 3, 30.0), at(0.0)).unwrap();

    assert_eq!(planner.cancel(7, at(0.0)), Err(EventError::NoRequest(7)));
    assert_eq!(planner.vehicle_late(3, 1.0, at(0.0)), Err(EventError::NoVehicle(3)));
    let ahead = planner.progress(0, Visit::Pickup(0), Report::Began(at(9.0)), at(0.0));
    assert_eq!(ahead, Err(EventError::Time));
    let standing = Standing::Planned(0);
    assert_eq!(planner.no_show(0, at(0.0)), Err(EventError::Standing(0, standing)));
    assert_allowed(&planner);
}

#[test]
fn an_answer_to_an_old_problem_is_brought_up_to_date() {
    let mut planner = given(2);
    // Each on the other's way: one vehicle each is dear.
    planner.insert(ride(1, 3, 60.0), at(0.0)).unwrap();
    planner.insert(ride(3, 5, 90.0), at(0.0)).unwrap();
    planner.insert(ride(5, 1, 150.0), at(0.0)).unwrap();
    let job = planner.job();
    let mut plan = job.problem.present.clone().unwrap();
    plan.routes.swap(0, 1);

    planner.cancel(1, at(1.0)).unwrap();
    let new = planner.insert(ride(1, 2, 100.0), at(1.0)).unwrap();
    let before = planner.cost();
    let adopted = planner.adopt(&job, &plan);

    assert!(adopted.is_stale);
    assert!(planner.cost() <= before);
    assert_eq!(planner.standing(1), Some(Standing::Cancelled));
    assert!(matches!(planner.standing(new.request), Some(Standing::Planned(_))));
    assert_allowed(&planner);
}

#[test]
fn improvement_keeps_every_promise_and_costs_no_more() {
    let mut planner = given(3);
    for minute in [60.0, 65.0, 70.0, 200.0, 205.0, 140.0] {
        let from = 1 + (minute as u32 / 5) % 5;
        drop(planner.insert(ride(from, 6 - from % 5, minute), at(0.0)));
    }
    let before = planner.cost();

    let adopted = planner.improve(1, &Steps(2000));

    assert_eq!(adopted.cost, [before, planner.cost()]);
    assert!(planner.cost() <= before);
    assert_allowed(&planner);
}

#[test]
fn a_request_whose_promise_broke_can_be_asked_for_again() {
    let mut planner = given(1);
    let promised = planner.insert(ride(1, 3, 60.0), at(0.0)).unwrap();
    let outcome = planner.vehicle_out(0, at(1.0), at(1.0)).unwrap();
    assert!(matches!(outcome.broken[..], [Broken::Promise { instead: None, .. }]));
    assert_eq!(planner.standing(promised.request), Some(Standing::Waiting));

    planner.vehicle_changed(0, road(1).vehicles[0].clone(), at(2.0)).unwrap();

    assert!(planner.ask_again(promised.request, at(2.0)).is_ok());
    assert_eq!(planner.standing(promised.request), Some(Standing::Planned(0)));
}

#[test]
fn a_break_in_the_way_is_named() {
    let mut problem = road(1);
    let window = Window { earliest: at(60.0), latest: at(65.0) };
    problem.vehicles[0].breaks = vec![Break { window, lasts: 30.0 * MINUTE }];
    let mut planner = Planner::new(problem, 5.0 * MINUTE).unwrap();
    let mut across = ride(1, 6, 35.0);
    across.pickup.window.latest = at(36.0);

    let refused = planner.insert(across, at(0.0)).unwrap_err();

    let Refused::Nobody { obstacles, .. } = refused else { panic!("{refused:?}") };
    assert_eq!(obstacles[0].to_string(), "vehicle 0: has its break from 09:00 to 09:30");
}
