//! Small random problems in which everything that can bind sometimes does.

use dugnad_dispatch::{
    Break, Done, Limit, Matrix, Objective, Plan, Problem, Promise, Request, Stop, Vehicle, Visit,
    Weights, Window,
};
use fastrand::Rng;

pub(crate) const WEIGHTED: Objective = Objective::Weighted(Weights {
    vehicle_time: 0.3,
    distance: 1.0,
    aboard: 0.2,
    waiting_aboard: 0.5,
    change: 4.0,
});

fn chance(rng: &mut Rng, of: u8) -> bool {
    rng.u8(..of) == 0
}

/// Ways that are neither symmetric nor metric, some of them missing.
pub(crate) fn rough_ways(rng: &mut Rng, places: usize) -> Matrix {
    let points: Vec<(f64, f64)> =
        (0..places).map(|_| (rng.f64() * 30.0, rng.f64() * 30.0)).collect();
    let cells = || (0..places * places).map(|cell| (points[cell / places], points[cell % places]));
    let flown = |(a, b): ((f64, f64), (f64, f64))| (a.0 - b.0).hypot(a.1 - b.1);
    let mut seconds: Vec<f64> = cells().map(|ends| (flown(ends) * 0.8).round()).collect();
    for time in &mut seconds {
        *time = match rng.u8(..25) {
            0 => f64::INFINITY,
            1..6 => *time * 2.0,
            _ => *time,
        };
    }
    let metres = cells().map(|ends| (flown(ends) * (1.0 + 0.3 * rng.f64())).round()).collect();
    Matrix { places, seconds, metres }
}

fn window(rng: &mut Rng) -> Window {
    if chance(rng, 4) {
        return Window::ALWAYS;
    }
    let earliest = f64::from(rng.u32(..120));
    Window { earliest, latest: earliest + f64::from(rng.u32(10..70)) }
}

fn stop(rng: &mut Rng, places: usize) -> Stop {
    Stop { place: rng.u32(..places as u32), window: window(rng), service: rng.u32(..5).into() }
}

fn request(rng: &mut Rng, places: usize, vehicles: u32) -> Request {
    Request {
        pickup: stop(rng, places),
        dropoff: stop(rng, places),
        load: vec![rng.u16(..3), u16::from(chance(rng, 3))],
        max_ride: if rng.bool() { f64::INFINITY } else { rng.u32(15..50).into() },
        skills: u64::from(chance(rng, 5)),
        price: if chance(rng, 3) { Some(rng.u32(5..60).into()) } else { None },
        priority: rng.u8(..3),
        release: if chance(rng, 5) { rng.u32(..80).into() } else { f64::NEG_INFINITY },
        pinned: if chance(rng, 6) { Some(rng.u32(..vehicles)) } else { None },
        return_of: None,
        promise: None,
    }
}

fn vehicle(rng: &mut Rng, places: usize) -> Vehicle {
    let breaks = (0..rng.u32(..5).saturating_sub(3))
        .map(|_| Break { window: window(rng), lasts: rng.u32(1..10).into() })
        .collect();
    Vehicle {
        start: rng.u32(..places as u32),
        end: if rng.bool() { Some(rng.u32(..places as u32)) } else { None },
        shift: if chance(rng, 5) {
            Window::ALWAYS
        } else {
            Window { earliest: 0.0, latest: 220.0 }
        },
        max_duration: if rng.bool() { f64::INFINITY } else { rng.u32(60..180).into() },
        breaks,
        seats: vec![vec![4, 0], vec![2, 1]],
        skills: rng.u64(..2),
        fixed_cost: rng.u32(..20).into(),
        frozen: Vec::new(),
        not_before: if chance(rng, 3) { 20.0 } else { f64::NEG_INFINITY },
    }
}

/// Four requests and two vehicles with all there is.
pub(crate) fn rich(seed: u64, objective: Objective) -> Problem {
    let rng = &mut Rng::with_seed(seed);
    let places = 6;
    let mut problem = Problem {
        matrix: rough_ways(rng, places),
        requests: (0..4).map(|_| request(rng, places, 2)).collect(),
        vehicles: (0..2).map(|_| vehicle(rng, places)).collect(),
        apart: if rng.bool() { vec![(0, 1), (2, 0)] } else { Vec::new() },
        objective,
        present: None,
    };
    let there = problem.requests[0].dropoff;
    if rng.bool() && there.window.latest.is_finite() {
        let home = &mut problem.requests[3];
        home.return_of = Some(0);
        home.pickup.window.earliest = there.window.latest + there.service;
        home.pickup.window.latest = home.pickup.window.earliest + 40.0;
    }
    if chance(rng, 3) {
        let pickup = problem.requests[1].pickup.window;
        let promise = Promise { pickup, dropoff: window(rng) };
        problem.requests[1].promise = Some(promise);
    }
    if rng.bool() {
        let visits = vec![Visit::Pickup(1), Visit::Dropoff(1), Visit::Pickup(2), Visit::Dropoff(2)];
        problem.present = Some(Plan { routes: vec![Vec::new(), visits] });
    }
    if chance(rng, 3) {
        freeze_first(&mut problem, rng);
    }
    problem.validate().unwrap();
    problem
}

/// Somebody is aboard the first vehicle already.
fn freeze_first(problem: &mut Problem, rng: &mut Rng) {
    let (request, vehicle) = (&problem.requests[2], &mut problem.vehicles[0]);
    let way = problem.matrix.time(vehicle.start, request.pickup.place);
    let earliest = request.pickup.window.earliest.max(vehicle.shift.earliest.max(0.0) + way);
    let earliest = earliest.max(request.release + way);
    if earliest <= request.pickup.window.latest {
        let began = rng.bool().then_some(earliest);
        vehicle.frozen = vec![Done { visit: Visit::Pickup(2), began }];
    }
}

/// A town: requests with windows over a day, vehicles from a few depots; metric.
pub(crate) fn town(seed: u64, requests: usize, vehicles: usize, objective: Objective) -> Problem {
    let rng = &mut Rng::with_seed(seed);
    let places = 60;
    let points: Vec<(f64, f64)> =
        (0..places).map(|_| (rng.f64() * 20.0, rng.f64() * 20.0)).collect();
    let seconds = (0..places * places)
        .map(|cell| (points[cell / places], points[cell % places]))
        .map(|(a, b)| (a.0 - b.0).hypot(a.1 - b.1))
        .collect();
    let any_time = |rng: &mut Rng| Stop {
        place: rng.u32(..places as u32),
        window: Window { earliest: 0.0, latest: 720.0 },
        service: 2.0,
    };
    let requests = (0..requests)
        .map(|_| {
            let earliest = f64::from(rng.u32(20..600));
            let mut request = request(rng, places, 1);
            request.pickup = any_time(rng);
            request.pickup.window = Window { earliest, latest: earliest + 30.0 };
            request.dropoff = any_time(rng);
            request.max_ride = 45.0;
            (request.skills, request.price, request.pinned) = (0, None, None);
            (request.priority, request.release) = (0, f64::NEG_INFINITY);
            request
        })
        .collect();
    let vehicles = (0..vehicles)
        .map(|v| Vehicle {
            start: (v % 3) as u32,
            end: Some((v % 3) as u32),
            shift: Window { earliest: 0.0, latest: 720.0 },
            max_duration: f64::INFINITY,
            breaks: Vec::new(),
            seats: vec![vec![4, 0], vec![2, 1]],
            skills: 0,
            fixed_cost: 20.0,
            frozen: Vec::new(),
            not_before: f64::NEG_INFINITY,
        })
        .collect();
    let problem = Problem {
        matrix: Matrix { places, seconds, metres: Vec::new() },
        requests,
        vehicles,
        apart: Vec::new(),
        objective,
        present: None,
    };
    problem.validate().unwrap();
    assert!(problem.dimensions() <= Limit::DIMENSIONS);
    problem
}
