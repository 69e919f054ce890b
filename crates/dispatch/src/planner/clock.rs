//! The time goes on: what has begun or is under way is frozen, and nothing new begins before now.

use crate::{
    VehicleIx, Visit,
    planner::{Planner, Standing},
    problem::Done,
};

impl Planner {
    /// Moves the time on: what the vehicles have begun or set out for by now is frozen.
    /// `O(visits²)` a vehicle at most.
    pub fn advance(&mut self, now: f64) {
        if now > self.now {
            self.now = now;
        }
        for v in 0..self.slots.len() as VehicleIx {
            self.freeze(v);
            self.hold(v);
        }
    }

    /// Freezes what a vehicle has begun, or is under way to, if all goes as planned.
    pub(super) fn freeze(&mut self, v: VehicleIx) {
        let slot = &self.slots[v as usize];
        if !slot.is_used() {
            return;
        }
        let frozen = &mut self.problem.vehicles[v as usize].frozen;
        let before = frozen.len();
        for at in before..slot.visits.len() {
            let way = slot.way_to(&self.problem.matrix, at);
            let begin = slot.times.begins[at];
            if begin - way > self.now {
                break;
            }
            frozen.push(Done { visit: slot.visits[at], began: Some(begin) });
        }
        if frozen.len() > before {
            self.relay(v);
            self.version += 1;
        }
        self.stand(v);
    }

    /// Nobody sets out to anything new before now, nor before the vehicle is free again.
    pub(super) fn hold(&mut self, v: VehicleIx) {
        let vehicle = &mut self.problem.vehicles[v as usize];
        vehicle.not_before = vehicle.not_before.max(self.now).max(self.held[v as usize]);
        let slot = &mut self.slots[v as usize];
        let at = vehicle.frozen.len();
        if at < slot.visits.len() {
            let way = slot.way_to(&self.problem.matrix, at);
            slot.network.delay(at + 2, vehicle.not_before + way);
        }
    }

    /// Brings the standings of a vehicle's frozen requests up to now.
    pub(super) fn stand(&mut self, v: VehicleIx) {
        for done in &self.problem.vehicles[v as usize].frozen {
            let has_begun = done.began.is_some_and(|began| began <= self.now);
            let (r, becomes) = match done.visit {
                Visit::Pickup(r) => (r, Standing::Aboard(v)),
                Visit::Dropoff(r) => (r, Standing::Done(v)),
                Visit::Break(_) => continue,
            };
            let standing = &mut self.standings[r as usize];
            if has_begun && standing.is_served() && *standing != Standing::Done(v) {
                *standing = becomes;
            }
        }
    }
}
