//! Many bookings a message, a few messages at once.
//!
//! While one message's bookings ride in a commit, the next is already read and sealed, on a thread
//! aside, so that neither the ledger nor the wire waits for it; they reach the ledger in their order.
//! What goes wrong with one booking is told in its place and holds up no other.

use dugnad_door::{Call, Invalid, Problem, Within as _, status};
use dugnad_events::rooms::Event;
use dugnad_ledger::{Ask, Error};
use dugnad_proto::rooms::v1 as pb;
use futures::{Stream, StreamExt as _, stream::BoxStream};
use pb::stream_bookings_response::{Outcome, outcome};
use tokio::{
    runtime::Handle,
    task::{JoinError, spawn_blocking},
};
use tonic::Status;

use super::{Api, read};
use crate::model::{Command, Refusal};

/// Messages that are read and sealed at once, and messages that wait for the ledger: what bounds the
/// memory of a stream.
const AHEAD: usize = 3;
const IN_FLIGHT: usize = 12;
/// Messages of all streams together that are read and sealed at once: each has a thread, which waits
/// while the keys are away, and others need threads too.
pub(super) const MOST_READ: usize = 4;
/// Bookings of all streams together that wait for the ledger: half its queue, so that single calls
/// find room in it. What is past it waits for its turn, and by the flow control so does its client.
pub(super) const MOST_WAITING: usize = 8192;
/// Requests a message.
const MOST_REQUESTS: usize = 1000;

/// A message taken apart: what is to be decided, and the outcomes of what is not.
struct Prepared {
    asks: Vec<Ask<Command>>,
    outcomes: Vec<Outcome>,
}

/// One answer a message, in their order. A message that is none ends the stream.
pub(super) fn answers(
    api: Api,
    call: Call,
    messages: impl Stream<Item = Result<pb::StreamBookingsRequest, Status>> + Send + 'static,
) -> BoxStream<'static, Result<pb::StreamBookingsResponse, Status>> {
    let (aside, caller) = (api.clone(), call.clone());
    let prepare = move |message: Result<pb::StreamBookingsRequest, Status>| {
        let (api, call) = (aside.clone(), caller.clone());
        async move {
            let requests = message?.requests;
            // It is never closed.
            let _turn = api.readers.clone().acquire_owned().await;
            let prepare = move || Handle::current().block_on(api.prepare(&call, requests));
            let unread = |ended: JoinError| Error::<Refusal>::Unavailable(ended.to_string());
            spawn_blocking(prepare).await.map_err(|ended| status(&unread(ended)))?
        }
    };
    let decide = move |prepared: Result<Prepared, Status>| {
        let (api, call) = (api.clone(), call.clone());
        async move { Ok(api.decide(&call, prepared?).await) }
    };
    messages.map(prepare).buffered(AHEAD).map(decide).buffered(IN_FLIGHT).boxed()
}

impl Api {
    async fn prepare(
        &self,
        call: &Call,
        requests: Vec<pb::CreateBookingRequest>,
    ) -> Result<Prepared, Status> {
        if !(1..=MOST_REQUESTS).contains(&requests.len()) {
            let problem = format!("must have 1 to {MOST_REQUESTS} items");
            return Err(Invalid::new("requests", problem).into());
        }
        let mut asks = Vec::with_capacity(requests.len());
        let mut outcomes = Vec::with_capacity(requests.len());
        for (i, request) in requests.into_iter().enumerate() {
            match self.ask(call, i, request).await {
                Ok(ask) => {
                    asks.push(ask);
                    outcomes.push(Outcome { outcome: None });
                }
                Err(problem) => outcomes.push(told(problem)),
            }
        }
        Ok(Prepared { asks, outcomes })
    }

    async fn ask(
        &self,
        call: &Call,
        index: usize,
        request: pb::CreateBookingRequest,
    ) -> Result<Ask<Command>, Problem> {
        let wanted = read::booking(&request, call.caller.id)
            .within_item("requests", index)
            .map_err(|invalid| invalid.problem())?;
        let details = read::details(request.purpose, request.contact);
        let details = self.desk.seal(call, wanted.person, wanted.id, &details).await?;
        Ok(Ask { request_id: wanted.id, command: wanted.command(details) })
    }

    /// Fills in the outcomes that are still open, in the order of the asks.
    async fn decide(&self, call: &Call, prepared: Prepared) -> pb::StreamBookingsResponse {
        let Prepared { asks, mut outcomes } = prepared;
        if asks.is_empty() {
            return pb::StreamBookingsResponse { outcomes };
        }
        let turns = u32::try_from(asks.len()).unwrap_or(u32::MAX);
        // It is never closed.
        let _turn = self.streamed.acquire_many(turns).await;
        let open = outcomes.iter_mut().filter(|outcome| outcome.outcome.is_none());
        match self.desk.ledger.execute_many(&call.caller, asks, call.deadline).await {
            Ok(decided) => {
                for (open, decided) in open.zip(decided) {
                    *open = match decided {
                        Ok(accepted) => booked(&accepted.events),
                        Err(error) => told((&error).into()),
                    };
                }
            }
            Err(error) => open.for_each(|open| *open = told((&error).into())),
        }
        pb::StreamBookingsResponse { outcomes }
    }
}

fn booked(events: &[Event]) -> Outcome {
    match super::made(events) {
        Some(booking) => Outcome { outcome: Some(outcome::Outcome::Booking(booking.to_string())) },
        None => told(super::unexpected()),
    }
}

fn told(Problem { code, reason, message }: Problem) -> Outcome {
    let problem = pb::Problem { code: code.into(), reason: reason.to_owned(), message };
    Outcome { outcome: Some(outcome::Outcome::Problem(problem)) }
}
