//! A line of visits from a start to an end: linking neighbours, and deciding exactly whether times
//! exist.

use super::net::{Car, EPSILON, Load, NONE, NOWHERE, Net, NodeIx, VISITS};
use crate::{Limit, PlaceIx, VehicleIx};

/// The node number of a line's start.
pub(super) const START: NodeIx = NONE;
/// The node number of a line's end.
pub(super) const END: NodeIx = NONE - 1;

/// One visit of a line, or its start or end, with all that its neighbours decide about it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Stop {
    pub node: NodeIx,
    /// Where the vehicle stands; [`NOWHERE`] at an end that is wherever the last visit is.
    pub place: PlaceIx,
    /// Where it goes next, past any breaks.
    pub onward: PlaceIx,
    /// The index of the pickup of a drop-off, of the start for the end of a limited duration.
    pub mate: u32,
    /// Aboard after it, in the first dimension.
    pub load: u32,
    /// Requests aboard after it.
    pub aboard: u32,
    pub earliest: f64,
    pub latest: f64,
    pub service: f64,
    pub gate: f64,
    /// Between the begin at the mate and the begin here.
    pub ride: f64,
    /// Travel time from the stop before.
    pub leg: f64,
    /// Travel time and distance to `onward`.
    pub hop_time: f64,
    pub hop: f64,
    /// Least begin by windows and legs alone, from the front.
    pub early: f64,
    /// Greatest begin by windows and legs alone, from the back.
    pub late: f64,
    /// How much longer the way onward may become at most, by the ride times and the duration.
    pub room: f64,
    /// A begin that, with the others' of the line, holds every limit.
    pub time: f64,
}

/// A line of visits with its start and end.
#[derive(Clone, Debug, Default)]
pub(crate) struct Line {
    pub(super) stops: Vec<Stop>,
    /// What is aboard after each stop; kept only where there is more than one dimension.
    pub(super) loads: Vec<Load>,
    /// Distance of the whole line.
    pub(super) distance: f64,
}

impl Net<'_> {
    pub(super) fn start(&self, car: &Car) -> Stop {
        Stop {
            node: START,
            place: car.start,
            onward: NOWHERE,
            mate: NONE,
            load: 0,
            aboard: 0,
            earliest: car.shift.earliest,
            latest: car.shift.latest,
            service: 0.0,
            gate: f64::NEG_INFINITY,
            ride: f64::INFINITY,
            leg: 0.0,
            hop_time: 0.0,
            hop: 0.0,
            early: 0.0,
            late: 0.0,
            room: f64::INFINITY,
            time: 0.0,
        }
    }

    pub(super) fn end(&self, car: &Car) -> Stop {
        Stop {
            node: END,
            place: car.end,
            earliest: f64::NEG_INFINITY,
            ride: car.max_duration,
            ..self.start(car)
        }
    }

    /// The stop of a node, not yet linked. Nobody sets out to it before `not_before`.
    pub(super) fn stop(&self, car: &Car, node: NodeIx, not_before: f64) -> Stop {
        let fixed = &self.nodes[node as usize];
        Stop {
            node,
            place: fixed.place,
            earliest: fixed.window.earliest,
            latest: fixed.window.latest,
            service: fixed.service,
            gate: fixed.gate.max(not_before),
            ride: fixed.ride,
            ..self.start(car)
        }
    }
}

impl Line {
    /// Makes this the line of `nodes`, linked but with no times yet.
    pub(super) fn lay(&mut self, net: &Net<'_>, vehicle: VehicleIx, nodes: &[NodeIx]) {
        let car = &net.cars[vehicle as usize];
        self.stops.clear();
        self.stops.push(net.start(car));
        for (at, &node) in nodes.iter().enumerate() {
            let gate = if at < car.frozen.len() { f64::NEG_INFINITY } else { car.not_before };
            self.stops.push(net.stop(car, node, gate));
        }
        self.stops.push(net.end(car));
    }

    /// Works out what the order decides: places of breaks, legs, mates, loads, distance. Says whether
    /// every pickup precedes its drop-off, nobody sits through a break, all fit and none who must be
    /// apart ride together. `at` maps a request to the index of its pickup while it is aboard.
    pub(super) fn link(&mut self, net: &Net<'_>, car: &Car, at: &mut [u32]) -> bool {
        self.tie(net, car);
        self.loads.clear();
        let (mut aboard, mut load) = (0, Load::default());
        let mut holds = true;
        let last = self.stops.len() - 1;
        for (i, stop) in self.stops.iter_mut().enumerate() {
            stop.mate = NONE;
            if i == last && stop.ride.is_finite() {
                stop.mate = 0;
            } else if i > 0 && i < last {
                if net.is_break(stop.node) {
                    holds &= aboard == 0;
                } else if stop.node.is_multiple_of(VISITS) {
                    let request = stop.node / VISITS;
                    at[request as usize] = i as u32;
                    aboard += 1;
                    holds &= net.board(car, request, &mut load, at);
                } else {
                    let request = (stop.node / VISITS) as usize;
                    stop.mate = std::mem::replace(&mut at[request], NONE);
                    holds &= stop.mate != NONE;
                    if stop.mate != NONE {
                        aboard -= 1;
                        for (sum, less) in load.iter_mut().zip(&net.riders[request].load) {
                            *sum = sum.saturating_sub(*less);
                        }
                    }
                }
            }
            stop.aboard = aboard;
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
                (stop.place, stop.leg) = (place, 0.0);
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
            stop.leg = if both_past { stop.latest - fact(&earlier[i - 1]) } else { leg };
            (place, before) = (to, i);
        }
    }

    /// Earliest begins by windows and legs alone, from `from` on; says whether each is in time.
    pub(super) fn forward(&mut self) -> bool {
        let mut ready = f64::NEG_INFINITY;
        let mut holds = true;
        for stop in &mut self.stops {
            stop.early = stop.earliest.max(ready.max(stop.gate) + stop.leg);
            stop.time = stop.early;
            ready = stop.early + stop.service;
            holds &= stop.early <= stop.latest + EPSILON;
        }
        holds
    }

    /// Latest begins by windows and legs alone, and how much longer each way onward may become.
    pub(super) fn backward(&mut self) {
        let mut due = f64::INFINITY;
        for stop in self.stops.iter_mut().rev() {
            stop.late = stop.latest.min(due - stop.service);
            due = stop.late - stop.leg;
            stop.room = f64::INFINITY;
        }
        // Least time from the start's begin to each begin, without a wait.
        let mut run = 0.0;
        for i in 1..self.stops.len() {
            run += self.stops[i - 1].service + self.stops[i].leg;
            self.stops[i].time = run;
        }
        self.stops[0].time = 0.0;
        for i in 0..self.stops.len() {
            let Stop { mate, ride, time, .. } = self.stops[i];
            if mate != NONE && ride.is_finite() {
                let mate = mate as usize;
                let room = ride - (time - self.stops[mate].time);
                for stop in &mut self.stops[mate..i] {
                    stop.room = stop.room.min(room);
                }
            }
        }
    }

    /// Raises `time` from the least begins by windows and legs to the least that also hold every
    /// ride time and the duration; false where there are none.
    pub(super) fn settle(&mut self) -> bool {
        // A longest path uses each ride backwards at most once: so many rounds, or a cycle.
        for _ in 0..=self.stops.len() {
            if !self.raise_pickups() {
                return true;
            }
            let mut ready = f64::NEG_INFINITY;
            for stop in &mut self.stops {
                stop.time = stop.time.max(ready + stop.leg);
                ready = stop.time + stop.service;
                if stop.time > stop.latest + EPSILON {
                    return false;
                }
            }
        }
        false
    }

    /// Moves pickups later whose rides are too long; says whether any moved.
    fn raise_pickups(&mut self) -> bool {
        let mut moved = false;
        for i in (1..self.stops.len()).rev() {
            let Stop { mate, ride, time, .. } = self.stops[i];
            if mate != NONE && time - ride > self.stops[mate as usize].time + EPSILON {
                self.stops[mate as usize].time = time - ride;
                moved = true;
            }
        }
        moved
    }
}

/// When a visit that is past was done.
fn fact(stop: &Stop) -> f64 {
    stop.latest + stop.service
}

const _: () = assert!(Limit::REQUESTS < (END as usize) / 2 - Limit::VEHICLES * Limit::BREAKS);
