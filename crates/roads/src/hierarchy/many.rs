//! Many-to-many: every target leaves a note at each node it climbs to; every source reads them.

use super::{Climb, Hierarchy, Seed};
use crate::cost::Cost;

/// What a target notes at a node.
#[derive(Clone, Copy)]
struct Note {
    target: u32,
    cost: Cost,
}

impl Hierarchy {
    /// Gives `take` the cheapest costs from each source to all targets, source by source;
    /// [`Cost::FAR`] where there is no way. A source or a target is a set of seeds.
    ///
    /// `O(s + t)` climbs and one pass over the notes each source finds; memory for a note at each
    /// node that a target climbs to (some hundred a target).
    pub(crate) fn many(
        &self,
        sources: &[Vec<Seed>],
        targets: &[Vec<Seed>],
        mut take: impl FnMut(usize, &[Cost]),
    ) {
        let mut climb = Climb::new(self.rank.len());
        let (first, notes) = self.notes(&mut climb, targets);
        let mut row = vec![Cost::FAR; targets.len()];
        for (source, seeds) in sources.iter().enumerate() {
            row.fill(Cost::FAR);
            climb.climb(&self.out, &self.into, &self.ranked(seeds));
            for &node in climb.settled() {
                let so_far = climb.cost(node);
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
    fn notes(&self, climb: &mut Climb, targets: &[Vec<Seed>]) -> (Vec<u32>, Vec<Note>) {
        let mut found = Vec::new();
        for (target, seeds) in (0..).zip(targets) {
            climb.climb(&self.into, &self.out, &self.ranked(seeds));
            let note = |&node: &u32| (node, Note { target, cost: climb.cost(node) });
            found.extend(climb.settled().iter().map(note));
        }
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
