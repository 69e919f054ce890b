//! Refusals: nothing fits, what is said is true, and the windows that are offered work.

use dugnad_dispatch::{
    Plan, Problem, Request, VehicleIx, Visit, Window,
    planner::{Obstacle, Planner, Reason, Refused, why_unserved},
};
use fastrand::Rng;

use crate::{
    brute::fits,
    day::{HOUR, MINUTE, kind, request, town},
};

const TOWNS: u64 = 400;
/// What sums of rounded numbers may be off by.
const ROUNDING: f64 = 1e-5;

/// A refused request, and the planner that refused it.
struct Refusal {
    planner: Planner,
    wanted: Request,
    now: f64,
    answer: Refused,
}

/// Asks for many rides in random towns and looks at what is refused.
fn each_refusal(mut look: impl FnMut(&Refusal)) {
    for seed in 0..TOWNS {
        let mut rng = Rng::with_seed(1000 + seed);
        let kind = kind(&mut rng);
        let mut planner = Planner::new(town(&mut rng, kind), 10.0 * MINUTE).unwrap();
        let mut now = 7.0 * HOUR;
        for _ in 0..25 {
            now += f64::from(rng.u32(0..900));
            let wanted = request(&mut rng, planner.problem(), now);
            if let Err(answer) = planner.insert(wanted.clone(), now) {
                look(&Refusal { planner: planner.clone(), wanted, now, answer });
            }
        }
    }
}

/// The problem with the refused request as its last.
fn asked(refusal: &Refusal) -> Problem {
    let mut problem = refusal.planner.problem().clone();
    problem.requests.push(refusal.wanted.clone());
    problem
}

fn last(problem: &Problem) -> u32 {
    problem.requests.len() as u32 - 1
}

/// Lifts what a reason names: to the value that it says is needed, or altogether.
fn lift(problem: &mut Problem, plan: &mut Plan, v: VehicleIx, reason: Reason, is_alone: bool) {
    let value = |needed: f64| needed + if is_alone { ROUNDING } else { f64::INFINITY };
    let early = |needed: f64| needed - if is_alone { ROUNDING } else { f64::INFINITY };
    let vehicle = &mut problem.vehicles[v as usize];
    let r = problem.requests.len() - 1;
    let wanted = &mut problem.requests[r];
    match reason {
        Reason::PickupLate { arrives, .. } => wanted.pickup.window.latest = value(arrives),
        Reason::DropoffLate { arrives, .. } => wanted.dropoff.window.latest = value(arrives),
        Reason::PickupEarly { by, .. } => wanted.pickup.window.earliest = early(by),
        Reason::DropoffEarly { by, .. } => wanted.dropoff.window.earliest = early(by),
        Reason::Release { by, .. } => wanted.release = early(by),
        Reason::Aboard { takes, .. } => wanted.max_ride = value(takes),
        Reason::OthersAboard { request, takes, .. } => {
            problem.requests[request as usize].max_ride = value(takes);
        }
        Reason::Promise { request, late } | Reason::Window { request, late } => {
            let other = &mut problem.requests[request as usize];
            let promise = other.promise.as_mut();
            let promised = promise.map(|p| [&mut p.pickup, &mut p.dropoff]);
            let own = [&mut other.pickup.window, &mut other.dropoff.window];
            for window in promised.into_iter().flatten().chain(own) {
                window.latest = value(window.latest + late);
            }
        }
        Reason::BreakMissed { by } => {
            for pause in &mut vehicle.breaks {
                pause.window.latest = value(pause.window.latest + by);
            }
        }
        Reason::ShiftEnds { back, .. } => vehicle.shift.latest = value(back),
        Reason::ShiftBegins { leave_by, .. } => vehicle.shift.earliest = early(leave_by),
        Reason::Duration { takes, .. } => vehicle.max_duration = value(takes),
        Reason::Full { .. } | Reason::NoPlace => vehicle.seats.push(vec![100, 100]),
        Reason::LacksSkills { .. } => vehicle.skills = u64::MAX,
        Reason::Pinned { .. } => wanted.pinned = None,
        Reason::Break { .. } => {
            vehicle.breaks.clear();
            plan.routes[v as usize].retain(|visit| !matches!(visit, Visit::Break(_)));
        }
        other => panic!("{other:?} is no reason here"),
    }
}

#[test]
fn a_refused_request_fits_nowhere() {
    let mut refusals = 0;
    each_refusal(|refusal| {
        let (problem, plan) = (asked(refusal), refusal.planner.plan());
        for v in 0..plan.routes.len() as VehicleIx {
            assert!(!fits(&problem, &plan, v, last(&problem)), "vehicle {v}: {:?}", refusal.answer);
        }
        refusals += 1;
    });
    assert!(refusals > 500, "{refusals}");
}

#[test]
fn the_nearest_window_works_when_asked_for() {
    let mut offers = 0;
    each_refusal(|refusal| {
        let Refused::Nobody { nearest: Some(nearest), .. } = &refusal.answer else { return };
        let mut again = refusal.wanted.clone();
        again.pickup.window = nearest.windows.pickup;
        again.dropoff.window = nearest.windows.dropoff;
        let answer = refusal.planner.clone().insert(again, refusal.now);
        assert!(answer.is_ok(), "{nearest:?} of {:?}: {answer:?}", refusal.wanted);
        offers += 1;
    });
    assert!(offers > 300, "{offers}");
}

#[test]
fn no_smaller_shift_would_work() {
    let moved = |window: Window, by: f64| Window {
        earliest: window.earliest + by,
        latest: window.latest + by,
    };
    each_refusal(|refusal| {
        let Refused::Nobody { nearest, .. } = &refusal.answer else { return };
        let least = nearest.map_or(5.0 * HOUR, |nearest| nearest.shift.abs());
        for share in [-0.99, -0.6, -0.3, -0.1, 0.1, 0.3, 0.6, 0.99] {
            let mut again = refusal.wanted.clone();
            again.pickup.window = moved(again.pickup.window, share * least);
            again.dropoff.window = moved(again.dropoff.window, share * least);
            let answer = refusal.planner.clone().insert(again, refusal.now);
            assert!(answer.is_err(), "{share} of {nearest:?} works");
        }
    });
}

#[test]
fn lifting_what_is_named_makes_the_request_fit() {
    let (mut alone, mut all) = (0, 0);
    each_refusal(|refusal| {
        let Refused::Nobody { obstacles, .. } = &refusal.answer else { return };
        for Obstacle { vehicle: v, reasons } in obstacles {
            // What makes a vehicle unfit at any time is named without asking about times.
            let is_unfit = matches!(
                reasons[..],
                [Reason::Pinned { .. } | Reason::LacksSkills { .. } | Reason::NoPlace]
            );
            if is_unfit || reasons[..] == [Reason::Unreachable] {
                continue;
            }
            let (mut problem, mut plan) = (asked(refusal), refusal.planner.plan());
            for &reason in reasons {
                lift(&mut problem, &mut plan, *v, reason, reasons.len() == 1);
            }
            assert!(fits(&problem, &plan, *v, last(&problem)), "vehicle {v}: {reasons:?}");
            alone += usize::from(reasons.len() == 1);
            all += 1;
        }
    });
    assert!(alone > 500 && alone * 2 > all, "{alone} of {all}");
}

#[test]
fn a_plan_can_be_asked_why_it_leaves_a_request_out() {
    each_refusal(|refusal| {
        let Refused::Nobody { obstacles, .. } = &refusal.answer else { return };
        let mut problem = asked(refusal);
        for vehicle in &mut problem.vehicles {
            vehicle.not_before = vehicle.not_before.max(refusal.now);
        }
        let r = problem.requests.len() as u32 - 1;
        let said = why_unserved(&problem, &refusal.planner.plan(), r);
        let said: Vec<_> = said.iter().map(|obstacle| obstacle.reasons.len()).collect();
        let told: Vec<_> = obstacles.iter().map(|obstacle| obstacle.reasons.len()).collect();
        assert_eq!(said, told);
    });
}

#[test]
fn reasons_read_as_sentences() {
    let clock = |hours: f64, minutes: f64| hours * HOUR + minutes * MINUTE;
    let said = [
        (
            Reason::Full { from: clock(10.0, 20.0), until: clock(10.0, 50.0) },
            "full from 10:20 to 10:50",
        ),
        (
            Reason::Aboard { takes: 51.5 * MINUTE, most: 45.0 * MINUTE },
            "would be aboard 52 of 45 min",
        ),
        (
            Reason::PickupLate { arrives: clock(11.0, 5.0), closes: clock(10.0, 50.0) },
            "arrives 11:05, the window closes 10:50",
        ),
        (
            Reason::ShiftEnds { ends: clock(15.0, 30.0), back: clock(15.0, 47.0) },
            "shift ends 15:30, would be back 15:47",
        ),
        (
            Reason::Promise { request: 7, late: 2.5 * MINUTE },
            "would break the promise to request 7 by 3 min",
        ),
        (Reason::Apart { request: 3 }, "may not ride with request 3"),
        (Reason::LacksSkills { skills: 0b101 }, "lacks skill 0 2"),
        (Reason::NoPlace, "has no place for it"),
    ];
    for (reason, sentence) in said {
        assert_eq!(reason.to_string(), sentence);
    }
    let obstacle = Obstacle { vehicle: 4, reasons: vec![Reason::NoPlace, Reason::Unreachable] };
    assert_eq!(obstacle.to_string(), "vehicle 4: has no place for it and has no way there");
}
