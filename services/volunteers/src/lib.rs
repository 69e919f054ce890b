//! The volunteers service: the one register of people, givers and receivers, and of organisations.
//!
//! [`model`] is the rule book: pure, and blind to everything in the next line. [`services`] puts the
//! gRPC doors before it. [`register`] reads
//! what the national registers say about organisations.

mod api;
mod attest;
pub mod model;
pub mod register;

pub use api::{Holdings, contacts, forget_erased, reconcile_erasures, services};
pub use model::Volunteers;
