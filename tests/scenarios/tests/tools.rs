//! What people do at the command line: journals proved and carried, traces sent.

#![allow(clippy::unwrap_used, reason = "what fails here is the finding")]

use dugnad_harness::{Caller, DugnadServer, Journal, copy_all};
use dugnad_scenarios::{On, World, book, hours, listed, town};
use opentelemetry_proto::tonic::collector::trace::v1::{
    ExportTraceServiceRequest, ExportTraceServiceResponse,
    trace_service_server::{TraceService, TraceServiceServer},
};
use tokio::{net::TcpListener, sync::mpsc};
use tonic::{Request, Response, Status, transport::Server};

/// What `dugnad journal verify` says of every partition, heads included; the exit code.
async fn verify(server: &DugnadServer, address: &str, more: &[&str]) -> (Option<i32>, String) {
    let args = [&["journal", "verify", "--json", "--journal", address], more].concat();
    let (status, said) = server.dugnad(&args).await.unwrap();
    (status.code(), said)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_journal_is_carried_to_nats_and_back_and_stays_the_same() {
    // Given a town on the embedded journal, and another on NATS that is empty,
    let mut world = World::start(On::Sqlite).await;
    let nats = dugnad_harness::NatsServer::start().unwrap();
    let caller = Caller::new("lillevik");
    let rooms = &mut world.calling(&caller);
    let town = town(rooms).await;
    for hour in 0..20 {
        book(rooms, &town.room, hours(hour, hour + 1)).await.unwrap();
    }
    let before = listed(rooms, &town.room).await;
    world.server.terminate().await.unwrap();

    // when it is exported, imported there, exported there and imported here,
    let lines = |name: &str| world.server.dir().join(name).display().to_string();
    let (out, back) = (lines("out.jsonl"), lines("back.jsonl"));
    let here = world.server.journal_address();
    let again = format!("sqlite:{}", lines("again.sqlite"));
    for args in [
        ["journal", "export", "--journal", &here, &out],
        ["journal", "import", "--journal", &nats.url(), &out],
        ["journal", "import", "--journal", &nats.url(), &out],
        ["journal", "export", "--journal", &nats.url(), &back],
        ["journal", "import", "--journal", &again, &back],
    ] {
        let (status, said) = world.server.dugnad(&args).await.unwrap();
        assert!(status.success(), "{args:?}: {said}");
    }

    // then all three hold the same chain, and a service on NATS shows the same town.
    let whole = verify(&world.server, &here, &[]).await;
    assert_eq!(whole.0, Some(0));
    assert_eq!(verify(&world.server, &nats.url(), &[]).await, whole);
    assert_eq!(verify(&world.server, &again, &[]).await, whole);
    assert_eq!(std::fs::read(&out).unwrap(), std::fs::read(&back).unwrap());
    let keys = format!("--vault={}", lines("vault"));
    let mut moved = DugnadServer::prepare(Journal::Nats(nats.url()), &[&keys]).unwrap();
    let secrets = world.server.dir().join("secrets");
    copy_all(&secrets, &moved.dir().join("secrets")).unwrap();
    moved.restart().await.unwrap();
    assert_eq!(listed(&mut moved.rooms(&caller).unwrap(), &town.room).await, before);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lost_tail_is_named_when_a_head_is_given() {
    let mut world = World::start(On::Sqlite).await;
    let rooms = &mut world.somebody();
    let town = town(rooms).await;
    world.server.terminate().await.unwrap();
    let address = world.server.journal_address();
    let file = world.server.dir().join("journal.sqlite");
    let restored = world.server.dir().join("restored.sqlite");
    std::fs::copy(&file, &restored).unwrap();
    world.server.restart().await.unwrap();
    book(&mut world.somebody(), &town.room, hours(18, 20)).await.unwrap();
    world.server.terminate().await.unwrap();

    let (_, said) = verify(&world.server, &address, &[]).await;
    let of_rooms = said.lines().find(|line| line.contains("dugnad.rooms.lillevik")).unwrap();
    let head = of_rooms.split_once("\"head\":\"").unwrap().1.split_once('"').unwrap().0;
    let head = format!("--head=dugnad.rooms.lillevik={head}");
    let kept = verify(&world.server, &address, &[&head]).await;
    let restored = format!("sqlite:{}", restored.display());
    let alone = verify(&world.server, &restored, &[]).await;
    let lost = verify(&world.server, &restored, &[&head]).await;
    let nothing = verify(&world.server, "sqlite:no/such/file", &[]).await;

    assert_eq!(kept.0, Some(0), "{}", kept.1);
    assert_eq!(alone.0, Some(0), "a chain cannot show by itself what is missing at its end");
    assert_eq!(lost.0, Some(1));
    assert!(lost.1.contains("dugnad.rooms.lillevik is damaged at commit 6"), "{}", lost.1);
    assert_eq!(nothing.0, Some(1), "a mistyped path is no empty journal");
}

/// Receives spans as a collector would.
struct Collector(mpsc::UnboundedSender<ExportTraceServiceRequest>);

#[tonic::async_trait]
impl TraceService for Collector {
    async fn export(
        &self,
        request: Request<ExportTraceServiceRequest>,
    ) -> Result<Response<ExportTraceServiceResponse>, Status> {
        let _ = self.0.send(request.into_inner());
        Ok(Response::new(ExportTraceServiceResponse::default()))
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_call_continues_the_callers_trace_and_is_sent_out_before_the_end() {
    let (sent, mut received) = mpsc::unbounded_channel();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let endpoint = format!("--otlp=http://{}", listener.local_addr().unwrap());
    let incoming = tokio_stream::wrappers::TcpListenerStream::new(listener);
    let collector = Server::builder().add_service(TraceServiceServer::new(Collector(sent)));
    tokio::spawn(collector.serve_with_incoming(incoming));
    let mut world = World::start_with(On::Sqlite, &[&endpoint]).await;

    let mut request = Request::new(dugnad_proto::rooms::v1::ListFacilitiesRequest::default());
    let parent = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
    request.metadata_mut().insert("traceparent", parent.parse().unwrap());
    world.somebody().list_facilities(request).await.unwrap();
    world.server.terminate().await.unwrap();

    let mut spans = Vec::new();
    while let Ok(export) = received.try_recv() {
        let scopes = export.resource_spans.into_iter().flat_map(|spans| spans.scope_spans);
        spans.extend(scopes.flat_map(|scope| scope.spans));
    }
    let span = spans.iter().find(|span| span.name.ends_with("ListFacilities")).expect("a span");
    assert_eq!(span.trace_id, 0x4bf9_2f35_77b3_4da6_a3ce_929d_0e0e_4736_u128.to_be_bytes());
    assert_eq!(span.parent_span_id, 0x00f0_67aa_0ba9_02b7_u64.to_be_bytes());
}
