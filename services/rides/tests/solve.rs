//! The solver's own door: real gRPC over TCP, no ledger behind it, the oracle on every plan.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

#[path = "solve/door.rs"]
mod door;

use std::{sync::Arc, time::Duration};

use door::{Door, answers, field, judged, morning, place, plan, reason, span, stop};
use dugnad_budget::Steps;
use dugnad_dispatch::{Options, format::json, solve};
use dugnad_proto::rides::v1 as pb;
use dugnad_rides::ways::{HOURS, Settings, Travel};
use dugnad_roads::sketch::{Sketch, at};
use futures::StreamExt as _;
use tonic::Code;
use tonic_types::StatusExt as _;

/// How long a thing that must happen may take.
const DEADLINE: Duration = Duration::from_secs(20);

#[tokio::test]
async fn every_plan_that_is_told_keeps_every_limit_and_none_is_worse_than_the_one_before() {
    let door = Door::open().await;
    let (json, mut request) = morning(60, 6);
    request.options.as_mut().unwrap().budget = Some(prost_types::Duration { seconds: 2, nanos: 0 });
    let document = json::parse(&json).unwrap();

    let messages = door.solve(in_chunks(request)).await.unwrap();

    let answers = answers(&messages);
    let verdicts: Vec<_> = answers.iter().map(|answer| judged(&document, answer)).collect();
    assert!(answers.len() > 1, "better plans are told as they are found");
    let (last, before) = answers.split_last().unwrap();
    assert!(last.r#final && before.iter().all(|answer| !answer.r#final));
    let worth = |verdict: &dugnad_dispatch::Verdict| {
        (verdict.left_out.clone(), verdict.total.cost + verdict.price)
    };
    for pair in verdicts.windows(2) {
        let (before, after) = (worth(&pair[0]), worth(&pair[1]));
        assert!(after.0 < before.0 || after.0 == before.0 && after.1 <= before.1 + 1e-6);
    }
    let costs = last.routes.iter().map(|route| route.costs.unwrap());
    let sum: f64 = costs
        .map(|c| c.fixed + c.vehicle_time + c.distance + c.aboard + c.waiting_aboard + c.change)
        .sum();
    assert!((sum - last.cost).abs() < 1e-6);
}

#[tokio::test]
async fn the_plan_is_that_of_the_library_for_the_same_seed_threads_and_steps() {
    let door = Door::open().await;
    let (json, request) = morning(25, 3);
    let document = json::parse(&json).unwrap();
    for (seed, threads) in [(0, 1), (7, 1), (7, 2)] {
        let own = Options { seed, threads, start: None };
        let own = solve(&document.problem, &own, &Steps(3_000), &|_| {});
        let mut request = request.clone();
        let options = request.options.as_mut().unwrap();
        (options.seed, options.threads, options.steps) = (seed, threads as u32, Some(3_000));

        let messages = door.solve(vec![request]).await.unwrap();

        let last = answers(&messages).pop().unwrap();
        let (theirs, _) = plan(&document, &last);
        assert_eq!(theirs, own.plan, "seed {seed}, {threads} threads");
    }
}

#[tokio::test]
async fn the_present_plan_is_kept_where_nothing_better_is_found() {
    let door = Door::open().await;
    let (_, mut request) = morning(25, 3);
    request.options.as_mut().unwrap().steps = Some(3_000);
    let good = answers(&door.solve(vec![request.clone()]).await.unwrap()).pop().unwrap();
    let routes = good.routes.iter().cloned();
    request.present = routes.map(|route| pb::SolveRoute { costs: None, ..route }).collect();
    request.options.as_mut().unwrap().steps = Some(1);

    let again = answers(&door.solve(vec![request]).await.unwrap()).pop().unwrap();

    assert!(again.cost + again.price <= good.cost + good.price + 1e-6);
    assert_eq!(again.left_out, good.left_out);
}

#[tokio::test]
async fn who_is_left_out_is_told_what_stands_in_the_way_on_each_vehicle() {
    let door = Door::open().await;
    let mut request = small();
    let bus = request.vehicles[0].clone();
    request.vehicles.push(pb::SolveVehicle {
        id: "cab".to_owned(),
        skills: vec!["ramp".to_owned()],
        shift: span(50_000.0, 60_000.0),
        ..bus
    });
    let kari = request.rides[0].clone();
    request.rides[0].skills = vec!["ramp".to_owned()];
    request.rides.push(pb::SolveRide { id: "ola".to_owned(), pinned: "bus".to_owned(), ..kari });
    let unasked = answers(&door.solve(vec![request.clone()]).await.unwrap()).pop().unwrap();
    request.options.as_mut().unwrap().explain = true;

    let answer = answers(&door.solve(vec![request]).await.unwrap()).pop().unwrap();

    let [left] = &answer.unserved[..] else { panic!("{answer:?}") };
    assert_eq!((&*left.ride, left.price), ("kari", None));
    let told = |at: usize| {
        let [reason] = &left.obstacles[at].reasons[..] else { panic!("{left:?}") };
        (&*left.obstacles[at].vehicle, &*reason.reason, &*reason.text)
    };
    assert_eq!(told(0), ("bus", "LACKS_SKILLS", "lacks ramp"));
    let late = "would be there 14:04, the window closes 09:10";
    assert_eq!(told(1), ("cab", "DROPOFF_LATE", late));
    assert_eq!((unasked.left_out, unasked.unserved[0].obstacles.len()), (1, 0));
}

#[tokio::test]
async fn ways_are_looked_up_where_none_are_given_and_places_far_from_roads_are_named() {
    let map = Sketch::new().node(1, 0.0, 0.0).node(2, 3_000.0, 0.0).node(3, 3_000.0, 4_000.0);
    let roads = Arc::new(map.street(10, &[1, 2, 3]).roads().unwrap());
    let mut hours = [1.0; HOURS];
    hours[8] = 3.0;
    let settings = Settings::new(1.0, 60.0, hours).unwrap();
    let door = Door::open_over(Travel::over(roads, settings)).await;
    let location = |east: f64, north: f64| {
        let place = at(east, north);
        let millionths = |degrees: f64| (degrees * 1e6).round() as i32;
        Some(pb::Location { lat_e6: millionths(place.lat), lon_e6: millionths(place.lon) })
    };
    let mut request = small();
    request.rows.clear();
    request.places[0].at = location(0.0, 0.0);
    request.places[1].at = location(3_000.0, 4_000.0);
    let mut ask = async |hour| {
        request.options.as_mut().unwrap().hour = hour;
        answers(&door.solve(vec![request.clone()]).await.unwrap()).pop().unwrap()
    };

    let (night, rush) = (ask(3).await, ask(8).await);
    request.places[0].at = location(0.0, 5_000.0);
    let far = answers(&door.solve(vec![request.clone()]).await.unwrap()).pop().unwrap();

    // Home is where the bus starts: 7 km there along the street, not 5.
    assert_eq!(night.routes[0].distance, 7_000.0);
    let ride = |answer: &pb::SolveResponse| answer.routes[0].visits[1].ride.unwrap();
    assert_eq!((night.off_road.len(), ride(&rush)), (0, 3.0 * ride(&night)));
    assert_eq!(far.off_road, ["home"]);
    assert!((far.routes[0].distance - 3_160.0).abs() < 3.0, "{}", far.routes[0].distance);
}

#[tokio::test]
async fn a_client_that_goes_away_ends_the_solve_and_frees_its_workers() {
    let door = Door::open().await;
    let (_, mut request) = morning(60, 6);
    let options = request.options.as_mut().unwrap();
    options.budget = Some(prost_types::Duration { seconds: 60, nanos: 0 });
    options.threads = 4;
    let mut under_way = door.begin(vec![request]).await.unwrap();
    under_way.next().await.unwrap().unwrap();
    let busy = door.solve(vec![small()]).await.unwrap_err();

    drop(under_way);

    assert_eq!((busy.code(), &*reason(&busy)), (Code::ResourceExhausted, "SOLVER_BUSY"));
    assert!(busy.get_details_retry_info().unwrap().retry_delay.is_some());
    // Far sooner than the 60 seconds that it asked for.
    let taken = async { while door.solve(vec![small()]).await.is_err() {} };
    tokio::time::timeout(DEADLINE, taken).await.expect("the workers are free again");
}

#[tokio::test]
async fn a_long_answer_comes_in_messages_that_any_client_can_take() {
    let door = Door::open().await;
    let mut chunks = vec![small()];
    chunks[0].vehicles.clear();
    chunks[0].rides.clear();
    let kari = small().rides.remove(0);
    for chunk in (0..10_000).collect::<Vec<_>>().chunks(2_500) {
        let ride = |n: &usize| pb::SolveRide { id: format!("{n}{:🚐>59}", ""), ..kari.clone() };
        let rides = chunk.iter().map(ride).collect();
        chunks.push(pb::SolveRequest { rides, ..Default::default() });
    }

    let messages = door.solve(chunks).await.unwrap();

    let last: Vec<_> = messages.iter().filter(|message| message.r#final).collect();
    assert!(last.len() > 1 && last.iter().all(|message| message.left_out == 10_000));
    assert_eq!(answers(&messages).pop().unwrap().unserved.len(), 10_000);
}

#[tokio::test]
async fn a_bad_field_is_named_over_all_messages() {
    let door = Door::open().await;
    let with = |edit: &dyn Fn(&mut pb::SolveRequest)| {
        let mut request = small();
        edit(&mut request);
        vec![request]
    };
    let options = |edit: &dyn Fn(&mut pb::SolveOptions)| {
        with(&|request| edit(request.options.as_mut().unwrap()))
    };
    let vehicle =
        |edit: &dyn Fn(&mut pb::SolveVehicle)| with(&|request| edit(&mut request.vehicles[0]));
    let ride = |edit: &dyn Fn(&mut pb::SolveRide)| with(&|request| edit(&mut request.rides[0]));
    let none = Some(prost_types::Duration::default());
    let heavy = Some(pb::SolveWeights { aboard: -1.0, ..Default::default() });
    let words = |count: usize| (0..count).map(|n| format!("w{n}")).collect::<Vec<_>>();
    let kari = |id: &str| pb::SolveRide { id: id.to_owned(), ..small().rides[0].clone() };
    let more = |request: pb::SolveRequest| vec![small(), request];
    let done = |visit| pb::SolveDone { vehicle: "bus".to_owned(), visit, began: None };
    let pause = pb::solve_done::Visit::Pause;
    let dropoff = || pb::solve_done::Visit::Dropoff("kari".to_owned());
    for (expected, chunks) in [
        ("options", vec![]),
        ("options", vec![pb::SolveRequest { options: None, ..small() }]),
        ("options", vec![small(), small()]),
        ("options.budget", options(&|o| o.budget = none)),
        ("options.threads", options(&|o| o.threads = 5)),
        ("options.hour", options(&|o| o.hour = 24)),
        ("options.kinds", options(&|o| o.kinds = words(9))),
        ("options.kinds[1]", options(&|o| o.kinds = vec!["seat".to_owned(); 2])),
        ("options.objective", options(&|o| o.objective = 9)),
        ("options.weights.aboard", options(&|o| o.weights = heavy)),
        ("places[2].id", more(pb::SolveRequest { places: vec![place("home")], ..none_else() })),
        ("places[0].at", with(&|r| r.rows.clear())),
        ("rows", with(&|r| drop(r.rows.pop()))),
        ("rows[1].from", with(&|r| r.rows[1].from = "home".to_owned())),
        ("rows[0].seconds", with(&|r| r.rows[0].seconds = vec![0.0])),
        ("rows[0].seconds", with(&|r| r.rows[0].seconds = vec![0.0, f64::NAN])),
        ("rows[1].metres", with(&|r| r.rows[1].metres = vec![0.0, 1.0])),
        (
            "rows[0].seconds",
            more(pb::SolveRequest {
                places: vec![place("third")],
                rows: vec![pb::SolveRow {
                    from: "third".to_owned(),
                    seconds: vec![0.0; 3],
                    metres: vec![],
                }],
                ..none_else()
            }),
        ),
        ("vehicles[0].id", vehicle(&|v| v.id.clear())),
        ("vehicles[0].start", vehicle(&|v| v.start = "nowhere".to_owned())),
        ("vehicles[0].end", vehicle(&|v| v.end = "nowhere".to_owned())),
        ("vehicles[0].shift", vehicle(&|v| v.shift = span(2.0, 1.0))),
        ("vehicles[0].seats", vehicle(&|v| v.seats.clear())),
        ("vehicles[0].seats[0].counts", vehicle(&|v| v.seats[0].counts = vec![1, 2])),
        ("vehicles[0].seats[0].counts", vehicle(&|v| v.seats[0].counts = vec![1_001])),
        ("vehicles[0].breaks", vehicle(&|v| v.breaks = vec![Default::default(); 9])),
        ("vehicles[0].skills", vehicle(&|v| v.skills = words(65))),
        ("vehicles[0].skills[0]", vehicle(&|v| v.skills = vec![String::new()])),
        (
            "rides[0].skills[0]",
            with(&|r| {
                (r.vehicles[0].skills, r.rides[0].skills) =
                    (words(64), vec!["one more".to_owned()]);
            }),
        ),
        ("vehicles[0].fixed_cost", vehicle(&|v| v.fixed_cost = f64::NAN)),
        ("rides[1].id", more(pb::SolveRequest { rides: vec![kari("kari")], ..none_else() })),
        ("rides[0].pickup", ride(&|r| r.pickup = None)),
        ("rides[0].dropoff.place", ride(&|r| r.dropoff = stop("nowhere", None, 0.0))),
        ("rides[0].dropoff.service", ride(&|r| r.dropoff = stop("hall", None, -1.0))),
        ("rides[0].pickup.window", ride(&|r| r.pickup = stop("home", span(5.0, 4.0), 0.0))),
        ("rides[0].load", ride(&|r| r.load = vec![1, 1])),
        ("rides[0].priority", ride(&|r| r.priority = 256)),
        ("rides[0].price", ride(&|r| r.price = Some(-1.0))),
        ("rides[0].pinned", ride(&|r| r.pinned = "x".repeat(1_000))),
        ("rides[0].return_of", ride(&|r| r.return_of = "kari".to_owned())),
        (
            "rides[1].return_of",
            more(pb::SolveRequest {
                rides: vec![pb::SolveRide { return_of: "kari".to_owned(), ..kari("home") }],
                ..none_else()
            }),
        ),
        (
            "apart[0].other",
            with(&|r| {
                let id = || "kari".to_owned();
                r.apart = vec![pb::SolveApart { one: id(), other: id() }];
            }),
        ),
        ("done[0].visit", with(&|r| r.done = vec![done(None)])),
        ("done[0].pause", with(&|r| r.done = vec![done(Some(pause(0)))])),
        ("done[0]", with(&|r| r.done = vec![done(Some(dropoff()))])),
        (
            "present[1].vehicle",
            with(&|r| {
                let visit = Some(pb::solve_visit::Visit::Pickup("kari".to_owned()));
                let visits = vec![pb::SolveVisit { visit, ..Default::default() }];
                let vehicle = "bus".to_owned();
                r.present = vec![pb::SolveRoute { vehicle, visits, ..Default::default() }; 2];
            }),
        ),
    ] {
        let status = door.solve(chunks).await.map(|_| expected).unwrap_err();

        assert_eq!(status.code(), Code::InvalidArgument, "{expected}: {status:?}");
        assert_eq!(field(&status), expected, "{status:?}");
        assert!(status.message().len() < 200, "{}", status.message());
    }
}

#[tokio::test]
async fn what_is_done_and_cannot_be_carried_on_is_said_and_no_defect() {
    let door = Door::open().await;
    let mut request = small();
    let visit = Some(pb::solve_done::Visit::Pickup("kari".to_owned()));
    // The way to the hall takes ten minutes, and its window has closed by then.
    let (vehicle, began) = ("bus".to_owned(), Some(33_000.0));
    request.done = vec![pb::SolveDone { vehicle, visit, began }];

    let status = door.solve(vec![request]).await.unwrap_err();

    assert_eq!((status.code(), &*field(&status)), (Code::InvalidArgument, "done"));
    assert!(status.message().contains("the drop-off of kari"), "{}", status.message());
}

#[tokio::test]
async fn a_problem_past_the_limits_is_refused_and_says_which_list_it_is() {
    let door = Door::open().await;
    let places = (0..3_001).map(|n| place(&n.to_string())).collect();
    let first = pb::SolveRequest { options: Some(Default::default()), ..none_else() };

    let chunks = vec![first, pb::SolveRequest { places, ..none_else() }];
    let status = door.solve(chunks).await.unwrap_err();

    assert_eq!((status.code(), &*reason(&status)), (Code::ResourceExhausted, "PROBLEM_TOO_LARGE"));
    let info = status.get_details_error_info().unwrap();
    assert_eq!((&*info.metadata["field"], &*info.metadata["limit"]), ("places", "3000"));
}

#[tokio::test]
async fn only_coordinators_and_services_may_use_the_machine_so() {
    for (role, may) in
        [("person", false), ("staff", false), ("coordinator", true), ("service", true)]
    {
        let outcome = Door::open().await.called_by(role).solve(vec![small()]).await;

        match outcome {
            Ok(_) => assert!(may, "{role}"),
            Err(status) => {
                assert_eq!((may, status.code()), (false, Code::PermissionDenied), "{role}");
            }
        }
    }
}

fn none_else() -> pb::SolveRequest {
    pb::SolveRequest::default()
}

/// One bus at home, and one ride from home to the hall by ten past nine.
fn small() -> pb::SolveRequest {
    let row = |from: &str, seconds: [f64; 2]| pb::SolveRow {
        from: from.to_owned(),
        seconds: seconds.to_vec(),
        metres: vec![],
    };
    pb::SolveRequest {
        options: Some(pb::SolveOptions { steps: Some(100), ..Default::default() }),
        places: vec![place("home"), place("hall")],
        rows: vec![row("home", [0.0, 600.0]), row("hall", [600.0, 0.0])],
        vehicles: vec![pb::SolveVehicle {
            id: "bus".to_owned(),
            start: "home".to_owned(),
            seats: vec![pb::SolveSeats { counts: vec![4] }],
            ..Default::default()
        }],
        rides: vec![pb::SolveRide {
            id: "kari".to_owned(),
            pickup: stop("home", None, 60.0),
            dropoff: stop("hall", span(30_000.0, 33_000.0), 0.0),
            ..Default::default()
        }],
        ..none_else()
    }
}

/// Each list in messages of its own.
fn in_chunks(request: pb::SolveRequest) -> Vec<pb::SolveRequest> {
    let pb::SolveRequest { options, places, rows, vehicles, rides, .. } = request;
    let mut chunks = vec![
        pb::SolveRequest { options, ..none_else() },
        pb::SolveRequest { places, rows, ..none_else() },
        pb::SolveRequest { vehicles, ..none_else() },
    ];
    let rides = rides.chunks(7).map(<[_]>::to_vec);
    chunks.extend(rides.map(|rides| pb::SolveRequest { rides, ..none_else() }));
    chunks
}
