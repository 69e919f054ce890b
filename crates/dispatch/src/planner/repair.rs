//! Making the plan keep its limits again after the world broke some.
//!
//! First what costs nobody anything: one request that another vehicle takes in its promised window.
//! Then a bounded search: all that is not yet aboard is taken off the vehicle and put back,
//! anywhere, in several orders; one that finds no place may push another out that does (an ejection
//! of length two). What then has no place within its promise is reported broken, with what stands
//! in the way on every vehicle, and is driven as near to its window as can be. What the facts alone
//! contradict (somebody aboard arrives late whatever is done) is widened to the least that is
//! possible.

use crate::{
    Promise, RequestIx, VehicleIx, Visit, Window,
    oracle::is_used,
    planner::{
        Broken, Outcome, Planner, Standing,
        limits::{Source, window_of},
        search::{Fleet, Insertion},
        slot::Slot,
        stops::without,
        widen::{Lifted, around, lift},
    },
};

/// Orders in which what lost its place is put back.
const ORDERS: u64 = 6;
/// Requests that may be pushed out for one that finds no place, at most so many tries.
const EJECTIONS: usize = 150;
/// People aboard whose drop-offs are put into every order.
const PERMUTED: usize = 5;

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
        for &r in &failed {
            self.give_up(r, outcome);
        }
        for &r in &failed {
            self.reconsider(r, outcome);
        }
    }

    /// Keeps a promise after all that has been given up, if the others given up have made room.
    fn reconsider(&mut self, r: RequestIx, outcome: &mut Outcome) {
        let at = outcome.broken.iter().position(|broken| match broken {
            Broken::Promise { request, .. } => *request == r,
            _ => false,
        });
        let Some(at) = at else { return };
        let Broken::Promise { was, .. } = outcome.broken[at] else { return };
        let request = self.problem.requests[r as usize].clone();
        let before = match self.standings[r as usize] {
            Standing::Planned(v) => Some((v, self.slots[v as usize].clone())),
            Standing::Waiting if self.is_free(r) => None,
            _ => return,
        };
        self.take_out(r);
        let tried = &mut self.problem.requests[r as usize];
        tried.promise = Some(was);
        tried.pickup.window = around(tried.pickup.window, was.pickup);
        tried.dropoff.window = around(tried.dropoff.window, was.dropoff);
        if let Some(found) = self.cheapest(r) {
            self.put(r, found);
            outcome.broken.remove(at);
        } else {
            self.problem.requests[r as usize] = request;
            if let Some((v, slot)) = before {
                self.slots[v as usize] = slot;
                self.standings[r as usize] = Standing::Planned(v);
            }
        }
    }

    /// Whether a request is tied to no way there or home.
    pub(super) fn is_free(&self, r: RequestIx) -> bool {
        self.homes[r as usize].is_none() && self.problem.requests[r as usize].return_of.is_none()
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

    /// Takes all that can still go elsewhere off a vehicle and returns it; what is left is widened
    /// to what is possible.
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
        let mut best: Option<(Vec<Lifted>, Vec<Visit>)> = None;
        let mut limits = std::mem::take(&mut self.work.room.limits);
        let mut scratch = std::mem::take(&mut self.work.room.scratch);
        each_order(&mut dropoffs, 0, &mut |dropoffs| {
            let route = [&done[..], dropoffs, &breaks[..]].concat();
            limits.collect(&self.problem, v, &route, None);
            scratch.guess.clear();
            let lifted = lift(&mut limits, &mut scratch);
            let goes_on = !lifted.is_empty();
            if best.as_ref().is_none_or(|(least, _)| lifted.len() < least.len()) {
                best = Some((lifted, route));
            }
            goes_on
        });
        self.work.room.limits = limits;
        self.work.room.scratch = scratch;
        for &r in &loose {
            self.standings[r as usize] = Standing::Waiting;
        }
        let (lifted, route) = best.unwrap_or_default();
        let is_used = is_used(&route);
        self.slots[v as usize] = self.lay(v, route);
        if is_used {
            for &lifted in &lifted {
                self.widen(v, lifted, outcome);
            }
            self.relay(v);
            for lifted in lifted {
                if let Source::Latest(Visit::Dropoff(r)) | Source::Earliest(Visit::Pickup(r)) =
                    lifted.source
                {
                    self.keep_return(r, outcome);
                }
            }
        }
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
        // Nobody need be ready earlier than they were told.
        let allowed = self.allowed_shift(r).and(Window { earliest: 0.0, latest: f64::INFINITY });
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
