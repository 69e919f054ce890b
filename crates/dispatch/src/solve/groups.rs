//! What is served together or not at all, and what leaving it out costs.

use crate::{Problem, RequestIx, Visit};

/// Which group.
pub(super) type GroupIx = u32;

/// A request alone, or a way there with its ways home.
#[derive(Clone, Debug, Default)]
pub(super) struct Group {
    /// Those that a plan is free to place; the others are frozen into their routes.
    pub members: Vec<RequestIx>,
    /// What missing it weighs, before any cost: higher priorities outweigh all lower ones.
    pub weight: u128,
    /// What leaving it out costs.
    pub price: f64,
}

/// All groups of a problem.
#[derive(Debug, Default)]
pub(super) struct Groups {
    pub all: Vec<Group>,
    /// The group of each request.
    pub of: Vec<GroupIx>,
}

impl Groups {
    /// `O(requests + visits frozen)`.
    pub(super) fn new(problem: &Problem) -> Self {
        let requests = problem.requests.len();
        let mut frozen = vec![false; requests];
        for done in problem.vehicles.iter().flat_map(|vehicle| &vehicle.frozen) {
            if let Visit::Pickup(r) = done.visit {
                frozen[r as usize] = true;
            }
        }
        let weights = weights(problem);
        let mut groups = Self { all: Vec::new(), of: vec![0; requests] };
        let mut must = Vec::new();
        let head = |r: usize| problem.requests[r].return_of.map_or(r, |out| out as usize);
        for r in (0..requests).filter(|r| head(*r) == *r) {
            groups.of[r] = groups.all.len() as GroupIx;
            groups.all.push(Group::default());
            must.push(false);
        }
        for r in 0..requests {
            groups.of[r] = groups.of[head(r)];
            let group = &mut groups.all[groups.of[r] as usize];
            if frozen[r] {
                must[groups.of[r] as usize] = true;
                continue;
            }
            group.members.push(r as RequestIx);
            let request = &problem.requests[r];
            match request.price {
                Some(price) => group.price += price,
                None => group.weight += weights[usize::from(request.priority)],
            }
        }
        // Who has been brought there must be brought home, whatever it costs.
        for (group, _) in groups.all.iter_mut().zip(&must).filter(|(_, must)| **must) {
            group.weight = group.weight.max(1).saturating_mul(MUST);
        }
        groups
    }
}

/// Outweighs all priorities.
const MUST: u128 = 1 << 90;

/// The weight of one request of each priority: more than all of lower ones together, as far down as
/// there is room; the lowest of very many priorities in use count the same.
fn weights(problem: &Problem) -> [u128; 256] {
    let mut count = [0_u128; 256];
    for request in problem.requests.iter().filter(|request| request.price.is_none()) {
        count[usize::from(request.priority)] += 1;
    }
    let mut weights = [1_u128; 256];
    let mut total = 0_u128;
    for priority in 0..256 {
        if count[priority] > 0 {
            weights[priority] = total + 1;
            total += count[priority] * weights[priority];
            if total >= 1 << 75 {
                return weights_from_above(&count);
            }
        }
    }
    weights
}

/// The same where the numbers would grow too large: the lowest priorities share a weight.
fn weights_from_above(count: &[u128; 256]) -> [u128; 256] {
    let mut first = 0;
    loop {
        first += 1;
        let mut weights = [1_u128; 256];
        let mut total: u128 = count[..first].iter().sum();
        for priority in first..256 {
            weights[priority] = total + 1;
            total = total.saturating_add(count[priority].saturating_mul(weights[priority]));
        }
        if total < 1 << 75 || first == 255 {
            return weights;
        }
    }
}
