//! Li & Lim's and Cordeau's files.

use dugnad_dispatch::{
    Objective, Plan, Times,
    Visit::{Dropoff, Pickup},
    Weights,
    format::{FormatError, Instance, darp, li_lim},
    oracle::{check, check_times},
    schedule,
};

pub(crate) const LR101: &str = include_str!("../data/lr101.txt");
pub(crate) const A2_16: &str = include_str!("../data/a2-16.txt");

const LI_LIM: &str = "\
2 10 1
0 0 0 0 0 100 0 0 0
1 0 3 4 10 20 5 0 2
2 4 3 -4 20 30 5 1 0
";

const DARP: &str = "\
2 4 480 3 30
0 0 0 0 0 0 480
1 0 3 3 1 0 1440
2 4 3 3 2 10 25
3 4 0 3 -1 0 1440
4 0 4 3 -2 0 1440
";

#[test]
fn a_li_lim_file_is_read_as_published() {
    let Instance { problem, nodes } = li_lim::parse(LR101).unwrap();

    problem.validate().unwrap();
    assert_eq!((problem.vehicles.len(), problem.requests.len()), (25, 53));
    assert_eq!(problem.vehicles[0].seats, [[200]]);
    assert_eq!(problem.objective, Objective::VehiclesThenDistance);
    assert_eq!(nodes[0], [2, 73]);
    let first = &problem.requests[0];
    assert_eq!((first.load[0], first.pickup.service), (7, 10.0));
    assert_eq!((first.pickup.window.earliest, first.pickup.window.latest), (50.0, 60.0));
    assert!((problem.matrix.time(0, 1) - 232f64.sqrt()).abs() < 1e-12);
}

#[test]
fn a_dial_a_ride_file_is_read_as_published() {
    let Instance { problem, nodes } = darp::parse(A2_16).unwrap();

    problem.validate().unwrap();
    assert_eq!((problem.vehicles.len(), problem.requests.len()), (2, 16));
    let vehicle = &problem.vehicles[0];
    assert_eq!((vehicle.max_duration, &vehicle.seats[..]), (480.0, &[vec![3]][..]));
    assert_eq!((vehicle.shift.earliest, vehicle.shift.latest), (0.0, 1440.0));
    assert!(problem.requests.iter().all(|request| request.max_ride == 30.0));
    assert_eq!(nodes[8], [9, 25]);
    assert_eq!(problem.requests[8].pickup.window.latest, 291.0);
    assert_eq!(problem.objective, Objective::Distance);
}

#[test]
fn the_header_of_a_dial_a_ride_file_counts_stops_or_requests_with_or_without_the_depots_return() {
    let usual = darp::parse(DARP).unwrap();
    let by_requests = darp::parse(&DARP.replace("2 4 480", "2 2 480")).unwrap();
    let returning = darp::parse(&format!("{DARP}5 0 1 0 0 0 400\n")).unwrap();
    let both = format!("{}5 0 1 0 0 0 400\n", DARP.replace("2 4 480", "2 2 480"));

    assert_eq!(by_requests, usual);
    assert_eq!(darp::parse(&both).unwrap(), returning);
    assert_eq!(usual.problem.vehicles[0].end, Some(0));
    let vehicle = &returning.problem.vehicles[0];
    assert_eq!((vehicle.end, vehicle.shift.latest), (Some(5), 400.0));
}

#[test]
fn time_aboard_counts_between_the_services_and_the_depot_is_left_late() {
    let mut instance = darp::parse(DARP).unwrap();
    // Out of node 1 at 3 + 3, into node 3 at 6 + 5: five aboard, and three on the way home.
    instance.problem.requests.truncate(1);
    let plan = Plan { routes: vec![vec![Pickup(0), Dropoff(0)], Vec::new()] };
    let allowed = |instance: &Instance| check(&instance.problem, &plan).is_ok();

    instance.problem.requests[0].max_ride = 5.0;
    instance.problem.vehicles[0].max_duration = 3.0 + 3.0 + 5.0 + 3.0 + 4.0;
    instance.problem.requests[0].pickup.window.earliest = 100.0;
    assert!(allowed(&instance));
    instance.problem.requests[0].max_ride = 4.9;
    assert!(!allowed(&instance));
}

#[test]
fn plans_go_out_and_in_as_routes_of_node_numbers() {
    let instance = darp::parse(DARP).unwrap();
    let plan = Plan { routes: vec![vec![], vec![Pickup(1), Pickup(0), Dropoff(1), Dropoff(0)]] };

    let text = instance.write_routes(&plan);

    assert_eq!(text, "Route 1 : 2 1 4 3\n");
    let read = instance.read_routes(&text).unwrap();
    assert_eq!(read.routes, [plan.routes[1].clone(), plan.routes[0].clone()]);
    let published = "Instance name : LR101\nAuthors : Li\nDate : 2001\nReference : x\nSolution\n";
    assert_eq!(instance.read_routes(&format!("{published}\n{text}")).unwrap(), read);
}

#[test]
fn a_wrong_plan_is_refused_by_line_and_node() {
    let instance = darp::parse(DARP).unwrap();
    let said = |text: &str| instance.read_routes(text).unwrap_err().to_string();

    assert_eq!(
        said("Route 1 : 2 4\nRoute 2 : 0 1 3 0"),
        "line 2, node \"0\": is no pickup or drop-off; depots are left out"
    );
    assert_eq!(
        said("Route 1 : 2 4x"),
        "line 1, node \"4x\": is no pickup or drop-off; depots are left out"
    );
    assert_eq!(
        said("Route 1 : 1 3\nTour 2 : 2 4"),
        "line 2, \"Tour 2 : 2 4\": is not of the form `Route 1 : 3 75 5`"
    );
    assert_eq!(
        said("Route 1 : 1 3\nRoute 2 : 2 4\nRoute 3 :"),
        "line 3, Route: is one more than the 2 vehicles"
    );
}

#[test]
fn the_best_known_plans_come_to_what_is_published() {
    let cost = |instance: Instance, routes: &str| {
        let plan = instance.read_routes(routes).unwrap();
        let total = check(&instance.problem, &plan).unwrap().total;
        (total.vehicles, total.unserved, (total.cost * 100.0).round() / 100.0)
    };

    let darp = cost(darp::parse(A2_16).unwrap(), include_str!("../data/a2-16.routes.txt"));
    let li_lim = cost(li_lim::parse(LR101).unwrap(), include_str!("../data/lr101.routes.txt"));

    assert_eq!(darp, (2, 0, 294.25));
    assert_eq!(li_lim, (19, 0, 1650.80));
}

#[test]
fn times_that_are_not_whole_hold_as_well() {
    let weights =
        Weights { vehicle_time: 1.0, aboard: 0.3, waiting_aboard: 0.7, ..Weights::default() };
    for objective in [Objective::Distance, Objective::Weighted(weights)] {
        for (mut instance, routes) in [
            (darp::parse(A2_16).unwrap(), include_str!("../data/a2-16.routes.txt")),
            (li_lim::parse(LR101).unwrap(), include_str!("../data/lr101.routes.txt")),
        ] {
            instance.problem.objective = objective;
            let plan = instance.read_routes(routes).unwrap();

            let best = schedule(&instance.problem, &plan).unwrap();

            let times: Vec<Times> = best.into_iter().map(|route| route.times).collect();
            let judged = check_times(&instance.problem, &plan, &times).unwrap();
            assert_eq!(judged, check(&instance.problem, &plan).unwrap());
        }
    }
}

/// What is said of a file after one replacement in it.
#[track_caller]
fn assert_told(
    parse: fn(&str) -> Result<Instance, FormatError>,
    file: &str,
    from: &str,
    to: &str,
    sentence: &str,
) {
    assert!(parse(file).is_ok());
    assert!(file.contains(from), "{from:?} is not in the file");
    let error = parse(&file.replacen(from, to, 1)).unwrap_err();
    assert!(error.to_string().starts_with(sentence), "{error}");
}

#[test]
fn a_wrong_li_lim_file_is_refused_by_line_and_field() {
    let told = |from, to, sentence| assert_told(li_lim::parse, LI_LIM, from, to, sentence);

    told("2 10 1", "2 ten 1", "line 1, capacity: \"ten\" is not a whole number");
    told("2 10 1", "2 10", "line 1, speed: is where 3 numbers are wanted");
    told("2 10 1", "5001 10 1", "line 1, vehicles: 5001 are more than 5000");
    told("1 0 3 4 10 20 5 0 2", "1 0 3 4 10 20 5 0", "line 3, delivery: is where 9 numbers");
    told("5 0 2\n", "5 0 2 7\n", "line 3, end of line: is where 9 numbers");
    told("4 10 20", "4 30 20", "line 3, latest: 20 is before 30");
    told("4 10 20", "4 -10 20", "line 3, earliest: -10 is less than 0");
    told("4 10 20", "4 NaN 20", "line 3, earliest: \"NaN\" is not a number");
    told("1 0 3 4", "1 0 inf 4", "line 3, y: \"inf\" is not a number");
    told("2 4 3 -4", "1 4 3 -4", "line 4, node: is 1 where 2 is next");
    told("3 -4", "3 -5", "line 3, demand: 4 and -5 are no pickup and delivery");
    told("3 4 10", "3 0 10", "line 3, demand: 0 is not from 1");
    told("5 0 2", "5 0 9", "line 3, delivery: 9 is no node");
    told("5 0 2", "5 2 2", "line 3, pickup: one of pickup and delivery must be 0");
    told("5 1 0", "5 2 0", "line 3, delivery: node 2 does not name 1 as other half");
    told("0 0 0 0 0 100", "0 0 0 1 0 100", "line 2, demand: the depot has a load");
}

#[test]
fn a_wrong_dial_a_ride_file_is_refused_by_line_and_field() {
    let told = |from, to, sentence| assert_told(darp::parse, DARP, from, to, sentence);

    told("2 4 480", "2 5 480", "line 1, nodes: 5 is neither the number of requests");
    told("3 4 0 3 -1 0 1440\n", "", "line 1, nodes: 4 is neither the number of requests");
    told("480 3 30", "480 3 -30", "line 1, max_ride: -30 is less than 0");
    told("4 0 3 -1", "4 0 3 -3", "line 5, load: node 1 takes up 1, node 3 -3");
    let reversed = DARP.replace(" -1 ", " 1 ").replacen("3 3 1 0", "3 3 -1 0", 1);
    let error = darp::parse(&reversed).unwrap_err();
    assert_eq!(error.to_string(), "line 3, load: node 1 takes up -1, node 3 1");
    told("2 10 25", "2 25 10", "line 4, latest: 10 is before 25");
    told("4 0 4", "3 0 4", "line 6, node: is 3 where 4 is next");
    told("0 3 3 1", "0 3 -3 1", "line 3, service: -3 is less than 0");
    assert!(darp::parse("").is_err());
}
