//! The rides service: vehicles and drivers, promised rides, plans and what became of them.

mod api;
pub mod ways;

pub use api::{Solver, solve_service};
