//! The gRPC doors.

mod solve;

pub use solve::{Solver, solve_service};
