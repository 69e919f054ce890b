//! What a plan breaks, in types; the words are in [`super::words`].

use crate::{PlaceIx, RequestIx, VehicleIx, Visit};

/// One limit on the times of a route.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Bound {
    /// Service at one visit and the way to the next, in all; `to` is none at the vehicle's end.
    Way {
        /// Where it leads.
        to: Option<Visit>,
        /// How long it takes.
        takes: f64,
    },
    /// The shift's first moment.
    ShiftBegins(f64),
    /// The shift's last moment.
    ShiftEnds(f64),
    /// From leaving the start to being at the end.
    Duration(f64),
    /// From the end of the pickup to the beginning of the drop-off.
    Ride(RequestIx, f64),
    /// A window's first moment.
    Opens(Visit, f64),
    /// A window's last moment.
    Closes(Visit, f64),
    /// The first moment of what was promised.
    PromisedFrom(Visit, f64),
    /// The last moment of what was promised.
    PromisedUntil(Visit, f64),
    /// Nobody sets out to the pickup before.
    Released(RequestIx, f64),
    /// Nobody sets out to what is not frozen before.
    NotBefore(Visit, f64),
    /// What is frozen began just then.
    Began(Visit, f64),
}

/// One thing that a plan may not do.
#[derive(Clone, Debug, PartialEq)]
pub enum Fault {
    /// There are not as many routes as vehicles, or not as many times as routes.
    Routes {
        /// How many there are.
        found: usize,
        /// How many there should be.
        wanted: usize,
    },
    /// A visit names no request or no break of the vehicle.
    Unknown {
        /// Whose route.
        vehicle: VehicleIx,
        /// The visit's place in it.
        at: usize,
    },
    /// A visit that stands in the plan already.
    Twice {
        /// Where it stands again.
        vehicle: VehicleIx,
        /// What.
        visit: Visit,
    },
    /// Somebody gets out who did not get in before, on this vehicle.
    NoPickup {
        /// Whose route.
        vehicle: VehicleIx,
        /// Who.
        request: RequestIx,
    },
    /// Somebody gets in and never out, on this vehicle.
    NoDropoff {
        /// Whose route.
        vehicle: VehicleIx,
        /// Who.
        request: RequestIx,
    },
    /// A used vehicle does not take all of its breaks.
    BreakMissing {
        /// Whose route.
        vehicle: VehicleIx,
        /// The first that is missing.
        index: u32,
    },
    /// A break comes before an earlier one.
    BreakOrder {
        /// Whose route.
        vehicle: VehicleIx,
        /// Which.
        index: u32,
    },
    /// Somebody is aboard in a break.
    BreakAboard {
        /// Whose route.
        vehicle: VehicleIx,
        /// Which break.
        index: u32,
        /// Who.
        request: RequestIx,
    },
    /// Of a way there and a way home only one is served.
    HalfReturn {
        /// The one that is served.
        served: RequestIx,
        /// The one that is not.
        missing: RequestIx,
    },
    /// The route does not begin with what is frozen.
    Frozen {
        /// Whose route.
        vehicle: VehicleIx,
        /// The first place at which they differ.
        at: usize,
        /// What should stand there.
        wanted: Visit,
    },
    /// The vehicle has not all that the request asks for.
    Skills {
        /// Whose route.
        vehicle: VehicleIx,
        /// Who.
        request: RequestIx,
    },
    /// The request belongs to another vehicle.
    Pinned {
        /// Whose route.
        vehicle: VehicleIx,
        /// Who.
        request: RequestIx,
        /// Whose it is.
        to: VehicleIx,
    },
    /// No seat configuration holds all who are aboard.
    Load {
        /// Whose route.
        vehicle: VehicleIx,
        /// Where the last of them gets in.
        visit: Visit,
        /// All who are aboard then, per dimension.
        aboard: Vec<u32>,
    },
    /// Two are aboard at once who may not be.
    Apart {
        /// Whose route.
        vehicle: VehicleIx,
        /// The one.
        one: RequestIx,
        /// The other.
        other: RequestIx,
    },
    /// There is no way to the next visit, or to the end.
    Unreachable {
        /// Whose route.
        vehicle: VehicleIx,
        /// Where it stands.
        from: PlaceIx,
        /// Where it should go.
        to: PlaceIx,
    },
    /// Limits that contradict each other; or, where the times are given, one that they break.
    Times {
        /// Whose route.
        vehicle: VehicleIx,
        /// The limit that would break.
        broken: Bound,
        /// By how much, when all others are kept.
        by: f64,
        /// The others, apart from the ways between the visits.
        given: Vec<Bound>,
    },
    /// A route's times are not one finite number a visit, a start and an end.
    NoTimes {
        /// Whose route.
        vehicle: VehicleIx,
    },
}

impl Fault {
    /// Whose route it is in, if it is in one.
    #[must_use]
    pub fn vehicle(&self) -> Option<VehicleIx> {
        match *self {
            Self::Routes { .. } | Self::HalfReturn { .. } => None,
            Self::Unknown { vehicle, .. }
            | Self::Twice { vehicle, .. }
            | Self::NoPickup { vehicle, .. }
            | Self::NoDropoff { vehicle, .. }
            | Self::BreakMissing { vehicle, .. }
            | Self::BreakOrder { vehicle, .. }
            | Self::BreakAboard { vehicle, .. }
            | Self::Frozen { vehicle, .. }
            | Self::Skills { vehicle, .. }
            | Self::Pinned { vehicle, .. }
            | Self::Load { vehicle, .. }
            | Self::Apart { vehicle, .. }
            | Self::Unreachable { vehicle, .. }
            | Self::Times { vehicle, .. }
            | Self::NoTimes { vehicle } => Some(vehicle),
        }
    }
}
