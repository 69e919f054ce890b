//! Search where only loads stand in the way: needs move while people carry too much for a while.
//!
//! For generalised assignment. A move shifts one need to another way of serving it, or shifts it
//! and ejects one need of the person it comes to, which goes wherever it can: swaps and the short
//! ejection chains of Yagiura, Ibaraki & Glover (*INFORMS Journal on Computing* 16(2), 2004). As
//! there, too much load is allowed at a price and ways are chosen by the Lagrangian's reduced
//! costs. The heat stays as it is; the price of too much load rises instead, from about what load
//! is worth until nobody carries too much.
//!
//! Hands back the cheapest possible plan that it came through, be it dearer than the one that came in:
//! several such plans together say more than the best alone (see `Run::fuse`).

use fastrand::Rng;

use crate::Cost;

use super::{model::Model, oracle::reduced, pace::Pace, plan::Plan};

/// Moves in about a microsecond.
const MOVES: u64 = 32;
/// The heat, and how far a way's reduced cost may lie above the least of its need to be drawn
/// usually: in units of how much the best few ways of a need differ.
const HEAT: f64 = 1.2;
const REACH: f64 = 1.0;
/// What too much load costs at first and at last, in units of what load is worth.
const CHEAP: f64 = 1.1;
const DEAR: f64 = 20.0;
/// Moves that eject, of each ten.
const CHAINS: u32 = 9;
/// Draws kept ready for each need.
const DRAWS: usize = 64;
/// Which moves look probable: `-ln` of evenly spaced probabilities.
const TABLE: usize = 1 << 12;

/// A way to serve a need: an edge, or to leave it open.
#[derive(Clone, Copy)]
struct Way {
    cost: Cost,
    load: i64,
    person: u32,
}

/// What a person carries.
struct Bin {
    load: i64,
    room: i64,
    /// What load is worth: its Lagrangian price.
    worth: f64,
    /// What a unit too much costs.
    price: f64,
    /// Their needs.
    held: Vec<u32>,
}

/// A search in one model.
pub(super) struct Exchange {
    /// By need: its edges, then to leave it open. Way `w` of need `n` is edge `w - n`.
    ways: Vec<Way>,
    firsts: Vec<u32>,
    /// The way each need is served, and where it stands among its person's.
    at: Vec<u32>,
    spot: Vec<u32>,
    /// By person; the last has whatever is open.
    bins: Vec<Bin>,
    /// Ways of each need, the more often the more probable.
    draws: Vec<u32>,
    heat: f64,
    cost: Cost,
    /// Load that people carry too much.
    over: i64,
    /// None before a possible plan was come through.
    best: Option<Cost>,
    best_at: Vec<u32>,
    /// Needs moved since the best; as many as there are needs when it may be any.
    since: Vec<u32>,
    rng: Rng,
    noise: Vec<f64>,
}

impl Bin {
    /// What carrying so much more changes.
    fn change(&self, more: i64) -> f64 {
        (self.over(more) - self.over(0)) as f64 * self.price
    }

    fn over(&self, more: i64) -> i64 {
        (self.load + more - self.room).max(0)
    }
}

impl Exchange {
    /// Whether each need wants one person and only loads stand in the way.
    pub(super) fn suits(model: &Model) -> bool {
        let is_free = |p: u32| {
            let shape = &model.shapes[p as usize];
            let counts = (model.people[p as usize].capacity as usize) < model.list(p).len();
            (shape.is_knapsack || shape.is_plain) && !counts
        };
        !model.ground.fair.is_some()
            && model.needs.iter().all(|need| need.heads == 1)
            && (0..model.people.len() as u32).all(is_free)
    }

    /// From `plan`, with prices of needs. `O(edges log edges)`.
    pub(super) fn new(model: &Model, plan: &Plan, prices: &[Cost], seed: u64) -> Self {
        let (mut ways, mut firsts, mut at) = (Vec::new(), vec![0], Vec::new());
        let nobody = model.people.len() as u32;
        for (n, need) in (0..).zip(&model.needs) {
            let taken = model.of_need(n).find(|&e| plan.is_taken(e));
            at.push(taken.unwrap_or(model.of_need(n).end) + n);
            ways.extend(model.of_need(n).map(|e| {
                let arc = &model.edges[e as usize];
                Way { cost: arc.cost, load: arc.load.into(), person: arc.person }
            }));
            ways.push(Way { cost: need.open, load: 0, person: nobody });
            firsts.push(ways.len() as u32);
        }
        let bin = |p: u32| {
            let room = model.people[p as usize].room.min(i64::MAX as u64 / 4) as i64;
            let load = plan.load(p) as i64;
            Bin { load, room, worth: worth(model, prices, p), price: 0.0, held: Vec::new() }
        };
        let mut bins: Vec<Bin> = (0..nobody).map(bin).collect();
        bins.push(Bin { load: 0, room: i64::MAX / 4, worth: 0.0, price: 0.0, held: Vec::new() });
        let mut spot = Vec::new();
        for (n, &way) in (0..).zip(&at) {
            let held = &mut bins[ways[way as usize].person as usize].held;
            spot.push(held.len() as u32);
            held.push(n);
        }
        let noise = (0..TABLE).map(|k| -((k as f64 + 0.5) / TABLE as f64).ln());
        let mut search = Self {
            ways,
            firsts,
            best_at: at.clone(),
            at,
            spot,
            bins,
            draws: Vec::new(),
            heat: 0.0,
            cost: plan.cost(),
            over: 0,
            best: None,
            since: Vec::new(),
            rng: Rng::with_seed(seed),
            noise: noise.collect(),
        };
        search.weigh();
        search
    }

    /// Learns how much a need's best ways differ, and fills the draws.
    fn weigh(&mut self) {
        let mut ranked: Vec<(f64, u32)> = (0..)
            .zip(&self.ways)
            .map(|(at, way)| {
                let worth = self.bins[way.person as usize].worth;
                (way.cost as f64 + worth * way.load as f64, at)
            })
            .collect();
        let (mut sum, mut count) = (0.0, 0.0f64);
        for span in self.firsts.windows(2) {
            let of_need = &mut ranked[span[0] as usize..span[1] as usize];
            of_need.sort_unstable_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
            if let [first, _, third, ..] = of_need {
                sum += (third.0 - first.0) / 2.0;
                count += 1.0;
            }
        }
        let scale = (sum / count.max(1.0)).max(1e-3);
        self.heat = HEAT * scale;
        for span in self.firsts.windows(2) {
            let of_need = &ranked[span[0] as usize..span[1] as usize];
            let weight = |way: &(f64, u32)| (-(way.0 - of_need[0].0) / (REACH * scale)).exp();
            let total: f64 = of_need.iter().map(weight).sum();
            let (mut drawn, mut sum) = (0, 0.0);
            for way in of_need {
                sum += weight(way) / total;
                let until = (sum * DRAWS as f64).round() as usize;
                self.draws.extend(std::iter::repeat_n(way.1, until.saturating_sub(drawn)));
                drawn = until.max(drawn);
            }
        }
        let mean = self.ways.iter().map(|way| way.load as f64).sum::<f64>() / ranked.len() as f64;
        let nobody = self.bins.len() - 1;
        for bin in &mut self.bins[..nobody] {
            bin.worth = bin.worth.max(scale / mean.max(1.0));
            bin.price = CHEAP * bin.worth;
        }
    }

    /// Raises the price of too much load over `steps` of `pace`.
    pub(super) fn run(&mut self, steps: u64, pace: &mut Pace) {
        let round = 256;
        let rise = (DEAR / CHEAP).powf(round as f64 / steps.max(round) as f64);
        for step in 1..=steps {
            for _ in 0..MOVES {
                self.try_move();
            }
            if pace.spend(1) {
                return;
            }
            if step % round == 0 {
                self.bins.iter_mut().for_each(|bin| bin.price *= rise);
            }
        }
    }

    /// The cheapest possible plan come through, and its edges.
    pub(super) fn best(&self) -> Option<(Cost, Vec<u32>)> {
        let ways = (0..).zip(&self.best_at).zip(&self.firsts[1..]);
        let edges = ways.filter(|((_, way), end)| **way + 1 < **end).map(|((n, way), _)| way - n);
        Some((self.best?, edges.collect()))
    }

    fn draw(&mut self, n: u32) -> u32 {
        self.draws[n as usize * DRAWS + self.rng.usize(0..DRAWS)]
    }

    fn way(&self, way: u32) -> Way {
        self.ways[way as usize]
    }

    /// A need goes elsewhere, and there perhaps another leaves.
    fn try_move(&mut self) {
        let n = self.rng.u32(0..self.at.len() as u32);
        let to = self.draw(n);
        let (old, new) = (self.way(self.at[n as usize]), self.way(to));
        if old.person == new.person {
            return;
        }
        let (here, there) = (&self.bins[old.person as usize], &self.bins[new.person as usize]);
        if there.held.is_empty() || self.rng.u32(0..10) >= CHAINS {
            let change = here.change(-old.load) + there.change(new.load);
            if self.accepts((new.cost - old.cost) as f64 + change) {
                self.apply(n, to);
                self.note();
            }
            return;
        }
        let m = there.held[self.rng.usize(0..there.held.len())];
        let on = self.draw(m);
        let (had, gets) = (self.way(self.at[m as usize]), self.way(on));
        if gets.person == new.person {
            return;
        }
        let (here, there) = (&self.bins[old.person as usize], &self.bins[new.person as usize]);
        let mut change = there.change(new.load - had.load);
        change += if gets.person == old.person {
            here.change(gets.load - old.load)
        } else {
            here.change(-old.load) + self.bins[gets.person as usize].change(gets.load)
        };
        if self.accepts((new.cost - old.cost + gets.cost - had.cost) as f64 + change) {
            self.apply(n, to);
            self.apply(m, on);
            self.note();
        }
    }

    fn accepts(&mut self, change: f64) -> bool {
        change <= 0.0 || change <= self.heat * self.noise[self.rng.usize(0..TABLE)]
    }

    fn apply(&mut self, n: u32, to: u32) {
        let (old, new) = (self.way(self.at[n as usize]), self.way(to));
        self.at[n as usize] = to;
        self.cost += new.cost - old.cost;
        let spot = self.spot[n as usize] as usize;
        let left = &mut self.bins[old.person as usize];
        self.over += left.over(-old.load) - left.over(0);
        left.load -= old.load;
        left.held.swap_remove(spot);
        if let Some(&moved) = left.held.get(spot) {
            self.spot[moved as usize] = spot as u32;
        }
        let has = &mut self.bins[new.person as usize];
        self.over += has.over(new.load) - has.over(0);
        has.load += new.load;
        self.spot[n as usize] = has.held.len() as u32;
        has.held.push(n);
        if self.since.len() < self.at.len() {
            self.since.push(n);
        }
    }

    /// Keeps what is cheaper than the best and possible.
    fn note(&mut self) {
        if self.over > 0 || self.best.is_some_and(|best| self.cost >= best) {
            return;
        }
        self.best = Some(self.cost);
        if self.since.len() < self.at.len() {
            self.since.iter().for_each(|&n| self.best_at[n as usize] = self.at[n as usize]);
        } else {
            self.best_at.clone_from(&self.at);
        }
        self.since.clear();
    }
}

/// What a unit of load is worth to a person at these prices: the density of the break edge.
fn worth(model: &Model, prices: &[Cost], p: u32) -> f64 {
    let mut items: Vec<(f64, u32)> = Vec::new();
    items.extend(model.list(p).iter().filter_map(|&e| {
        let gain = -reduced(model, prices, e);
        let load = model.edges[e as usize].load;
        (gain > 0).then(|| (gain as f64 / f64::from(load), load))
    }));
    items.sort_unstable_by(|a, b| b.0.total_cmp(&a.0));
    let mut left = model.people[p as usize].room;
    let is_break = |&&(_, load): &&(f64, u32)| match left.checked_sub(load.into()) {
        Some(rest) => {
            left = rest;
            false
        }
        None => true,
    };
    let density = items.iter().find(is_break).map_or(0.0, |&(density, _)| density);
    density / (1u64 << model.ground.bits) as f64
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Edge, Need, Person, Problem, hard::model::Ground};

    /// Type D of the literature: what is cheap is heavy.
    fn costly_or_heavy(rng: &mut Rng, people: u32, needs: u32) -> Problem {
        let need = Need { heads: 1, window: None, place: None, open_cost: 500 };
        let room = u64::from(40 * needs / people);
        let person = Person { capacity: needs, max_load: Some(room), pinned: Vec::new(), round: 0 };
        let cells = (0..needs).flat_map(|n| (0..people).map(move |p| (n, p)));
        let edges = cells.map(|(need, person)| {
            let load = rng.u32(1..=100);
            Edge { need, person, cost: 111 - i64::from(load) + rng.i64(-10..=10), load }
        });
        let edges = edges.collect();
        Problem::new(vec![need; needs as usize], vec![person; people as usize], edges).unwrap()
    }

    #[test]
    fn what_it_finds_is_possible_costs_what_it_says_and_is_mostly_cheaper() {
        let mut cheaper = 0;
        for seed in 0..20 {
            let problem = costly_or_heavy(&mut Rng::with_seed(seed), 6, 40);
            let ground = Ground::new(&problem);
            let model = Model::new(&ground);
            assert!(Exchange::suits(&model));
            let order: Vec<u32> = (0..40).collect();
            let start = Plan::built(&model, &[], &order, &mut Pace::endless());
            let prices = vec![100 << ground.bits; 40];
            let mut search = Exchange::new(&model, &start, &prices, seed);

            search.run(2_000, &mut Pace::endless());

            let Some((cost, edges)) = search.best() else { continue };
            let plan = Plan::taking(&model, &edges).unwrap();
            assert_eq!(plan.cost(), cost);
            cheaper += u32::from(cost < start.cost());
        }
        assert!(cheaper >= 15, "only {cheaper} of 20 are cheaper");
    }
}
