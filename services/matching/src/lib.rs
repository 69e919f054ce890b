//! The matching service: needs, candidates with their reasons, offers, assignments and plans.
//!
//! [`model`] is the rule book: pure, and blind to everything else. What the register of people and
//! organisations says arrives as facts ([`model::Matching`] listens to it).

mod api;
pub mod model;
mod planner;
mod react;

pub use api::{
    plan::{Planner, plan_service},
    solve::{Solver, solve_service},
};
pub use model::Matching;
