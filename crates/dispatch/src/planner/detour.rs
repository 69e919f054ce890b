//! What one more request adds to a route at least: a floor of its price, in constant time.

use crate::{
    Problem, VehicleIx,
    planner::{
        gaps::{Gaps, Pair},
        limits::START,
        slot::Slot,
        triangle::{Own, Wish},
    },
};

/// What a request adds to a route at least, at one pair of gaps.
#[derive(Clone, Copy, Debug)]
pub(super) struct Detour {
    pub(super) distance: f64,
    /// To the least time from start to end.
    pub(super) time: f64,
    /// From the begin of its pickup to the begin of its drop-off.
    pub(super) ride: f64,
}

impl Gaps {
    /// What a request adds at least. `O(1)`.
    pub(super) fn detour(
        &self,
        problem: &Problem,
        v: VehicleIx,
        slot: &Slot,
        wish: &Wish,
        pair: Pair,
    ) -> Detour {
        let network = &slot.network;
        let (i, j) = (self.at(pair.pickup), self.at(pair.dropoff));
        let triangle = self.triangle(network, wish, pair).within(wish);
        let (before, after) = (pair.pickup + 1, pair.dropoff + 2);
        let ride = triangle.needed(Own::Ride);
        let end = network.end();
        let moved = j.blocked.pause;
        let view = if moved { network.left_at(after, j.onward) } else { network.view() };
        let to_pickup = -view.most(before, START) + i.to_pickup;
        let from_dropoff = -view.most(end, after) + j.from_dropoff;
        let shortest = (to_pickup + ride + from_dropoff).max(-view.most(end, START));
        let was = if slot.is_used() { network.shortest() } else { 0.0 };
        Detour { distance: self.way(problem, v, slot, wish, pair), time: shortest - was, ride }
    }

    /// How much longer the way becomes.
    fn way(&self, problem: &Problem, v: VehicleIx, slot: &Slot, wish: &Wish, pair: Pair) -> f64 {
        let network = &slot.network;
        let wanted = &problem.requests[wish.request as usize];
        let (pickup, dropoff) = (wanted.pickup.place, wanted.dropoff.place);
        let distance = |from, to| problem.matrix.distance(from, to);
        // From a gap on, past breaks, which stay where they are.
        let next = |gap: usize| {
            let on = slot.visits[gap..].iter().find_map(|visit| visit.stop(problem));
            on.map(|stop| stop.place).or(problem.vehicles[v as usize].end)
        };
        let leg = |from, gap| next(gap).map_or(0.0, |to| distance(from, to));
        let (i, j) = (pair.pickup, pair.dropoff);
        let (at_i, at_j) = (network.places[i + 1], network.places[j + 1]);
        let old_i = if slot.is_used() { leg(at_i, i) } else { 0.0 };
        if i == j {
            return distance(at_i, pickup) + distance(pickup, dropoff) + leg(dropoff, j) - old_i;
        }
        let old_j = if slot.is_used() { leg(at_j, j) } else { 0.0 };
        distance(at_i, pickup) + leg(pickup, i) - old_i + distance(at_j, dropoff) + leg(dropoff, j)
            - old_j
    }
}
