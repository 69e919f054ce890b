//! The cheapest feasible insertion of a request into a route.
//!
//! The cost of the distance of a place in the order is known in constant time, and so are necessary
//! limits: time windows by the earliest begins before and the latest after, the load along the way,
//! how much longer those aboard may sit. Where windows and loads are all there is, they also
//! suffice. Otherwise what passes and is cheaper than the best so far is laid out and settled.

use std::ops::Range;

use super::{
    cost::ease,
    line::{END, Line, Stop, Tick, forward, later_of, settle},
    net::{Car, EPSILON, NONE, Net, Node, VISITS},
    sequence::{Route, Scratch},
};
use crate::RequestIx;

/// Where a request goes into a route, and what that costs.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Insertion {
    /// Added cost, with that of using the vehicle at all.
    pub delta: f64,
    /// Index of the stop after which it gets in; the start is 0, visits count from 1.
    pub pickup: u32,
    /// Index, before the insertion, of the stop after which it gets out; not before `pickup`.
    pub dropoff: u32,
}

/// What the search of one request in one route looks at all the time.
struct Search<'a, 'n> {
    net: &'a Net<'n>,
    route: &'a Route,
    car: &'a Car,
    request: RequestIx,
    /// The pickup and the drop-off, gates of this vehicle included.
    ends: [Node; 2],
    /// Of the distance.
    weight: f64,
    /// Cost that every position adds.
    fixed: f64,
    /// The same, less all waiting that the request could make use of.
    floor: f64,
    best: Option<Insertion>,
    /// Only what costs less is of interest.
    limit: f64,
}

impl Route {
    /// The cheapest insertion of `request` that costs less than `limit` and keeps every limit;
    /// none where there is no such. Of equal ones the first in the order of pickup, then drop-off.
    ///
    /// With times that cost something the filters rely on the triangle inequality of the travel times:
    /// without it a cheaper place may be passed over, never an infeasible one taken.
    ///
    /// `O(visits²)` filters in the worst case, in practice cut short by windows; an exact test of
    /// `O(visits)` only where ride times, durations, breaks or times that cost something matter.
    pub(crate) fn cheapest(
        &self,
        net: &Net<'_>,
        request: RequestIx,
        limit: f64,
        scratch: &mut Scratch,
    ) -> Option<Insertion> {
        if self.broken || !net.allowed(request, self.vehicle) {
            return None;
        }
        let car = &net.cars[self.vehicle as usize];
        let node = (request * VISITS) as usize;
        let mut ends = [net.nodes[node], net.nodes[node + 1]];
        for end in &mut ends {
            end.gate = end.gate.max(car.not_before);
        }
        let mut fixed = if self.is_used() { 0.0 } else { car.fixed_cost };
        if net.changes(request, self.vehicle) {
            fixed += net.weights.change;
        }
        let unused = if self.is_used() { 0.0 } else { self.line.distance * net.weights.distance };
        let search = Search {
            net,
            route: self,
            car,
            request,
            ends,
            weight: net.weights.distance,
            fixed: fixed + unused,
            floor: fixed + unused - self.wait_cost,
            best: None,
            limit,
        };
        if car.plain { search.run::<false>(scratch) } else { search.run::<true>(scratch) }
    }

    /// Carries out what [`Route::cheapest`] found on this very route.
    pub(crate) fn insert(
        &mut self,
        net: &Net<'_>,
        request: RequestIx,
        at: &Insertion,
        scratch: &mut Scratch,
    ) -> bool {
        let mut nodes = std::mem::take(&mut scratch.nodes);
        nodes.clear();
        nodes.extend(self.nodes());
        nodes.insert(at.dropoff as usize, request * VISITS + 1);
        nodes.insert(at.pickup as usize, request * VISITS);
        let holds = self.set(net, &nodes, scratch);
        scratch.nodes = nodes;
        holds
    }
}

impl Search<'_, '_> {
    fn run<const RICH: bool>(mut self, scratch: &mut Scratch) -> Option<Insertion> {
        let Line { stops, ticks, .. } = &self.route.line;
        let [pickup, dropoff] = self.ends;
        let pickups = self.places::<RICH>(&pickup);
        let dropoffs = self.places::<RICH>(&dropoff);
        if pickups.is_empty() || dropoffs.end <= pickups.start {
            return None;
        }
        self.measure_detours(pickups.start, dropoffs, &mut scratch.detours);
        if RICH {
            self.find_shunned(&mut scratch.shunned);
        }
        let direct = self.net.distance(pickup.place, dropoff.place);
        for i in pickups {
            let (before, after) = (&stops[i], &stops[i + 1]);
            let next = after_place::<RICH>(before, after);
            let way = self.net.distance(before.place, pickup.place) - before.hop;
            let at_once = way + direct + self.net.distance(dropoff.place, next);
            let later = way + self.net.distance(pickup.place, next);
            let (_, least) = scratch.detours[i + 1];
            if !self.is_of_interest(at_once) && !self.is_of_interest(later + least) {
                continue;
            }
            let ready = later_of(before.early + ticks[i].service, pickup.gate);
            let begin =
                later_of(pickup.window.earliest, ready + self.net.time(before.place, pickup.place));
            if begin > pickup.window.latest + EPSILON || !self.holds_load::<RICH>(i) {
                continue;
            }
            if self.is_of_interest(at_once) {
                self.drop_at_once::<RICH>(i, begin, at_once, scratch);
            }
            if self.is_of_interest(later + least) {
                self.drop_later::<RICH>(i, begin, later, scratch);
            }
        }
        self.best
    }

    /// Whether a longer way by so much can still be the cheapest.
    fn is_of_interest(&self, way: f64) -> bool {
        self.floor + self.weight * way < self.limit
    }

    /// The stops after which one of the ends may come, by when the stops before and after it are at
    /// the earliest and latest: both never fall along the line.
    fn places<const RICH: bool>(&self, end: &Node) -> Range<usize> {
        let stops = &self.route.line.stops;
        let (from, last) = (self.car.frozen.len(), stops.len() - 1);
        let is_late = |stop: &Stop| stop.early > end.window.latest + EPSILON;
        let until = from + stops[from..last].partition_point(|stop| !is_late(stop));
        // A break moves along with what comes before it, and with it how late it may be.
        let has_breaks = RICH && !self.car.breaks.is_empty();
        let done = end.window.earliest + end.service;
        let is_early = |stop: &Stop| !has_breaks && stop.late + EPSILON < done;
        from + stops[from + 1..last].partition_point(is_early)..until
    }

    /// For each stop what it adds to the distance to visit the drop-off next, where it may come
    /// there, and the least of it from there on.
    fn measure_detours(&self, from: usize, dropoffs: Range<usize>, detours: &mut Vec<(f64, f64)>) {
        let place = self.ends[1].place;
        let stops = &self.route.line.stops;
        detours.clear();
        detours.resize(stops.len(), (f64::INFINITY, f64::INFINITY));
        let mut least = f64::INFINITY;
        for j in (from..dropoffs.end).rev() {
            let stop = &stops[j];
            let mut way = f64::INFINITY;
            if j >= dropoffs.start {
                way = self.net.distance(stop.place, place) + self.net.distance(place, stop.onward)
                    - stop.hop;
                least = if way < least { way } else { least };
            }
            detours[j] = (way, least);
        }
    }

    /// Notes between which stops those ride who must not meet the new one.
    fn find_shunned(&self, shunned: &mut Vec<(usize, usize)>) {
        shunned.clear();
        let apart = &self.net.apart[self.request as usize];
        if apart.is_empty() {
            return;
        }
        for (j, (stop, tick)) in self.line().enumerate() {
            if stop.node < END && tick.mate != NONE && apart.contains(&(stop.node / VISITS)) {
                shunned.push((tick.mate as usize, j));
            }
        }
    }

    fn line(&self) -> impl Iterator<Item = (&Stop, &Tick)> {
        self.route.line.stops.iter().zip(&self.route.line.ticks)
    }

    /// Whether there is room for the new one right after stop `k`.
    fn holds_load<const RICH: bool>(&self, k: usize) -> bool {
        let rider = &self.net.riders[self.request as usize];
        if !RICH || self.net.dimensions <= 1 {
            let load = self.route.line.stops[k].load + u32::from(rider.load[0]);
            return load <= self.car.most;
        }
        let mut load = self.route.line.loads[k];
        for (sum, more) in load.iter_mut().zip(&rider.load) {
            let Some(more) = sum.checked_add(*more) else { return false };
            *sum = more;
        }
        self.net.fits(self.car, &load)
    }

    /// The drop-off right after the pickup, both after stop `i`.
    fn drop_at_once<const RICH: bool>(
        &mut self,
        i: usize,
        begin: f64,
        way: f64,
        scratch: &mut Scratch,
    ) {
        let [pickup, dropoff] = self.ends;
        let (before, after) = (&self.route.line.stops[i], &self.route.line.stops[i + 1]);
        let net = self.net;
        let next = after_place::<RICH>(before, after);
        let ride = net.time(pickup.place, dropoff.place);
        let ready = later_of(begin + pickup.service, dropoff.gate);
        let dropped = later_of(dropoff.window.earliest, ready + ride);
        if dropped > dropoff.window.latest + EPSILON {
            return;
        }
        let paused = RICH && net.is_break(after.node);
        let ready = later_of(dropped + dropoff.service, self.route.line.ticks[i + 1].gate);
        if !paused && ready + net.time(dropoff.place, next) > after.late + EPSILON {
            return;
        }
        if RICH {
            let longer = net.time(before.place, pickup.place)
                + pickup.service
                + ride
                + dropoff.service
                + net.time(dropoff.place, next)
                - before.hop_time;
            if pickup.service + ride > dropoff.ride + EPSILON
                || longer > before.room + EPSILON
                || meets(&scratch.shunned, i, i)
            {
                return;
            }
        }
        self.consider::<RICH>(i, i, way, scratch);
    }

    /// The pickup after stop `i`, at `begin`, for a `way` more; the drop-off after a later stop.
    fn drop_later<const RICH: bool>(
        &mut self,
        i: usize,
        begin: f64,
        way: f64,
        scratch: &mut Scratch,
    ) {
        let [pickup, dropoff] = self.ends;
        let Line { stops, ticks, .. } = &self.route.line;
        let net = self.net;
        let (before, after) = (&stops[i], &stops[i + 1]);
        if RICH && net.is_break(after.node) {
            return;
        }
        let onward = net.time(pickup.place, after.place);
        if RICH {
            let longer =
                net.time(before.place, pickup.place) + pickup.service + onward - before.hop_time;
            if longer > before.room + EPSILON {
                return;
            }
        }
        // Begins and the least time aboard as they become with the pickup in.
        let ready = later_of(begin + pickup.service, ticks[i + 1].gate);
        let mut early = later_of(ticks[i + 1].earliest, ready + onward);
        let mut aboard = onward;
        for j in i + 1..stops.len() - 1 {
            let (stop, tick, next) = (&stops[j], &ticks[j], &ticks[j + 1]);
            if early > stop.late + EPSILON || !self.holds_load::<RICH>(j) {
                return;
            }
            let ready = early + tick.service;
            if ready > dropoff.window.latest + EPSILON {
                return;
            }
            aboard += tick.service;
            if RICH && pickup.service + aboard > dropoff.ride + EPSILON {
                return;
            }
            let (detour, least) = scratch.detours[j];
            if !self.is_of_interest(way + least) {
                return;
            }
            if self.is_of_interest(way + detour)
                && self.drop_holds::<RICH>(j, ready, aboard)
                && !(RICH && meets(&scratch.shunned, i, j))
            {
                self.consider::<RICH>(i, j, way + detour, scratch);
            }
            if RICH && net.is_break(stops[j + 1].node) {
                return;
            }
            early = later_of(next.earliest, later_of(ready, next.gate) + next.leg);
            aboard += next.leg;
        }
    }

    /// Whether the drop-off after stop `j`, left at `ready` after `aboard` on the way, may hold.
    fn drop_holds<const RICH: bool>(&self, j: usize, ready: f64, aboard: f64) -> bool {
        let [pickup, dropoff] = self.ends;
        let (before, after) = (&self.route.line.stops[j], &self.route.line.stops[j + 1]);
        let net = self.net;
        let there = net.time(before.place, dropoff.place);
        let dropped = later_of(dropoff.window.earliest, later_of(ready, dropoff.gate) + there);
        if dropped > dropoff.window.latest + EPSILON {
            return false;
        }
        let next = after_place::<RICH>(before, after);
        let onward = net.time(dropoff.place, next);
        if RICH {
            let longer = there + dropoff.service + onward - before.hop_time;
            if pickup.service + aboard + there > dropoff.ride + EPSILON
                || longer > before.room + EPSILON
            {
                return false;
            }
            if net.is_break(after.node) {
                return true;
            }
        }
        let gate = self.route.line.ticks[j + 1].gate;
        later_of(dropped + dropoff.service, gate) + onward <= after.late + EPSILON
    }

    /// Takes the position if it holds and is the cheapest so far.
    fn consider<const RICH: bool>(&mut self, i: usize, j: usize, way: f64, scratch: &mut Scratch) {
        let mut delta = self.fixed + self.weight * way;
        if RICH {
            let ready = self.lay(i, j, &mut scratch.ticks);
            if !forward(&mut scratch.ticks, i + 1, ready) || !settle(&mut scratch.ticks) {
                return;
            }
            if self.net.timed {
                let weights = &self.net.weights;
                let time_cost = ease(&mut scratch.ticks, weights, &mut scratch.member);
                delta += time_cost - self.route.time_cost;
            }
        }
        if delta < self.limit {
            self.limit = delta;
            self.best = Some(Insertion { delta, pickup: i as u32, dropoff: j as u32 });
        }
    }

    /// Lays out the limits in time of the route with the request in, and returns when its pickup can
    /// be set out for. Order and loads hold already.
    fn lay(&self, i: usize, j: usize, ticks: &mut Vec<Tick>) -> f64 {
        let Line { stops, ticks: old, .. } = &self.route.line;
        let [pickup, dropoff] = self.ends;
        let node = self.request * VISITS;
        let mut first = self.net.tick(node, self.car.not_before);
        let mut second = self.net.tick(node + 1, self.car.not_before);
        first.leg = self.net.time(stops[i].place, pickup.place);
        first.aboard = old[i].aboard + 1;
        let before = if i == j { pickup.place } else { stops[j].place };
        second.leg = self.net.time(before, dropoff.place);
        second.aboard = old[j].aboard;
        second.mate = i as u32 + 1;
        ticks.clear();
        ticks.extend_from_slice(&old[..=i]);
        ticks.push(first);
        ticks.extend_from_slice(&old[i + 1..=j]);
        ticks.push(second);
        ticks.extend_from_slice(&old[j + 1..]);
        for tick in &mut ticks[i + 2..j + 2] {
            tick.aboard += 1;
        }
        for tick in &mut ticks[i + 2..] {
            if tick.mate != NONE && tick.mate > i as u32 {
                tick.mate += 1 + u32::from(tick.mate > j as u32);
            }
        }
        // Mates of the new drop-off and of those before it are right already.
        ticks[j + 2].mate = i as u32 + 1;
        let past_breaks = |from: usize| {
            (from..stops.len()).find(|k| !self.net.is_break(stops[*k].node)).unwrap_or(from)
        };
        if i < j {
            let next = past_breaks(i + 1);
            ticks[next + 1].leg = self.net.time(pickup.place, stops[next].place);
        }
        let next = past_breaks(j + 1);
        ticks[next + 2].leg = self.net.time(dropoff.place, stops[next].place);
        for (tick, stop) in ticks.iter_mut().zip(&stops[..=i]) {
            tick.time = stop.early;
        }
        stops[i].early + old[i].service
    }
}

/// Where a vehicle that is at `before` goes next but for breaks, which happen where it stands.
fn after_place<const RICH: bool>(before: &Stop, after: &Stop) -> crate::PlaceIx {
    if RICH { before.onward } else { after.place }
}

/// Whether somebody who gets in after stop `i` and out after stop `j` meets anybody shunned.
fn meets(shunned: &[(usize, usize)], i: usize, j: usize) -> bool {
    shunned.iter().any(|&(pickup, dropoff)| i < dropoff && j >= pickup)
}
