//! What tests start: real servers as child processes, on free ports, gone when they are dropped.

pub mod nats;

pub use nats::NatsServer;
