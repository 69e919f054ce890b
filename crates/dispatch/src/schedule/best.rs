//! The best times for one order of visits.
//!
//! With the order given, all that the times can change of the weighted cost is waiting: each unit
//! of it on a leg costs the vehicle's time, and for each one aboard the time aboard and the
//! waiting. To minimise such a sum over difference constraints is a linear programme whose dual is
//! a maximum cost flow without capacities (Ahuja, Magnanti & Orlin, *Network Flows*, section 9.4),
//! in which the limits are the edges: see [`flow`]. The limits that carry flow hold with equality
//! in all cheapest times; among those the earliest are then taken.

mod flow;

use crate::{
    Objective, Problem, TOLERANCE, VehicleIx, Visit,
    oracle::{Bound, Edge},
};

use super::{Times, aboard_change};

/// The best times of a used vehicle's route whose limits contradict nothing.
///
/// Limits give way only where they must because of rounding.
pub(crate) fn best_times(
    problem: &Problem,
    v: VehicleIx,
    route: &[Visit],
    edges: &[Edge],
) -> Times {
    let legs = cost_of_waiting(problem, route);
    let (end, clock) = (route.len() + 1, route.len() + 2);
    let begins = problem.vehicles[v as usize].shift.earliest;
    let settled = [0.0, TOLERANCE].into_iter().find_map(|slack| {
        let tight = flow::tight(clock + 1, edges, &legs, slack)?;
        let edges: Vec<Edge> =
            edges.iter().copied().chain(tight.into_iter().map(reversed)).collect();
        earliest(begins, clock, &edges, slack).ok()
    });
    let mut time = settled
        .unwrap_or_else(|| earliest(begins, clock, edges, TOLERANCE).unwrap_or_else(|late| late));
    let zero = time[clock];
    time.iter_mut().for_each(|time| *time -= zero);
    Times { start: latest_start(&time, edges), begins: time[1..end].to_vec(), end: time[end] }
}

/// What a unit of waiting costs before each visit and before the end.
fn cost_of_waiting(problem: &Problem, route: &[Visit]) -> Vec<f64> {
    let Objective::Weighted(weights) = problem.objective else {
        return vec![0.0; route.len() + 1];
    };
    let mut people = 0.0;
    let mut costs = vec![weights.vehicle_time];
    for &visit in route {
        people += aboard_change(visit);
        costs.push(weights.vehicle_time + people * (weights.aboard + weights.waiting_aboard));
    }
    costs
}

/// The limit that, together with `edge`, makes it hold with equality.
fn reversed(edge: Edge) -> Edge {
    Edge { from: edge.to, to: edge.from, least: -edge.least, is_upper: true, ..edge }
}

/// The least times that keep all limits, by Bellman-Ford; an error where they do not settle. A
/// shift that `begins` at no time begins at 0, or before where it must.
fn earliest(begins: f64, clock: usize, edges: &[Edge], slack: f64) -> Result<Vec<f64>, Vec<f64>> {
    let unknown = if begins.is_finite() { f64::NEG_INFINITY } else { 0.0 };
    let mut time = vec![unknown; clock + 1];
    time[clock] = 0.0;
    for _ in 0..time.len() {
        let mut is_settled = true;
        for edge in edges {
            let least = time[edge.from] + edge.loosened(slack);
            if least > time[edge.to] {
                time[edge.to] = least;
                is_settled = false;
            }
        }
        if is_settled {
            return Ok(time);
        }
    }
    Err(time)
}

/// How late the vehicle may leave with all else as it is.
fn latest_start(time: &[f64], edges: &[Edge]) -> f64 {
    let ways =
        edges.iter().filter(|edge| edge.from == 0 && matches!(edge.bound, Bound::Way { .. }));
    ways.map(|way| time[way.to] - way.least).fold(f64::INFINITY, f64::min)
}
