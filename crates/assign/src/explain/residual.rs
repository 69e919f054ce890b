//! Shortest paths in the residual network of a proved answer: what else would move, and the price.
//!
//! Nodes are needs, people, and one sink that everybody's needs and all open places flow to. An
//! arc is one change that the answer leaves possible: a need goes to somebody, somebody gives one
//! up, a place is left open or filled, somebody takes one more or one less. With the answer's
//! prices no arc is negative, so Dijkstra's method finds the cheapest chain of changes.

use std::{cmp::Reverse, collections::BinaryHeap};

use super::{Explainer, Move};
use crate::{
    answer::Duals,
    problem::{Cost, NeedIx, PersonIx},
};

/// A node of the residual network.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Node {
    Need(NeedIx),
    Person(PersonIx),
    Sink,
}

/// A cheapest chain of changes.
pub(super) struct Chain {
    pub(super) cost: Cost,
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
            Node::Need(need) => -prices.needs[need as usize],
            Node::Person(person) => prices.people[person as usize],
            Node::Sink => 0,
        };
        let [from_at, to_at] = [from, to].map(|node| self.at(node));
        let ends = self.ends(to);
        let mut ways = vec![Cost::MAX; self.at(Node::Sink) + 1];
        let mut before = vec![from; ways.len()];
        ways[from_at] = 0;
        let mut open = BinaryHeap::from([Reverse((0, from_at))]);
        let mut proved = true;
        while let Some(Reverse((way, at))) = open.pop() {
            if way >= ways[to_at] || !proved {
                break;
            }
            if ways[at] < way {
                continue;
            }
            let (node, here) = (self.node(at), way.saturating_add(height(self.node(at))));
            self.arcs(node, |next, cost| {
                let next_way = here.saturating_add(cost).saturating_sub(height(next));
                proved &= next_way >= way;
                // What is no nearer than the end is no way there.
                let next_at = self.at(next);
                if next_way >= ways[next_at].min(ways[to_at]) {
                    return;
                }
                (ways[next_at], before[next_at]) = (next_way, node);
                open.push(Reverse((next_way, next_at)));
                // Many ways are equally long: see at once whether the end is one step further.
                if let Ok(last) = ends.binary_search_by_key(&next_at, |end| end.0) {
                    let end = next_way.saturating_add(height(next)).saturating_add(ends[last].1);
                    let end_way = end.saturating_sub(height(to));
                    proved &= end_way >= next_way;
                    if end_way < ways[to_at] {
                        (ways[to_at], before[to_at]) = (end_way, next);
                    }
                }
            });
        }
        match ways[to_at] {
            _ if !proved => Found::Unproved,
            Cost::MAX => Found::Nothing,
            way => {
                let mut nodes = vec![to];
                let mut node = to;
                while node != from {
                    node = before[self.at(node)];
                    nodes.push(node);
                }
                nodes.reverse();
                Found::Chain(Chain { cost: way - height(from) + height(to), nodes })
            }
        }
    }

    /// Nodes with an arc to the end, as rows, and what it costs; those that are quick to tell.
    fn ends(&self, to: Node) -> Vec<(usize, Cost)> {
        let mut ends = Vec::new();
        if let Node::Need(need) = to {
            let movable =
                self.holders(need).filter(|holder| self.movable(*holder).any(|n| n == need));
            let edges = movable.filter_map(|holder| self.problem.edge(need, holder));
            ends.extend(edges.map(|edge| (self.at(Node::Person(edge.person)), -edge.cost)));
        }
        ends.extend(self.out_of_sink(to).map(|cost| (self.at(Node::Sink), cost)));
        ends
    }

    /// What it costs to fill an open place, or to have a person take one less.
    fn out_of_sink(&self, to: Node) -> Option<Cost> {
        match to {
            Node::Need(need) => {
                let open_cost = self.problem.needs()[need as usize].open_cost;
                (self.open[need as usize] > 0).then_some(-open_cost)
            }
            Node::Person(person) => {
                let taken = self.theirs[person as usize].len() as u32;
                self.movable(person).next().map(|_| -self.step(taken - 1))
            }
            Node::Sink => None,
        }
    }

    /// Nodes in a row: needs, people, the sink.
    fn at(&self, node: Node) -> usize {
        match node {
            Node::Need(need) => need as usize,
            Node::Person(person) => self.open.len() + person as usize,
            Node::Sink => self.open.len() + self.theirs.len(),
        }
    }

    fn node(&self, at: usize) -> Node {
        match at.checked_sub(self.open.len()) {
            None => Node::Need(at as NeedIx),
            Some(person) if person < self.theirs.len() => Node::Person(person as PersonIx),
            Some(_) => Node::Sink,
        }
    }

    /// The arcs out of a node, each with its cost.
    fn arcs(&self, node: Node, mut arc: impl FnMut(Node, Cost)) {
        match node {
            Node::Need(need) => {
                let mut holders = self.holders(need).peekable();
                for edge in self.problem.edges_of(need) {
                    if holders.next_if_eq(&edge.person).is_none() {
                        arc(Node::Person(edge.person), edge.cost);
                    }
                }
                arc(Node::Sink, self.problem.needs()[need as usize].open_cost);
            }
            Node::Person(person) => {
                for need in self.movable(person) {
                    if let Some(edge) = self.problem.edge(need, person) {
                        arc(Node::Need(need), -edge.cost);
                    }
                }
                let taken = self.theirs[person as usize].len() as u32;
                if taken < self.problem.people()[person as usize].capacity {
                    arc(Node::Sink, self.step(taken));
                }
            }
            Node::Sink => {
                let needs = (0..self.open.len()).map(|need| Node::Need(need as NeedIx));
                let people = (0..self.theirs.len()).map(|person| Node::Person(person as PersonIx));
                for node in needs.chain(people) {
                    if let Some(cost) = self.out_of_sink(node) {
                        arc(node, cost);
                    }
                }
            }
        }
    }

    /// The needs that a person could give up.
    fn movable(&self, person: PersonIx) -> impl Iterator<Item = NeedIx> + use<'_> {
        let pinned = &self.problem.people()[person as usize].pinned;
        self.theirs[person as usize].iter().copied().filter(|need| !pinned.contains(need))
    }

    /// What fairness adds for one need after `taken`.
    fn step(&self, taken: u32) -> Cost {
        self.problem.fairness_cost(taken + 1, 0) - self.problem.fairness_cost(taken, 0)
    }
}
