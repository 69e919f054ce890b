//! The volunteers service: the one register of people, givers and receivers, and of organisations.
//!
//! [`model`] is the rule book: pure, and blind to everything in the next line. [`services`] puts the
//! gRPC doors before it.

mod api;
pub mod model;

pub use api::{Holdings, forget_erased, reconcile_erasures, services};
pub use model::Volunteers;
