//! The matching service: needs, candidates with their reasons, offers, assignments and plans.
//!
//! [`model`] is the rule book: pure, and blind to everything in the next lines. [`service`] puts the
//! gRPC door before it; `react` says which events of the register count here.

mod api;
pub mod model;
mod planner;
mod react;

pub use api::{
    Api, held,
    plan::{Planner, plan_service},
    service,
    solve::{Solver, solve_service},
};
pub use model::Matching;
