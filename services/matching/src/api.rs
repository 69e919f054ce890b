//! The gRPC doors of the matching service: translate calls into commands and queries, nothing else.

pub(crate) mod solve;
