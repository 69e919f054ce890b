//! An optimum kept up to date: needs and people come and go, costs change, people decline.
//!
//! Each change is repaired from the prices as they are, by a few shortest augmenting paths near
//! it, and the answer is the optimum again, with its proof. For problems in which windows and
//! loads do not matter; a change that would let them matter is refused.
//!
//! Numbers of needs and people are never given twice: what leaves keeps its number and is empty.
//! A refused change changes nothing.

use std::collections::BTreeMap;

use crate::{
    answer::Answer,
    flow::{self, Ways, is_free, is_polynomial},
    network::{Link, NeedNode, Network, PersonNode, Use},
    problem::{
        Cost, Edge, Fairness, Invalid, MAX_COST, Need, NeedIx, Person, PersonIx, Problem, Travel,
    },
};

/// An edge of a need or a person that is about to be added: what it leads to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Candidate {
    /// The person for a need, the need for a person.
    pub with: u32,
    /// What it costs if they take it; may be negative.
    pub cost: Cost,
    /// How much of the person's `max_load` it takes.
    pub load: u32,
}

/// What a change came to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// Pairs that are no longer together, by need, then person.
    pub gone: Vec<(NeedIx, PersonIx)>,
    /// Pairs that are together now.
    pub new: Vec<(NeedIx, PersonIx)>,
    /// What the optimum costs now.
    pub cost: Cost,
}

/// Why nothing was changed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unchanged {
    /// No such need, or it has been removed.
    #[error("there is no need {0}")]
    NoNeed(NeedIx),
    /// No such person, or they have been removed.
    #[error("there is no person {0}")]
    NoPerson(PersonIx),
    /// The two have no edge.
    #[error("person {1} is no candidate for need {0}")]
    NoEdge(NeedIx, PersonIx),
    /// What was to be added does not hold by itself.
    #[error(transparent)]
    Invalid(#[from] Invalid),
    /// Windows or loads of this person's candidates would matter.
    #[error("windows or loads of person {0} would matter")]
    Limited(PersonIx),
    /// The problem has rounds, or windows or loads that matter.
    #[error("windows, loads or rounds of the problem matter")]
    NotPolynomial,
}

/// See the module.
#[derive(Clone, Debug)]
pub struct Session {
    needs: Vec<Option<Need>>,
    people: Vec<Option<Person>>,
    /// The loads of all edges; few have one.
    loads: BTreeMap<(NeedIx, PersonIx), u32>,
    /// Pinned pairs are no links; what they cost.
    pinned: BTreeMap<(NeedIx, PersonIx), Cost>,
    travel: Travel,
    fairness: Option<Fairness>,
    round: u32,
    network: Network,
}

impl Session {
    /// Solves the problem from nothing.
    ///
    /// # Errors
    /// [`Unchanged::NotPolynomial`].
    pub fn new(problem: &Problem) -> Result<Self, Unchanged> {
        let round = problem.people().first().map_or(0, |person| person.round);
        let one_round = problem.people().iter().all(|person| person.round == round);
        if !one_round || !is_polynomial(problem) {
            return Err(Unchanged::NotPolynomial);
        }
        let pinned = flow::pinned_edges(problem);
        let mut network = flow::network(problem, &pinned);
        network.solve(&mut |_| true);
        network.watch();
        let loaded = problem.edges().iter().filter(|edge| edge.load > 0);
        let pinned = pinned.iter().map(|&e| problem.edges()[e]);
        Ok(Self {
            needs: problem.needs().iter().cloned().map(Some).collect(),
            people: problem.people().iter().cloned().map(Some).collect(),
            loads: loaded.map(|edge| ((edge.need, edge.person), edge.load)).collect(),
            pinned: pinned.map(|edge| ((edge.need, edge.person), edge.cost)).collect(),
            travel: problem.travel().clone(),
            fairness: problem.fairness().cloned(),
            round,
            network,
        })
    }

    /// What the optimum costs.
    #[must_use]
    pub fn cost(&self) -> Cost {
        let pinned: i128 = self.pinned.values().map(|&cost| i128::from(cost)).sum();
        flow::to_cost(pinned + self.network.cost)
    }

    /// The optimum with its proof. `O(edges)`.
    #[must_use]
    pub fn answer(&self) -> Answer {
        let mut pairs: Vec<(NeedIx, PersonIx)> = self.pinned.keys().copied().collect();
        pairs.extend(self.network.pairs().map(|(need, link)| (need, link.person)));
        pairs.sort_unstable();
        let pinned: i128 = self.pinned.values().map(|&cost| i128::from(cost)).sum();
        Answer {
            pairs,
            cost: self.cost(),
            bound: flow::to_cost(pinned + self.network.bound()),
            open_places: self.network.open_places(),
            duals: Some(self.network.duals()),
        }
    }

    /// The problem as it is now; who or what has been removed is there, without heads or capacity.
    /// `O(edges)`.
    ///
    /// # Errors
    /// Its costs have come to more than a problem may have together.
    pub fn problem(&self) -> Result<Problem, Invalid> {
        let gone = Need { heads: 0, window: None, place: None, open_cost: 0 };
        let needs = self.needs.iter().map(|need| need.clone().unwrap_or_else(|| gone.clone()));
        let left = Person { capacity: 0, max_load: None, pinned: Vec::new(), round: self.round };
        let people = self.people.iter().map(|one| one.clone().unwrap_or_else(|| left.clone()));
        let links = self.network.all_links().map(|(need, link)| (need, link.person, link.cost));
        let pinned = self.pinned.iter().map(|(&(need, person), &cost)| (need, person, cost));
        let edges = links.chain(pinned).map(|(need, person, cost)| {
            let load = self.loads.get(&(need, person)).copied().unwrap_or(0);
            Edge { need, person, cost, load }
        });
        let problem = Problem::new(needs.collect(), people.collect(), edges.collect())?;
        let problem = problem.with_travel(self.travel.clone())?;
        match &self.fairness {
            Some(fairness) => problem.with_fairness(fairness.clone()),
            None => Ok(problem),
        }
    }

    /// A need more, and who could take it.
    ///
    /// # Errors
    /// An unknown person, a need or cost that does not hold, or a person whose windows or loads
    /// would matter.
    pub fn add_need(
        &mut self,
        need: Need,
        candidates: &[Candidate],
    ) -> Result<(NeedIx, Change), Unchanged> {
        let people = || candidates.iter().map(|candidate| candidate.with);
        if let Some(unknown) = people().find(|&person| self.person(person).is_none()) {
            return Err(Unchanged::NoPerson(unknown));
        }
        self.validate(&need, candidates)?;
        for candidate in candidates {
            self.stays_free(candidate.with, &need, candidate.load)?;
        }
        let links = candidates.iter().map(|candidate| link(candidate.cost, candidate.with));
        let node = NeedNode::new(need.heads, need.open_cost);
        let added = self.network.add_need(node, links);
        self.needs.push(Some(need));
        self.note_loads(candidates.iter().map(|one| ((added, one.with), one.load)));
        Ok((added, self.repaired(&[added], &[], &[])))
    }

    /// A need less, whoever had it.
    ///
    /// # Errors
    /// An unknown need.
    pub fn remove_need(&mut self, need: NeedIx) -> Result<Change, Unchanged> {
        self.need(need).ok_or(Unchanged::NoNeed(need))?;
        let pinned = self.unpin(|pair| pair.0 == need);
        for at in 0..self.network.links.len(need) {
            let link = *self.network.links.at(need, at);
            if link.used != Use::Gone {
                self.network.drop_link(need, at);
                self.loads.remove(&(need, link.person));
            }
        }
        self.network.close_need(need);
        self.needs[need as usize] = None;
        Ok(self.repaired(&[], &[], &pinned))
    }

    /// A person more, and what they could take. Nothing is pinned to them, and they are of the
    /// round of all.
    ///
    /// # Errors
    /// An unknown need, a cost that does not hold, or windows or loads that would matter.
    pub fn add_person(
        &mut self,
        person: Person,
        candidates: &[Candidate],
    ) -> Result<(PersonIx, Change), Unchanged> {
        let needs = || candidates.iter().map(|candidate| candidate.with);
        if let Some(unknown) = needs().find(|&need| self.need(need).is_none()) {
            return Err(Unchanged::NoNeed(unknown));
        }
        if !person.pinned.is_empty() || person.round != self.round {
            let problem = "is pinned to needs, or of another round".to_owned();
            return Err(Invalid { field: "people[0]".to_owned(), problem }.into());
        }
        let any = Need { heads: 0, window: None, place: None, open_cost: 0 };
        self.validate(&any, candidates)?;
        let added = self.people.len() as PersonIx;
        let theirs: Vec<(&Need, u32)> =
            candidates.iter().filter_map(|one| Some((self.need(one.with)?, one.load))).collect();
        if !is_free(&person, theirs.into_iter(), Ways::of(&self.travel)) {
            return Err(Unchanged::Limited(added));
        }
        let node = PersonNode { price: 0, room: person.capacity, pinned: 0 };
        let links = candidates.iter().map(|one| (one.with, link(one.cost, added)));
        self.network.add_person(node, links);
        self.people.push(Some(person));
        self.note_loads(candidates.iter().map(|one| ((one.with, added), one.load)));
        Ok((added, self.repaired(&[], &[added], &[])))
    }

    /// A person less, whatever they had.
    ///
    /// # Errors
    /// An unknown person.
    pub fn remove_person(&mut self, person: PersonIx) -> Result<Change, Unchanged> {
        self.person(person).ok_or(Unchanged::NoPerson(person))?;
        let pinned = self.unpin(|pair| pair.1 == person);
        let links = self.network.links_to(person);
        for &(need, at) in &links {
            self.network.drop_link(need, at);
            self.loads.remove(&(need, person));
        }
        self.network.close_person(person);
        self.people[person as usize] = None;
        let needs: Vec<NeedIx> = links.iter().map(|link| link.0).collect();
        Ok(self.repaired(&needs, &[], &pinned))
    }

    /// Another cost for an edge.
    ///
    /// # Errors
    /// Two that have no edge, or a cost beyond ±[`MAX_COST`].
    pub fn set_cost(
        &mut self,
        need: NeedIx,
        person: PersonIx,
        cost: Cost,
    ) -> Result<Change, Unchanged> {
        self.pair(need, person)?;
        if cost.unsigned_abs() > MAX_COST.unsigned_abs() {
            return Err(Invalid::new("cost", format!("{cost} is beyond ±{MAX_COST}")).into());
        }
        if let Some(pinned) = self.pinned.get_mut(&(need, person)) {
            *pinned = cost;
        } else if let Some(at) = self.network.find(need, person) {
            self.network.set_cost(need, at, cost);
            self.network.restore(need);
        }
        Ok(self.repaired(&[need], &[], &[]))
    }

    /// The person will not take the need, pinned or not: their edge goes.
    ///
    /// # Errors
    /// Two that have no edge.
    pub fn decline(&mut self, need: NeedIx, person: PersonIx) -> Result<Change, Unchanged> {
        self.pair(need, person)?;
        let pinned = self.unpin(|pair| pair == (need, person));
        if let Some(at) = self.network.find(need, person) {
            self.network.drop_link(need, at);
        }
        self.loads.remove(&(need, person));
        Ok(self.repaired(&[need], &[], &pinned))
    }

    fn need(&self, need: NeedIx) -> Option<&Need> {
        self.needs.get(need as usize)?.as_ref()
    }

    fn person(&self, person: PersonIx) -> Option<&Person> {
        self.people.get(person as usize)?.as_ref()
    }

    /// That the two are there and have an edge, pinned or not.
    fn pair(&self, need: NeedIx, person: PersonIx) -> Result<(), Unchanged> {
        self.need(need).ok_or(Unchanged::NoNeed(need))?;
        self.person(person).ok_or(Unchanged::NoPerson(person))?;
        let known =
            self.pinned.contains_key(&(need, person)) || self.network.find(need, person).is_some();
        if known { Ok(()) } else { Err(Unchanged::NoEdge(need, person)) }
    }

    /// That a need and its edges would hold as a problem of their own.
    fn validate(&self, need: &Need, candidates: &[Candidate]) -> Result<(), Unchanged> {
        let mut with: Vec<u32> = candidates.iter().map(|candidate| candidate.with).collect();
        with.sort_unstable();
        let mut edges: Vec<Edge> = candidates
            .iter()
            .map(|one| Edge { need: 0, person: one.with, cost: one.cost, load: one.load })
            .collect();
        for edge in &mut edges {
            edge.person = with.partition_point(|&other| other < edge.person) as PersonIx;
        }
        let anyone = Person { capacity: 0, max_load: None, pinned: Vec::new(), round: self.round };
        Problem::new(vec![need.clone()], vec![anyone; with.len()], edges)?;
        if need.place.is_some_and(|place| place >= self.travel.places && self.travel.places > 0) {
            return Err(Invalid::new("needs[0].place", "is no place of travel").into());
        }
        Ok(())
    }

    /// That neither windows nor loads of a person matter, with this need more.
    fn stays_free(&mut self, person: PersonIx, more: &Need, load: u32) -> Result<(), Unchanged> {
        let Some(node) = &self.people[person as usize] else { return Ok(()) };
        if node.max_load.is_none() && (node.capacity < 2 || more.window.is_none()) {
            return Ok(());
        }
        let mut needs: Vec<NeedIx> =
            self.network.links_to(person).into_iter().map(|link| link.0).collect();
        needs.extend(&node.pinned);
        let theirs = needs.into_iter().filter_map(|need| {
            let load = self.loads.get(&(need, person)).copied().unwrap_or(0);
            Some((self.needs[need as usize].as_ref()?, load))
        });
        let theirs = theirs.chain([(more, load)]);
        let free = is_free(node, theirs, Ways::of(&self.travel));
        if free { Ok(()) } else { Err(Unchanged::Limited(person)) }
    }

    fn note_loads(&mut self, loads: impl Iterator<Item = ((NeedIx, PersonIx), u32)>) {
        self.loads.extend(loads.filter(|load| load.1 > 0));
    }

    /// Takes pinned pairs away: their heads and their room are free.
    fn unpin(&mut self, which: impl Fn((NeedIx, PersonIx)) -> bool) -> Vec<(NeedIx, PersonIx)> {
        let pairs: Vec<(NeedIx, PersonIx)> =
            self.pinned.keys().copied().filter(|&pair| which(pair)).collect();
        for pair in &pairs {
            self.pinned.remove(pair);
            self.loads.remove(pair);
            let heads = self.network.needs[pair.0 as usize].heads;
            self.network.set_heads(pair.0, heads + 1);
            self.network.unpin_room(pair.1);
            if let Some(person) = &mut self.people[pair.1 as usize] {
                person.pinned.retain(|&need| need != pair.0);
            }
        }
        pairs
    }

    /// To the optimum again, from these needs and people; `unpinned` pairs have just gone.
    fn repaired(
        &mut self,
        needs: &[NeedIx],
        people: &[PersonIx],
        unpinned: &[(NeedIx, PersonIx)],
    ) -> Change {
        let mut people = people.to_vec();
        people.extend(self.network.moved().iter().chain(unpinned).map(|pair| pair.1));
        let mut needs = needs.to_vec();
        needs.extend(unpinned.iter().map(|pair| pair.0));
        self.network.repair(&needs, &people);
        let mut moved = self.network.take_moves();
        moved.sort_unstable();
        let mut change = Change { gone: unpinned.to_vec(), new: Vec::new(), cost: self.cost() };
        for moves in moved.chunk_by(|a, b| a == b).filter(|moves| moves.len() % 2 == 1) {
            let (need, person) = moves[0];
            let together = self.network.together(need, person);
            if together { &mut change.new } else { &mut change.gone }.push((need, person));
        }
        change.gone.sort_unstable();
        change
    }
}

/// A link that nobody uses yet.
fn link(cost: Cost, person: PersonIx) -> Link {
    Link { cost, person, used: Use::Unused }
}
