//! The knapsack: which edges pay most within what a person may carry.
//!
//! Most edges decide themselves: a greedy filling is a value to beat, and where leaving an edge's
//! natural side costs more than that leaves, by the Lagrangian bound at the break edge's price of
//! load, the edge stays there (Dembo & Hammer, *Methods of Operations Research* 36, 1980). The few
//! others are settled by the dynamic programme over what room is left. Its cells are floating point
//! because their maximum is one instruction everywhere, and hold whole numbers below 2^53. Exact
//! where gains add up to less; dearer ones are rounded up, which keeps a bound a bound.

use crate::Cost;

/// An edge that pays.
#[derive(Clone, Copy)]
pub(super) struct Item {
    pub(super) id: u32,
    /// More than 0.
    pub(super) gain: Cost,
    pub(super) weight: usize,
}

/// How far from the break two edges are tried in exchange.
const WINDOW: usize = 16;

/// Bits of a whole number that a cell holds exactly, with one to spare for rounding.
const EXACT: u32 = 52;

/// Tables that are used again and again.
#[derive(Default)]
pub(super) struct Knapsack {
    /// The most that pays first, for its weight; then whether the greedy filling has it.
    pub(super) items: Vec<Item>,
    greedy: Vec<bool>,
    core: Vec<Item>,
    rows: Vec<f64>,
}

impl Knapsack {
    /// The most that `items`, none heavier than `room`, can gain; appends their ids to `chosen`.
    /// `O(items log items + core × room)`.
    pub(super) fn best(&mut self, room: usize, chosen: &mut Vec<u32>) -> Cost {
        let density = |item: &Item| item.gain as f64 / item.weight as f64;
        self.items.sort_unstable_by(|a, b| density(b).total_cmp(&density(a)).then(a.id.cmp(&b.id)));
        let (at, greedy) = self.fill(room);
        let Some(at) = at else {
            chosen.extend(self.items.iter().map(|item| item.id));
            return greedy;
        };
        let greedy = greedy + self.exchange(room, at);
        let from = chosen.len();
        match self.settle(room, at, greedy, chosen) {
            Some(better) => better,
            None => {
                chosen.truncate(from);
                let items = self.items.iter().zip(&self.greedy);
                chosen.extend(items.filter(|(_, has)| **has).map(|(item, _)| item.id));
                greedy
            }
        }
    }

    /// Takes what fits, in order; the first that does not, and what the others gain.
    fn fill(&mut self, room: usize) -> (Option<usize>, Cost) {
        let (mut left, mut gain, mut at) = (room, 0, None);
        self.greedy.clear();
        for (k, item) in self.items.iter().enumerate() {
            let fits = item.weight <= left;
            self.greedy.push(fits);
            if fits {
                left -= item.weight;
                gain += item.gain;
            } else if at.is_none() {
                at = Some(k);
            }
        }
        (at, gain)
    }

    /// Exchanges the best pair about the break; what it gains.
    fn exchange(&mut self, room: usize, at: usize) -> Cost {
        let has = self.items.iter().zip(&self.greedy).filter(|(_, has)| **has);
        let left = room - has.map(|(item, _)| item.weight).sum::<usize>();
        let near = at.saturating_sub(WINDOW)..(at + WINDOW).min(self.items.len());
        let mut best = (0, 0, 0);
        for out in near.clone().filter(|&k| self.greedy[k]) {
            for into in near.clone().filter(|&k| !self.greedy[k]) {
                let (leaves, comes) = (self.items[out], self.items[into]);
                let gain = comes.gain - leaves.gain;
                if gain > best.0 && comes.weight <= left + leaves.weight {
                    best = (gain, out, into);
                }
            }
        }
        let (gain, out, into) = best;
        if gain > 0 {
            self.greedy[out] = false;
            self.greedy[into] = true;
        }
        gain
    }

    /// What gains more than `floor`, if anything does.
    fn settle(
        &mut self,
        room: usize,
        at: usize,
        floor: Cost,
        chosen: &mut Vec<u32>,
    ) -> Option<Cost> {
        let price = self.items[at];
        // All in units of the break edge's weight.
        let unit = price.weight as i128;
        let over = |item: &Item| {
            i128::from(item.gain) * unit - i128::from(price.gain) * item.weight as i128
        };
        let most: i128 = self.items.iter().map(|item| over(item).max(0)).sum();
        let spare = most + i128::from(price.gain) * room as i128 - i128::from(floor) * unit;
        let (mut left, mut gain) = (room, 0);
        self.core.clear();
        for item in &self.items {
            let over = over(item);
            if over.abs() < spare {
                self.core.push(*item);
            } else if over > 0 {
                left = left.checked_sub(item.weight)?;
                gain += item.gain;
                chosen.push(item.id);
            }
        }
        let gain = gain + self.solve(left, floor - gain, chosen)?;
        Some(gain)
    }

    /// The dynamic programme over the core; `None` when it gains no more than `floor`.
    fn solve(&mut self, room: usize, floor: Cost, chosen: &mut Vec<u32>) -> Option<Cost> {
        let width = room + 1;
        let most: i128 = self.core.iter().map(|item| i128::from(item.gain)).sum();
        let shift = (128 - most.leading_zeros()).saturating_sub(EXACT);
        let up = |gain: Cost| (gain + (1 << shift) - 1) >> shift;
        let cells = (self.core.len() + 1) * width;
        if self.rows.len() < cells {
            self.rows.resize(cells, 0.0);
        }
        self.rows[..width].fill(0.0);
        for (k, item) in self.core.iter().enumerate() {
            let (done, row) = self.rows.split_at_mut((k + 1) * width);
            let before = &done[k * width..];
            let row = &mut row[..width];
            let (weight, gain) = (item.weight.min(width), up(item.gain) as f64);
            row[..weight].copy_from_slice(&before[..weight]);
            for ((best, &with), &without) in
                row[weight..].iter_mut().zip(before).zip(&before[weight..])
            {
                let with = with + gain;
                *best = if with > without { with } else { without };
            }
        }
        let gain = (self.rows[cells - 1] as Cost) << shift;
        if gain <= floor {
            return None;
        }
        let mut cell = width - 1;
        for (k, item) in self.core.iter().enumerate().rev() {
            if self.rows[(k + 1) * width + cell] != self.rows[k * width + cell] {
                chosen.push(item.id);
                cell -= item.weight;
            }
        }
        Some(gain)
    }
}

#[cfg(test)]
mod tests {
    use fastrand::Rng;

    use super::*;

    #[test]
    fn the_best_of_random_knapsacks_is_what_enumeration_finds() {
        let mut rng = Rng::with_seed(3);
        let mut knapsack = Knapsack::default();
        for _ in 0..3_000 {
            let room = rng.usize(1..40);
            let items: Vec<Item> = (0..rng.u32(0..10))
                .map(|id| {
                    let weight = rng.usize(0..=room);
                    Item { id, gain: 1 + weight as Cost * 3 + rng.i64(0..12), weight }
                })
                .collect();
            let sum = |set: &dyn Fn(&&Item) -> bool| {
                let has = items.iter().filter(set);
                has.fold((0, 0), |(gain, load), item| (gain + item.gain, load + item.weight))
            };
            let sets = (0..1u32 << items.len()).map(|set| sum(&|item| set >> item.id & 1 == 1));
            let best = sets.filter(|&(_, load)| load <= room).map(|(gain, _)| gain).max();
            knapsack.items.clone_from(&items);
            let mut chosen = Vec::new();

            let gain = knapsack.best(room, &mut chosen);

            assert_eq!(Some(gain), best);
            let (has, load) = sum(&|item| chosen.contains(&item.id));
            assert_eq!((has, load <= room), (gain, true));

            // So dear that cells cannot hold it: rounded up, and by little.
            knapsack.items =
                items.iter().map(|item| Item { gain: item.gain << 48, ..*item }).collect();
            let dear = knapsack.best(room, &mut Vec::new()) - (gain << 48);
            assert!((0..1 << 20).contains(&dear), "{dear} too much");
        }
    }
}
