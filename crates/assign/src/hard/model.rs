//! What is left to decide: a problem without what is decided already.
//!
//! Needs are numbered by the end of their windows (those without first), so that a person's edges
//! stand in the order in which one need can follow another, and dropping some keeps that order.
//! Deciding that edges are taken or never will be is [`Model::contract`]: what remains is a smaller
//! model of the same form. Pinned pairs, reduced-cost fixing, branching and regions all use it.
//!
//! Every edge here is cheaper than leaving its place open, and could be taken on its own.

use crate::{Cost, NeedIx, PersonIx, Problem};

use super::{
    fair::Fair,
    shape::{Links, Shape},
};

/// The start and end of a need without a window: before everything.
const NEVER: i64 = i64::MIN / 2;

/// What all models of one solve share.
pub(super) struct Ground<'a> {
    pub(super) problem: &'a Problem,
    pub(super) fair: Fair,
    /// The longest way between two places.
    reach: i64,
    /// Prices are whole multiples of 2^-bits, so that a bound is exact.
    pub(super) bits: u32,
}

impl<'a> Ground<'a> {
    pub(super) fn new(problem: &'a Problem) -> Self {
        let edges = |n: usize| problem.edges_of(n as NeedIx).iter().map(|edge| edge.cost.abs());
        let dearest = |n: usize, open: Cost| edges(n).fold(open, Cost::max);
        let needs = problem.needs().iter().enumerate();
        let total: i128 = needs
            .map(|(n, need)| i128::from(need.heads) * i128::from(dearest(n, need.open_cost)))
            .sum();
        // Sums of one person stay below twice the total; with fairness' 2^61 they fit an i64.
        let bits = 60u32.saturating_sub(128 - total.leading_zeros()).min(12);
        let reach = problem.travel().minutes.iter().copied().max().unwrap_or(0).into();
        Self { problem, fair: Fair::new(problem), reach, bits }
    }
}

/// A need with places left.
#[derive(Clone, Debug)]
pub(super) struct Want {
    pub(super) id: NeedIx,
    pub(super) heads: u32,
    pub(super) open: Cost,
    /// The cheapest edge; no price below it raises a bound.
    pub(super) floor: Cost,
    pub(super) start: i64,
    pub(super) end: i64,
}

/// A person who can take more.
#[derive(Clone, Debug)]
pub(super) struct Helper {
    pub(super) id: PersonIx,
    /// How many needs more.
    pub(super) capacity: u32,
    /// How much load more.
    pub(super) room: u64,
    /// What they carry already.
    count: u64,
    load: u64,
}

/// An edge that may be taken.
#[derive(Clone, Copy, Debug)]
pub(super) struct Arc {
    pub(super) need: u32,
    pub(super) person: u32,
    pub(super) cost: Cost,
    pub(super) load: u32,
}

/// What is left to decide.
pub(super) struct Model<'a> {
    pub(super) ground: &'a Ground<'a>,
    /// What is decided, and its cost with that of places that stay open in any case.
    pub(super) base: Cost,
    fixed: Vec<(NeedIx, PersonIx)>,
    /// Places that stay open in any case.
    pub(super) left_open: u64,
    pub(super) needs: Vec<Want>,
    pub(super) people: Vec<Helper>,
    /// By need, then person.
    pub(super) edges: Vec<Arc>,
    starts: Vec<u32>,
    /// The edges of each person, in the order of their needs.
    lists: Vec<u32>,
    firsts: Vec<u32>,
    pub(super) links: Links,
    pub(super) shapes: Vec<Shape>,
}

impl<'a> Model<'a> {
    /// The whole problem, its pinned pairs decided. `O(edges log edges)` at worst.
    pub(super) fn new(ground: &'a Ground<'a>) -> Self {
        let problem = ground.problem;
        let window = |n: NeedIx| problem.needs()[n as usize].window;
        let mut order: Vec<NeedIx> = (0..problem.needs().len() as NeedIx).collect();
        order.sort_by_key(|&n| window(n).map_or(NEVER, |window| window.end));
        let mut edges = Vec::with_capacity(problem.edges().len());
        let mut pinned = vec![false; problem.edges().len()];
        for (p, person) in (0..).zip(problem.people()) {
            for &n in &person.pinned {
                let at = problem.edges_of(n).partition_point(|edge| edge.person < p);
                pinned[problem.starts()[n as usize] as usize + at] = true;
            }
        }
        let mut taken = Vec::new();
        let needs: Vec<Want> = (0..)
            .zip(&order)
            .map(|(at, &id)| {
                for (k, edge) in (problem.starts()[id as usize]..).zip(problem.edges_of(id)) {
                    if pinned[k as usize] {
                        taken.push(edges.len() as u32);
                    }
                    let (cost, load) = (edge.cost, edge.load);
                    edges.push(Arc { need: at, person: edge.person, cost, load });
                }
                let need = &problem.needs()[id as usize];
                let (start, end) = need.window.map_or((NEVER, NEVER), |w| (w.start, w.end));
                Want { id, heads: need.heads, open: need.open_cost, floor: 0, start, end }
            })
            .collect();
        let people = (0..).zip(problem.people()).map(|(id, person)| Helper {
            id,
            capacity: person.capacity,
            room: person.max_load.unwrap_or(u64::MAX),
            count: 0,
            load: 0,
        });
        let mut whole = Self {
            ground,
            base: 0,
            fixed: Vec::new(),
            left_open: 0,
            needs,
            people: people.collect(),
            edges,
            starts: Vec::new(),
            lists: Vec::new(),
            firsts: Vec::new(),
            links: Links::default(),
            shapes: Vec::new(),
        };
        whole.index();
        whole.contract(&taken, |_| true)
    }

    /// What is left when `taken` are taken and only those that `keep` allows may be.
    ///
    /// `taken` must be possible together. `O(edges)`.
    pub(super) fn contract(&self, taken: &[u32], keep: impl Fn(u32) -> bool) -> Self {
        let (mut needs, mut people) = (self.needs.clone(), self.people.clone());
        let mut fixed = self.fixed.clone();
        let mut base = self.base;
        let mut dead = vec![false; self.edges.len()];
        for &e in taken {
            let arc = self.edges[e as usize];
            let person = &mut people[arc.person as usize];
            base = base.saturating_add(arc.cost + self.step(person, arc.load));
            person.capacity -= 1;
            person.room = person.room_after(arc.load);
            person.count += 1;
            person.load += u64::from(arc.load);
            needs[arc.need as usize].heads -= 1;
            fixed.push((self.needs[arc.need as usize].id, person.id));
            for &other in self.list(arc.person) {
                let clashes = self.clash(arc.need, self.edges[other as usize].need);
                dead[other as usize] |= clashes || other == e;
            }
        }
        let edges = (0..).zip(&self.edges).filter(|&(e, arc)| {
            let (need, person) = (&needs[arc.need as usize], &people[arc.person as usize]);
            !dead[e as usize]
                && keep(e)
                && need.heads > 0
                && person.capacity > 0
                && u64::from(arc.load) <= person.room
                && arc.cost.saturating_add(self.least_step(person)) < need.open
        });
        let edges = edges.map(|(_, arc)| *arc).collect();
        self.compact(base, fixed, needs, people, edges)
    }

    /// Renumbers needs and people to those that have edges.
    fn compact(
        &self,
        mut base: Cost,
        fixed: Vec<(NeedIx, PersonIx)>,
        mut needs: Vec<Want>,
        mut people: Vec<Helper>,
        mut edges: Vec<Arc>,
    ) -> Self {
        let mut need_degree = vec![0u32; needs.len()];
        let mut person_degree = vec![0u32; people.len()];
        for arc in &edges {
            need_degree[arc.need as usize] += 1;
            person_degree[arc.person as usize] += 1;
        }
        let mut left_open = self.left_open;
        for (need, &degree) in needs.iter_mut().zip(&need_degree) {
            let never = need.heads.saturating_sub(degree);
            need.heads -= never;
            left_open += u64::from(never);
            base = base.saturating_add(need.open.saturating_mul(never.into()));
        }
        let need_at = ranks(&need_degree);
        let person_at = ranks(&person_degree);
        let mut degrees = need_degree.iter();
        needs.retain(|_| degrees.next().is_some_and(|&degree| degree > 0));
        let mut degrees = person_degree.iter();
        people.retain(|_| degrees.next().is_some_and(|&degree| degree > 0));
        for need in &mut needs {
            need.floor = need.open;
        }
        for arc in &mut edges {
            arc.need = need_at[arc.need as usize];
            arc.person = person_at[arc.person as usize];
            let floor = &mut needs[arc.need as usize].floor;
            *floor = arc.cost.min(*floor);
        }
        let mut model = Self {
            ground: self.ground,
            base,
            fixed,
            left_open,
            needs,
            people,
            edges,
            starts: Vec::new(),
            lists: Vec::new(),
            firsts: Vec::new(),
            links: Links::default(),
            shapes: Vec::new(),
        };
        model.index();
        model.links = Links::new(&model);
        model.shapes = (0..model.people.len()).map(|p| Shape::new(&model, p as u32)).collect();
        model
    }

    /// Finds each need's and each person's edges.
    fn index(&mut self) {
        self.starts = vec![0; self.needs.len() + 1];
        self.firsts = vec![0; self.people.len() + 1];
        for arc in &self.edges {
            self.starts[arc.need as usize + 1] += 1;
            self.firsts[arc.person as usize + 1] += 1;
        }
        for at in [&mut self.starts, &mut self.firsts] {
            for k in 1..at.len() {
                at[k] += at[k - 1];
            }
        }
        let mut next = self.firsts.clone();
        self.lists = vec![0; self.edges.len()];
        for (e, arc) in (0..).zip(&self.edges) {
            let at = &mut next[arc.person as usize];
            self.lists[*at as usize] = e;
            *at += 1;
        }
    }

    /// The edges of a need.
    pub(super) fn of_need(&self, need: u32) -> std::ops::Range<u32> {
        self.starts[need as usize]..self.starts[need as usize + 1]
    }

    /// The edges of a person, in the order in which one need can follow another.
    pub(super) fn list(&self, person: u32) -> &[u32] {
        &self.lists[self.span(person)]
    }

    /// Where a person's edges stand in tables kept beside the lists.
    pub(super) fn span(&self, person: u32) -> std::ops::Range<usize> {
        self.firsts[person as usize] as usize..self.firsts[person as usize + 1] as usize
    }

    /// Whether nobody can take both.
    pub(super) fn clash(&self, one: u32, other: u32) -> bool {
        let (first, second) = (one.min(other), one.max(other));
        let (a, b) = (&self.needs[first as usize], &self.needs[second as usize]);
        let gap = b.start - a.end;
        gap < 0 || (gap < self.ground.reach && self.ground.problem.clash(a.id, b.id))
    }

    /// Whether any way between places takes time.
    pub(super) fn has_ways(&self) -> bool {
        self.ground.reach > 0
    }

    /// From when on after need `n` every need can follow, wherever it is.
    pub(super) fn free_after(&self, n: u32) -> i64 {
        self.needs[n as usize].end.saturating_add(self.ground.reach)
    }

    /// A bound without any work: everywhere the cheapest.
    pub(super) fn floor(&self) -> Cost {
        let cheapest = |need: &Want| need.floor.saturating_mul(need.heads.into());
        self.needs.iter().map(cheapest).fold(self.base, Cost::saturating_add)
    }

    /// What a person who carries `count` needs and `load` of this model pays extra for it.
    pub(super) fn extra(&self, person: u32, count: u64, load: u64) -> Cost {
        if !self.ground.fair.is_some() {
            return 0;
        }
        let person = &self.people[person as usize];
        let has = self.ground.fair.cost(person.count, person.load);
        self.ground.fair.cost(person.count + count, person.load + load) - has
    }

    /// The same, scaled as prices are, and rounded down where it would not fit.
    pub(super) fn scaled_extra(&self, person: u32, count: u64, load: u64) -> Cost {
        let bits = self.ground.bits;
        self.extra(person, count, load).min(1 << (61 - bits)) << bits
    }

    /// What any need more costs a person extra at least. Of load, nothing: what is begun is paid.
    fn least_step(&self, person: &Helper) -> Cost {
        if self.ground.fair.by_load() { 0 } else { self.step(person, 0) }
    }

    fn step(&self, person: &Helper, load: u32) -> Cost {
        let fair = &self.ground.fair;
        let (count, carried) = (person.count, person.load);
        fair.cost(count + 1, carried + u64::from(load)) - fair.cost(count, carried)
    }

    /// Prices of a larger model's needs for those that are left of it.
    pub(super) fn prices_of(&self, larger: &Self, prices: &[Cost]) -> Vec<Cost> {
        let mut theirs = larger.needs.iter().zip(prices);
        let mut price =
            |need: &Want| theirs.find(|(other, _)| other.id == need.id).map(|(_, &u)| u);
        self.needs.iter().map(|need| price(need).unwrap_or(0)).collect()
    }

    /// Those of `pairs` that are edges here.
    pub(super) fn edges_among(&self, pairs: &[(NeedIx, PersonIx)]) -> Vec<u32> {
        let mut wanted = pairs.to_vec();
        wanted.sort_unstable();
        let id =
            |arc: &Arc| (self.needs[arc.need as usize].id, self.people[arc.person as usize].id);
        let among = |&(_, arc): &(u32, &Arc)| wanted.binary_search(&id(arc)).is_ok();
        (0..).zip(&self.edges).filter(among).map(|(e, _)| e).collect()
    }

    /// The pairs of `edges` with those decided before.
    pub(super) fn pairs(&self, edges: impl IntoIterator<Item = u32>) -> Vec<(NeedIx, PersonIx)> {
        let ids = edges.into_iter().map(|e| {
            let arc = self.edges[e as usize];
            (self.needs[arc.need as usize].id, self.people[arc.person as usize].id)
        });
        self.fixed.iter().copied().chain(ids).collect()
    }
}

impl Helper {
    fn room_after(&self, load: u32) -> u64 {
        if self.room == u64::MAX { self.room } else { self.room - u64::from(load) }
    }
}

/// The new number of each that has a degree.
fn ranks(degrees: &[u32]) -> Vec<u32> {
    let mut next = 0;
    let number = |&degree: &u32| {
        let rank = next;
        next += u32::from(degree > 0);
        rank
    };
    degrees.iter().map(number).collect()
}
