//! Random days: after every event the plan keeps every limit, and promises hold unless reported.

use dugnad_budget::Steps;
use dugnad_dispatch::{
    Objective, Promise, RequestIx, Vehicle, VehicleIx, Visit,
    oracle::{check, check_times},
    planner::{Broken, Outcome, Planner, Report, Standing},
    schedule,
};
use fastrand::Rng;

use crate::{
    brute::fits,
    day::{HOUR, MINUTE, kind, request, town},
};

const DAYS: u64 = 4000;
const EVENTS: usize = 60;

/// A day as it goes on, with what travellers were told.
struct Day {
    planner: Planner,
    rng: Rng,
    now: f64,
    told: Vec<(RequestIx, Promise)>,
    vehicles: Vec<Vehicle>,
    log: Vec<String>,
    is_metric: bool,
}

impl Day {
    fn new(seed: u64) -> Self {
        let mut rng = Rng::with_seed(seed);
        let kind = kind(&mut rng);
        let problem = town(&mut rng, kind);
        let vehicles = problem.vehicles.clone();
        let planner = Planner::new(problem, 10.0 * MINUTE).unwrap();
        Self {
            planner,
            rng,
            now: 7.0 * HOUR,
            told: Vec::new(),
            vehicles,
            log: Vec::new(),
            is_metric: kind.is_metric,
        }
    }

    fn any_request(&mut self) -> RequestIx {
        self.rng.u32(0..self.planner.problem().requests.len().max(1) as u32)
    }

    fn any_vehicle(&mut self) -> VehicleIx {
        self.rng.u32(0..self.vehicles.len() as u32)
    }

    /// What has happened lately.
    fn story(&self) -> String {
        self.log[self.log.len().saturating_sub(12)..].join("\n")
    }

    /// One thing happens.
    fn step(&mut self) {
        self.now += f64::from(self.rng.u32(0..600));
        let outcome = match self.rng.u8(0..20) {
            0..7 => {
                self.ask();
                return;
            }
            7 => {
                self.ask_return();
                return;
            }
            8 | 9 => self.cancel(),
            10 => self.no_show(),
            11 => self.late(),
            12 => self.traveller_late(),
            13 => self.out(),
            14 => self.back(),
            15 => {
                self.planner.advance(self.now);
                let job = self.planner.job();
                assert_eq!(job.problem.validate(), Ok(()), "{}", self.story());
                if self.is_metric {
                    self.improve();
                }
                None
            }
            _ => self.progress(),
        };
        if let Some(outcome) = outcome {
            self.hear(&outcome);
        }
    }

    fn ask(&mut self) {
        let wanted = request(&mut self.rng, self.planner.problem(), self.now);
        let others = self.planner.problem().requests.len() as u32;
        let apart: Vec<_> = (0..others).filter(|_| self.rng.u8(0..10) == 0).collect();
        let answer = self.planner.insert_apart(wanted, &apart, self.now);
        self.log.push(format!("{} asked: {answer:?}", self.now));
        if let Ok(promised) = answer {
            self.told.push((promised.request, promised.promise));
        }
    }

    fn ask_return(&mut self) {
        let there = request(&mut self.rng, self.planner.problem(), self.now);
        let mut home = request(&mut self.rng, self.planner.problem(), self.now + 3.0 * HOUR);
        (home.pickup.place, home.dropoff.place) = (there.dropoff.place, there.pickup.place);
        let answer = self.planner.insert_return(there, home, self.now);
        self.log.push(format!("{} asked for a return: {answer:?}", self.now));
        for promised in answer.into_iter().flatten() {
            self.told.push((promised.request, promised.promise));
        }
    }

    fn cancel(&mut self) -> Option<Outcome> {
        let r = self.any_request();
        let outcome = self.planner.cancel(r, self.now).ok();
        self.log.push(format!("{} cancel {r}: {outcome:?}", self.now));
        outcome
    }

    fn no_show(&mut self) -> Option<Outcome> {
        let r = self.any_request();
        let outcome = self.planner.no_show(r, self.now).ok();
        self.log.push(format!("{} no-show {r}: {outcome:?}", self.now));
        outcome
    }

    fn late(&mut self) -> Option<Outcome> {
        let (v, by) = (self.any_vehicle(), f64::from(self.rng.u32(0..1500)));
        let outcome = self.planner.vehicle_late(v, by, self.now).ok();
        self.log.push(format!("{} late {v} by {by}: {outcome:?}", self.now));
        outcome
    }

    fn traveller_late(&mut self) -> Option<Outcome> {
        let r = self.any_request();
        let until = self.now + f64::from(self.rng.u32(0..2400));
        let outcome = self.planner.traveller_late(r, until, self.now).ok();
        self.log.push(format!("{} traveller {r} late until {until}: {outcome:?}", self.now));
        outcome
    }

    fn out(&mut self) -> Option<Outcome> {
        let (v, from) = (self.any_vehicle(), self.now + f64::from(self.rng.u32(0..4000)) - 1000.0);
        let outcome = self.planner.vehicle_out(v, from, self.now).ok();
        self.log.push(format!("{} out {v} from {from}: {outcome:?}", self.now));
        outcome
    }

    fn back(&mut self) -> Option<Outcome> {
        let v = self.any_vehicle();
        let with = self.vehicles[v as usize].clone();
        let outcome = self.planner.vehicle_changed(v, with, self.now).ok();
        self.log.push(format!("{} back {v}: {outcome:?}", self.now));
        outcome
    }

    fn progress(&mut self) -> Option<Outcome> {
        let v = self.any_vehicle();
        let route = self.planner.plan().routes[v as usize].clone();
        let frozen = self.planner.problem().vehicles[v as usize].frozen.len();
        let at = (frozen + self.rng.usize(0..2)).checked_sub(1)?;
        let visit = *route.get(at)?;
        let when = self.now - f64::from(self.rng.u32(0..300));
        let report = if self.rng.bool() { Report::Began(when) } else { Report::Ended(when) };
        let outcome = self.planner.progress(v, visit, report, self.now).ok();
        self.log.push(format!("{} progress {v} {visit:?} {report:?}: {outcome:?}", self.now));
        outcome
    }

    /// What counts: vehicles before all else where the objective says so.
    fn worth(&self) -> (usize, f64) {
        let plan = self.planner.plan();
        let is_used = |route: &&Vec<Visit>| route.iter().any(|v| matches!(v, Visit::Pickup(_)));
        let vehicles = match self.planner.problem().objective {
            Objective::VehiclesThenDistance => plan.routes.iter().filter(is_used).count(),
            _ => 0,
        };
        (vehicles, self.planner.cost())
    }

    fn improve(&mut self) {
        let before = self.worth();
        let adopted = self.planner.improve(self.now as u64, &Steps(30));
        self.log.push(format!("{} improve: {adopted:?}", self.now));
        assert!(!adopted.gained.is_empty() || self.worth() <= before, "{}", self.story());
        self.told.extend(adopted.gained);
    }

    /// What travellers are told of what happened.
    fn hear(&mut self, outcome: &Outcome) {
        for broken in &outcome.broken {
            if let Broken::Promise { request, instead, obstacles, was } = broken {
                self.check_broken(*request, *was, *instead);
                assert!(obstacles.iter().all(|obstacle| !obstacle.reasons.is_empty()));
                self.told.retain(|(r, _)| r != request);
                self.told.extend(instead.map(|(_, promise)| (*request, promise)));
            }
        }
        if let Some((request, promise)) = outcome.postponed {
            self.told.retain(|(r, _)| *r != request);
            let is_kept = matches!(
                self.planner.standing(request),
                Some(Standing::Planned(_) | Standing::Aboard(_) | Standing::Done(_))
            );
            self.told.extend(is_kept.then_some((request, promise)));
        }
    }

    /// No vehicle could take a request whose promise was broken within it.
    fn check_broken(&self, r: RequestIx, was: Promise, instead: Option<(VehicleIx, Promise)>) {
        let (mut problem, mut plan) = (self.planner.problem().clone(), self.planner.plan());
        let is_frozen =
            |vehicle: &Vehicle| vehicle.frozen.iter().any(|done| done.visit == Visit::Pickup(r));
        let mut request = problem.requests[r as usize].clone();
        let is_tied = problem.requests.iter().any(|other| other.return_of == Some(r));
        if problem.vehicles.iter().any(is_frozen) || request.return_of.is_some() || is_tied {
            return;
        }
        request.promise = Some(was);
        problem.requests[r as usize] = request;
        for route in &mut plan.routes {
            route.retain(|visit| ![Visit::Pickup(r), Visit::Dropoff(r)].contains(visit));
        }
        for v in 0..self.vehicles.len() as VehicleIx {
            assert!(
                !fits(&problem, &plan, v, r),
                "{r}, promised {was:?}, could go with {v} rather than {instead:?}\n{}",
                self.story()
            );
        }
    }

    /// What must hold at any time.
    fn check(&self) {
        let (problem, plan) = (self.planner.problem(), self.planner.plan());
        if let Err(faults) = check(problem, &plan) {
            panic!("{faults:#?}\n{}", self.story());
        }
        let times: Vec<_> = (0..self.vehicles.len() as VehicleIx)
            .map(|v| self.planner.times(v).cloned().unwrap_or_default())
            .collect();
        if let Err(faults) = check_times(problem, &plan, &times) {
            panic!("times: {faults:#?}\n{}", self.story());
        }
        for &(r, promise) in &self.told {
            self.check_promise(r, promise, &times);
        }
    }

    /// A promise that nobody took back is kept by the plan.
    fn check_promise(&self, r: RequestIx, promise: Promise, times: &[dugnad_dispatch::Times]) {
        let plan = self.planner.plan();
        let standing = self.planner.standing(r).unwrap();
        let Standing::Planned(v) = standing else {
            assert_ne!(standing, Standing::Waiting, "{r} forgotten\n{}", self.story());
            return;
        };
        for (visit, window) in
            [(Visit::Pickup(r), promise.pickup), (Visit::Dropoff(r), promise.dropoff)]
        {
            let at = plan.routes[v as usize].iter().position(|&other| other == visit);
            let at = at.unwrap_or_else(|| panic!("{r} not on {v}\n{}", self.story()));
            let time = times[v as usize].begins[at];
            assert!(
                (window.earliest - 1e-3..=window.latest + 1e-3).contains(&time),
                "{visit:?} at {time}, promised {window:?}\n{}",
                self.story()
            );
        }
    }
}

#[test]
fn after_every_event_the_plan_keeps_every_limit_and_every_promise_not_reported_broken() {
    for seed in 0..DAYS {
        let mut day = Day::new(seed);
        for _ in 0..EVENTS {
            day.step();
            day.check();
        }
    }
}

#[test]
fn the_same_events_give_the_same_answers() {
    for seed in 0..10 {
        let [one, other] = [(); 2].map(|()| {
            let mut day = Day::new(seed);
            (0..EVENTS).for_each(|_| day.step());
            (day.log, day.planner.plan(), schedule(day.planner.problem(), &day.planner.plan()))
        });
        assert_eq!(one, other);
    }
}
