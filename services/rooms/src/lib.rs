//! The rooms service: facilities, rooms that divide into parts, and bookings that cannot clash.

#![allow(clippy::todo, unused_variables, dead_code)] // until the bodies are there

pub mod model;

pub use model::Rooms;
