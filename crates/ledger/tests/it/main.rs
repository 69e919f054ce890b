//! The ledger through its front door, on a journal that fails and on real ones.

mod door;
mod followers;
mod places;
mod simulation;
mod timers;
mod watching;
