//! Conflicts, loads, heads, fairness, ways, pins and rounds together, against enumeration.

use std::sync::Mutex;

use dugnad_assign::{
    Answer, Cost, Edge, Fairness, Need, NeedIx, Options, Person, PersonIx, Problem, Progress,
    Travel, Window, check, solve,
};
use dugnad_budget::Steps;
use fastrand::Rng;
use proptest::prelude::*;

use crate::brute;

/// Enough to settle anything that enumeration can.
const AMPLE: Steps = Steps(20_000_000);

proptest! {
    #![proptest_config(ProptestConfig::with_cases(500))]

    #[test]
    fn a_small_rich_problem_is_solved_to_its_optimum_and_proved(seed: u64) {
        let problem = rich(&mut Rng::with_seed(seed), 1);
        let (best, _) = brute::cheapest(&problem);

        let answer = solved(&problem, &Options::default(), AMPLE);

        prop_assert_eq!((answer.cost, answer.bound), (best, best));
    }

    #[test]
    fn a_small_generalised_assignment_is_solved_to_its_optimum_and_proved(seed: u64) {
        let problem = costly_or_heavy(&mut Rng::with_seed(seed), 3, 6);
        let (best, _) = brute::cheapest(&problem);

        let answer = solved(&problem, &Options::default(), AMPLE);

        prop_assert_eq!((answer.cost, answer.bound), (best, best));
    }

    #[test]
    fn a_solve_cut_short_answers_feasibly_and_its_bound_holds(seed: u64, steps in 0u64..400) {
        let problem = rich(&mut Rng::with_seed(seed), 1);
        let (best, _) = brute::cheapest(&problem);

        let answer = solved(&problem, &Options::default(), Steps(steps));

        prop_assert!(answer.bound <= best && best <= answer.cost, "{answer:?} is not about {best}");
    }

    #[test]
    fn an_answer_is_never_worse_than_the_start(seed: u64, steps in 0u64..400) {
        let problem = rich(&mut Rng::with_seed(seed), 1);
        let start = brute::cheapest(&problem);
        let options = Options { start: start.1, ..Options::default() };

        let answer = solved(&problem, &options, Steps(steps));

        prop_assert_eq!(answer.cost, start.0);
    }

    #[test]
    fn people_of_a_lower_round_are_assigned_as_well_as_possible_first(seed: u64) {
        let problem = rich(&mut Rng::with_seed(seed), 2);
        let first = brute::cheapest(&only(&problem, 0));

        let answer = solved(&problem, &Options::default(), AMPLE);

        let early = |&(_, p): &(NeedIx, PersonIx)| problem.people()[p as usize].round == 0;
        let pinned = |&(n, p): &(NeedIx, PersonIx)| problem.people()[p as usize].pinned.contains(&n);
        let of_first = answer.pairs.iter().copied().filter(|pair| early(pair) || pinned(pair));
        let kept: Vec<_> = of_first.collect();
        prop_assert_eq!(check(&problem, &kept).unwrap().cost, first.0);
        let (best, _) = brute::cheapest(&keeping(&problem, &kept));
        prop_assert_eq!((answer.cost, answer.bound), (best, best));
    }
}

#[test]
fn the_same_seed_threads_and_steps_give_the_same_answer() {
    let problem = roster(&mut Rng::with_seed(5), 120, 40);
    for threads in [1, 2] {
        for steps in [2_000, 30_000] {
            let options = Options { threads, seed: 9, ..Options::default() };
            let one = solved(&problem, &options, Steps(steps));

            let other = solved(&problem, &options, Steps(steps));

            assert_eq!(one, other);
        }
    }
}

#[test]
fn a_generalised_assignment_cut_short_is_feasible_and_the_same_for_the_same_seed() {
    let problem = costly_or_heavy(&mut Rng::with_seed(2), 10, 100);
    for (steps, is_ample) in [(0, false), (5_000, false), (300_000, true)] {
        let options = Options { seed: 4, ..Options::default() };
        let one = solved(&problem, &options, Steps(steps));

        let other = solved(&problem, &options, Steps(steps));

        assert_eq!(one, other);
        let gap = one.cost - one.bound;
        assert!(!is_ample || gap * 100 <= one.bound, "{} over {}", one.cost, one.bound);
    }
}

#[test]
fn a_roster_of_a_week_is_proved_and_progress_never_turns_back() {
    let problem = roster(&mut Rng::with_seed(7), 300, 100);
    let heard = Mutex::new(Vec::<Progress>::new());

    let answer = solve(&problem, &Options::default(), &AMPLE, &|progress| {
        heard.lock().unwrap().push(progress);
    });

    assert!(answer.is_proved());
    assert_eq!(check(&problem, &answer.pairs).unwrap().cost, answer.cost);
    let heard = heard.into_inner().unwrap();
    assert!(heard.is_sorted_by(|a, b| a.cost >= b.cost && a.bound <= b.bound && a != b));
    let last = heard.last().unwrap();
    assert_eq!((last.cost, last.bound), (answer.cost, answer.bound));
}

/// Generalised assignment of the OR-Library, `gap4-0` read as minimisation.
#[test]
fn a_published_generalised_assignment_is_proved_optimal() {
    let text = include_str!("../data/gap4-0.txt");
    let numbers: Vec<i64> = text.split_whitespace().map(|n| n.parse().unwrap()).collect();
    let (agents, jobs) = (numbers[0] as usize, numbers[1] as usize);
    let (costs, rest) = numbers[2..].split_at(agents * jobs);
    let (loads, rooms) = rest.split_at(agents * jobs);
    let needs = vec![need(1, None, 1_000); jobs];
    let person = |room: &i64| Person { max_load: Some(*room as u64), ..person(jobs as u32) };
    let cells = (0..agents * jobs).map(|at| Edge {
        need: (at % jobs) as NeedIx,
        person: (at / jobs) as PersonIx,
        cost: costs[at],
        load: loads[at] as u32,
    });
    let problem = Problem::new(needs, rooms.iter().map(person).collect(), cells.collect()).unwrap();

    let answer = solved(&problem, &Options::default(), AMPLE);

    assert_eq!((answer.cost, answer.bound, answer.open_places), (423, 423, 0));
}

#[test]
fn without_edges_everything_stays_open() {
    let needs = vec![need(2, Some((0, 60)), 7), need(1, Some((30, 90)), 5)];
    let problem = Problem::new(needs, vec![person(2)], Vec::new()).unwrap();

    let answer = solved(&problem, &Options::default(), AMPLE);

    assert_eq!((answer.cost, answer.bound, answer.open_places), (19, 19, 3));
}

#[test]
fn nobody_is_given_anything_with_capacity_zero() {
    let needs = vec![need(1, Some((0, 60)), 7), need(1, Some((30, 90)), 5)];
    let edges = [0, 1].map(|n| edge(n, 0, 1));
    let problem = Problem::new(needs, vec![person(0)], edges.to_vec()).unwrap();

    let answer = solved(&problem, &Options::default(), AMPLE);

    assert_eq!((answer.cost, answer.bound, answer.open_places), (12, 12, 2));
}

#[test]
fn costs_of_2_to_the_40_add_up_exactly() {
    let dear = 1 << 40;
    let needs: Vec<Need> =
        (0..40).map(|n| need(1, Some((n * 10, n * 10 + 15)), 2 * dear)).collect();
    let edges = (0..40).flat_map(|n| (0..5).map(move |p| edge(n, p, dear + i64::from(n * p))));
    let problem = Problem::new(needs, vec![person(40); 5], edges.collect()).unwrap();

    let answer = solved(&problem, &Options::default(), AMPLE);

    let odd: i64 = (0..40).filter(|n| n % 2 == 1).sum();
    let even: i64 = (0..40).filter(|n| n % 2 == 0).sum();
    assert_eq!(answer.cost, 40 * dear + odd.min(even));
    assert!(answer.is_proved());
}

#[test]
fn equal_costs_and_one_person_who_could_do_everything_are_settled() {
    let needs: Vec<Need> = (0..500).map(|n| need(1, Some((n, n + 3)), 100)).collect();
    let edges = (0..500).map(|n| edge(n, 0, 1));
    let problem = Problem::new(needs, vec![person(500)], edges.collect()).unwrap();

    let answer = solved(&problem, &Options::default(), AMPLE);

    assert_eq!((answer.cost, answer.bound), (167 + 333 * 100, 167 + 333 * 100));
}

/// Solves, and holds the answer against the judge.
fn solved(problem: &Problem, options: &Options, budget: Steps) -> Answer {
    let answer = solve(problem, options, &budget, &|_| {});
    let checked = check(problem, &answer.pairs).unwrap();
    assert_eq!((checked.cost, checked.open_places), (answer.cost, answer.open_places));
    assert!(answer.pairs.is_sorted() && answer.bound <= answer.cost);
    answer
}

fn need(heads: u32, window: Option<(i64, i64)>, open_cost: Cost) -> Need {
    let window = window.map(|(start, end)| Window { start, end });
    Need { heads, window, place: None, open_cost }
}

fn person(capacity: u32) -> Person {
    Person { capacity, max_load: None, pinned: Vec::new(), round: 0 }
}

fn edge(need: NeedIx, person: PersonIx, cost: Cost) -> Edge {
    Edge { need, person, cost, load: 0 }
}

/// A little of everything, small enough to enumerate, with people of so many rounds.
fn rich(rng: &mut Rng, rounds: u32) -> Problem {
    let places = rng.u32(0..4);
    let need = |rng: &mut Rng| Need {
        heads: rng.u32(0..3),
        window: (rng.u32(0..4) > 0).then(|| {
            let start = rng.i64(0..12);
            Window { start, end: start + rng.i64(1..6) }
        }),
        place: (places > 0 && rng.bool()).then(|| rng.u32(0..places)),
        open_cost: rng.i64(0..60),
    };
    let person = |rng: &mut Rng| Person {
        capacity: rng.u32(0..4),
        max_load: rng.bool().then(|| rng.u64(0..10)),
        pinned: Vec::new(),
        round: rng.u32(0..rounds),
    };
    let needs: Vec<Need> = (0..rng.usize(1..6)).map(|_| need(rng)).collect();
    let mut people: Vec<Person> = (0..rng.usize(1..5)).map(|_| person(rng)).collect();
    let mut pairs: Vec<(usize, usize)> =
        (0..needs.len()).flat_map(|n| (0..people.len()).map(move |p| (n, p))).collect();
    rng.shuffle(&mut pairs);
    pairs.truncate(13);
    let edge = |&(need, person): &(usize, usize)| Edge {
        need: need as NeedIx,
        person: person as PersonIx,
        cost: rng.i64(-10..50),
        load: rng.u32(0..6),
    };
    let edges: Vec<Edge> = pairs.iter().map(edge).collect();
    let minutes = (0..places * places).map(|_| rng.u32(0..5)).collect();
    let travel = Travel { places, minutes };
    let steps = || [vec![3], vec![0, 4, 4, 9], vec![0]];
    let fairness = match rng.u32(0..3) {
        0 => None,
        1 => Some(Fairness::Needs(steps()[rng.usize(0..3)].clone())),
        _ => Some(Fairness::Load { every: rng.u32(1..5), steps: steps()[rng.usize(0..3)].clone() }),
    };
    let built = |people: &[Person]| {
        let problem = Problem::new(needs.clone(), people.to_vec(), edges.clone()).ok()?;
        let problem = problem.with_travel(travel.clone()).ok()?;
        Some(match &fairness {
            Some(fairness) => problem.with_fairness(fairness.clone()).unwrap(),
            None => problem,
        })
    };
    let free = people.clone();
    for pinned in edges.iter().take(rng.usize(0..3)) {
        people[pinned.person as usize].pinned.push(pinned.need);
    }
    built(&people).or_else(|| built(&free)).unwrap()
}

/// The problem with changed people.
fn with(problem: &Problem, change: impl Fn(PersonIx, &mut Person)) -> Problem {
    let mut people = problem.people().to_vec();
    for (p, person) in (0..).zip(&mut people) {
        change(p, person);
    }
    let changed = Problem::new(problem.needs().to_vec(), people, problem.edges().to_vec()).unwrap();
    let changed = changed.with_travel(problem.travel().clone()).unwrap();
    match problem.fairness() {
        Some(fairness) => changed.with_fairness(fairness.clone()).unwrap(),
        None => changed,
    }
}

/// People of other rounds have what is pinned to them and no more.
fn only(problem: &Problem, round: u32) -> Problem {
    with(problem, |_, person| {
        if person.round != round {
            person.capacity = person.pinned.len() as u32;
        }
    })
}

/// The people of `kept` have that and no more, and so have those of the first round.
fn keeping(problem: &Problem, kept: &[(NeedIx, PersonIx)]) -> Problem {
    with(problem, |p, person| {
        person.pinned = kept.iter().filter(|pair| pair.1 == p).map(|pair| pair.0).collect();
        if person.round == 0 {
            person.capacity = person.pinned.len() as u32;
        }
    })
}

/// Type D of the literature: what is cheap is heavy, and there is little room to spare.
fn costly_or_heavy(rng: &mut Rng, people: u32, needs: u32) -> Problem {
    let room = u64::from(42 * needs / people);
    let person = Person { max_load: Some(room), ..person(needs) };
    let cells = (0..needs).flat_map(|n| (0..people).map(move |p| (n, p)));
    let edges = cells.map(|(need, person)| {
        let load = rng.u32(1..=100);
        Edge { need, person, cost: 111 - i64::from(load) + rng.i64(-10..=10), load }
    });
    let edges = edges.collect();
    let needs = vec![need(1, None, 500); needs as usize];
    Problem::new(needs, vec![person; people as usize], edges).unwrap()
}

/// A week of shifts: everybody takes up to four that do not overlap.
fn roster(rng: &mut Rng, needs: u32, people: u32) -> Problem {
    let shift = |rng: &mut Rng| {
        let start = rng.i64(0..7) * 1_440 + rng.i64(480..1_140);
        need(1, Some((start, start + rng.i64(60..180))), 10_000)
    };
    let shifts = (0..needs).map(|_| shift(rng)).collect();
    let mut edges = Vec::new();
    for n in 0..needs {
        let mut candidates: Vec<u32> = (0..people).collect();
        rng.shuffle(&mut candidates);
        edges.extend(candidates[..12].iter().map(|&p| edge(n, p, rng.i64(1..1_000))));
    }
    Problem::new(shifts, vec![person(4); people as usize], edges).unwrap()
}
