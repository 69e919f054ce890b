//! The oracle and the schedule, held against plans broken on purpose and against counting all
//! times.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod best_times;
mod each_limit;
mod every_time;
mod given;
