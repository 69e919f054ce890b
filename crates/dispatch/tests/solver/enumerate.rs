//! The best plan of a small problem by trying every assignment and every order.

use dugnad_dispatch::{Objective, Plan, Problem, Verdict, Visit, oracle};

/// What counts, in order; the lesser the better.
#[derive(Clone, Debug, PartialEq, PartialOrd)]
pub(crate) struct Worth {
    pub left_out: Vec<u8>,
    pub vehicles: usize,
    pub cost: f64,
}

impl Worth {
    pub(crate) fn of(problem: &Problem, verdict: &Verdict) -> Self {
        let count = problem.objective == Objective::VehiclesThenDistance;
        Self {
            left_out: verdict.left_out.clone(),
            vehicles: if count { verdict.total.vehicles } else { 0 },
            cost: verdict.total.cost + verdict.price,
        }
    }
}

/// The worth of the best plan; none where no plan is allowed at all.
pub(crate) fn best(problem: &Problem) -> Option<Worth> {
    let routes: Vec<_> = (0..problem.vehicles.len()).map(|v| best_routes(problem, v)).collect();
    let requests = problem.requests.len();
    let ways = routes.len() + 1;
    (0..ways.pow(requests as u32))
        .filter_map(|mut choice| {
            let mut taken = vec![0; routes.len()];
            for r in 0..requests {
                if let Some(mine) = taken.get_mut(choice % ways) {
                    *mine |= 1 << r;
                }
                choice /= ways;
            }
            together(problem, &routes, &taken)
        })
        .min_by(|a, b| a.partial_cmp(b).unwrap())
}

/// The worth of each vehicle serving just its part.
fn together(problem: &Problem, routes: &[Vec<Option<f64>>], taken: &[usize]) -> Option<Worth> {
    let served: usize = taken.iter().sum();
    let is_served = |r: usize| served & (1 << r) != 0;
    let mut worth = Worth { left_out: Vec::new(), vehicles: 0, cost: 0.0 };
    for (r, request) in problem.requests.iter().enumerate() {
        if request.return_of.is_some_and(|there| is_served(there as usize) != is_served(r)) {
            return None;
        }
        match request.price {
            _ if is_served(r) => {}
            Some(price) => worth.cost += price,
            None => worth.left_out.push(request.priority),
        }
    }
    worth.left_out.sort_by(|a, b| b.cmp(a));
    for (costs, part) in routes.iter().zip(taken) {
        worth.cost += costs[*part]?;
        let counts = problem.objective == Objective::VehiclesThenDistance;
        worth.vehicles += usize::from(*part != 0 && counts);
    }
    Some(worth)
}

/// For each set of requests the least that vehicle `v` can serve just them for.
fn best_routes(problem: &Problem, v: usize) -> Vec<Option<f64>> {
    let mut alone = problem.clone();
    for (other, vehicle) in alone.vehicles.iter_mut().enumerate() {
        if other != v {
            vehicle.frozen.clear();
        }
    }
    for request in &mut alone.requests {
        request.return_of = None;
    }
    (0..1 << problem.requests.len())
        .map(|set: usize| {
            let mut least = None;
            extend(&alone, v, set, &mut Vec::new(), &mut least);
            least
        })
        .collect()
}

/// Tries all orders of the requests in `set` that begin with `route`.
fn extend(
    problem: &Problem,
    v: usize,
    set: usize,
    route: &mut Vec<Visit>,
    least: &mut Option<f64>,
) {
    let has = |route: &[Visit], visit| route.contains(&visit);
    let requests = (0..problem.requests.len() as u32).filter(|r| set & (1 << r) != 0);
    let mut is_whole = true;
    for r in requests {
        let next = if !has(route, Visit::Pickup(r)) {
            Visit::Pickup(r)
        } else if !has(route, Visit::Dropoff(r)) {
            Visit::Dropoff(r)
        } else {
            continue;
        };
        is_whole = false;
        route.push(next);
        extend(problem, v, set, route, least);
        route.pop();
    }
    let taken = route.iter().filter(|visit| matches!(visit, Visit::Break(_))).count();
    if set != 0 && taken < problem.vehicles[v].breaks.len() {
        is_whole = false;
        route.push(Visit::Break(taken as u32));
        extend(problem, v, set, route, least);
        route.pop();
    }
    if is_whole {
        let mut plan = Plan { routes: vec![Vec::new(); problem.vehicles.len()] };
        plan.routes[v].clone_from(route);
        if let Ok(verdict) = oracle::check(problem, &plan) {
            let cost = verdict.total.cost;
            *least = Some(least.map_or(cost, |least: f64| least.min(cost)));
        }
    }
}
