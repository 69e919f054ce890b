//! The best answer with a pair, or without one, against the answer there is.

use std::collections::BTreeMap;

use super::{
    Change, Explainer, Move,
    residual::{Found, Node},
};
use crate::{
    Options,
    answer::Answer,
    problem::{Cost, NeedIx, PersonIx, Problem},
    solve::solve,
};
use dugnad_budget::Budget;

impl Explainer<'_> {
    /// The best answer that has an unassigned pair.
    pub(super) fn with(
        &self,
        need: NeedIx,
        person: PersonIx,
        budget: &dyn Budget,
    ) -> Option<Change> {
        let edge = self.problem.edge(need, person)?;
        self.by_chain(need, Node::Person(person), Node::Need(need), edge.cost).unwrap_or_else(
            || {
                let mut people = self.problem.people().to_vec();
                people[person as usize].pinned.push(need);
                let needs = self.problem.needs().to_vec();
                let fixed = Problem::new(needs, people, self.problem.edges().to_vec());
                let start = self.answer.pairs.iter().copied().chain([(need, person)]).collect();
                self.by_solving(need, fixed.ok()?, start, budget)
            },
        )
    }

    /// The best answer that lacks an assigned pair.
    pub(super) fn without(
        &self,
        need: NeedIx,
        person: PersonIx,
        budget: &dyn Budget,
    ) -> Option<Change> {
        let cost = self.problem.edge(need, person)?.cost;
        self.by_chain(need, Node::Need(need), Node::Person(person), -cost).unwrap_or_else(|| {
            let pair = (need, person);
            let edges = self.problem.edges().iter().copied();
            let edges = edges.filter(|edge| (edge.need, edge.person) != pair).collect();
            let needs = self.problem.needs().to_vec();
            let rest = Problem::new(needs, self.problem.people().to_vec(), edges);
            let pairs = self.answer.pairs.iter().copied();
            let start = pairs.filter(|other| *other != pair).collect();
            self.by_solving(need, rest.ok()?, start, budget)
        })
    }

    /// By one shortest path and the arc that closes it; none where prices do not tell.
    fn by_chain(
        &self,
        need: NeedIx,
        from: Node,
        to: Node,
        closing: Cost,
    ) -> Option<Option<Change>> {
        match self.cheapest(self.prices.as_ref()?, from, to) {
            Found::Chain(chain) => {
                let dearer = chain.cost + closing;
                Some(Some(Change { dearer, exact: true, moves: chain.moves(need) }))
            }
            Found::Nothing => Some(None),
            Found::Unproved => None,
        }
    }

    /// By solving another problem as far as the budget goes.
    fn by_solving(
        &self,
        need: NeedIx,
        other: Problem,
        start: Vec<(NeedIx, PersonIx)>,
        budget: &dyn Budget,
    ) -> Option<Change> {
        let mut other = other.with_travel(self.problem.travel().clone()).ok()?;
        if let Some(fairness) = self.problem.fairness() {
            other = other.with_fairness(fairness.clone()).ok()?;
        }
        let options = Options { start, ..Options::default() };
        let found = solve(&other, &options, budget, &|_| {});
        Some(Change {
            dearer: found.cost - self.answer.cost,
            exact: found.is_proved() && self.answer.is_proved() && one_round(self.problem),
            moves: moves(need, self.answer, &found),
        })
    }
}

/// Whether there is no hard order, in which the cheaper answer need not be the better one.
pub(super) fn one_round(problem: &Problem) -> bool {
    problem.people().windows(2).all(|pair| pair[0].round == pair[1].round)
}

/// Who gives up and who takes what between two answers, place by place, `first` first.
fn moves(first: NeedIx, old: &Answer, new: &Answer) -> Vec<Move> {
    let mut changes: BTreeMap<NeedIx, [Vec<PersonIx>; 2]> = BTreeMap::new();
    for (at, [some, others]) in [[old, new], [new, old]].into_iter().enumerate() {
        let gone = some.pairs.iter().filter(|pair| others.pairs.binary_search(pair).is_err());
        gone.for_each(|&(need, person)| changes.entry(need).or_default()[at].push(person));
    }
    let mut moves: Vec<Move> = changes
        .iter()
        .flat_map(|(&need, [from, to])| {
            (0..from.len().max(to.len())).map(move |at| Move {
                need,
                from: from.get(at).copied(),
                to: to.get(at).copied(),
            })
        })
        .collect();
    moves.sort_by_key(|one| one.need != first);
    moves
}
