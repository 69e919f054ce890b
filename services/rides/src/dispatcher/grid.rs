//! The places of a day, and the ways between them.
//!
//! How long a way takes depends on when one sets out: a place is therefore known by where it is and by
//! the part of the day that it is visited in. Some rows are left free, so that a new door costs `O(places)`
//! and not a copy of everything.

use std::collections::HashMap;

use dugnad_dispatch::{Matrix, PlaceIx};
use dugnad_events::volunteers::Location;
use dugnad_roads::Place;

use crate::ways::Ways;

/// Hours that stand for the parts of a day: night, morning rush, day, afternoon rush, evening.
const PARTS: [u8; 5] = [3, 8, 12, 16, 20];
/// Rows left free at least.
const SPARE: usize = 128;

/// The part of the day of an hour.
fn part(hour: u8) -> u8 {
    let at = match hour {
        0..=6 => 0,
        7 | 8 => 1,
        9..=14 => 2,
        15 | 16 => 3,
        _ => 4,
    };
    PARTS[at]
}

/// A place in a part of the day.
pub(super) type Key = (i32, i32, u8);

/// Where, and at what hour.
pub(super) fn key(at: Location, hour: u8) -> Key {
    (at.lat, at.lon, part(hour))
}

fn place((lat, lon, _): Key) -> Place {
    Place { lat: f64::from(lat) / 1e6, lon: f64::from(lon) / 1e6 }
}

/// Which place is which row.
#[derive(Debug, Default)]
pub(super) struct Grid {
    rows: HashMap<Key, PlaceIx>,
    keys: Vec<Key>,
    capacity: usize,
}

impl Grid {
    /// Knows these places, with rows to spare; the matrix has all ways between them.
    pub(super) fn new(keys: impl IntoIterator<Item = Key>, ways: &dyn Ways) -> (Self, Matrix) {
        let mut grid = Self::default();
        for key in keys {
            let row = grid.keys.len() as PlaceIx;
            if let std::collections::hash_map::Entry::Vacant(new) = grid.rows.entry(key) {
                new.insert(row);
                grid.keys.push(key);
            }
        }
        let known = grid.keys.len();
        grid.capacity = known + (known / 4).max(SPARE);
        let places = grid.capacity;
        let mut matrix = Matrix {
            places,
            seconds: vec![f64::INFINITY; places * places],
            metres: vec![f64::INFINITY; places * places],
        };
        let all: Vec<Place> = grid.keys.iter().copied().map(place).collect();
        for part in PARTS {
            let rows: Vec<usize> = grid.of_part(part).collect();
            let from: Vec<Place> = rows.iter().map(|&row| all[row]).collect();
            let table = ways.table(&from, &all, part);
            for (n, &row) in rows.iter().enumerate() {
                for column in 0..known {
                    let cell = row * places + column;
                    matrix.seconds[cell] = amount(table.seconds(n, column));
                    matrix.metres[cell] = amount(table.metres(n, column));
                }
                matrix.seconds[row * places + row] = 0.0;
                matrix.metres[row * places + row] = 0.0;
            }
        }
        (grid, matrix)
    }

    fn of_part(&self, part: u8) -> impl Iterator<Item = usize> + '_ {
        (0..self.keys.len()).filter(move |&row| self.keys[row].2 == part)
    }

    /// The row of a place that is known.
    pub(super) fn row(&self, key: Key) -> Option<PlaceIx> {
        self.rows.get(&key).copied()
    }

    /// Gives a new place a free row, which `set` fills; `None`: there is none.
    pub(super) fn add(
        &mut self,
        key: Key,
        ways: &dyn Ways,
        set: impl FnOnce(PlaceIx, [&[f64]; 2], [&[f64]; 2]) -> bool,
    ) -> Option<PlaceIx> {
        if let Some(row) = self.row(key) {
            return Some(row);
        }
        let row = self.keys.len();
        if row >= self.capacity {
            return None;
        }
        let here = [place(key)];
        let all: Vec<Place> = self.keys.iter().copied().map(place).collect();
        let mut seconds = [const { Vec::new() }; 2].map(|_: Vec<f64>| self.blank());
        let mut metres = [const { Vec::new() }; 2].map(|_: Vec<f64>| self.blank());
        let to = ways.table(&here, &all, key.2);
        for column in 0..row {
            seconds[0][column] = amount(to.seconds(0, column));
            metres[0][column] = amount(to.metres(0, column));
        }
        for part in PARTS {
            let rows: Vec<usize> = self.of_part(part).collect();
            let from: Vec<Place> = rows.iter().map(|&row| all[row]).collect();
            let table = ways.table(&from, &here, part);
            for (n, &row) in rows.iter().enumerate() {
                seconds[1][row] = amount(table.seconds(n, 0));
                metres[1][row] = amount(table.metres(n, 0));
            }
        }
        let ix = row as PlaceIx;
        if !set(ix, [&seconds[0], &seconds[1]], [&metres[0], &metres[1]]) {
            return None;
        }
        self.rows.insert(key, ix);
        self.keys.push(key);
        Some(ix)
    }

    fn blank(&self) -> Vec<f64> {
        vec![f64::INFINITY; self.capacity]
    }
}

fn amount(way: Option<u32>) -> f64 {
    way.map_or(f64::INFINITY, f64::from)
}
