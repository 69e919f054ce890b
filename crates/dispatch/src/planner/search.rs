//! One request against the whole fleet: the cheapest feasible insertion, or why there is none and
//! which windows would work.
//!
//! Every pair of gaps of every vehicle is decided exactly (see [`crate::planner::gaps`]). A floor
//! of each feasible pair's cost orders them; in that order they are priced exactly until no floor
//! is below the best price, so that the cheapest is found without pricing all.

use crate::{
    Objective, Problem, Promise, RequestIx, VehicleIx, Visit, Window,
    planner::{
        explain::{self, Case, MOST_VISITS, Room},
        gaps::{Gaps, Pair},
        limits::ZERO,
        nearby::Nearby,
        reason::{Nearest, Obstacle, Reason},
        slot::{self, Slot},
        triangle::Wish,
    },
};

/// Memory that a search needs, kept between calls.
#[derive(Clone, Debug, Default)]
pub(super) struct Workspace {
    pub(super) room: Room,
    /// The gaps of each vehicle, looked at for the request in hand.
    gaps: Vec<Gaps>,
    found: Vec<Found>,
    /// Of each vehicle that is fit, what nearly works.
    nearby: Vec<Option<Nearby>>,
}

/// Vehicles on which others' limits are looked at, those that miss least first.
const OTHERS: usize = 24;

/// A place where a request fits, and the least it can cost there.
#[derive(Clone, Copy, Debug)]
struct Found {
    price: Price,
    v: VehicleIx,
    pair: Pair,
}

/// How much dearer the plan becomes: first vehicles, if they count so, then cost.
#[derive(Clone, Copy, Debug, PartialEq, PartialOrd)]
pub(super) struct Price {
    pub(super) vehicles: u32,
    pub(super) cost: f64,
}

/// The cheapest insertion.
#[derive(Clone, Debug)]
pub(super) struct Insertion {
    pub(super) v: VehicleIx,
    pub(super) price: Price,
    pub(super) visits: Vec<Visit>,
}

/// The fleet as it is planned, for one request after another.
#[derive(Clone, Copy)]
pub(super) struct Fleet<'a> {
    pub(super) problem: &'a Problem,
    pub(super) slots: &'a [Slot],
    /// Who may not ride with whom, both ways.
    pub(super) apart: &'a [Vec<RequestIx>],
}

impl<'a> Fleet<'a> {
    /// Looks at the gaps of a vehicle.
    fn look(&self, v: VehicleIx, wish: &Wish, gaps: &mut Vec<Gaps>) {
        if gaps.len() < self.slots.len() {
            gaps.resize_with(self.slots.len(), Gaps::default);
        }
        let slot = &self.slots[v as usize];
        let apart = &self.apart[wish.request as usize];
        gaps[v as usize].look(self.problem, v, slot, apart, wish);
    }

    fn case<'b>(&self, v: VehicleIx, wish: &'b Wish, gaps: &'b [Gaps]) -> Case<'b>
    where
        'a: 'b,
    {
        let (slot, gaps) = (&self.slots[v as usize], &gaps[v as usize]);
        Case { problem: self.problem, v, slot, gaps, wish }
    }

    /// What makes a vehicle unfit for a request at any time.
    fn unfit(&self, v: VehicleIx, request: RequestIx) -> Option<Reason> {
        explain::unfit(self.problem, v, request).or_else(|| {
            let full = self.slots[v as usize].visits.len() + 2 > MOST_VISITS;
            full.then_some(Reason::TooManyVisits)
        })
    }

    fn vehicles(&self) -> std::ops::Range<VehicleIx> {
        0..self.slots.len() as VehicleIx
    }

    /// The cheapest insertion of `request` on any vehicle.
    pub(super) fn cheapest(&self, request: RequestIx, work: &mut Workspace) -> Option<Insertion> {
        self.cheapest_of(self.vehicles(), request, work)
    }

    /// The cheapest insertion of `request` on some vehicles.
    pub(super) fn cheapest_of(
        &self,
        vehicles: impl IntoIterator<Item = VehicleIx>,
        request: RequestIx,
        work: &mut Workspace,
    ) -> Option<Insertion> {
        let wish = Wish::of(self.problem, request);
        let Workspace { room, gaps, found, .. } = work;
        found.clear();
        for v in vehicles {
            if self.unfit(v, request).is_none() {
                self.look(v, &wish, gaps);
                find(&self.case(v, &wish, gaps), room, found);
            }
        }
        self.price_out(request, work)
    }

    /// Prices what was found, the cheapest floor first.
    fn price_out(&self, request: RequestIx, work: &mut Workspace) -> Option<Insertion> {
        let Workspace { room, found, .. } = work;
        found.sort_by(|a, b| {
            let by_price = a.price.vehicles.cmp(&b.price.vehicles);
            by_price.then(a.price.cost.total_cmp(&b.price.cost)).then(a.v.cmp(&b.v))
        });
        let mut best: Option<Insertion> = None;
        for place in found.iter() {
            if best.as_ref().is_some_and(|best| best.price <= place.price) {
                break;
            }
            let slot = &self.slots[place.v as usize];
            explain::insert(&slot.visits, request, place.pair, &mut room.route);
            let Some((cost, _)) = slot::price(self.problem, place.v, &room.route) else { continue };
            let price = Price { vehicles: place.price.vehicles, cost: cost - slot.cost };
            if best.as_ref().is_none_or(|best| price < best.price) {
                best = Some(Insertion { v: place.v, price, visits: room.route.clone() });
            }
        }
        best
    }

    /// Why each vehicle cannot take a request for which [`Self::cheapest`] has just found nothing,
    /// and the smallest shift of its windows, within `allowed`, that makes it fit somewhere.
    pub(super) fn explain(
        &self,
        request: RequestIx,
        allowed: Window,
        work: &mut Workspace,
    ) -> (Vec<Obstacle>, Option<Nearest>) {
        let wish = Wish::of(self.problem, request);
        let Workspace { room, gaps, nearby, .. } = work;
        let mut best: Option<(f64, VehicleIx)> = None;
        nearby.clear();
        for v in self.vehicles() {
            let near = self.unfit(v, request).is_none().then(|| {
                // The search before has looked at its gaps.
                let case = self.case(v, &wish, gaps);
                shift(&case, allowed, room, &mut best);
                case.nearby()
            });
            nearby.push(near);
        }
        let near = nearby.iter().flatten().filter(|near| near.others_are_near());
        let mut misses: Vec<f64> =
            near.filter_map(|near| near.least).map(|(miss, _)| miss).collect();
        misses.sort_by(f64::total_cmp);
        let nearest = misses.get(OTHERS).copied().unwrap_or(f64::INFINITY);
        let obstacles = self
            .vehicles()
            .zip(nearby.iter())
            .map(|(v, near)| {
                let reasons = match *near {
                    Some(near) => {
                        let others = near.least.is_some_and(|(miss, _)| miss < nearest);
                        self.case(v, &wish, gaps).reasons(room, near, others)
                    }
                    None => self.unfit(v, request).into_iter().collect(),
                };
                Obstacle { vehicle: v, reasons }
            })
            .collect();
        let nearest = best.map(|(shift, vehicle)| {
            let [pickup, dropoff] = [wish.pickup, wish.dropoff].map(|w| shifted(w, shift));
            Nearest { shift, vehicle, windows: Promise { pickup, dropoff } }
        });
        (obstacles, nearest)
    }
}

fn shifted(window: Window, shift: f64) -> Window {
    Window { earliest: window.earliest + shift, latest: window.latest + shift }
}

/// All pairs of gaps of one vehicle where the request fits.
fn find(case: &Case<'_>, room: &mut Room, found: &mut Vec<Found>) {
    let gaps = case.gaps;
    for i in gaps.range() {
        if gaps.pickup_miss(i) > 0.0 {
            continue;
        }
        for j in gaps.after(i, 0.0) {
            if !gaps.clear(j) || gaps.is_past(j, 0.0) {
                break;
            }
            if gaps.dropoff_miss(j) == 0.0 && gaps.lack(i, j) == 0.0 {
                let pair = gaps.pair(i, j);
                if case.times_fit(room, pair) {
                    found.push(Found { price: floor(case, pair), v: case.v, pair });
                }
            }
            if gaps.pause(j) {
                break;
            }
        }
    }
}

/// The least that a place can cost.
fn floor(case: &Case<'_>, pair: Pair) -> Price {
    let Case { problem, v, slot, gaps, wish } = case;
    let is_new = !slot.is_used();
    let detour = gaps.detour(problem, *v, slot, wish, pair);
    let vehicles = match problem.objective {
        Objective::VehiclesThenDistance => u32::from(is_new),
        Objective::Distance | Objective::Weighted(_) => 0,
    };
    let cost = match problem.objective {
        Objective::VehiclesThenDistance | Objective::Distance => detour.distance,
        Objective::Weighted(weights) => {
            if !pair.exact {
                // A shorter way through a third place may save more than it costs.
                return Price { vehicles, cost: f64::NEG_INFINITY };
            }
            let service = problem.requests[wish.request as usize].pickup.service;
            let fixed = if is_new { problem.vehicles[*v as usize].fixed_cost } else { 0.0 };
            fixed
                + weights.distance * detour.distance
                + weights.vehicle_time * detour.time
                + weights.aboard * (detour.ride - service)
                - slot.excess
        }
    };
    Price { vehicles, cost }
}

/// Looks for a smaller shift on one vehicle.
fn shift(case: &Case<'_>, allowed: Window, room: &mut Room, best: &mut Option<(f64, VehicleIx)>) {
    let gaps = case.gaps;
    for i in gaps.range() {
        let bound = best.map_or(f64::INFINITY, |(shift, _)| shift.abs());
        if gaps.pickup_miss(i) >= bound {
            continue;
        }
        for j in gaps.after(i, 0.0) {
            let bound = best.map_or(f64::INFINITY, |(shift, _)| shift.abs());
            if !gaps.clear(j) || gaps.is_past(j, bound) {
                break;
            }
            if gaps.dropoff_miss(j) < bound
                && gaps.lack(i, j) == 0.0
                && let Some(shifts) = shifts(case, gaps.pair(i, j), room)
            {
                let shifts = shifts.and(allowed);
                let shift = shifts.earliest.max(0.0).min(shifts.latest);
                if !shifts.is_empty() && shift.abs() < bound {
                    *best = Some((shift, case.v));
                }
            }
            if gaps.pause(j) {
                break;
            }
        }
    }
}

/// By how much the windows may be shifted together so that the request fits at a pair of gaps.
fn shifts(case: &Case<'_>, pair: Pair, room: &mut Room) -> Option<Window> {
    if pair.exact {
        return case.gaps.triangle(&case.slot.network, case.wish, pair).shifts(case.wish);
    }
    let Room { limits, scratch, route, .. } = room;
    case.guess(pair, scratch);
    case.with(pair, route);
    limits.collect(case.problem, case.v, route, Some(case.wish.request));
    if !limits.hold(scratch) {
        return None;
    }
    let free = limits.nodes - 1;
    let latest = limits.distances(ZERO, scratch)[free];
    let earliest = -limits.distances(free, scratch)[ZERO];
    Some(Window { earliest, latest })
}
