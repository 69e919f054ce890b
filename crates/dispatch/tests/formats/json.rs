//! The JSON form: the README's example, and what is said of mistakes.

use dugnad_budget::Steps;
use dugnad_dispatch::{
    Matrix, Options, Plan,
    Visit::{Break, Dropoff, Pickup},
    format::json::{self, Document, NoWays},
    oracle::{Names, check, check_times},
    schedule, solve,
};

const README: &str = include_str!("../../README.md");

/// The n-th JSON block of the README.
pub(crate) fn example(n: usize) -> &'static str {
    README.split("```json\n").nth(n + 1).unwrap().split("```").next().unwrap()
}

fn small() -> &'static str {
    r#"{
  "matrix": {
    "places": ["home", "hall"],
    "seconds": [[0, 600], [600, 0]]
  },
  "requests": [
    { "id": "kari",
      "pickup": { "place": "home", "window": [1000, 2000], "service": 60 },
      "dropoff": { "place": "hall" },
      "max_ride": 900 }
  ],
  "vehicles": [
    { "id": "bus", "start": "hall", "seats": [{ "seat": 2 }] }
  ]
}"#
}

#[test]
fn the_readmes_problem_is_read_and_planned_by_hand() {
    let document = json::parse(example(0)).unwrap();
    let plan = Plan {
        routes: vec![vec![
            Pickup(2),
            Pickup(0),
            Dropoff(0),
            Dropoff(2),
            Break(0),
            Pickup(1),
            Dropoff(1),
        ]],
    };

    let verdict = check(&document.problem, &plan).unwrap();

    assert!(verdict.unserved.is_empty());
    assert_eq!(document.ids.kinds, ["seat", "wheelchair"]);
    assert_eq!(document.problem.requests[0].load, [1, 1]);
    assert_eq!(document.problem.requests[1].return_of, Some(0));
    // From Kari to the hospital it is 3.2 km as the crow flies: six minutes at 40 km/h.
    let metres = document.problem.matrix.distance(1, 0);
    assert!((metres - 1.3 * 3243.0).abs() < 10.0, "{metres}");
    assert_eq!(document.problem.matrix.time(1, 0), (metres * 0.09).round());
}

#[test]
fn the_readmes_problem_is_solved_and_its_schedule_holds() {
    let document = json::parse(example(0)).unwrap();

    let answer = solve(&document.problem, &Options::default(), &Steps(2000), &|_| {});
    let printed = document.write_schedule(&answer.plan, &[]).unwrap();

    let (plan, times) = document.read_schedule(&printed).unwrap();
    let verdict = check_times(&document.problem, &plan, &times).unwrap();
    assert_eq!((verdict.total.vehicles, verdict.left_out), (1, Vec::new()));
}

#[test]
fn the_readmes_schedule_is_read() {
    let document = json::parse(example(0)).unwrap();

    let (plan, times) = document.read_schedule(example(1)).unwrap();

    assert_eq!(plan.routes[0], [Pickup(0), Dropoff(0), Break(0)]);
    assert_eq!(times[0].begins, [32280.0, 32800.0, 39600.0]);
}

#[test]
fn a_schedule_goes_out_and_in_with_its_times() {
    let document = json::parse(example(0)).unwrap();
    let route = vec![Pickup(2), Dropoff(2), Break(0)];
    let plan = Plan { routes: vec![route] };
    let reasons = [(1, "its way there has no room".to_owned())];

    let text = document.write_schedule(&plan, &reasons).unwrap();
    let (read, times) = document.read_schedule(&text).unwrap();

    assert_eq!(read, plan);
    let best = schedule(&document.problem, &plan).unwrap();
    assert_eq!(times[0], best[0].times);
    assert_eq!(check_times(&document.problem, &read, &times), check(&document.problem, &plan));
    assert!(text.contains("\"reason\": \"its way there has no room\""), "{text}");
    assert!(text.contains("\"aboard\": {\n            \"seat\": 1\n          }"), "{text}");
    assert!(text.contains("\"ride\": "), "{text}");
}

#[test]
fn what_a_schedule_costs_is_said_in_parts() {
    let text = small().replacen(
        "\"requests\"",
        r#""objective": {"weighted": {"vehicle_time": 2, "aboard": 1, "distance": 0.5}}, "requests""#,
        1,
    );
    let document = json::parse(&text).unwrap();
    let plan = Plan { routes: vec![vec![Pickup(0), Dropoff(0)]] };

    let routes = schedule(&document.problem, &plan).unwrap();

    let costs = routes[0].costs;
    assert_eq!((costs.vehicle_time, costs.aboard, costs.distance), (2520.0, 600.0, 600.0));
    assert_eq!(check(&document.problem, &plan).unwrap().total.cost, costs.total());
}

#[test]
fn what_was_printed_can_be_the_present_plan() {
    let document = json::parse(small()).unwrap();
    let plan = Plan { routes: vec![vec![Pickup(0), Dropoff(0)]] };
    let printed = document.write_schedule(&plan, &[]).unwrap();

    let again = small().replacen('{', &format!("{{ \"present\": {printed},"), 1);

    assert_eq!(json::parse(&again).unwrap().problem.present, Some(plan));
}

#[test]
fn ways_may_come_from_elsewhere() {
    let ones = |points: &[[f64; 2]]| {
        let places = points.len();
        Ok(Matrix { places, seconds: vec![1.0; places * places], metres: Vec::new() })
    };
    let island = |_: &[[f64; 2]]| Err(NoWays { point: 3, problem: "lies in the sea".into() });

    let document = json::parse_with(example(0), &ones).unwrap();
    let error = json::parse_with(example(0), &island).unwrap_err();

    assert_eq!(document.problem.matrix.time(0, 1), 1.0);
    assert_eq!(error.to_string(), "line 39, requests[2].dropoff.place: lies in the sea");
}

#[test]
fn faults_are_told_in_the_files_names() {
    let text = small().replacen("900", "500", 1);
    let document = json::parse(&text).unwrap();
    let plan = Plan { routes: vec![vec![Pickup(0), Dropoff(0)]] };

    let faults = check(&document.problem, &plan).unwrap_err();

    assert_eq!(
        faults[0].in_words(&document.ids),
        "bus: kari would be aboard 10 min of at most 8.3 min"
    );
    assert_eq!(document.ids.load(&[3]), "3 seat");
    assert_eq!(document.ids.time(37_860.0), "10:31");
    assert_eq!(document.ids.time(1e9), "1000000000");
}

/// What is said of the small problem after one replacement in it.
#[track_caller]
fn assert_told(from: &str, to: &str, sentence: &str) {
    assert!(json::parse(small()).is_ok());
    assert!(small().contains(from), "{from:?} is not in the file");
    let error = json::parse(&small().replacen(from, to, 1)).unwrap_err();
    assert!(error.to_string().starts_with(sentence), "{error}");
}

#[test]
fn a_wrong_problem_is_refused_by_line_and_field() {
    assert_told("\"window\"", "\"windows\"", "line 8, requests[0].pickup.windows: unknown field");
    assert_told(
        "\"service\": 60",
        "\"service\": \"1\"",
        "line 8, requests[0].pickup.service: inva",
    );
    assert_told(
        "\"service\": 60",
        "\"service\": -60",
        "line 8, requests[0].pickup.service: is not",
    );
    assert_told(
        "[1000, 2000]",
        "[2000, 1000]",
        "line 8, requests[0].pickup.window: [2000, 1000] e",
    );
    assert_told("[1000, 2000]", "[1000]", "line 8, requests[0].pickup.window: invalid length 1");
    assert_told("\"id\": \"kari\",", "", "line 10, requests[0]: missing field `id`");
    assert_told(
        "\"hall\" }",
        "\"halle\" }",
        "line 9, requests[0].dropoff.place: \"halle\" is none",
    );
    assert_told(
        "\"hall\" }",
        "[10, 60] }",
        "line 9, requests[0].dropoff.place: must be one of the",
    );
    assert_told(
        "\"hall\" }",
        "7 }",
        "line 9, requests[0].dropoff.place: invalid type: integer `7`",
    );
    assert_told("900", "-900", "line 10, requests[0].max_ride: is not a time");
    assert_told("[600, 0]]", "[600]]", "line 4, matrix.seconds[1]: has 1 columns for 2 places");
    assert_told("[600, 0]]", "[-600, 0]]", "line 4, matrix.seconds[1][0]: is less than 0");
    assert_told("\"hall\"],", "\"home\"],", "line 3, matrix.places[1]: \"home\" stands twice");
    assert_told(
        "\"max_ride\"",
        "\"load\": {\"dog\": 1}, \"max_ride\"",
        "line 10, requests[0].load: no vehicle has seats of kind \"dog\"; known: seat",
    );
    assert_told(
        "{ \"seat\": 2 }",
        "{ \"seat\": 2, \"seat\": 3 }",
        "line 13, vehicles[0].seats[0]: \"seat\" stands twice",
    );
    assert_told(
        "\"max_ride\"",
        "\"pinned\": \"buss\", \"max_ride\"",
        "line 10, requests[0].pinned: \"buss\" is none of the vehicles",
    );
    assert_told(
        "\"start\"",
        "\"frozen\": [{\"pickup\": \"kari\", \"dropoff\": \"kari\"}], \"start\"",
        "line 13, vehicles[0].frozen[0]: must have one of pickup, dropoff and break",
    );
    assert_told(
        "\"max_ride\": 900 }",
        "\"max_ride\": 900 },\n{ \"id\": \"kari\", \"pickup\": { \"place\": \"home\" },\n\
         \"dropoff\": { \"place\": \"hall\" } }",
        "line 11, requests[1].id: \"kari\" is the id of requests[0] already",
    );
    assert_told("\n}", "\n} x", "line 15, the end: trailing characters");
    assert_told("\"matrix\"", "\"matrix\" 7", "line 2, the file: expected `:`");
}

#[test]
fn a_wrong_schedule_is_refused_by_line_and_field() {
    let document = json::parse(small()).unwrap();
    let said = |text: &str| document.read_schedule(text).unwrap_err().to_string();

    assert_eq!(
        said("{\"routes\": [\n{\"vehicle\": \"bus\", \"visits\": []}]}"),
        "line 2, routes[0].leaves: is missing"
    );
    assert_eq!(
        said("{\"routes\": [\n{\"vehicle\": \"car\", \"visits\": []}]}"),
        "line 2, routes[0].vehicle: \"car\" is none of the vehicles"
    );
    let twice = "{\"vehicle\": \"bus\", \"visits\": [{\"pickup\": \"kari\"}]}";
    assert_eq!(
        said(&format!("{{\"routes\": [{twice},\n{twice}]}}")),
        "line 2, routes[1].vehicle: \"bus\" stands twice"
    );
    assert_eq!(
        said(&format!("{{\"routes\": [{twice}],\n\"unserved\": [{{\"request\": \"kari\"}}]}}")),
        "line 2, unserved[0].request: \"kari\" is served"
    );
}

#[test]
fn defaults_are_generous() {
    let Document { problem, .. } = json::parse(small()).unwrap();

    let request = &problem.requests[0];
    assert_eq!((request.load[0], request.price, request.priority), (1, None, 0));
    assert_eq!(request.dropoff.window, dugnad_dispatch::Window::ALWAYS);
    assert_eq!((problem.vehicles[0].end, problem.vehicles[0].max_duration), (None, f64::INFINITY));
}
