//! The matching service: needs, candidates with their reasons, offers, assignments and plans.
