//! One person's own problem: with prices for needs, which of their edges are best together?
//!
//! A dynamic programme over the person's edges in the order of their windows: the best chain of
//! needs that can follow one another, by number of needs and by load. Where nothing clashes and
//! nothing weighs, the cheapest few. Exact for windows, for ways that keep the triangle inequality
//! and for loads that [`Shape`] need not round; otherwise it costs less than the truth, never more.
//!
//! Beside the best itself: what the best costs through an edge, and without it, for fixing edges by
//! reduced cost (Posta, Ferland & Michelon, *Computational Optimization and Applications* 52,
//! 2012).

use crate::Cost;

use super::{
    knapsack::{Item, Knapsack},
    model::Model,
    shape::Shape,
};

/// A place that no chain reaches.
const NOWHERE: Cost = Cost::MAX / 2;

/// Cells' worth of work for an edge in a knapsack, where few edges need the table.
const DECIDED: u64 = 32;

/// Tables that are used again and again.
#[derive(Default)]
pub(super) struct Oracle {
    /// Row `k`: the best of the first `k` kept edges, within the count and load of each cell.
    prefix: Vec<Cost>,
    /// Row `k`: the best chain that ends with kept edge `k`; only where ways matter.
    ending: Vec<Cost>,
    /// The edges that can help at these prices.
    kept: Vec<Kept>,
    /// How many kept edges stand before each position.
    rank: Vec<u32>,
    knapsack: Knapsack,
}

struct Kept {
    /// Position in the person's list.
    at: u32,
    reduced: Cost,
    weight: usize,
}

/// Reduced cost of an edge, scaled.
pub(super) fn reduced(model: &Model, prices: &[Cost], e: u32) -> Cost {
    let arc = &model.edges[e as usize];
    (arc.cost << model.ground.bits) - prices[arc.need as usize]
}

impl Oracle {
    /// The least sum of reduced costs of `person`; appends the edges it comes from to `chosen`.
    /// `without` is left out. `O(edges × cells)`.
    pub(super) fn best(
        &mut self,
        model: &Model,
        person: u32,
        prices: &[Cost],
        without: Option<u32>,
        chosen: &mut Vec<u32>,
    ) -> Cost {
        self.keep(model, person, prices, without);
        let shape = &model.shapes[person as usize];
        if shape.is_plain {
            return self.cheapest(model, person, chosen);
        }
        if shape.is_knapsack {
            return self.heaviest(model, person, shape, chosen);
        }
        self.fill(model, person, shape);
        let cells = shape.cells();
        let last = &self.prefix[self.kept.len() * cells..][..cells];
        let (best, cell) = if model.ground.fair.is_some() {
            let of = |cell: usize| (last[cell] + scaled_extra(model, person, shape, cell), cell);
            (0..cells).map(of).min().unwrap_or((0, 0))
        } else {
            (last[cells - 1], cells - 1)
        };
        self.trace(model, person, shape, cell, chosen);
        best
    }

    /// Work of one call of [`Oracle::best`], in cells.
    pub(super) fn work(model: &Model, person: u32) -> u64 {
        let shape = &model.shapes[person as usize];
        let cells = match shape {
            Shape { is_plain: true, .. } => 1,
            Shape { is_knapsack: true, .. } => DECIDED,
            _ => shape.cells() as u64,
        };
        1 + model.list(person).len() as u64 * cells
    }

    fn keep(&mut self, model: &Model, person: u32, prices: &[Cost], without: Option<u32>) {
        let shape = &model.shapes[person as usize];
        self.kept.clear();
        self.rank.clear();
        for (at, &e) in (0..).zip(model.list(person)) {
            self.rank.push(self.kept.len() as u32);
            let reduced = reduced(model, prices, e);
            if reduced < 0 && Some(e) != without {
                let weight = shape.weight(model.edges[e as usize].load);
                self.kept.push(Kept { at, reduced, weight });
            }
        }
    }

    /// The best few where nothing clashes or weighs.
    fn cheapest(&mut self, model: &Model, person: u32, chosen: &mut Vec<u32>) -> Cost {
        let capacity = model.people[person as usize].capacity as usize;
        let fair = model.ground.fair.is_some();
        if fair || capacity < self.kept.len() {
            self.kept.sort_unstable_by_key(|kept| (kept.reduced, kept.at));
            self.kept.truncate(capacity);
        }
        let (mut sum, mut paid) = (0, 0);
        for (count, kept) in (1..).zip(&self.kept) {
            let extra = if fair { model.scaled_extra(person, count, 0) } else { 0 };
            if kept.reduced + (extra - paid) >= 0 {
                break;
            }
            sum += kept.reduced;
            paid = extra;
            chosen.push(model.list(person)[kept.at as usize]);
        }
        sum + paid
    }

    /// The best within a load where nothing clashes and needs are not counted.
    fn heaviest(
        &mut self,
        model: &Model,
        person: u32,
        shape: &Shape,
        chosen: &mut Vec<u32>,
    ) -> Cost {
        let list = model.list(person);
        let item = |kept: &Kept| Item::new(list[kept.at as usize], -kept.reduced, kept.weight);
        self.knapsack.items.clear();
        self.knapsack.items.extend(self.kept.iter().map(item));
        -self.knapsack.best(shape.cells() - 1, chosen)
    }

    /// Computes the tables.
    fn fill(&mut self, model: &Model, person: u32, shape: &Shape) {
        let cells = shape.cells();
        let size = (self.kept.len() + 1) * cells;
        if self.prefix.len() < size {
            self.prefix.resize(size, 0);
        }
        self.prefix[..cells].fill(0);
        let near = model.links.has_near();
        self.ending.clear();
        if near {
            self.ending.resize(self.kept.len() * cells, NOWHERE);
        }
        let from = model.span(person).start;
        for (k, kept) in self.kept.iter().enumerate() {
            let at = from + kept.at as usize;
            let before = self.rank_at(model.links.before[at]);
            let (done, open) = self.prefix.split_at_mut((k + 1) * cells);
            let row = &mut open[..cells];
            row.copy_from_slice(&done[k * cells..][..cells]);
            if !near {
                shape.extend(row, &done[before * cells..][..cells], kept.weight, kept.reduced);
                continue;
            }
            let (past, open) = self.ending.split_at_mut(k * cells);
            let ends = &mut open[..cells];
            shape.extend(ends, &done[before * cells..][..cells], kept.weight, kept.reduced);
            for &position in model.links.near(at) {
                let j = self.rank[position as usize] as usize;
                if self.kept.get(j).is_some_and(|other| other.at == position) {
                    shape.extend(ends, &past[j * cells..][..cells], kept.weight, kept.reduced);
                }
            }
            for (best, &ends) in row.iter_mut().zip(&*ends) {
                *best = ends.min(*best);
            }
        }
    }

    /// How many kept edges are among the first `position` of the list.
    fn rank_at(&self, position: u32) -> usize {
        self.rank.get(position as usize).map_or(self.kept.len(), |&rank| rank as usize)
    }

    /// Walks the tables back from `cell` of the last row.
    fn trace(
        &self,
        model: &Model,
        person: u32,
        shape: &Shape,
        mut cell: usize,
        chosen: &mut Vec<u32>,
    ) {
        let cells = shape.cells();
        let from = model.span(person).start;
        let mut row = self.kept.len();
        while row > 0 {
            let value = self.prefix[row * cells + cell];
            if value == self.prefix[(row - 1) * cells + cell] {
                row -= 1;
                continue;
            }
            let (mut k, mut value) = (row - 1, value);
            row = loop {
                let kept = &self.kept[k];
                chosen.push(model.list(person)[kept.at as usize]);
                cell -= shape.stride(kept.weight);
                value -= kept.reduced;
                let at = from + kept.at as usize;
                let before = self.rank_at(model.links.before[at]);
                if self.prefix[before * cells + cell] == value {
                    break before;
                }
                let ends = |&&position: &&u32| {
                    let j = self.rank[position as usize] as usize;
                    self.kept.get(j).is_some_and(|other| other.at == position)
                        && self.ending[j * cells + cell] == value
                };
                match model.links.near(at).iter().find(ends) {
                    Some(&position) => k = self.rank[position as usize] as usize,
                    None => break 0,
                }
            };
        }
    }

    /// For each edge of `person`, at least what their best costs when it must be taken.
    ///
    /// `best` is what it costs when nothing must. `O(edges × cells)`.
    pub(super) fn through(
        &mut self,
        model: &Model,
        person: u32,
        prices: &[Cost],
        best: Cost,
        costs: &mut Vec<Cost>,
    ) {
        costs.clear();
        let list = model.list(person);
        // What can be had with an edge can be had without it.
        costs.extend(list.iter().map(|&e| best + reduced(model, prices, e).max(0)));
        let shape = &model.shapes[person as usize];
        if model.links.has_near() {
            return;
        }
        if shape.is_plain {
            self.swap_in(model, person, prices, best, costs);
            return;
        }
        self.keep(model, person, prices, None);
        self.fill(model, person, shape);
        self.complete(model, person, prices, shape, costs);
    }

    /// With an edge more the last of the chosen goes, or all stay.
    fn swap_in(
        &mut self,
        model: &Model,
        person: u32,
        prices: &[Cost],
        best: Cost,
        costs: &mut [Cost],
    ) {
        let mut chosen = Vec::new();
        self.keep(model, person, prices, None);
        self.cheapest(model, person, &mut chosen);
        let capacity = model.people[person as usize].capacity as usize;
        let worst = chosen.iter().map(|&e| reduced(model, prices, e)).max();
        let leave = worst.map_or(NOWHERE, |worst| -worst);
        let count = chosen.len() as u64;
        let step = if chosen.len() < capacity {
            let extra = |count| model.scaled_extra(person, count, 0);
            extra(count + 1) - extra(count)
        } else {
            NOWHERE
        };
        chosen.sort_unstable();
        for (cost, e) in costs.iter_mut().zip(model.list(person)) {
            if chosen.binary_search(e).is_err() {
                *cost = (best + reduced(model, prices, *e) + step.min(leave)).max(*cost);
            }
        }
    }

    /// Joins the chains that come before each edge with the best that can follow it.
    fn complete(
        &mut self,
        model: &Model,
        person: u32,
        prices: &[Cost],
        shape: &Shape,
        costs: &mut [Cost],
    ) {
        let cells = shape.cells();
        let list = model.list(person);
        let need = |at: u32| &model.needs[model.edges[list[at as usize] as usize].need as usize];
        let mut by_start: Vec<u32> = (0..list.len() as u32).collect();
        by_start.sort_by_key(|&at| need(at).start);
        // Row `j`: the best from the edges of `by_start[j..]`, when a cell is used up already.
        let mut suffix = vec![0; (list.len() + 1) * cells];
        if model.ground.fair.is_some() {
            for (cell, end) in suffix[list.len() * cells..].iter_mut().enumerate() {
                *end = scaled_extra(model, person, shape, cell);
            }
        }
        let from = model.span(person).start;
        for (j, &at) in by_start.iter().enumerate().rev() {
            let end = need(at).end;
            let later = by_start.partition_point(|&next| need(next).start < end).max(j + 1);
            let (head, tail) = suffix.split_at_mut((j + 1) * cells);
            let after = &tail[(later - j - 1) * cells..][..cells];
            let e = list[at as usize];
            let cost = reduced(model, prices, e);
            let weight = shape.weight(model.edges[e as usize].load);
            let before = self.rank_at(model.links.before[from + at as usize]);
            let before = &self.prefix[before * cells..][..cells];
            let through = shape.join(before, after, weight);
            costs[at as usize] = costs[at as usize].max(through.saturating_add(cost));
            let row = &mut head[j * cells..];
            row.copy_from_slice(&tail[..cells]);
            if cost < 0 {
                shape.precede(row, after, weight, cost);
            }
        }
    }
}

fn scaled_extra(model: &Model, person: u32, shape: &Shape, cell: usize) -> Cost {
    let (count, load) = shape.carried(cell);
    model.scaled_extra(person, count, load)
}
