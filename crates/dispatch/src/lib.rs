//! The dial-a-ride solver: who drives whom, when, and why not.
//!
//! A [`Problem`] has requests (a pickup, a drop-off, windows, a load, a longest time aboard) and
//! vehicles (places, shifts, breaks, seats). A [`Plan`] says who visits what in which order;
//! a schedule adds the times. Nothing here reads a clock, a file or a network: a [`Budget`] is passed
//! in, and the same seed gives the same answer for the same number of steps.
//!
//! Times are seconds (or whatever the travel times are in) since a common start, as `f64`: real
//! travel times are whole and therefore exact, the published benchmarks' Euclidean ones are not.

pub mod format;
pub mod oracle;
mod plan;
pub mod planner;
mod problem;
mod route;
mod schedule;
mod solve;

pub use dugnad_budget::Budget;

pub use crate::{
    oracle::{Fault, Verdict},
    plan::{Answer, Options, Plan, Progress, Route, Visit},
    problem::{
        Break, Done, Invalid, Limit, Matrix, Objective, PlaceIx, Problem, Promise, Request,
        RequestIx, Stop, TOLERANCE, Vehicle, VehicleIx, Weights, Window,
    },
    schedule::{Costs, Ride, RouteTimes, Times, VisitTimes, schedule},
    solve::{Better, solve, solve_telling},
};
