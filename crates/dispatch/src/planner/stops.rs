//! Taking requests off vehicles. What a vehicle is under way to, or was at in vain, stays in its
//! route as a stop without load: that is where the vehicle is.

use crate::{
    Done, Limit, RequestIx, VehicleIx, Visit, Window,
    planner::{Broken, Outcome, Planner, Standing},
};

impl Planner {
    /// Takes a request out of its vehicle's route, and returns the vehicle; what the vehicle is
    /// under way to, or was at, stays as a stop.
    pub(super) fn take_out(&mut self, r: RequestIx) -> Option<VehicleIx> {
        let (Standing::Planned(v) | Standing::Aboard(v)) = self.standings[r as usize] else {
            return None;
        };
        if let Some(at) = self.done_at(v, Visit::Pickup(r)) {
            if self.standings[r as usize] == Standing::Aboard(v) {
                let held = &mut self.held[v as usize];
                *held = held.max(self.now);
            }
            self.hollow(v, r, r, at);
        } else {
            let visits = without(&self.slots[v as usize].visits, r);
            self.slots[v as usize] = self.lay(v, visits);
        }
        self.standings[r as usize] = Standing::Waiting;
        Some(v)
    }

    /// Leaves a stop without load where a vehicle is under way to `r`, so that `r` can go
    /// elsewhere.
    pub(super) fn leave_stop(&mut self, v: VehicleIx, r: RequestIx) -> bool {
        let Some(at) = self.done_at(v, Visit::Pickup(r)) else { return false };
        if self.problem.requests.len() >= Limit::REQUESTS {
            return false;
        }
        let stop = self.problem.requests.len() as RequestIx;
        self.problem.requests.push(self.problem.requests[r as usize].clone());
        self.standings.push(Standing::NoShow);
        self.apart.push(Vec::new());
        self.homes.push(None);
        self.hollow(v, r, stop, at);
        self.standings[r as usize] = Standing::Waiting;
        true
    }

    /// Turns the frozen pickup of `r` into a stop without load, named `stop`.
    fn hollow(&mut self, v: VehicleIx, r: RequestIx, stop: RequestIx, at: usize) {
        let request = &mut self.problem.requests[stop as usize];
        request.load.fill(0);
        (request.max_ride, request.release) = (f64::INFINITY, f64::NEG_INFINITY);
        (request.promise, request.return_of, request.skills) = (None, None, 0);
        (request.pickup.window, request.pickup.service) = (Window::ALWAYS, 0.0);
        request.dropoff = request.pickup;
        let frozen = &mut self.problem.vehicles[v as usize].frozen;
        let began = frozen[at].began;
        frozen.retain(|done| done.visit != Visit::Dropoff(r));
        frozen[at].visit = Visit::Pickup(stop);
        frozen.insert(at + 1, Done { visit: Visit::Dropoff(stop), began });
        let mut visits = std::mem::take(&mut self.slots[v as usize].visits);
        visits.retain(|&visit| visit != Visit::Dropoff(r));
        visits[at] = Visit::Pickup(stop);
        visits.insert(at + 1, Visit::Dropoff(stop));
        self.slots[v as usize] = self.lay(v, visits);
    }

    /// Takes everything off a vehicle that is out; returns who can still go with others.
    pub(super) fn empty(&mut self, v: VehicleIx, outcome: &mut Outcome) -> Vec<RequestIx> {
        let mut loose = Vec::new();
        for visit in std::mem::take(&mut self.slots[v as usize].visits) {
            let Visit::Pickup(r) = visit else { continue };
            match self.standings[r as usize] {
                Standing::Planned(_) => {
                    self.standings[r as usize] = Standing::Waiting;
                    loose.push(r);
                    continue;
                }
                Standing::Aboard(_) => {
                    self.standings[r as usize] = Standing::Stranded(v);
                    outcome.broken.push(Broken::Stranded { request: r, vehicle: v });
                }
                _ => {}
            }
            // The way there is past, and no longer in the plan that the way home stands in.
            if let Some(home) = self.homes[r as usize] {
                self.problem.requests[home as usize].return_of = None;
            }
            self.problem.requests[r as usize].return_of = None;
        }
        self.problem.vehicles[v as usize].frozen.clear();
        loose
    }
}

/// A route without a request.
pub(super) fn without(visits: &[Visit], r: RequestIx) -> Vec<Visit> {
    let is_its = |visit: &&Visit| ![Visit::Pickup(r), Visit::Dropoff(r)].contains(visit);
    visits.iter().filter(is_its).copied().collect()
}
