//! Conflicts in time, loads, and what else no polynomial method covers: bound, repair and search.
//!
//! Prices for needs make a bound (`dual`) out of each person's own best (`oracle`); what people
//! choose at those prices is repaired into a plan (`plan`); the bound and the plan together decide
//! most edges; what is left is searched by annealing (`anneal`, or `exchange` where only loads stand
//! in the way, and what several such searches found is fused), settled a few people at a time
//! (`region`) and, when it is small enough, by branch and bound (`tree`), which proves.
//!
//! Invariant 1: the best plan only gets cheaper, the bound only rises, and they never cross.
//! Invariant 2: with a budget of steps the same seed and threads give the same answer.

mod anneal;
mod dual;
mod exchange;
mod fair;
mod knapsack;
mod model;
mod oracle;
mod pace;
mod plan;
mod record;
mod region;
mod shape;
mod tree;

use crate::{Answer, Budget, Cost, NeedIx, Options, PersonIx, Problem, Progress, check};

use std::collections::VecDeque;

use fastrand::Rng;

use anneal::Anneal;
use dual::Dual;
use exchange::Exchange;
use model::{Ground, Model};
use oracle::Oracle;
use pace::Pace;
use plan::Plan;

/// Moves of the first annealing; each further one has half as many more.
const MOVES: u64 = 20_000;
/// Evaluations of the relaxation at first, and after each round of search.
const RAISE: u32 = 300;
const RAISE_AGAIN: u32 = 50;
/// How many times nearer to the bound than the best plan the search looks, in turn.
const CORES: [i128; 2] = [16, 4];

/// How much longer regions are settled than annealed before.
const REGIONS: u64 = 4;

/// Where only loads stand in the way: moves of the longest search, how many of its outcomes are
/// remembered, and with how many their union is worth a look.
const EXCHANGES: u64 = 100_000;
const REMEMBERED: usize = 8;
const FUSED: usize = 3;

/// What is known of the whole problem.
struct Best {
    cost: Cost,
    bound: Cost,
    open: u64,
    pairs: Vec<(NeedIx, PersonIx)>,
}

/// A solve under way.
struct Run<'r> {
    best: Best,
    pace: Pace<'r>,
    oracle: Oracle,
    /// How many people a region has.
    region: f64,
    /// What the last searches came to, the best plan's apart.
    found: VecDeque<Vec<(NeedIx, PersonIx)>>,
    progress: &'r (dyn Fn(Progress) + Sync),
}

/// The best found within the budget; rounds are not looked at.
pub(crate) fn solve(
    problem: &Problem,
    options: &Options,
    budget: &dyn Budget,
    progress: &(dyn Fn(Progress) + Sync),
) -> Answer {
    let ground = Ground::new(problem);
    let model = Model::new(&ground);
    let best = begin(&model, options);
    let mut run = Run {
        best,
        pace: Pace::new(budget, 0),
        oracle: Oracle::default(),
        region: 2.5,
        found: VecDeque::new(),
        progress,
    };
    run.tell();
    run.search(model, options);
    let answer = run.best.into_answer();
    debug_assert_eq!(
        check(problem, &answer.pairs).map(|checked| (checked.cost, checked.open_places)),
        Ok((answer.cost, answer.open_places))
    );
    answer
}

/// The better of `answer` and of what comes first to hand, start included; with the bound of
/// `answer`.
pub(crate) fn first(problem: &Problem, options: &Options, answer: Answer) -> Answer {
    let ground = Ground::new(problem);
    let model = Model::new(&ground);
    let best = begin(&model, options);
    if best.cost >= answer.cost {
        return answer;
    }
    let bound = best.bound.max(answer.bound);
    Best { bound, ..best }.into_answer()
}

/// The start completed, or the cheapest edge of each need in turn.
fn begin(model: &Model, options: &Options) -> Best {
    let mut order: Vec<u32> = (0..model.needs.len() as u32).collect();
    order.sort_by_key(|&n| model.of_need(n).len());
    let mut plan = Plan::built(model, &[], &order, &mut Pace::endless());
    if !options.start.is_empty() {
        let started =
            Plan::built(model, &model.edges_among(&options.start), &order, &mut Pace::endless());
        if started.cost() <= plan.cost() {
            plan = started;
        }
    }
    Best {
        cost: plan.cost(),
        bound: model.floor(),
        open: plan.open() + model.left_open,
        pairs: model.pairs(plan.edges()),
    }
}

impl Run<'_> {
    /// Alternates between search, bound and proof until the budget is spent or nothing is left.
    fn search(&mut self, mut model: Model, options: &Options) {
        let mut dual = Dual::new(&model);
        self.raise(&model, &mut dual, RAISE);
        self.rise(&model, &dual);
        let mut rng = Rng::with_seed(options.seed);
        let mut moves = MOVES;
        for round in 0usize.. {
            if self.pace.is_over() || self.is_proved() || !self.shrink(&mut model, &mut dual) {
                return;
            }
            let from = self.pace.steps();
            // Exchange draws by reduced cost, and so needs no core.
            let share = CORES[round % CORES.len()];
            let is_loads_only = Exchange::suits(&model);
            let core = if is_loads_only { None } else { self.core(&model, &dual, share) };
            match core {
                Some((core, prices)) => self.anneal(&core, &prices, options, rng.u64(..), moves),
                None => self.anneal(&model, &dual.prices, options, rng.u64(..), moves),
            }
            let spent = self.pace.steps() - from;
            if is_loads_only {
                self.fuse(&model, &dual.prices, &mut rng, self.pace.steps() + spent);
            }
            let settling = if is_loads_only { spent } else { REGIONS * spent };
            self.settle(&model, &dual.prices, &mut rng, self.pace.steps() + settling);
            if self.pace.is_over() || self.is_proved() || !self.shrink(&mut model, &mut dual) {
                return;
            }
            let until = self.pace.steps() + spent / 8;
            let root = model.contract(&[], |_| true);
            if tree::explore(self, root, dual.prices.clone(), until) {
                return self.prove();
            }
            self.raise(&model, &mut dual, RAISE_AGAIN);
            self.rise(&model, &dual);
            moves += moves / 2;
            if is_loads_only {
                moves = moves.min(EXCHANGES);
            }
        }
    }

    /// Decides what the bound decides; whether anything is left.
    fn shrink<'a>(&mut self, model: &mut Model<'a>, dual: &mut Dual) -> bool {
        let Some(fixed) = dual.fix(model, &mut self.oracle, &mut self.pace, self.best.cost) else {
            return false;
        };
        let Some((keep, sure)) = fixed.possible(model) else {
            self.prove();
            return false;
        };
        let left = keep.iter().filter(|&&keep| keep).count() - sure.len();
        if left * 10 > model.edges.len() * 9 {
            return true;
        }
        let smaller = model.contract(&sure, |e| keep[e as usize]);
        self.offer(&smaller, &Plan::empty(&smaller));
        *dual = Dual::at(&smaller, smaller.prices_of(model, &dual.prices));
        *model = smaller;
        if model.edges.is_empty() {
            self.prove();
            return false;
        }
        self.raise(model, dual, RAISE_AGAIN);
        self.rise(model, dual);
        true
    }

    /// What would be left if the best were `share` times nearer to the bound.
    fn core<'a>(
        &mut self,
        model: &Model<'a>,
        dual: &Dual,
        share: i128,
    ) -> Option<(Model<'a>, Vec<Cost>)> {
        let bound = i128::from(dual.bound(model));
        let aim = bound + (i128::from(self.best.cost) - bound) / share + 1;
        let aim = Cost::try_from(aim).ok().filter(|&aim| aim < self.best.cost)?;
        let fixed = dual.fix(model, &mut self.oracle, &mut self.pace, aim)?;
        let (keep, sure) = fixed.possible(model)?;
        let core = model.contract(&sure, |e| keep[e as usize]);
        let prices = core.prices_of(model, &dual.prices);
        (!core.edges.is_empty()).then_some((core, prices))
    }

    /// Searches with every thread, each with its own luck.
    fn anneal(&mut self, model: &Model, prices: &[Cost], options: &Options, seed: u64, moves: u64) {
        let mut order: Vec<u32> = (0..model.needs.len() as u32).collect();
        order.sort_by_key(|&n| std::cmp::Reverse(prices[n as usize]));
        let start = {
            let held = model.edges_among(&self.best.pairs);
            Plan::built(model, &held, &order, &mut self.pace)
        };
        let (budget, steps) = (self.pace.budget(), self.pace.steps());
        let work = |thread: u64| {
            let mut pace = Pace::new(budget, steps);
            let seed = seed.wrapping_add(thread);
            let best = if Exchange::suits(model) {
                let mut search = Exchange::new(model, &start, prices, seed);
                search.run(moves, &mut pace);
                search.best()
            } else {
                let mut search = Anneal::new(model, start.clone(), prices, seed);
                search.run(moves, &mut pace);
                Some(search.best())
            };
            (best, pace.steps())
        };
        let threads = options.threads.clamp(1, 64) as u64;
        let found: Vec<_> = std::thread::scope(|scope| {
            let others: Vec<_> =
                (1..threads).map(|thread| scope.spawn(move || work(thread))).collect();
            let own = work(0);
            let others = others.into_iter().filter_map(|other| other.join().ok());
            std::iter::once(own).chain(others).collect()
        });
        let furthest = found.iter().map(|(_, steps)| *steps).max().unwrap_or(steps);
        self.pace.spend(furthest - steps);
        let plans = found.into_iter().filter_map(|(plan, _)| plan);
        if let Some((_, edges)) = plans.min_by_key(|(cost, _)| *cost) {
            let plan = Plan::built(model, &edges, &[], &mut self.pace);
            self.found.push_back(model.pairs(plan.edges()));
            if self.found.len() > REMEMBERED {
                self.found.pop_front();
            }
            self.offer(model, &plan);
        }
    }

    /// Settles among what the last searches and the best plan would do: each has found good parts, and
    /// their union is so small that regions of it grow large.
    fn fuse(&mut self, model: &Model, prices: &[Cost], rng: &mut Rng, until: u64) {
        if self.found.len() < FUSED {
            return;
        }
        let mut keep = vec![false; model.edges.len()];
        for pairs in self.found.iter().chain([&self.best.pairs]) {
            model.edges_among(pairs).into_iter().for_each(|e| keep[e as usize] = true);
        }
        let union = model.contract(&[], |e| keep[e as usize]);
        let prices = union.prices_of(model, prices);
        self.settle(&union, &prices, rng, until);
    }

    /// Raises the bound of `model`, and makes plans of what people choose on the way.
    fn raise(&mut self, model: &Model, dual: &mut Dual, rounds: u32) {
        let target = self.best.cost;
        let (best, progress) = (&mut self.best, self.progress);
        let mut heard = 0u32;
        let mut order: Vec<u32> = (0..model.needs.len() as u32).collect();
        dual.raise(model, &mut self.oracle, &mut self.pace, target, rounds, |dual, edges, pace| {
            heard += 1;
            if heard % 8 == 1 && !pace.spend(model.edges.len() as u64 / 64) {
                order.sort_by_key(|&n| std::cmp::Reverse(dual.prices[n as usize]));
                let plan = Plan::built(model, edges, &order, pace);
                if best.offer(model, &plan) {
                    best.tell(progress);
                }
            }
            best.cost
        });
    }

    /// The bound of a model that everything cheaper than the best lies in.
    fn rise(&mut self, model: &Model, dual: &Dual) {
        let bound = dual.bound(model).min(self.best.cost);
        if bound > self.best.bound {
            self.best.bound = bound;
            self.tell();
        }
    }

    fn prove(&mut self) {
        if !self.is_proved() {
            self.best.bound = self.best.cost;
            self.tell();
        }
    }

    fn is_proved(&self) -> bool {
        self.best.bound >= self.best.cost
    }

    fn offer(&mut self, model: &Model, plan: &Plan) {
        if self.best.offer(model, plan) {
            self.tell();
        }
    }

    fn tell(&self) {
        self.best.tell(self.progress);
    }
}

impl Best {
    fn into_answer(mut self) -> Answer {
        self.pairs.sort_unstable();
        Answer {
            pairs: self.pairs,
            cost: self.cost,
            bound: self.bound,
            open_places: self.open,
            duals: None,
        }
    }

    /// Takes the plan if it is cheaper.
    fn offer(&mut self, model: &Model, plan: &Plan) -> bool {
        if plan.cost() >= self.cost {
            return false;
        }
        self.cost = plan.cost();
        self.open = plan.open() + model.left_open;
        self.pairs = model.pairs(plan.edges());
        true
    }

    fn tell(&self, progress: &(dyn Fn(Progress) + Sync)) {
        progress(Progress { cost: self.cost, bound: self.bound, open_places: self.open });
    }
}
