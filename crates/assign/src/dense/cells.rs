//! Looking through a matrix: the cheapest cells of a row at given prices, in one reading of it.
//!
//! A row is looked at in blocks. The least of a block is found without a branch, many cells at a
//! time; only blocks whose least is wanted are looked at cell by cell. Prices and limits are cut
//! to what a cell can hold so that a block is never passed over wrongly, and every cell found is
//! then held against the exact price.

use crate::problem::Cost;

/// Columns of one block.
const BLOCK: usize = 64;
/// Cells worked on at once.
const LANES: usize = 16;

/// A cost as it is stored.
pub(super) trait Cell: Copy + Ord + Into<Cost> + 'static {
    /// No cell is beyond this, up or down, if it is stored so.
    const LARGEST: u64;
    const MAX: Self;

    /// `cost`, or the nearest that a cell may be compared with.
    fn cut(cost: Cost) -> Self;

    /// A column's price cut so that `self - price` fits and is not above what it should be. Prices
    /// are at most 0.
    fn cut_price(price: Cost) -> Self;

    fn minus(self, price: Self) -> Self;
}

impl Cell for i32 {
    const LARGEST: u64 = 1 << 29;
    const MAX: Self = i32::MAX;

    fn cut(cost: Cost) -> Self {
        cost.clamp(i32::MIN.into(), i32::MAX.into()) as i32
    }

    fn cut_price(price: Cost) -> Self {
        price.max(-(1 << 30)) as i32
    }

    fn minus(self, price: Self) -> Self {
        self.wrapping_sub(price)
    }
}

impl Cell for Cost {
    const LARGEST: u64 = crate::problem::MAX_COST as u64;
    const MAX: Self = Cost::MAX;

    fn cut(cost: Cost) -> Self {
        cost
    }

    fn cut_price(price: Cost) -> Self {
        price
    }

    fn minus(self, price: Self) -> Self {
        self - price
    }
}

/// The smallest cost and the largest.
pub(super) fn range<C: Cell>(cells: &[C]) -> (Cost, Cost) {
    let (least, most) = (cells.iter().min(), cells.iter().max());
    least.zip(most).map_or((0, 0), |(&least, &most)| (least.into(), most.into()))
}

/// Columns as rows.
pub(super) fn transpose<C: Cell>(cells: &[C], columns: usize) -> Vec<C> {
    let mut turned = Vec::with_capacity(cells.len());
    for column in 0..columns {
        turned.extend(cells.iter().skip(column).step_by(columns));
    }
    turned
}

/// A matrix and the prices it is looked at with.
pub(super) struct Finder<'a, C> {
    cells: &'a [C],
    columns: usize,
    prices: Vec<Cost>,
    /// The prices less the highest, cut.
    cut: Vec<C>,
    highest: Cost,
    /// The least of each block of the row looked at.
    least: Vec<C>,
    sorted: Vec<C>,
    found: Vec<(Cost, u32)>,
}

impl<'a, C: Cell> Finder<'a, C> {
    pub(super) fn new(cells: &'a [C], columns: usize) -> Self {
        Self {
            cells,
            columns,
            prices: vec![0; columns],
            cut: vec![C::cut_price(0); columns],
            highest: 0,
            least: Vec::new(),
            sorted: Vec::new(),
            found: Vec::new(),
        }
    }

    pub(super) fn columns(&self) -> usize {
        self.columns
    }

    pub(super) fn cost(&self, row: usize, column: u32) -> Cost {
        self.cells[row * self.columns + column as usize].into()
    }

    pub(super) fn cheapest_of_columns(&self) -> Vec<Cost> {
        let mut cheapest = vec![C::MAX; self.columns];
        for row in self.cells.chunks_exact(self.columns.max(1)) {
            for (least, cell) in cheapest.iter_mut().zip(row) {
                *least = (*least).min(*cell);
            }
        }
        cheapest.into_iter().map(C::into).collect()
    }

    pub(super) fn set_prices(&mut self, prices: impl Iterator<Item = Cost>) {
        self.prices.clear();
        self.prices.extend(prices);
        self.highest = self.prices.iter().copied().max().unwrap_or(0);
        self.cut.clear();
        self.cut.extend(self.prices.iter().map(|&price| C::cut_price(price - self.highest)));
    }

    /// At least `count` of the cheapest cells of a row less their prices (fewer only if there are
    /// no more), at most twice as many; with what they come to.
    pub(super) fn cheapest(&mut self, row: usize, count: usize) -> &[(Cost, u32)] {
        self.survey(row);
        self.sorted.clear();
        self.sorted.extend_from_slice(&self.least);
        let limit = if count < self.sorted.len() {
            *self.sorted.select_nth_unstable(count).1
        } else {
            C::MAX
        };
        self.collect(row, limit, Cost::MAX, count)
    }

    /// The cells of a row that come to less than `limit` less their prices; of many the cheapest,
    /// at least `count`.
    pub(super) fn cheaper(&mut self, row: usize, limit: Cost, count: usize) -> &[(Cost, u32)] {
        self.survey(row);
        self.collect(row, C::cut(limit.saturating_add(self.highest)), limit, count)
    }

    /// The least of each block.
    fn survey(&mut self, row: usize) {
        let cells = &self.cells[row * self.columns..(row + 1) * self.columns];
        self.least.clear();
        let blocks = cells.chunks(BLOCK).zip(self.cut.chunks(BLOCK));
        self.least.extend(blocks.map(|(cells, prices)| least(cells, prices)));
    }

    fn collect(&mut self, row: usize, cut: C, limit: Cost, count: usize) -> &[(Cost, u32)] {
        let cells = &self.cells[row * self.columns..(row + 1) * self.columns];
        self.found.clear();
        let blocks = cells.chunks(BLOCK).zip(self.cut.chunks(BLOCK)).enumerate();
        let wanted = blocks.zip(&self.least).filter(|(_, least)| **least <= cut);
        for ((block, (cells, prices)), _) in wanted {
            for (at, (cell, price)) in cells.iter().zip(prices).enumerate() {
                if cell.minus(*price) <= cut {
                    let column = block * BLOCK + at;
                    let reduced = (*cell).into() - self.prices[column];
                    if reduced < limit {
                        self.found.push((reduced, column as u32));
                    }
                }
            }
        }
        if self.found.len() > 2 * count {
            // Of equals each row prefers others, so that together they reach every column.
            let from = (row % self.columns) as u32;
            let turn = |column: u32| if column < from { column | 1 << 31 } else { column };
            self.found.select_nth_unstable_by_key(2 * count, |cell| (cell.0, turn(cell.1)));
            self.found.truncate(2 * count);
        }
        &self.found
    }
}

fn least<C: Cell>(cells: &[C], prices: &[C]) -> C {
    let mut lanes = [C::MAX; LANES];
    let (cells, prices) = (cells.chunks_exact(LANES), prices.chunks_exact(LANES));
    let rest = cells.remainder().iter().zip(prices.remainder());
    let rest = rest.map(|(cell, price)| cell.minus(*price)).min().unwrap_or(C::MAX);
    for (cells, prices) in cells.zip(prices) {
        for lane in 0..LANES {
            lanes[lane] = lanes[lane].min(cells[lane].minus(prices[lane]));
        }
    }
    lanes.into_iter().fold(rest, C::min)
}
