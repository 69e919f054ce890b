//! File formats: problems in, plans out and in again.
//!
//! Everything here is pure: text comes in, text goes out. What is unknown or contradicts itself is
//! an error that names the line and the field, and nothing is allocated beyond what [`Limit`] and
//! the length of the text allow.
//!
//! * [`li_lim`] and [`darp`] read the published benchmarks into an [`Instance`], which writes and
//!   reads plans as SINTEF does, as lines `Route 1 : 3 75 5`.
//! * [`json`] reads the whole problem and writes schedules; `README.md` of this crate shows it.
//!
//! [`Limit`]: crate::Limit

pub mod darp;
mod instance;
pub mod json;
pub mod li_lim;
mod rows;

pub use instance::Instance;

/// Why a text is not what it should be.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("line {line}, {field}: {problem}")]
pub struct FormatError {
    /// Which line, from 1 on.
    pub line: usize,
    /// Which field of it, as the format calls it.
    pub field: String,
    /// What is wrong with it.
    pub problem: String,
}

impl FormatError {
    fn new(line: usize, field: impl Into<String>, problem: impl Into<String>) -> Self {
        Self { line, field: field.into(), problem: problem.into() }
    }
}
