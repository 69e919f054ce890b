//! What is at the edge of a polynomial problem: nothing, too much, all alike, very dear.

use dugnad_assign::{Answer, Cost, Edge, Need, Person, Problem, Session, check, verify_duals};
use fastrand::Rng;

fn need(heads: u32, open_cost: Cost) -> Need {
    Need { heads, window: None, place: None, open_cost }
}

fn person(capacity: u32) -> Person {
    Person { capacity, max_load: None, pinned: Vec::new(), round: 0 }
}

/// Every need with every person for whom `cost` says one.
fn problem(
    needs: Vec<Need>,
    people: Vec<Person>,
    mut cost: impl FnMut(u32, u32) -> Option<Cost>,
) -> Problem {
    let mut edges = Vec::new();
    for need in 0..needs.len() as u32 {
        for person in 0..people.len() as u32 {
            edges.extend(cost(need, person).map(|cost| Edge { need, person, cost, load: 0 }));
        }
    }
    Problem::new(needs, people, edges).unwrap()
}

/// Solves, and holds the answer against the judge and its own proof.
fn solve(problem: &Problem) -> Answer {
    let answer = Session::new(problem).unwrap().answer();
    let checked = check(problem, &answer.pairs).unwrap();
    assert_eq!((checked.cost, checked.open_places), (answer.cost, answer.open_places));
    assert!(answer.is_proved() && verify_duals(problem, &answer));
    answer
}

#[test]
fn without_needs_people_or_edges_everything_stays_open() {
    assert_eq!(solve(&problem(Vec::new(), Vec::new(), |_, _| None)).cost, 0);
    assert_eq!(solve(&problem(vec![need(2, 7)], Vec::new(), |_, _| None)).cost, 14);
    let apart = problem(vec![need(2, 7); 3], vec![person(1); 3], |_, _| None);
    assert_eq!(solve(&apart).open_places, 6);
    assert_eq!(solve(&problem(Vec::new(), vec![person(1)], |_, _| None)).pairs, []);
}

#[test]
fn people_without_capacity_and_needs_without_heads_take_no_part() {
    let problem = problem(vec![need(0, 9), need(1, 9)], vec![person(0), person(1)], |_, person| {
        Some(Cost::from(person) - 5)
    });

    assert_eq!(solve(&problem).pairs, [(1, 1)]);
}

#[test]
fn with_more_needs_than_people_the_dearest_to_leave_open_are_filled() {
    let needs: Vec<Need> = (0..300).map(|n| need(1, 100 + n)).collect();
    let crowd = problem(needs, vec![person(1); 100], |_, _| Some(7));

    let answer = solve(&crowd);

    assert_eq!(answer.open_places, 200);
    assert!(answer.pairs.iter().all(|pair| pair.0 >= 200));
}

#[test]
fn equal_costs_still_fill_every_place_that_can_be_filled() {
    let mut rng = Rng::with_seed(1);
    let sparse = problem(vec![need(1, 50); 400], vec![person(1); 400], |n, p| {
        (n == p || rng.u8(..100) == 0).then_some(5)
    });

    assert_eq!(solve(&sparse).open_places, 0);
}

#[test]
fn an_open_place_that_costs_nothing_is_filled_only_by_a_gain() {
    let free = problem(vec![need(1, 0); 2], vec![person(2)], |n, _| Some(Cost::from(n) * 2 - 1));

    assert_eq!(solve(&free).pairs, [(0, 0)]);
}

#[test]
fn costs_up_to_two_to_the_forty_fourth_stay_exact() {
    let mut rng = Rng::with_seed(2);
    let dear = problem(vec![need(2, 1 << 44); 60], vec![person(2); 50], |_, _| {
        (rng.u8(..4) == 0).then(|| rng.i64(-(1 << 44)..=1 << 44))
    });

    solve(&dear);
}

#[test]
fn one_person_who_could_do_everything_does_what_they_save_most_on() {
    let star = problem(vec![need(1, 10_000); 3000], vec![person(2000)], |n, _| Some(n.into()));

    let answer = solve(&star);

    assert_eq!(answer.open_places, 1000);
    assert!(answer.pairs.iter().all(|pair| pair.0 < 2000));
}

#[test]
fn one_need_that_wants_nearly_everybody_gets_them() {
    let other = |p: u32| Some(Cost::from(p % 7));
    let mass = problem(vec![need(2500, 50), need(400, 60)], vec![person(1); 3000], |n, p| {
        if n == 0 { Some(Cost::from(p % 5)) } else { other(p) }
    });

    assert_eq!(solve(&mass).open_places, 0);
}

#[test]
fn the_same_problem_has_the_same_answer_however_its_edges_are_ordered() {
    let mut rng = Rng::with_seed(3);
    let tied = problem(vec![need(2, 20); 80], vec![person(2); 70], |_, _| {
        (rng.u8(..5) == 0).then(|| rng.i64(0..3))
    });
    let mut edges = tied.edges().to_vec();
    rng.shuffle(&mut edges);
    let shuffled = Problem::new(tied.needs().to_vec(), tied.people().to_vec(), edges).unwrap();

    assert_eq!(solve(&tied), solve(&shuffled));
}
