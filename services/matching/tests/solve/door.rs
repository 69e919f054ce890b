//! A solver behind a real port, and problems for it.

use dugnad_proto::matching::v1::{self as pb, solve_service_client::SolveServiceClient};
use futures::{StreamExt as _, TryStreamExt as _};
use serde_json::json;
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
        Self::open_as("service").await
    }

    pub(crate) async fn open_as(role: &'static str) -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let server = Server::builder().add_service(dugnad_matching::solve_service());
        tokio::spawn(server.serve_with_incoming(TcpListenerStream::new(listener)));
        let channel = Channel::from_shared(url).unwrap().connect().await.unwrap();
        Self { channel, role }
    }

    /// All answers.
    pub(crate) async fn solve(
        &self,
        chunks: Vec<pb::SolveRequest>,
    ) -> Result<Vec<pb::SolveResponse>, Status> {
        self.begin(chunks).await?.try_collect().await
    }

    /// The answers as they come.
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

/// A roster with windows and loads, as the JSON of `dugnad assign` and as one message. The more needs
/// there are, the further its best answer is out of reach.
pub(crate) fn roster(needs: u64, people: u64) -> (Vec<u8>, pb::SolveRequest) {
    let mut state = 0x2545_f491_4f6c_dd1d_u64;
    let mut below = move |most: u64| {
        // xorshift64, Marsaglia 2003.
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state % most
    };
    let mut request = pb::SolveRequest {
        options: Some(pb::SolveOptions { open_cost: 400, ..Default::default() }),
        ..Default::default()
    };
    for n in 0..needs {
        let (start, load) = (below(1000) as i64, 20 + below(80) as u32);
        let window = Some(pb::SolveWindow { start, end: start + i64::from(load) });
        let id = format!("n{n}");
        request.needs.push(pb::SolveNeed { id, heads: 1, window, load, ..Default::default() });
    }
    for p in 0..people {
        let (id, max_load) = (format!("p{p}"), Some(300));
        request.people.push(pb::SolvePerson { id, capacity: 20, max_load, ..Default::default() });
    }
    for n in 0..needs {
        for p in 0..people {
            let (need, person) = (format!("n{n}"), format!("p{p}"));
            let load = request.needs[n as usize].load;
            // The costlier the lighter, as in the hard class D of generalised assignment.
            let cost = 111 - i64::from(load) + below(20) as i64;
            request.edges.push(pb::SolveEdge { need, person, cost, load: None });
        }
    }
    (as_json(&request), request)
}

fn as_json(request: &pb::SolveRequest) -> Vec<u8> {
    let window = |need: &pb::SolveNeed| need.window.map(|window| [window.start, window.end]);
    let needs = request.needs.iter().map(|need| {
        json!({"id": need.id, "heads": need.heads, "window": window(need), "load": need.load})
    });
    let people = request.people.iter().map(
        |person| json!({"id": person.id, "capacity": person.capacity, "max_load": person.max_load}),
    );
    let edges = request.edges.iter().map(|edge| json!([edge.need, edge.person, edge.cost]));
    let file = json!({
        "needs": needs.collect::<Vec<_>>(),
        "people": people.collect::<Vec<_>>(),
        "edges": edges.collect::<Vec<_>>(),
        "open_cost": request.options.as_ref().unwrap().open_cost,
    });
    file.to_string().into_bytes()
}

pub(crate) fn reason(status: &Status) -> String {
    status.get_details_error_info().unwrap().reason
}

/// The one field that is to blame.
pub(crate) fn field(status: &Status) -> String {
    status.get_details_bad_request().unwrap().field_violations.remove(0).field
}
