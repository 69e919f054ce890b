//! Fairness by table: what a person pays extra, in constant time.
//!
//! [`Problem::fairness_cost`](crate::Problem::fairness_cost) climbs step by step and is the judge;
//! the dynamic programmes ask once a cell.

use crate::{Cost, Fairness, Problem};

/// Dearer than any answer that is worth finding; keeps sums in range.
const DEAREST: Cost = 1 << 61;

/// The first so many steps summed up.
#[derive(Clone, Debug, Default)]
pub(super) struct Fair {
    /// `sums[k]` is what the first `k` steps cost.
    sums: Vec<Cost>,
    last: Cost,
    /// Units of load in a step; 0 when needs are counted instead.
    every: u64,
}

impl Fair {
    pub(super) fn new(problem: &Problem) -> Self {
        let (every, steps) = match problem.fairness() {
            None => return Self::default(),
            Some(Fairness::Needs(steps)) => (0, steps),
            Some(Fairness::Load { every, steps }) => (u64::from(*every), steps),
        };
        let mut sum: Cost = 0;
        let mut sums = vec![0];
        sums.extend(steps.iter().map(|step| {
            sum = sum.saturating_add(*step).min(DEAREST);
            sum
        }));
        Self { sums, last: steps.last().copied().unwrap_or(0), every }
    }

    /// Whether anything costs extra.
    pub(super) fn is_some(&self) -> bool {
        !self.sums.is_empty()
    }

    /// Whether load is what costs extra.
    pub(super) fn by_load(&self) -> bool {
        self.every > 0
    }

    /// What carrying this much costs, at most 2^61.
    pub(super) fn cost(&self, needs: u64, load: u64) -> Cost {
        let Some(given) = self.sums.len().checked_sub(1) else { return 0 };
        let climbed = if self.every == 0 { needs } else { load.div_ceil(self.every) };
        match self.sums.get(climbed as usize) {
            Some(&sum) => sum,
            None => {
                let rest = Cost::try_from(climbed - given as u64).unwrap_or(Cost::MAX);
                self.last.saturating_mul(rest).saturating_add(self.sums[given]).min(DEAREST)
            }
        }
    }
}
