//! Which limits are tight in all cheapest times: the dual of the schedule, a flow.
//!
//! Network simplex. A unit of flow on a limit is a unit of cost that it is to blame for; without
//! any waiting each leg's way carries the leg's own cost, which is the tree it starts from. As
//! long as the times that a tree stands for break a limit, that limit takes over flow from those
//! around its cycle. Bland's rule (lowest number in, lowest number out) keeps it from going round
//! in circles. Routes have tens of visits, so each step simply goes through the whole tree:
//! `O(visits + limits)`.
//!
//! Invariant: in a tree every node has a way to the clock, and flow on its edges only, never below
//! 0.

use crate::{
    TOLERANCE,
    oracle::{Bound, Edge},
};

/// Steps for each limit after which rounding must have got in the way; seen is less than one.
const STEPS: usize = 10;

struct Simplex {
    slack: f64,
    edges: Vec<Edge>,
    flow: Vec<f64>,
    tree: Vec<usize>,
    /// Tree edges per node, from the last walk.
    at: Vec<Vec<usize>>,
    /// Per node: when it would be.
    time: Vec<f64>,
    /// Per node: its edge towards the clock, and how many edges away that is.
    up: Vec<(usize, usize)>,
}

/// The limits with flow. `legs` are the costs of waiting before each visit and the end; the clock
/// is the last of the `nodes`. None if the limits contradict each other unless they give way more.
pub(super) fn tight(nodes: usize, edges: &[Edge], legs: &[f64], slack: f64) -> Option<Vec<Edge>> {
    if legs.iter().all(|&cost| cost == 0.0) {
        return Some(Vec::new());
    }
    let mut simplex = Simplex::without_waiting(nodes, edges, legs, slack);
    if !simplex.solve(STEPS * edges.len()) {
        return None;
    }
    let carried = simplex.edges.iter().zip(&simplex.flow).filter(|&(_, &flow)| flow > 0.0);
    Some(carried.map(|(edge, _)| *edge).collect())
}

impl Simplex {
    fn without_waiting(nodes: usize, edges: &[Edge], legs: &[f64], slack: f64) -> Self {
        let clock = nodes - 1;
        let mut edges = edges.to_vec();
        let mut flow = vec![0.0; edges.len() + 1];
        let mut tree = Vec::new();
        // The nodes that hang together with the start by ways.
        let mut hanging = clock;
        for (leg, &cost) in legs.iter().enumerate() {
            let to = leg + 1;
            let way = edges.iter().position(|edge| edge.to == to && is_way(edge));
            if let Some(way) = way {
                flow[way] = cost;
                tree.push(way);
            } else {
                // Both ends are known: the clock holds them.
                hanging = hanging.min(to);
                tree.extend(edges.iter().position(|edge| edge.from == clock && edge.to == to));
            }
        }
        let holds = |edge: &Edge| {
            (edge.from == clock && edge.to < hanging) || (edge.to == clock && edge.from < hanging)
        };
        let held = edges.iter().position(holds).unwrap_or(edges.len());
        tree.push(held);
        if held == edges.len() {
            // No limit to the clock at all: the times may float, so let them start at 0.
            let bound = Bound::ShiftBegins(0.0);
            edges.push(Edge { from: clock, to: 0, least: 0.0, is_upper: false, bound });
        }
        let at = vec![Vec::new(); nodes];
        Self { slack, edges, flow, tree, at, time: vec![0.0; nodes], up: vec![(0, 0); nodes] }
    }

    /// Whether it came to an end within the steps.
    fn solve(&mut self, steps: usize) -> bool {
        for _ in 0..steps {
            self.walk();
            match self.broken() {
                None => return true,
                Some(broken) if self.enter(broken) => {}
                Some(_) => return false,
            }
        }
        false
    }

    /// The times that the tree stands for: all its limits hold with equality.
    fn walk(&mut self) {
        self.at.iter_mut().for_each(Vec::clear);
        for &e in &self.tree {
            self.at[self.edges[e].from].push(e);
            self.at[self.edges[e].to].push(e);
        }
        let clock = self.at.len() - 1;
        self.up[clock] = (usize::MAX, 0);
        let mut reached = vec![clock];
        while let Some(node) = reached.pop() {
            for &e in &self.at[node] {
                if e == self.up[node].0 {
                    continue;
                }
                let edge = &self.edges[e];
                let (other, time) = if edge.from == node {
                    (edge.to, self.time[node] + edge.loosened(self.slack))
                } else {
                    (edge.from, self.time[node] - edge.loosened(self.slack))
                };
                self.time[other] = time;
                self.up[other] = (e, self.up[node].1 + 1);
                reached.push(other);
            }
        }
    }

    /// The first limit that those times break.
    fn broken(&self) -> Option<usize> {
        let by =
            |edge: &Edge| edge.loosened(self.slack) - (self.time[edge.to] - self.time[edge.from]);
        self.edges.iter().position(|edge| by(edge) > TOLERANCE / 2.0)
    }

    /// Moves flow onto a limit from its cycle; false if nothing there gives any.
    fn enter(&mut self, entering: usize) -> bool {
        let (mut gaining, mut losing) = (vec![entering], Vec::new());
        let (mut ahead, mut behind) = (self.edges[entering].to, self.edges[entering].from);
        while ahead != behind {
            let is_ahead = self.up[ahead].1 >= self.up[behind].1;
            let node = if is_ahead { &mut ahead } else { &mut behind };
            let e = self.up[*node].0;
            let edge = &self.edges[e];
            let leads_up = edge.from == *node;
            *node = if leads_up { edge.to } else { edge.from };
            if leads_up == is_ahead { gaining.push(e) } else { losing.push(e) }
        }
        let Some(&leaving) =
            losing.iter().min_by(|&&a, &&b| self.flow[a].total_cmp(&self.flow[b]).then(a.cmp(&b)))
        else {
            return false;
        };
        let amount = self.flow[leaving];
        for e in gaining {
            self.flow[e] += amount;
        }
        for e in losing {
            self.flow[e] = without_rounding(self.flow[e] - amount, amount);
        }
        self.tree.retain(|&e| e != leaving);
        self.tree.push(entering);
        true
    }
}

fn is_way(edge: &Edge) -> bool {
    matches!(edge.bound, Bound::Way { .. })
}

fn without_rounding(rest: f64, taken: f64) -> f64 {
    if rest < taken * 1e-9 { 0.0 } else { rest }
}

#[cfg(test)]
mod tests {
    use fastrand::Rng;

    use super::*;

    /// Limits around random times, so that those at least keep them all.
    fn random_limits(rng: &mut Rng, visits: usize) -> Vec<Edge> {
        let clock = visits + 2;
        let mut time = vec![f64::from(rng.u8(0..50))];
        for _ in 0..=visits {
            time.push(time[time.len() - 1] + f64::from(rng.u8(0..30)));
        }
        time.push(0.0);
        let limit = |from: usize, to: usize, slack: u8, is_upper: bool| {
            let bound = match to.checked_sub(from) {
                Some(1) if to != clock => Bound::Way { to: None, takes: 0.0 },
                _ => Bound::ShiftBegins(0.0),
            };
            Edge { from, to, least: time[to] - time[from] - f64::from(slack), is_upper, bound }
        };
        let mut edges: Vec<Edge> = (0..=visits)
            .map(|at| limit(at, at + 1, rng.u8(0..20).min((time[at + 1] - time[at]) as u8), false))
            .collect();
        for at in 1..=visits {
            match rng.u8(0..4) {
                0 => edges.push(limit(clock, at, rng.u8(0..20), false)),
                1 => edges.push(limit(at, clock, rng.u8(0..20), true)),
                2 => edges.push(limit(rng.usize(at + 1..=visits + 1), at, rng.u8(0..20), true)),
                _ => {}
            }
        }
        edges
    }

    #[test]
    fn the_flow_proves_that_no_times_are_cheaper() {
        for seed in 0..300 {
            let mut rng = Rng::with_seed(seed);
            let visits = rng.usize(2..60);
            let edges = random_limits(&mut rng, visits);
            let legs: Vec<f64> = (0..=visits).map(|_| f64::from(rng.u8(0..5)) * 0.1).collect();

            let mut simplex = Simplex::without_waiting(visits + 3, &edges, &legs, TOLERANCE);
            assert!(simplex.solve(edges.len()), "seed {seed} takes too long");

            let time = &simplex.time;
            let cost: f64 = (0..=visits).map(|at| legs[at] * (time[at + 1] - time[at])).sum();
            let proof: f64 = simplex
                .edges
                .iter()
                .zip(&simplex.flow)
                .map(|(edge, flow)| edge.loosened(TOLERANCE) * flow)
                .sum();
            assert!((cost - proof).abs() < 1e-6, "seed {seed}: {cost} is not {proof}");
            assert!(simplex.flow.iter().all(|&flow| flow >= 0.0));
            assert_eq!(simplex.broken(), None);
        }
    }
}
