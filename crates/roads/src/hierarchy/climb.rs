//! A search that only climbs.

use std::{cmp::Reverse, collections::BinaryHeap};

use super::{DIRECT, Seed, Upward};
use crate::cost::Cost;

/// A Dijkstra search over upward edges. Its memory is used again by the next search.
#[derive(Debug)]
pub(crate) struct Climb {
    cost: Vec<Cost>,
    parent: Vec<u32>,
    touched: Vec<u32>,
    settled: Vec<u32>,
    heap: BinaryHeap<Reverse<(Cost, u32)>>,
}

impl Climb {
    pub(crate) fn new(nodes: usize) -> Self {
        Self {
            cost: vec![Cost::FAR; nodes],
            parent: vec![DIRECT; nodes],
            touched: Vec::new(),
            settled: Vec::new(),
            heap: BinaryHeap::new(),
        }
    }

    /// Climbs as far as there is to climb from the seeds (given by rank).
    ///
    /// A node that is reached cheaper from above cannot be on a shortest way (stall on demand): it
    /// is neither settled nor climbed from.
    pub(super) fn climb(&mut self, edges: &Upward, opposite: &Upward, seeds: &[Seed]) {
        for node in self.touched.drain(..) {
            self.cost[node as usize] = Cost::FAR;
        }
        self.settled.clear();
        for &(node, cost) in seeds {
            self.reach(node, cost, DIRECT);
        }
        while let Some(Reverse((cost, node))) = self.heap.pop() {
            if cost > self.cost(node) {
                continue;
            }
            let above = opposite.of(node).iter();
            if above.map(|link| self.cost(link.node).plus(link.cost)).any(|c| c < cost) {
                continue;
            }
            self.settled.push(node);
            for link in edges.of(node) {
                self.reach(link.node, cost.plus(link.cost), node);
            }
        }
    }

    fn reach(&mut self, node: u32, cost: Cost, parent: u32) {
        let known = &mut self.cost[node as usize];
        if cost < *known {
            if *known == Cost::FAR {
                self.touched.push(node);
            }
            *known = cost;
            self.parent[node as usize] = parent;
            self.heap.push(Reverse((cost, node)));
        }
    }

    /// What it cost to come to a node, [`Cost::FAR`] if the search did not.
    pub(crate) fn cost(&self, node: u32) -> Cost {
        self.cost[node as usize]
    }

    /// The nodes that were settled, cheapest first.
    pub(crate) fn settled(&self) -> &[u32] {
        &self.settled
    }

    /// The nodes from `top` back to its seed.
    pub(super) fn trace(&self, top: u32) -> Vec<u32> {
        let parent = |&node: &u32| Some(self.parent[node as usize]).filter(|&p| p != DIRECT);
        std::iter::successors(Some(top), parent).collect()
    }
}
