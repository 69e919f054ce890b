//! Many-to-many: what each end climbs to is found once; where two of them meet is the way.
//!
//! What an end climbs to is a label (Abraham, Delling, Goldberg & Werneck, "A hub-based labeling
//! algorithm", SEA 2011, whose labels are pruned further). Labels of a few ends are merged pair by
//! pair; of many, every target leaves a note at each node of its label, and every source reads
//! them.

use super::{Climb, Hierarchy, Seed};
use crate::cost::Cost;

/// So few ends on one side are merged with each of the other.
const FEW: usize = 4;

/// The nodes that an end climbs to, by rank, ascending, and at what cost.
pub(crate) type Label = Vec<Seed>;

/// What a target notes at a node.
#[derive(Clone, Copy)]
struct Note {
    target: u32,
    cost: Cost,
}

impl Hierarchy {
    /// A search for [`labels`](Self::labels): its memory is that of all nodes.
    pub(crate) fn climb(&self) -> Climb {
        Climb::new(self.rank.len())
    }

    /// What a way climbs to from the seeds that it leaves by, and from those that it arrives by,
    /// backwards.
    pub(crate) fn labels(
        &self,
        climb: &mut Climb,
        leaving: &[Seed],
        arriving: &[Seed],
    ) -> [Label; 2] {
        let mut label = |edges, opposite, seeds: &[Seed]| {
            climb.climb(edges, opposite, &self.ranked(seeds));
            let mut label: Label =
                climb.settled().iter().map(|&node| (node, climb.cost(node))).collect();
            label.sort_unstable_by_key(|&(node, _)| node);
            label
        };
        [label(&self.out, &self.into, leaving), label(&self.into, &self.out, arriving)]
    }

    /// Gives `take` the cheapest costs from each source to all targets, source by source;
    /// [`Cost::FAR`] where there is no way.
    ///
    /// With few ends on one side `O(s · t)` merges of some hundred steps; else one pass over the
    /// notes that each source finds, with memory for the labels of all targets.
    pub(crate) fn many(
        &self,
        sources: &[&Label],
        targets: &[&Label],
        mut take: impl FnMut(usize, &[Cost]),
    ) {
        let mut row = vec![Cost::FAR; targets.len()];
        if sources.len().min(targets.len()) <= FEW {
            for (source, from) in sources.iter().enumerate() {
                for (cost, to) in row.iter_mut().zip(targets) {
                    *cost = meet(from, to);
                }
                take(source, &row);
            }
            return;
        }
        let (first, notes) = self.notes(targets);
        for (source, from) in sources.iter().enumerate() {
            row.fill(Cost::FAR);
            for &(node, so_far) in *from {
                let node = node as usize;
                for note in &notes[first[node] as usize..first[node + 1] as usize] {
                    let known = &mut row[note.target as usize];
                    *known = (*known).min(so_far.plus(note.cost));
                }
            }
            take(source, &row);
        }
    }

    /// The notes of all targets, by node.
    fn notes(&self, targets: &[&Label]) -> (Vec<u32>, Vec<Note>) {
        let mut found: Vec<_> = (0..)
            .zip(targets)
            .flat_map(|(target, label)| {
                label.iter().map(move |&(node, cost)| (node, Note { target, cost }))
            })
            .collect();
        let mut first = vec![0; self.rank.len() + 1];
        found.sort_by_key(|&(node, _)| node);
        for &(node, _) in &found {
            first[node as usize + 1] += 1;
        }
        for node in 0..self.rank.len() {
            first[node + 1] += first[node];
        }
        (first, found.into_iter().map(|(_, note)| note).collect())
    }
}

/// The cheapest sum at a node that both labels have.
fn meet(from: &Label, to: &Label) -> Cost {
    let mut best = Cost::FAR;
    let mut to = to.iter().peekable();
    for &(node, so_far) in from {
        while to.next_if(|&&(other, _)| other < node).is_some() {}
        if let Some(&&(other, rest)) = to.peek()
            && other == node
        {
            best = best.min(so_far.plus(rest));
        }
    }
    best
}
