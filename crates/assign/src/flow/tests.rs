//! Every answer of the flow is held against the judge and against its own prices.

use dugnad_budget::Steps;
use fastrand::Rng;

use super::*;
use crate::{
    answer::Answer,
    check::check,
    problem::{Edge, Need, Person},
    prove::verify_duals,
};

const PLENTY: Steps = Steps(u64::MAX);

fn random(rng: &mut Rng, needs: u32, people: u32, dearest: Cost) -> Problem {
    let need = |rng: &mut Rng| Need {
        heads: rng.u32(0..4),
        window: None,
        place: None,
        open_cost: rng.i64(0..=dearest),
    };
    let mut persons: Vec<Person> = (0..people)
        .map(|_| Person { capacity: rng.u32(0..4), max_load: None, pinned: Vec::new(), round: 0 })
        .collect();
    let needs: Vec<Need> = (0..needs).map(|_| need(rng)).collect();
    let mut edges = Vec::new();
    for (n, need) in needs.iter().enumerate() {
        let mut heads = need.heads;
        for (p, person) in persons.iter_mut().enumerate() {
            if rng.u8(..3) > 0 {
                continue;
            }
            let (need, person_ix) = (n as NeedIx, p as PersonIx);
            let cost = rng.i64(-dearest / 4..=dearest);
            edges.push(Edge { need, person: person_ix, cost, load: 0 });
            if heads > 0 && person.pinned.len() < person.capacity as usize && rng.u8(..8) == 0 {
                person.pinned.push(need);
                heads -= 1;
            }
        }
    }
    let problem = Problem::new(needs, persons, edges).unwrap();
    if rng.bool() {
        return problem;
    }
    let mut steps: Vec<Cost> = (0..rng.usize(1..4)).map(|_| rng.i64(0..=dearest / 2)).collect();
    steps.sort_unstable();
    problem.with_fairness(Fairness::Needs(steps)).unwrap()
}

fn answer(flow: Flow) -> Answer {
    let Flow { pairs, cost, bound, open_places, duals } = flow;
    Answer { pairs, cost, bound, open_places, duals: Some(duals) }
}

#[test]
fn prices_prove_every_answer_of_random_problems() {
    let mut rng = Rng::with_seed(1);
    for round in 0..400 {
        let dearest = [8, 100, 1 << 40][round % 3];
        let problem = random(&mut rng, 25, 20, dearest);

        let answer = answer(solve(&problem, &PLENTY));

        assert!(answer.is_proved(), "round {round}");
        assert!(verify_duals(&problem, &answer), "round {round}");
    }
}

#[test]
fn a_solve_cut_anywhere_is_allowed_and_its_bound_is_true() {
    let mut rng = Rng::with_seed(2);
    for round in 0..60 {
        let problem = random(&mut rng, 300, 200, 1000);
        let best = solve(&problem, &PLENTY).cost;

        let cut = solve(&problem, &Steps(rng.u64(0..100_000)));

        let checked = check(&problem, &cut.pairs).unwrap();
        assert_eq!((checked.cost, checked.open_places), (cut.cost, cut.open_places));
        assert!(cut.bound <= best && best <= cut.cost, "round {round}");
    }
}

#[test]
fn a_solve_without_any_budget_leaves_all_but_the_pinned_open() {
    let problem = random(&mut Rng::with_seed(3), 30, 30, 100);
    let pinned: usize = problem.people().iter().map(|person| person.pinned.len()).sum();

    let cut = solve(&problem, &Steps(0));

    assert!(pinned > 0);
    assert_eq!(cut.pairs.len(), pinned);
}

#[test]
fn solving_again_at_other_costs_is_as_good_as_solving_anew() {
    let mut rng = Rng::with_seed(4);
    for round in 0..60 {
        let problem = random(&mut rng, 25, 20, 100);
        let mut relaxation = Relaxation::new(&problem);
        for again in 0..5 {
            let mut edges = problem.edges().to_vec();
            for _ in 0..edges.len() / 4 {
                rng.choice(&mut edges).unwrap().cost = rng.i64(-100..200);
            }
            let costs: Vec<Cost> = edges.iter().map(|edge| edge.cost).collect();
            let mut other =
                Problem::new(problem.needs().to_vec(), problem.people().to_vec(), edges).unwrap();
            if let Some(fairness) = problem.fairness() {
                other = other.with_fairness(fairness.clone()).unwrap();
            }

            let answer = answer(relaxation.solve_with(&costs, &PLENTY));

            assert!(verify_duals(&other, &answer), "round {round}, {again}");
        }
    }
}
