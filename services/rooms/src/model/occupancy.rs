//! Who has claimed one room, and when. Claims are half-open spans of whole seconds since 1970,
//! buffers included; claims of one room never overlap (its share of invariant 1).
//!
//! They lie in sorted rows, a row a week: a search reads thousands of rows, and reads them at the
//! speed of memory, while a claim in the middle moves no more than a week's.

use std::{
    collections::{BTreeMap, BTreeSet},
    ops::Range,
};

use super::{booking::Booking, grid::Grid, register::Ix};

const WEEK: i64 = 7 * 24 * 60 * 60;

/// The claims of one room's own bookings; those of its relatives are theirs.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Occupancy {
    /// By the week that they start in, then by start; no row is empty.
    weeks: BTreeMap<i64, Vec<Claim>>,
    /// The same, coarsely.
    pub(super) grid: Grid,
    /// What was cancelled claims nothing, and can still be listed: by the booking's start.
    cancelled: BTreeSet<(i64, Ix<Booking>)>,
}

/// One booking's claim.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Claim {
    pub(super) start: i64,
    pub(super) end: i64,
    pub(super) by: Ix<Booking>,
}

impl Occupancy {
    pub(super) fn take(&mut self, span: Range<i64>, by: Ix<Booking>) {
        self.grid.take(&span);
        let row = self.weeks.entry(week(span.start)).or_default();
        let place = place(row, span.start);
        row.insert(place, Claim { start: span.start, end: span.end, by });
    }

    pub(super) fn give_back(&mut self, span: &Range<i64>) {
        let Some(row) = self.weeks.get_mut(&week(span.start)) else { return };
        self.grid.give_back(span);
        row.retain(|claim| claim.start != span.start);
        if row.is_empty() {
            self.weeks.remove(&week(span.start));
        }
    }

    /// Keeps what claims nothing any more for the lists.
    pub(super) fn remember(&mut self, start: i64, by: Ix<Booking>) {
        self.cancelled.insert((start, by));
    }

    /// The last claim that overlaps `span`, other than those of `gone`. `O(log n)`.
    pub(super) fn in_the_way(&self, span: &Range<i64>, gone: &[Ix<Booking>]) -> Option<Claim> {
        self.before(span.end)
            .take_while(|claim| claim.end > span.start)
            .find(|claim| !gone.contains(&claim.by))
            .copied()
    }

    /// The claims that overlap `span`, by start. `O(log n)` and each.
    pub(super) fn overlapping(&self, span: Range<i64>) -> impl Iterator<Item = Claim> {
        // Claims do not overlap each other: only the last that begins before can reach in.
        let first = self.before(span.start).next().filter(|claim| claim.end > span.start);
        let rows = self.weeks.range(week(span.start)..=week(span.end));
        let within = rows.flat_map(move |(_, row)| {
            let from = place(row, span.start);
            &row[from..place(row, span.end).max(from)]
        });
        first.into_iter().chain(within).copied()
    }

    /// The claims that begin before `end`, the last one first.
    fn before(&self, end: i64) -> impl Iterator<Item = &Claim> {
        let rows = self.weeks.range(..=week(end)).rev();
        rows.flat_map(move |(_, row)| row[..place(row, end)].iter().rev())
    }

    /// Cancelled bookings that would start within `starts`, by start, then age.
    pub(super) fn cancelled(&self, starts: Range<i64>) -> impl Iterator<Item = (i64, Ix<Booking>)> {
        self.cancelled.range((starts.start, Ix::FIRST)..(starts.end, Ix::FIRST)).copied()
    }
}

fn week(second: i64) -> i64 {
    second.div_euclid(WEEK)
}

/// How many claims of `row` begin before `second`.
fn place(row: &[Claim], second: i64) -> usize {
    match row.last() {
        Some(last) if last.start >= second => row.partition_point(|claim| claim.start < second),
        _ => row.len(),
    }
}
