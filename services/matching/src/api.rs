//! The gRPC doors of the matching service: translate calls into commands and queries, nothing else.

pub(crate) mod plan;
mod rule;
pub(crate) mod solve;
