//! Places that nobody knew of when the problem was made.

use crate::{
    Matrix, PlaceIx,
    planner::{EventError, Planner},
};

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

    /// As [`Matrix::enlarge`].
    pub fn enlarge_matrix(&mut self, places: usize) {
        self.problem.matrix.enlarge(places);
    }
}

impl Matrix {
    /// Makes room for further places, of which no way is known yet: a copy, `O(places²)`. Less room
    /// than there is changes nothing.
    pub fn enlarge(&mut self, places: usize) {
        let old = self.places;
        if places <= old {
            return;
        }
        let enlarged = |cells: &[f64]| {
            let mut all = vec![f64::INFINITY; places * places];
            for (at, row) in cells.chunks_exact(old.max(1)).enumerate() {
                all[at * places..][..old].copy_from_slice(row);
            }
            all
        };
        self.seconds = enlarged(&self.seconds);
        if !self.metres.is_empty() {
            self.metres = enlarged(&self.metres);
        }
        self.places = places;
    }

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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_that_was_left_free_gets_its_ways_and_no_other_changes() {
        let free = f64::INFINITY;
        let seconds = vec![0.0, 5.0, free, 7.0, 0.0, free, free, free, free];
        let mut matrix = Matrix { places: 3, seconds, metres: Vec::new() };

        assert!(matrix.set_place(2, [&[1.0, 2.0, free], &[3.0, 4.0, free]], [&[], &[]]));

        assert_eq!(matrix.seconds, [0.0, 5.0, 3.0, 7.0, 0.0, 4.0, 1.0, 2.0, 0.0]);
    }

    #[test]
    fn an_enlarged_matrix_keeps_its_ways_and_knows_none_to_the_new_places() {
        let free = f64::INFINITY;
        let mut matrix = Matrix { places: 2, seconds: vec![0.0, 5.0, 7.0, 0.0], metres: vec![] };

        matrix.enlarge(3);
        matrix.enlarge(1);

        assert_eq!(matrix.seconds, [0.0, 5.0, free, 7.0, 0.0, free, free, free, free]);
        assert_eq!((matrix.places, matrix.metres), (3, Vec::new()));
    }

    #[test]
    fn what_is_no_row_and_column_is_not_taken() {
        let mut matrix = Matrix { places: 1, seconds: vec![0.0], metres: vec![0.0] };
        let before = matrix.clone();

        for (place, row) in [(1, &[0.0][..]), (0, &[0.0, 1.0]), (0, &[-1.0]), (0, &[f64::NAN])] {
            assert!(!matrix.set_place(place, [row, row], [row, row]), "{place} {row:?}");
        }

        assert!(!matrix.set_place(0, [&[0.0], &[0.0]], [&[], &[]]), "it has lengths");
        assert_eq!(matrix, before);
    }
}
