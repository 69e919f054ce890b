//! The people's door in one process: real gRPC over TCP, a real journal file, a real key store, and
//! a clock that the test sets.

#![allow(clippy::unwrap_used)] // in the helpers; a test fails by panicking

#[path = "people/privacy.rs"]
mod privacy;
#[path = "people/register.rs"]
mod register;
#[path = "people/sight.rs"]
mod sight;
#[path = "people/town.rs"]
mod town;
#[path = "people/words.rs"]
mod words;
