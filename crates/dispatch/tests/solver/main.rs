//! The static solver, held against enumeration on small rich problems and judged by the oracle on
//! all others.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod begun;
mod best;
mod edges;
mod enumerate;
mod random;
mod steady;
