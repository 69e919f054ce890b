//! Building a hierarchy: which node goes next, and which shortcuts its going needs.
//!
//! The order is RoutingKit's: a node's depth in the hierarchy so far, plus the shortcuts its going
//! adds for each edge it removes. Priorities are taken anew when a node's turn has come, not when
//! its neighbours go: that halves the time and makes no more shortcuts. Witness searches are cut
//! short: a witness that is not found only costs a needless shortcut.

use std::{cmp::Reverse, collections::BinaryHeap};

use super::{DIRECT, Hierarchy, Link, Upward};
use crate::{cost::Cost, network::Turns};

/// Nodes a witness search settles at most when it only estimates, and when it counts.
const ESTIMATE: usize = 20;
const DECIDE: usize = 50;

/// Contracts every node of the graph.
pub(super) fn contract(turns: &Turns) -> Hierarchy {
    let mut rest = Rest::of(turns);
    let nodes = rest.out.len();
    let mut heap: BinaryHeap<_> =
        (0..nodes as u32).map(|node| Reverse((rest.priority(node), node))).collect();
    let mut rank = vec![0; nodes];
    let mut order = Vec::with_capacity(nodes);
    let mut climbs = Vec::with_capacity(nodes);
    while let Some(Reverse((_, node))) = heap.pop() {
        let now = Reverse((rest.priority(node), node));
        if heap.peek().is_some_and(|next| *next > now) {
            heap.push(now);
            continue;
        }
        rank[node as usize] = order.len() as u32;
        order.push(node);
        climbs.push(rest.take(node));
    }
    let (outs, intos): (Vec<_>, Vec<_>) = climbs.into_iter().unzip();
    Hierarchy { out: upward(outs, &rank), into: upward(intos, &rank), rank, node: order }
}

fn upward(by_rank: Vec<Vec<Link>>, rank: &[u32]) -> Upward {
    let mut upward = Upward { first: vec![0], links: Vec::new() };
    for links in by_rank {
        upward.links.extend(links.into_iter().map(|link| Link {
            node: rank[link.node as usize],
            via: if link.via == DIRECT { DIRECT } else { rank[link.via as usize] },
            ..link
        }));
        upward.first.push(upward.links.len() as u32);
    }
    upward
}

/// What is not yet contracted.
struct Rest {
    out: Vec<Vec<Link>>,
    into: Vec<Vec<Link>>,
    depth: Vec<u32>,
    witness: Witness,
}

impl Rest {
    fn of(turns: &Turns) -> Self {
        let nodes = turns.arcs();
        let mut rest = Self {
            out: vec![Vec::new(); nodes],
            into: vec![Vec::new(); nodes],
            depth: vec![0; nodes],
            witness: Witness::new(nodes),
        };
        for from in 0..nodes as u32 {
            for &(to, cost) in turns.after(from) {
                rest.join(from, to, DIRECT, cost);
            }
        }
        rest
    }

    /// Joins two nodes by an edge, unless a cheaper one does already.
    fn join(&mut self, from: u32, to: u32, via: u32, cost: Cost) {
        if from == to {
            return; // a loop is on no shortest way
        }
        put(&mut self.out[from as usize], Link { node: to, via, cost });
        put(&mut self.into[to as usize], Link { node: from, via, cost });
    }

    /// How unimportant a node is: the smallest goes first.
    fn priority(&mut self, node: u32) -> u64 {
        let removed = self.out[node as usize].len() + self.into[node as usize].len();
        let added = self.shortcuts(node, ESTIMATE).len();
        let quotient = (1000 * added / removed.max(1)) as u64;
        1000 * u64::from(self.depth[node as usize]) + quotient
    }

    /// The shortcuts that are needed once a node is gone.
    fn shortcuts(&mut self, node: u32, settle: usize) -> Vec<(u32, u32, Cost)> {
        let mut needed = Vec::new();
        for arrive in &self.into[node as usize] {
            let leaves = self.out[node as usize].iter().filter(|l| l.node != arrive.node);
            let Some(worst) = leaves.clone().map(|l| arrive.cost.plus(l.cost)).max() else {
                continue;
            };
            self.witness.search(&self.out, arrive.node, node, worst, settle);
            for leave in leaves {
                let cost = arrive.cost.plus(leave.cost);
                if self.witness.cost[leave.node as usize] > cost {
                    needed.push((arrive.node, leave.node, cost));
                }
            }
        }
        needed
    }

    /// Contracts a node and gives the edges it leaves, all of them to nodes that go later.
    fn take(&mut self, node: u32) -> (Vec<Link>, Vec<Link>) {
        for (from, to, cost) in self.shortcuts(node, DECIDE) {
            self.join(from, to, node, cost);
        }
        let out = std::mem::take(&mut self.out[node as usize]);
        let into = std::mem::take(&mut self.into[node as usize]);
        let depth = self.depth[node as usize] + 1;
        for link in out.iter().chain(&into) {
            let deeper = &mut self.depth[link.node as usize];
            *deeper = depth.max(*deeper);
        }
        for link in &out {
            self.into[link.node as usize].retain(|back| back.node != node);
        }
        for link in &into {
            self.out[link.node as usize].retain(|back| back.node != node);
        }
        (out, into)
    }
}

fn put(links: &mut Vec<Link>, link: Link) {
    match links.iter_mut().find(|known| known.node == link.node) {
        Some(known) if known.cost <= link.cost => {}
        Some(known) => *known = link,
        None => links.push(link),
    }
}

/// Searches for ways round a node.
struct Witness {
    cost: Vec<Cost>,
    touched: Vec<u32>,
    heap: BinaryHeap<Reverse<(Cost, u32)>>,
}

impl Witness {
    fn new(nodes: usize) -> Self {
        Self { cost: vec![Cost::FAR; nodes], touched: Vec::new(), heap: BinaryHeap::new() }
    }

    /// Dijkstra from a node without `avoid`, up to a cost and a number of settled nodes. What
    /// `cost` holds afterwards are upper bounds.
    fn search(&mut self, out: &[Vec<Link>], from: u32, avoid: u32, worst: Cost, settle: usize) {
        for node in self.touched.drain(..) {
            self.cost[node as usize] = Cost::FAR;
        }
        self.heap.clear();
        self.reach(from, Cost::ZERO);
        let mut settled = 0;
        while let Some(Reverse((cost, node))) = self.heap.pop() {
            if cost > worst || settled == settle {
                break;
            }
            if cost > self.cost[node as usize] {
                continue;
            }
            settled += 1;
            for link in out[node as usize].iter().filter(|link| link.node != avoid) {
                self.reach(link.node, cost.plus(link.cost));
            }
        }
    }

    fn reach(&mut self, node: u32, cost: Cost) {
        let known = &mut self.cost[node as usize];
        if cost < *known {
            if *known == Cost::FAR {
                self.touched.push(node);
            }
            *known = cost;
            self.heap.push(Reverse((cost, node)));
        }
    }
}
