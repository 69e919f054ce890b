//! The solver's own door: real gRPC over TCP, no ledger behind it.

#![allow(clippy::unwrap_used)] // in the helpers; a test fails by panicking

#[path = "solve/door.rs"]
mod door;

use std::time::Duration;

use door::{Door, field, reason};
use dugnad_assign::{Options, Progress, format, solve};
use dugnad_budget::Steps;
use dugnad_proto::matching::v1::{self as pb, solve_limit::Limit};
use futures::StreamExt as _;
use tonic::Code;
use tonic_types::StatusExt as _;

/// How long a thing that must happen may take.
const DEADLINE: Duration = Duration::from_secs(20);

#[tokio::test]
async fn a_problem_sent_in_chunks_is_answered_with_its_proof() {
    let door = Door::open().await;
    let chunks = vec![
        pb::SolveRequest { options: Some(options(10_000)), ..Default::default() },
        needs(vec![need("n1", 1), need("n2", 2)]),
        people(vec![person("p1", 2), person("p2", 1)]),
        edges(vec![edge("n1", "p1", 37), edge("n2", "p1", 5)]),
        edges(vec![edge("n1", "p2", 1), edge("n2", "p2", 3)]),
    ];

    let answers = door.solve(chunks).await.unwrap();

    let last = answers.last().unwrap();
    assert!(last.r#final && answers[..answers.len() - 1].iter().all(|answer| !answer.r#final));
    // p2 takes one: either n1 for 1 and n2 half open, or n2 for 3 and n1 to p1 for 37.
    assert_eq!((last.cost, last.bound, last.gap), (45, 45, 0.0));
    assert_eq!((last.filled_places, last.open_places), (3, 0));
    assert_eq!(pairs(&answers), [("n1", "p1"), ("n2", "p1"), ("n2", "p2")]);
}

#[tokio::test]
async fn the_answer_is_that_of_the_library_for_the_same_seed_threads_and_steps() {
    let door = Door::open().await;
    let (json, request) = door::roster(40, 12);
    let (problem, need_names, person_names) = format::json(&json).unwrap().build().unwrap();
    for (seed, threads) in [(0, 1), (7, 1), (7, 2)] {
        let asked = Options { seed, threads, start: Vec::new() };
        let own = solve(&problem, &asked, &Steps(60_000), &|_: Progress| {});
        let mut request = request.clone();
        let options = request.options.as_mut().unwrap();
        (options.seed, options.threads, options.steps) = (seed, threads as u32, Some(60_000));

        let answers = door.solve(vec![request]).await.unwrap();

        let last = answers.last().unwrap();
        assert_eq!(
            (last.cost, last.bound),
            (own.cost, own.bound),
            "seed {seed}, {threads} threads"
        );
        assert_eq!(last.open_places, own.open_places);
        let own: Vec<_> = own
            .pairs
            .iter()
            .map(|&(n, p)| (&*need_names[n as usize], &*person_names[p as usize]))
            .collect();
        assert_eq!(pairs(&answers), own);
    }
}

#[tokio::test]
async fn a_solve_cut_short_answers_the_best_it_has_and_how_far_from_the_best_it_can_be() {
    let door = Door::open().await;
    let (_, mut request) = door::roster(400, 60);
    let budget = prost_types::Duration { seconds: 0, nanos: 300_000_000 };
    request.options.as_mut().unwrap().budget = Some(budget);

    let answers = door.solve(vec![request]).await.unwrap();

    let last = answers.last().unwrap();
    assert!(last.cost > last.bound && last.gap > 0.0, "{} {}", last.cost, last.bound);
    let better =
        |pair: &[pb::SolveResponse]| pair[1].cost <= pair[0].cost && pair[1].bound >= pair[0].bound;
    assert!(answers.windows(2).all(better));
    assert_eq!(last.filled_places + last.open_places, 400);
    assert_eq!(pairs(&answers).len() as u64, last.filled_places);
}

#[tokio::test]
async fn a_client_that_goes_away_ends_its_solve_and_gives_its_workers_back() {
    let door = Door::open().await;
    let (_, mut request) = door::roster(400, 60);
    let options = request.options.as_mut().unwrap();
    options.threads = 4;
    options.budget = Some(prost_types::Duration { seconds: 60, nanos: 0 });
    let mut answers = door.begin(vec![request]).await.unwrap();
    answers.next().await.unwrap().unwrap();
    let busy = door.solve(vec![small(4)]).await.unwrap_err();

    drop(answers);

    assert_eq!((busy.code(), &*reason(&busy)), (Code::ResourceExhausted, "SOLVER_BUSY"));
    assert!(busy.get_details_retry_info().unwrap().retry_delay.is_some());
    // Far sooner than the 60 seconds that it asked for.
    let taken = async { while door.solve(vec![small(4)]).await.is_err() {} };
    tokio::time::timeout(DEADLINE, taken).await.expect("the workers are free again");
}

#[tokio::test]
async fn a_place_left_open_is_explained_by_the_least_that_must_give_way() {
    let door = Door::open().await;
    let window = |start, end| Some(pb::SolveWindow { start, end });
    let mut request = pb::SolveRequest {
        options: Some(pb::SolveOptions { explain: true, ..options(100) }),
        needs: vec![
            pb::SolveNeed { window: window(0, 60), load: 60, ..need("morning", 1) },
            pb::SolveNeed { window: window(30, 90), load: 60, ..need("later", 1) },
            pb::SolveNeed { load: 60, ..need("ledger", 1) },
            need("dear", 1),
            need("nobody's", 2),
        ],
        people: vec![
            pb::SolvePerson { pinned: vec!["morning".to_owned()], ..person("anna", 2) },
            pb::SolvePerson { max_load: Some(50), ..person("ben", 1) },
            person("cora", 1),
        ],
        edges: vec![
            edge("morning", "anna", 1),
            edge("later", "anna", 7),
            edge("ledger", "ben", 2),
            edge("dear", "cora", 130),
        ],
    };

    let answers = door.solve(vec![request.clone()]).await.unwrap();
    request.options.as_mut().unwrap().explain = false;
    let unasked = door.solve(vec![request]).await.unwrap();

    let open: Vec<_> = answers.iter().flat_map(|answer| &answer.open).collect();
    let named: Vec<_> = open.iter().map(|open| (&*open.need, open.places)).collect();
    assert_eq!(named, [("later", 1), ("ledger", 1), ("dear", 1), ("nobody's", 2)]);
    let limits = |at: usize| {
        let [one] = &open[at].relaxations[..] else { panic!("{:?}", open[at]) };
        let limits = one.limits.iter().map(|limit| limit.limit.clone().unwrap());
        (&*one.person, limits.collect::<Vec<_>>(), &*one.text)
    };
    let clash = "anna could take later but for this: morning of theirs is at the same time, or too \
                 far away.";
    assert_eq!(limits(0), ("anna", vec![Limit::Clash("morning".to_owned())], clash));
    let load = pb::SolveLoadLimit { has: 0, adds: 60, max: 50 };
    let text = "ben could take ledger but for this: they carry 0, 60 more would be above 50.";
    assert_eq!(limits(1), ("ben", vec![Limit::Load(load)], text));
    let text = "cora could take dear but for this: that costs 30 more than leaving it open.";
    assert_eq!(limits(2), ("cora", vec![Limit::Price(30)], text));
    assert!(open[3].relaxations.is_empty());
    assert!(unasked.iter().all(|answer| answer.open.is_empty()));
}

#[tokio::test]
async fn a_long_answer_comes_in_messages_that_any_client_can_take() {
    let door = Door::open().await;
    let wide = |word: &str, n: usize| format!("{word}{n:0>60}");
    let mut chunks = vec![pb::SolveRequest { options: Some(options(9)), ..Default::default() }];
    for chunk in (0..20_000).collect::<Vec<_>>().chunks(5_000) {
        chunks.push(pb::SolveRequest {
            options: None,
            needs: chunk.iter().map(|n| need(&wide("n", *n), 1)).collect(),
            people: chunk.iter().map(|n| person(&wide("p", *n), 1)).collect(),
            edges: chunk.iter().map(|n| edge(&wide("n", *n), &wide("p", *n), 1)).collect(),
        });
    }

    let answers = door.solve(chunks).await.unwrap();

    let last: Vec<_> = answers.iter().filter(|answer| answer.r#final).collect();
    assert!(last.len() > 1);
    assert!(last.iter().all(|answer| answer.cost == 20_000 && answer.filled_places == 20_000));
    assert_eq!(pairs(&answers).len(), 20_000);
}

#[tokio::test]
async fn a_bad_field_is_named_over_all_messages() {
    let door = Door::open().await;
    let good = || small(1);
    let with = |edit: &dyn Fn(&mut pb::SolveRequest)| {
        let mut request = good();
        edit(&mut request);
        vec![request]
    };
    let options = |edit: &dyn Fn(&mut pb::SolveOptions)| {
        let mut request = good();
        edit(request.options.as_mut().unwrap());
        vec![request]
    };
    let window = Some(pb::SolveWindow { start: 5, end: 5 });
    let fair = |per| Some(pb::SolveFairness { per: Some(per) });
    let by_need = |steps: &[i64]| {
        fair(pb::solve_fairness::Per::Need(pb::SolveSteps { steps: steps.to_vec() }))
    };
    let no_load = pb::SolveLoadSteps { every: 0, steps: vec![1] };
    let by_load = fair(pb::solve_fairness::Per::Load(no_load));
    let long = Some(prost_types::Duration { seconds: 60, nanos: 1 });
    let none = Some(prost_types::Duration::default());
    let places = |places: &[&str], minutes: &[u32]| {
        let places = places.iter().map(|place| (*place).to_owned()).collect();
        Some(pb::SolveTravel { places, minutes: minutes.to_vec() })
    };
    for (expected, chunks) in [
        ("options", vec![]),
        ("options", vec![needs(vec![need("n", 1)])]),
        ("options", vec![good(), good()]),
        ("options.budget", options(&|o| o.budget = long)),
        ("options.budget", options(&|o| o.budget = none)),
        ("options.threads", options(&|o| o.threads = 5)),
        ("options.open_cost", options(&|o| o.open_cost = -1)),
        ("options.fairness.per", options(&|o| o.fairness = Some(Default::default()))),
        ("options.fairness.need.steps", options(&|o| o.fairness = by_need(&[]))),
        ("options.fairness.need.steps", options(&|o| o.fairness = by_need(&[3, 2]))),
        ("options.fairness.load.every", options(&|o| o.fairness = by_load.clone())),
        ("options.travel.minutes", options(&|o| o.travel = places(&["a"], &[]))),
        ("options.travel.places[1]", options(&|o| o.travel = places(&["a", "a"], &[0; 4]))),
        ("needs[1].heads", vec![good(), needs(vec![need("m", 0)])]),
        ("needs[0].heads", with(&|r| r.needs[0].heads = 10_001)),
        ("needs[0].id", with(&|r| r.needs[0].id.clear())),
        ("needs[0].id", with(&|r| r.needs[0].id = "n".repeat(65))),
        ("needs[1].id", vec![good(), needs(vec![need("n", 1)])]),
        ("needs[0].place", with(&|r| r.needs[0].place = "a".to_owned())),
        ("needs[0].window.end", with(&|r| r.needs[0].window = window)),
        ("needs[0].open_cost", with(&|r| r.needs[0].open_cost = Some(i64::MAX))),
        ("people[1].id", vec![good(), people(vec![person("p", 1)])]),
        ("people[0].capacity", with(&|r| r.people[0].capacity = 0)),
        ("people[0].round", with(&|r| r.people[0].round = 16)),
        ("people[0].pinned[0]", with(&|r| r.people[0].pinned = vec!["x".to_owned()])),
        ("people[0].pinned", with(&|r| r.people[0].pinned = vec!["n".to_owned(); 101])),
        ("people[0].pinned", with(&|r| r.people[0].pinned = vec!["n".to_owned(); 2])),
        ("edges[1].need", vec![good(), edges(vec![edge("x", "p", 1)])]),
        ("edges[0].person", with(&|r| r.edges[0].person = "x".repeat(1000))),
        ("edges[0].cost", with(&|r| r.edges[0].cost = i64::MIN)),
        ("edges", vec![good(), edges(vec![edge("n", "p", 1)])]),
    ] {
        let status = door.solve(chunks).await.unwrap_err();

        assert_eq!(status.code(), Code::InvalidArgument, "{expected}: {status:?}");
        assert_eq!(field(&status), expected);
        assert!(status.message().len() < 200, "{}", status.message());
    }
}

#[tokio::test]
async fn a_problem_past_the_limits_is_refused_and_says_which_list_it_is() {
    let door = Door::open().await;
    let many = (0..100_001).map(|n| need(&n.to_string(), 1)).collect();
    let chunks =
        vec![pb::SolveRequest { options: Some(options(9)), ..Default::default() }, needs(many)];

    let status = door.solve(chunks).await.unwrap_err();

    assert_eq!((status.code(), &*reason(&status)), (Code::ResourceExhausted, "PROBLEM_TOO_LARGE"));
    let info = status.get_details_error_info().unwrap();
    assert_eq!((&*info.metadata["field"], &*info.metadata["limit"]), ("needs", "100000"));
    assert!(status.get_details_retry_info().is_none(), "it will not be smaller later");
}

#[tokio::test]
async fn only_coordinators_and_services_may_use_the_machine_so() {
    for (role, may) in
        [("person", false), ("staff", false), ("coordinator", true), ("service", true)]
    {
        let outcome = Door::open_as(role).await.solve(vec![small(1)]).await;

        match outcome {
            Ok(_) => assert!(may, "{role}"),
            Err(status) => {
                assert_eq!((may, status.code()), (false, Code::PermissionDenied), "{role}");
            }
        }
    }
}

fn options(open_cost: i64) -> pb::SolveOptions {
    pb::SolveOptions { open_cost, ..Default::default() }
}

/// One need, one person, one edge.
fn small(threads: u32) -> pb::SolveRequest {
    pb::SolveRequest {
        options: Some(pb::SolveOptions { threads, ..options(9) }),
        needs: vec![need("n", 1)],
        people: vec![person("p", 1)],
        edges: vec![edge("n", "p", 1)],
    }
}

fn need(id: &str, heads: u32) -> pb::SolveNeed {
    pb::SolveNeed { id: id.to_owned(), heads, ..Default::default() }
}

fn person(id: &str, capacity: u32) -> pb::SolvePerson {
    pb::SolvePerson { id: id.to_owned(), capacity, ..Default::default() }
}

fn edge(need: &str, person: &str, cost: i64) -> pb::SolveEdge {
    pb::SolveEdge { need: need.to_owned(), person: person.to_owned(), cost, load: None }
}

fn needs(needs: Vec<pb::SolveNeed>) -> pb::SolveRequest {
    pb::SolveRequest { needs, ..Default::default() }
}

fn people(people: Vec<pb::SolvePerson>) -> pb::SolveRequest {
    pb::SolveRequest { people, ..Default::default() }
}

fn edges(edges: Vec<pb::SolveEdge>) -> pb::SolveRequest {
    pb::SolveRequest { edges, ..Default::default() }
}

fn pairs(answers: &[pb::SolveResponse]) -> Vec<(&str, &str)> {
    let all = answers.iter().flat_map(|answer| &answer.assignments);
    all.map(|one| (&*one.need, &*one.person)).collect()
}
