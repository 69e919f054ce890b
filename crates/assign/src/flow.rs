//! The polynomial case: whom to give what, when windows and loads do not matter.
//!
//! Heads, capacities, prices of open places, pinned pairs and [`Fairness::Needs`] make a sparse
//! transportation problem with convex costs; it is solved exactly, with prices in whole numbers
//! that prove it. People of all rounds are taken together. Windows, loads and [`Fairness::Load`]
//! are not looked at: where they matter ([`is_polynomial`] says) the answer is a relaxation and
//! its bound still holds.

use dugnad_budget::Budget;

use crate::{
    answer::Duals,
    network::{Link, NeedNode, Network, PersonNode, Use},
    problem::{Cost, Fairness, NeedIx, PersonIx, Problem},
};

mod polynomial;

#[cfg(test)]
mod tests;

pub(crate) use polynomial::{Ways, is_free, is_polynomial};

/// An answer to the polynomial part of a problem.
#[derive(Clone, Debug)]
pub(crate) struct Flow {
    /// By need, then person; the pinned ones among them.
    pub(crate) pairs: Vec<(NeedIx, PersonIx)>,
    /// Edges, steps of fairness and open places together.
    pub(crate) cost: Cost,
    /// No assignment costs less; equal to `cost` unless the budget ended it.
    pub(crate) bound: Cost,
    pub(crate) open_places: u64,
    pub(crate) duals: Duals,
}

/// From nothing to the optimum, or as far as the budget lets it come.
pub(crate) fn solve(problem: &Problem, budget: &dyn Budget) -> Flow {
    let mut relaxation = Relaxation::new(problem);
    relaxation.improve(budget);
    relaxation.flow()
}

/// A problem's network, kept to be solved again at other costs from the prices it has.
pub(crate) struct Relaxation<'a> {
    problem: &'a Problem,
    network: Network,
    /// Which edges are pinned, ascending; they are no links.
    pinned: Vec<usize>,
    pinned_cost: i128,
}

impl<'a> Relaxation<'a> {
    /// `O(edges)`.
    pub(crate) fn new(problem: &'a Problem) -> Self {
        let pinned = pinned_edges(problem);
        let network = network(problem, &pinned);
        let edges = problem.edges();
        let pinned_cost = pinned.iter().map(|&e| i128::from(edges[e].cost)).sum();
        Self { problem, network, pinned, pinned_cost }
    }

    /// Solves with `costs[e]` in place of the cost of edge `e`, from the prices of the last time.
    ///
    /// Costs are within four times `MAX_COST`, up or down.
    #[allow(dead_code, reason = "for bounds of hard problems; so far only tests call it")]
    pub(crate) fn solve_with(&mut self, costs: &[Cost], budget: &dyn Budget) -> Flow {
        self.pinned_cost = self.pinned.iter().map(|&e| i128::from(costs[e])).sum();
        let mut pinned = self.pinned.iter().copied().peekable();
        for (need, bounds) in self.problem.starts().windows(2).enumerate() {
            let need = need as NeedIx;
            let links = (bounds[0] as usize..bounds[1] as usize)
                .filter(|&e| pinned.next_if_eq(&e).is_none());
            for (at, e) in links.enumerate() {
                self.network.set_cost(need, at as u32, costs[e]);
            }
            self.network.restore(need);
        }
        self.improve(budget);
        self.flow()
    }

    pub(crate) fn improve(&mut self, budget: &dyn Budget) {
        self.network.solve(&mut |work| !budget.spent(work));
    }

    pub(crate) fn flow(&self) -> Flow {
        let problem = self.problem;
        let mut pairs: Vec<(NeedIx, PersonIx)> =
            self.network.pairs().map(|(need, link)| (need, link.person)).collect();
        let edges = problem.edges();
        let pinned = self.pinned.iter().map(|&e| (edges[e].need, edges[e].person));
        pairs.extend(pinned);
        pairs.sort_unstable();
        let cost = self.pinned_cost + self.network.cost;
        let bound = self.pinned_cost + self.network.bound();
        Flow {
            pairs,
            cost: to_cost(cost),
            bound: to_cost(bound),
            open_places: self.network.open_places(),
            duals: self.network.duals(),
        }
    }
}

/// Sums of an answer fit, by the problem's own check; of a bound cut short, nearly always.
pub(crate) fn to_cost(sum: i128) -> Cost {
    Cost::try_from(sum).unwrap_or(if sum < 0 { Cost::MIN } else { Cost::MAX })
}

/// What each further need of one person costs extra, as far as this module looks at it.
fn steps(problem: &Problem) -> Vec<Cost> {
    match problem.fairness() {
        Some(Fairness::Needs(steps)) => steps.clone(),
        Some(Fairness::Load { .. }) | None => Vec::new(),
    }
}

/// The network of a problem without what is pinned, which takes up heads and room.
pub(crate) fn network(problem: &Problem, pinned: &[usize]) -> Network {
    let mut needs: Vec<NeedNode> =
        problem.needs().iter().map(|need| NeedNode::new(need.heads, need.open_cost)).collect();
    for &e in pinned {
        needs[problem.edges()[e].need as usize].heads -= 1;
    }
    let people = problem.people().iter().map(|person| {
        let pinned = person.pinned.len() as u32;
        PersonNode { price: 0, room: person.capacity - pinned, pinned }
    });
    let (links, starts) = links(problem, pinned);
    Network::new(needs, people.collect(), links, &starts, steps(problem))
}

/// The places of all pinned edges, ascending.
pub(crate) fn pinned_edges(problem: &Problem) -> Vec<usize> {
    let mut pinned = Vec::new();
    for (p, person) in problem.people().iter().enumerate() {
        for &need in &person.pinned {
            let start = problem.starts()[need as usize] as usize;
            let at = problem.edges_of(need).partition_point(|edge| (edge.person as usize) < p);
            pinned.push(start + at);
        }
    }
    pinned.sort_unstable();
    pinned
}

/// All edges but those pinned.
fn links(problem: &Problem, pinned: &[usize]) -> (Vec<Link>, Vec<u32>) {
    let mut starts = problem.starts().to_vec();
    let mut left_out = pinned.iter().copied().peekable();
    let mut links = Vec::with_capacity(problem.edges().len() - pinned.len());
    for (e, edge) in problem.edges().iter().enumerate() {
        if left_out.next_if_eq(&e).is_none() {
            links.push(Link { cost: edge.cost, person: edge.person, used: Use::Unused });
        }
    }
    if !pinned.is_empty() {
        for start in &mut starts {
            *start -= pinned.partition_point(|&e| e < *start as usize) as u32;
        }
    }
    (links, starts)
}
