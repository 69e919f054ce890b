//! A day planned anew: how far it has come, and what came of it.

use std::{sync::Arc, time::Duration};

use dugnad_budget::{Budget, Clock};
use dugnad_dispatch::Progress;
use dugnad_door::{Call, DOMAIN, Invalid, field};
use dugnad_proto::rides::v1 as pb;
use futures::{StreamExt as _, stream::BoxStream};
use tokio::sync::{Semaphore, mpsc};
use tokio_stream::wrappers::ReceiverStream;
use tonic::{Code, Status};
use tonic_types::{ErrorDetails, StatusExt as _};

use super::{Api, COORDINATORS, read};
use crate::dispatcher::{Improved, Improving};

/// Days that are planned anew at once, in all municipalities of this process.
static RUNNING: Semaphore = Semaphore::const_new(MOST_RUNNING);
const MOST_RUNNING: usize = 2;
/// When to come back if so many are.
const RETRY: Duration = Duration::from_secs(5);
/// Answers that wait for a slow client; progress beyond them is left out.
const WAITING: usize = 8;

pub(super) type Answers = BoxStream<'static, Result<pb::DispatchResponse, Status>>;
type Tell = mpsc::Sender<Result<pb::DispatchResponse, Status>>;

/// Wall time that is used up at once when whoever asked goes away.
struct Limit {
    clock: Clock,
    tell: Tell,
}

impl Budget for Limit {
    fn used(&self, steps: u64) -> f64 {
        if self.tell.is_closed() { 1.0 } else { self.clock.used(steps) }
    }
}

impl Api {
    pub(super) fn dispatch_day(
        &self,
        call: Call,
        request: &pb::DispatchRequest,
    ) -> Result<Answers, Status> {
        call.must_be(COORDINATORS)?;
        let day = read::day(&request.day)?;
        let budget = field::required("budget", request.budget.as_ref())?;
        if budget.nanos != 0 || !(1..=120).contains(&budget.seconds) {
            return Err(Invalid::new("budget", "must be 1 to 120 whole seconds").into());
        }
        let place = RUNNING.try_acquire().map_err(|_| busy())?;
        let (tell, told) = mpsc::channel(WAITING);
        let clock = Clock::lasting(Duration::from_secs(budget.seconds.unsigned_abs()));
        let heard = tell.clone();
        let improving = Improving {
            budget: Arc::new(Limit { clock, tell: tell.clone() }),
            tell: Arc::new(move |before, now: Progress| {
                // Whoever does not read it in time hears of the next.
                let _ = heard.try_send(Ok(progress(before, now)));
            }),
        };
        let dispatcher = self.dispatcher.clone();
        tokio::spawn(async move {
            let improved = dispatcher.improve(&call.caller, day, improving).await;
            // Whoever asked may be gone.
            let _ = tell.send(improved.map(last).map_err(Status::from)).await;
            drop(place);
        });
        Ok(ReceiverStream::new(told).boxed())
    }
}

fn progress(before: f64, now: Progress) -> pb::DispatchResponse {
    pb::DispatchResponse {
        cost: now.cost,
        cost_before: before,
        unserved: i32::try_from(now.unserved).unwrap_or(i32::MAX),
        result: None,
    }
}

fn last(improved: Improved) -> pb::DispatchResponse {
    let names = |rides: &[dugnad_events::RideId]| rides.iter().map(ToString::to_string).collect();
    let result = pb::DispatchResult {
        cost: improved.cost,
        moved: names(&improved.moved),
        gained: names(&improved.gained),
        dropped: i32::try_from(improved.dropped).unwrap_or(i32::MAX),
        has_bound: false,
    };
    pb::DispatchResponse {
        cost: improved.cost,
        cost_before: improved.before,
        unserved: i32::try_from(improved.unserved).unwrap_or(i32::MAX),
        result: Some(result),
    }
}

fn busy() -> Status {
    let mut details = ErrorDetails::new();
    details.set_error_info("DISPATCHER_BUSY", DOMAIN, []);
    details.set_retry_info(Some(RETRY));
    let message = format!("{MOST_RUNNING} days are being planned; try again in a moment");
    Status::with_error_details(Code::ResourceExhausted, message, details)
}
