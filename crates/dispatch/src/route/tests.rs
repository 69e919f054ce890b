//! The insertion test against every position judged by plain Bellman-Ford.

use fastrand::Rng;

use super::{Net, NodeIx, Route, Scratch, VISITS};
use crate::{
    Break, Limit, Matrix, Objective, Plan, Problem, Request, Stop, Vehicle, VehicleIx, Visit,
    Weights, Window, oracle,
};

/// A small problem in which everything that can bind sometimes does.
fn random_problem(rng: &mut Rng, objective: Objective) -> Problem {
    let places = 6;
    let metric = rng.bool();
    let points: Vec<(f64, f64)> =
        (0..places).map(|_| (rng.f64() * 20.0, rng.f64() * 20.0)).collect();
    let seconds = (0..places * places)
        .map(|cell| {
            let (a, b) = (points[cell / places], points[cell % places]);
            let flown = ((a.0 - b.0).powi(2) + (a.1 - b.1).powi(2)).sqrt();
            match (metric, rng.u8(..20)) {
                (true, _) => flown,
                (false, 0) => f64::INFINITY,
                (false, _) => (flown * (0.5 + rng.f64())).round(),
            }
        })
        .collect();
    let window = |rng: &mut Rng| {
        if rng.u8(..3) == 0 {
            return Window::ALWAYS;
        }
        let earliest = rng.u32(..100).into();
        Window { earliest, latest: earliest + f64::from(rng.u32(5..60)) }
    };
    let stop = |rng: &mut Rng| Stop {
        place: rng.u32(..places as u32),
        window: window(rng),
        service: rng.u32(..4).into(),
    };
    let requests = (0..5)
        .map(|_| Request {
            pickup: stop(rng),
            dropoff: stop(rng),
            load: vec![rng.u16(..3), rng.u16(..2)],
            max_ride: if rng.bool() { f64::INFINITY } else { rng.u32(10..40).into() },
            skills: 0,
            price: None,
            priority: 0,
            release: if rng.u8(..4) == 0 { rng.u32(..60).into() } else { f64::NEG_INFINITY },
            pinned: None,
            return_of: None,
            promise: None,
        })
        .collect();
    let vehicle = Vehicle {
        start: 0,
        end: if rng.bool() { Some(1) } else { None },
        shift: if rng.u8(..4) == 0 {
            Window::ALWAYS
        } else {
            Window { earliest: 0.0, latest: 200.0 }
        },
        max_duration: if rng.bool() { f64::INFINITY } else { rng.u32(60..150).into() },
        breaks: (0..rng.u32(..3))
            .map(|_| Break { window: window(rng), lasts: rng.u32(1..10).into() })
            .collect(),
        seats: vec![vec![4, 0], vec![2, 1]],
        skills: 0,
        fixed_cost: 7.0,
        frozen: Vec::new(),
        not_before: if rng.bool() { f64::NEG_INFINITY } else { 20.0 },
    };
    Problem {
        matrix: Matrix { places, seconds, metres: Vec::new() },
        requests,
        vehicles: vec![vehicle],
        apart: vec![(0, 1)],
        objective,
        present: None,
    }
}

/// Every limit of an order as `t[to] ≥ t[from] + d`, decided by relaxing all of them; variable 0 is
/// the origin of time.
fn holds(problem: &Problem, vehicle: VehicleIx, order: &[Visit]) -> bool {
    let car = &problem.vehicles[vehicle as usize];
    let mut arcs: Vec<(usize, usize, f64)> = Vec::new();
    let bound = |arcs: &mut Vec<_>, at: usize, window: Window| {
        arcs.push((0, at, window.earliest));
        arcs.push((at, 0, -window.latest));
    };
    let end = order.len() + 2;
    arcs.push((0, 1, car.shift.earliest));
    arcs.push((end, 0, -car.shift.latest));
    arcs.push((end, 1, -car.max_duration));
    let (mut place, mut service) = (car.start, 0.0);
    let mut aboard: Vec<(u32, usize)> = Vec::new();
    for (i, visit) in order.iter().enumerate() {
        let at = i + 2;
        let (to, window, lasts) = match visit {
            Visit::Break(b) => {
                let pause = car.breaks[*b as usize];
                (None, pause.window, pause.lasts)
            }
            _ => {
                let stop = visit.stop(problem).unwrap();
                (Some(stop.place), stop.window, stop.service)
            }
        };
        let leg = to.map_or(0.0, |to| problem.matrix.time(place, to));
        if leg.is_infinite() {
            return false;
        }
        arcs.push((at - 1, at, service + leg));
        arcs.push((0, at, car.not_before + leg));
        bound(&mut arcs, at, window);
        match *visit {
            Visit::Pickup(r) => {
                arcs.push((0, at, problem.requests[r as usize].release + leg));
                aboard.push((r, at));
            }
            Visit::Dropoff(r) => {
                let Some(mate) = aboard.iter().position(|(q, _)| *q == r) else { return false };
                let (_, pickup) = aboard.remove(mate);
                let request = &problem.requests[r as usize];
                arcs.push((at, pickup, -(request.pickup.service + request.max_ride)));
            }
            Visit::Break(_) if !aboard.is_empty() => return false,
            Visit::Break(_) => {}
        }
        let load = |d: usize| {
            aboard.iter().map(|(r, _)| problem.requests[*r as usize].load[d]).sum::<u16>()
        };
        let fits = car.seats.iter().any(|seats| (0..seats.len()).all(|d| load(d) <= seats[d]));
        let meet = |(a, b): &(u32, u32)| {
            aboard.iter().any(|(r, _)| r == a) && aboard.iter().any(|(r, _)| r == b)
        };
        if !fits || problem.apart.iter().any(meet) {
            return false;
        }
        place = to.unwrap_or(place);
        service = lasts;
    }
    let leg = car.end.map_or(0.0, |to| problem.matrix.time(place, to));
    arcs.push((end - 1, end, service + leg));
    arcs.retain(|arc| arc.2 > f64::NEG_INFINITY);
    aboard.is_empty() && leg.is_finite() && has_no_positive_cycle(end + 1, &arcs)
}

fn has_no_positive_cycle(variables: usize, arcs: &[(usize, usize, f64)]) -> bool {
    let mut time = vec![0.0; variables];
    for _ in 0..=variables {
        let mut moved = false;
        for &(from, to, least) in arcs {
            if time[from] + least > time[to] + 1e-6 {
                time[to] = time[from] + least;
                moved = true;
            }
        }
        if !moved {
            return true;
        }
    }
    false
}

fn visits(net: &Net<'_>, nodes: &[NodeIx]) -> Vec<Visit> {
    nodes.iter().map(|node| net.visit(0, *node)).collect()
}

/// The least cost over every position that plain Bellman-Ford allows.
fn cheapest_by_trial(
    net: &Net<'_>,
    route: &Route,
    request: u32,
    scratch: &mut Scratch,
) -> Option<f64> {
    let nodes: Vec<NodeIx> = route.nodes().collect();
    let mut best: Option<f64> = None;
    for i in 0..=nodes.len() {
        for j in i..=nodes.len() {
            let mut trial = nodes.clone();
            trial.insert(j, request * VISITS + 1);
            trial.insert(i, request * VISITS);
            let expected = holds(net.problem(), 0, &visits(net, &trial));
            let mut other = route.clone();
            assert_eq!(other.set(net, &trial, scratch), expected, "{trial:?}");
            if expected {
                let delta = other.cost() - route.cost();
                best = Some(best.map_or(delta, |best| best.min(delta)));
            }
        }
    }
    best
}

fn compare_insertions(objective: Objective, metric_only: bool) {
    let (mut inserted, mut refused) = (0, 0);
    for seed in 0..400 {
        let rng = &mut Rng::with_seed(seed);
        let problem = random_problem(rng, objective);
        problem.validate().unwrap();
        if metric_only
            && problem.matrix.seconds.iter().any(|time| time.fract() == 0.0 && *time > 0.0)
        {
            continue;
        }
        let net = Net::new(&problem);
        let scratch = &mut Scratch::new(net.requests());
        let mut route = Route::empty(&net, 0, scratch);
        for request in 0..net.requests() as u32 {
            let expected = cheapest_by_trial(&net, &route, request, scratch);
            let found = route.cheapest(&net, request, f64::INFINITY, scratch);
            match (expected, found) {
                (None, None) => refused += 1,
                (Some(least), Some(found)) => {
                    assert!((least - found.delta).abs() < 1e-6, "{seed}: {least} {found:?}");
                    let before = route.cost();
                    assert!(route.insert(&net, request, &found, scratch));
                    assert!((route.cost() - before - found.delta).abs() < 1e-6);
                    inserted += 1;
                }
                other => panic!("{seed}: {other:?}"),
            }
        }
    }
    assert!(inserted > 100 && refused > 100, "{inserted} inserted, {refused} refused");
}

#[test]
fn the_cheapest_insertion_is_the_best_of_all_positions_that_hold() {
    compare_insertions(Objective::Distance, false);
}

#[test]
fn the_cheapest_insertion_counts_what_its_times_cost() {
    let weights =
        Weights { vehicle_time: 1.0, distance: 0.5, aboard: 0.4, waiting_aboard: 0.3, change: 0.0 };
    compare_insertions(Objective::Weighted(weights), true);
}

#[test]
fn the_times_of_a_route_cost_hardly_more_than_the_least() {
    let weights =
        Weights { vehicle_time: 1.0, distance: 0.0, aboard: 0.4, waiting_aboard: 0.7, change: 0.0 };
    let (mut routes, mut dearer, mut least, mut paid) = (0, 0, 0.0, 0.0);
    for seed in 0..2_000 {
        let problem = random_problem(&mut Rng::with_seed(seed), Objective::Weighted(weights));
        let net = Net::new(&problem);
        let scratch = &mut Scratch::new(net.requests());
        let mut route = Route::empty(&net, 0, scratch);
        for request in 0..net.requests() as u32 {
            if let Some(at) = route.cheapest(&net, request, f64::INFINITY, scratch) {
                route.insert(&net, request, &at, scratch);
            }
        }
        if route.is_used() {
            let nodes: Vec<NodeIx> = route.nodes().collect();
            let plan = Plan { routes: vec![visits(&net, &nodes)] };
            let exact = oracle::check(&problem, &plan).unwrap().total.cost;
            assert!(route.cost() > exact - 1e-3, "{seed}: {} {exact}", route.cost());
            routes += 1;
            dearer += usize::from(route.cost() > exact + 1e-3);
            least += exact;
            paid += route.cost();
        }
    }
    assert!(dearer * 40 < routes && paid < least * 1.003, "{dearer} of {routes}, {paid} {least}");
}

#[test]
fn there_are_as_many_dimensions_as_the_limit_allows() {
    assert_eq!(Limit::DIMENSIONS, super::net::Load::default().len());
}
