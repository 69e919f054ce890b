//! Random tiny routes with whole numbers, for which every combination of times can be counted.
//!
//! All limits being whole, times exist just if whole ones do, and the cheapest are whole: counting
//! decides both what the oracle says and what the schedule costs.

use dugnad_dispatch::{
    Break, Done, Matrix, Objective, Plan, Problem, Promise, Request, Stop, Times, Vehicle, Visit,
    Weights, Window,
    oracle::{Fault, check, check_times},
    schedule,
};
use fastrand::Rng;

use crate::given;

const LAST: u8 = 16;

fn some(rng: &mut Rng, share: f64, value: impl FnOnce(&mut Rng) -> f64) -> Option<f64> {
    (rng.f64() < share).then(|| value(rng))
}

fn window(rng: &mut Rng) -> Window {
    let earliest = f64::from(rng.u8(0..8));
    let width = some(rng, 0.4, |rng| f64::from(rng.u8(0..8))).unwrap_or(f64::from(LAST));
    given::within(earliest, earliest + width)
}

fn stop(rng: &mut Rng) -> Stop {
    Stop { place: rng.u32(0..3), window: window(rng), service: f64::from(rng.u8(0..2)) }
}

fn random_request(rng: &mut Rng) -> Request {
    let promise = rng.bool().then(|| Promise { pickup: window(rng), dropoff: Window::ALWAYS });
    Request {
        pickup: stop(rng),
        dropoff: stop(rng),
        max_ride: some(rng, 0.4, |rng| f64::from(rng.u8(1..6))).unwrap_or(f64::INFINITY),
        release: some(rng, 0.3, |rng| f64::from(rng.u8(0..8))).unwrap_or(f64::NEG_INFINITY),
        promise: promise.filter(|_| rng.u8(0..4) == 0),
        ..given::request(0, 0)
    }
}

fn random_vehicle(rng: &mut Rng) -> Vehicle {
    let pause = Break { window: window(rng), lasts: f64::from(rng.u8(1..3)) };
    Vehicle {
        end: rng.bool().then_some(1),
        shift: given::within(f64::from(rng.u8(0..3)), f64::from(LAST)),
        max_duration: some(rng, 0.3, |rng| f64::from(rng.u8(6..16))).unwrap_or(f64::INFINITY),
        breaks: if rng.u8(0..3) == 0 { vec![pause] } else { Vec::new() },
        not_before: some(rng, 0.3, |rng| f64::from(rng.u8(0..6))).unwrap_or(f64::NEG_INFINITY),
        ..given::vehicle()
    }
}

/// One vehicle and two requests in one of the orders there are.
fn random_instance(rng: &mut Rng) -> (Problem, Plan) {
    let orders = [[0, 1, 0, 1], [0, 1, 1, 0], [0, 0, 1, 1]];
    let mut picked_up = [false; 2];
    let mut route: Vec<Visit> = Vec::new();
    for r in orders[rng.usize(0..3)] {
        let seen = std::mem::replace(&mut picked_up[r as usize], true);
        route.push(if seen { Visit::Dropoff(r) } else { Visit::Pickup(r) });
    }
    let mut vehicle = random_vehicle(rng);
    if !vehicle.breaks.is_empty() {
        let at = if rng.bool() { 0 } else { 4 };
        route.insert(at, Visit::Break(0));
    }
    if rng.u8(0..4) == 0 {
        let mut began = f64::from(rng.u8(2..6));
        for &visit in &route[..rng.usize(1..4)] {
            vehicle.frozen.push(Done { visit, began: Some(began) });
            began += f64::from(rng.u8(0..4));
        }
    }
    let seconds = (0..9).map(|cell| if cell % 4 == 0 { 0.0 } else { f64::from(rng.u8(0..4)) });
    let seconds = seconds.collect();
    let mut weight = || f64::from(rng.u8(0..3));
    let weights = Weights {
        vehicle_time: weight(),
        aboard: weight(),
        waiting_aboard: weight(),
        distance: 1.0,
        change: 0.0,
    };
    let matrix = Matrix { places: 3, seconds, metres: Vec::new() };
    let requests = vec![random_request(rng), random_request(rng)];
    let objective = Objective::Weighted(weights);
    let problem = Problem { matrix, objective, ..given::problem(requests, vec![vehicle]) };
    (problem, Plan { routes: vec![route] })
}

/// Counts times from the first to the last node of a route, each limit written out as it is meant.
struct Counter<'a> {
    problem: &'a Problem,
    route: &'a [Visit],
    start: f64,
    begins: Vec<f64>,
    best: Option<f64>,
}

impl Counter<'_> {
    fn vehicle(&self) -> &Vehicle {
        &self.problem.vehicles[0]
    }

    fn count(&mut self) {
        for start in self.vehicle().shift.earliest as u8..=LAST {
            self.start = f64::from(start);
            self.next();
        }
    }

    fn next(&mut self) {
        let at = self.begins.len();
        let mut ready = self.ready(at);
        if at == self.route.len() {
            let mut end = ready;
            while end <= self.vehicle().shift.latest {
                self.finish(end);
                end += 1.0;
            }
            return;
        }
        if at > 0 && self.began(at - 1).is_some() {
            // Between what is known the world took as long as it took.
            ready = self.began(at).unwrap_or(ready);
        }
        let mut time = ready;
        while time <= f64::from(LAST) {
            if self.may_begin(at, time) {
                self.begins.push(time);
                self.next();
                self.begins.pop();
            }
            time += 1.0;
        }
    }

    fn length(&self, at: usize) -> f64 {
        match self.route[at] {
            Visit::Break(_) => self.vehicle().breaks[0].lasts,
            visit => visit.stop(self.problem).unwrap().service,
        }
    }

    fn began(&self, at: usize) -> Option<f64> {
        self.vehicle().frozen.get(at)?.began
    }

    fn travel(&self, at: usize) -> f64 {
        let stood =
            self.route[..at].iter().filter_map(|visit| visit.stop(self.problem)).next_back();
        let from = stood.map_or(0, |stop| stop.place);
        let to = match self.route.get(at) {
            Some(visit) => visit.stop(self.problem).map(|stop| stop.place),
            None => self.vehicle().end,
        };
        to.map_or(0.0, |to| self.problem.matrix.time(from, to))
    }

    /// When the vehicle can be at a visit at the earliest.
    fn ready(&self, at: usize) -> f64 {
        let left = if at == 0 { self.start } else { self.begins[at - 1] + self.length(at - 1) };
        left + self.travel(at)
    }

    fn may_begin(&self, at: usize, time: f64) -> bool {
        let (problem, vehicle, visit) = (self.problem, self.vehicle(), self.route[at]);
        let known = self.began(at);
        let set_out = time - self.travel(at);
        if known.is_some_and(|began| began != time) {
            return false;
        }
        if vehicle.frozen.len() <= at && set_out < vehicle.not_before {
            return false;
        }
        let is_in = |window: Window| window.earliest <= time && time <= window.latest;
        match visit {
            Visit::Break(_) => is_in(vehicle.breaks[0].window),
            Visit::Pickup(r) => {
                let request = &problem.requests[r as usize];
                is_in(request.pickup.window)
                    && request.promise.is_none_or(|promise| is_in(promise.pickup))
                    && (known.is_some() || set_out >= request.release)
            }
            Visit::Dropoff(r) => {
                let request = &problem.requests[r as usize];
                is_in(request.dropoff.window) && self.aboard(r, time) <= request.max_ride
            }
        }
    }

    fn aboard(&self, r: u32, until: f64) -> f64 {
        let at = self.route.iter().position(|&visit| visit == Visit::Pickup(r)).unwrap();
        until - self.begins[at] - self.length(at)
    }

    fn finish(&mut self, end: f64) {
        if end - self.start > self.vehicle().max_duration {
            return;
        }
        let Objective::Weighted(weights) = self.problem.objective else { unreachable!() };
        let mut cost = weights.vehicle_time * (end - self.start);
        let mut people = 0.0;
        for (at, visit) in self.route.iter().enumerate() {
            cost += weights.distance * self.travel(at);
            cost += weights.waiting_aboard * people * (self.begins[at] - self.ready(at)).max(0.0);
            match *visit {
                Visit::Pickup(_) => people += 1.0,
                Visit::Dropoff(r) => {
                    people -= 1.0;
                    cost += weights.aboard * self.aboard(r, self.begins[at]);
                }
                Visit::Break(_) => {}
            }
        }
        cost += weights.distance * self.travel(self.route.len());
        self.best = Some(self.best.map_or(cost, |best| best.min(cost)));
    }
}

fn count(problem: &Problem, plan: &Plan) -> Option<f64> {
    let route = &plan.routes[0];
    let mut counter = Counter { problem, route, start: 0.0, begins: Vec::new(), best: None };
    counter.count();
    counter.best
}

#[test]
fn the_oracle_allows_what_some_times_allow_and_the_schedule_costs_the_least_of_them() {
    let (mut allowed, mut refused) = (0, 0);
    for seed in 0..3000 {
        let (problem, plan) = random_instance(&mut Rng::with_seed(seed));
        problem.validate().unwrap();
        match (count(&problem, &plan), check(&problem, &plan)) {
            (Some(least), Ok(verdict)) => {
                allowed += 1;
                let cost = verdict.total.cost;
                assert!(
                    (cost - least).abs() < 1e-9,
                    "seed {seed}: {cost}, but {least} is possible"
                );
                let best = schedule(&problem, &plan).unwrap();
                let times: Vec<Times> = best.into_iter().map(|route| route.times).collect();
                let judged = check_times(&problem, &plan, &times).unwrap();
                assert!((judged.total.cost - least).abs() < 1e-9, "seed {seed}");
            }
            (None, Err(faults)) => {
                refused += 1;
                assert!(matches!(faults[..], [Fault::Times { by, .. }] if by > 0.5), "{faults:?}");
            }
            (counted, judged) => panic!("seed {seed}: counted {counted:?}, judged {judged:?}"),
        }
    }
    assert!(allowed > 300 && refused > 300, "{allowed} allowed, {refused} refused");
}
