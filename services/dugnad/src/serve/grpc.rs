//! The gRPC door: services, health, reflection (v1 and v1alpha), and the limits of a connection.

use std::{sync::Arc, time::Duration};

use anyhow::Result;
use axum::{
    extract::{Request, State},
    middleware::{Next, from_fn_with_state},
    response::Response,
};
use dugnad_proto::DESCRIPTORS;
use futures::StreamExt as _;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;
use tonic::{
    Code, Status,
    service::Routes,
    transport::{Server, server::TcpIncoming},
};
use tonic_health::{
    ServingStatus,
    pb::health_server::HealthServer,
    server::{HealthReporter, HealthService},
};
use tonic_reflection::server::Builder as Reflection;

use super::{Service, parts::Parts, wire::Wire};
use crate::observe;

/// A caller that went away without a word is noticed after both.
const KEEPALIVE: Duration = Duration::from_secs(30);
const KEEPALIVE_ANSWER: Duration = Duration::from_secs(20);
/// Calls at once on one connection; one that wants more opens another.
const STREAMS: u32 = 1024;

/// What health speaks of: the whole, and each gRPC service.
pub(super) struct Doors(Vec<&'static str>);

impl Doors {
    pub(super) fn of(services: &[Service]) -> Self {
        let doors = services.iter().flat_map(|service| service.doors());
        Self(std::iter::once(&"").chain(doors).copied().collect())
    }

    /// Health, not serving until told so.
    pub(super) async fn health(&self) -> (HealthServer<HealthService>, HealthReporter) {
        let reporter = HealthReporter::new();
        self.tell(&reporter, ServingStatus::NotServing).await;
        let service = HealthService::from_health_reporter(reporter.clone());
        (HealthServer::new(service), reporter)
    }

    pub(super) async fn tell(&self, health: &HealthReporter, status: ServingStatus) {
        for service in &self.0 {
            health.set_service_status(*service, status).await;
        }
    }
}

/// Everything that can be called. What cannot is told what can.
pub(super) fn routes(
    parts: &Parts,
    doors: &Doors,
    health: HealthServer<HealthService>,
) -> Result<Routes> {
    let reflection = || {
        Reflection::configure()
            .register_encoded_file_descriptor_set(DESCRIPTORS)
            .register_encoded_file_descriptor_set(tonic_health::pb::FILE_DESCRIPTOR_SET)
    };
    let routes = parts
        .doors()
        .add_service(health)
        .add_service(reflection().build_v1()?)
        .add_service(reflection().build_v1alpha()?);
    let served = doors.0.iter().filter(|door| !door.is_empty()).copied();
    let served: Arc<str> = served.collect::<Vec<_>>().join(", ").into();
    Ok(routes.into_axum_router().layer(from_fn_with_state(served, or_say_what_is)).into())
}

/// tonic answers a method that is none without a word.
async fn or_say_what_is(State(served): State<Arc<str>>, request: Request, next: Next) -> Response {
    let path = request.uri().clone();
    let response = next.run(request).await;
    let says = |name| response.headers().get(name).map(|it| it.as_bytes());
    let unimplemented = says("grpc-status") == Some(b"12") && says("grpc-message").is_none();
    if !unimplemented {
        return response;
    }
    let path = path.path();
    let message = format!(
        "there is no `{path}` here: this process serves {served}; server reflection lists their \
         methods (`grpcurl -plaintext ADDRESS list SERVICE`), and names are case-sensitive"
    );
    Status::new(Code::Unimplemented, message).into_http()
}

/// Serves until `stop`, then finishes the calls under way for at most `drain`.
pub(crate) async fn serve(
    listener: TcpListener,
    routes: Routes,
    traced: bool,
    stop: &CancellationToken,
    drain: Duration,
) -> Result<()> {
    // However this ends, the rest is to end too.
    let _ends = stop.clone().drop_guard();
    let mut server = Server::builder()
        .http2_keepalive_interval(Some(KEEPALIVE))
        .http2_keepalive_timeout(Some(KEEPALIVE_ANSWER))
        .max_concurrent_streams(STREAMS);
    if traced {
        server = server.trace_fn(observe::call_span);
    }
    let incoming = TcpIncoming::from(listener).with_nodelay(Some(true)).map(|tcp| tcp.map(Wire));
    let serving = server
        .add_routes(routes)
        .serve_with_incoming_shutdown(incoming, stop.clone().cancelled_owned());
    let overdue = async {
        stop.cancelled().await;
        tokio::time::sleep(drain).await;
    };
    tokio::select! {
        served = serving => served?,
        () = overdue => tracing::warn!("calls were still under way after {drain:?}"),
    }
    Ok(())
}
