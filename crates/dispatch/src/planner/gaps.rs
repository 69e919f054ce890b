//! The gaps of a route, and what it takes to put one more request into two of them.
//!
//! Gap `g` lies after node `g + 1` and before node `g + 2`; gaps within the frozen visits do not
//! count. Two new times, of the pickup and of the drop-off, meet the rest only through the nodes
//! around their gaps and time zero: three nodes with the limits between them (a [`Triangle`]) say in
//! constant time and exactly whether they fit, and how far the request's windows would have to be
//! shifted. Exactly, as long as the ways that fall away imply nothing that the new ones do not; where
//! they may (ways that are shorter through a third place, the place of a break that moves, releases),
//! [`Pair::exact`] is false and Bellman-Ford has the word.

use crate::{
    PlaceIx, Problem, Request, RequestIx, VehicleIx, Visit, Window,
    planner::{
        limits::{EPSILON, START, ZERO},
        network::Network,
        slot::Slot,
    },
};

/// What stands in the way of being aboard in a gap, whatever the time.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Blocked {
    /// No seat configuration holds all.
    pub(super) full: bool,
    /// Somebody is aboard who may not ride along.
    pub(super) apart: Option<RequestIx>,
    /// The visit that ends the gap is a break.
    pub(super) pause: bool,
}

#[derive(Clone, Copy, Debug)]
struct Gap {
    /// From the begin of the node before to the begin at the new stop, and on to the node after.
    to_pickup: f64,
    from_pickup: f64,
    to_dropoff: f64,
    from_dropoff: f64,
    /// Of the new stop, by the route alone.
    pickup: Window,
    dropoff: Window,
    /// By how much the detour for one stop stays within the limits.
    pickup_slack: f64,
    dropoff_slack: f64,
    /// The new pickup is not before this, whatever the route.
    gate: f64,
    pickup_exact: bool,
    dropoff_exact: bool,
    both_exact: bool,
    /// From the drop-off to the next stop behind the break that ends the gap.
    onward: f64,
    blocked: Blocked,
}

/// The next stop behind a gap, past any breaks.
struct Beyond {
    place: Option<PlaceIx>,
    /// Nobody sets out to it before: that moves with the place one sets out from, but before its
    /// window opens it means nothing.
    release: f64,
    opens: f64,
}

impl Beyond {
    fn of(problem: &Problem, v: VehicleIx, route: &[Visit], gap: usize) -> Self {
        let next = route[gap..].iter().find(|visit| !matches!(visit, Visit::Break(_)));
        match next {
            Some(&Visit::Pickup(r)) => {
                let Request { pickup, release, .. } = &problem.requests[r as usize];
                Self { place: Some(pickup.place), release: *release, opens: pickup.window.earliest }
            }
            other => Self {
                place: match other {
                    Some(visit) => visit.stop(problem).map(|stop| stop.place),
                    None => problem.vehicles[v as usize].end,
                },
                release: f64::NEG_INFINITY,
                opens: f64::NEG_INFINITY,
            },
        }
    }
}

/// Two gaps to put a request into.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Pair {
    pub(super) pickup: usize,
    pub(super) dropoff: usize,
    /// Whether the triangle alone decides.
    pub(super) exact: bool,
}

/// The tightest limits between time zero, the pickup and the drop-off.
#[derive(Clone, Copy, Debug)]
pub(super) struct Triangle {
    zero_pickup: f64,
    pickup_zero: f64,
    zero_dropoff: f64,
    dropoff_zero: f64,
    pickup_dropoff: f64,
    dropoff_pickup: f64,
    slack: f64,
}

/// The windows of a request, promises included, and its longest ride from begin to begin.
#[derive(Clone, Copy, Debug)]
pub(super) struct Wish {
    pub(super) request: RequestIx,
    pub(super) pickup: Window,
    pub(super) dropoff: Window,
    most: f64,
    /// From the begin of the pickup straight to the begin of the drop-off.
    pub(super) straight: f64,
}

impl Wish {
    pub(super) fn of(problem: &Problem, request: RequestIx) -> Self {
        let wanted = &problem.requests[request as usize];
        let promise = wanted.promise;
        let straight = problem.matrix.time(wanted.pickup.place, wanted.dropoff.place);
        Self {
            request,
            pickup: wanted.pickup.window.and(promise.map_or(Window::ALWAYS, |p| p.pickup)),
            dropoff: wanted.dropoff.window.and(promise.map_or(Window::ALWAYS, |p| p.dropoff)),
            most: wanted.pickup.service + wanted.max_ride,
            straight: wanted.pickup.service + straight,
        }
    }
}

/// All gaps of one route for one request.
#[derive(Clone, Debug, Default)]
pub(super) struct Gaps {
    gaps: Vec<Gap>,
    first: usize,
}

impl Gaps {
    /// Looks at the gaps of `route` after its frozen visits. `O(visits)`.
    pub(super) fn look(
        &mut self,
        problem: &Problem,
        v: VehicleIx,
        route: &[Visit],
        network: &Network,
        apart: &[RequestIx],
        wish: &Wish,
    ) {
        let vehicle = &problem.vehicles[v as usize];
        let wanted = &problem.requests[wish.request as usize];
        let (load, dimensions) = (&wanted.load, problem.dimensions());
        let mut near: Option<RequestIx> = None;
        let mut with = 0usize;
        self.gaps.clear();
        self.first = vehicle.frozen.len();
        for gap in 0..=route.len() {
            match gap.checked_sub(1).map(|at| route[at]) {
                Some(Visit::Pickup(r)) if apart.contains(&r) => (near, with) = (Some(r), with + 1),
                Some(Visit::Dropoff(r)) if apart.contains(&r) => {
                    with -= 1;
                    near = near.filter(|_| with > 0);
                }
                _ => {}
            }
            if gap < self.first {
                continue;
            }
            let aboard = &network.loads[(gap + 1) * dimensions..][..dimensions];
            let fits = |seats: &Vec<u16>| {
                aboard
                    .iter()
                    .zip(load)
                    .zip(seats)
                    .all(|((&a, &l), &s)| a + u32::from(l) <= u32::from(s))
            };
            let blocked = Blocked {
                full: !vehicle.seats.iter().any(fits),
                apart: near,
                pause: matches!(route.get(gap), Some(Visit::Break(_))),
            };
            let gap = Self::gap(problem, v, route, network, wish, gap, blocked);
            self.gaps.push(gap);
        }
    }

    fn gap(
        problem: &Problem,
        v: VehicleIx,
        route: &[Visit],
        network: &Network,
        wish: &Wish,
        gap: usize,
        blocked: Blocked,
    ) -> Gap {
        let (vehicle, wanted) =
            (&problem.vehicles[v as usize], &problem.requests[wish.request as usize]);
        let (before, after) = (gap + 1, gap + 2);
        let (here, next) = (network.places[before], network.places[after]);
        let (pickup, dropoff) = (wanted.pickup.place, wanted.dropoff.place);
        let free_end = after == network.end() && vehicle.end.is_none();
        let time = |from, to| problem.matrix.time(from, to);
        let on = |from| if free_end || blocked.pause { 0.0 } else { time(from, next) };
        let service = network.services[before];
        let to_pickup = service + time(here, pickup);
        let from_pickup = wanted.pickup.service + on(pickup);
        let to_dropoff = service + time(here, dropoff);
        let from_dropoff = wanted.dropoff.service + on(dropoff);
        let direct = service + on(here);
        let beyond = Beyond::of(problem, v, route, gap);
        let past = |from| beyond.place.map_or(0.0, |place| time(from, place));
        let free = |from| beyond.release + past(from).max(past(here)) <= beyond.opens;
        let mut gate = wanted.release;
        if gap == vehicle.frozen.len() {
            gate = gate.max(vehicle.not_before);
        }
        let gate = gate + time(here, pickup);
        let room = network.most(before, after);
        Gap {
            gate,
            to_pickup,
            from_pickup,
            to_dropoff,
            from_dropoff,
            pickup: Window {
                earliest: (network.earliest(before) + to_pickup).max(gate),
                latest: network.latest(after) - from_pickup,
            },
            dropoff: Window {
                earliest: network.earliest(before) + to_dropoff,
                latest: network.latest(after) - from_dropoff,
            },
            pickup_slack: room - to_pickup - from_pickup,
            dropoff_slack: room - to_dropoff - from_dropoff,
            pickup_exact: to_pickup + from_pickup >= direct && free(pickup),
            dropoff_exact: to_dropoff + from_dropoff >= direct && free(dropoff),
            both_exact: to_pickup + wish.straight + from_dropoff >= direct && free(dropoff),
            onward: if blocked.pause { past(dropoff) } else { 0.0 },
            blocked,
        }
    }

    /// The gaps that count, as numbers of [`Pair`].
    pub(super) fn range(&self) -> std::ops::Range<usize> {
        self.first..self.first + self.gaps.len()
    }

    fn at(&self, gap: usize) -> &Gap {
        &self.gaps[gap - self.first]
    }

    /// What stands in the way in one gap.
    pub(super) fn blocked(&self, gap: usize) -> Blocked {
        self.at(gap).blocked
    }

    /// Whether one can stay aboard from one gap to the next.
    pub(super) fn clear(&self, gap: usize) -> bool {
        let blocked = self.at(gap).blocked;
        !blocked.full && blocked.apart.is_none()
    }

    /// Two gaps, and whether the triangle decides about them.
    pub(super) fn pair(&self, pickup: usize, dropoff: usize) -> Pair {
        let exact = if pickup == dropoff {
            self.at(pickup).both_exact
        } else {
            self.at(pickup).pickup_exact && self.at(dropoff).dropoff_exact
        };
        Pair { pickup, dropoff, exact }
    }

    /// By how much any pair with its pickup here misses that window, at least; infinite where there
    /// is no way.
    pub(super) fn pickup_miss(&self, gap: usize, window: Window) -> f64 {
        let gap = self.at(gap);
        match gap.to_pickup {
            f64::INFINITY => f64::INFINITY,
            _ if !gap.pickup_exact || gap.blocked.pause => 0.0,
            _ => miss(gap.pickup, window),
        }
    }

    /// The same for the drop-off.
    pub(super) fn dropoff_miss(&self, gap: usize, window: Window) -> f64 {
        let gap = self.at(gap);
        match gap.from_dropoff {
            f64::INFINITY => f64::INFINITY,
            _ if !gap.dropoff_exact || gap.blocked.pause => 0.0,
            _ => miss(gap.dropoff, window),
        }
    }

    /// The limits on the two new times, the request's own windows and longest ride left out.
    pub(super) fn triangle(&self, network: &Network, wish: &Wish, pair: Pair) -> Triangle {
        let (i, j) = (self.at(pair.pickup), self.at(pair.dropoff));
        let (before, after) = (pair.pickup + 1, pair.dropoff + 2);
        let is_apart = pair.pickup != pair.dropoff;
        let missing = match is_apart {
            true => [i.to_pickup, i.from_pickup, j.to_dropoff, j.from_dropoff, j.onward],
            false => [i.to_pickup, wish.straight, 0.0, j.from_dropoff, j.onward],
        };
        if missing.contains(&f64::INFINITY) {
            return Triangle { slack: f64::NEG_INFINITY, ..Triangle::FREE };
        }
        if j.blocked.pause {
            return self.moving(network, wish, pair);
        }
        let mut triangle = Triangle {
            pickup_zero: -i.pickup.earliest,
            zero_dropoff: j.dropoff.latest,
            pickup_dropoff: network.most(before, after) - i.to_pickup - j.from_dropoff,
            dropoff_pickup: -wish.straight,
            ..Triangle::FREE
        };
        if is_apart {
            triangle.zero_pickup = i.pickup.latest;
            triangle.dropoff_zero = -j.dropoff.earliest;
            triangle.dropoff_pickup =
                network.most(pair.dropoff + 1, pair.pickup + 2) - j.to_dropoff - i.from_pickup;
            triangle.slack = i.pickup_slack.min(j.dropoff_slack).min(0.0);
        }
        triangle
    }

    /// The same where the drop-off moves the place of a break.
    fn moving(&self, network: &Network, wish: &Wish, pair: Pair) -> Triangle {
        let (i, j) = (self.at(pair.pickup), self.at(pair.dropoff));
        let (before, behind) = (pair.pickup + 1, pair.dropoff + 2);
        let view = network.left_at(behind, j.onward);
        let gate = i.gate;
        let mut triangle = Triangle {
            pickup_zero: (view.most(before, ZERO) - i.to_pickup).min(-gate),
            zero_dropoff: view.most(ZERO, behind) - j.from_dropoff,
            pickup_dropoff: view.most(before, behind) - i.to_pickup - j.from_dropoff,
            dropoff_pickup: -wish.straight,
            slack: view.slack().min(0.0),
            ..Triangle::FREE
        };
        if pair.pickup != pair.dropoff {
            let (after, last) = (pair.pickup + 2, pair.dropoff + 1);
            triangle.zero_pickup = view.most(ZERO, after) - i.from_pickup;
            triangle.dropoff_zero = view.most(last, ZERO) - j.to_dropoff;
            triangle.dropoff_pickup = view.most(last, after) - j.to_dropoff - i.from_pickup;
            triangle.slack = (view.most(before, after) - i.to_pickup - i.from_pickup)
                .min(view.most(last, behind) - j.to_dropoff - j.from_dropoff)
                .min(triangle.slack);
        }
        triangle
    }
}

/// How far apart what is possible and what is wanted are.
fn miss(possible: Window, wanted: Window) -> f64 {
    (possible.earliest - wanted.latest).max(wanted.earliest - possible.latest).max(0.0)
}

/// A limit of the request's own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Own {
    DropoffLatest,
    PickupLatest,
    Ride,
    PickupEarliest,
    DropoffEarliest,
}

impl Own {
    /// All of them; those that are named rather than others come first.
    pub(super) const ALL: [Self; 5] = [
        Self::DropoffLatest,
        Self::PickupLatest,
        Self::Ride,
        Self::PickupEarliest,
        Self::DropoffEarliest,
    ];
}

impl Triangle {
    const FREE: Self = Self {
        zero_pickup: f64::INFINITY,
        pickup_zero: f64::INFINITY,
        zero_dropoff: f64::INFINITY,
        dropoff_zero: f64::INFINITY,
        pickup_dropoff: f64::INFINITY,
        dropoff_pickup: f64::INFINITY,
        slack: 0.0,
    };

    /// The same with the request's own limits.
    pub(super) fn within(self, wish: &Wish) -> Self {
        Own::ALL.iter().fold(self, |triangle, &own| triangle.with(wish, own))
    }

    /// The same with one more of the request's own limits.
    pub(super) fn with(mut self, wish: &Wish, own: Own) -> Self {
        let (limit, most) = match own {
            Own::DropoffLatest => (&mut self.zero_dropoff, wish.dropoff.latest),
            Own::PickupLatest => (&mut self.zero_pickup, wish.pickup.latest),
            Own::Ride => (&mut self.pickup_dropoff, wish.most),
            Own::PickupEarliest => (&mut self.pickup_zero, -wish.pickup.earliest),
            Own::DropoffEarliest => (&mut self.dropoff_zero, -wish.dropoff.earliest),
        };
        *limit = limit.min(most);
        self
    }

    /// The tightest limits that follow from all.
    fn closed(&self) -> Self {
        Self {
            zero_pickup: self.zero_pickup.min(self.zero_dropoff + self.dropoff_pickup),
            zero_dropoff: self.zero_dropoff.min(self.zero_pickup + self.pickup_dropoff),
            pickup_zero: self.pickup_zero.min(self.pickup_dropoff + self.dropoff_zero),
            dropoff_zero: self.dropoff_zero.min(self.dropoff_pickup + self.pickup_zero),
            pickup_dropoff: self.pickup_dropoff.min(self.pickup_zero + self.zero_dropoff),
            dropoff_pickup: self.dropoff_pickup.min(self.dropoff_zero + self.zero_pickup),
            slack: self.slack,
        }
    }

    /// One of the request's own limits, left out here, as it would have to be.
    pub(super) fn needed(&self, own: Own) -> f64 {
        let closed = self.closed();
        match own {
            Own::DropoffLatest => -closed.dropoff_zero,
            Own::PickupLatest => -closed.pickup_zero,
            Own::Ride => -closed.dropoff_pickup,
            Own::PickupEarliest => closed.zero_pickup,
            Own::DropoffEarliest => closed.zero_dropoff,
        }
    }

    /// The weight of the most negative cycle, or 0: how much the limits miss each other by.
    pub(super) fn slack(&self) -> f64 {
        if self.slack == f64::NEG_INFINITY {
            return self.slack;
        }
        (self.zero_pickup + self.pickup_zero)
            .min(self.zero_dropoff + self.dropoff_zero)
            .min(self.pickup_dropoff + self.dropoff_pickup)
            .min(self.zero_pickup + self.pickup_dropoff + self.dropoff_zero)
            .min(self.zero_dropoff + self.dropoff_pickup + self.pickup_zero)
            .min(self.slack)
    }

    /// Whether times exist.
    pub(super) fn holds(&self) -> bool {
        self.slack() >= -EPSILON
    }

    /// How far both windows of the request may be shifted together for it to fit; `self` is without
    /// its limits. None where no shift helps.
    pub(super) fn shifts(self, wish: &Wish) -> Option<Window> {
        let free = self.with(wish, Own::Ride);
        if !free.holds() {
            return None;
        }
        let free = free.closed();
        if wish.pickup.latest + free.pickup_dropoff < wish.dropoff.earliest - EPSILON
            || wish.dropoff.latest + free.dropoff_pickup < wish.pickup.earliest - EPSILON
        {
            return None;
        }
        let [pickup, dropoff] = [wish.pickup, wish.dropoff];
        let shifts = Window {
            earliest: (-free.pickup_zero - pickup.latest).max(-free.dropoff_zero - dropoff.latest),
            latest: (free.zero_pickup - pickup.earliest).min(free.zero_dropoff - dropoff.earliest),
        };
        (shifts.earliest <= shifts.latest + EPSILON).then_some(shifts)
    }
}

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

/// Time zero is node 0 of the network: the gaps reach it through [`Network::earliest`] and
/// [`Network::latest`].
const _: () = assert!(ZERO == 0);
