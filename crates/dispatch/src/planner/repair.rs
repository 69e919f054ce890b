//! Making the plan keep its limits again after the world broke some.
//!
//! First what costs nobody anything: one request that another vehicle takes in its promised window.
//! Then a bounded search: all that is not yet aboard is taken off the vehicle and put back, anywhere,
//! in several orders; one that finds no place may push another out that does (an ejection of length
//! two). What then has no place within its promise is reported broken, with what stands in the way
//! on every vehicle, and is driven as near to its window as can be. What the facts alone contradict
//! (somebody aboard arrives late whatever is done) is widened to the least that is possible.

use crate::{
    Done, Limit, Promise, RequestIx, VehicleIx, Visit, Window,
    planner::{
        Obstacle, Planner, Reason, Standing,
        limits::{Limits, Scratch, Source, window_of},
        search::{Fleet, Insertion},
        slot::Slot,
    },
};

/// Orders in which what lost its place is put back.
const ORDERS: u64 = 6;
/// Requests that may be pushed out for one that finds no place, at most so many tries.
const EJECTIONS: usize = 150;
/// People aboard whose drop-offs are put into every order.
const PERMUTED: usize = 5;

/// What followed from an event.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Outcome {
    /// Requests that another vehicle serves from now on, within their promise.
    pub moved: Vec<(RequestIx, VehicleIx)>,
    /// What cannot be kept any more.
    pub broken: Vec<Broken>,
    /// Ways home that fell away with their way there.
    pub cancelled: Vec<RequestIx>,
    /// What a late traveller is promised now.
    pub postponed: Option<(RequestIx, Promise)>,
}

impl Outcome {
    /// Whether it breaks what a request was promised.
    #[must_use]
    pub fn breaks_promise(&self, request: RequestIx) -> bool {
        let is_its = |broken: &Broken| matches!(broken, Broken::Promise { request: other, .. } if *other == request);
        self.broken.iter().any(is_its)
    }
}

/// Something that cannot be kept any more, and why.
#[derive(Clone, Debug, PartialEq)]
pub enum Broken {
    /// No vehicle can keep what a request was promised.
    Promise {
        /// Whom.
        request: RequestIx,
        /// What it was promised.
        was: Promise,
        /// Who comes when instead; nobody can where there is none.
        instead: Option<(VehicleIx, Promise)>,
        /// What stands in the way, vehicle by vehicle; of somebody aboard, on its vehicle.
        obstacles: Vec<Obstacle>,
    },
    /// Somebody will be aboard longer than they should.
    Ride {
        /// Who.
        request: RequestIx,
        /// How long.
        takes: f64,
        /// How long it should be at most.
        most: f64,
    },
    /// A driver works longer, or a break begins at another time, than they should.
    Vehicle {
        /// Which.
        vehicle: VehicleIx,
        /// [`Reason::ShiftEnds`], [`Reason::Duration`] or [`Reason::BreakMissed`] and the like.
        reason: Reason,
    },
    /// Somebody was aboard when the vehicle fell out: they must be seen to by hand.
    Stranded {
        /// Who.
        request: RequestIx,
        /// In which vehicle.
        vehicle: VehicleIx,
    },
}

/// A limit that facts alone break: which, what it was and what it must be.
#[derive(Clone, Copy, Debug)]
struct Lifted {
    source: Source,
    was: f64,
    needed: f64,
}

/// What lost its place in one attempt to put everything back, and how to undo the attempt.
#[derive(Default)]
struct Attempt {
    failed: Vec<RequestIx>,
    undo: Vec<(VehicleIx, Slot)>,
}

impl Planner {
    /// Makes vehicle `v` keep its limits again and finds `loose` requests, which have lost their
    /// vehicle, another.
    pub(super) fn settle(
        &mut self,
        v: VehicleIx,
        mut loose: Vec<RequestIx>,
        outcome: &mut Outcome,
    ) {
        let slot = &self.slots[v as usize];
        if slot.is_used() && !slot.network.holds {
            self.leave_late(v, &mut loose);
            if loose.is_empty() && self.hand_over(v) {
                return;
            }
            loose.extend(self.strip(v, outcome));
        }
        let mut failed = self.put_back(&loose);
        let slot = &self.slots[v as usize];
        if slot.is_used() && !slot.network.holds {
            // There is no way on at all: whoever is aboard is where nobody can be driven from.
            failed.extend(self.empty(v, outcome));
            self.problem.vehicles[v as usize].seats.clear();
            self.relay(v);
        }
        for r in failed {
            self.give_up(r, outcome);
        }
    }

    /// A pickup that the vehicle is under way to, and late for, may be another's.
    fn leave_late(&mut self, v: VehicleIx, loose: &mut Vec<RequestIx>) {
        let late: Vec<RequestIx> = (self.problem.vehicles[v as usize].frozen.iter())
            .filter_map(|done| match (done.visit, done.began) {
                (Visit::Pickup(r), Some(began)) if began > self.now => Some((r, began)),
                _ => None,
            })
            .filter(|&(r, began)| began > window_of(&self.problem, v, Visit::Pickup(r)).0.latest)
            .map(|(r, _)| r)
            .collect();
        for r in late {
            if self.leave_stop(v, r) {
                loose.push(r);
            }
        }
    }

    /// Hands one request of a vehicle to another, the cheapest, if that is enough.
    fn hand_over(&mut self, v: VehicleIx) -> bool {
        let mut best: Option<(f64, RequestIx, Slot, Insertion)> = None;
        for r in self.movable(v) {
            let visits = without(&self.slots[v as usize].visits, r);
            let slot = self.lay(v, visits);
            if !slot.network.holds {
                continue;
            }
            let (gain, old) = (slot.cost, std::mem::replace(&mut self.slots[v as usize], slot));
            let found = self.cheapest(r);
            let slot = std::mem::replace(&mut self.slots[v as usize], old);
            if let Some(found) = found {
                let cost = gain + found.price.cost;
                if best.as_ref().is_none_or(|(least, ..)| cost < *least) {
                    best = Some((cost, r, slot, found));
                }
            }
        }
        let Some((_, r, slot, found)) = best else { return false };
        self.slots[v as usize] = slot;
        self.put(r, found);
        true
    }

    fn cheapest(&mut self, r: RequestIx) -> Option<Insertion> {
        let Self { problem, slots, apart, work, .. } = self;
        Fleet { problem, slots, apart }.cheapest(r, work)
    }

    /// Puts a request where one was found, and returns what was there before.
    fn put(&mut self, r: RequestIx, found: Insertion) -> (VehicleIx, Slot) {
        let slot = self.lay(found.v, found.visits);
        self.standings[r as usize] = Standing::Planned(found.v);
        (found.v, std::mem::replace(&mut self.slots[found.v as usize], slot))
    }

    /// Requests of a vehicle that it has not yet set out to.
    fn movable(&self, v: VehicleIx) -> Vec<RequestIx> {
        let frozen = self.problem.vehicles[v as usize].frozen.len();
        let pickup = |visit: &Visit| match *visit {
            Visit::Pickup(r) => Some(r),
            Visit::Dropoff(_) | Visit::Break(_) => None,
        };
        self.slots[v as usize].visits.iter().skip(frozen).filter_map(pickup).collect()
    }

    /// Takes all that can still go elsewhere off a vehicle and returns it; what is left is widened to
    /// what is possible.
    pub(super) fn strip(&mut self, v: VehicleIx, outcome: &mut Outcome) -> Vec<RequestIx> {
        let loose = self.movable(v);
        let mut order: Vec<Visit> = self.slots[v as usize].visits.clone();
        let frozen = self.problem.vehicles[v as usize].frozen.len();
        order.retain(|visit| match *visit {
            Visit::Pickup(r) | Visit::Dropoff(r) => !loose.contains(&r),
            Visit::Break(_) => true,
        });
        let breaks = (0..self.problem.vehicles[v as usize].breaks.len() as u32).map(Visit::Break);
        let done = order[..frozen].to_vec();
        let mut dropoffs = order.split_off(frozen);
        dropoffs.retain(|visit| matches!(visit, Visit::Dropoff(_)));
        let breaks: Vec<Visit> = breaks.filter(|pause| !done.contains(pause)).collect();
        let mut best: Option<(usize, Vec<Visit>)> = None;
        let mut limits = std::mem::take(&mut self.work.room.limits);
        let mut scratch = std::mem::take(&mut self.work.room.scratch);
        scratch.guess.clear();
        each_order(&mut dropoffs, 0, &mut |dropoffs| {
            let route = [&done[..], dropoffs, &breaks[..]].concat();
            limits.collect(&self.problem, v, &route, None);
            let count = lift(&mut limits, &mut scratch).len();
            if best.as_ref().is_none_or(|(least, _)| count < *least) {
                best = Some((count, route));
            }
            count > 0
        });
        scratch.guess.clear();
        let route = best.map(|(_, route)| route).unwrap_or_default();
        limits.collect(&self.problem, v, &route, None);
        let lifted = lift(&mut limits, &mut scratch);
        self.work.room.limits = limits;
        self.work.room.scratch = scratch;
        for lifted in lifted {
            self.widen(v, lifted, outcome);
        }
        for &r in &loose {
            self.standings[r as usize] = Standing::Waiting;
        }
        self.slots[v as usize] = self.lay(v, route);
        loose
    }

    /// Finds places for `loose`, in several orders; returns those that find none.
    fn put_back(&mut self, loose: &[RequestIx]) -> Vec<RequestIx> {
        let mut order = loose.to_vec();
        let due = |r: &RequestIx| {
            let request = &self.problem.requests[*r as usize];
            request.promise.map_or(request.pickup.window, |promise| promise.pickup).latest
        };
        order.sort_by(|a, b| due(a).total_cmp(&due(b)).then(a.cmp(b)));
        let mut random = fastrand::Rng::with_seed(self.version);
        let mut best: Option<(usize, Vec<RequestIx>)> = None;
        let standings = self.standings.clone();
        for _ in 0..ORDERS {
            let attempt = self.attempt(&order);
            let failed = attempt.failed.len();
            if failed == 0 {
                return Vec::new();
            }
            self.undo(attempt.undo);
            self.standings.clone_from(&standings);
            let mut next = attempt.failed;
            next.extend(order.iter().copied().filter(|r| !next.contains(r)).collect::<Vec<_>>());
            if best.as_ref().is_none_or(|(least, _)| failed < *least) {
                best = Some((failed, std::mem::take(&mut order)));
            }
            if order == next {
                random.shuffle(&mut next);
            }
            order = next;
        }
        best.map_or_else(Vec::new, |(_, order)| self.attempt(&order).failed)
    }

    fn undo(&mut self, undo: Vec<(VehicleIx, Slot)>) {
        for (v, slot) in undo.into_iter().rev() {
            self.slots[v as usize] = slot;
        }
    }

    fn attempt(&mut self, order: &[RequestIx]) -> Attempt {
        let mut attempt = Attempt::default();
        for &r in order {
            match self.cheapest(r) {
                Some(found) => attempt.undo.push(self.put(r, found)),
                None if self.push_out(r, &mut attempt.undo) => {}
                None => attempt.failed.push(r),
            }
        }
        attempt
    }

    /// Makes room for `r` by sending one other request elsewhere.
    fn push_out(&mut self, r: RequestIx, undo: &mut Vec<(VehicleIx, Slot)>) -> bool {
        let mut tries = 0;
        for v in 0..self.slots.len() as VehicleIx {
            if super::explain::unfit(&self.problem, v, r).is_some() {
                continue;
            }
            for other in self.movable(v) {
                let visits = without(&self.slots[v as usize].visits, other);
                let slot = self.lay(v, visits);
                let old = std::mem::replace(&mut self.slots[v as usize], slot);
                let Self { problem, slots, apart, work, .. } = self;
                let fleet = Fleet { problem, slots, apart };
                if let Some(found) = fleet.cheapest_of([v], r, work) {
                    tries += 1;
                    let slot = self.lay(v, found.visits.clone());
                    let emptied = std::mem::replace(&mut self.slots[v as usize], slot);
                    if let Some(elsewhere) = self.cheapest(other) {
                        undo.push((v, old));
                        self.standings[r as usize] = Standing::Planned(v);
                        undo.push(self.put(other, elsewhere));
                        return true;
                    }
                    self.slots[v as usize] = emptied;
                }
                self.slots[v as usize] = old;
                if tries > EJECTIONS {
                    return false;
                }
            }
        }
        false
    }

    /// Reports a promise that no vehicle can keep, and drives the request as near to it as can be.
    fn give_up(&mut self, r: RequestIx, outcome: &mut Outcome) {
        let allowed = self.allowed_shift(r);
        let request = &self.problem.requests[r as usize];
        let windows = Promise { pickup: request.pickup.window, dropoff: request.dropoff.window };
        let was = request.promise.unwrap_or(windows);
        let Self { problem, slots, apart, work, .. } = self;
        let fleet = Fleet { problem, slots, apart };
        if let Some(found) = fleet.cheapest(r, work) {
            // What was given up before has made room.
            self.put(r, found);
            return;
        }
        let (obstacles, nearest) = fleet.explain(r, allowed, work);
        let mut instead = None;
        if let Some(nearest) = nearest {
            let request = &mut self.problem.requests[r as usize];
            request.promise = Some(nearest.windows);
            request.pickup.window = around(request.pickup.window, nearest.windows.pickup);
            request.dropoff.window = around(request.dropoff.window, nearest.windows.dropoff);
            if let Some(found) = self.cheapest(r) {
                instead = Some((found.v, nearest.windows));
                self.put(r, found);
            }
        }
        if instead.is_none() {
            let request = &mut self.problem.requests[r as usize];
            (request.pickup.window, request.dropoff.window) = (windows.pickup, windows.dropoff);
            request.promise = None;
            self.standings[r as usize] = Standing::Waiting;
        }
        let is_lost = instead.is_none();
        outcome.broken.push(Broken::Promise { request: r, was, instead, obstacles });
        if is_lost {
            self.part(r, outcome);
        }
    }

    /// A way there without a way home, or the reverse, is neither, unless the way there has begun.
    fn part(&mut self, r: RequestIx, outcome: &mut Outcome) {
        let home = self.homes[r as usize];
        let there = self.problem.requests[r as usize].return_of;
        for other in [home, there].into_iter().flatten() {
            if let Standing::Planned(v) = self.standings[other as usize]
                && self.done_at(v, Visit::Pickup(other)).is_none()
            {
                let request = &mut self.problem.requests[other as usize];
                let windows =
                    Promise { pickup: request.pickup.window, dropoff: request.dropoff.window };
                let was = request.promise.take().unwrap_or(windows);
                self.take_out(other);
                self.standings[other as usize] = Standing::Waiting;
                let (instead, obstacles) = (None, Vec::new());
                outcome.broken.push(Broken::Promise { request: other, was, instead, obstacles });
            } else if there == Some(other) {
                self.problem.requests[r as usize].return_of = None;
            }
        }
    }

    /// Takes a request out of its vehicle's route, and returns the vehicle; what the vehicle is under
    /// way to, or was at, stays as a stop.
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

    /// Leaves a stop without load where a vehicle is under way to `r`, so that `r` can go elsewhere.
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

    /// Widens a limit that the facts break, and reports it.
    fn widen(&mut self, v: VehicleIx, lifted: Lifted, outcome: &mut Outcome) {
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
}

/// The least window that holds both.
fn around(one: Window, other: Window) -> Window {
    Window { earliest: one.earliest.min(other.earliest), latest: one.latest.max(other.latest) }
}

/// A route without a request.
fn without(visits: &[Visit], r: RequestIx) -> Vec<Visit> {
    let is_its = |visit: &&Visit| ![Visit::Pickup(r), Visit::Dropoff(r)].contains(visit);
    visits.iter().filter(is_its).copied().collect()
}

/// Shows every order of `items` (only the given one where they are many) until told to stop.
fn each_order(items: &mut [Visit], from: usize, show: &mut impl FnMut(&[Visit]) -> bool) -> bool {
    if from + 1 >= items.len() || items.len() > PERMUTED {
        return show(items);
    }
    for with in from..items.len() {
        items[from..=with].rotate_right(1);
        let goes_on = each_order(items, from + 1, show);
        items[from..=with].rotate_left(1);
        if !goes_on {
            return false;
        }
    }
    true
}

/// Lifts limits until the rest can hold, then sets each to the least that it must be.
fn lift(limits: &mut Limits, scratch: &mut Scratch) -> Vec<Lifted> {
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
