//! Dense linear assignment: each row one column, each column at most one row, at the least cost.
//!
//! Rows and columns of a large matrix end up with near neighbours, so nearly all of the matrix
//! need never be searched. A core of each row's few cheapest reduced costs is solved by shortest
//! augmenting paths; the prices are then held against the whole matrix, what contradicts them
//! joins the core, and the prices are repaired, until nothing contradicts them (Volgenant 1996,
//! *Linear and semi-assignment problems: a core oriented approach*). The matrix is read a handful
//! of times, in order, by loops that the compiler turns into vector instructions.
//!
//! What is returned is optimal, and its prices prove it in whole numbers.

use crate::{
    network::{Link, NeedNode, Network, PersonNode, Use},
    problem::{Cost, Invalid, MAX_COST},
};

mod cells;

use cells::{Cell, Finder};

/// The cells that join the core for one row at a time.
const CORE: usize = 32;

/// Costs, row by row.
#[derive(Clone, Debug)]
pub struct Matrix {
    rows: usize,
    columns: usize,
    cells: Cells,
    /// More than any row could come to pay, however far the others have to move.
    too_dear: Cost,
}

#[derive(Clone, Debug)]
enum Cells {
    /// All within `±NARROW`, so that sums and differences of prices can be cut to fit.
    Narrow(Vec<i32>),
    Wide(Vec<Cost>),
}

/// An optimal assignment and its proof: `cost[r][c] >= rows[r] + columns[c]` everywhere, equal
/// where assigned; what nobody is assigned to has a price of 0, and no other of its kind more.
/// All prices together are the cost.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Solution {
    /// The column of each row; none where there are more rows than columns.
    pub columns_of_rows: Vec<Option<u32>>,
    /// The sum of the assigned cells.
    pub cost: Cost,
    /// The price of each row.
    pub rows: Vec<Cost>,
    /// The price of each column.
    pub columns: Vec<Cost>,
}

impl Matrix {
    /// `costs` has `rows × columns` cells, row by row.
    ///
    /// # Errors
    /// Another number of cells; a cost beyond ±[`MAX_COST`]; costs so large and so many that sums
    /// of them could pass 2^59.
    pub fn new(rows: usize, columns: usize, costs: Vec<Cost>) -> Result<Self, Invalid> {
        if costs.iter().any(|cost| cost.unsigned_abs() > MAX_COST.unsigned_abs()) {
            return Err(Invalid::new("costs", format!("go beyond ±{MAX_COST}")));
        }
        if costs.iter().all(|cost| cost.unsigned_abs() <= i32::LARGEST) {
            let narrow = costs.iter().map(|&cost| cost as i32).collect();
            return Self::of_cells(rows, columns, costs.len(), Cells::Narrow(narrow));
        }
        Self::of_cells(rows, columns, costs.len(), Cells::Wide(costs))
    }

    /// The same from half as much memory, without a copy where no cost is beyond ±2^29.
    ///
    /// # Errors
    /// As [`Matrix::new`].
    pub fn from_i32(rows: usize, columns: usize, costs: Vec<i32>) -> Result<Self, Invalid> {
        if costs.iter().all(|cost| u64::from(cost.unsigned_abs()) <= i32::LARGEST) {
            return Self::of_cells(rows, columns, costs.len(), Cells::Narrow(costs));
        }
        Self::new(rows, columns, costs.into_iter().map(Cost::from).collect())
    }

    fn of_cells(rows: usize, columns: usize, len: usize, cells: Cells) -> Result<Self, Invalid> {
        if rows.checked_mul(columns) != Some(len) || rows.max(columns) > u32::MAX as usize {
            return Err(Invalid::new("costs", format!("are {len} for {rows} × {columns}")));
        }
        let (least, most) = match &cells {
            Cells::Narrow(cells) => cells::range(cells),
            Cells::Wide(cells) => cells::range(cells),
        };
        let apart = i128::from(most - least + 1);
        let too_dear = (rows.min(columns) as i128 + 1) * apart * 2 + i128::from(most.max(0));
        if too_dear > 1 << 59 {
            return Err(Invalid::new("costs", "of so many rows add up to more than 2^59"));
        }
        Ok(Self { rows, columns, cells, too_dear: too_dear as Cost })
    }

    /// How many rows there are.
    #[must_use]
    pub fn rows(&self) -> usize {
        self.rows
    }

    /// How many columns there are.
    #[must_use]
    pub fn columns(&self) -> usize {
        self.columns
    }

    /// What it costs to assign the row to the column.
    ///
    /// # Panics
    /// Outside the matrix.
    #[must_use]
    pub fn cost(&self, row: usize, column: usize) -> Cost {
        let at = row * self.columns + column;
        match &self.cells {
            Cells::Narrow(cells) => cells[at].into(),
            Cells::Wide(cells) => cells[at],
        }
    }
}

/// The optimum. Memory beyond the matrix is `O(rows + columns)` and a few dozen cells a row; where
/// there are more rows than columns, a copy of the matrix.
#[must_use]
pub fn solve(matrix: &Matrix) -> Solution {
    match &matrix.cells {
        Cells::Narrow(cells) => either_way(cells, matrix),
        Cells::Wide(cells) => either_way(cells, matrix),
    }
}

/// Rows must not be more than columns: turns the matrix and its solution if they are.
fn either_way<C: Cell>(cells: &[C], matrix: &Matrix) -> Solution {
    let (rows, columns) = (matrix.rows, matrix.columns);
    if rows <= columns {
        return Core::new(Finder::new(cells, columns), rows, matrix.too_dear).solve();
    }
    let turned = cells::transpose(cells, columns);
    let turned = Core::new(Finder::new(&turned, rows), columns, matrix.too_dear).solve();
    let mut columns_of_rows = vec![None; rows];
    for (column, row) in turned.columns_of_rows.iter().enumerate() {
        if let Some(row) = row {
            columns_of_rows[*row as usize] = Some(column as u32);
        }
    }
    let Solution { cost, rows, columns, .. } = turned;
    Solution { columns_of_rows, cost, rows: columns, columns: rows }
}

/// The part of the matrix that is searched, as a network: rows are needs of one head that must
/// not stay open, columns are people with room for one.
struct Core<'a, C> {
    finder: Finder<'a, C>,
    network: Network,
    /// What each column's costs are lowered by in the network.
    floor: Vec<Cost>,
    rows: u32,
}

impl<'a, C: Cell> Core<'a, C> {
    fn new(mut finder: Finder<'a, C>, rows: usize, open_cost: Cost) -> Self {
        let columns = finder.columns();
        // Where every column is taken, its cheapest cell is a price as good as 0, and nearer.
        let floor = if rows == columns { finder.cheapest_of_columns() } else { vec![0; columns] };
        let (mut links, mut starts) = (Vec::with_capacity(rows * CORE * 2), vec![0]);
        finder.set_prices(floor.iter().copied());
        for row in 0..rows {
            for &(cost, column) in finder.cheapest(row, CORE) {
                links.push(Link { cost, person: column, used: Use::Unused });
            }
            starts.push(links.len() as u32);
        }
        let needs = vec![NeedNode::new(1, open_cost); rows];
        let people = vec![PersonNode { price: 0, room: 1, pinned: 0 }; columns];
        let mut network = Network::new(needs, people, links, &starts, Vec::new());
        network.must_fill = true;
        Self { finder, network, floor, rows: rows as u32 }
    }

    fn solve(mut self) -> Solution {
        self.network.bid(&mut |_| true);
        // Where a few more cells do not do it, ever more join, so that few readings do.
        for round in 0.. {
            self.improve();
            if self.widen(CORE << (round / 2).min(16)) == 0 {
                break;
            }
        }
        self.solution()
    }

    /// To the optimum of the core, which grows where it leaves a row without a column.
    fn improve(&mut self) {
        for row in 0..self.rows {
            while !self.network.place(row, &mut |_| true) {
                self.reach_out(row);
            }
        }
        if (self.rows as usize) < self.floor.len() {
            self.network.refill_all(&mut |_| true);
        }
    }

    /// Adds the cell of a row that comes cheapest among the columns nobody has.
    fn reach_out(&mut self, row: u32) {
        let reduced = |column: u32| {
            let (at, price) = (column as usize, self.network.people[column as usize].price);
            (self.finder.cost(row as usize, column) - self.floor[at], price)
        };
        let free = (0..self.floor.len() as u32).filter(|&column| self.network.has_room(column));
        let cheapest = free.min_by_key(|&column| {
            let (cost, price) = reduced(column);
            cost - price
        });
        if let Some(person) = cheapest {
            let cost = reduced(person).0;
            self.network.add_link(row, Link { cost, person, used: Use::Unused });
            self.network.restore(row);
        }
    }

    /// Adds the cells that contradict the prices, at least the `count` worst of a row; how many
    /// there were.
    fn widen(&mut self, count: usize) -> usize {
        let prices = self.network.people.iter().zip(&self.floor);
        self.finder.set_prices(prices.map(|(node, floor)| node.price + floor));
        let mut added = 0;
        for row in 0..self.rows {
            self.network.tighten(row);
            let price = self.network.needs[row as usize].price;
            let cells = self.finder.cheaper(row as usize, price, count);
            if cells.is_empty() {
                continue;
            }
            added += cells.len();
            for &(cost, column) in cells {
                let price = self.network.people[column as usize].price;
                let link = Link { cost: cost + price, person: column, used: Use::Unused };
                self.network.add_link(row, link);
            }
            self.network.settle_price(row);
        }
        added
    }

    fn solution(self) -> Solution {
        let mut columns_of_rows = vec![None; self.rows as usize];
        let mut cost = 0;
        for (row, link) in self.network.pairs() {
            columns_of_rows[row as usize] = Some(link.person);
            cost += link.cost + self.floor[link.person as usize];
        }
        let rows = self.network.needs.iter().map(|need| need.price).collect();
        let prices = self.network.people.iter().zip(&self.floor);
        let columns = prices.map(|(node, floor)| node.price + floor).collect();
        Solution { columns_of_rows, cost, rows, columns }
    }
}
