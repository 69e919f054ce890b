//! Real things for tests to run against: the `dugnad` binary and a nats-server, each on free ports
//! and in a directory of its own, gone when dropped.

pub mod clients;
pub mod nats;
pub mod server;

pub use clients::{Caller, Rooms};
pub use nats::NatsServer;
pub use server::{DugnadServer, Journal};
