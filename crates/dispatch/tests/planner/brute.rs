//! Every pair of places in a route, the oracle judging.

use dugnad_dispatch::{Plan, Problem, RequestIx, Route, VehicleIx, Visit, oracle::check};

/// What a vehicle would drive without the request: its breaks, if it is not used yet.
fn base(problem: &Problem, plan: &Plan, v: VehicleIx) -> Route {
    let route = plan.routes[v as usize].clone();
    if route.iter().any(|visit| !matches!(visit, Visit::Break(_))) {
        return route;
    }
    let breaks = (0..problem.vehicles[v as usize].breaks.len() as u32).map(Visit::Break);
    let rest: Route = breaks.filter(|pause| !route.contains(pause)).collect();
    [route, rest].concat()
}

/// Whether a request that the plan does not serve fits anywhere on a vehicle.
pub(crate) fn fits(problem: &Problem, plan: &Plan, v: VehicleIx, r: RequestIx) -> bool {
    let base = base(problem, plan, v);
    let frozen = problem.vehicles[v as usize].frozen.len();
    (frozen..=base.len()).any(|pickup| {
        (pickup..=base.len()).any(|dropoff| {
            let mut route = base.clone();
            route.insert(dropoff, Visit::Dropoff(r));
            route.insert(pickup, Visit::Pickup(r));
            let mut plan = plan.clone();
            plan.routes[v as usize] = route;
            check(problem, &plan).is_ok()
        })
    })
}
