//! A solver behind a real port, and days for it: each as the JSON of `dugnad dispatch` and as
//! messages.

use std::sync::Arc;

use dugnad_dispatch::{Plan, Times, Verdict, format::json::Document, oracle};
use dugnad_proto::rides::v1::{self as pb, solve_service_client::SolveServiceClient};
use dugnad_rides::ways::Travel;
use futures::{StreamExt as _, TryStreamExt as _};
use serde_json::{Value, json};
use tokio_stream::wrappers::TcpListenerStream;
use tonic::{
    Request, Status, Streaming,
    transport::{Channel, Server},
};
use tonic_types::StatusExt as _;
use uuid::Uuid;

pub(crate) struct Door {
    channel: Channel,
    role: &'static str,
}

impl Door {
    pub(crate) async fn open() -> Self {
        Self::open_over(Travel::default()).await
    }

    pub(crate) async fn open_over(travel: Travel) -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let door = dugnad_rides::solve_service(Arc::new(travel));
        let server = Server::builder().add_service(door);
        tokio::spawn(server.serve_with_incoming(TcpListenerStream::new(listener)));
        let channel = Channel::from_shared(url).unwrap().connect().await.unwrap();
        Self { channel, role: "service" }
    }

    pub(crate) fn called_by(self, role: &'static str) -> Self {
        Self { role, ..self }
    }

    /// All messages.
    pub(crate) async fn solve(
        &self,
        chunks: Vec<pb::SolveRequest>,
    ) -> Result<Vec<pb::SolveResponse>, Status> {
        self.begin(chunks).await?.try_collect().await
    }

    /// The messages as they come.
    pub(crate) async fn begin(
        &self,
        chunks: Vec<pb::SolveRequest>,
    ) -> Result<Streaming<pb::SolveResponse>, Status> {
        let mut request = Request::new(futures::stream::iter(chunks).boxed());
        let metadata = request.metadata_mut();
        metadata.insert(dugnad_door::TENANT, "drammen".parse().unwrap());
        metadata.insert(dugnad_door::CALLER, Uuid::now_v7().to_string().parse().unwrap());
        metadata.insert(dugnad_door::ROLE, self.role.parse().unwrap());
        let mut client = SolveServiceClient::new(self.channel.clone());
        Ok(client.solve(request).await?.into_inner())
    }
}

pub(crate) fn reason(status: &Status) -> String {
    status.get_details_error_info().unwrap().reason
}

/// The one field that is to blame.
pub(crate) fn field(status: &Status) -> String {
    status.get_details_bad_request().unwrap().field_violations.remove(0).field
}

/// A morning: `rides` to two halls, by `vehicles`; some are tight, one in five has a price.
pub(crate) fn morning(rides: u64, vehicles: u64) -> (String, pb::SolveRequest) {
    let mut state = 0x2545_f491_4f6c_dd1d_u64;
    let mut below = move |most: u64| {
        // xorshift64, Marsaglia 2003.
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state % most
    };
    let mut request =
        pb::SolveRequest { options: Some(pb::SolveOptions::default()), ..Default::default() };
    let points: Vec<_> = (0..rides + 3).map(|_| (below(1_500), below(1_500))).collect();
    request.places = (0..points.len()).map(|at| place(&format!("p{at}"))).collect();
    for (at, from) in points.iter().enumerate() {
        let away = |to: &(u64, u64)| (from.0.abs_diff(to.0) + from.1.abs_diff(to.1)) as f64;
        let seconds: Vec<_> = points.iter().map(away).collect();
        let metres = seconds.iter().map(|seconds| seconds * 11.0).collect();
        request.rows.push(pb::SolveRow { from: format!("p{at}"), seconds, metres });
    }
    let depot = points.len() - 1;
    for v in 0..vehicles {
        let pause = pb::SolveBreak { window: span(30_000.0, 36_000.0), lasts: 600.0 };
        request.vehicles.push(pb::SolveVehicle {
            id: format!("v{v}"),
            start: format!("p{depot}"),
            end: format!("p{depot}"),
            shift: span(25_000.0, 45_000.0),
            breaks: vec![pause],
            seats: vec![pb::SolveSeats { counts: vec![4] }],
            skills: if v % 2 == 0 { vec!["ramp".to_owned()] } else { vec![] },
            fixed_cost: 50.0,
            ..Default::default()
        });
    }
    for r in 0..rides {
        let by = 29_000.0 + 300.0 * below(30) as f64;
        let hall = format!("p{}", rides + below(2));
        request.rides.push(pb::SolveRide {
            id: format!("r{r}"),
            pickup: stop(&format!("p{r}"), None, 60.0),
            dropoff: stop(&hall, span(by - 1_200.0, by), 30.0),
            max_ride: Some(2_700.0),
            skills: if r % 4 == 0 { vec!["ramp".to_owned()] } else { vec![] },
            price: (r % 5 == 0).then_some(900.0),
            priority: (r % 3) as u32,
            ..Default::default()
        });
    }
    (as_json(&request), request)
}

pub(crate) fn place(id: &str) -> pb::SolvePlace {
    pb::SolvePlace { id: id.to_owned(), at: None }
}

pub(crate) fn stop(
    place: &str,
    window: Option<pb::SolveWindow>,
    service: f64,
) -> Option<pb::SolveStop> {
    Some(pb::SolveStop { place: place.to_owned(), window, service })
}

pub(crate) fn span(earliest: f64, latest: f64) -> Option<pb::SolveWindow> {
    Some(pb::SolveWindow { earliest: Some(earliest), latest: Some(latest) })
}

fn as_json(request: &pb::SolveRequest) -> String {
    let window = |window: Option<pb::SolveWindow>| {
        window.map_or(json!([null, null]), |window| json!([window.earliest, window.latest]))
    };
    let stop = |stop: &Option<pb::SolveStop>| {
        let stop = stop.clone().unwrap();
        json!({"place": stop.place, "window": window(stop.window), "service": stop.service})
    };
    let vehicle = |one: &pb::SolveVehicle| {
        let pause = &one.breaks[0];
        json!({
            "id": one.id, "start": one.start, "end": one.end, "shift": window(one.shift),
            "breaks": [{"window": window(pause.window), "lasts": pause.lasts}],
            "seats": [{"seat": one.seats[0].counts[0]}], "skills": one.skills,
            "fixed_cost": one.fixed_cost,
        })
    };
    let ride = |one: &pb::SolveRide| {
        json!({
            "id": one.id, "pickup": stop(&one.pickup), "dropoff": stop(&one.dropoff),
            "max_ride": one.max_ride, "skills": one.skills, "price": one.price,
            "priority": one.priority,
        })
    };
    let rows = |row: fn(&pb::SolveRow) -> &Vec<f64>| -> Vec<Value> {
        request.rows.iter().map(|one| json!(row(one))).collect()
    };
    let ids: Vec<_> = request.places.iter().map(|place| &place.id).collect();
    let file = json!({
        "matrix": {
            "places": ids,
            "seconds": rows(|row| &row.seconds),
            "metres": rows(|row| &row.metres),
        },
        "vehicles": request.vehicles.iter().map(vehicle).collect::<Vec<_>>(),
        "requests": request.rides.iter().map(ride).collect::<Vec<_>>(),
    });
    file.to_string()
}

/// The messages of one answer put together.
pub(crate) fn answers(messages: &[pb::SolveResponse]) -> Vec<pb::SolveResponse> {
    let mut answers: Vec<pb::SolveResponse> = Vec::new();
    let mut goes_on = false;
    for message in messages {
        match answers.last_mut().filter(|_| goes_on) {
            Some(answer) => {
                answer.routes.extend(message.routes.clone());
                answer.unserved.extend(message.unserved.clone());
                answer.off_road.extend(message.off_road.clone());
            }
            None => answers.push(message.clone()),
        }
        goes_on = message.goes_on;
    }
    assert!(!goes_on, "the last answer ends");
    answers
}

/// What an answer plans, as the file's own solver would read it back.
pub(crate) fn plan(document: &Document, answer: &pb::SolveResponse) -> (Plan, Vec<Times>) {
    let visit = |visit: &pb::SolveVisit| {
        use pb::solve_visit::Visit;
        let begins = visit.begins;
        match visit.visit.as_ref().unwrap() {
            Visit::Pickup(id) => json!({"pickup": id, "begins": begins}),
            Visit::Dropoff(id) => json!({"dropoff": id, "begins": begins}),
            Visit::Pause(at) => json!({"break": at, "begins": begins}),
        }
    };
    let route = |route: &pb::SolveRoute| {
        json!({
            "vehicle": route.vehicle, "leaves": route.leaves, "ends": route.ends,
            "visits": route.visits.iter().map(visit).collect::<Vec<_>>(),
        })
    };
    let left = |left: &pb::SolveUnserved| json!({"request": left.ride});
    let schedule = json!({
        "routes": answer.routes.iter().map(route).collect::<Vec<_>>(),
        "unserved": answer.unserved.iter().map(left).collect::<Vec<_>>(),
    });
    document.read_schedule(&schedule.to_string()).unwrap()
}

/// The oracle's word on an answer: every limit is kept at its times, and it costs what it says.
pub(crate) fn judged(document: &Document, answer: &pb::SolveResponse) -> Verdict {
    let (plan, times) = plan(document, answer);
    let verdict = oracle::check_times(&document.problem, &plan, &times).unwrap();
    assert!(
        (verdict.total.cost - answer.cost).abs() < 1e-6,
        "{} {}",
        verdict.total.cost,
        answer.cost
    );
    assert!((verdict.price - answer.price).abs() < 1e-6);
    assert_eq!(verdict.total.vehicles, answer.vehicles as usize);
    assert_eq!(verdict.unserved.len(), answer.left_out as usize);
    verdict
}
