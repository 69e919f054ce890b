//! The admin port: `/metrics` for Prometheus, `/ready` for load balancers, `/live` for supervisors,
//! `/digest` for auditors: what each state comes to after which commit, one JSON object a line.
//!
//! Not for the open network: it has no login.

use std::time::Duration;

use axum::{
    Router,
    extract::State,
    http::{StatusCode, header},
    response::IntoResponse,
    routing::get,
};
use metrics_exporter_prometheus::PrometheusHandle;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

use super::{parts::Parts, ready::Ready};

/// Histograms keep every sample until they are swept.
const SWEEP: Duration = Duration::from_secs(5);

pub(super) async fn serve(
    listener: TcpListener,
    metrics: PrometheusHandle,
    ready: Ready,
    parts: Parts,
    closing: CancellationToken,
) {
    let router = Router::new()
        .route("/metrics", get(show_metrics).with_state(metrics.clone()))
        .route("/ready", get(show_ready).with_state(ready))
        .route("/digest", get(show_digests).with_state(parts))
        .route("/live", get(|| async { "live\n" }));
    let sweep = async {
        let mut tick = tokio::time::interval(SWEEP);
        loop {
            tick.tick().await;
            metrics.run_upkeep();
        }
    };
    tokio::select! {
        // Not gracefully: a scraper with an idle connection must not hold up the stop.
        served = axum::serve(listener, router).into_future() => {
            if let Err(error) = served {
                tracing::error!(%error, "the admin port failed");
            }
        }
        () = sweep => {}
        () = closing.cancelled() => {}
    }
}

async fn show_metrics(State(metrics): State<PrometheusHandle>) -> impl IntoResponse {
    ([(header::CONTENT_TYPE, "text/plain; version=0.0.4")], metrics.render())
}

async fn show_ready(State(ready): State<Ready>) -> impl IntoResponse {
    match ready.why_not() {
        None => (StatusCode::OK, "ready\n".to_owned()),
        Some(why) => (StatusCode::SERVICE_UNAVAILABLE, format!("{why}\n")),
    }
}

async fn show_digests(State(parts): State<Parts>) -> impl IntoResponse {
    match parts.digests().await {
        Ok(digests) => (StatusCode::OK, digests.iter().map(crate::journal::digest_line).collect()),
        Err(why) => (StatusCode::SERVICE_UNAVAILABLE, format!("{why:#}\n")),
    }
}
