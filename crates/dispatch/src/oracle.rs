//! The judge: does a plan keep every limit, and what does it come to?
//!
//! Simple and exact on purpose, and shares no code with the solver or the planner: every answer of
//! every test and benchmark is held against it. Who does what is checked by reading each route
//! once; the times by the fact that every limit of an order of visits is a difference constraint
//! `t_j - t_i >= w`, so that times exist just if no cycle of limits adds up to more than zero
//! (Bellman 1958; Cormen et al., *Introduction to Algorithms*, section 22.4). That cycle is the
//! reason, and a [`Fault`] says it in words.
//!
//! What all of this crate agree on:
//! * A route has times `t_start`, `t_i` (service of visit `i` begins) and `t_end`; `shift.earliest
//!   <= t_start`, `t_end <= shift.latest`, `t_end - t_start <= max_duration`. The vehicle may wait
//!   anywhere, at its start as well.
//! * `t_{i+1} >= t_i + service_i + travel`; an infinite travel time is no way at all. A break
//!   stands where the visit before it was: no travel to it. A vehicle without an end is done when
//!   its last visit is.
//! * A visit begins within its window and within what was promised; `t_dropoff - (t_pickup +
//!   service) <= max_ride`.
//! * A pickup has `t >= release + travel` and a visit that is not frozen `t >= not_before +
//!   travel`: nobody sets out before.
//! * Frozen visits are the beginning of the route and have `t = began` where that is known. The
//!   world's ways take as long as they took: neither travel between two visits whose begin is
//!   known nor the release of one is asked. All else is, and what the world has broken is a fault
//!   that the planner has to take back.
//! * A vehicle is used when its route visits a request. Each used vehicle takes all its breaks, in
//!   order, with nobody aboard; an unused one has no times, no cost, and needs no breaks.
//! * After each visit what is aboard fits, in every dimension, in at least one seat configuration,
//!   any one at each moment; no configuration at all holds nobody.
//! * Every request at most once, pickup first and drop-off later on the same vehicle; both of a
//!   way there and its way home or neither. That one without a price is left out is no fault, but
//!   counts before everything else: see [`Verdict`].
//!
//! Limits give way by [`TOLERANCE`](crate::TOLERANCE), so that sums of rounded numbers break none.

mod fault;
mod limits;
mod structure;
mod words;

pub use fault::{Bound, Fault};
pub(crate) use limits::{Edge, edges, is_used, way_to};
pub use words::{Names, Numbers};

use crate::{
    Plan, Problem, Progress, RequestIx, VehicleIx,
    schedule::{self, RouteTimes, Times},
};

/// What an allowed plan comes to. Of two plans the better has the lesser `left_out`, then the
/// lesser objective: vehicles first if so asked, then [`Progress::cost`] and `price` together.
#[derive(Clone, Debug, PartialEq)]
pub struct Verdict {
    /// Vehicles, cost by the objective (at the best times for this order, or those given),
    /// unserved.
    pub total: Progress,
    /// Requests nobody serves, in order.
    pub unserved: Vec<RequestIx>,
    /// Priorities of those among them without a price, highest first: of two such lists the
    /// lexicographically lesser is better.
    pub left_out: Vec<u8>,
    /// Prices of the others among them, in sum.
    pub price: f64,
}

/// Judges who does what in which order: do times exist, and what do the best of them cost?
/// `O(visits²)` a route.
///
/// # Errors
/// Every fault of every route; of a route whose times contradict each other one such cycle.
pub fn check(problem: &Problem, plan: &Plan) -> Result<Verdict, Vec<Fault>> {
    let sound = structure::check(problem, plan);
    judge(problem, plan, sound, |v, route| {
        let edges = limits::edges(problem, v, route).map_err(|fault| vec![fault])?;
        match limits::contradiction(v, route.len(), &edges) {
            Some(fault) => Err(vec![fault]),
            None => Ok(schedule::best_times(problem, v, route, &edges)),
        }
    })
}

/// Judges a plan with given times, one a vehicle; those of unused vehicles are not looked at.
/// `O(visits)` a route.
///
/// # Errors
/// Every fault of every route: every limit that the times break.
pub fn check_times(problem: &Problem, plan: &Plan, times: &[Times]) -> Result<Verdict, Vec<Fault>> {
    let mut sound = structure::check(problem, plan);
    if times.len() != plan.routes.len() {
        sound.push(Fault::Routes { found: times.len(), wanted: plan.routes.len() });
    }
    judge(problem, plan, sound, |v, route| {
        let given = &times[v as usize];
        let edges = limits::edges(problem, v, route).map_err(|fault| vec![fault])?;
        match limits::broken(v, route.len(), &edges, given) {
            faults if faults.is_empty() => Ok(given.clone()),
            faults => Err(faults),
        }
    })
}

/// Adds up what the routes come to, or all their faults.
fn judge(
    problem: &Problem,
    plan: &Plan,
    mut faults: Vec<Fault>,
    times_of: impl Fn(VehicleIx, &[crate::Visit]) -> Result<Times, Vec<Fault>>,
) -> Result<Verdict, Vec<Fault>> {
    let unreadable = |fault: &Fault| matches!(fault, Fault::Routes { .. } | Fault::Unknown { .. });
    if faults.iter().any(unreadable) {
        return Err(faults);
    }
    let mut total = Progress::default();
    let present = schedule::present(problem);
    let spoilt: Vec<_> = faults.iter().filter_map(Fault::vehicle).collect();
    for (v, route) in plan.routes.iter().enumerate() {
        let v = v as VehicleIx;
        if !is_used(route) || spoilt.contains(&v) {
            continue;
        }
        match times_of(v, route) {
            Ok(times) => {
                total.vehicles += 1;
                total.cost += RouteTimes::new(problem, &present, v, route, times).costs.total();
            }
            Err(found) => faults.extend(found),
        }
    }
    if faults.is_empty() { Ok(verdict(problem, plan, total)) } else { Err(faults) }
}

fn verdict(problem: &Problem, plan: &Plan, mut total: Progress) -> Verdict {
    let served = plan.vehicles(problem.requests.len());
    let unserved: Vec<RequestIx> =
        (0..).zip(&served).filter(|(_, by)| by.is_none()).map(|(r, _)| r).collect();
    let left = || unserved.iter().map(|&r| &problem.requests[r as usize]);
    let mut left_out: Vec<u8> =
        left().filter(|request| request.price.is_none()).map(|request| request.priority).collect();
    left_out.sort_unstable_by(|a, b| b.cmp(a));
    let price = left().filter_map(|request| request.price).sum();
    total.unserved = unserved.len();
    Verdict { total, unserved, left_out, price }
}
