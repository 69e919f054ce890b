//! What the times of a line cost, and the times that make it least.
//!
//! With `n_i` aboard on leg `i` the cost of the times is a constant of the order plus `Σ c_i·wait_i`,
//! `c_i = vehicle_time + n_i·(aboard + waiting_aboard)`: the dual of a minimum-cost flow. From the
//! least times on, sets of stops are moved later that pull each other along (a tight leg pulls the
//! next stop, a tight ride its pickup) as long as that pays: from the last stop to the first, each
//! time the least set that one stop pulls along. On a line the sets are intervals and unions add
//! nothing, so that this is exact wherever no ride or duration limit binds; where one does, two sets
//! that pay only together can be missed: on random routes in which all limits bind often, one in
//! fifty is dearer than [`schedule`](crate::schedule)'s exact times, all together 0.2 %.

use std::ops::Range;

use super::{
    line::Tick,
    net::{EPSILON, NONE},
};
use crate::Weights;

/// Working memory of [`ease`].
#[derive(Debug, Default)]
pub(super) struct Easing {
    member: Vec<bool>,
    ends: Vec<usize>,
}

/// Moves `time`, which holds all limits, to times of least cost and returns that cost.
///
/// A stop moves with those who follow it without a pause. From the last stop to the first these blocks
/// only grow, so that a stack of their ends is all there is to know of them, and what moving one pays is
/// the difference of two legs' prices: `O(visits)`, and as much for each move that pays.
pub(super) fn ease(ticks: &mut [Tick], weights: &Weights, easing: &mut Easing) -> f64 {
    let Easing { member, ends } = easing;
    member.clear();
    member.resize(ticks.len(), false);
    ends.clear();
    for root in (0..ticks.len()).rev() {
        if !is_tight(ticks, root) {
            ends.push(root);
        }
        if gain(ticks, weights, root..root + 1) >= -EPSILON {
            continue;
        }
        while let Some(&end) = ends.last()
            && gain(ticks, weights, root..end + 1) < -EPSILON
        {
            let step = match slack_of_block(ticks, root..end + 1) {
                Some(slack) => shift(&mut ticks[root..=end], slack),
                None => move_pulled(ticks, weights, root, member),
            };
            if step <= EPSILON {
                break;
            }
            if is_tight(ticks, end) {
                ends.pop();
            }
        }
    }
    time_cost(ticks, weights)
}

/// Whether the stop after `i` follows it without a pause.
fn is_tight(ticks: &[Tick], i: usize) -> bool {
    let tick = &ticks[i];
    ticks.get(i + 1).is_some_and(|next| tick.time + tick.service + next.leg >= next.time - EPSILON)
}

/// How far a block can move later alone; none where a ride pulls along somebody before it.
fn slack_of_block(ticks: &[Tick], block: Range<usize>) -> Option<f64> {
    let mut slack = f64::INFINITY;
    for tick in &ticks[block.clone()] {
        slack = slack.min(tick.latest - tick.time);
        if (tick.mate as usize) < block.start {
            let longer = tick.ride - (tick.time - ticks[tick.mate as usize].time);
            if longer <= EPSILON {
                return None;
            }
            slack = slack.min(longer);
        }
    }
    let last = &ticks[block.end - 1];
    let next = ticks.get(block.end);
    Some(next.map_or(slack, |next| slack.min(next.time - last.time - last.service - next.leg)))
}

/// Moves all of them later, if it is worth it.
fn shift(ticks: &mut [Tick], step: f64) -> f64 {
    if step > EPSILON {
        ticks.iter_mut().for_each(|tick| tick.time += step);
    }
    step
}

/// Moves `root` with all that it pulls along, forwards and by rides backwards, if that pays; returns
/// by how much.
fn move_pulled(ticks: &mut [Tick], weights: &Weights, root: usize, member: &mut [bool]) -> f64 {
    let set = pulled(ticks, root, member);
    let marked = set.clone().filter(|i| member[*i]);
    let gain: f64 = marked.map(|i| gain(ticks, weights, i..i + 1)).sum();
    let step = if gain < -EPSILON { slack(ticks, set.clone(), member) } else { 0.0 };
    for (tick, is_marked) in ticks[set.clone()].iter_mut().zip(&mut member[set]) {
        if std::mem::take(is_marked) && step > EPSILON {
            tick.time += step;
        }
    }
    step
}

/// A floor of what [`ease`] comes to; `time` is the least that holds all limits. Nobody waits but
/// where one cannot be at a stop so late that the next is not too early.
pub(super) fn least_cost(ticks: &[Tick], weights: &Weights) -> f64 {
    let (mut cost, mut late) = (0.0, f64::INFINITY);
    for i in (1..ticks.len()).rev() {
        let (before, here) = (&ticks[i - 1], &ticks[i]);
        late = (late.min(here.latest) - here.leg - before.service).min(before.latest);
        let wait = here.time - here.leg - before.service - late;
        let aboard = f64::from(before.aboard);
        let price = weights.vehicle_time + aboard * weights.aboard;
        cost += price * (before.service + here.leg);
        if wait > 0.0 {
            cost += (price + aboard * weights.waiting_aboard) * wait;
        }
        // Whoever gets in here is not aboard before that is done.
        if i > 1 && before.aboard > ticks[i - 2].aboard {
            cost -= weights.aboard * before.service;
        }
    }
    cost
}

/// What the present `time`s cost.
fn time_cost(ticks: &[Tick], weights: &Weights) -> f64 {
    let (mut cost, last) = (0.0, ticks.len() - 1);
    cost += weights.vehicle_time * (ticks[last].time - ticks[0].time);
    for pair in ticks.windows(2) {
        let (here, next) = (&pair[0], &pair[1]);
        if here.aboard > 0 {
            let wait = (next.time - here.time - here.service - next.leg).max(0.0);
            cost += weights.waiting_aboard * f64::from(here.aboard) * wait;
        }
    }
    if weights.aboard > 0.0 {
        for (i, tick) in ticks[..last].iter().enumerate() {
            if i > 0 && tick.mate != NONE {
                let pickup = &ticks[tick.mate as usize];
                cost += weights.aboard * (tick.time - pickup.time - pickup.service);
            }
        }
    }
    cost
}

/// What waiting costs in the present `time`s: no order of the same visits in which nobody waits
/// saves more.
pub(super) fn wait_cost(ticks: &[Tick], weights: &Weights) -> f64 {
    ticks
        .windows(2)
        .enumerate()
        .map(|(i, pair)| {
            let wait = pair[1].time - pair[0].time - pair[0].service - pair[1].leg;
            leg_price(ticks, weights, i) * wait.max(0.0)
        })
        .sum()
}

/// What a unit of time on the leg after stop `i` costs.
fn leg_price(ticks: &[Tick], weights: &Weights, i: usize) -> f64 {
    weights.vehicle_time + f64::from(ticks[i].aboard) * (weights.aboard + weights.waiting_aboard)
}

/// What moving these stops together later by a unit costs.
fn gain(ticks: &[Tick], weights: &Weights, stops: Range<usize>) -> f64 {
    let before = if stops.start == 0 { 0.0 } else { leg_price(ticks, weights, stops.start - 1) };
    let after =
        if stops.end == ticks.len() { 0.0 } else { leg_price(ticks, weights, stops.end - 1) };
    before - after
}

/// Marks what moves along with `root`, and returns the range within which that lies.
fn pulled(ticks: &[Tick], root: usize, member: &mut [bool]) -> Range<usize> {
    member[root] = true;
    let (mut first, mut last) = (root, root);
    let mut i = root;
    while i <= last {
        let tick = &ticks[i];
        if member[i]
            && let Some(next) = ticks.get(i + 1)
            && tick.time + tick.service + next.leg >= next.time - EPSILON
        {
            member[i + 1] = true;
            last = last.max(i + 1);
        }
        let mate = tick.mate as usize;
        let pulls = member[i] && tick.mate != NONE && !member[mate];
        if pulls && tick.time - tick.ride >= ticks[mate].time - EPSILON {
            // From a pickup that is pulled along the sweep starts over.
            member[mate] = true;
            first = first.min(mate);
            i = mate;
        } else {
            i += 1;
        }
    }
    first..last + 1
}

/// How far the marked stops of a range, outside of which there are none, can move later together.
fn slack(ticks: &[Tick], set: Range<usize>, member: &[bool]) -> f64 {
    let mut slack = f64::INFINITY;
    for i in set.filter(|i| member[*i]) {
        let tick = &ticks[i];
        slack = slack.min(tick.latest - tick.time);
        if let Some(next) = ticks.get(i + 1).filter(|_| !member[i + 1]) {
            slack = slack.min(next.time - tick.time - tick.service - next.leg);
        }
        if tick.mate != NONE && !member[tick.mate as usize] {
            slack = slack.min(tick.ride - (tick.time - ticks[tick.mate as usize].time));
        }
    }
    slack
}
