//! What files may hold, and what is said of those that do not.
#![allow(clippy::unwrap_used, reason = "what fails here is the finding")]

use dugnad_assign::{
    Fairness, Window,
    format::{self, Unreadable},
};
use proptest::prelude::*;

const ROSTER: &str = r#"{
  "needs": [
    {"id": "n1", "heads": 1, "window": [480, 540], "load": 60, "place": "hall"},
    {"id": "n2", "heads": 2, "open_cost": 7}
  ],
  "people": [
    {"id": "p1", "capacity": 2, "max_load": 240, "pinned": ["n1"]},
    {"id": "p2", "capacity": 1, "round": 1}
  ],
  "edges": [["n1", "p1", 37], ["n2", "p1", 5, 30],
            ["n2", "p2", -4]],
  "travel": {"places": ["hall"], "minutes": [[0]]},
  "fairness": {"per": "load", "every": 60, "steps": [0, 3]},
  "open_cost": 10000
}"#;

fn refused(text: &str) -> Unreadable {
    format::json(text.as_bytes()).expect_err("this is no problem")
}

#[test]
fn the_json_form_says_everything_a_problem_holds() {
    let named = format::json(ROSTER.as_bytes()).unwrap();

    assert_eq!(named.need_names, ["n1", "n2"]);
    assert_eq!(named.needs[0].window, Some(Window { start: 480, end: 540 }));
    assert_eq!((named.needs[0].open_cost, named.needs[1].open_cost), (10_000, 7));
    assert_eq!((named.people[0].pinned.as_slice(), named.people[1].round), ([0].as_slice(), 1));
    let edges: Vec<_> = named.edges.iter().map(|e| (e.need, e.person, e.cost, e.load)).collect();
    assert_eq!(edges, [(0, 0, 37, 60), (1, 0, 5, 30), (1, 1, -4, 0)]);
    assert_eq!(named.fairness, Some(Fairness::Load { every: 60, steps: vec![0, 3] }));
    let (problem, ..) = named.build().unwrap();
    assert_eq!(problem.edges_of(1).len(), 2);
}

#[test]
fn an_unknown_field_is_named_with_its_line() {
    let error = refused(&ROSTER.replace("\"capacity\": 1", "\"capasity\": 1"));

    assert_eq!((error.line, error.field.as_str()), (8, "people[1].capasity"));
    assert!(error.problem.contains("unknown field `capasity`"), "{error}");
}

#[test]
fn an_edge_to_nobody_is_named_with_its_line() {
    let error = refused(&ROSTER.replace("\"n2\", \"p2\", -4", "\"n2\", \"p9\", -4"));

    assert_eq!(error.to_string(), "line 11: edges[2]: \"p9\" is not among people");
}

#[test]
fn what_stands_twice_is_no_list_of_needs() {
    let error = refused(&ROSTER.replace("\"id\": \"n2\"", "\"id\": \"n1\""));

    assert_eq!(error.to_string(), "line 4: needs[1]: \"n1\" stands there twice");
}

#[test]
fn what_is_missing_or_of_another_kind_is_named() {
    for (was, is, field) in [
        ("\"capacity\": 1", "\"capacity\": -1", "people[1].capacity"),
        ("\"capacity\": 1,", "", "people[1]"),
        ("\"p2\", -4", "\"p2\", 3.5", "edges[2][2]"),
        ("\"p2\", -4", "\"p2\"", "edges[2]"),
        ("\"p2\", -4", "\"p2\", 1, 2, 3", "edges[2]"),
        ("\"window\": [480, 540]", "\"window\": [480]", "needs[0].window"),
        ("\"places\": [\"hall\"]", "\"places\": []", "needs[0].place"),
        ("[[0]]", "[[0, 1]]", "travel.minutes"),
        ("\"per\": \"load\"", "\"per\": \"mile\"", "fairness.per"),
    ] {
        assert_eq!(refused(&ROSTER.replace(was, is)).field, field, "{is}");
    }
}

#[test]
fn what_contradicts_itself_is_refused_when_it_is_built() {
    for (was, is, field) in [
        ("[480, 540]", "[540, 480]", "needs[0].window"),
        ("\"max_load\": 240", "\"max_load\": 59", "people[0].pinned"),
        ("[0, 3]", "[3, 0]", "fairness.steps"),
        ("\"heads\": 1", "\"heads\": 0", "needs[0].heads"),
        ("\"open_cost\": 7", "\"open_cost\": -7", "needs[1].open_cost"),
    ] {
        let named = format::json(ROSTER.replace(was, is).as_bytes()).unwrap();
        assert_eq!(named.build().unwrap_err().field, field, "{is}");
    }
}

#[test]
fn a_matrix_is_read_as_the_library_publishes_it() {
    assert_eq!(format::orlib_assign("2\n 1 2\n 3\n4\n").unwrap(), (2, vec![1, 2, 3, 4]));
    let error = format::orlib_assign("2\n 1 2\n x 4").unwrap_err();
    assert_eq!(error.to_string(), "line 3: the cost of row 2, column 1: \"x\" is no whole number");
    let error = format::orlib_assign("2\n 1 2\n 3\n").unwrap_err();
    assert_eq!(error.to_string(), "line 3: the cost of row 2, column 2: the file ends before it");
    assert!(format::orlib_assign("1 1 1").is_err(), "a number too many");
    assert!(format::orlib_assign("1000000 1").is_err(), "nothing is reserved for what is claimed");
}

#[test]
fn generalised_assignment_is_read_alone_and_with_the_number_of_problems_before_it() {
    let one = "2 3  1 2 3 4 5 6  7 8 9 10 11 12  20 30";
    let alone = format::orlib_gap(one).unwrap();
    let two = format::orlib_gap(&format!("2\n{one}\n{one}")).unwrap();
    let counted = format::orlib_gap(&format!("1 {one}")).unwrap();

    assert_eq!((alone.len(), counted.len(), two.len()), (1, 1, 2));
    for named in [&alone[0], &two[1], &counted[0]] {
        let (problem, ..) = named.clone().build().unwrap();
        let edge = problem.edge(2, 1).unwrap();
        assert_eq!((edge.cost, edge.load), (6, 12));
        assert_eq!(problem.people()[1].max_load, Some(30));
        assert!(problem.needs()[0].open_cost > 4 + 5 + 6, "no job is left open to save cost");
    }
    let error = format::orlib_gap("2 3 1 2 3 4 5 6 7 8 9 10 11 -12 20 30").unwrap_err();
    assert_eq!(error.field, "the load of agent 2 with job 3");
}

proptest! {
    #[test]
    fn a_file_with_any_bytes_changed_is_read_or_refused(
        changes in prop::collection::vec((0usize..ROSTER.len(), any::<u8>()), 0..6),
        cut in 0usize..=ROSTER.len(),
    ) {
        let mut bytes = ROSTER.as_bytes().to_vec();
        changes.iter().for_each(|&(at, byte)| bytes[at] = byte);
        bytes.truncate(cut.max(1));
        if let Ok(named) = format::json(&bytes) {
            let _ = named.build();
        }
    }

    #[test]
    fn any_numbers_are_a_problem_or_refused(
        words in prop::collection::vec(
            prop_oneof![(-3i64..12).prop_map(|n| n.to_string()), "[0-9]{1,22}", "\\PC{1,3}"],
            0..40,
        ),
    ) {
        let text = words.join(" ");
        let _ = format::orlib_assign(&text);
        for named in format::orlib_gap(&text).unwrap_or_default() {
            let _ = named.build();
        }
    }
}
