//! Eligibility: whether somebody has, on a day, what a role asks for; and if not, what is missing.
//!
//! The volunteers service answers with it, and matching holds every assignment to it: one rule book
//! for both, so that they cannot differ. Pure: facts come as events, the day as an argument. Absent:
//! when somebody is free, and whom they suit.

mod missing;
mod standing;

pub use missing::{Missing, missing};
pub use standing::{Accepted, Certificate, Standing};
