//! The rules of standing as scenarios.
