//! Rides' door in one process: real gRPC over TCP, a real journal, a real key store, and other services
//! that it follows.

#![allow(clippy::unwrap_used)] // in the helpers; a test fails by panicking

#[path = "door/asking.rs"]
mod asking;
#[path = "door/fields.rs"]
mod fields;
#[path = "door/happens.rs"]
mod happens;
#[path = "door/heard.rs"]
mod heard;
#[path = "door/orders.rs"]
mod orders;
#[path = "door/register.rs"]
mod register;
#[path = "door/sight.rs"]
mod sight;
#[path = "door/town.rs"]
mod town;
#[path = "door/wants.rs"]
mod wants;
