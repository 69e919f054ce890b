//! The rides service: vehicles and drivers, promised rides, plans and what became of them.

pub mod ways;
