//! The assignment solver.
