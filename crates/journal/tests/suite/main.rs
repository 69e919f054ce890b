//! What both journals promise, shown on real files and real servers.
//!
//! * [`conformance`] is the one set of scenarios that every backend passes; [`backends`] starts
//!   them.
//! * [`damage`], [`disk`] and [`fsync`] take the SQLite file and its disk away in pieces.
//! * [`nats`] is what only a server across a network can do to us.
//! * [`carry`] verifies, exports and imports.

#![allow(
    clippy::unwrap_used,
    reason = "clippy knows tests by their attribute only, not what they call"
)]

mod backends;
mod carry;
mod conformance;
mod damage;
mod disk;
mod fsync;
mod helper;
mod make;
mod nats;
