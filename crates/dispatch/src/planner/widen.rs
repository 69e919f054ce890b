//! Limits that the facts alone break: which give way, and to what.

use crate::{
    Promise, RequestIx, VehicleIx, Visit, Window,
    planner::{
        Broken, Obstacle, Outcome, Planner, Reason, Standing,
        limits::{Limits, Scratch, Source},
    },
};

/// A limit that facts alone break: which, what it was and what it must be.
#[derive(Clone, Copy, Debug)]
pub(super) struct Lifted {
    pub(super) source: Source,
    was: f64,
    needed: f64,
}

impl Planner {
    /// Widens a limit that the facts break, and reports it.
    pub(super) fn widen(&mut self, v: VehicleIx, lifted: Lifted, outcome: &mut Outcome) {
        let Lifted { source, was, needed } = lifted;
        let vehicle = &mut self.problem.vehicles[v as usize];
        let reason = match source {
            Source::ShiftEnd => {
                vehicle.shift.latest = needed;
                Reason::ShiftEnds { ends: was, back: needed }
            }
            Source::Duration => {
                vehicle.max_duration = needed;
                Reason::Duration { takes: needed, most: was }
            }
            Source::ShiftStart => {
                vehicle.shift.earliest = -needed;
                Reason::ShiftBegins { begins: -was, leave_by: -needed }
            }
            Source::Latest(Visit::Break(b)) => {
                vehicle.breaks[b as usize].window.latest = needed;
                Reason::BreakMissed { by: needed - was }
            }
            Source::Earliest(Visit::Break(b)) => {
                vehicle.breaks[b as usize].window.earliest = -needed;
                Reason::BreakMissed { by: needed - was }
            }
            Source::Ride(request) => {
                let service = self.problem.requests[request as usize].pickup.service;
                let (takes, most) = (needed - service, was - service);
                self.problem.requests[request as usize].max_ride = takes;
                outcome.broken.push(Broken::Ride { request, takes, most });
                return;
            }
            Source::Latest(visit @ (Visit::Pickup(r) | Visit::Dropoff(r))) => {
                let reason = match visit {
                    Visit::Pickup(_) => Reason::PickupLate { arrives: needed, closes: was },
                    _ => Reason::DropoffLate { arrives: needed, closes: was },
                };
                self.widen_window(v, r, visit, needed, reason, outcome);
                return;
            }
            Source::Earliest(visit @ (Visit::Pickup(r) | Visit::Dropoff(r))) => {
                let reason = match visit {
                    Visit::Pickup(_) => Reason::PickupEarly { by: -needed, opens: -was },
                    _ => Reason::DropoffEarly { by: -needed, opens: -was },
                };
                self.widen_window(v, r, visit, -needed, reason, outcome);
                return;
            }
            Source::Travel | Source::Fact | Source::Now | Source::Release(_) => return,
        };
        outcome.broken.push(Broken::Vehicle { vehicle: v, reason });
    }

    fn widen_window(
        &mut self,
        v: VehicleIx,
        r: RequestIx,
        visit: Visit,
        time: f64,
        reason: Reason,
        outcome: &mut Outcome,
    ) {
        let request = &mut self.problem.requests[r as usize];
        let windows = Promise { pickup: request.pickup.window, dropoff: request.dropoff.window };
        let was = request.promise.unwrap_or(windows);
        let mut promise = was;
        let to = Window { earliest: time, latest: time };
        if matches!(visit, Visit::Pickup(_)) {
            promise.pickup = around(promise.pickup, to);
            request.pickup.window = around(request.pickup.window, to);
        } else {
            promise.dropoff = around(promise.dropoff, to);
            request.dropoff.window = around(request.dropoff.window, to);
        }
        request.promise = Some(promise);
        let instead = Some((v, promise));
        let obstacles = vec![Obstacle { vehicle: v, reasons: vec![reason] }];
        outcome.broken.push(Broken::Promise { request: r, was, instead, obstacles });
    }

    /// The way home of a way there that ends later than it should begins after it. Once the way
    /// home has begun, nothing ties the two any more.
    pub(super) fn keep_return(&mut self, r: RequestIx, outcome: &mut Outcome) {
        let there = self.problem.requests[r as usize].return_of;
        let tie = there.map(|there| (there, r)).or(self.homes[r as usize].map(|home| (r, home)));
        let Some((there, home)) = tie else { return };
        let out = self.problem.requests[there as usize].dropoff;
        let arrives = out.window.latest + out.service;
        let request = &self.problem.requests[home as usize];
        if arrives <= request.pickup.window.earliest {
            return;
        }
        let v = match self.standings[home as usize] {
            Standing::Planned(v) if self.done_at(v, Visit::Pickup(home)).is_none() => Some(v),
            Standing::Waiting => None,
            _ => {
                self.problem.requests[home as usize].return_of = None;
                self.homes[there as usize] = None;
                return;
            }
        };
        let windows = Promise { pickup: request.pickup.window, dropoff: request.dropoff.window };
        let was = request.promise.unwrap_or(windows);
        let closes = was.pickup.latest;
        let mut promise = was;
        promise.pickup.earliest = arrives.max(promise.pickup.earliest);
        if closes < arrives {
            promise.pickup.latest = arrives + self.slack;
            promise.dropoff.latest += promise.pickup.latest - closes;
            let reasons = vec![Reason::PickupLate { arrives, closes }];
            let obstacles = v.map(|vehicle| Obstacle { vehicle, reasons }).into_iter().collect();
            let instead = v.map(|v| (v, promise));
            outcome.broken.push(Broken::Promise { request: home, was, instead, obstacles });
        }
        let request = &mut self.problem.requests[home as usize];
        request.promise = Some(promise);
        request.pickup.window.earliest = arrives;
        request.pickup.window.latest = request.pickup.window.latest.max(promise.pickup.latest);
        request.dropoff.window = around(request.dropoff.window, promise.dropoff);
        if let Some(v) = v {
            self.relay(v);
            self.settle(v, Vec::new(), outcome);
        }
    }
}

/// The least window that holds both.
pub(super) fn around(one: Window, other: Window) -> Window {
    Window { earliest: one.earliest.min(other.earliest), latest: one.latest.max(other.latest) }
}

/// Lifts limits until the rest can hold, then sets each to the least that it must be.
pub(super) fn lift(limits: &mut Limits, scratch: &mut Scratch) -> Vec<Lifted> {
    let mut lifted = Vec::new();
    while let Some(cycle) = limits.contradiction(scratch) {
        let liftable = cycle.into_iter().filter(|&e| rank(limits.edges[e].source) < u32::MAX);
        let Some(e) = liftable.min_by_key(|&e| rank(limits.edges[e].source)) else { break };
        lifted.push((e, std::mem::replace(&mut limits.edges[e].weight, f64::INFINITY)));
    }
    let mut settled = Vec::new();
    for (e, was) in lifted {
        let edge = limits.edges[e];
        let needed = -limits.distances(edge.to as usize, scratch)[edge.from as usize];
        let needed = needed.max(was);
        limits.edges[e].weight = needed;
        if needed > was {
            settled.push(Lifted { source: edge.source, was, needed });
        }
    }
    settled
}

/// Which of several limits that the facts break gives way first.
fn rank(source: Source) -> u32 {
    match source {
        Source::Latest(Visit::Pickup(_) | Visit::Dropoff(_)) => 0,
        Source::Latest(Visit::Break(_)) => 1,
        Source::Ride(_) => 2,
        Source::ShiftEnd => 3,
        Source::Duration => 4,
        Source::Earliest(_) => 5,
        Source::ShiftStart => 6,
        Source::Travel | Source::Fact | Source::Now | Source::Release(_) => u32::MAX,
    }
}
