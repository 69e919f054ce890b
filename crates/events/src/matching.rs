//! What happens in matching.
