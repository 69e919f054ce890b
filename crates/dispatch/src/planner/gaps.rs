//! The gaps of a route, and what it takes to put one more request into two of them.
//!
//! Gap `g` lies after node `g + 1` and before node `g + 2`; gaps within the frozen visits do not
//! count. Two new times, of the pickup and of the drop-off, meet the rest only through the nodes
//! around their gaps and time zero: three nodes with the limits between them (a [`Triangle`]) say
//! in constant time and exactly whether they fit, and how far the request's windows would have to
//! be shifted. Exactly, as long as the ways that fall away imply nothing that the new ones do not;
//! where they may (ways that are shorter through a third place, the place of a break that moves,
//! releases), [`Pair::exact`] is false and Bellman-Ford has the word.

use crate::{
    Problem, RequestIx, VehicleIx, Visit, Window,
    planner::{
        limits::{EPSILON, ZERO},
        network::Network,
        slot::Slot,
        triangle::{Triangle, Wish},
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
pub(super) struct Gap {
    /// From the begin of the node before to the begin at the new stop, and on to the node after.
    pub(super) to_pickup: f64,
    pub(super) from_pickup: f64,
    pub(super) to_dropoff: f64,
    pub(super) from_dropoff: f64,
    /// Of the new stop, by the route alone.
    pickup: Window,
    dropoff: Window,
    /// The same where both may be in the gap, and the way by the other may be shorter.
    pickup_by: f64,
    dropoff_from: f64,
    /// By how much the detour for one stop, and for both, stays within the limits.
    pickup_slack: f64,
    dropoff_slack: f64,
    both_slack: f64,
    /// The earliest the vehicle can be at the node before.
    reached: f64,
    /// The new pickup is not before this, whatever the route.
    gate: f64,
    pickup_exact: bool,
    dropoff_exact: bool,
    both_exact: bool,
    /// From the drop-off to the next stop behind the break that ends the gap.
    pub(super) onward: f64,
    pub(super) blocked: Blocked,
}

/// Two gaps to put a request into.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Pair {
    pub(super) pickup: usize,
    pub(super) dropoff: usize,
    /// Whether the triangle alone decides.
    pub(super) exact: bool,
}

/// What is known of all pairs with one of their stops in a gap, before any pair is looked at.
#[derive(Clone, Copy, Debug)]
struct Floor {
    /// By how much they miss what is wanted, at least: with the pickup here, with the drop-off here.
    pickup: f64,
    dropoff: f64,
    /// By how much the route has no room for the pickup alone, for the drop-off alone, and for both
    /// in this gap.
    pickup_lack: f64,
    dropoff_lack: f64,
    both_lack: f64,
    /// How long before the gap, at the latest, the drop-off is wanted.
    past: f64,
    /// Whether one can be aboard here, and whether a break ends the gap.
    is_clear: bool,
    pause: bool,
}

/// All gaps of one route for one request.
#[derive(Clone, Debug, Default)]
pub(super) struct Gaps {
    gaps: Vec<Gap>,
    floors: Vec<Floor>,
    /// From the node before each gap to the pickup and to the drop-off.
    ways: Vec<[f64; 2]>,
    first: usize,
    /// Whether the triangle decides about all pairs.
    is_exact: bool,
}

impl Gaps {
    /// Looks at the gaps of a route after its frozen visits. `O(visits)`.
    pub(super) fn look(
        &mut self,
        problem: &Problem,
        v: VehicleIx,
        Slot { visits: route, network, .. }: &Slot,
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
        self.is_exact = true;
        // Far apart in the matrix: read right after one another, they are waited for together.
        let stops = [wanted.pickup.place, wanted.dropoff.place];
        let before = &network.places[self.first + 1..route.len() + 2];
        let ways = before.iter().map(|&here| stops.map(|to| problem.matrix.time(here, to)));
        self.ways.clear();
        self.ways.extend(ways);
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
            let gap =
                Self::gap(problem, v, network, self.ways[gap - self.first], wish, gap, blocked);
            self.is_exact &= gap.pickup_exact && gap.dropoff_exact && gap.both_exact;
            self.gaps.push(gap);
        }
        let floor = |gap: &Gap| if self.is_exact { gap.floor(wish) } else { gap.least() };
        self.floors.clear();
        self.floors.extend(self.gaps.iter().map(floor));
    }

    fn gap(
        problem: &Problem,
        v: VehicleIx,
        network: &Network,
        [way_to_pickup, way_to_dropoff]: [f64; 2],
        wish: &Wish,
        gap: usize,
        blocked: Blocked,
    ) -> Gap {
        let (vehicle, wanted) =
            (&problem.vehicles[v as usize], &problem.requests[wish.request as usize]);
        let (before, after) = (gap + 1, gap + 2);
        let next = network.places[after];
        let (pickup, dropoff) = (wanted.pickup.place, wanted.dropoff.place);
        let beyond = &network.beyond[before];
        let free_end = after == network.end() && vehicle.end.is_none();
        let time = |from, to| problem.matrix.time(from, to);
        let on = |from| if free_end || blocked.pause { 0.0 } else { time(from, next) };
        let service = network.services[before];
        let to_pickup = service + way_to_pickup;
        let from_pickup = wanted.pickup.service + on(pickup);
        let to_dropoff = service + way_to_dropoff;
        let from_dropoff = wanted.dropoff.service + on(dropoff);
        let direct = service + if free_end || blocked.pause { 0.0 } else { beyond.way };
        let past = |from| beyond.place.map_or(0.0, |place| time(from, place));
        let free = |from| beyond.release + past(from).max(beyond.way) <= beyond.opens;
        let mut gate = wanted.release;
        if gap == vehicle.frozen.len() {
            gate = gate.max(vehicle.not_before);
        }
        let gate = gate + way_to_pickup;
        let room = network.room(before);
        let reached = network.earliest(before);
        // Of a route that cannot be driven as it is (a way may be missing) the network says
        // nothing.
        let holds = network.holds;
        Gap {
            reached,
            gate,
            to_pickup,
            from_pickup,
            to_dropoff,
            from_dropoff,
            pickup: Window {
                earliest: (reached + to_pickup).max(gate),
                latest: network.latest(after) - from_pickup,
            },
            dropoff: Window {
                earliest: reached + to_dropoff,
                latest: network.latest(after) - from_dropoff,
            },
            pickup_by: network.latest(after) - from_pickup.min(wish.straight + from_dropoff),
            dropoff_from: reached + to_dropoff.min(to_pickup + wish.straight),
            pickup_slack: room - to_pickup - from_pickup,
            dropoff_slack: room - to_dropoff - from_dropoff,
            both_slack: room - to_pickup - wish.straight - from_dropoff,
            pickup_exact: holds && to_pickup + from_pickup >= direct && free(pickup),
            dropoff_exact: holds && to_dropoff + from_dropoff >= direct && free(dropoff),
            both_exact: holds
                && to_pickup + wish.straight + from_dropoff >= direct
                && free(dropoff),
            onward: if blocked.pause { past(dropoff) } else { 0.0 },
            blocked,
        }
    }

    /// The gaps that count, as numbers of [`Pair`].
    pub(super) fn range(&self) -> std::ops::Range<usize> {
        self.first..self.first + self.gaps.len()
    }

    pub(super) fn at(&self, gap: usize) -> &Gap {
        &self.gaps[gap - self.first]
    }

    /// What stands in the way in one gap.
    pub(super) fn blocked(&self, gap: usize) -> Blocked {
        self.at(gap).blocked
    }

    /// Whether one can stay aboard from one gap to the next.
    pub(super) fn clear(&self, gap: usize) -> bool {
        self.floors[gap - self.first].is_clear
    }

    /// Whether a break ends the gap: nobody stays aboard over it.
    pub(super) fn pause(&self, gap: usize) -> bool {
        self.floors[gap - self.first].pause
    }

    /// Two gaps, and whether the triangle decides about them.
    pub(super) fn pair(&self, pickup: usize, dropoff: usize) -> Pair {
        let exact = if pickup == dropoff {
            self.at(pickup).both_exact
        } else {
            // Who gets in before a break and stays aboard moves its place, and so the way on.
            let i = self.at(pickup);
            i.pickup_exact && !i.blocked.pause && self.at(dropoff).dropoff_exact
        };
        Pair { pickup, dropoff, exact }
    }

    /// By how much any pair with its pickup here misses what is wanted, at least; infinite where
    /// there is no way. As soon as one gap is inexact nothing is known of any.
    pub(super) fn pickup_miss(&self, gap: usize) -> f64 {
        self.floors[gap - self.first].pickup
    }

    /// The same for the drop-off.
    pub(super) fn dropoff_miss(&self, gap: usize) -> f64 {
        self.floors[gap - self.first].dropoff
    }

    /// By how much the route itself has no room for a pickup in one gap and a drop-off in another,
    /// at least: nothing of the request's own helps with that.
    pub(super) fn lack(&self, pickup: usize, dropoff: usize) -> f64 {
        let [i, j] = [pickup, dropoff].map(|gap| &self.floors[gap - self.first]);
        if pickup == dropoff { i.both_lack } else { i.pickup_lack.max(j.dropoff_lack) }
    }

    /// Where the drop-off may be after a pickup in this gap: only in the same one if the route has no
    /// room for the pickup alone, and misses more than `least` with it.
    pub(super) fn after(&self, gap: usize, least: f64) -> std::ops::Range<usize> {
        let Floor { pickup, pickup_lack, .. } = self.floors[gap - self.first];
        let is_alone = pickup_lack > 0.0 && pickup_lack.max(pickup) > least;
        gap..if is_alone { gap + 1 } else { self.range().end }
    }

    /// Whether a drop-off in this gap or any later one misses what is wanted by so much.
    pub(super) fn is_past(&self, gap: usize, by: f64) -> bool {
        self.floors[gap - self.first].past > by + EPSILON
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
        let across = if is_apart { network.most(before, after) } else { network.room(before) };
        let mut triangle = Triangle {
            pickup_zero: -i.pickup.earliest,
            zero_dropoff: j.dropoff.latest,
            pickup_dropoff: across - i.to_pickup - j.from_dropoff,
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

impl Gap {
    /// Of this gap, where the triangle decides about all.
    fn floor(&self, wish: &Wish) -> Floor {
        let (pickup, dropoff) = (self.pickup, self.dropoff);
        let lack = |window: Window, slack: f64| {
            ((window.earliest - window.latest).max(-slack) - EPSILON).max(0.0)
        };
        let mut floor = self.least();
        floor.pickup_lack = lack(pickup, self.pickup_slack);
        floor.past = self.reached - wish.near_dropoff.latest;
        // The gap before a break is another matter: the break moves along.
        if !self.blocked.pause {
            let pickup_by = Window { latest: self.pickup_by, ..pickup };
            let dropoff_from = Window { earliest: self.dropoff_from, ..dropoff };
            floor.pickup = floor.pickup.max(miss(pickup_by, wish.near_pickup));
            floor.dropoff = floor.dropoff.max(miss(dropoff_from, wish.near_dropoff));
            floor.dropoff_lack = lack(dropoff, self.dropoff_slack);
            let both = Window { earliest: pickup.earliest + wish.straight, ..dropoff };
            floor.both_lack = lack(both, self.both_slack);
        }
        floor
    }

    /// Of a gap of which nothing is known but whether there is a way.
    fn least(&self) -> Floor {
        let missing = |way: f64| if way == f64::INFINITY { way } else { 0.0 };
        Floor {
            pickup: missing(self.to_pickup),
            dropoff: missing(self.from_dropoff),
            pickup_lack: 0.0,
            dropoff_lack: 0.0,
            both_lack: 0.0,
            past: f64::NEG_INFINITY,
            is_clear: !self.blocked.full && self.blocked.apart.is_none(),
            pause: self.blocked.pause,
        }
    }
}

/// How far apart what is possible and what is wanted are.
fn miss(possible: Window, wanted: Window) -> f64 {
    ((possible.earliest - wanted.latest).max(wanted.earliest - possible.latest) - EPSILON).max(0.0)
}
