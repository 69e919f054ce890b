//! How a person's own problem is laid out as a table: which needs can follow which, and how finely
//! counts and loads are told apart.
//!
//! Where a table would grow too large it gets coarser: loads are counted in larger units, rounded
//! down, or the number of needs is not counted. Either only forgets limits, so that what the table
//! finds costs no more than the truth and bounds stay bounds.

use crate::Cost;

use super::model::Model;

/// Most levels of load.
const LOADS: u64 = 1 << 14;
/// Most cells in one person's table.
const CELLS: u64 = 1 << 22;
/// Most close successions for each edge; with more, ways between places are not looked at.
const NEAR: usize = 64;

/// Which edges can follow which, by position in the person's list.
#[derive(Default)]
pub(super) struct Links {
    /// For each listed edge, how many of the first edges of the list can all come before it.
    pub(super) before: Vec<u32>,
    /// Further ones that can: `near[near_firsts[k]..near_firsts[k + 1]]`.
    near: Vec<u32>,
    near_firsts: Vec<u32>,
}

impl Links {
    /// `O(edges log edges)` and the close successions.
    pub(super) fn new(model: &Model) -> Self {
        let most = model.edges.len().saturating_mul(NEAR);
        match model.has_ways() {
            true => Self::within(model, most).unwrap_or_else(|| Self::blind(model)),
            false => Self::blind(model),
        }
    }

    /// With at most so many close successions.
    fn within(model: &Model, most: usize) -> Option<Self> {
        let (mut links, mut near_firsts) = (Self::default(), vec![0]);
        let (mut ends, mut frees) = (Vec::new(), Vec::new());
        for p in 0..model.people.len() as u32 {
            let list = model.list(p);
            let need = |at: usize| model.edges[list[at] as usize].need;
            ends.clear();
            ends.extend((0..list.len()).map(|at| model.needs[need(at) as usize].end));
            frees.clear();
            frees.extend((0..list.len()).map(|at| model.free_after(need(at))));
            for at in 0..list.len() {
                let start = model.needs[need(at) as usize].start;
                let free = frees[..at].partition_point(|&free| free <= start);
                let ended = ends[..at].partition_point(|&end| end <= start);
                links.before.push(free as u32);
                if links.near.len() + (ended - free) > most {
                    return None;
                }
                let close = (free..ended).filter(|&k| !model.clash(need(k), need(at)));
                links.near.extend(close.map(|k| k as u32));
                near_firsts.push(links.near.len() as u32);
            }
        }
        if !links.near.is_empty() {
            links.near_firsts = near_firsts;
        }
        Some(links)
    }

    /// Without ways between places.
    fn blind(model: &Model) -> Self {
        let (mut links, mut ends) = (Self::default(), Vec::new());
        for p in 0..model.people.len() as u32 {
            let need = |e: &u32| &model.needs[model.edges[*e as usize].need as usize];
            ends.clear();
            ends.extend(model.list(p).iter().map(|e| need(e).end));
            for (at, e) in model.list(p).iter().enumerate() {
                let ended = ends[..at].partition_point(|&end| end <= need(e).start);
                links.before.push(ended as u32);
            }
        }
        links
    }

    /// Whether some successions depend on the way between places.
    pub(super) fn has_near(&self) -> bool {
        !self.near_firsts.is_empty()
    }

    /// Positions that can come just before listed edge `k` although not all before them can.
    pub(super) fn near(&self, k: usize) -> &[u32] {
        if self.near_firsts.is_empty() {
            return &[];
        }
        &self.near[self.near_firsts[k] as usize..self.near_firsts[k + 1] as usize]
    }
}

/// The cells of a row of one person's table: counts × loads.
#[derive(Clone, Copy, Debug)]
pub(super) struct Shape {
    /// How many counts are told apart; 1 when they are not, or stand in for loads.
    pub(super) levels: usize,
    /// How many loads are told apart; or counts, where there are no loads.
    pub(super) width: usize,
    /// Units of load in a step of `width`; 0 when each need is a step.
    unit: u64,
    /// Whether a step of `width` is a need or some load at all.
    counted: bool,
    /// No clash among the person's edges, and no load: the best few are the best.
    pub(super) is_plain: bool,
}

impl Shape {
    pub(super) fn new(model: &Model, p: u32) -> Self {
        let person = &model.people[p as usize];
        let fair = &model.ground.fair;
        let list = model.list(p);
        let loads = || list.iter().map(|&e| u64::from(model.edges[e as usize].load));
        let total: u64 = loads().sum();
        let free = |(at, k): (usize, usize)| model.links.before[k] as usize == at;
        let is_plain = model.span(p).enumerate().all(free);
        let loaded = total > person.room || (fair.by_load() && total > 0);
        let most = u64::from(person.capacity).min(list.len() as u64);
        let by_needs = fair.is_some() && !fair.by_load();
        let counted = most < list.len() as u64 || by_needs;
        if !loaded {
            let fits = (list.len() as u64 + 1) * (most + 1) <= CELLS;
            let counted = counted && (is_plain || fits);
            let width = if counted { most as usize + 1 } else { 1 };
            return Self { levels: 1, width, unit: 0, counted, is_plain };
        }
        let room = person.room.min(total);
        let rows = list.len() as u64 + 1;
        let levels = if counted && rows * (most + 1) <= CELLS / 64 { most + 1 } else { 1 };
        let steps = (CELLS / (rows * levels)).clamp(1, LOADS);
        let whole = loads().fold(0, gcd).max(1);
        let unit = if room / whole < steps { whole } else { room / steps + 1 };
        let width = (room / unit) as usize + 1;
        Self { levels: levels as usize, width, unit, counted: levels > 1, is_plain: false }
    }

    /// Cells in a row.
    pub(super) fn cells(&self) -> usize {
        self.levels * self.width
    }

    /// How far along `width` an edge of this load goes.
    pub(super) fn weight(&self, load: u32) -> usize {
        match self.unit {
            0 => usize::from(self.counted),
            unit => (u64::from(load) / unit) as usize,
        }
    }

    /// How far an edge of this weight goes in a row, its level included.
    pub(super) fn stride(&self, weight: usize) -> usize {
        self.rise() * self.width + weight
    }

    fn rise(&self) -> usize {
        usize::from(self.levels > 1)
    }

    /// The spans of cells that leave room for an edge of this weight before them.
    fn spans(&self, weight: usize) -> impl Iterator<Item = std::ops::Range<usize>> {
        let (width, levels) = (self.width, self.levels);
        let weight = weight.min(width);
        (self.rise()..levels).map(move |level| level * width + weight..(level + 1) * width)
    }

    /// `row[cell] = min(row[cell], before[cell - edge] + cost)`.
    pub(super) fn extend(&self, row: &mut [Cost], before: &[Cost], weight: usize, cost: Cost) {
        let stride = self.stride(weight);
        for span in self.spans(weight) {
            let before = &before[span.start - stride..];
            for (best, &before) in row[span].iter_mut().zip(before) {
                *best = (before + cost).min(*best);
            }
        }
    }

    /// `row[cell] = min(row[cell], after[cell + edge] + cost)`.
    pub(super) fn precede(&self, row: &mut [Cost], after: &[Cost], weight: usize, cost: Cost) {
        let stride = self.stride(weight);
        for span in self.spans(weight) {
            let start = span.start - stride;
            for (best, &after) in row[start..].iter_mut().zip(&after[span]) {
                *best = (after + cost).min(*best);
            }
        }
    }

    /// The least `before[cell - edge] + after[cell]`.
    pub(super) fn join(&self, before: &[Cost], after: &[Cost], weight: usize) -> Cost {
        let stride = self.stride(weight);
        let sums = self.spans(weight).flat_map(|span| {
            let before = &before[span.start - stride..];
            after[span].iter().zip(before).map(|(after, before)| after + before)
        });
        sums.min().unwrap_or(Cost::MAX)
    }

    /// The most needs and the most load that a cell stands for, rounded down.
    pub(super) fn carried(&self, cell: usize) -> (u64, u64) {
        let (level, step) = (cell / self.width, (cell % self.width) as u64);
        match self.unit {
            0 => (step, 0),
            unit => (level as u64, step * unit),
        }
    }
}

fn gcd(a: u64, b: u64) -> u64 {
    if b == 0 { a } else { gcd(b, a % b) }
}
