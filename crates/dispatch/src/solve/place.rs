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
    /// None where there is no place; its `delta` is infinite.
    at: Insertion,
}

/// The table of answers.
pub(super) struct Memory {
    kept: Vec<Kept>,
    mask: usize,
}

/// Of empty vehicles that differ, at most so many are tried for one request.
const EMPTY_TRIED: usize = 32;

impl Memory {
    /// Room for about `answers`, bounded.
    pub(super) fn new(answers: usize) -> Self {
        let size = answers.clamp(1 << 12, 1 << 19).next_power_of_two();
        let nothing = Insertion { delta: f64::INFINITY, pickup: 0, dropoff: 0 };
        let kept = Kept { stamp: u64::MAX, request: RequestIx::MAX, at: nothing };
        Self { kept: vec![kept; size], mask: size - 1 }
    }

    /// The cheapest insertion of `request` into the route of `vehicle`; infinite where there is none.
    pub(super) fn cheapest(
        &mut self,
        state: &mut State<'_>,
        request: RequestIx,
        vehicle: VehicleIx,
    ) -> Insertion {
        let stamp = state.stamps[vehicle as usize];
        let mixed = (stamp ^ (u64::from(request) << 40)).wrapping_mul(0x9E37_79B9_7F4A_7C15);
        let kept = &mut self.kept[(mixed >> 32) as usize & self.mask];
        if kept.stamp != stamp || kept.request != request {
            let route = &state.routes[vehicle as usize];
            let found = route.cheapest(state.net, request, f64::INFINITY, &mut state.scratch);
            let nothing = Insertion { delta: f64::INFINITY, pickup: 0, dropoff: 0 };
            *kept = Kept { stamp, request, at: found.unwrap_or(nothing) };
        }
        kept.at
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
    if found.len() > EMPTY_TRIED {
        for i in 0..EMPTY_TRIED {
            let other = rng.usize(i..found.len());
            found.swap(i, other);
        }
        found.truncate(EMPTY_TRIED);
    }
}
