//! Bookings over one stream, many a message, a few messages in flight.

use std::{
    collections::VecDeque,
    time::{Duration, Instant},
};

use anyhow::{Context as _, Result, bail};
use dugnad_harness::Rooms;
use dugnad_proto::rooms::v1::{
    StreamBookingsRequest, StreamBookingsResponse, stream_bookings_response::outcome::Outcome,
};
use tokio_stream::wrappers::ReceiverStream;

use super::{
    load::{micros, new_histogram},
    report::Measured,
    town::Town,
};

/// Bookings a message.
const MESSAGE: usize = 500;

/// Messages asked and not yet answered.
const IN_FLIGHT: usize = 12;

/// For `time`, or `most` bookings; only bookings that were answered as accepted count.
pub(super) async fn run(
    mut client: Rooms,
    town: &Town,
    time: Duration,
    most: usize,
) -> Result<Measured> {
    let (ask, asked) = tokio::sync::mpsc::channel(IN_FLIGHT);
    let mut sent = VecDeque::new();
    send(&ask, town, &mut sent).await?;
    let mut answers = client.stream_bookings(ReceiverStream::new(asked)).await?.into_inner();
    let mut latency = new_histogram();
    let mut accepted = 0;
    let began = Instant::now();
    while began.elapsed() < time && accepted < most {
        while sent.len() < IN_FLIGHT {
            send(&ask, town, &mut sent).await?;
        }
        let answer = answers.message().await?.context("the stream ended")?;
        latency.saturating_record(micros(sent.pop_front().context("nothing was asked")?.elapsed()));
        accepted += accepted_in(&answer)?;
    }
    Ok(Measured { per_s: accepted as f64 / began.elapsed().as_secs_f64(), latency })
}

async fn send(
    ask: &tokio::sync::mpsc::Sender<StreamBookingsRequest>,
    town: &Town,
    sent: &mut VecDeque<Instant>,
) -> Result<()> {
    let requests = (0..MESSAGE).map(|_| town.booking()).collect();
    sent.push_back(Instant::now());
    ask.send(StreamBookingsRequest { requests }).await.context("the stream ended")
}

fn accepted_in(answer: &StreamBookingsResponse) -> Result<usize> {
    for outcome in &answer.outcomes {
        if let Some(Outcome::Problem(problem)) = &outcome.outcome {
            bail!("a booking that cannot clash was refused: {}", problem.message);
        }
    }
    Ok(answer.outcomes.len())
}
