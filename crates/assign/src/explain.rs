//! Explanations: why a person was proposed for a need, why not, and what would have to change.
//!
//! An [`Explainer`] reads one problem and one answer to it. [`Explainer::explain`] takes a need and
//! a person; [`Explainer::fill`] takes a need with a place left open and says which rules stand
//! between it and each person, all other assignments kept. Everything has a `Display` that is a
//! plain sentence over indices; names are the caller's.
//!
//! Where the problem is polynomial and the answer proved, "would need to be 37 cheaper" is exact:
//! the cost of the best assignment with the pair less the optimum, one shortest path in the
//! residual network (Ahuja, Magnanti & Orlin, *Network Flows*, 1993, section 9.4 and 9.11).
//! Elsewhere the problem is solved again with the pair fixed, within a budget, and the figure is
//! said to be an estimate unless both answers are proved.

mod change;
mod limits;
mod residual;
mod words;

use serde::Serialize;

use crate::{
    answer::{Answer, Duals},
    check::{Broken, check},
    flow,
    problem::{Cost, NeedIx, PersonIx, Problem},
};
use dugnad_budget::{Budget, Steps};

/// Which rule of the caller's.
pub type RuleIx = u32;

/// A pair that is no edge because rules of the caller's bar it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Barred {
    /// Which need.
    pub need: NeedIx,
    /// Which person.
    pub person: PersonIx,
    /// All the rules that bar the pair.
    pub rules: Vec<RuleIx>,
    /// What the edge would cost.
    pub cost: Cost,
    /// What the edge would take of the person's load.
    pub load: u32,
}

/// Something that keeps a person from a need, all other assignments kept.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "limit", rename_all = "snake_case")]
pub enum Limit {
    /// A rule of the caller's.
    Rule {
        /// Which.
        rule: RuleIx,
    },
    /// All places of the need are taken.
    Full {
        /// By whom.
        by: Vec<PersonIx>,
    },
    /// The person takes as many needs as they do at most.
    Capacity {
        /// Those they take.
        by: Vec<NeedIx>,
    },
    /// A need that the person takes overlaps in time, or is too far away to get there.
    Clash {
        /// Which.
        with: NeedIx,
    },
    /// The person would carry too much.
    Load {
        /// What they carry.
        has: u64,
        /// What the need adds.
        adds: u32,
        /// The most they carry.
        max: u64,
    },
    /// It costs more than leaving the place open.
    Price {
        /// By how much.
        over: Cost,
    },
}

/// One need's place passes from one to another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Move {
    /// Whose place.
    pub need: NeedIx,
    /// Who gives it up; none if it was open.
    pub from: Option<PersonIx>,
    /// Who takes it; none if it is left open.
    pub to: Option<PersonIx>,
}

/// Another answer, and how it differs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Change {
    /// What it costs more than the answer explained. Below 0 only where `exact` is not.
    pub dearer: Cost,
    /// Whether it is the best there is and so was the answer; otherwise `dearer` is an estimate:
    /// at this price such an answer is known.
    pub exact: bool,
    /// Everything that moves; the need explained comes first.
    pub moves: Vec<Move>,
}

/// What a pair costs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Terms {
    /// The edge.
    pub edge: Cost,
    /// What fairness adds for carrying this need beside the person's others.
    pub fairness: Cost,
}

/// What became of a pair, and why.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "verdict", rename_all = "snake_case")]
pub enum Verdict {
    /// Theirs beforehand.
    Pinned,
    /// Assigned, and the best answer without it; none if nothing was found in the budget.
    Assigned {
        /// How much dearer it is without, and who would come instead.
        without: Option<Change>,
    },
    /// Not assigned though they could.
    Passed {
        /// What keeps them from it while all others stay where they are; none if only the price of
        /// what would have to move speaks against it.
        limits: Vec<Limit>,
        /// The best answer with the pair; `dearer` is by how much it would need to be cheaper, and
        /// `moves` who is in the way. None if what is pinned rules the pair out, or if nothing was
        /// found in the budget.
        with: Option<Change>,
    },
    /// Barred by rules of the caller's.
    Barred {
        /// Which.
        rules: Vec<RuleIx>,
    },
    /// No candidate, and nobody said why.
    NoEdge,
}

/// Why a person has a need, or has not.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Explanation {
    /// The need.
    pub need: NeedIx,
    /// The person.
    pub person: PersonIx,
    /// What the pair costs or would cost; none without an edge.
    pub terms: Option<Terms>,
    /// What became of it.
    pub verdict: Verdict,
}

/// What would let a person take a place left open, all other assignments kept.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Relaxation {
    /// Who.
    pub person: PersonIx,
    /// The need.
    pub need: NeedIx,
    /// All that must give way; each of them does.
    pub limits: Vec<Limit>,
    /// What the pair would cost.
    pub terms: Terms,
}

/// Explains one answer to one problem.
#[derive(Clone, Debug)]
pub struct Explainer<'a> {
    problem: &'a Problem,
    answer: &'a Answer,
    /// Sorted by need, then person.
    barred: Vec<Barred>,
    /// The needs of each person, rising.
    theirs: Vec<Vec<NeedIx>>,
    /// By need.
    open: Vec<u32>,
    /// That prove the answer, where the problem is polynomial.
    prices: Option<Duals>,
}

impl<'a> Explainer<'a> {
    /// `O(edges)` if the answer brings its prices, otherwise a solve of the polynomial kind.
    ///
    /// # Errors
    /// An answer that is not allowed.
    pub fn new(problem: &'a Problem, answer: &'a Answer) -> Result<Self, Broken> {
        check(problem, &answer.pairs)?;
        let mut theirs = vec![Vec::new(); problem.people().len()];
        let mut open: Vec<u32> = problem.needs().iter().map(|need| need.heads).collect();
        for &(need, person) in &answer.pairs {
            theirs[person as usize].push(need);
            open[need as usize] -= 1;
        }
        theirs.iter_mut().for_each(|needs| needs.sort_unstable());
        let prices = prices(problem, answer);
        Ok(Self { problem, answer, barred: Vec::new(), theirs, open, prices })
    }

    /// With the pairs that are no edges because rules bar them.
    #[must_use]
    pub fn with_barred(mut self, mut barred: Vec<Barred>) -> Self {
        for pair in &mut barred {
            pair.rules.sort_unstable();
            pair.rules.dedup();
        }
        barred.sort_by_key(|pair| (pair.need, pair.person));
        self.barred = barred;
        self
    }

    /// Why the person has the need, or has not. None if there is no such need or person.
    ///
    /// The budget is for problems that are not polynomial only; these are solved once again. The
    /// others take one shortest path, `O(edges log edges)` at worst and a few steps as a rule.
    #[must_use]
    pub fn explain(
        &self,
        need: NeedIx,
        person: PersonIx,
        budget: &dyn Budget,
    ) -> Option<Explanation> {
        let pinned = &self.problem.people().get(person as usize)?.pinned;
        self.problem.needs().get(need as usize)?;
        let edge = self.problem.edge(need, person);
        let verdict = match edge {
            None => match self.barred_pair(need, person) {
                Some(barred) => Verdict::Barred { rules: barred.rules.clone() },
                None => Verdict::NoEdge,
            },
            Some(_) if pinned.contains(&need) => Verdict::Pinned,
            Some(_) if self.has(need, person) => {
                Verdict::Assigned { without: self.without(need, person, budget) }
            }
            Some(edge) => Verdict::Passed {
                limits: self.limits(edge, true),
                with: self.with(need, person, budget),
            },
        };
        let terms = edge.map(|edge| self.terms(edge));
        Some(Explanation { need, person, terms, verdict })
    }

    fn has(&self, need: NeedIx, person: PersonIx) -> bool {
        self.theirs[person as usize].binary_search(&need).is_ok()
    }

    fn barred_pair(&self, need: NeedIx, person: PersonIx) -> Option<&Barred> {
        let key = (need, person);
        let at = self.barred.binary_search_by_key(&key, |pair| (pair.need, pair.person)).ok()?;
        Some(&self.barred[at])
    }
}

/// Prices that prove the answer: its own, or those of any other proof, which hold for every best
/// answer alike.
fn prices(problem: &Problem, answer: &Answer) -> Option<Duals> {
    if !answer.is_proved() || !change::one_round(problem) || !flow::is_polynomial(problem) {
        return None;
    }
    answer.duals.clone().or_else(|| {
        let solved = flow::solve(problem, &Steps(u64::MAX));
        (solved.cost == answer.cost).then_some(solved.duals)
    })
}
