//! A feasible assignment that changes edge by edge.
//!
//! Invariant: no person has two needs that clash, more than they take or may carry; no need has
//! more people than it wants; `cost` is what the judge would say; each person's edges stand in the
//! order of their windows.

use crate::Cost;

use super::{model::Model, pace::Pace};

/// Who takes what, within one model.
#[derive(Clone)]
pub(super) struct Plan {
    taken: Vec<bool>,
    /// The edges each person and each need has.
    of_person: Vec<Vec<u32>>,
    of_need: Vec<Vec<u32>>,
    loads: Vec<u64>,
    cost: Cost,
    open: u64,
}

impl Plan {
    /// Nobody takes anything.
    pub(super) fn empty(model: &Model) -> Self {
        let open = |sum: Cost, cost: Cost| sum.saturating_add(cost);
        Self {
            taken: vec![false; model.edges.len()],
            of_person: vec![Vec::new(); model.people.len()],
            of_need: vec![Vec::new(); model.needs.len()],
            loads: vec![0; model.people.len()],
            cost: model
                .needs
                .iter()
                .map(|need| need.open * Cost::from(need.heads))
                .fold(model.base, open),
            open: model.needs.iter().map(|need| u64::from(need.heads)).sum(),
        }
    }

    /// Takes those of `edges` that still can be, then what else pays, the cheapest of each need
    /// first; needs in the order of `order`, as far as the budget goes.
    pub(super) fn built(model: &Model, edges: &[u32], order: &[u32], pace: &mut Pace) -> Self {
        let mut plan = Self::empty(model);
        for &e in edges {
            if !plan.taken[e as usize] && plan.fits(model, e) {
                plan.take(model, e);
            }
        }
        plan.fill(model, order, pace);
        plan
    }

    /// Takes exactly `edges`; `None` when they cannot go together.
    pub(super) fn taking(model: &Model, edges: &[u32]) -> Option<Self> {
        let mut plan = Self::empty(model);
        for &e in edges {
            if !plan.fits(model, e) {
                return None;
            }
            plan.take(model, e);
        }
        Some(plan)
    }

    /// Takes what still pays, the cheapest of each need first.
    fn fill(&mut self, model: &Model, order: &[u32], pace: &mut Pace) {
        let mut cheapest: Vec<u32> = Vec::new();
        for &n in order {
            if self.left(model, n) == 0 {
                continue;
            }
            if pace.spend(1 + model.of_need(n).len() as u64 / 32) {
                return;
            }
            cheapest.clear();
            cheapest.extend(model.of_need(n).filter(|&e| !self.taken[e as usize]));
            cheapest.sort_unstable_by_key(|&e| (model.edges[e as usize].cost, e));
            for &e in &cheapest {
                if self.left(model, n) == 0 {
                    break;
                }
                if self.fits(model, e) && self.gain(model, e) < model.needs[n as usize].open {
                    self.take(model, e);
                }
            }
        }
    }

    /// Edges, fairness, open places and what the model has decided already.
    pub(super) fn cost(&self) -> Cost {
        self.cost
    }

    /// Open places of the model's needs.
    pub(super) fn open(&self) -> u64 {
        self.open
    }

    pub(super) fn is_taken(&self, e: u32) -> bool {
        self.taken[e as usize]
    }

    pub(super) fn of_person(&self, p: u32) -> &[u32] {
        &self.of_person[p as usize]
    }

    pub(super) fn of_need(&self, n: u32) -> &[u32] {
        &self.of_need[n as usize]
    }

    pub(super) fn load(&self, p: u32) -> u64 {
        self.loads[p as usize]
    }

    /// Places of the need that nobody takes.
    pub(super) fn left(&self, model: &Model, n: u32) -> u32 {
        model.needs[n as usize].heads - self.of_need[n as usize].len() as u32
    }

    /// How many edges there are to take.
    pub(super) fn size(&self) -> usize {
        self.taken.len()
    }

    /// All edges taken, by number.
    pub(super) fn edges(&self) -> Vec<u32> {
        (0..self.taken.len() as u32).filter(|&e| self.taken[e as usize]).collect()
    }

    /// Whether edge `e`, which is not taken, could be.
    pub(super) fn fits(&self, model: &Model, e: u32) -> bool {
        let arc = &model.edges[e as usize];
        let person = &model.people[arc.person as usize];
        let held = &self.of_person[arc.person as usize];
        self.left(model, arc.need) > 0
            && held.len() < person.capacity as usize
            && self.loads[arc.person as usize] + u64::from(arc.load) <= person.room
            && self.clashing(model, e).next().is_none()
    }

    /// The edges of the person of `e` that clash with it; looks only about its window.
    pub(super) fn clashing(&self, model: &Model, e: u32) -> impl Iterator<Item = u32> {
        let arc = &model.edges[e as usize];
        let held = &self.of_person[arc.person as usize];
        let (earlier, later) = held.split_at(held.partition_point(|&other| other < e));
        let need = |other: u32| model.edges[other as usize].need;
        let (start, free) = (model.needs[arc.need as usize].start, model.free_after(arc.need));
        let earlier = earlier.iter().rev().copied();
        let earlier = earlier.take_while(move |&other| model.free_after(need(other)) > start);
        let later = later.iter().copied();
        let later = later.take_while(move |&other| model.needs[need(other) as usize].start < free);
        earlier.chain(later).filter(move |&other| model.clash(arc.need, need(other)))
    }

    /// What taking `e` costs its person, fairness included.
    fn gain(&self, model: &Model, e: u32) -> Cost {
        let arc = &model.edges[e as usize];
        let (count, load) = self.carried(arc.person);
        let more = model.extra(arc.person, count + 1, load + u64::from(arc.load));
        arc.cost.saturating_add(more.saturating_sub(model.extra(arc.person, count, load)))
    }

    fn carried(&self, p: u32) -> (u64, u64) {
        (self.of_person[p as usize].len() as u64, self.loads[p as usize])
    }

    pub(super) fn take(&mut self, model: &Model, e: u32) {
        let arc = &model.edges[e as usize];
        let open = model.needs[arc.need as usize].open;
        self.cost = self.cost.saturating_add(self.gain(model, e)).saturating_sub(open);
        self.open -= 1;
        self.taken[e as usize] = true;
        let held = &mut self.of_person[arc.person as usize];
        held.insert(held.partition_point(|&other| other < e), e);
        self.of_need[arc.need as usize].push(e);
        self.loads[arc.person as usize] += u64::from(arc.load);
    }

    pub(super) fn drop(&mut self, model: &Model, e: u32) {
        let arc = &model.edges[e as usize];
        self.taken[e as usize] = false;
        let held = &mut self.of_person[arc.person as usize];
        held.remove(held.partition_point(|&other| other < e));
        self.of_need[arc.need as usize].retain(|&other| other != e);
        self.loads[arc.person as usize] -= u64::from(arc.load);
        let open = model.needs[arc.need as usize].open;
        self.cost = self.cost.saturating_sub(self.gain(model, e)).saturating_add(open);
        self.open += 1;
    }
}
