//! The instances that the assignment engine is measured on, made from a seed.
//!
//! The numbers are SplitMix64's at a counter (Steele, Lea & Flood, *Fast splittable pseudorandom
//! number generators*, OOPSLA 2014), so that any language makes the same.

use dugnad_assign::{Edge, Need, Person, Window};

/// What the published figures were measured with.
pub(super) const SEED: u64 = 20_221_122;

/// The `k`-th number of a seed.
pub(in crate::bench) fn number(k: u64, seed: u64) -> u64 {
    let mut z = seed.wrapping_add((k + 1).wrapping_mul(0x9E37_79B9_7F4A_7C15));
    z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    z ^ (z >> 31)
}

/// How the costs of a full matrix come about.
#[derive(Clone, Copy, Debug)]
pub(super) enum Dense {
    /// Any whole number from 1 to this.
    Uniform(u64),
    /// Distances between points in the plane, rounded down, and one.
    Euclidean,
}

/// `n × n` costs, row by row.
pub(super) fn dense(kind: Dense, n: usize, seed: u64) -> Vec<i64> {
    let cells = 0..(n * n) as u64;
    match kind {
        Dense::Uniform(most) => cells.map(|k| 1 + (number(k, seed) % most) as i64).collect(),
        Dense::Euclidean => {
            let point = |p: usize| {
                let at = |k| (number(k, seed) % 100_000) as f64;
                (at(2 * p as u64), at(2 * p as u64 + 1))
            };
            let points: Vec<_> = (0..2 * n).map(point).collect();
            let distance = |row: usize, column: usize| {
                let ((ax, ay), (bx, by)) = (points[row], points[n + column]);
                1 + ((ax - bx).powi(2) + (ay - by).powi(2)).sqrt() as i64
            };
            cells.map(|k| distance(k as usize / n, k as usize % n)).collect()
        }
    }
}

/// A sparse roster before it is built.
#[derive(Clone)]
pub(super) struct Sparse {
    pub(super) needs: Vec<Need>,
    pub(super) people: Vec<Person>,
    pub(super) edges: Vec<Edge>,
}

/// Which sparse roster.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Roster {
    /// 10 000 needs, 100 000 people, one each.
    Plenty,
    /// 10 000 needs of 1–3 heads, 12 000 people who take 1–3, some much sought.
    Contended,
    /// 2 000 needs in a week's slots, 800 people who take 4 that do not overlap.
    Conflicts,
}

/// The roster of a seed.
pub(super) fn sparse(kind: Roster, seed: u64) -> Sparse {
    let (needs, people, degree) = match kind {
        Roster::Plenty => (10_000, 100_000, 50),
        Roster::Contended => (10_000, 12_000, 50),
        Roster::Conflicts => (2_000, 800, 20),
    };
    let one_to_three = |k: usize, salt| (number(k as u64, seed + salt) % 3) as u32 + 1;
    let need = |n: usize| Need {
        heads: if kind == Roster::Contended { one_to_three(n, 3) } else { 1 },
        window: (kind == Roster::Conflicts).then(|| slot(n as u64, seed)),
        place: None,
        open_cost: 10_000,
    };
    let person = |p: usize| Person {
        capacity: match kind {
            Roster::Plenty => 1,
            Roster::Contended => one_to_three(p, 4),
            Roster::Conflicts => 4,
        },
        max_load: None,
        pinned: Vec::new(),
        round: 0,
    };
    let mut edges = Vec::with_capacity(needs * degree);
    for n in 0..needs {
        for person in candidates(kind, n as u64, people, degree, seed) {
            let cost = (number(edges.len() as u64, seed + 2) % 1000) as i64 + 1;
            edges.push(Edge { need: n as u32, person, cost, load: 0 });
        }
    }
    Sparse {
        needs: (0..needs).map(need).collect(),
        people: (0..people as usize).map(person).collect(),
        edges,
    }
}

/// The first `degree` different people that are drawn for a need.
fn candidates(kind: Roster, n: u64, people: u64, degree: usize, seed: u64) -> Vec<u32> {
    let mut drawn: Vec<u32> = Vec::with_capacity(degree);
    for k in 0.. {
        let raw = number(n * 4096 + k, seed + 1);
        let person = if kind == Roster::Plenty {
            (raw % people) as u32
        } else {
            let share = (raw >> 11) as f64 / (1u64 << 53) as f64;
            (people as f64 * share * share) as u32
        };
        if !drawn.contains(&person) {
            drawn.push(person);
        }
        if drawn.len() == degree {
            break;
        }
    }
    drawn
}

/// A slot of one to three hours in a week, in minutes.
fn slot(n: u64, seed: u64) -> Window {
    let draw = |k, most| (number(3 * n + k, seed + 5) % most) as i64;
    let start = draw(0, 7) * 96 + 32 + draw(1, 44);
    let quarters = 4 + draw(2, 9);
    Window { start: start * 15, end: (start + quarters) * 15 }
}
