//! The pool of candidates: how fast the best twenty of 100 000 are found, and how fast it changes.

use std::time::Instant;

use anyhow::Result;
use dugnad_assign::{
    Window,
    candidates::{Gender, GenderWish, Place, Point, Pool, Profile, Wanted, Weights},
};
use jiff::{ToSpan as _, civil::Date};

use super::{instances::number, report::Figure};
use crate::bench::report::thousands;

const PEOPLE: u64 = 100_000;
const QUERIES: u64 = 2_000;
const CHANGES: u64 = 300_000;

pub(super) fn measure(seed: u64) -> Result<Vec<Figure>> {
    let mut pool = Pool::new();
    for key in 0..PEOPLE {
        pool.upsert(key, somebody(&mut Draws::new(seed, key)));
    }
    let strict = search(&pool, seed, |draws| wanted(draws, true));
    let loose = search(&pool, seed, |draws| wanted(draws, false));
    let changes: Vec<_> =
        (0..CHANGES).map(|n| (n % PEOPLE, somebody(&mut Draws::new(seed + 1, n)))).collect();
    let began = Instant::now();
    for (key, profile) in changes {
        pool.upsert(key, profile);
    }
    let per_s = CHANGES as f64 / began.elapsed().as_secs_f64();
    Ok(vec![
        strict.figure("the best 20 of 100 000 people, eight filters"),
        loose.figure("the same where most people pass the filters"),
        Figure {
            what: "whole profiles changed in the index, one thread".to_owned(),
            measured: format!("{} /s", thousands(per_s)),
            wanted: "≥ 100 000 /s",
            met: per_s >= 100_000.0,
        },
    ])
}

struct Found {
    seconds: Vec<f64>,
    candidates: usize,
}

impl Found {
    fn figure(&self, what: &str) -> Figure {
        let ms = |share: usize| self.seconds[self.seconds.len() * share / 100] * 1e3;
        let found = self.candidates as f64 / self.seconds.len() as f64;
        Figure {
            what: what.to_owned(),
            measured: format!(
                "p50 {:.2} ms, p99 {:.2} ms, {found:.1} found on average",
                ms(50),
                ms(99)
            ),
            wanted: "p99 ≤ 2 ms",
            met: ms(99) <= 2.0,
        }
    }
}

fn search(pool: &Pool, seed: u64, wanted: impl Fn(&mut Draws) -> Wanted) -> Found {
    let mut found = Found { seconds: Vec::new(), candidates: 0 };
    for query in 0..QUERIES {
        let wanted = wanted(&mut Draws::new(seed + 2, query));
        let began = Instant::now();
        found.candidates += pool.top(20, &wanted).len();
        found.seconds.push(began.elapsed().as_secs_f64());
    }
    found.seconds.sort_by(f64::total_cmp);
    found
}

/// Numbers of one person or query.
struct Draws {
    seed: u64,
    next: u64,
}

impl Draws {
    fn new(seed: u64, of: u64) -> Self {
        Self { seed, next: of * 64 }
    }

    fn below(&mut self, most: u64) -> u64 {
        self.next += 1;
        number(self.next, self.seed) % most
    }

    /// One to `most` of them.
    fn few(&mut self, most: u64, of: u64) -> Vec<u32> {
        (0..=self.below(most)).map(|_| self.below(of) as u32).collect()
    }

    fn day(&mut self, from: Date, days: u64) -> Date {
        from.saturating_add((self.below(days) as i64).days())
    }

    /// Somewhere in a region of some 60 km, half of it within a town of 12.
    fn point(&mut self) -> Option<Point> {
        let width = if self.below(2) == 0 { 1.0 } else { 0.2 };
        let mut offset = || (self.below(10_000) as f64 / 10_000.0 - 0.5) * width;
        Point::new(10.4 + offset(), 63.4 + offset() * 0.5)
    }
}

fn somebody(draws: &mut Draws) -> Profile {
    let today = Date::constant(2026, 11, 22);
    let free = (0..5)
        .map(|_| {
            let start = (draws.below(28) * 24 + 8 + draws.below(12)) as i64 * 60;
            Window { start, end: start + 120 + draws.below(6) as i64 * 60 }
        })
        .collect();
    Profile {
        skills: draws.few(6, 20),
        languages: [&[0], &draws.few(1, 12)[..]].concat(),
        interests: draws.few(4, 60),
        courses: draws.few(3, 8).into_iter().map(|tag| (tag, draws.day(today, 700))).collect(),
        check: (draws.below(10) < 7).then(|| draws.day(today, 900)),
        born: Some(draws.day(Date::constant(1940, 1, 1), 25_000)),
        gender: [Some(Gender::Female), Some(Gender::Male), None][draws.below(3) as usize],
        home: draws.point(),
        goes: 2_000 + draws.below(20_000) as u32,
        free,
        load: draws.below(40) as u32,
    }
}

/// All eight filters; strictly, or such that most people pass most of them.
fn wanted(draws: &mut Draws, strict: bool) -> Wanted {
    let day = draws.day(Date::constant(2026, 11, 22), 28);
    let start = (draws.below(28) * 24 + 10 + draws.below(9)) as i64 * 60;
    let gender = if draws.below(2) == 0 { Gender::Female } else { Gender::Male };
    Wanted {
        skills: if strict { draws.few(2, 20) } else { Vec::new() },
        languages: vec![0],
        courses: if strict { draws.few(1, 8) } else { Vec::new() },
        check: strict,
        min_age: Some(18),
        max_age: Some(if strict { 75 } else { 110 }),
        gender: Some(GenderWish { gender, strict }),
        place: draws
            .point()
            .map(|point| Place { point, within: if strict { 15_000 } else { 80_000 } }),
        window: strict.then_some(Window { start, end: start + 90 }),
        interests: draws.few(3, 60),
        rather_languages: draws.few(1, 12),
        weights: Weights {
            kilometre: 10,
            interest: 30,
            language: 20,
            gender: 25,
            before: 100,
            load: 3,
        },
        ..Wanted::on(day)
    }
}
