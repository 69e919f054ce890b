//! The best answer by plain enumeration: every edge taken or left, every limit looked up anew.
//!
//! Shares nothing with the solver or with `check` beyond the problem's own fields, not even what a
//! clash or a step of fairness is. Rounds are not looked at: everybody is of one round. For some
//! fifteen edges; beyond twenty it takes too long.

use dugnad_assign::{Cost, Edge, Fairness, Need, NeedIx, Person, PersonIx, Problem, check};

/// The cost of the best answer, and the first best answer in the order of enumeration.
pub(crate) fn cheapest(problem: &Problem) -> (Cost, Vec<(NeedIx, PersonIx)>) {
    let mut search = Search { problem, taken: Vec::new(), best: None };
    search.visit(0);
    let (cost, pairs) = search.best.unwrap();
    (Cost::try_from(cost).unwrap(), pairs)
}

struct Search<'a> {
    problem: &'a Problem,
    taken: Vec<Edge>,
    best: Option<(i128, Vec<(NeedIx, PersonIx)>)>,
}

impl Search<'_> {
    fn visit(&mut self, at: usize) {
        let Some(&edge) = self.problem.edges().get(at) else { return self.judge() };
        let pinned = self.problem.people()[edge.person as usize].pinned.contains(&edge.need);
        if !pinned {
            self.visit(at + 1);
        }
        if self.fits(edge) {
            self.taken.push(edge);
            self.visit(at + 1);
            self.taken.pop();
        }
    }

    fn fits(&self, edge: Edge) -> bool {
        let need = &self.problem.needs()[edge.need as usize];
        let person = &self.problem.people()[edge.person as usize];
        let theirs = || self.taken.iter().filter(|other| other.person == edge.person);
        let heads = self.taken.iter().filter(|other| other.need == edge.need).count();
        let load = theirs().map(|other| u64::from(other.load)).sum::<u64>() + u64::from(edge.load);
        heads < need.heads as usize
            && theirs().count() < person.capacity as usize
            && person.max_load.is_none_or(|most| load <= most)
            && theirs().all(|other| !self.overlap(other.need, edge.need))
    }

    fn overlap(&self, one: NeedIx, other: NeedIx) -> bool {
        let [one, other] = [one, other].map(|need| &self.problem.needs()[need as usize]);
        let (Some(a), Some(b)) = (one.window, other.window) else { return false };
        let way = |from: Option<u32>, to: Option<u32>| match (from, to) {
            (Some(from), Some(to)) if self.problem.travel().places > 0 => {
                let travel = self.problem.travel();
                i64::from(travel.minutes[(from * travel.places + to) as usize])
            }
            _ => 0,
        };
        a.start < b.end + way(other.place, one.place)
            && b.start < a.end + way(one.place, other.place)
    }

    fn judge(&mut self) {
        let mut cost: i128 = self.taken.iter().map(|edge| i128::from(edge.cost)).sum();
        for (n, need) in self.problem.needs().iter().enumerate() {
            let has = self.taken.iter().filter(|edge| edge.need as usize == n).count();
            cost += i128::from(need.open_cost) * (i128::from(need.heads) - has as i128);
        }
        for p in 0..self.problem.people().len() {
            let theirs = || self.taken.iter().filter(|edge| edge.person as usize == p);
            let (steps, climbed) = match self.problem.fairness() {
                None => continue,
                Some(Fairness::Needs(steps)) => (steps, theirs().count()),
                Some(Fairness::Load { every, steps }) => {
                    let load: u64 = theirs().map(|edge| u64::from(edge.load)).sum();
                    (steps, load.div_ceil(u64::from(*every)) as usize)
                }
            };
            let nth = |k: usize| steps.get(k).or(steps.last()).unwrap();
            cost += (0..climbed).map(|k| i128::from(*nth(k))).sum::<i128>();
        }
        if self.best.as_ref().is_none_or(|(best, _)| cost < *best) {
            let pairs = self.taken.iter().map(|edge| (edge.need, edge.person)).collect();
            self.best = Some((cost, pairs));
        }
    }
}

#[test]
fn enumeration_and_the_judge_agree_on_what_the_best_answer_costs() {
    let problem = contended();

    let (cost, pairs) = cheapest(&problem);

    assert_eq!(pairs, [(0, 1), (1, 0)]);
    assert_eq!(cost, 3 + 2);
    assert_eq!(check(&problem, &pairs).unwrap().cost, cost);
}

/// Two needs want the same person; the one that can go elsewhere more cheaply should.
fn contended() -> Problem {
    let need = Need { heads: 1, window: None, place: None, open_cost: 100 };
    let person = Person { capacity: 1, max_load: None, pinned: Vec::new(), round: 0 };
    let edge = |need, person, cost| Edge { need, person, cost, load: 0 };
    let edges = vec![edge(0, 0, 1), edge(0, 1, 3), edge(1, 0, 2), edge(1, 1, 9)];
    Problem::new(vec![need.clone(), need], vec![person.clone(), person], edges).unwrap()
}
