//! The reference of the property tests: Dijkstra, without hierarchy and buckets.

use std::{cmp::Reverse, collections::BinaryHeap};

use super::Roads;
use crate::{Snapped, cost::Cost};

impl Roads {
    /// The cost from place to place over arcs and turns.
    pub(crate) fn plainly(&self, from: Snapped, to: Snapped) -> Cost {
        let mut best = vec![Cost::FAR; self.turns.arcs()];
        let mut heap: BinaryHeap<_> =
            self.leaving(from).into_iter().map(|(arc, cost)| Reverse((cost, arc))).collect();
        while let Some(Reverse((cost, arc))) = heap.pop() {
            if cost < best[arc as usize] {
                best[arc as usize] = cost;
                let next = self.turns.after(arc).iter();
                heap.extend(next.map(|&(next, more)| Reverse((cost.plus(more), next))));
            }
        }
        let round = self.on_arcs(to).filter(|&(arc, _)| best[arc as usize] != Cost::FAR);
        let round = round.map(|(arc, share)| best[arc as usize].minus(self.rest(arc, share)));
        round.chain(self.straight(from, to).map(|(cost, _)| cost)).min().unwrap()
    }
}
