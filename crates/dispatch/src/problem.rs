//! The problem: requests, vehicles, travel times and what counts as good.
//!
//! All limits of one order of visits are difference constraints between the times of its visits:
//! the oracle decides them by Bellman-Ford, and everything else here must agree with it.

mod validate;

/// Which request: its place in [`Problem::requests`].
pub type RequestIx = u32;
/// Which vehicle: its place in [`Problem::vehicles`].
pub type VehicleIx = u32;
/// Which place: a row of the [`Matrix`].
pub type PlaceIx = u32;

/// What a time may be off by, so that sums of rounded numbers break no limit.
pub const TOLERANCE: f64 = 1e-6;

/// A limit on sizes: what is beyond is refused when a problem is built.
#[derive(Clone, Copy, Debug)]
pub struct Limit;

impl Limit {
    /// Requests in one problem.
    pub const REQUESTS: usize = 20_000;
    /// Vehicles in one problem.
    pub const VEHICLES: usize = 5_000;
    /// Places in one matrix.
    pub const PLACES: usize = 20_000;
    /// Kinds of load.
    pub const DIMENSIONS: usize = 8;
    /// Seat configurations of one vehicle.
    pub const CONFIGURATIONS: usize = 16;
    /// Breaks of one vehicle.
    pub const BREAKS: usize = 8;
    /// Any time or distance that is not infinite, either way: beyond, sums would be off by more
    /// than [`TOLERANCE`].
    pub const TIME: f64 = 1e10;
}

/// A closed span of time in which something must begin.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Window {
    /// Not before; may be `-inf`.
    pub earliest: f64,
    /// Not after; may be `inf`.
    pub latest: f64,
}

impl Window {
    /// Any time at all.
    pub const ALWAYS: Self = Self { earliest: f64::NEG_INFINITY, latest: f64::INFINITY };

    /// What is in both.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        Self { earliest: self.earliest.max(other.earliest), latest: self.latest.min(other.latest) }
    }

    /// Whether nothing is in it.
    #[must_use]
    pub fn is_empty(self) -> bool {
        self.earliest > self.latest
    }
}

/// Travel times and distances between places, neither symmetric nor metric of necessity.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Matrix {
    /// How many places there are.
    pub places: usize,
    /// `places × places` travel times, from row to column; `inf` is unreachable.
    pub seconds: Vec<f64>,
    /// The same for distances; empty when distance and time are the same.
    pub metres: Vec<f64>,
}

impl Matrix {
    /// How long the way takes.
    #[must_use]
    pub fn time(&self, from: PlaceIx, to: PlaceIx) -> f64 {
        self.seconds[from as usize * self.places + to as usize]
    }

    /// How long the way is.
    #[must_use]
    pub fn distance(&self, from: PlaceIx, to: PlaceIx) -> f64 {
        let cell = from as usize * self.places + to as usize;
        if self.metres.is_empty() { self.seconds[cell] } else { self.metres[cell] }
    }
}

/// One end of a request.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Stop {
    /// Where.
    pub place: PlaceIx,
    /// When the service here must begin.
    pub window: Window,
    /// How long it takes to get in or out.
    pub service: f64,
}

/// What a traveller has been told; no plan breaks it by choice.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Promise {
    /// When the pickup begins.
    pub pickup: Window,
    /// When the drop-off begins.
    pub dropoff: Window,
}

/// Somebody who wants to get from one place to another.
#[derive(Clone, Debug, PartialEq)]
pub struct Request {
    /// Where and when they get in.
    pub pickup: Stop,
    /// Where and when they get out.
    pub dropoff: Stop,
    /// What they take up, per dimension; all requests and seats have the same number of them.
    pub load: Vec<u16>,
    /// From the end of service at the pickup to the start of service at the drop-off; `inf` is no limit.
    pub max_ride: f64,
    /// Bits of what the vehicle must have, all of them.
    pub skills: u64,
    /// What leaving it out costs; without a price it is served if at all possible.
    pub price: Option<f64>,
    /// Of two requests without a price that cannot both be served, the higher goes first.
    pub priority: u8,
    /// Nobody sets out to the pickup before this; `-inf` is at any time.
    pub release: f64,
    /// Only this vehicle may serve it.
    pub pinned: Option<VehicleIx>,
    /// The way there of this way home: both are served or neither. Their windows keep the order.
    pub return_of: Option<RequestIx>,
    /// What the traveller has been told.
    pub promise: Option<Promise>,
}

/// A pause of the driver, taken with nobody aboard, wherever the vehicle stands.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Break {
    /// When it must begin.
    pub window: Window,
    /// How long it lasts.
    pub lasts: f64,
}

/// A visit that is done, under way or decided: every plan begins with it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Done {
    /// What.
    pub visit: crate::Visit,
    /// When its service began; unknown while the vehicle is still on its way there.
    pub began: Option<f64>,
}

/// Somebody with a car.
#[derive(Clone, Debug, PartialEq)]
pub struct Vehicle {
    /// Where it starts.
    pub start: PlaceIx,
    /// Where it must end; none is wherever its last visit is.
    pub end: Option<PlaceIx>,
    /// It leaves its start and is at its end within this.
    pub shift: Window,
    /// From leaving the start to being at the end; `inf` is no limit.
    pub max_duration: f64,
    /// Taken in this order, if the vehicle is used at all.
    pub breaks: Vec<Break>,
    /// Seat configurations: what is aboard must fit in one of them, at each moment in any one.
    pub seats: Vec<Vec<u16>>,
    /// Bits of what it has.
    pub skills: u64,
    /// What using it costs at all, in the weighted objective.
    pub fixed_cost: f64,
    /// What is done or decided, in order.
    pub frozen: Vec<Done>,
    /// What is not frozen: nothing of it begins, and nobody sets out to it, before this.
    pub not_before: f64,
}

/// What counts, after serving those without a price in order of priority.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Objective {
    /// Fewest vehicles, then shortest distance: the PDPTW benchmarks.
    VehiclesThenDistance,
    /// Shortest distance: the DARP benchmarks.
    Distance,
    /// The service's cost.
    Weighted(Weights),
}

/// What a unit of each costs.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Weights {
    /// Each unit of time from leaving the start to being at the end.
    pub vehicle_time: f64,
    /// Each unit of distance.
    pub distance: f64,
    /// Each unit of time of each request aboard, from end of pickup to start of drop-off.
    pub aboard: f64,
    /// Each unit of time of each request aboard while the vehicle waits.
    pub waiting_aboard: f64,
    /// Each request that another vehicle serves than in [`Problem::present`].
    pub change: f64,
}

/// Why a problem cannot be built; names the field as the JSON form does.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{field}: {problem}")]
pub struct Invalid {
    /// For instance `requests[3].pickup.window`.
    pub field: String,
    /// What is wrong with it, and what would be right.
    pub problem: String,
}

/// Requests, vehicles, ways between places, and what counts. [`Problem::validate`] before solving.
#[derive(Clone, Debug, PartialEq)]
pub struct Problem {
    /// Ways between places.
    pub matrix: Matrix,
    /// Who wants to go.
    pub requests: Vec<Request>,
    /// Who drives.
    pub vehicles: Vec<Vehicle>,
    /// Pairs that are never aboard at the same time.
    pub apart: Vec<(RequestIx, RequestIx)>,
    /// What counts.
    pub objective: Objective,
    /// The plan in force, against which change is counted.
    pub present: Option<crate::Plan>,
}
