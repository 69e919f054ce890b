//! The assignment solver: who helps whom, at the least cost, with an honest bound.
//!
//! A [`Problem`] has needs (each wants a number of people, perhaps in a window of time), people
//! (each takes a number of needs, up to a longest total load) and sparse candidate edges with a
//! cost; every place left open has a price. [`solve`] finds who takes what. Nothing here reads a
//! clock, a file or a network: a [`Budget`] is passed in, and the same seed gives the same answer.
//!
//! Special cases fall out exactly: linear assignment, transportation with capacities, convex
//! fairness by number of needs (all polynomial, see [`Answer::duals`]); generalised assignment and
//! rosters with conflicts in time are solved by bound and search, see [`Answer::bound`].
//!
//! [`check`] is an independent judge of every answer.

mod answer;
pub mod candidates;
mod check;
pub mod dense;
pub mod explain;
mod flow;
pub mod format;
mod hard;
mod network;
mod problem;
mod prove;
mod rows;
mod session;
mod solve;

pub use dugnad_budget::Budget;

pub use crate::{
    answer::{Answer, Duals, Options, Progress},
    check::{Broken, Checked, check},
    problem::{
        Cost, Edge, Fairness, Invalid, MAX_COST, MAX_EDGES, Need, NeedIx, Person, PersonIx,
        Problem, Travel, Window,
    },
    prove::verify_duals,
    session::{Candidate, Change, Session, Unchanged},
    solve::solve,
};
