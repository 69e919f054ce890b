//! The door of standing in one process: real gRPC over TCP, a real journal file, a real key store,
//! and a clock that the test sets. Each rule itself is tested beside it; here is who may, who sees,
//! and that a request repeated gets its first answer.

#![allow(clippy::unwrap_used)] // in the helpers; a test fails by panicking

#[path = "standing/asking.rs"]
mod asking;
#[path = "standing/attests.rs"]
mod attests;
#[path = "standing/concerns.rs"]
mod concerns;
#[path = "standing/courses.rs"]
mod courses;
#[path = "standing/deeds.rs"]
mod deeds;
#[path = "standing/forms.rs"]
mod forms;
#[path = "standing/refusals.rs"]
mod refusals;
#[path = "standing/rights.rs"]
mod rights;
#[path = "standing/talks.rs"]
mod talks;
#[allow(dead_code, reason = "the people's tests use the rest")]
#[path = "people/town.rs"]
mod town;
