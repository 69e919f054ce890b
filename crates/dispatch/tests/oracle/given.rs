//! Small problems: places ten apart on a line, and who goes from where to where.

use dugnad_dispatch::{
    Matrix, Objective, PlaceIx, Plan, Problem, Request, Stop, Vehicle, Visit, Weights, Window,
};

pub(crate) const NEVER_ENDS: f64 = f64::INFINITY;

pub(crate) fn within(earliest: f64, latest: f64) -> Window {
    Window { earliest, latest }
}

pub(crate) fn line(places: usize) -> Matrix {
    let at = |cell: usize| (cell / places).abs_diff(cell % places) as f64 * 10.0;
    Matrix { places, seconds: (0..places * places).map(at).collect(), metres: Vec::new() }
}

pub(crate) fn stop(place: PlaceIx) -> Stop {
    Stop { place, window: within(0.0, 1000.0), service: 0.0 }
}

pub(crate) fn request(from: PlaceIx, to: PlaceIx) -> Request {
    Request {
        pickup: stop(from),
        dropoff: stop(to),
        load: vec![1],
        max_ride: NEVER_ENDS,
        skills: 0,
        price: None,
        priority: 0,
        release: f64::NEG_INFINITY,
        pinned: None,
        return_of: None,
        promise: None,
    }
}

pub(crate) fn vehicle() -> Vehicle {
    Vehicle {
        start: 0,
        end: Some(0),
        shift: within(0.0, 1000.0),
        max_duration: NEVER_ENDS,
        breaks: Vec::new(),
        seats: vec![vec![2]],
        skills: 0,
        fixed_cost: 0.0,
        frozen: Vec::new(),
        not_before: f64::NEG_INFINITY,
    }
}

pub(crate) fn problem(requests: Vec<Request>, vehicles: Vec<Vehicle>) -> Problem {
    Problem {
        matrix: line(6),
        requests,
        vehicles,
        apart: Vec::new(),
        objective: Objective::Weighted(Weights { vehicle_time: 1.0, ..Weights::default() }),
        present: None,
    }
}

pub(crate) fn plan<const N: usize>(routes: [&[Visit]; N]) -> Plan {
    Plan { routes: routes.map(<[Visit]>::to_vec).to_vec() }
}
