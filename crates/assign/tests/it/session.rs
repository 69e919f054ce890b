//! A session after each of many random changes against enumeration and a solve from nothing.

use dugnad_assign::{
    Candidate, Change, Cost, Edge, Fairness, Need, NeedIx, Person, PersonIx, Problem, Session,
    Unchanged, Window, check, verify_duals,
};
use fastrand::Rng;

use crate::brute;

const DEAREST: Cost = 60;

fn need(rng: &mut Rng) -> Need {
    Need { heads: rng.u32(0..3), window: None, place: None, open_cost: rng.i64(0..=DEAREST) }
}

fn person(rng: &mut Rng) -> Person {
    Person { capacity: rng.u32(0..4), max_load: None, pinned: Vec::new(), round: 0 }
}

/// Some of these, at random costs.
fn candidates(rng: &mut Rng, with: &[u32], share: f64) -> Vec<Candidate> {
    let mut chosen = Vec::new();
    for &with in with {
        if rng.f64() < share {
            chosen.push(Candidate { with, cost: rng.i64(-20..=DEAREST), load: 0 });
        }
    }
    chosen
}

fn problem(rng: &mut Rng, size: u32, share: f64) -> Problem {
    let needs: Vec<Need> = (0..size).map(|_| need(rng)).collect();
    let mut people: Vec<Person> = (0..size).map(|_| person(rng)).collect();
    let everybody: Vec<u32> = (0..size).collect();
    let mut edges = Vec::new();
    for (n, need) in needs.iter().enumerate() {
        let mut heads = need.heads;
        for Candidate { with, cost, load } in candidates(rng, &everybody, share) {
            let person = &mut people[with as usize];
            edges.push(Edge { need: n as NeedIx, person: with, cost, load });
            if heads > 0 && person.capacity > person.pinned.len() as u32 && rng.u8(..6) == 0 {
                person.pinned.push(n as NeedIx);
                heads -= 1;
            }
        }
    }
    let problem = Problem::new(needs, people, edges).unwrap();
    if rng.bool() {
        return problem;
    }
    let mut steps: Vec<Cost> = (0..rng.usize(1..4)).map(|_| rng.i64(0..=DEAREST / 2)).collect();
    steps.sort_unstable();
    problem.with_fairness(Fairness::Needs(steps)).unwrap()
}

/// Needs and people of a session that are still there, as the test has followed them.
struct Known {
    needs: Vec<NeedIx>,
    people: Vec<PersonIx>,
}

fn change(rng: &mut Rng, session: &mut Session, known: &mut Known, share: f64) -> Change {
    let edge = |rng: &mut Rng, session: &Session| {
        rng.choice(session.problem().unwrap().edges()).map(|edge| (edge.need, edge.person))
    };
    let cost = rng.i64(-20..=DEAREST);
    let done = match rng.u8(..6) {
        0 => {
            let theirs = candidates(rng, &known.people, share);
            let (added, change) = session.add_need(need(rng), &theirs).unwrap();
            known.needs.push(added);
            Some(change)
        }
        1 => {
            let theirs = candidates(rng, &known.needs, share);
            let (added, change) = session.add_person(person(rng), &theirs).unwrap();
            known.people.push(added);
            Some(change)
        }
        2 if known.needs.len() > 3 => {
            let need = known.needs.swap_remove(rng.usize(..known.needs.len()));
            Some(session.remove_need(need).unwrap())
        }
        3 if known.people.len() > 3 => {
            let person = known.people.swap_remove(rng.usize(..known.people.len()));
            Some(session.remove_person(person).unwrap())
        }
        4 => edge(rng, session).map(|(need, person)| session.decline(need, person).unwrap()),
        _ => edge(rng, session).map(|pair| session.set_cost(pair.0, pair.1, cost).unwrap()),
    };
    let nothing = || Change { gone: Vec::new(), new: Vec::new(), cost: session.cost() };
    done.unwrap_or_else(nothing)
}

/// Makes changes, and holds each against the session before it and the proof after it.
fn follow(
    rng: &mut Rng,
    size: u32,
    share: f64,
    changes: usize,
    mut judge: impl FnMut(&Problem, Cost),
) {
    let mut session = Session::new(&problem(rng, size, share)).unwrap();
    let mut known = Known { needs: (0..size).collect(), people: (0..size).collect() };
    let mut before = session.answer();
    for _ in 0..changes {
        let Change { gone, new, cost } = change(rng, &mut session, &mut known, share);

        let (now, answer) = (session.problem().unwrap(), session.answer());
        assert!(answer.is_proved());
        assert!(verify_duals(&now, &answer));
        assert_eq!(cost, answer.cost);
        let mut pairs = before.pairs;
        pairs.retain(|pair| !gone.contains(pair));
        pairs.extend(&new);
        pairs.sort_unstable();
        assert_eq!(pairs, answer.pairs, "gone {gone:?}, new {new:?}");
        judge(&now, cost);
        before = answer;
    }
}

#[test]
fn after_any_change_the_answer_costs_what_enumeration_finds() {
    let mut rng = Rng::with_seed(1);
    for _ in 0..40 {
        follow(&mut rng, 4, 0.5, 12, |now, cost| {
            if now.edges().len() <= 14 {
                assert_eq!(cost, brute::cheapest(now).0);
            }
        });
    }
}

#[test]
fn after_any_change_the_answer_costs_what_a_solve_from_nothing_finds() {
    let mut rng = Rng::with_seed(2);
    for _ in 0..20 {
        follow(&mut rng, 25, 0.2, 40, |now, cost| {
            assert_eq!(cost, Session::new(now).unwrap().cost());
        });
    }
}

#[test]
fn a_long_session_forgets_what_is_gone_and_stays_right() {
    let mut rng = Rng::with_seed(3);
    let mut session = Session::new(&problem(&mut rng, 60, 0.5)).unwrap();
    let people: Vec<PersonIx> = (0..60).collect();
    for round in 0..400 {
        let theirs = candidates(&mut rng, &people, 0.5);
        let (added, _) = session.add_need(need(&mut rng), &theirs).unwrap();
        session.remove_need(if round % 3 == 0 { round / 3 } else { added }).ok();
        if round % 50 == 0 {
            assert!(verify_duals(&session.problem().unwrap(), &session.answer()));
        }
    }
    let now = session.problem().unwrap();
    assert!(verify_duals(&now, &session.answer()));
    assert_eq!(session.cost(), Session::new(&now).unwrap().cost());
}

/// Two needs, two people with room for two; the first need is at 9 to 10.
fn small() -> Session {
    let need = Need { heads: 1, window: None, place: None, open_cost: 100 };
    let hour = Some(Window { start: 540, end: 600 });
    let person = Person { capacity: 2, max_load: Some(90), pinned: Vec::new(), round: 0 };
    let edge = |need, person, cost| Edge { need, person, cost, load: 30 };
    let edges = vec![edge(0, 0, 1), edge(0, 1, 3), edge(1, 0, 2)];
    let needs = vec![Need { window: hour, ..need.clone() }, need];
    Session::new(&Problem::new(needs, vec![person.clone(), person], edges).unwrap()).unwrap()
}

#[test]
fn a_decline_moves_only_who_must_move() {
    let mut session = small();

    let change = session.decline(0, 0).unwrap();

    assert_eq!(change, Change { gone: vec![(0, 0)], new: vec![(0, 1)], cost: 5 });
}

#[test]
fn what_is_unknown_or_does_not_hold_is_refused_and_changes_nothing() {
    let mut session = small();
    let before = (session.answer(), session.problem().unwrap().edges().to_vec());
    let need = Need { heads: 1, window: None, place: None, open_cost: 5 };
    let at_nine = Need { window: Some(Window { start: 590, end: 700 }), ..need };
    let with = |with, cost, load| [Candidate { with, cost, load }];
    let person = Person { capacity: 1, max_load: None, pinned: Vec::new(), round: 0 };
    let pinned = Person { pinned: vec![0], ..person };

    assert_eq!(session.decline(1, 1), Err(Unchanged::NoEdge(1, 1)));
    assert_eq!(session.decline(2, 1), Err(Unchanged::NoNeed(2)));
    assert_eq!(session.set_cost(0, 9, 1), Err(Unchanged::NoPerson(9)));
    assert_eq!(session.remove_need(7), Err(Unchanged::NoNeed(7)));
    assert_eq!(session.remove_person(7), Err(Unchanged::NoPerson(7)));
    assert_eq!(session.add_need(need.clone(), &with(5, 1, 0)), Err(Unchanged::NoPerson(5)));
    assert_eq!(session.add_person(person.clone(), &with(5, 1, 0)), Err(Unchanged::NoNeed(5)));
    assert_eq!(session.add_need(at_nine, &with(0, 1, 0)), Err(Unchanged::Limited(0)));
    assert_eq!(session.add_need(need.clone(), &with(0, 1, 61)), Err(Unchanged::Limited(0)));
    let twice = [with(0, 1, 0)[0], with(0, 2, 0)[0]];
    for refused in [
        session.set_cost(0, 0, 1 << 60).map(drop),
        session.add_need(need.clone(), &with(0, 1 << 60, 0)).map(drop),
        session.add_need(need, &twice).map(drop),
        session.add_person(person, &twice).map(drop),
        session.add_person(pinned, &[]).map(drop),
    ] {
        assert!(matches!(refused, Err(Unchanged::Invalid(_))), "{refused:?}");
    }

    assert_eq!(before, (session.answer(), session.problem().unwrap().edges().to_vec()));
}

#[test]
fn a_problem_whose_windows_matter_has_no_session() {
    let mut needs = small().problem().unwrap().needs().to_vec();
    needs[1].window = needs[0].window;
    let before = small().problem().unwrap();
    let clashing = Problem::new(needs, before.people().to_vec(), before.edges().to_vec()).unwrap();

    assert_eq!(Session::new(&clashing).err(), Some(Unchanged::NotPolynomial));
}

#[test]
fn a_pinned_person_may_decline_and_the_need_goes_on_without_them() {
    let before = small().problem().unwrap();
    let mut people = before.people().to_vec();
    people[1].pinned = vec![0];
    let pinned = Problem::new(before.needs().to_vec(), people, before.edges().to_vec()).unwrap();
    let mut session = Session::new(&pinned).unwrap();
    assert_eq!(session.answer().pairs, [(0, 1), (1, 0)]);

    let change = session.decline(0, 1).unwrap();

    assert_eq!(change, Change { gone: vec![(0, 1)], new: vec![(0, 0)], cost: 3 });
    assert!(check(&session.problem().unwrap(), &session.answer().pairs).is_ok());
}
