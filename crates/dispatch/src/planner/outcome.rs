//! What followed from an event: who goes with whom now, and what cannot be kept.

use crate::{
    Promise, RequestIx, VehicleIx,
    planner::{Obstacle, Reason},
};

/// What followed from an event.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Outcome {
    /// Requests that another vehicle serves from now on, within their promise.
    pub moved: Vec<(RequestIx, VehicleIx)>,
    /// What cannot be kept any more.
    pub broken: Vec<Broken>,
    /// Ways home that fell away with their way there.
    pub cancelled: Vec<RequestIx>,
    /// What a late traveller is promised now.
    pub postponed: Option<(RequestIx, Promise)>,
}

impl Outcome {
    /// Whether it breaks what a request was promised.
    #[must_use]
    pub fn breaks_promise(&self, request: RequestIx) -> bool {
        self.broken.iter().any(|broken| match broken {
            Broken::Promise { request: other, .. } => *other == request,
            _ => false,
        })
    }
}

/// Something that cannot be kept any more, and why.
#[derive(Clone, Debug, PartialEq)]
pub enum Broken {
    /// No vehicle can keep what a request was promised.
    Promise {
        /// Whom.
        request: RequestIx,
        /// What it was promised.
        was: Promise,
        /// Who comes when instead; nobody can where there is none.
        instead: Option<(VehicleIx, Promise)>,
        /// What stands in the way, vehicle by vehicle; of somebody aboard, on its vehicle.
        obstacles: Vec<Obstacle>,
    },
    /// Somebody will be aboard longer than they should.
    Ride {
        /// Who.
        request: RequestIx,
        /// How long.
        takes: f64,
        /// How long it should be at most.
        most: f64,
    },
    /// A driver works longer, or a break begins at another time, than they should.
    Vehicle {
        /// Which.
        vehicle: VehicleIx,
        /// [`Reason::ShiftEnds`], [`Reason::Duration`] or [`Reason::BreakMissed`] and the like.
        reason: Reason,
    },
    /// Somebody was aboard when the vehicle fell out: they must be seen to by hand.
    Stranded {
        /// Who.
        request: RequestIx,
        /// In which vehicle.
        vehicle: VehicleIx,
    },
}
