//! Doors and their codes: a simulated month of faults, the same faults over a real broker, and the
//! gRPC door.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on says so by panicking")]

#[path = "doors/month.rs"]
mod month;
#[path = "doors/refusals.rs"]
mod refusals;
#[path = "doors/states.rs"]
mod states;
#[path = "doors/town.rs"]
mod town;
