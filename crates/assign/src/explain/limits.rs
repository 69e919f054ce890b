//! What keeps a person from a need while everybody else stays where they are.

use super::{Explainer, Limit, Relaxation, Terms};
use crate::problem::{Edge, NeedIx};

impl Explainer<'_> {
    /// For a need with a place left open: who could take it if what gave way, the fewest limits
    /// first, then the cheapest, then by person. All other assignments stay. With `k` open places
    /// the first `k` fill them. Empty if no place is open. `O(degree log degree)`.
    #[must_use]
    pub fn fill(&self, need: NeedIx) -> Vec<Relaxation> {
        if self.open.get(need as usize).is_none_or(|open| *open == 0) {
            return Vec::new();
        }
        let from = self.barred.partition_point(|pair| pair.need < need);
        let barred = self.barred[from..].iter().take_while(|pair| pair.need == need);
        let barred = barred
            .filter(|pair| (pair.person as usize) < self.theirs.len())
            .filter(|pair| self.problem.edge(need, pair.person).is_none())
            .map(|pair| {
                let edge = Edge { need, person: pair.person, cost: pair.cost, load: pair.load };
                (edge, pair.rules.clone())
            });
        let edges = self.problem.edges_of(need).iter();
        let edges = edges.filter(|edge| !self.has(need, edge.person));
        let mut relaxations: Vec<Relaxation> = edges
            .map(|edge| (*edge, Vec::new()))
            .chain(barred)
            .map(|(edge, rules)| {
                let rules = rules.into_iter().map(|rule| Limit::Rule { rule });
                let limits = rules.chain(self.limits(&edge, false)).collect();
                Relaxation { person: edge.person, need, limits, terms: self.terms(&edge) }
            })
            .collect();
        relaxations.sort_by_key(|relaxation| {
            let Terms { edge, fairness } = relaxation.terms;
            (relaxation.limits.len(), edge.saturating_add(fairness), relaxation.person)
        });
        // Two bars of one pair say it twice; the smaller stands first.
        let mut seen = std::collections::HashSet::new();
        relaxations.retain(|relaxation| seen.insert(relaxation.person));
        relaxations
    }

    /// What keeps an unassigned pair apart; `full` asks the need's places, too.
    pub(super) fn limits(&self, edge: &Edge, full: bool) -> Vec<Limit> {
        let person = &self.problem.people()[edge.person as usize];
        let need = &self.problem.needs()[edge.need as usize];
        let theirs = &self.theirs[edge.person as usize];
        let is_full = self.open[edge.need as usize] == 0;
        let mut limits = Vec::new();
        if full && is_full {
            let by = self.holders(edge.need).collect();
            limits.push(Limit::Full { by });
        }
        if theirs.len() >= person.capacity as usize {
            limits.push(Limit::Capacity { by: theirs.clone() });
        }
        let clashes = theirs.iter().filter(|other| self.problem.clash(edge.need, **other));
        limits.extend(clashes.map(|&with| Limit::Clash { with }));
        let has = self.load(edge.person, edge.need);
        if let Some(max) = person.max_load.filter(|max| has + u64::from(edge.load) > *max) {
            limits.push(Limit::Load { has, adds: edge.load, max });
        }
        let Terms { edge: cost, fairness } = self.terms(edge);
        let over = cost.saturating_add(fairness).saturating_sub(need.open_cost);
        if over > 0 && !is_full {
            limits.push(Limit::Price { over });
        }
        limits
    }

    /// What the pair costs beside the person's other needs.
    pub(super) fn terms(&self, edge: &Edge) -> Terms {
        let others = self.theirs[edge.person as usize].iter();
        let others = others.filter(|other| **other != edge.need).count() as u32;
        let load = self.load(edge.person, edge.need);
        let climbed = |needs, load| self.problem.fairness_cost(needs, load);
        let with = climbed(others + 1, load + u64::from(edge.load));
        Terms { edge: edge.cost, fairness: with.saturating_sub(climbed(others, load)) }
    }

    /// Who has the need, rising.
    pub(super) fn holders(&self, need: NeedIx) -> impl Iterator<Item = u32> + use<'_> {
        let pairs = &self.answer.pairs;
        let from = pairs.partition_point(|pair| pair.0 < need);
        pairs[from..].iter().take_while(move |pair| pair.0 == need).map(|pair| pair.1)
    }

    /// What the person carries, this need apart.
    fn load(&self, person: u32, apart: NeedIx) -> u64 {
        let others = self.theirs[person as usize].iter().filter(|need| **need != apart);
        let edges = others.filter_map(|need| self.problem.edge(*need, person));
        edges.map(|edge| u64::from(edge.load)).sum()
    }
}
