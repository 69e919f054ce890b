//! Real things for tests to run against: the `dugnad` binary and a nats-server, each on free ports
//! and in a directory of its own, gone when dropped. And one thing that is not real on purpose: a
//! simulated journal that loses answers, delays and conflicts by a seed.

pub mod clients;
pub mod nats;
pub mod server;
pub mod sim;

pub use clients::{Caller, Rooms};
pub use nats::NatsServer;
pub use server::{DugnadServer, Journal};
pub use sim::{Faults, SimJournal};
