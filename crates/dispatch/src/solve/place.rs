//! The best place of a request among all routes, remembering what was worked out before.
//!
//! From one step of the search to the next all but a few routes are as they were, and a plan that is
//! taken back brings its routes back: the answer for (request, order of a route) is kept in a table
//! of bounded size, where a newer answer displaces an older one.

use super::state::State;
use crate::{RequestIx, VehicleIx, route::Insertion};

/// An answer kept.
#[derive(Clone, Copy)]
struct Kept {
    stamp: u64,
    request: RequestIx,
    /// Only what costs less was looked for.
    limit: f64,
    at: Insertion,
}

/// No place at all.
const NOWHERE: Insertion = Insertion { delta: f64::INFINITY, pickup: 0, dropoff: 0 };

/// The table of answers.
pub(super) struct Memory {
    kept: Vec<Kept>,
    mask: usize,
}

/// Of empty vehicles that differ, at most so many are tried for one request: more while few are used.
const EMPTY_TRIED: [usize; 2] = [32, 4];

/// So many routes in use are few.
const FEW: usize = 40;

/// So many routes are all tried for one request; of more only the nearest. Fewer where their times cost
/// something, since a test takes longer then (10 s on a day of 300 requests: 0.6 % cheaper with 15 than
/// with 40, on average of eight days).
pub(super) fn few(is_timed: bool) -> usize {
    if is_timed { 15 } else { FEW }
}

impl Memory {
    /// Room for about `answers`, bounded.
    pub(super) fn new(answers: usize) -> Self {
        let size = answers.clamp(1 << 12, 1 << 19).next_power_of_two();
        let kept = Kept { stamp: u64::MAX, request: RequestIx::MAX, limit: 0.0, at: NOWHERE };
        Self { kept: vec![kept; size], mask: size - 1 }
    }

    /// The cheapest insertion of `request` into the route of `vehicle` where that costs less than
    /// `limit`; infinite where there is none.
    pub(super) fn cheapest(
        &mut self,
        state: &mut State<'_>,
        request: RequestIx,
        vehicle: VehicleIx,
        limit: f64,
    ) -> Insertion {
        let stamp = state.stamps[vehicle as usize];
        let slot = self.slot(request, stamp);
        let kept = &mut self.kept[slot];
        let is_known = kept.stamp == stamp && kept.request == request;
        if !is_known || (kept.at.delta.is_infinite() && kept.limit < limit) {
            let route = &state.routes[vehicle as usize];
            let found = route.cheapest(state.net, request, limit, &mut state.scratch);
            *kept = Kept { stamp, request, limit, at: found.unwrap_or(NOWHERE) };
        }
        kept.at
    }

    /// What is known of `request` on the present route of `vehicle`, infinite if nothing.
    pub(super) fn recall(
        &self,
        state: &State<'_>,
        request: RequestIx,
        vehicle: VehicleIx,
    ) -> Insertion {
        let stamp = state.stamps[vehicle as usize];
        let kept = &self.kept[self.slot(request, stamp)];
        if kept.stamp == stamp && kept.request == request { kept.at } else { NOWHERE }
    }

    fn slot(&self, request: RequestIx, stamp: u64) -> usize {
        let mixed = (stamp ^ (u64::from(request) << 40)).wrapping_mul(0x9E37_79B9_7F4A_7C15);
        (mixed >> 32) as usize & self.mask
    }
}

/// Vehicles without a request of which one may be put to use: one of each kind.
pub(super) fn empty_vehicles(
    state: &State<'_>,
    rng: &mut fastrand::Rng,
    found: &mut Vec<VehicleIx>,
) {
    found.clear();
    let mut last = None;
    for vehicle in 0..state.routes.len() as VehicleIx {
        let class = state.net.class(vehicle);
        if !state.routes[vehicle as usize].is_used() && last != Some(class) {
            last = Some(class);
            found.push(vehicle);
        }
    }
    let most = EMPTY_TRIED[usize::from(state.used.len() > FEW)];
    if found.len() > most {
        for i in 0..most {
            let other = rng.usize(i..found.len());
            found.swap(i, other);
        }
        found.truncate(most);
    }
}
