//! The rooms service: facilities, rooms that divide into parts, and bookings that cannot clash.
//!
//! [`model`] is the rule book: pure, and blind to everything in the next line. [`service`] puts the
//! gRPC door before it.

mod api;
pub mod model;
mod react;

pub use api::{Api, Feed, calendar_service, feed, held, reconcile_erasures, service, tenant_of};
pub use model::Rooms;
