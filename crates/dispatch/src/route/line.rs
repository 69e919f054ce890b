//! A line of visits from a start to an end: linking neighbours, and deciding exactly whether times
//! exist.

use super::net::{Car, EPSILON, Load, NONE, NOWHERE, Net, NodeIx, VISITS};
use crate::{Limit, PlaceIx, VehicleIx};

/// The node number of a line's start.
pub(super) const START: NodeIx = NONE;
/// The node number of a line's end.
pub(super) const END: NodeIx = NONE - 1;

/// One visit of a line, or its start or end: where it is, and what lies before and after it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Stop {
    pub node: NodeIx,
    /// Where the vehicle stands; [`NOWHERE`] at an end that is wherever the last visit is.
    pub place: PlaceIx,
    /// Where it goes next, past any breaks.
    pub onward: PlaceIx,
    /// Aboard after it, in the first dimension.
    pub load: u32,
    /// Travel time and distance to `onward`.
    pub hop_time: f64,
    pub hop: f64,
    /// Least begin by windows and legs alone, from the front.
    pub early: f64,
    /// Greatest begin by windows and legs alone, from the back.
    pub late: f64,
    /// How much longer the way onward may become at most, by the ride times and the duration.
    pub room: f64,
}

/// The limits of the same visit in time.
#[derive(Clone, Copy, Debug)]
pub(super) struct Tick {
    pub earliest: f64,
    pub latest: f64,
    /// Nobody sets out to it before.
    pub gate: f64,
    pub service: f64,
    /// Travel time from the stop before.
    pub leg: f64,
    /// Between the begin at the mate and the begin here.
    pub ride: f64,
    /// A begin that, with the others' of the line, holds every limit.
    pub time: f64,
    /// The index of the pickup of a drop-off, of the start for the end of a limited duration.
    pub mate: u32,
    /// Requests aboard after it.
    pub aboard: u32,
}

/// A line of visits with its start and end.
#[derive(Clone, Debug, Default)]
pub(crate) struct Line {
    pub(super) stops: Vec<Stop>,
    /// One a stop.
    pub(super) ticks: Vec<Tick>,
    /// What is aboard after each stop; kept only where there is more than one dimension.
    pub(super) loads: Vec<Load>,
    /// Distance of the whole line.
    pub(super) distance: f64,
}

impl Stop {
    fn at(node: NodeIx, place: PlaceIx) -> Self {
        Self {
            node,
            place,
            onward: NOWHERE,
            load: 0,
            hop_time: 0.0,
            hop: 0.0,
            early: 0.0,
            late: 0.0,
            room: f64::INFINITY,
        }
    }
}

impl Net<'_> {
    /// The limits of a node, not yet linked. Nobody sets out to it before `not_before`.
    pub(super) fn tick(&self, node: NodeIx, not_before: f64) -> Tick {
        let fixed = &self.nodes[node as usize];
        Tick {
            earliest: fixed.window.earliest,
            latest: fixed.window.latest,
            gate: fixed.gate.max(not_before),
            service: fixed.service,
            leg: 0.0,
            ride: fixed.ride,
            time: 0.0,
            mate: NONE,
            aboard: 0,
        }
    }
}

impl Line {
    /// Makes this the line of `nodes`, not yet linked.
    pub(super) fn lay(&mut self, net: &Net<'_>, vehicle: VehicleIx, nodes: &[NodeIx]) {
        let car = &net.cars[vehicle as usize];
        let start = Tick {
            earliest: car.shift.earliest,
            latest: car.shift.latest,
            gate: f64::NEG_INFINITY,
            service: 0.0,
            leg: 0.0,
            ride: f64::INFINITY,
            time: 0.0,
            mate: NONE,
            aboard: 0,
        };
        self.stops.clear();
        self.ticks.clear();
        self.stops.push(Stop::at(START, car.start));
        self.ticks.push(start);
        for (at, &node) in nodes.iter().enumerate() {
            let gate = if at < car.frozen.len() { f64::NEG_INFINITY } else { car.not_before };
            self.stops.push(Stop::at(node, net.nodes[node as usize].place));
            self.ticks.push(net.tick(node, gate));
        }
        self.stops.push(Stop::at(END, car.end));
        self.ticks.push(Tick { earliest: f64::NEG_INFINITY, ride: car.max_duration, ..start });
    }

    /// Works out what the order decides: places of breaks, legs, mates, loads, distance. Says whether
    /// every pickup precedes its drop-off, breaks are in order with nobody aboard, all fit and none who must be
    /// apart ride together. `at` maps a request to the index of its pickup while it is aboard.
    pub(super) fn link(&mut self, net: &Net<'_>, car: &Car, at: &mut [u32]) -> bool {
        self.tie(net, car);
        self.loads.clear();
        let (mut aboard, mut load, mut paused) = (0, Load::default(), 0);
        let mut holds = true;
        let last = self.stops.len() - 1;
        for (i, (stop, tick)) in self.stops.iter_mut().zip(&mut self.ticks).enumerate() {
            if i == last && tick.ride.is_finite() {
                tick.mate = 0;
            } else if i > 0 && i < last {
                if net.is_break(stop.node) {
                    holds &= aboard == 0 && stop.node > paused;
                    paused = stop.node;
                } else if stop.node.is_multiple_of(VISITS) {
                    let request = stop.node / VISITS;
                    at[request as usize] = i as u32;
                    aboard += 1;
                    holds &= net.board(car, request, &mut load, at);
                } else {
                    let request = stop.node / VISITS;
                    tick.mate = std::mem::replace(&mut at[request as usize], NONE);
                    holds &= tick.mate != NONE;
                    if tick.mate != NONE {
                        aboard -= 1;
                        net.alight(request, &mut load);
                    }
                }
            }
            tick.aboard = aboard;
            stop.load = u32::from(load[0]);
            if net.dimensions > 1 {
                self.loads.push(load);
            }
        }
        if aboard > 0 {
            for stop in self.stops.iter().filter(|stop| net.is_pickup(stop.node)) {
                at[(stop.node / VISITS) as usize] = NONE;
            }
        }
        holds && aboard == 0
    }

    /// Ties each stop to its neighbours: where breaks are, ways and their lengths.
    fn tie(&mut self, net: &Net<'_>, car: &Car) {
        let (mut place, mut before) = (car.start, 0);
        self.distance = 0.0;
        let last = self.stops.len() - 1;
        for i in 1..=last {
            let (earlier, rest) = self.stops.split_at_mut(i);
            let stop = &mut rest[0];
            if i < last && net.is_break(stop.node) {
                (stop.place, self.ticks[i].leg) = (place, 0.0);
                continue;
            }
            let to = stop.place;
            let (mut leg, mut distance) = (net.time(place, to), net.distance(place, to));
            // A way without a length counts as none; its place in a sum must not spoil it.
            if distance.is_infinite() {
                (leg, distance) = (f64::INFINITY, 0.0);
            }
            for stop in &mut earlier[before..] {
                (stop.onward, stop.hop_time, stop.hop) = (to, leg, distance);
            }
            self.distance += distance;
            // Between two visits that are past, the way took what it took.
            let both_past = i > 1
                && i <= car.frozen.len()
                && net.nodes[stop.node as usize].past
                && net.nodes[earlier[i - 1].node as usize].past;
            if both_past {
                let done = &self.ticks[i - 1];
                leg = self.ticks[i].latest - (done.latest + done.service);
            }
            self.ticks[i].leg = leg;
            (place, before) = (to, i);
        }
    }

    /// Earliest and latest begins by windows and legs alone; says whether each earliest is in time.
    /// `time` becomes the earliest.
    pub(super) fn clock(&mut self) -> bool {
        let holds = forward(&mut self.ticks, 0, f64::NEG_INFINITY);
        if !holds {
            // Nothing can follow what is late.
            let late = self.ticks.iter().position(|tick| tick.time > tick.latest + EPSILON);
            for tick in self.ticks.iter_mut().skip(late.unwrap_or(0)) {
                tick.time = f64::INFINITY;
            }
        }
        let mut due = f64::INFINITY;
        for (stop, tick) in self.stops.iter_mut().zip(&self.ticks).rev() {
            stop.early = tick.time;
            stop.late = tick.latest.min(due - tick.service);
            due = stop.late - tick.leg;
            stop.room = f64::INFINITY;
        }
        holds
    }

    /// How much longer each way onward may become, by rides and duration without any waiting.
    pub(super) fn measure_room(&mut self) {
        for (i, tick) in self.ticks.iter().enumerate() {
            if tick.mate != NONE && tick.ride.is_finite() {
                let mate = tick.mate as usize;
                let ways = mate..i;
                let nonstop: f64 =
                    ways.map(|k| self.ticks[k].service + self.ticks[k + 1].leg).sum();
                for stop in &mut self.stops[mate..i] {
                    stop.room = stop.room.min(tick.ride - nonstop);
                }
            }
        }
    }
}

/// The later of two times; `f64::max` would ask for NaN each time.
pub(super) fn later_of(a: f64, b: f64) -> f64 {
    if a > b { a } else { b }
}

/// Least begins by windows and legs alone, from index `from` on, with all before it done at `ready`;
/// says whether each is in time.
pub(super) fn forward(ticks: &mut [Tick], from: usize, mut ready: f64) -> bool {
    for tick in &mut ticks[from..] {
        tick.time = later_of(tick.earliest, later_of(ready, tick.gate) + tick.leg);
        ready = tick.time + tick.service;
        if tick.time > tick.latest + EPSILON {
            return false;
        }
    }
    true
}

/// Raises `time` from the least begins by windows and legs to the least that also hold every ride
/// time and the duration; false where there are none.
pub(super) fn settle(ticks: &mut [Tick]) -> bool {
    // A longest path uses each ride backwards at most once: so many rounds, or a cycle.
    for _ in 0..=ticks.len() {
        if !raise_pickups(ticks) {
            return true;
        }
        let mut ready = f64::NEG_INFINITY;
        for tick in &mut *ticks {
            tick.time = later_of(tick.time, ready + tick.leg);
            ready = tick.time + tick.service;
            if tick.time > tick.latest + EPSILON {
                return false;
            }
        }
    }
    false
}

/// Moves pickups later whose rides are too long; says whether any moved.
fn raise_pickups(ticks: &mut [Tick]) -> bool {
    let mut moved = false;
    for i in (1..ticks.len()).rev() {
        let Tick { mate, ride, time, .. } = ticks[i];
        if mate != NONE && time - ride > ticks[mate as usize].time + EPSILON {
            ticks[mate as usize].time = time - ride;
            moved = true;
        }
    }
    moved
}

const _: () = assert!(Limit::REQUESTS < (END as usize) / 2 - Limit::VEHICLES * Limit::BREAKS);
