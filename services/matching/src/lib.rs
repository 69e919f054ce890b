//! The matching service: needs, candidates with their reasons, offers, assignments and plans.
//!
//! [`model`] is the rule book: pure, and blind to everything else. `react` says which events of the
//! register count here.

pub mod model;
mod react;

pub use model::Matching;
