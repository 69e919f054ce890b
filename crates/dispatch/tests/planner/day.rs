//! Small random towns and days: all that the problem can say, in small numbers.

use dugnad_dispatch::{Break, Matrix, Objective, Problem, Request, Stop, Vehicle, Weights, Window};
use fastrand::Rng;

pub(crate) const MINUTE: f64 = 60.0;
pub(crate) const HOUR: f64 = 60.0 * MINUTE;

/// How a town differs from a plain one.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Kind {
    pub(crate) vehicles: usize,
    pub(crate) is_metric: bool,
    pub(crate) has_breaks: bool,
    pub(crate) objective: Objective,
}

pub(crate) const WEIGHTED: Objective = Objective::Weighted(Weights {
    vehicle_time: 1.0,
    distance: 0.1,
    aboard: 0.3,
    waiting_aboard: 0.2,
    change: 0.0,
});

pub(crate) fn kind(rng: &mut Rng) -> Kind {
    Kind {
        vehicles: rng.usize(1..4),
        is_metric: rng.u8(0..4) > 0,
        has_breaks: rng.bool(),
        objective: *rng
            .choice(&[WEIGHTED, Objective::Distance, Objective::VehiclesThenDistance])
            .unwrap(),
    }
}

/// A town of eight places with vehicles and nobody to drive yet.
pub(crate) fn town(rng: &mut Rng, kind: Kind) -> Problem {
    let places = 8;
    let points: Vec<(f64, f64)> =
        (0..places).map(|_| (30.0 * rng.f64(), 30.0 * rng.f64())).collect();
    let mut seconds = vec![0.0; places * places];
    for from in 0..places {
        for to in 0..places {
            let (a, b) = (points[from], points[to]);
            let way = ((a.0 - b.0).hypot(a.1 - b.1) * MINUTE).ceil();
            let odd = if kind.is_metric { 0.0 } else { f64::from(rng.u32(0..900)) };
            seconds[from * places + to] = if from == to { 0.0 } else { way + odd };
        }
    }
    if !kind.is_metric {
        seconds[rng.usize(0..places * places)] = f64::INFINITY;
    }
    let vehicles = (0..kind.vehicles).map(|_| vehicle(rng, kind)).collect();
    Problem {
        matrix: Matrix { places, seconds, metres: Vec::new() },
        requests: Vec::new(),
        vehicles,
        apart: Vec::new(),
        objective: kind.objective,
        present: None,
    }
}

fn vehicle(rng: &mut Rng, kind: Kind) -> Vehicle {
    let from = f64::from(rng.u32(7..10)) * HOUR;
    let shift = Window { earliest: from, latest: from + f64::from(rng.u32(3..8)) * HOUR };
    let lunch = from + 1.5 * HOUR;
    let window = Window { earliest: lunch, latest: lunch + HOUR };
    Vehicle {
        start: rng.u32(0..8),
        end: rng.bool().then(|| rng.u32(0..8)),
        shift,
        max_duration: if rng.bool() { f64::INFINITY } else { 5.0 * HOUR },
        breaks: if kind.has_breaks {
            vec![Break { window, lasts: 20.0 * MINUTE }]
        } else {
            Vec::new()
        },
        seats: vec![vec![3, 0], vec![1, 1]],
        skills: rng.u64(0..4),
        fixed_cost: 100.0,
        frozen: Vec::new(),
        not_before: f64::NEG_INFINITY,
    }
}

/// Somebody who wants to go somewhere not before `after`.
pub(crate) fn request(rng: &mut Rng, problem: &Problem, after: f64) -> Request {
    let from = rng.u32(0..8);
    let to = (from + rng.u32(1..8)) % 8;
    let time = (after + 8.0 * HOUR * rng.f64()).round();
    let wide = f64::from(rng.u32(5..60)) * MINUTE;
    let window = Window { earliest: time, latest: time + wide };
    let way = problem.matrix.time(from, to).min(HOUR);
    let late = Window { earliest: time + way, latest: time + way + wide + 10.0 * MINUTE };
    let (pickup, dropoff) = match rng.u8(0..4) {
        0 => (window, late),
        1 => (Window::ALWAYS, window),
        _ => (window, Window::ALWAYS),
    };
    let stop = |rng: &mut Rng, place, window| {
        let service = f64::from(rng.u32(0..4)) * MINUTE;
        Stop { place, window, service }
    };
    Request {
        pickup: stop(rng, from, pickup),
        dropoff: stop(rng, to, dropoff),
        load: if rng.u8(0..5) == 0 { vec![0, 1] } else { vec![rng.u16(1..3), 0] },
        max_ride: if rng.bool() { f64::INFINITY } else { (1.4 * way + 5.0 * MINUTE).round() },
        skills: if rng.u8(0..6) == 0 { 1 } else { 0 },
        price: None,
        priority: 0,
        release: if rng.u8(0..5) == 0 { time - 20.0 * MINUTE } else { f64::NEG_INFINITY },
        pinned: (rng.u8(0..12) == 0).then(|| rng.u32(0..problem.vehicles.len() as u32)),
        return_of: None,
        promise: None,
    }
}
