//! The rooms service: facilities, rooms that divide into parts, and bookings that cannot clash.
//!
//! [`model`] is the rule book: pure, and blind to everything in the next line. [`service`] puts the
//! gRPC door before it.

mod allocator;
mod api;
pub mod doors;
pub mod model;
mod react;

pub use api::{
    Api, DoorsApi, Feed, Seasons, Shifts, calendar_service, doors_service, feed, held,
    reconcile_erasures, season_service, service, shifts_service, tenant_of,
};
pub use model::Rooms;
