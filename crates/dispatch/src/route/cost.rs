//! What the times of a line cost, and the times that make it least.
//!
//! With `n_i` aboard on leg `i` the cost of the times is a constant of the order plus `Σ c_i·wait_i`,
//! `c_i = vehicle_time + n_i·(aboard + waiting_aboard)`: the dual of a minimum-cost flow. From the
//! least times on, sets of stops are moved later that pull each other along (a tight leg pulls the
//! next stop, a tight ride its pickup) as long as that pays: from the last stop to the first, each
//! time the least set that one stop pulls along. On a line the sets are intervals and unions add
//! nothing, so that this is exact wherever no ride or duration limit binds; where one does, two sets
//! that pay only together can be missed.

use super::{
    line::Line,
    net::{EPSILON, NONE, Net},
};

impl Line {
    /// Moves `time`, which holds all limits, to times of least cost and returns that cost.
    pub(super) fn ease(&mut self, net: &Net<'_>, member: &mut Vec<bool>) -> f64 {
        for root in (0..self.stops.len()).rev() {
            while self.gain(net, root) < -EPSILON {
                let gain = self.pulled(net, root, member);
                let step = self.slack(member);
                if gain >= -EPSILON || step <= EPSILON {
                    break;
                }
                for (stop, _) in self.stops.iter_mut().zip(member.iter()).filter(|(_, m)| **m) {
                    stop.time += step;
                }
            }
        }
        self.time_cost(net)
    }

    /// What the present `time`s cost.
    pub(super) fn time_cost(&self, net: &Net<'_>) -> f64 {
        let weights = &net.weights;
        let (mut cost, last) = (0.0, self.stops.len() - 1);
        cost += weights.vehicle_time * (self.stops[last].time - self.stops[0].time);
        for pair in self.stops.windows(2) {
            let (here, next) = (&pair[0], &pair[1]);
            if here.aboard > 0 {
                let wait = (next.time - here.time - here.service - next.leg).max(0.0);
                cost += weights.waiting_aboard * f64::from(here.aboard) * wait;
            }
        }
        if weights.aboard > 0.0 {
            for (i, stop) in self.stops[..last].iter().enumerate() {
                if i > 0 && stop.mate != NONE {
                    let pickup = &self.stops[stop.mate as usize];
                    cost += weights.aboard * (stop.time - pickup.time - pickup.service);
                }
            }
        }
        cost
    }

    /// What waiting costs in the present `time`s: no order of the same visits in which nobody waits
    /// saves more.
    pub(super) fn wait_cost(&self, net: &Net<'_>) -> f64 {
        self.stops
            .windows(2)
            .enumerate()
            .map(|(i, pair)| {
                let wait = pair[1].time - pair[0].time - pair[0].service - pair[1].leg;
                self.leg_price(net, i) * wait.max(0.0)
            })
            .sum()
    }

    /// What a unit of time on the leg after stop `i` costs.
    fn leg_price(&self, net: &Net<'_>, i: usize) -> f64 {
        let weights = &net.weights;
        weights.vehicle_time
            + f64::from(self.stops[i].aboard) * (weights.aboard + weights.waiting_aboard)
    }

    /// What moving stop `i` alone later by a unit costs.
    fn gain(&self, net: &Net<'_>, i: usize) -> f64 {
        let before = if i == 0 { 0.0 } else { self.leg_price(net, i - 1) };
        let after = if i + 1 == self.stops.len() { 0.0 } else { self.leg_price(net, i) };
        before - after
    }

    /// Marks what moves along with `root`, and returns what a unit of it costs.
    fn pulled(&self, net: &Net<'_>, root: usize, member: &mut Vec<bool>) -> f64 {
        let stops = &self.stops;
        member.clear();
        member.resize(stops.len(), false);
        member[root] = true;
        let mut i = root;
        while i < stops.len() {
            let stop = &stops[i];
            if member[i]
                && let Some(next) = stops.get(i + 1)
                && stop.time + stop.service + next.leg >= next.time - EPSILON
            {
                member[i + 1] = true;
            }
            let mate = stop.mate as usize;
            let pulls = member[i] && stop.mate != NONE && !member[mate];
            if pulls && stop.time - stop.ride >= stops[mate].time - EPSILON {
                // From a pickup that is pulled along the sweep starts over.
                member[mate] = true;
                i = mate;
            } else {
                i += 1;
            }
        }
        let mut gain = 0.0;
        for (i, _) in member.iter().enumerate().filter(|(_, m)| **m) {
            gain += self.gain(net, i);
        }
        gain
    }

    /// How far the marked stops can move later together.
    fn slack(&self, member: &[bool]) -> f64 {
        let stops = &self.stops;
        let mut slack = f64::INFINITY;
        for (i, stop) in stops.iter().enumerate().filter(|(i, _)| member[*i]) {
            slack = slack.min(stop.latest - stop.time);
            if let Some(next) = stops.get(i + 1).filter(|_| !member[i + 1]) {
                slack = slack.min(next.time - stop.time - stop.service - next.leg);
            }
            if stop.mate != NONE && !member[stop.mate as usize] {
                slack = slack.min(stop.ride - (stop.time - stops[stop.mate as usize].time));
            }
        }
        slack
    }
}
