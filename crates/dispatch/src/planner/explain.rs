//! Why one vehicle cannot take a request: the limit that stands in the way, and by how much.
//!
//! At one pair of gaps all limits of which lifting one alone helps miss by the same: the weight of
//! the most negative cycle, for all negative cycles go through it. So the pair that misses least
//! comes first, its cycle names the candidates, and each is lifted in turn. Where no single one
//! helps, all that stand in the way at that pair are named.

use crate::{
    Problem, RequestIx, Times, VehicleIx, Visit,
    planner::{
        gaps::{Gaps, Pair},
        limits::{Limits, Scratch, Source},
        nearby::Nearby,
        reason::Reason,
        slot::Slot,
        triangle::{Own, Triangle, Wish},
    },
};

/// Visits of one route, at most: bounds the memory of its closed network.
pub(super) const MOST_VISITS: usize = 512;
/// What makes a vehicle unfit for a request at any time, if anything does.
pub(super) fn unfit(problem: &Problem, v: VehicleIx, request: RequestIx) -> Option<Reason> {
    let (vehicle, wanted) = (&problem.vehicles[v as usize], &problem.requests[request as usize]);
    let missing = wanted.skills & !vehicle.skills;
    let holds = |seats: &Vec<u16>| wanted.load.iter().zip(seats).all(|(load, seats)| load <= seats);
    match wanted.pinned {
        _ if vehicle.seats.is_empty() => Some(Reason::OutOfService),
        Some(to) if to != v => Some(Reason::Pinned { to }),
        _ if missing != 0 => Some(Reason::LacksSkills { skills: missing }),
        _ if !vehicle.seats.iter().any(holds) => Some(Reason::NoPlace),
        _ => None,
    }
}

/// Memory that explaining needs, kept between calls.
#[derive(Clone, Debug, Default)]
pub(super) struct Room {
    pub(super) limits: Limits,
    pub(super) scratch: Scratch,
    pub(super) route: Vec<Visit>,
}

/// One request on one vehicle that cannot take it, its gaps looked at.
pub(super) struct Case<'a> {
    pub(super) problem: &'a Problem,
    pub(super) v: VehicleIx,
    pub(super) slot: &'a Slot,
    pub(super) gaps: &'a Gaps,
    pub(super) wish: &'a Wish,
}

impl Case<'_> {
    /// What stands in the way; never empty. The limits of the request's own come out in constant
    /// time a pair of gaps; others cost a few Bellman-Fords and are looked for only if `others`.
    pub(super) fn reasons(&self, room: &mut Room, near: Nearby, others: bool) -> Vec<Reason> {
        if let Some(reason) = self.blocked(room) {
            return vec![reason];
        }
        if !self.slot.network.holds {
            return self.of_undrivable(room);
        }
        let Nearby { least, own } = near;
        let least = least.filter(|_| others && near.others_are_near());
        let single = least.map(|(_, pair)| self.lift(room, pair, true)).filter(|s| !s.is_empty());
        match (single, own) {
            (Some(single), _) => single,
            (None, Some((_, own))) => {
                self.own_reasons(self.gaps.triangle(&self.slot.network, self.wish, own)).0
            }
            (None, None) => self.behind_all(room),
        }
    }

    /// What stands in the way of going there after everything else: few limits, the shift's end
    /// among them.
    fn behind_all(&self, room: &mut Room) -> Vec<Reason> {
        let last = self.gaps.range().end - 1;
        let pair = self.gaps.pair(last, last);
        let vehicle = &self.problem.vehicles[self.v as usize];
        if !pair.exact || vehicle.max_duration < f64::INFINITY {
            let lifted = self.lift(room, pair, false);
            return if lifted.is_empty() { vec![Reason::Unreachable] } else { lifted };
        }
        // Nothing else is an upper limit here, and if it were not in the way, lifting limits of the
        // request's own would have been enough.
        let free = self.gaps.triangle(&self.slot.network, self.wish, pair);
        if free.slack == f64::NEG_INFINITY {
            return vec![Reason::Unreachable];
        }
        let unending =
            Triangle { zero_dropoff: f64::INFINITY, pickup_dropoff: f64::INFINITY, ..free };
        let (mut reasons, kept) = self.own_reasons(unending);
        let back = kept.needed(Own::DropoffLatest) + self.gaps.at(last).from_dropoff;
        reasons.push(Reason::ShiftEnds { ends: vehicle.shift.latest, back });
        reasons
    }

    /// The same for a route that cannot be driven without the request, for want of some way.
    fn of_undrivable(&self, room: &mut Room) -> Vec<Reason> {
        let gaps = self.gaps;
        let mut best = vec![Reason::PlanBroken];
        for i in gaps.range() {
            for j in i..gaps.range().end {
                if !gaps.clear(j) {
                    break;
                }
                let lifted = self.lift(room, gaps.pair(i, j), false);
                if !lifted.is_empty()
                    && (lifted.len() < best.len() || best[0] == Reason::PlanBroken)
                {
                    best = lifted;
                }
                if gaps.pause(j) {
                    break;
                }
            }
        }
        best
    }

    /// The visits with the request at a pair of gaps.
    pub(super) fn with(&self, pair: Pair, route: &mut Vec<Visit>) {
        insert(&self.slot.visits, self.wish.request, pair, route);
    }

    /// The one thing that blocks a place where the times would fit.
    fn blocked(&self, room: &mut Room) -> Option<Reason> {
        let gaps = self.gaps;
        if gaps.range().all(|gap| gaps.clear(gap) && !gaps.pause(gap)) {
            return None;
        }
        for i in gaps.range() {
            if gaps.pickup_miss(i) > 0.0 {
                continue;
            }
            for j in i..gaps.range().end {
                if gaps.is_past(j, 0.0) {
                    break;
                }
                if gaps.dropoff_miss(j) > 0.0 {
                    continue;
                }
                if let Some(reason) = self.only_block(i, j)
                    && self.times_fit(room, gaps.pair(i, j))
                {
                    return Some(reason);
                }
            }
        }
        None
    }

    /// Whether times exist with the request at this pair of gaps.
    pub(super) fn times_fit(&self, room: &mut Room, pair: Pair) -> bool {
        if pair.exact {
            let triangle = self.gaps.triangle(&self.slot.network, self.wish, pair);
            return triangle.within(self.wish).holds();
        }
        let Room { limits, scratch, route, .. } = room;
        self.guess(pair, scratch);
        self.with(pair, route);
        limits.collect(self.problem, self.v, route, None);
        limits.hold(scratch)
    }

    /// Times to start from: those planned, the new ones in between.
    pub(super) fn guess(&self, pair: Pair, scratch: &mut Scratch) {
        let Times { start, begins, end } = &self.slot.times;
        let before = |gap: usize| gap.checked_sub(1).map_or(*start, |at| begins[at]);
        scratch.guess.clear();
        scratch.guess.extend([0.0, *start]);
        scratch.guess.extend(&begins[..pair.pickup]);
        scratch.guess.push(before(pair.pickup));
        scratch.guess.extend(&begins[pair.pickup..pair.dropoff]);
        scratch.guess.push(before(pair.dropoff));
        scratch.guess.extend(&begins[pair.dropoff..]);
        scratch.guess.extend([*end, 0.0]);
        scratch.guess.iter_mut().filter(|time| !time.is_finite()).for_each(|time| *time = 0.0);
    }

    /// What blocks being aboard from one gap to another, if it is one thing.
    fn only_block(&self, i: usize, j: usize) -> Option<Reason> {
        let blocked = |gap: usize| self.gaps.blocked(gap);
        let full = (i..=j).find(|&gap| blocked(gap).full);
        let pause = (i..j).find(|&gap| blocked(gap).pause);
        let mut apart = (i..=j).filter_map(|gap| blocked(gap).apart);
        match (full, apart.next(), pause) {
            (Some(gap), None, None) => Some(self.full(gap)),
            (None, Some(request), None) if apart.all(|other| other == request) => {
                Some(Reason::Apart { request })
            }
            (None, None, Some(gap)) if !(gap + 1..j).any(|gap| blocked(gap).pause) => {
                let (from, until) = self.span(gap + 1);
                Some(Reason::Break { from, until })
            }
            _ => None,
        }
    }

    /// When the vehicle is full, around a gap in which it is.
    fn full(&self, gap: usize) -> Reason {
        let range = self.gaps.range();
        let is_full = |gap: &usize| range.contains(gap) && self.gaps.blocked(*gap).full;
        let first = (range.start..=gap).rev().take_while(is_full).last().unwrap_or(gap);
        let last = (gap..range.end).take_while(is_full).last().unwrap_or(gap);
        let from = if first == 0 { self.slot.times.start } else { self.span(first).1 };
        let until = self.slot.times.begins.get(last).copied().unwrap_or(self.slot.times.end);
        Reason::Full { from, until }
    }

    /// From when to when the visit before a gap is planned to last.
    fn span(&self, gap: usize) -> (f64, f64) {
        let begin = self.slot.times.begins[gap - 1];
        (begin, begin + self.slot.network.services[gap + 1])
    }

    /// The limits to lift so that the times fit at this pair; empty where none helps, or where only
    /// a single one is wanted and no single one does.
    fn lift(&self, room: &mut Room, pair: Pair, only_single: bool) -> Vec<Reason> {
        let Room { limits, scratch, route, .. } = room;
        self.guess(pair, scratch);
        self.with(pair, route);
        limits.collect(self.problem, self.v, route, None);
        if limits.impossible {
            return vec![Reason::Unreachable];
        }
        let free = self.gaps.triangle(&self.slot.network, self.wish, pair);
        let mut lifted: Vec<(usize, f64)> = Vec::new();
        while let Some(mut cycle) = limits.contradiction(scratch) {
            cycle.retain(|&e| self.rank(limits.edges[e].source) < u32::MAX);
            cycle.sort_by_key(|&e| self.rank(limits.edges[e].source));
            let Some(&best) = cycle.first() else { return Vec::new() };
            let is_first = lifted.is_empty();
            let alone = cycle.iter().copied().find(|&e| match self.own(limits.edges[e].source) {
                Some(own) if is_first && pair.exact => Self::lifts(free, self.wish, own),
                _ => limits.hold_without(e, scratch),
            });
            if only_single && alone.is_none() {
                return Vec::new();
            }
            let e = alone.unwrap_or(best);
            lifted.push((e, limits.edges[e].weight));
            limits.edges[e].weight = f64::INFINITY;
            if alone.is_some() {
                break;
            }
        }
        lifted.iter().map(|&(e, weight)| self.say(limits, scratch, e, weight)).collect()
    }

    /// Which of the request's own limits it is, if any.
    fn own(&self, source: Source) -> Option<Own> {
        let own = |r| r == self.wish.request;
        Some(match source {
            Source::Latest(Visit::Dropoff(r)) if own(r) => Own::DropoffLatest,
            Source::Latest(Visit::Pickup(r)) if own(r) => Own::PickupLatest,
            Source::Ride(r) if own(r) => Own::Ride,
            Source::Earliest(Visit::Pickup(r)) if own(r) => Own::PickupEarliest,
            Source::Earliest(Visit::Dropoff(r)) if own(r) => Own::DropoffEarliest,
            _ => return None,
        })
    }

    /// Which of several limits is named first: what the one who asks can change, then what the
    /// driver could, then what others hold; what nobody set is never named.
    fn rank(&self, source: Source) -> u32 {
        let own = |r| r == self.wish.request;
        match source {
            Source::Latest(Visit::Dropoff(r)) if own(r) => 0,
            Source::Latest(Visit::Pickup(r)) if own(r) => 1,
            Source::Ride(r) if own(r) => 2,
            Source::ShiftEnd => 3,
            Source::Duration => 4,
            Source::Latest(Visit::Break(_)) => 5,
            Source::Ride(_) => 6,
            Source::Latest(_) => 7,
            Source::Earliest(Visit::Pickup(r) | Visit::Dropoff(r)) if own(r) => 8,
            Source::Release(r) if own(r) => 9,
            Source::ShiftStart => 10,
            Source::Travel
            | Source::Fact
            | Source::Now
            | Source::Earliest(_)
            | Source::Release(_) => u32::MAX,
        }
    }

    /// A lifted limit in words, with what it would have to be.
    fn say(&self, limits: &Limits, scratch: &mut Scratch, e: usize, weight: f64) -> Reason {
        let edge = limits.edges[e];
        // Without the limit, how much the one time must be after the other.
        let needed = -limits.distances(edge.to as usize, scratch)[edge.from as usize];
        let late = needed - weight;
        let service = |r: RequestIx| self.problem.requests[r as usize].pickup.service;
        match edge.source {
            Source::Latest(Visit::Pickup(r)) if r == self.wish.request => {
                Reason::PickupLate { arrives: needed, closes: weight }
            }
            Source::Latest(Visit::Dropoff(r)) if r == self.wish.request => {
                Reason::DropoffLate { arrives: needed, closes: weight }
            }
            Source::Latest(Visit::Pickup(request) | Visit::Dropoff(request)) => {
                if self.problem.requests[request as usize].promise.is_some() {
                    Reason::Promise { request, late }
                } else {
                    Reason::Window { request, late }
                }
            }
            Source::Latest(Visit::Break(_)) => Reason::BreakMissed { by: late },
            Source::Earliest(Visit::Dropoff(_)) => {
                Reason::DropoffEarly { by: -needed, opens: -weight }
            }
            Source::Earliest(_) => Reason::PickupEarly { by: -needed, opens: -weight },
            Source::Ride(request) => {
                let [takes, most] = [needed, weight].map(|time| time - service(request));
                if request == self.wish.request {
                    Reason::Aboard { takes, most }
                } else {
                    Reason::OthersAboard { request, takes, most }
                }
            }
            Source::ShiftEnd => Reason::ShiftEnds { ends: weight, back: needed },
            Source::Duration => Reason::Duration { takes: needed, most: weight },
            Source::ShiftStart => Reason::ShiftBegins { begins: -weight, leave_by: -needed },
            Source::Release(r) => {
                let released = self.problem.requests[r as usize].release;
                Reason::Release { by: released - late, released }
            }
            Source::Travel | Source::Fact | Source::Now => Reason::PlanBroken,
        }
    }
}

/// `visits` with the request at a pair of gaps.
pub(super) fn insert(visits: &[Visit], request: RequestIx, pair: Pair, route: &mut Vec<Visit>) {
    route.clear();
    route.extend(&visits[..pair.pickup]);
    route.push(Visit::Pickup(request));
    route.extend(&visits[pair.pickup..pair.dropoff]);
    route.push(Visit::Dropoff(request));
    route.extend(&visits[pair.dropoff..]);
}
