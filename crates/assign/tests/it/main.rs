//! The solver through its front door, held against plain enumeration and the judge.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on says so by panicking")]

mod brute;
mod candidates;
mod degenerate;
mod dense;
mod explain;
mod hard;
mod session;
