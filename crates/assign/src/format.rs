//! Reading problems from the forms that files have.
//!
//! Pure: text in, parts of a [`Problem`] or an error that names its line and field out. What a file
//! may hold is bounded by its own length: nothing is reserved for a number that it merely claims.

mod json;
mod orlib;

use crate::problem::{Edge, Fairness, Invalid, Need, Person, Problem, Travel};

pub use json::parse as json;
pub use orlib::{assign as orlib_assign, gap as orlib_gap};

/// A problem as its file gives it, not yet built, and what the file calls its needs and people.
#[derive(Clone, Debug, Default)]
pub struct Named {
    /// What the file calls each need.
    pub need_names: Vec<String>,
    /// What the file calls each person.
    pub person_names: Vec<String>,
    /// See [`Problem::new`].
    pub needs: Vec<Need>,
    /// See [`Problem::new`].
    pub people: Vec<Person>,
    /// See [`Problem::new`].
    pub edges: Vec<Edge>,
    /// See [`Problem::with_travel`].
    pub travel: Option<Travel>,
    /// See [`Problem::with_fairness`].
    pub fairness: Option<Fairness>,
}

impl Named {
    /// Builds the problem, and gives the names back: needs, then people.
    ///
    /// # Errors
    /// The first field that does not hold.
    pub fn build(self) -> Result<(Problem, Vec<String>, Vec<String>), Invalid> {
        let mut problem = Problem::new(self.needs, self.people, self.edges)?;
        if let Some(travel) = self.travel {
            problem = problem.with_travel(travel)?;
        }
        if let Some(fairness) = self.fairness {
            problem = problem.with_fairness(fairness)?;
        }
        Ok((problem, self.need_names, self.person_names))
    }
}

/// Why a file cannot be read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("line {line}: {field}: {problem}")]
pub struct Unreadable {
    /// Counted from 1; the last line where something is missing.
    pub line: usize,
    /// What was being read.
    pub field: String,
    /// What is wrong with it, and what would be right.
    pub problem: String,
}
