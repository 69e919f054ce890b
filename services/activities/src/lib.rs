//! The activities service: evenings planned, arranged by way of the other services, signed up for,
//! held.
//!
//! [`model`] is the rule book: pure, and blind to everything in the next lines. [`service`] puts the
//! gRPC door before it; `react` says which events of other services count here.

mod api;
pub mod model;
mod react;

pub use api::{Api, held, published, service};
pub use model::Activities;
