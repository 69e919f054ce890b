//! Plans, and what a solve is asked for and answers.

use crate::{Problem, RequestIx, problem::Stop};

/// One thing a vehicle does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Visit {
    /// Somebody gets in.
    Pickup(RequestIx),
    /// Somebody gets out.
    Dropoff(RequestIx),
    /// A break of the vehicle's, by its place among them.
    Break(u32),
}

impl Visit {
    /// The stop of a pickup or drop-off; none for a break.
    #[must_use]
    pub fn stop<'a>(&self, problem: &'a Problem) -> Option<&'a Stop> {
        match *self {
            Self::Pickup(r) => Some(&problem.requests[r as usize].pickup),
            Self::Dropoff(r) => Some(&problem.requests[r as usize].dropoff),
            Self::Break(_) => None,
        }
    }
}

/// What one vehicle does, in order, its start and end left out. An unused vehicle's is empty.
pub type Route = Vec<Visit>;

/// Who does what in which order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Plan {
    /// One route a vehicle, in the problem's order.
    pub routes: Vec<Route>,
}

impl Plan {
    /// Which vehicle serves each request, none for those left out.
    #[must_use]
    pub fn vehicles(&self, requests: usize) -> Vec<Option<crate::VehicleIx>> {
        let mut vehicles = vec![None; requests];
        for (v, route) in self.routes.iter().enumerate() {
            for visit in route {
                if let Visit::Pickup(r) = *visit {
                    vehicles[r as usize] = Some(v as crate::VehicleIx);
                }
            }
        }
        vehicles
    }
}

/// How to solve; the default is one thread, seed 0, from nothing.
#[derive(Clone, Debug)]
pub struct Options {
    /// Same seed, threads and steps: same answer.
    pub seed: u64,
    /// Worker threads.
    pub threads: usize,
    /// A plan to start from; what of it does not hold is dropped.
    pub start: Option<Plan>,
}

impl Default for Options {
    fn default() -> Self {
        Self { seed: 0, threads: 1, start: None }
    }
}

/// How far a solve has come, or what it came to.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Progress {
    /// Vehicles with at least one request.
    pub vehicles: usize,
    /// The objective without the price of what is left out: distance, or weighted cost.
    pub cost: f64,
    /// Requests nobody serves.
    pub unserved: usize,
}

/// A plan that the oracle allows, always.
#[derive(Clone, Debug, PartialEq)]
pub struct Answer {
    /// Who does what.
    pub plan: Plan,
    /// Requests nobody serves, in order.
    pub unserved: Vec<RequestIx>,
    /// What it comes to.
    pub total: Progress,
}
