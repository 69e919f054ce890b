//! Contraction hierarchies: preprocessing that makes shortest ways a matter of microseconds.
//!
//! Geisberger, Sanders, Schultes & Vetter, "Exact routing in large road networks using contraction
//! hierarchies", *Transportation Science* 46(3), 2012. Nodes are contracted one by one, the
//! unimportant first; a shortcut replaces each shortest way through a contracted node. A search
//! then only climbs. Many-to-many by buckets after Knopp, Sanders, Schultes, Schulz & Wagner
//! (ALENEX 2007).
//!
//! Own code, not the `fast_paths` crate: that one has no many-to-many, hides the arrays which
//! buckets need, and weighs by one number where we carry seconds and metres along.
//!
//! Invariant: for any two nodes some shortest way climbs from the one and from the other to a
//! common node. Nodes are numbered by rank, so that climbing is going to larger numbers.

mod climb;
mod contract;
mod many;

use serde::{Deserialize, Serialize};

use crate::{cost::Cost, network::Turns};

pub(crate) use climb::Climb;
pub(crate) use many::Label;

/// Where a search starts (or, searched backwards, ends), and at what cost.
pub(crate) type Seed = (u32, Cost);

/// Upward edges in one direction, by node.
#[derive(Debug, Default, Deserialize, Serialize)]
struct Upward {
    first: Vec<u32>,
    links: Vec<Link>,
}

/// An edge to a more important node.
#[derive(Clone, Copy, Debug, Deserialize, Serialize)]
struct Link {
    node: u32,
    /// The node a shortcut leads through, or [`DIRECT`].
    via: u32,
    cost: Cost,
}

/// Marks an edge that is no shortcut.
const DIRECT: u32 = u32::MAX;

impl Upward {
    fn of(&self, node: u32) -> &[Link] {
        let node = node as usize;
        &self.links[self.first[node] as usize..self.first[node + 1] as usize]
    }
}

/// A graph that is ready to be asked.
#[derive(Debug, Deserialize, Serialize)]
pub(crate) struct Hierarchy {
    /// By the caller's number of a node: its rank.
    rank: Vec<u32>,
    /// By rank: the caller's number.
    node: Vec<u32>,
    /// Edges that leave a node.
    out: Upward,
    /// Edges that arrive at a node.
    into: Upward,
}

impl Hierarchy {
    /// Prepares the graph whose nodes are arcs and whose edges are turns.
    pub(crate) fn build(turns: &Turns) -> Self {
        contract::contract(turns)
    }

    /// The cheapest way from any of `from` to any of `to`, seeds' costs included, as the arcs
    /// driven; the first is one of `from`, the last one of `to`.
    pub(crate) fn way(&self, from: &[Seed], to: &[Seed]) -> Option<(Cost, Vec<u32>)> {
        let mut up = Climb::new(self.rank.len());
        let mut down = Climb::new(self.rank.len());
        up.climb(&self.out, &self.into, &self.ranked(from));
        down.climb(&self.into, &self.out, &self.ranked(to));
        let meet = |&node: &u32| (up.cost(node).plus(down.cost(node)), node);
        let (cost, top) = up.settled().iter().map(meet).min()?;
        if cost.is_far() {
            return None;
        }
        let mut climbed = up.trace(top);
        climbed.reverse();
        climbed.extend(down.trace(top).into_iter().skip(1));
        Some((cost, self.unpack(&climbed)))
    }

    fn ranked(&self, seeds: &[Seed]) -> Vec<Seed> {
        seeds.iter().map(|&(node, cost)| (self.rank[node as usize], cost)).collect()
    }

    /// Replaces shortcuts by what they stand for, and ranks by the caller's numbers.
    fn unpack(&self, ranks: &[u32]) -> Vec<u32> {
        let Some(&start) = ranks.first() else { return Vec::new() };
        let mut way = vec![self.node[start as usize]];
        let mut todo: Vec<_> = ranks.windows(2).rev().map(|pair| (pair[0], pair[1])).collect();
        while let Some((from, to)) = todo.pop() {
            match self.via(from, to) {
                DIRECT => way.push(self.node[to as usize]),
                via => todo.extend([(via, to), (from, via)]),
            }
        }
        way
    }

    /// The node that the edge between two nodes leads through.
    fn via(&self, from: u32, to: u32) -> u32 {
        let (side, low, high) =
            if from < to { (&self.out, from, to) } else { (&self.into, to, from) };
        side.of(low).iter().find(|link| link.node == high).map_or(DIRECT, |link| link.via)
    }
}
