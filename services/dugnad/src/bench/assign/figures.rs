//! Figures of the assignment engine that are no instance: what follows a change, and the pool.

use anyhow::Result;

use super::{changes, pool, report::Figure};

type Measure = fn(u64) -> Result<Vec<Figure>>;

/// What is measured, by the name that `--only` knows it by.
pub(super) const ALL: &[(&str, Measure)] =
    &[("changes in SP", changes::measure), ("pool", pool::measure)];
