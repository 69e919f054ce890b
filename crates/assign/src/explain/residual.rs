//! Shortest paths in the residual network of a proved answer: what else would move, and the price.
//!
//! Nodes are needs, people, and one sink that everybody's needs and all open places flow to. An
//! arc is one change that the answer leaves possible: a need goes to somebody, somebody gives one
//! up, a place is left open or filled, somebody takes one more or one less. With the answer's
//! prices no arc is negative, so Dijkstra's method finds the cheapest chain of changes.

use std::{
    cmp::Reverse,
    collections::{BinaryHeap, HashMap},
};

use super::{Explainer, Move};
use crate::{
    answer::Duals,
    problem::{Cost, NeedIx, PersonIx},
};

/// A node of the residual network.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) enum Node {
    Need(NeedIx),
    Person(PersonIx),
    Sink,
}

/// A cheapest chain of changes.
pub(super) struct Chain {
    pub(super) cost: i128,
    /// From the first node to the last.
    nodes: Vec<Node>,
}

impl Chain {
    /// What moves if the chain is closed to a ring, from `need` on.
    pub(super) fn moves(&self, need: NeedIx) -> Vec<Move> {
        let count = self.nodes.len();
        let person = |at: usize| match self.nodes[at % count] {
            Node::Person(person) => Some(person),
            Node::Need(_) | Node::Sink => None,
        };
        let places = self.nodes.iter().enumerate().filter_map(|(at, node)| match node {
            Node::Need(need) => {
                Some(Move { need: *need, from: person(at + count - 1), to: person(at + 1) })
            }
            Node::Person(_) | Node::Sink => None,
        });
        let mut moves: Vec<Move> = places.collect();
        let first = moves.iter().position(|one| one.need == need).unwrap_or(0);
        moves.rotate_left(first);
        moves
    }
}

/// What a search found.
pub(super) enum Found {
    Chain(Chain),
    /// No chain leads there: what is pinned is in the way.
    Nothing,
    /// The prices do not prove this answer.
    Unproved,
}

impl Explainer<'_> {
    /// The cheapest chain between two nodes. `O(arcs log arcs)`, the nearest first.
    pub(super) fn cheapest(&self, prices: &Duals, from: Node, to: Node) -> Found {
        let height = |node: Node| match node {
            Node::Need(need) => -i128::from(prices.needs[need as usize]),
            Node::Person(person) => i128::from(prices.people[person as usize]),
            Node::Sink => 0,
        };
        let mut best: HashMap<Node, (i128, Node)> = HashMap::from([(from, (0, from))]);
        let mut open = BinaryHeap::from([Reverse((0i128, from))]);
        while let Some(Reverse((way, node))) = open.pop() {
            if node == to {
                let cost = way - height(from) + height(to);
                return Found::Chain(Chain { cost, nodes: trace(&best, from, to) });
            }
            if best[&node].0 < way {
                continue;
            }
            let mut negative = false;
            self.arcs(node, |next, cost| {
                let reduced = i128::from(cost) + height(node) - height(next);
                negative |= reduced < 0;
                let known = best.entry(next).or_insert((i128::MAX, node));
                if way + reduced < known.0 {
                    *known = (way + reduced, node);
                    open.push(Reverse((way + reduced, next)));
                }
            });
            if negative {
                return Found::Unproved;
            }
        }
        Found::Nothing
    }

    /// The arcs out of a node, each with its cost.
    fn arcs(&self, node: Node, mut arc: impl FnMut(Node, Cost)) {
        match node {
            Node::Need(need) => {
                for edge in self.problem.edges_of(need) {
                    if !self.has(need, edge.person) {
                        arc(Node::Person(edge.person), edge.cost);
                    }
                }
                arc(Node::Sink, self.problem.needs()[need as usize].open_cost);
            }
            Node::Person(person) => {
                let Movable { needs, taken, .. } = self.movable(person);
                for need in needs {
                    if let Some(edge) = self.problem.edge(need, person) {
                        arc(Node::Need(need), -edge.cost);
                    }
                }
                if taken < self.problem.people()[person as usize].capacity {
                    arc(Node::Sink, self.step(taken));
                }
            }
            Node::Sink => {
                for (need, _) in self.open.iter().enumerate().filter(|(_, open)| **open > 0) {
                    let open_cost = self.problem.needs()[need].open_cost;
                    arc(Node::Need(need as NeedIx), -open_cost);
                }
                for person in 0..self.theirs.len() as PersonIx {
                    let Movable { needs, taken, .. } = self.movable(person);
                    if needs.count() > 0 {
                        arc(Node::Person(person), -self.step(taken - 1));
                    }
                }
            }
        }
    }

    fn movable(&self, person: PersonIx) -> Movable<impl Iterator<Item = NeedIx> + use<'_>> {
        let pinned = &self.problem.people()[person as usize].pinned;
        let theirs = &self.theirs[person as usize];
        let needs = theirs.iter().copied().filter(|need| !pinned.contains(need));
        Movable { needs, taken: theirs.len() as u32 }
    }

    /// What fairness adds for one need after `taken`.
    fn step(&self, taken: u32) -> Cost {
        self.problem.fairness_cost(taken + 1, 0) - self.problem.fairness_cost(taken, 0)
    }
}

/// What a person could give up, and how much they take in all.
struct Movable<I> {
    needs: I,
    taken: u32,
}

fn trace(best: &HashMap<Node, (i128, Node)>, from: Node, to: Node) -> Vec<Node> {
    let mut nodes = vec![to];
    let mut node = to;
    while node != from {
        node = best[&node].1;
        nodes.push(node);
    }
    nodes.reverse();
    nodes
}
