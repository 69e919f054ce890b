//! Prices for needs that make everybody's own best a bound for all together.
//!
//! The Lagrangian relaxation of "each need has as many people as it wants": with a price for each
//! need, what is left falls apart by person, and the sum of what the people's own problems come to
//! is a bound. Prices are raised by the volume algorithm (Barahona & Anbil, *Mathematical
//! Programming* 87, 2000), which also gives how much of each edge the relaxation uses on average.
//!
//! Invariant: `bound` is evaluated in whole numbers and never above what the best answer costs.

use crate::Cost;

use super::{
    model::{Model, Want},
    oracle::{Oracle, reduced},
    pace::Pace,
    plan::Plan,
};

/// How far above the bound the best is thought to be at most, as a share of all prices.
const AIM: f64 = 0.02;

/// Prices, the bound that they prove, and the average of what people chose.
pub(super) struct Dual {
    /// By need, scaled by 2^bits.
    pub(super) prices: Vec<Cost>,
    /// Scaled; without the model's base.
    value: i128,
    /// How much of each edge is used; times `factor`.
    used: Vec<f64>,
    factor: f64,
    /// People that each need has on average.
    cover: Vec<f64>,
    /// Length of a step, as a share of Polyak's.
    pace: f64,
}

/// What a bound decides.
pub(super) struct Fixed {
    dead: Vec<bool>,
    sure: Vec<u32>,
}

/// What everybody chooses at some prices.
#[derive(Default)]
struct Choice {
    edges: Vec<u32>,
    value: i128,
    cover: Vec<u32>,
}

impl Dual {
    /// Prices as if each need could have its cheapest people.
    pub(super) fn new(model: &Model) -> Self {
        let mut costs = Vec::new();
        let prices = (0..model.needs.len() as u32).map(|n| {
            let need = &model.needs[n as usize];
            costs.clear();
            costs.extend(model.of_need(n).map(|e| model.edges[e as usize].cost));
            let at = (need.heads as usize).min(costs.len() - 1);
            let (_, &mut cost, _) = costs.select_nth_unstable(at);
            cost.min(need.open) << model.ground.bits
        });
        Self::at(model, prices.collect())
    }

    /// From these prices.
    pub(super) fn at(model: &Model, prices: Vec<Cost>) -> Self {
        Self {
            prices,
            value: i128::MIN,
            used: vec![0.0; model.edges.len()],
            factor: 1.0,
            cover: Vec::new(),
            pace: 0.1,
        }
    }

    /// No answer within the model costs less. `Cost::MIN` before anything was computed.
    pub(super) fn bound(&self, model: &Model) -> Cost {
        let bits = model.ground.bits;
        let up = self.value.saturating_add((1 << bits) - 1) >> bits;
        Cost::try_from(up).map_or(Cost::MIN, |bound| bound.saturating_add(model.base))
    }

    /// How much of edge `e` the relaxation uses, 0 to 1.
    pub(super) fn used(&self, e: u32) -> f64 {
        self.used[e as usize] * self.factor
    }

    /// Raises the bound for at most `rounds` evaluations, or until it proves that nothing costs
    /// less than `target`. `heard` gets what people choose each time the bound rises, and answers
    /// with the cost of the best plan so far.
    pub(super) fn raise(
        &mut self,
        model: &Model,
        oracle: &mut Oracle,
        pace: &mut Pace,
        mut target: Cost,
        rounds: u32,
        mut heard: impl FnMut(&Self, &[u32], &mut Pace) -> Cost,
    ) {
        let mut choice = Choice::default();
        if self.cover.is_empty() {
            if !choose(model, oracle, pace, &self.prices, &mut choice) {
                return;
            }
            self.value = choice.value;
            self.cover = choice.cover.iter().map(|&has| f64::from(has)).collect();
            self.average(&choice, 1.0);
            target = target.min(heard(self, &choice.edges, pace));
        }
        let mut trial = vec![0; self.prices.len()];
        let mut most = 0.5;
        let mut before = self.value;
        for round in 1..=rounds {
            if self.bound(model) >= target || self.pace < 1e-4 {
                return;
            }
            if !self.step(model, target, &mut trial)
                || !choose(model, oracle, pace, &trial, &mut choice)
            {
                return;
            }
            let ahead = self.ahead(model, &choice);
            if choice.value > self.value {
                self.prices.copy_from_slice(&trial);
                self.value = choice.value;
                if ahead > 0.0 {
                    self.pace = (self.pace * 1.2).min(2.0);
                }
                target = target.min(heard(self, &choice.edges, pace));
            } else {
                self.pace *= 0.8;
            }
            let share = self.share(model, &choice, most);
            self.average(&choice, share);
            if round % 60 == 0 {
                let gap = (i128::from(target - model.base) << model.ground.bits) - self.value;
                if (self.value - before) * 50 < gap {
                    most = (most * 0.5f64).max(0.005);
                }
                before = self.value;
            }
        }
    }

    /// Prices a step along the average shortage; whether there is any.
    fn step(&self, model: &Model, target: Cost, trial: &mut [Cost]) -> bool {
        let bits = model.ground.bits;
        let mut norm = 0.0;
        for n in 0..self.prices.len() {
            norm += self.shortage(model, n).powi(2);
        }
        if norm < 1e-12 {
            return false;
        }
        // A plan with open places is no aim: it would make steps as long as their price.
        let weight = |(need, &price): (&Want, &Cost)| f64::from(need.heads) * price.abs() as f64;
        let most = AIM * model.needs.iter().zip(&self.prices).map(weight).sum::<f64>();
        let gap = (i128::from(target) - i128::from(model.base)) << bits;
        let length = self.pace * ((gap - self.value) as f64).min(most) / norm;
        for (n, trial) in trial.iter_mut().enumerate() {
            let moved = self.prices[n] as f64 + length * self.shortage(model, n);
            *trial =
                (moved as Cost).min(model.needs[n].open << bits).max(model.needs[n].floor << bits);
        }
        true
    }

    /// Places missing at need `n` on average, negative for too many; 0 where its price is at its
    /// end already.
    fn shortage(&self, model: &Model, n: usize) -> f64 {
        let bits = model.ground.bits;
        let short = f64::from(model.needs[n].heads) - self.cover[n];
        let price = self.prices[n];
        let stuck = (short > 0.0 && price >= model.needs[n].open << bits)
            || (short < 0.0 && price <= model.needs[n].floor << bits);
        if stuck { 0.0 } else { short }
    }

    /// Whether the average still points the way of what was chosen: its product with the shortage.
    fn ahead(&self, model: &Model, choice: &Choice) -> f64 {
        let now = |n: usize| f64::from(model.needs[n].heads) - f64::from(choice.cover[n]);
        (0..self.prices.len()).map(|n| now(n) * self.shortage(model, n)).sum()
    }

    /// How much of the new choice makes the shortest average shortage.
    fn share(&self, model: &Model, choice: &Choice, most: f64) -> f64 {
        let (mut product, mut norm) = (0.0, 0.0);
        for n in 0..self.prices.len() {
            let heads = f64::from(model.needs[n].heads);
            let (old, new) = (heads - self.cover[n], heads - f64::from(choice.cover[n]));
            product += old * (old - new);
            norm += (old - new).powi(2);
        }
        if norm > 0.0 { (product / norm).clamp(most / 10.0, most) } else { most }
    }

    /// Moves the averages by `share` towards `choice`.
    fn average(&mut self, choice: &Choice, share: f64) {
        for (cover, &has) in self.cover.iter_mut().zip(&choice.cover) {
            *cover += share * (f64::from(has) - *cover);
        }
        if share >= 1.0 {
            self.used.fill(0.0);
            self.factor = 1.0;
        } else {
            self.factor *= 1.0 - share;
        }
        if self.factor < 1e-100 {
            for used in &mut self.used {
                *used *= self.factor;
            }
            self.factor = 1.0;
        }
        for &e in &choice.edges {
            self.used[e as usize] += share / self.factor;
        }
    }

    /// Which edges no answer cheaper than `target` takes, and which all of them take.
    ///
    /// `None` when the budget ran out.
    pub(super) fn fix(
        &self,
        model: &Model,
        oracle: &mut Oracle,
        pace: &mut Pace,
        target: Cost,
    ) -> Option<Fixed> {
        if pace.is_over() {
            return None;
        }
        let mut dead = vec![false; model.edges.len()];
        let mut sure = Vec::new();
        // What an edge may add to the bound and still be in an answer that costs a unit less.
        let spare = (i128::from(target) - 1 - i128::from(model.base)) << model.ground.bits;
        let spare = Cost::try_from(spare.saturating_sub(self.value)).unwrap_or(Cost::MAX);
        let (mut chosen, mut costs) = (Vec::new(), Vec::new());
        for p in 0..model.people.len() as u32 {
            chosen.clear();
            let best = oracle.best(model, p, &self.prices, None, &mut chosen);
            let least = model.list(p).iter().map(|&e| reduced(model, &self.prices, e)).min();
            if least.is_none_or(|least| least > spare) {
                for &e in model.list(p) {
                    dead[e as usize] = true;
                }
                continue;
            }
            oracle.through(model, p, &self.prices, best, &mut costs);
            for (&e, &cost) in model.list(p).iter().zip(&costs) {
                dead[e as usize] = cost.saturating_sub(best) > spare;
            }
            let work = Oracle::work(model, p);
            if pace.spend(2 + 3 * work / 512) {
                return None;
            }
            for &e in chosen.iter().filter(|_| work * (chosen.len() as u64) < 1 << 22) {
                let without = oracle.best(model, p, &self.prices, Some(e), &mut Vec::new());
                if without.saturating_sub(best) > spare {
                    sure.push(e);
                }
                if pace.spend(1 + work / 512) {
                    return None;
                }
            }
        }
        Some(Fixed { dead, sure })
    }
}

impl Fixed {
    /// Which edges may still be taken, and which must be; `None` when nothing is cheaper.
    pub(super) fn possible(self, model: &Model) -> Option<(Vec<bool>, Vec<u32>)> {
        let contradicts = self.sure.iter().any(|&e| self.dead[e as usize]);
        if contradicts || Plan::taking(model, &self.sure).is_none() {
            return None;
        }
        Some((self.dead.into_iter().map(|dead| !dead).collect(), self.sure))
    }
}

/// Everybody's best at `prices`; whether the budget lasted.
fn choose(
    model: &Model,
    oracle: &mut Oracle,
    pace: &mut Pace,
    prices: &[Cost],
    choice: &mut Choice,
) -> bool {
    choice.edges.clear();
    choice.cover.clear();
    choice.cover.resize(model.needs.len(), 0);
    choice.value = 0;
    for (need, &price) in model.needs.iter().zip(prices) {
        choice.value += i128::from(need.heads) * i128::from(price);
    }
    for p in 0..model.people.len() as u32 {
        choice.value += i128::from(oracle.best(model, p, prices, None, &mut choice.edges));
        if pace.spend(1 + Oracle::work(model, p) / 512) {
            return false;
        }
    }
    for &e in &choice.edges {
        choice.cover[model.edges[e as usize].need as usize] += 1;
    }
    true
}
