//! Figures of the assignment engine that are no instance: small ones drawn, what follows a
//! change, and the pool.

use anyhow::Result;

use super::{changes, drawn, pool, report::Figure};

type Measure = fn(u64) -> Result<Vec<Figure>>;

/// What is measured, by the name that `--only` knows it by.
pub(super) const ALL: &[(&str, Measure)] = &[
    ("gap7 to gap12, drawn", drawn::measure),
    ("changes in SP", changes::measure),
    ("pool", pool::measure),
];
