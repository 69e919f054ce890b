//! The best times for one order of visits.

use crate::{Problem, VehicleIx, Visit, oracle::Edge};

use super::Times;

/// The best times of a used vehicle's route whose limits contradict nothing.
pub(crate) fn best_times(
    problem: &Problem,
    v: VehicleIx,
    route: &[Visit],
    edges: &[Edge],
) -> Times {
    let time = earliest(problem, v, route.len(), edges);
    let (end, clock) = (route.len() + 1, route.len() + 2);
    let zero = time[clock];
    let mut time: Vec<f64> = time.iter().map(|time| time - zero).collect();
    time[0] = latest_start(&time, edges);
    Times { start: time[0], begins: time[1..end].to_vec(), end: time[end] }
}

/// The least times that keep all limits, by Bellman-Ford. A shift without a beginning begins at 0,
/// or before where it must.
fn earliest(problem: &Problem, v: VehicleIx, visits: usize, edges: &[Edge]) -> Vec<f64> {
    let clock = visits + 2;
    let begins = problem.vehicles[v as usize].shift.earliest;
    let unknown = if begins.is_finite() { f64::NEG_INFINITY } else { 0.0 };
    let mut time = vec![unknown; visits + 3];
    time[clock] = 0.0;
    for _ in 0..time.len() {
        let mut is_settled = true;
        for edge in edges {
            let least = time[edge.from] + edge.loosened();
            if least > time[edge.to] {
                time[edge.to] = least;
                is_settled = false;
            }
        }
        if is_settled {
            break;
        }
    }
    time
}

/// How late the vehicle may leave with all else as it is.
fn latest_start(time: &[f64], edges: &[Edge]) -> f64 {
    let latest = |edge: &Edge| time[edge.to] - edge.least;
    edges.iter().filter(|edge| edge.from == 0).map(latest).fold(f64::INFINITY, f64::min)
}
