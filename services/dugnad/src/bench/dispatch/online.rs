//! The online planner: how soon it answers, and what answering at once costs.

use std::time::{Duration, Instant};

use anyhow::{Result, ensure};
use dugnad_budget::Clock;
use dugnad_dispatch::{
    Matrix, Objective, Options, Problem, Request, Stop, Vehicle, Weights, Window, oracle,
    planner::{Planner, Refused},
    solve,
};

use super::{
    Bench,
    report::{Figure, Report},
};
use crate::bench::assign::number;

const VEHICLES: usize = 200;
const REQUESTS: usize = 3_000;
/// Half an hour to both sides of what was planned.
const SLACK: f64 = 900.0;
const HOUR: f64 = 3_600.0;

impl Bench<'_> {
    pub(super) fn online(&self, report: &mut Report) -> Result<()> {
        if !self.wants("online") {
            return Ok(());
        }
        report.figures.extend(at_once(self.args.seed)?);
        report.figures.push(quality(self.args.seed)?);
        Ok(())
    }
}

/// A full day's plan, and then one more request after another.
fn at_once(seed: u64) -> Result<Vec<Figure>> {
    eprintln!("online: {VEHICLES} vehicles, {REQUESTS} requests");
    let town = Town { places: 500, kilometres: 25.0, seed };
    let mut planner = Planner::new(town.problem(VEHICLES), SLACK)?;
    let mut asked = 0;
    let mut taken = 0;
    while taken < REQUESTS && asked < 2 * REQUESTS {
        taken += usize::from(planner.insert(town.request(asked), 0.0).is_ok());
        asked += 1;
    }
    let (mut accepted, mut refused) = (Vec::new(), Vec::new());
    for n in asked..asked + 1_000 {
        // One is put in and taken out again, so that each finds the same full day.
        let began = Instant::now();
        match planner.insert(town.request(n), 0.0) {
            Ok(promised) => {
                accepted.push(began.elapsed().as_secs_f64());
                let _ = planner.cancel(promised.request, 0.0);
            }
            Err(Refused::Nobody { obstacles, .. }) => {
                refused.push(began.elapsed().as_secs_f64());
                ensure!(obstacles.len() == VEHICLES, "every vehicle has a reason");
            }
            Err(_) => {}
        }
    }
    let plan = planner.plan();
    let allowed = oracle::check(planner.problem(), &plan);
    ensure!(allowed.is_ok(), "the plan in force is not allowed: {:?}", allowed.err());
    let of = format!("one more with {taken} planned on {VEHICLES} vehicles");
    Ok(vec![
        latency(format!("{of}: promised"), accepted),
        latency(format!("{of}: refused, with a reason for each vehicle"), refused),
    ])
}

fn latency(what: String, mut seconds: Vec<f64>) -> Figure {
    seconds.sort_by(f64::total_cmp);
    let ms = |share: usize| seconds.get(seconds.len() * share / 100).map_or(f64::NAN, |s| s * 1e3);
    let measured = format!("p50 {:.2} ms, p99 {:.2} ms, {} times", ms(50), ms(99), seconds.len());
    Figure { what, measured, wanted: "p99 ≤ 3 ms", met: Some(ms(99) <= 3.0) }
}

/// Days that arrive in random order, with 10 s of improvement in all each, beside static runs of a
/// minute that are given the same accepted requests and promised windows. One day says little: the
/// search finds plans a percent or two apart.
fn quality(seed: u64) -> Result<Figure> {
    const DAYS: u64 = 3;
    eprintln!("online: {DAYS} days of {ASKED} in random order, some 70 s each");
    let days: Vec<_> = (1..=DAYS).map(|day| a_day(seed + day)).collect::<Result<_>>()?;
    let mean = days.iter().map(|day| day.over).sum::<f64>() / days.len() as f64;
    let each: Vec<_> = days.iter().map(|day| format!("{:+.2}", day.over * 100.0)).collect();
    let served: Vec<_> = days.iter().map(|day| day.served.to_string()).collect();
    let left_out: usize = days.iter().map(|day| day.left_out).sum();
    Ok(Figure {
        what: format!("{DAYS} days of {ASKED} in random order, 10 s of improvement each"),
        measured: format!(
            "{} served; cost {:+.2} % over a static minute on average ({}; {left_out} left out there)",
            served.join(", "),
            mean * 100.0,
            each.join(", "),
        ),
        wanted: "≤ +3 %",
        met: Some(mean <= 0.03 && left_out == 0),
    })
}

/// Requests of a day.
const ASKED: usize = 300;

/// What came of a day.
struct Day {
    served: usize,
    /// Of the static run.
    left_out: usize,
    /// The share by which the day's plan costs more than the static one.
    over: f64,
}

fn a_day(seed: u64) -> Result<Day> {
    const ROUNDS: usize = 20;
    const SPAN: Duration = Duration::from_secs(10);
    // The more requests there are, the more pairs of them may change places: the fuller the day, the
    // more a second gives.
    let weight = |round: usize| (round as f64 / ROUNDS as f64).powi(8);
    let weights: f64 = (1..=ROUNDS).map(weight).sum();
    let town = Town { places: 200, kilometres: 15.0, seed };
    let mut planner = Planner::new(town.problem(25), SLACK)?;
    let mut served = 0;
    for n in 0..ASKED {
        served += usize::from(planner.insert(town.request(n), 0.0).is_ok());
        if (n + 1) % (ASKED / ROUNDS) == 0 {
            let share = weight((n + 1) * ROUNDS / ASKED) / weights;
            improve(&mut planner, SPAN.mul_f64(share), n as u64);
        }
    }
    let job = planner.job();
    let budget = Clock::lasting(Duration::from_secs(60));
    let fresh = Problem { present: None, ..job.problem };
    let answer = solve(&fresh, &Options::default(), &budget, &|_| ());
    let over = planner.cost() / answer.total.cost - 1.0;
    Ok(Day { served, left_out: answer.unserved.len(), over })
}

fn improve(planner: &mut Planner, span: Duration, seed: u64) {
    let job = planner.job();
    let start = job.problem.present.clone();
    let options = Options { seed, start, ..Options::default() };
    let answer = solve(&job.problem, &options, &Clock::lasting(span), &|_| ());
    let _ = planner.adopt(&job, &answer.plan);
}

/// A town with places, and people who want to get from one to another.
struct Town {
    places: usize,
    kilometres: f64,
    seed: u64,
}

impl Town {
    fn draw(&self, k: usize, most: u64) -> u64 {
        number(k as u64, self.seed) % most
    }

    fn problem(&self, vehicles: usize) -> Problem {
        let at = |p: usize| {
            let part = |k: usize| self.draw(2 * p + k, 10_000) as f64 / 10_000.0 * self.kilometres;
            (part(0), part(1))
        };
        let points: Vec<_> = (0..self.places).map(at).collect();
        let metres: Vec<f64> = points
            .iter()
            .flat_map(|a| points.iter().map(move |b| (a.0 - b.0).hypot(a.1 - b.1) * 1_300.0))
            .map(f64::round)
            .collect();
        // 40 km/h.
        let seconds = metres.iter().map(|metres| (metres * 0.09).ceil()).collect();
        let vehicle = |v: usize| {
            let begins = (6 + (v % 3) * 3) as f64 * HOUR;
            Vehicle {
                start: (v * 7 % self.places) as u32,
                end: Some((v * 7 % self.places) as u32),
                shift: Window { earliest: begins, latest: begins + 9.0 * HOUR },
                max_duration: f64::INFINITY,
                breaks: Vec::new(),
                seats: vec![vec![5, 0], vec![2, 2]],
                skills: 0,
                fixed_cost: 0.0,
                frozen: Vec::new(),
                not_before: f64::NEG_INFINITY,
            }
        };
        Problem {
            matrix: Matrix { places: self.places, seconds, metres },
            requests: Vec::new(),
            vehicles: (0..vehicles).map(vehicle).collect(),
            apart: Vec::new(),
            objective: Objective::Weighted(Weights {
                vehicle_time: 1.0,
                distance: 0.04,
                aboard: 0.2,
                waiting_aboard: 0.3,
                change: 0.0,
            }),
            present: None,
        }
    }

    fn request(&self, n: usize) -> Request {
        let draw = |k: usize, most: u64| self.draw(1_000_000 + 8 * n + k, most);
        let place = |k| draw(k, self.places as u64) as u32;
        let from = place(0);
        let to = (from + 1 + draw(1, self.places as u64 - 1) as u32) % self.places as u32;
        let opens = 7.0 * HOUR + draw(2, 13 * 60) as f64 * 60.0;
        let stop = |place, window| Stop { place, window, service: 60.0 };
        Request {
            pickup: stop(from, Window { earliest: opens, latest: opens + 0.5 * HOUR }),
            dropoff: stop(to, Window::ALWAYS),
            load: if draw(3, 10) == 0 { vec![0, 1] } else { vec![1, 0] },
            max_ride: 75.0 * 60.0,
            skills: 0,
            price: None,
            priority: 0,
            release: f64::NEG_INFINITY,
            pinned: None,
            return_of: None,
            promise: None,
        }
    }
}
