//! What is served over plain HTTP to those who speak nothing else: calendar feeds, the links in
//! messages, and what an SMS gateway reports.
//!
//! For a proxy with TLS to stand before. No address is logged: a feed's is a secret. However many
//! come, no more is answered at once, and in a second, than leaves the rest of the server its share.

pub(super) mod calendar;
pub(super) mod catalogue;
mod tenants;

use std::{
    future::{Future, IntoFuture as _},
    net::SocketAddr,
    sync::{Arc, Mutex, PoisonError},
    time::Instant,
};

use anyhow::Result;
use axum::{
    extract::{Request, State},
    http::{HeaderValue, StatusCode, header},
    middleware::{Next, from_fn_with_state},
    response::{IntoResponse, Response},
};
use tokio::{net::TcpListener, sync::Semaphore};

use super::parts::Parts;

/// Answered at once.
const AT_ONCE: usize = 32;
/// Answered in a second, on average.
const A_SECOND: f64 = 300.0;
/// Answered in a burst.
const BURST: f64 = 600.0;

/// Bound, and not yet serving.
pub(super) struct Listener {
    listener: TcpListener,
    address: SocketAddr,
    origin: String,
}

/// `None`: it was not asked for.
pub(super) async fn bind(
    address: Option<SocketAddr>,
    url: Option<&str>,
) -> Result<Option<Listener>> {
    let Some(address) = address else { return Ok(None) };
    let listener = TcpListener::bind(address).await?;
    let address = listener.local_addr()?;
    let origin = url.map_or_else(|| format!("http://{address}"), |url| url.to_owned());
    let origin = origin.trim_end_matches('/').to_owned();
    Ok(Some(Listener { listener, address, origin }))
}

impl Listener {
    pub(super) fn address(&self) -> SocketAddr {
        self.address
    }

    /// How people reach it.
    pub(super) fn origin(&self) -> &str {
        &self.origin
    }

    /// For ever. Nobody who fetches a calendar is owed an answer when the server stops.
    pub(super) fn serve(self, parts: &Parts) -> impl Future<Output = ()> + use<> {
        let gate = Arc::new(Gate::new());
        let pages = parts.pages(&self.origin).layer(from_fn_with_state(gate, through));
        async move {
            if let Err(error) = axum::serve(self.listener, pages).into_future().await {
                tracing::error!(%error, "the HTTP port failed");
            }
        }
    }
}

/// Lets through what may be answered now.
struct Gate {
    at_once: Semaphore,
    bucket: Mutex<Bucket>,
}

/// A token bucket.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Bucket {
    left: f64,
    filled: Instant,
}

impl Gate {
    fn new() -> Self {
        let bucket = Bucket { left: BURST, filled: Instant::now() };
        Self { at_once: Semaphore::new(AT_ONCE), bucket: Mutex::new(bucket) }
    }
}

impl Bucket {
    /// Whether one more may pass at `now`.
    fn take(&mut self, now: Instant) -> bool {
        let elapsed = now.saturating_duration_since(self.filled).as_secs_f64();
        self.left = (self.left + elapsed * A_SECOND).min(BURST);
        self.filled = now;
        let may = self.left >= 1.0;
        if may {
            self.left -= 1.0;
        }
        may
    }
}

async fn through(State(gate): State<Arc<Gate>>, request: Request, next: Next) -> Response {
    let may = gate.bucket.lock().unwrap_or_else(PoisonError::into_inner).take(Instant::now());
    match gate.at_once.try_acquire() {
        Ok(_turn) if may => next.run(request).await,
        _ => later(StatusCode::TOO_MANY_REQUESTS),
    }
}

/// Says when to come again.
fn later(status: StatusCode) -> Response {
    (status, [(header::RETRY_AFTER, HeaderValue::from_static("60"))]).into_response()
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn after_a_burst_no_more_pass_than_the_rate_allows() {
        let start = Instant::now();
        let mut bucket = Bucket { left: BURST, filled: start };
        let passed = |bucket: &mut Bucket, at| (0..1000).filter(|_| bucket.take(at)).count();

        assert_eq!(passed(&mut bucket, start), 600);
        assert_eq!(passed(&mut bucket, start + Duration::from_millis(500)), 150);
        assert_eq!(passed(&mut bucket, start + Duration::from_secs(3600)), 600);
    }
}
