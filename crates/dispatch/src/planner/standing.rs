//! What is answered to a request, and what becomes of it.

use crate::{
    Invalid, Promise, RequestIx, VehicleIx,
    planner::{Nearest, Obstacle, said},
};

/// What has become of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// Nobody serves it: it never had a promise, or its promise was reported broken.
    Waiting,
    /// The vehicle will pick it up; it may be on its way there.
    Planned(VehicleIx),
    /// It is aboard.
    Aboard(VehicleIx),
    /// It has been dropped off.
    Done(VehicleIx),
    /// It was aboard when the vehicle fell out: somebody must see to it.
    Stranded(VehicleIx),
    /// It was called off.
    Cancelled,
    /// Nobody was there to be picked up.
    NoShow,
}

impl Standing {
    /// Whether a vehicle serves it, or has.
    #[must_use]
    pub fn is_served(self) -> bool {
        matches!(self, Self::Planned(_) | Self::Aboard(_) | Self::Done(_))
    }
}

/// A request that will be served.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Promised {
    /// Its number from now on.
    pub request: RequestIx,
    /// Who comes, as it is planned now.
    pub vehicle: VehicleIx,
    /// When, whoever comes.
    pub promise: Promise,
    /// How much dearer the plan has become.
    pub cost: f64,
}

/// A request that will not be served.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum Refused {
    /// It contradicts itself or the problem.
    #[error(transparent)]
    Invalid(#[from] Invalid),
    /// The planner is full: [`Limit::REQUESTS`](crate::Limit::REQUESTS).
    #[error("no more requests fit into this plan")]
    TooMany,
    /// No vehicle can take it.
    #[error("no vehicle can take it: {}", said(obstacles))]
    Nobody {
        /// What stands in the way, vehicle by vehicle.
        obstacles: Vec<Obstacle>,
        /// The nearest windows that would work, if any would.
        nearest: Option<Nearest>,
    },
    /// Serving it costs more than leaving it out.
    #[error("it would cost {cost}, and is worth {price}")]
    TooDear {
        /// How much dearer the plan would become.
        cost: f64,
        /// What leaving it out costs.
        price: f64,
    },
    /// There is nothing to be asked again.
    #[error("request {0} is not waiting for a ride")]
    NotWaiting(RequestIx),
}

/// Why an event cannot be true.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum EventError {
    /// There is no such request.
    #[error("there is no request {0}")]
    NoRequest(RequestIx),
    /// There is no such vehicle.
    #[error("there is no vehicle {0}")]
    NoVehicle(VehicleIx),
    /// A vehicle cannot become what it shall.
    #[error("vehicle {0} cannot be changed so: it contradicts itself, or what is aboard")]
    Vehicle(VehicleIx),
    /// A new place does not fit the matrix.
    #[error("that is no row and column of the matrix, or there are too many places")]
    Place,
    /// The request is not in a state in which that can happen.
    #[error("that cannot happen to request {0}, which is {1:?}")]
    Standing(RequestIx, Standing),
    /// The visit is not to come on that vehicle.
    #[error("vehicle {0} has no such visit to come")]
    Visit(VehicleIx),
    /// A time is no number, or a window is empty.
    #[error("a time is no time")]
    Time,
}
