//! Search by taking an edge and letting go of what is in its way.
//!
//! Simulated annealing over feasible plans. A move takes one edge for a need and lets go whom the
//! need had and what clashes or weighs too much with its person; those needs stay open at a soft
//! price, a little above their dual price, until a later move takes them up again. Chains of such
//! moves are the ejection chains of Yagiura, Ibaraki & Glover (*EJOR* 169, 2006). The
//! soft price rises while places stay open that the best plan fills and falls when none do, and is
//! never above the true one. An open need chooses among all its edges at once (heat bath).
//!
//! Invariant: the plan handed back costs no more than the plan that came in.

use fastrand::Rng;

use crate::Cost;

use super::{model::Model, pace::Pace, plan::Plan, record::Record};

/// Which moves look probable: `-ln` of evenly spaced probabilities.
const TABLE: usize = 1 << 12;

/// The heat at first and at last, as shares of what moves usually cost.
const HOT: f64 = 0.05;
const COLD: f64 = 0.01;
/// Needs and edges looked at to learn how much moves cost.
const SAMPLE: usize = 500;

/// A search in one model.
pub(super) struct Anneal<'m, 'a> {
    model: &'m Model<'a>,
    plan: Plan,
    /// Needs with places left, and where each stands among them.
    open: Vec<u32>,
    spot: Vec<u32>,
    /// Dual prices of needs.
    prices: Vec<f64>,
    /// What a soft price is above the dual price.
    extra: f64,
    /// How much costs differ where a choice is close.
    scale: f64,
    rng: Rng,
    noise: Vec<f64>,
    record: Record,
    best_open: u64,
    /// Of the move looked at: what must go.
    out: Vec<u32>,
    /// Of the best move so far.
    best_out: Vec<u32>,
}

impl<'m, 'a> Anneal<'m, 'a> {
    pub(super) fn new(model: &'m Model<'a>, plan: Plan, prices: &[Cost], seed: u64) -> Self {
        let unit = (1u64 << model.ground.bits) as f64;
        let prices: Vec<f64> = prices.iter().map(|&price| price as f64 / unit).collect();
        let noise = (0..TABLE).map(|k| -((k as f64 + 0.5) / TABLE as f64).ln());
        let mut search = Self {
            model,
            open: Vec::new(),
            spot: vec![u32::MAX; model.needs.len()],
            prices,
            extra: 0.0,
            scale: 1.0,
            rng: Rng::with_seed(seed),
            noise: noise.collect(),
            record: Record::new(&plan),
            best_open: plan.open(),
            out: Vec::new(),
            best_out: Vec::new(),
            plan,
        };
        for n in 0..model.needs.len() as u32 {
            search.mark(n);
        }
        search.scale = search.spread();
        search.extra = 2.0 * search.scale;
        search
    }

    /// What the cheapest move that costs something costs a need, on average.
    fn spread(&mut self) -> f64 {
        let (mut sum, mut count) = (0.0, 0.0f64);
        for n in 0..self.model.needs.len().min(SAMPLE) {
            let n = (n * self.model.needs.len() / self.model.needs.len().min(SAMPLE)) as u32;
            let mut least = f64::INFINITY;
            for e in self.model.of_need(n).take(SAMPLE) {
                let is_other = !self.plan.is_taken(e);
                let change = if is_other { self.look(e, 0.0) } else { 0.0 };
                if change > 0.0 {
                    least = least.min(change);
                }
            }
            if least.is_finite() {
                sum += least;
                count += 1.0;
            }
        }
        (sum / count.max(1.0)).max(0.5)
    }

    /// Cools over `moves`.
    pub(super) fn run(&mut self, moves: u64, pace: &mut Pace) {
        let edges = self.model.edges.len();
        if edges == 0 {
            return;
        }
        let round = (self.model.needs.len() as u64).max(256);
        let mut heat = HOT * self.scale;
        let cooling = (COLD / HOT).powf(round as f64 / moves.max(1) as f64);
        for step in 1..=moves {
            if self.open.is_empty() || self.rng.bool() {
                let e = self.rng.u32(0..edges as u32);
                self.try_edge(e, heat);
            } else {
                let n = self.open[self.rng.usize(0..self.open.len())];
                self.try_need(n, heat);
            }
            if pace.spend(1) {
                break;
            }
            if step % round == 0 {
                heat *= cooling;
                let fills = self.plan.open() <= self.best_open;
                self.extra *= if fills { 0.95 } else { 1.06 };
                self.extra = self.extra.max(heat);
            }
        }
    }

    /// The cheapest plan seen, and its edges.
    pub(super) fn best(&self) -> (Cost, Vec<u32>) {
        self.record.best()
    }

    fn try_edge(&mut self, e: u32, heat: f64) {
        if self.plan.is_taken(e) {
            return;
        }
        let change = self.look(e, heat);
        if change <= heat * self.random() {
            std::mem::swap(&mut self.out, &mut self.best_out);
            self.apply(e);
        }
    }

    fn try_need(&mut self, n: u32, heat: f64) {
        let mut best = (-heat * self.gumbel(), None);
        for e in self.model.of_need(n) {
            if self.plan.is_taken(e) {
                continue;
            }
            let change = self.look(e, heat) - heat * self.gumbel();
            if change < best.0 {
                best = (change, Some(e));
                std::mem::swap(&mut self.out, &mut self.best_out);
            }
        }
        if let Some(e) = best.1 {
            self.apply(e);
        }
    }

    /// Negative logarithm of a uniform number: exponentially distributed.
    fn random(&mut self) -> f64 {
        self.noise[self.rng.usize(0..TABLE)]
    }

    fn gumbel(&mut self) -> f64 {
        -self.random().ln()
    }

    /// What a place of need `n` left open counts as.
    fn soft(&self, n: u32) -> f64 {
        let open = self.model.needs[n as usize].open as f64;
        (self.prices[n as usize] + self.extra).min(open)
    }

    /// What letting go of `e` counts as.
    fn loss(&self, e: u32) -> f64 {
        let arc = &self.model.edges[e as usize];
        self.soft(arc.need) - arc.cost as f64
    }

    /// What taking `e` would change; what has to go for it into `out`.
    fn look(&mut self, e: u32, heat: f64) -> f64 {
        let model = self.model;
        let arc = model.edges[e as usize];
        self.out.clear();
        let mut change = arc.cost as f64;
        if self.plan.left(model, arc.need) > 0 {
            change -= self.soft(arc.need);
        } else {
            let has = self.plan.of_need(arc.need);
            let other = if has.len() == 1 { has[0] } else { has[self.rng.usize(0..has.len())] };
            let left = &model.edges[other as usize];
            change -= left.cost as f64;
            change += self.extra_change(left.person, -1, -i64::from(left.load));
            self.out.push(other);
        }
        let theirs = self.out.len();
        change += self.make_room(e, heat);
        let freed = self.out[theirs..].iter().map(|&e| i64::from(model.edges[e as usize].load));
        let load = i64::from(arc.load) - freed.sum::<i64>();
        change + self.extra_change(arc.person, 1 - (self.out.len() - theirs) as i64, load)
    }

    /// Lets go, into `out`, of what is in the way of `e` with its person; what that counts as.
    fn make_room(&mut self, e: u32, heat: f64) -> f64 {
        let model = self.model;
        let arc = &model.edges[e as usize];
        let person = &model.people[arc.person as usize];
        let from = self.out.len();
        let held = self.plan.of_person(arc.person);
        let mut load = self.plan.load(arc.person) + u64::from(arc.load);
        let mut change = 0.0;
        for other in self.plan.clashing(model, e) {
            change += self.loss(other);
            load -= u64::from(model.edges[other as usize].load);
            self.out.push(other);
        }
        let mut count = held.len() + 1 - (self.out.len() - from);
        while count > person.capacity as usize || load > person.room {
            let over = load.saturating_sub(person.room);
            let mut pick: Option<(bool, f64, u32)> = None;
            for &other in self.plan.of_person(arc.person) {
                let weight = u64::from(model.edges[other as usize].load);
                if (over > 0 && weight == 0) || self.out[from..].contains(&other) {
                    continue;
                }
                let short = weight < over;
                let loss = self.loss(other) + heat * self.noise[self.rng.usize(0..TABLE)];
                // Where one alone is not enough, what frees most for its loss.
                let loss = if short { loss / weight as f64 } else { loss };
                if pick.is_none_or(|(than, least, _)| (short, loss) < (than, least)) {
                    pick = Some((short, loss, other));
                }
            }
            let Some((_, _, other)) = pick else { return f64::INFINITY };
            change += self.loss(other);
            load -= u64::from(model.edges[other as usize].load);
            count -= 1;
            self.out.push(other);
        }
        change
    }

    /// How fairness changes for a person who carries so much more.
    fn extra_change(&self, p: u32, count: i64, load: i64) -> f64 {
        if !self.model.ground.fair.is_some() {
            return 0.0;
        }
        let (has, carries) = (self.plan.of_person(p).len() as u64, self.plan.load(p));
        let then = self.model.extra(
            p,
            has.saturating_add_signed(count),
            carries.saturating_add_signed(load),
        );
        (then - self.model.extra(p, has, carries)) as f64
    }

    /// Takes `e` and lets go of `best_out`.
    fn apply(&mut self, e: u32) {
        let model = self.model;
        let out = std::mem::take(&mut self.best_out);
        for &other in &out {
            self.plan.drop(model, other);
            self.record.changed(other);
            self.mark(model.edges[other as usize].need);
        }
        self.best_out = out;
        self.plan.take(model, e);
        self.record.changed(e);
        self.mark(model.edges[e as usize].need);
        if self.plan.cost() < self.record.cost() {
            self.best_open = self.plan.open();
            self.record.note(&self.plan);
        }
    }

    /// Keeps the list of open needs true for `n`.
    fn mark(&mut self, n: u32) {
        let spot = self.spot[n as usize];
        let is_open = self.plan.left(self.model, n) > 0;
        if is_open && spot == u32::MAX {
            self.spot[n as usize] = self.open.len() as u32;
            self.open.push(n);
        } else if !is_open && spot != u32::MAX {
            self.open.swap_remove(spot as usize);
            if let Some(&moved) = self.open.get(spot as usize) {
                self.spot[moved as usize] = spot;
            }
            self.spot[n as usize] = u32::MAX;
        }
    }
}
