//! Files in and out: what is right is read, what is wrong is named by line and field.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod benchmarks;
mod json;
mod noise;
