//! Search by setting a few people free and settling among them exactly.
//!
//! Large neighbourhoods: everybody else keeps what they have, and branch and bound finds the best
//! for those few or proves that they have it. People are gathered along needs they share. The
//! region grows while it is settled in time and shrinks when it is not, so that its size fits the
//! instance without being told.

use fastrand::Rng;

use crate::{Cost, NeedIx, PersonIx};

use super::{Run, model::Model, pace::Pace, plan::Plan, tree};

/// Steps to settle one region in.
const STEPS: u64 = 20_000;
/// How much the number of people changes when a region was settled, and when it was not.
const GROWS: f64 = 0.1;
const SHRINKS: f64 = 0.3;
/// How often a need is followed to another person, for each person wanted.
const TRIES: usize = 10;

impl Run<'_> {
    /// Settles regions until step `until`.
    pub(super) fn settle(&mut self, model: &Model, prices: &[Cost], rng: &mut Rng, until: u64) {
        let mut best = held(model, &self.best.pairs);
        while self.pace.steps() < until && !self.pace.is_over() && !self.is_proved() {
            let before = self.best.cost;
            let inside = gather(model, self.region as usize, rng);
            let is_in = |e: u32| inside[model.edges[e as usize].person as usize];
            let kept: Vec<u32> = best.iter().copied().filter(|&e| !is_in(e)).collect();
            let part = model.contract(&kept, is_in);
            let part_prices = part.prices_of(model, prices);
            self.pace.spend(1 + model.edges.len() as u64 / 256);
            let within = self.pace.steps() + STEPS;
            let is_settled = tree::explore(self, part, part_prices, within.min(until));
            self.region += if is_settled { GROWS } else { -SHRINKS };
            self.region = self.region.clamp(2.0, 2.0 + model.people.len() as f64);
            if self.best.cost < before {
                best = held(model, &self.best.pairs);
            }
        }
    }
}

/// What of the best plan can be kept; `model` may have decided otherwise than it.
fn held(model: &Model, pairs: &[(NeedIx, PersonIx)]) -> Vec<u32> {
    Plan::built(model, &model.edges_among(pairs), &[], &mut Pace::endless()).edges()
}

/// Some `size` people who share needs.
fn gather(model: &Model, size: usize, rng: &mut Rng) -> Vec<bool> {
    let mut inside = vec![false; model.people.len()];
    let mut people = vec![rng.u32(0..model.people.len() as u32)];
    inside[people[0] as usize] = true;
    for _ in 0..size * TRIES {
        if people.len() >= size {
            break;
        }
        let list = model.list(people[rng.usize(0..people.len())]);
        let need = model.edges[list[rng.usize(0..list.len())] as usize].need;
        let person = model.edges[rng.u32(model.of_need(need)) as usize].person;
        if !std::mem::replace(&mut inside[person as usize], true) {
            people.push(person);
        }
    }
    inside
}
