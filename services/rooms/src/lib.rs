//! The rooms service: facilities, rooms that divide into parts, and bookings that cannot clash.

pub mod model;

pub use model::Rooms;
