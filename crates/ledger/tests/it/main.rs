//! The ledger through its front door, on a journal that fails and on real ones.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on says so by panicking")]

mod digests;
mod door;
mod followers;
mod places;
mod simulation;
mod timers;
mod watching;
