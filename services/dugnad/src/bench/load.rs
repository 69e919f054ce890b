//! Callers in a closed loop: each asks, waits for the answer, asks again.

use std::time::{Duration, Instant};

use anyhow::{Context as _, Result};
use dugnad_harness::{Rooms, clients};
use futures::future::try_join_all;
use hdrhistogram::Histogram;
use tonic::transport::{Channel, Endpoint};
use tonic_health::pb::{HealthCheckRequest, health_client::HealthClient};

use super::{
    report::Measured,
    rooms::rules,
    town::{Town, caller},
};

/// Before the measurement, not counted.
const WARM_UP: Duration = Duration::from_millis(500);

/// So many callers share a connection.
const CALLERS_A_CONNECTION: usize = 16;

/// What is called.
#[derive(Clone)]
pub(super) enum Call {
    /// `grpc.health.v1.Health/Check`: the ceiling.
    Health,
    /// `CreateBooking`.
    Book(Town),
    /// `CreateBooking` in a town with letting rules.
    Let(Town),
}

/// `callers` at once for `time`.
pub(super) async fn run(url: &str, call: Call, callers: usize, time: Duration) -> Result<Measured> {
    let connect = (0..callers.div_ceil(CALLERS_A_CONNECTION)).map(|_| connect(url));
    let connections = try_join_all(connect).await?;
    let from = Instant::now() + WARM_UP;
    let until = from + time;
    let calling = (0..callers).map(|n| {
        let connection = connections[n / CALLERS_A_CONNECTION].clone();
        tokio::spawn(caller_loop(connection, call.clone(), from, until))
    });
    let mut latency = new_histogram();
    for done in try_join_all(calling.collect::<Vec<_>>()).await? {
        latency.add(&done?)?;
    }
    Ok(Measured { per_s: latency.len() as f64 / time.as_secs_f64(), latency })
}

/// Microseconds, up to a minute.
pub(super) fn new_histogram() -> Histogram<u64> {
    Histogram::new_with_bounds(1, 60_000_000, 3).expect("the bounds are in order")
}

async fn connect(url: &str) -> Result<Channel> {
    let endpoint = Endpoint::from_shared(url.to_owned())?.tcp_nodelay(true);
    endpoint.connect().await.context("connecting to the server")
}

async fn caller_loop(
    connection: Channel,
    call: Call,
    from: Instant,
    until: Instant,
) -> Result<Histogram<u64>> {
    let mut latency = new_histogram();
    let mut health = HealthClient::new(connection.clone());
    let mut rooms: Rooms = clients::on(connection, &caller());
    loop {
        let began = Instant::now();
        match &call {
            Call::Health => {
                health.check(HealthCheckRequest::default()).await?;
            }
            Call::Book(town) => {
                rooms.create_booking(town.booking()).await?;
            }
            Call::Let(town) => {
                rooms.create_booking(rules::let_to_a_club(town.booking())).await?;
            }
        }
        let ended = Instant::now();
        if ended >= until {
            return Ok(latency);
        }
        if ended >= from {
            latency.saturating_record(micros(ended - began));
        }
    }
}

pub(super) fn micros(took: Duration) -> u64 {
    u64::try_from(took.as_micros()).unwrap_or(u64::MAX)
}
