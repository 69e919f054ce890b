//! A coarse picture of time, a bit for each quarter of an hour: enough to tell, at 64 quarters a
//! step, that a room has no free stretch of some length. Most rooms of a busy town have none, and a
//! search need not read their claims.
//!
//! Errs on one side only: a quarter counts as busy when one claim fills it, and as open when any of
//! it is.

use std::{collections::BTreeMap, ops::Range};

const QUARTER: i64 = 15 * 60;
const WORD: i64 = 64;

/// The quarters that a room's own claims fill: 64 a word, by the word's number since 1970; a word
/// that is missing is free.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Grid(BTreeMap<i64, u64>);

impl Grid {
    pub(super) fn take(&mut self, claim: &Range<i64>) {
        for (word, quarters) in words(filled(claim)) {
            *self.0.entry(word).or_default() |= quarters;
        }
    }

    pub(super) fn give_back(&mut self, claim: &Range<i64>) {
        for (word, quarters) in words(filled(claim)) {
            let Some(busy) = self.0.get_mut(&word) else { continue };
            *busy &= !quarters;
            if *busy == 0 {
                self.0.remove(&word);
            }
        }
    }
}

/// Quarters in which something may be free.
#[derive(Clone, Debug, Default)]
pub(super) struct Free {
    first_word: i64,
    words: Vec<u64>,
}

impl Free {
    /// All that `windows` (by start) touch.
    pub(super) fn of(windows: &[Range<i64>]) -> Self {
        let (Some(first), Some(last)) = (windows.first(), windows.last()) else {
            return Self::default();
        };
        let first_word = touched(first).start.div_euclid(WORD);
        let after = (touched(last).end - 1).div_euclid(WORD) + 1;
        let mut free = Self { first_word, words: Vec::new() };
        free.words.resize(usize::try_from(after - first_word).unwrap_or(0), 0);
        for (word, quarters) in windows.iter().flat_map(|window| words(touched(window))) {
            if let Some(open) = free.word(word) {
                *open |= quarters;
            }
        }
        free
    }

    /// Becomes `other`, in the memory it has.
    pub(super) fn copy(&mut self, other: &Self) {
        self.first_word = other.first_word;
        self.words.clone_from(&other.words);
    }

    pub(super) fn without(&mut self, grid: &Grid) {
        let after = self.first_word + self.words.len() as i64;
        for (word, busy) in grid.0.range(self.first_word..after) {
            if let Some(free) = self.word(*word) {
                *free &= !busy;
            }
        }
    }

    /// Whether there may be a free stretch of so many seconds. `O(words)`.
    pub(super) fn may_fit(&self, seconds: i64) -> bool {
        let wanted = seconds.div_euclid(QUARTER) + i64::from(seconds.rem_euclid(QUARTER) > 0);
        let mut run = 0;
        self.words.iter().any(|word| {
            if *word == u64::MAX {
                run += WORD;
                return run >= wanted;
            }
            let across = run + i64::from(word.trailing_ones());
            run = i64::from(word.leading_ones());
            across >= wanted || run >= wanted || has_run(*word, wanted)
        })
    }

    fn word(&mut self, word: i64) -> Option<&mut u64> {
        usize::try_from(word - self.first_word).ok().and_then(|place| self.words.get_mut(place))
    }
}

/// Whether `word` has `wanted` ones in a row: each step leaves those that begin twice as many.
fn has_run(word: u64, wanted: i64) -> bool {
    let (mut starts, mut known, mut missing) = (word, 1, wanted - 1);
    while missing > 0 && starts != 0 {
        let step = missing.min(known);
        if step >= WORD {
            return false;
        }
        starts &= starts >> step;
        (known, missing) = (known + step, missing - step);
    }
    starts != 0
}

/// The quarters that lie wholly in `span`.
fn filled(span: &Range<i64>) -> Range<i64> {
    (span.start + QUARTER - 1).div_euclid(QUARTER)..span.end.div_euclid(QUARTER)
}

/// The quarters that `span` has a part in.
fn touched(span: &Range<i64>) -> Range<i64> {
    span.start.div_euclid(QUARTER)..(span.end + QUARTER - 1).div_euclid(QUARTER)
}

/// `quarters` as bits of words.
fn words(quarters: Range<i64>) -> impl Iterator<Item = (i64, u64)> {
    let first = quarters.start.div_euclid(WORD);
    let after = if quarters.is_empty() { first } else { (quarters.end - 1).div_euclid(WORD) + 1 };
    (first..after).map(move |word| {
        let from = (quarters.start - word * WORD).max(0);
        let to = (quarters.end - word * WORD).min(WORD);
        (word, (u64::MAX >> (WORD - (to - from))) << from)
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const HOUR: i64 = 4 * QUARTER;

    fn free(window: Range<i64>, claims: &[Range<i64>]) -> Free {
        let mut grid = Grid::default();
        claims.iter().for_each(|claim| grid.take(claim));
        let mut free = Free::of(&[window]);
        free.without(&grid);
        free
    }

    #[test]
    fn a_full_day_has_no_free_hour_and_an_empty_one_has_all_of_it() {
        let day = 0..24 * HOUR;
        let hours: Vec<_> = (0..24).map(|hour| hour * HOUR..(hour + 1) * HOUR).collect();

        assert!(!free(day.clone(), &hours).may_fit(HOUR));
        assert!(free(day.clone(), &hours[1..]).may_fit(HOUR));
        assert!(free(day.clone(), &[]).may_fit(24 * HOUR));
        assert!(!free(day, &[]).may_fit(24 * HOUR + 1));
    }

    #[test]
    fn what_was_given_back_leaves_no_trace() {
        let mut grid = Grid::default();
        grid.take(&(-7 * HOUR..40 * HOUR));
        grid.give_back(&(-7 * HOUR..40 * HOUR));

        assert_eq!(grid, Grid::default());
    }

    proptest! {
        /// Claims of half an hour or more, each of which fills a quarter, and what lies between.
        #[test]
        fn a_free_stretch_is_never_overlooked(
            from in -5_000..5_000i64,
            claims in proptest::collection::vec((30..1_500i64, 1..1_500i64), 1..20),
        ) {
            let (mut taken, mut longest, mut at) = (Vec::new(), 0, from * 60);
            for (minutes, then_free) in claims {
                taken.push(at..at + minutes * 60);
                at += (minutes + then_free) * 60;
                longest = longest.max(then_free * 60);
            }
            let free = free(from * 60..at, &taken);
            prop_assert!(free.may_fit(longest));
            // Nor is one seen that is longer by two quarters, one at each end.
            prop_assert!(!free.may_fit(longest + 2 * QUARTER));
        }
    }
}
