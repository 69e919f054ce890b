//! The rides service: vehicles and drivers, promised rides, plans and what became of them.
//!
//! [`model`] is the rule book: pure, and blind to everything in the next lines. `dispatcher` makes the
//! plans that the rule book judges, by the travel times of [`ways`]; [`service`] puts the gRPC door before
//! it; `react` says which events of other services count here.

mod api;
mod dispatcher;
pub mod model;
mod react;
pub mod ways;

pub use api::{Api, Solver, held, service, solve_service};
pub use dispatcher::{Dispatcher, Failed, keep};
pub use model::Rides;
