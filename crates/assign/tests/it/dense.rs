//! Dense assignment: small ones against every possibility, larger ones against their own proof.

use dugnad_assign::{
    Cost,
    dense::{self, Matrix, Solution},
};
use fastrand::Rng;

/// The cheapest way to give every row a column, or every column a row, by trying all.
fn cheapest(costs: &[Vec<Cost>]) -> Cost {
    fn visit(costs: &[Vec<Cost>], taken: u32, skips: usize) -> Option<Cost> {
        let Some((row, rest)) = costs.split_first() else { return Some(0) };
        let free = (0..row.len()).filter(|column| taken >> column & 1 == 0);
        let some =
            free.filter_map(|column| Some(row[column] + visit(rest, taken | 1 << column, skips)?));
        let none = skips.checked_sub(1).and_then(|left| visit(rest, taken, left));
        some.chain(none).min()
    }
    let columns = costs.first().map_or(0, Vec::len);
    visit(costs, 0, costs.len().saturating_sub(columns)).unwrap()
}

fn matrix(costs: &[Vec<Cost>], columns: usize) -> Matrix {
    Matrix::new(costs.len(), columns, costs.concat()).unwrap()
}

/// Everything that the documentation of a solution promises.
fn assert_proved(matrix: &Matrix, solution: &Solution) {
    let Solution { columns_of_rows, cost, rows, columns } = solution;
    let mut taken = vec![false; matrix.columns()];
    let mut sum = 0;
    for (row, column) in columns_of_rows.iter().enumerate() {
        let Some(column) = column.map(|column| column as usize) else {
            assert_eq!(rows[row], 0, "row {row} is left over");
            continue;
        };
        assert!(!std::mem::replace(&mut taken[column], true), "column {column} is taken twice");
        assert_eq!(matrix.cost(row, column), rows[row] + columns[column]);
        sum += matrix.cost(row, column);
    }
    let assigned = taken.iter().filter(|taken| **taken).count();
    assert_eq!(assigned, matrix.rows().min(matrix.columns()));
    assert_eq!(*cost, sum);
    assert_eq!(*cost, rows.iter().sum::<Cost>() + columns.iter().sum::<Cost>());
    for (row, price) in rows.iter().enumerate() {
        for (column, other) in columns.iter().enumerate() {
            assert!(matrix.cost(row, column) >= price + other, "({row}, {column})");
        }
    }
    if matrix.rows() < matrix.columns() {
        assert!(columns.iter().all(|&price| price <= 0));
    }
    if matrix.rows() > matrix.columns() {
        assert!(rows.iter().all(|&price| price <= 0));
    }
}

#[test]
fn small_matrices_of_any_shape_cost_what_trying_all_finds() {
    let mut rng = Rng::with_seed(1);
    for round in 0..600 {
        let (rows, columns) = (rng.usize(0..7), rng.usize(1..7));
        let dearest = [3, 1000, 1 << 44][round % 3];
        let mut row = || (0..columns).map(|_| rng.i64(-dearest..=dearest)).collect();
        let costs: Vec<Vec<Cost>> = (0..rows).map(|_| row()).collect();

        let matrix = matrix(&costs, columns);
        let solution = dense::solve(&matrix);

        assert_eq!(solution.cost, cheapest(&costs), "{costs:?}");
        assert_proved(&matrix, &solution);
    }
}

#[test]
fn matrices_that_mislead_the_core_are_solved_all_the_same() {
    type Shape = fn(Cost, Cost) -> Cost;
    let shapes: [(&str, Shape); 6] = [
        ("all equal", |_, _| 7),
        ("products: all rows want the same columns", |i, j| i * j),
        ("wide products", |i, j| (i * j) << 25),
        ("the last columns are cheap only for the first rows", |i, j| (i - j).abs() * (i % 7)),
        ("a band", |i, j| if (i - j).abs() < 3 { i } else { 1_000_000 }),
        ("steep", |i, j| (i * 37 + j * 61) % 101 * j),
    ];
    for (name, cost) in shapes {
        for (rows, columns) in [(90, 90), (60, 130), (130, 60)] {
            let row = |i| (0..columns).map(|j| cost(i, j)).collect::<Vec<Cost>>();
            let costs: Vec<Vec<Cost>> = (0..rows).map(row).collect();
            let matrix = matrix(&costs, columns as usize);

            let solution = dense::solve(&matrix);

            println!("{name}, {rows} × {columns}: {}", solution.cost);
            assert_proved(&matrix, &solution);
        }
    }
}

#[test]
fn points_of_a_plane_are_assigned_with_proof_and_twice_alike() {
    let mut rng = Rng::with_seed(3);
    let mut point = || (rng.i64(0..10_000), rng.i64(0..10_000));
    let (from, to) = ([(); 300].map(|()| point()), [(); 300].map(|()| point()));
    let apart = |a: &(Cost, Cost), b: &(Cost, Cost)| (a.0 - b.0).pow(2) + (a.1 - b.1).pow(2);
    let costs = from.iter().flat_map(|a| to.iter().map(move |b| apart(a, b).isqrt() as i32));
    let matrix = Matrix::from_i32(300, 300, costs.collect()).unwrap();

    let solution = dense::solve(&matrix);

    assert_proved(&matrix, &solution);
    assert_eq!(solution, dense::solve(&matrix));
}

#[test]
fn a_matrix_of_another_size_or_beyond_all_bounds_is_refused() {
    assert!(Matrix::new(2, 2, vec![1, 2, 3]).is_err());
    assert!(Matrix::new(1, 1, vec![(1 << 44) + 1]).is_err());
    assert!(Matrix::from_i32(1, 2, vec![i32::MIN, i32::MAX]).is_ok());
}
