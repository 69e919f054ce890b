//! The knapsack: which edges pay most within what a person may carry.
//!
//! Most edges decide themselves: a greedy filling is a value to beat, and where leaving an edge's
//! natural side costs more than that leaves, by the Lagrangian bound at the break edge's price of
//! load, the edge stays there (Dembo & Hammer, *Methods of Operations Research* 36, 1980). The few
//! others are settled by the dynamic programme over what room is left. Its cells are floating point
//! because their maximum is one instruction everywhere, single where gains add up to less than 2^24,
//! else double. Exact where they add up to less than 2^53; dearer ones are rounded up, which keeps a
//! bound a bound.

use crate::Cost;

/// An edge that pays.
#[derive(Clone, Copy)]
pub(super) struct Item {
    id: u32,
    /// More than 0.
    gain: Cost,
    weight: usize,
    /// Gain by weight.
    density: f64,
}

impl Item {
    pub(super) fn new(id: u32, gain: Cost, weight: usize) -> Self {
        Self { id, gain, weight, density: gain as f64 / weight as f64 }
    }
}

/// How far from the break two edges are tried in exchange.
const WINDOW: usize = 16;

/// Whole numbers of so many bits, and their sums where rounded, a double holds exactly.
const EXACT: u32 = 52;
/// And a single.
const SINGLE: u32 = 24;

/// What a cell of the dynamic programme holds: whole numbers.
trait Cell: Copy + Default + PartialOrd + std::ops::Add<Output = Self> {
    fn of(gain: Cost) -> Self;
    fn gain(self) -> Cost;
}

impl Cell for f32 {
    fn of(gain: Cost) -> Self {
        gain as Self
    }
    fn gain(self) -> Cost {
        self as Cost
    }
}

impl Cell for f64 {
    fn of(gain: Cost) -> Self {
        gain as Self
    }
    fn gain(self) -> Cost {
        self as Cost
    }
}

/// Tables that are used again and again.
#[derive(Default)]
pub(super) struct Knapsack {
    /// The most that pays first, for its weight; then whether the greedy filling has it.
    pub(super) items: Vec<Item>,
    greedy: Vec<bool>,
    core: Vec<Item>,
    singles: Vec<f32>,
    doubles: Vec<f64>,
}

impl Knapsack {
    /// The most that `items`, none heavier than `room`, can gain; appends their ids to `chosen`.
    /// `O(items log items + core × room)`.
    pub(super) fn best(&mut self, room: usize, chosen: &mut Vec<u32>) -> Cost {
        self.items.sort_unstable_by(|a, b| b.density.total_cmp(&a.density).then(a.id.cmp(&b.id)));
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

    /// The best of the core within `room`; `None` when it gains no more than `floor`.
    fn solve(&mut self, room: usize, floor: Cost, chosen: &mut Vec<u32>) -> Option<Cost> {
        let most: i128 = self.core.iter().map(|item| i128::from(item.gain)).sum();
        let bits = 128 - most.leading_zeros();
        if bits <= SINGLE {
            return tabulate(&self.core, &mut self.singles, 0, room, floor, chosen);
        }
        let shift = bits.saturating_sub(EXACT);
        tabulate(&self.core, &mut self.doubles, shift, room, floor, chosen)
    }
}

/// The dynamic programme over `core`, gains in units of `2^shift`.
fn tabulate<T: Cell>(
    core: &[Item],
    rows: &mut Vec<T>,
    shift: u32,
    room: usize,
    floor: Cost,
    chosen: &mut Vec<u32>,
) -> Option<Cost> {
    let width = room + 1;
    let up = |gain: Cost| (gain + (1 << shift) - 1) >> shift;
    let cells = (core.len() + 1) * width;
    if rows.len() < cells {
        rows.resize(cells, T::default());
    }
    rows[..width].fill(T::default());
    // What is asked for is the last cell: of a row, what those that follow can come from.
    let mut rest: usize = core.iter().map(|item| item.weight).sum();
    for (k, item) in core.iter().enumerate() {
        rest -= item.weight;
        let from = room.saturating_sub(rest);
        let (done, row) = rows.split_at_mut((k + 1) * width);
        let before = &done[k * width..];
        let row = &mut row[..width];
        let (weight, gain) = (item.weight.min(width), T::of(up(item.gain)));
        let fits = weight.max(from);
        row[from..fits].copy_from_slice(&before[from..fits]);
        let without = &before[fits..];
        for ((best, &with), &without) in
            row[fits..].iter_mut().zip(&before[fits - weight..]).zip(without)
        {
            let with = with + gain;
            *best = if with > without { with } else { without };
        }
    }
    let gain = rows[cells - 1].gain() << shift;
    if gain <= floor {
        return None;
    }
    let mut cell = room;
    for (k, item) in core.iter().enumerate().rev() {
        if rows[(k + 1) * width + cell] != rows[k * width + cell] {
            chosen.push(item.id);
            cell -= item.weight;
        }
    }
    Some(gain)
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
                    Item::new(id, 1 + weight as Cost * 3 + rng.i64(0..12), weight)
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

            // Too dear for single cells, then for double ones: rounded up, and by little.
            let dearer = |bits: u32| {
                let dear = |item: &Item| Item::new(item.id, item.gain << bits, item.weight);
                items.iter().map(dear).collect()
            };
            knapsack.items = dearer(24);
            assert_eq!(knapsack.best(room, &mut Vec::new()), gain << 24);
            knapsack.items = dearer(48);
            let more = knapsack.best(room, &mut Vec::new()) - (gain << 48);
            assert!((0..1 << 20).contains(&more), "{more} too much");
        }
    }
}
