//! The dial-a-ride solver.
