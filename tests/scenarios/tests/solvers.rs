//! The solvers at the command line: from a file to an answer that is judged, or to an error that names
//! its line and field.

#![allow(clippy::unwrap_used, reason = "what fails here is the finding")]

use std::{
    fs,
    path::{Path, PathBuf},
    process::{Command, Output, Stdio},
};

use dugnad_harness::server::binary;
use serde_json::{Value, json};
use tempfile::TempDir;

/// A folder with files, and the program run in it.
struct Desk(TempDir);

impl Desk {
    fn with(files: &[(&str, &str)]) -> Self {
        let dir = TempDir::new().unwrap();
        for (name, text) in files {
            fs::write(dir.path().join(name), text).unwrap();
        }
        Self(dir)
    }

    fn run(&self, args: &[&str]) -> Output {
        let mut command = Command::new(binary().unwrap());
        command.args(args).current_dir(self.0.path()).stdin(Stdio::null()).output().unwrap()
    }

    /// What it prints, if all went well.
    fn answer(&self, args: &[&str]) -> String {
        let output = self.run(args);
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap()
    }

    /// What it says when it does not go well; nothing is printed as an answer then.
    fn refusal(&self, args: &[&str]) -> String {
        let output = self.run(args);
        assert!(!output.status.success() && output.stdout.is_empty());
        String::from_utf8(output.stderr).unwrap()
    }
}

fn roads() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../data/monaco.osm.pbf").canonicalize().unwrap()
}

/// Anna can take one of two needs that overlap; Bo is dearer and takes the other.
const WEEK: &str = r#"{
  "needs": [
    {"id": "coffee", "heads": 1, "window": [600, 660]},
    {"id": "walk", "heads": 1, "window": [630, 690]},
    {"id": "choir", "heads": 2, "window": [1080, 1200]}
  ],
  "people": [{"id": "anna", "capacity": 3}, {"id": "bo", "capacity": 1}],
  "edges": [["coffee", "anna", 10], ["walk", "anna", 12], ["walk", "bo", 40], ["choir", "anna", 5]],
  "open_cost": 1000
}"#;

#[test]
fn a_week_is_assigned_and_the_answer_says_how_good_it_is() {
    let desk = Desk::with(&[("week.json", WEEK)]);

    let answer = desk.answer(&["assign", "solve", "week.json", "--time", "5s"]);

    let answer: Value = serde_json::from_str(&answer).unwrap();
    assert_eq!(answer["cost"], 10 + 40 + 5 + 1000);
    assert_eq!(answer["bound"], answer["cost"]);
    assert_eq!(answer["open_places"], 1);
    let pairs = json!([["coffee", "anna"], ["walk", "bo"], ["choir", "anna"]]);
    assert_eq!(answer["assignments"], pairs);
    assert!(answer["seconds"].as_f64().unwrap() < 60.0);
}

#[test]
fn the_librarys_forms_are_solved_to_their_optimum() {
    let desk = Desk::with(&[
        ("matrix", "3\n 4 1 3\n 2 0 5\n 3 2 2\n"),
        ("gap", "2 3\n 1 9 4\n 2 3 1\n 2 2 2\n 1 1 1\n 4 2\n"),
    ]);

    let matrix = desk.answer(&["assign", "solve", "matrix", "--format", "orlib-assign"]);
    let gap = desk.answer(&["assign", "solve", "gap", "--format", "orlib-gap"]);

    let (matrix, gap): (Value, Value) =
        (serde_json::from_str(&matrix).unwrap(), serde_json::from_str(&gap).unwrap());
    assert_eq!((&matrix["cost"], &matrix["bound"]), (&json!(5), &json!(5)));
    assert_eq!(matrix["assignments"], json!([["1", "2"], ["2", "1"], ["3", "3"]]));
    assert_eq!((&gap["cost"], &gap["bound"]), (&json!(5), &json!(5)));
    assert_eq!(gap["assignments"], json!([["1", "1"], ["2", "2"], ["3", "2"]]));
}

#[test]
fn a_file_that_is_wrong_is_refused_by_line_and_field() {
    let desk = Desk::with(&[
        ("week.json", &WEEK.replace("\"capacity\": 1", "\"capasity\": 1")),
        ("matrix", "2\n1 2\n3 x\n"),
        ("task.txt", &TASK.replace("4\t1", "x\t1")),
        ("day.json", &day().replace("max_ride", "max_raid")),
    ]);

    for (args, said) in [
        (["assign", "solve", "week.json", "--format", "json"], "line 7: people[1].capasity"),
        (["assign", "solve", "matrix", "--format", "orlib-assign"], "line 3: the cost of row 2"),
        (["dispatch", "solve", "task.txt", "--format", "li-lim"], "line 1, capacity"),
        (["dispatch", "solve", "day.json", "--format", "json"], "max_raid"),
        (["dispatch", "solve", "nowhere", "--format", "darp"], "cannot read nowhere"),
    ] {
        let refusal = desk.refusal(&args);
        assert!(refusal.contains(said), "{args:?}: {refusal}");
    }
}

/// Two requests that one vehicle serves on its way.
const TASK: &str = "2\t4\t1\n\
    0\t0\t0\t0\t0\t100\t0\t0\t0\n\
    1\t10\t0\t1\t0\t50\t1\t0\t3\n\
    2\t20\t0\t2\t0\t60\t1\t0\t4\n\
    3\t30\t0\t-1\t0\t35\t1\t1\t0\n\
    4\t40\t0\t-2\t0\t70\t1\t2\t0\n";

#[test]
fn a_benchmark_is_answered_in_its_own_form_and_the_same_seed_answers_the_same() {
    let desk = Desk::with(&[("task.txt", TASK)]);
    let solve = ["dispatch", "solve", "task.txt", "--format", "li-lim", "--steps", "300"];

    let answer = desk.answer(&solve);
    fs::write(desk.0.path().join("task.sol"), &answer).unwrap();

    assert_eq!(answer, "Route 1 : 1 2 3 4\n");
    assert_eq!(desk.answer(&solve), answer);
    let check = ["dispatch", "check", "task.txt", "task.sol", "--format", "li-lim"];
    assert!(desk.answer(&check).contains("1 vehicle · cost 80.0000 · 0 unserved"));
}

#[test]
fn a_plan_that_breaks_a_limit_is_told_which() {
    let desk = Desk::with(&[("task.txt", TASK), ("bad.sol", "Route 1 : 2 1 4 3\nRoute 2 : 9\n")]);
    let check =
        |solution| desk.refusal(&["dispatch", "check", "task.txt", solution, "--format", "li-lim"]);

    assert!(check("bad.sol").contains("line 2"), "node 9 is unknown");
    fs::write(desk.0.path().join("late.sol"), "Route 1 : 2 4 1 3\n").unwrap();
    let late = check("late.sol");
    assert!(late.contains("breaks a limit") && late.contains("closes"), "{late}");
}

/// Kari to the doctor and home again; Ola, for whom there is no place.
fn day() -> String {
    json!({
        "vehicles": [{
            "id": "car", "start": [7.4194, 43.7282], "shift": [28_800, 57_600],
            "seats": [{"seat": 2}]
        }],
        "requests": [
            {
                "id": "kari", "max_ride": 2700,
                "pickup": {"place": [7.4103, 43.7380], "service": 60},
                "dropoff": {"place": [7.4129, 43.7301], "window": [32_400, 34_200]}
            },
            {
                "id": "ola", "load": {"seat": 3},
                "pickup": {"place": [7.4103, 43.7380]},
                "dropoff": {"place": [7.4129, 43.7301]}
            }
        ]
    })
    .to_string()
}

#[test]
fn a_day_is_planned_on_real_roads_and_who_is_left_out_is_told_why() {
    let desk = Desk::with(&[("day.json", &day())]);
    let roads = roads();
    let roads = roads.to_str().unwrap();

    let crow = desk.answer(&["dispatch", "solve", "day.json", "--steps", "300"]);
    let road = desk.answer(&["dispatch", "solve", "day.json", "--steps", "300", "--roads", roads]);
    fs::write(desk.0.path().join("plan.json"), &road).unwrap();
    let verdict = desk.answer(&["dispatch", "check", "day.json", "plan.json", "--roads", roads]);

    let (crow, road): (Value, Value) =
        (serde_json::from_str(&crow).unwrap(), serde_json::from_str(&road).unwrap());
    let ride = |plan: &Value| plan["routes"][0]["visits"][1]["ride"].as_f64().unwrap();
    assert!(ride(&road) > ride(&crow), "roads bend: {} > {}", ride(&road), ride(&crow));
    let unserved = &road["unserved"][0];
    assert_eq!(unserved["request"], "ola");
    assert!(
        unserved["reason"].as_str().unwrap().contains("car: has no place for it"),
        "{unserved}"
    );
    assert!(verdict.contains("every limit is kept: 1 vehicle"), "{verdict}");
}
