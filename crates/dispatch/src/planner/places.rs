//! Places that nobody knew of when the problem was made.

use crate::{
    Limit, Matrix, PlaceIx,
    planner::{EventError, Planner},
};

impl Planner {
    /// Adds a place to the matrix: times and distances to all places so far and from them, its own
    /// excluded. `O(places²)`. Distances are not looked at where the matrix has none.
    ///
    /// # Errors
    /// When there are too few or too many numbers, or too many places.
    pub fn add_place(
        &mut self,
        ways: [&[f64]; 2],
        lengths: [&[f64]; 2],
    ) -> Result<PlaceIx, EventError> {
        let places = self.problem.matrix.places;
        let whole = |[to, from]: [&[f64]; 2]| {
            [to, from].iter().all(|row| {
                row.len() == places && row.iter().all(|time| !time.is_nan() && *time >= 0.0)
            })
        };
        let has_lengths = !self.problem.matrix.metres.is_empty();
        if places >= Limit::PLACES || !whole(ways) || has_lengths && !whole(lengths) {
            return Err(EventError::Place);
        }
        let matrix = &mut self.problem.matrix;
        matrix.seconds = widened(&matrix.seconds, places, ways);
        if has_lengths {
            matrix.metres = widened(&matrix.metres, places, lengths);
        }
        matrix.places += 1;
        Ok(places as PlaceIx)
    }
}

impl Planner {
    /// As [`Matrix::set_place`], for a place that nobody visits yet.
    ///
    /// # Errors
    /// When there is no such place, or too few or too many numbers.
    pub fn set_place(
        &mut self,
        place: PlaceIx,
        ways: [&[f64]; 2],
        lengths: [&[f64]; 2],
    ) -> Result<(), EventError> {
        let fits = self.problem.matrix.set_place(place, ways, lengths);
        if fits { Ok(()) } else { Err(EventError::Place) }
    }
}

impl Matrix {
    /// Says where a place is that the matrix has: times and distances to all places and from them.
    /// `O(places)`, where a further place would have to copy the matrix: whoever knows that places will
    /// come leaves some free. `false`: there is no such place, or too few or too many numbers.
    #[must_use]
    pub fn set_place(&mut self, place: PlaceIx, ways: [&[f64]; 2], lengths: [&[f64]; 2]) -> bool {
        let (places, at) = (self.places, place as usize);
        let amount = |way: &f64| !way.is_nan() && *way >= 0.0;
        let whole = |rows: [&[f64]; 2]| {
            rows.iter().all(|row| row.len() == places && row.iter().all(amount))
        };
        let has_lengths = !self.metres.is_empty();
        if at >= places || !whole(ways) || has_lengths && !whole(lengths) {
            return false;
        }
        let write = |cells: &mut [f64], [to, from]: [&[f64]; 2]| {
            cells[at * places..][..places].copy_from_slice(to);
            for (row, &way) in cells.chunks_exact_mut(places).zip(from) {
                row[at] = way;
            }
            cells[at * places + at] = 0.0;
        };
        write(&mut self.seconds, ways);
        if has_lengths {
            write(&mut self.metres, lengths);
        }
        true
    }
}

/// A square with one more row and column.
fn widened(cells: &[f64], places: usize, [to, from]: [&[f64]; 2]) -> Vec<f64> {
    let mut wide = Vec::with_capacity((places + 1) * (places + 1));
    for (row, &last) in cells.chunks_exact(places.max(1)).zip(from) {
        wide.extend_from_slice(row);
        wide.push(last);
    }
    wide.extend_from_slice(to);
    wide.push(0.0);
    wide
}
