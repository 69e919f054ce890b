//! The JSON form of problems and schedules, as this crate's README shows it.
//!
//! The names are those of [`Problem`]'s fields, ids are strings, times are numbers of seconds, an
//! open end of a window is `null`. Unknown fields are errors; whatever may be left out has a
//! default.

mod build;
mod form;
mod ids;
mod plan;
mod text;

pub use ids::Ids;

use crate::{Fault, Invalid, Matrix, Plan, Problem, RequestIx, Times, format::FormatError};

/// A problem, and what its file calls everything.
#[derive(Clone, Debug, PartialEq)]
pub struct Document {
    /// The problem, validated.
    pub problem: Problem,
    /// The file's names.
    pub ids: Ids,
}

/// Says why there are no ways from or to one of the points.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NoWays {
    /// Which of the points.
    pub point: usize,
    /// What is wrong with it.
    pub problem: String,
}

/// Ways between points, given as `[longitude, latitude]`: a road network, for instance.
pub type Ways<'a> = &'a dyn Fn(&[[f64; 2]]) -> Result<Matrix, NoWays>;

/// Reads a problem. Where it has coordinates and no matrix, ways are great circles times its
/// `travel.factor`, driven at `travel.speed_kmh`.
///
/// # Errors
/// The first field that is unknown, missing, or contradicts something else.
pub fn parse(text: &str) -> Result<Document, FormatError> {
    build::document(&text::read(text)?, None).map_err(|invalid| text::locate(text, invalid))
}

/// Reads a problem. Where it has coordinates and no matrix, the ways are asked for.
///
/// # Errors
/// As [`parse`], and a point that has no ways.
pub fn parse_with(text: &str, ways: Ways<'_>) -> Result<Document, FormatError> {
    build::document(&text::read(text)?, Some(ways)).map_err(|invalid| text::locate(text, invalid))
}

impl Document {
    /// A plan at its best times, with loads and costs; and why who is left out is.
    ///
    /// # Errors
    /// The plan's faults, if the oracle finds any.
    pub fn write_schedule(
        &self,
        plan: &Plan,
        reasons: &[(RequestIx, String)],
    ) -> Result<String, Vec<Fault>> {
        plan::write(self, plan, reasons)
    }

    /// Reads what [`Self::write_schedule`] writes, or just its vehicles, visits and times. What
    /// follows from those (arrivals, loads, costs, totals) is not looked at.
    ///
    /// # Errors
    /// A field that is unknown or missing, and names that the problem does not know. Whether the
    /// plan and its times hold is the oracle's to say.
    pub fn read_schedule(&self, text: &str) -> Result<(Plan, Vec<Times>), FormatError> {
        let form = text::read(text)?;
        plan::read(self, &form).map_err(|invalid| text::locate(text, invalid))
    }
}

fn no<T>(field: impl Into<String>, problem: impl Into<String>) -> Result<T, Invalid> {
    Err(Invalid { field: field.into(), problem: problem.into() })
}
