//! The exact test of one insertion: the limits in time laid out and settled.

use super::{
    cost::{ease, least_cost},
    insert::{Insertion, Search},
    line::{Line, Tick, forward, settle},
    net::{NONE, VISITS},
    sequence::Scratch,
};

impl Search<'_, '_> {
    /// Takes the position if it holds and is the cheapest so far.
    pub(super) fn consider<const RICH: bool>(
        &mut self,
        i: usize,
        j: usize,
        way: f64,
        scratch: &mut Scratch,
    ) {
        let mut delta = self.fixed + self.weight * way;
        if RICH {
            let ready = self.lay(i, j, &mut scratch.ticks);
            if !forward(&mut scratch.ticks, i + 1, ready) || !settle(&mut scratch.ticks) {
                return;
            }
            if self.net.timed {
                let weights = &self.net.weights;
                delta -= self.route.time_cost;
                if delta + least_cost(&scratch.ticks, weights) >= self.limit {
                    return;
                }
                delta += ease(&mut scratch.ticks, weights, &mut scratch.easing);
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
