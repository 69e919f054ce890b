//! The matching service: needs, candidates with their reasons, offers, assignments and plans.

mod api;

pub use api::solve::{Solver, solve_service};
