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
#[derive(Debug)]
pub(super) struct Grid {
    rows: HashMap<Key, PlaceIx>,
    keys: Vec<Key>,
    capacity: usize,
    /// By part of the day: the first one whose ways take as long. They share their rows.
    alike: [u8; PARTS.len()],
}

impl Grid {
    /// Knows these places, with rows to spare; the matrix has all ways between them.
    pub(super) fn new(keys: impl IntoIterator<Item = Key>, ways: &dyn Ways) -> (Self, Matrix) {
        let first = |part: u8| {
            let same = PARTS.iter().find(|it| ways.alike(**it) == ways.alike(part));
            same.copied().unwrap_or(part)
        };
        let alike = PARTS.map(first);
        let mut grid = Self { rows: HashMap::new(), keys: Vec::new(), capacity: 0, alike };
        for key in keys {
            let (key, row) = (grid.canonical(key), grid.keys.len() as PlaceIx);
            if let std::collections::hash_map::Entry::Vacant(new) = grid.rows.entry(key) {
                new.insert(row);
                grid.keys.push(key);
            }
        }
        let known = grid.keys.len();
        grid.capacity = with_spare(known);
        let places = grid.capacity;
        let mut matrix = Matrix {
            places,
            seconds: vec![f64::INFINITY; places * places],
            metres: vec![f64::INFINITY; places * places],
        };
        let all: Vec<Place> = grid.keys.iter().copied().map(place).collect();
        for part in grid.parts() {
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

    /// How many rows there must be before another place is added; `None`: there are enough.
    pub(super) fn wanted_rows(&self) -> Option<usize> {
        (self.keys.len() == self.capacity).then(|| with_spare(self.keys.len()))
    }

    /// The matrix has so many rows now.
    pub(super) fn has_rows(&mut self, rows: usize) {
        self.capacity = rows;
    }

    /// Whether most of it is of places that nobody goes to any more, where so many are wanted.
    pub(super) fn is_mostly_left(&self, wanted: usize) -> bool {
        self.keys.len() > 2 * wanted + SPARE
    }

    /// The parts of the day that differ.
    fn parts(&self) -> impl Iterator<Item = u8> + use<> {
        let alike = self.alike;
        PARTS.into_iter().filter(move |part| alike.contains(part))
    }

    fn canonical(&self, (lat, lon, part): Key) -> Key {
        let at = PARTS.iter().position(|it| *it == part);
        (lat, lon, at.map_or(part, |at| self.alike[at]))
    }

    fn of_part(&self, part: u8) -> impl Iterator<Item = usize> + '_ {
        (0..self.keys.len()).filter(move |&row| self.keys[row].2 == part)
    }

    /// The row of a place that is known.
    pub(super) fn row(&self, key: Key) -> Option<PlaceIx> {
        self.rows.get(&self.canonical(key)).copied()
    }

    /// Gives a new place a free row, which `set` fills; `None`: there is none.
    pub(super) fn add(
        &mut self,
        key: Key,
        ways: &dyn Ways,
        set: impl FnOnce(PlaceIx, [&[f64]; 2], [&[f64]; 2]) -> bool,
    ) -> Option<PlaceIx> {
        let key = self.canonical(key);
        if let Some(row) = self.row(key) {
            return Some(row);
        }
        let row = self.keys.len();
        if row >= self.capacity {
            return None;
        }
        let here = [place(key)];
        let all: Vec<Place> = self.keys.iter().copied().map(place).collect();
        let mut seconds = [self.blank(), self.blank()];
        let mut metres = [self.blank(), self.blank()];
        let to = ways.table(&here, &all, key.2);
        for column in 0..row {
            seconds[0][column] = amount(to.seconds(0, column));
            metres[0][column] = amount(to.metres(0, column));
        }
        for part in self.parts() {
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

/// Rows for so many places, some of them free.
fn with_spare(known: usize) -> usize {
    known + (known / 4).max(SPARE)
}

fn amount(way: Option<u32>) -> f64 {
    way.map_or(f64::INFINITY, f64::from)
}
