//! The online planner, held against the oracle after every event of random days.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod brute;
mod day;
mod events;
mod every_event;
mod reasons;
