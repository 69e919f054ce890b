//! The assignment engine's own door: a problem in by messages, answers out as they improve.
//!
//! Stateless: no ledger, no vault, nothing kept. `read` gathers the problem within its bounds, `show`
//! puts answers together. The solve runs on a blocking thread; dropping the answers, as happens when
//! the client goes away, uses up its budget.
//!
//! Bounded: worker threads over all solves together ([`MOST_WORKERS`]), each problem (see `read`), the
//! time it takes to send one and the time to solve it. Progress that nobody has read yet is replaced,
//! never queued.

mod read;
mod show;

use std::{collections::VecDeque, sync::Arc, time::Duration};

use dugnad_assign::{Answer, Broken, Cost, Progress, check, solve};
use dugnad_budget::{Budget, Clock, Steps};
use dugnad_door::{DOMAIN, Interceptor, Invalid, Problem, Role, authenticate, enter};
use dugnad_proto::{
    codec::HARD_LIMIT,
    matching::v1::{
        self as pb,
        solve_service_server::{SolveService, SolveServiceServer},
    },
};
use futures::{
    Stream, StreamExt as _, TryStreamExt as _,
    stream::{self, BoxStream},
};
use tokio::{
    sync::{OwnedSemaphorePermit, Semaphore, watch},
    task::JoinHandle,
    time::timeout,
};
use tonic::{Code, Request, Response, Status, Streaming, service::interceptor::InterceptedService};
use tonic_types::{ErrorDetails, StatusExt as _};

use read::Asked;

/// Worker threads of all solves together; also the most that one may ask for.
const MOST_WORKERS: usize = 4;
/// How long the messages of one problem may take to arrive; a place is held for it meanwhile.
const LONGEST_UPLOAD: Duration = Duration::from_secs(120);
/// When to come back if all workers are taken.
const RETRY: Duration = Duration::from_secs(2);

/// The gRPC door of the stateless solver.
pub fn solve_service() -> InterceptedService<SolveServiceServer<Solver>, Interceptor> {
    let server = SolveServiceServer::new(Solver::new());
    InterceptedService::new(server.max_decoding_message_size(HARD_LIMIT), authenticate)
}

/// What handles each call. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Solver {
    workers: Arc<Semaphore>,
}

impl Solver {
    fn new() -> Self {
        Self { workers: Arc::new(Semaphore::new(MOST_WORKERS)) }
    }

    /// A place for this many worker threads, now or not at all.
    fn place(&self, threads: usize) -> Result<OwnedSemaphorePermit, Status> {
        let threads = u32::try_from(threads).unwrap_or(u32::MAX);
        self.workers.clone().try_acquire_many_owned(threads).map_err(|_| busy())
    }
}

#[tonic::async_trait]
impl SolveService for Solver {
    type SolveStream = BoxStream<'static, Result<pb::SolveResponse, Status>>;

    async fn solve(
        &self,
        request: Request<Streaming<pb::SolveRequest>>,
    ) -> Result<Response<Self::SolveStream>, Status> {
        let (call, messages) = enter(request)?;
        call.must_be(&[Role::Coordinator, Role::Service])?;
        Ok(Response::new(answers(self.clone(), messages).boxed()))
    }
}

/// Reads the whole problem, then tells how its solve goes.
fn answers(
    solver: Solver,
    messages: Streaming<pb::SolveRequest>,
) -> impl Stream<Item = Result<pb::SolveResponse, Status>> {
    let solving = async move {
        let (asked, place) =
            timeout(LONGEST_UPLOAD, gather(&solver, messages)).await.map_err(|_| too_slow())??;
        Ok::<_, Status>(stream::try_unfold(Solving::begin(asked, place), Solving::next))
    };
    stream::once(solving).try_flatten()
}

async fn gather(
    solver: &Solver,
    mut messages: Streaming<pb::SolveRequest>,
) -> Result<(Asked, OwnedSemaphorePermit), Status> {
    let missing = || Invalid::new("options", "must stand in the first message");
    let mut first = messages.message().await?.ok_or_else(missing)?;
    let mut asked = Asked::begin(&first.options.take().ok_or_else(missing)?)?;
    let place = solver.place(asked.options.threads)?;
    asked.take(first)?;
    while let Some(message) = messages.message().await? {
        asked.take(message)?;
    }
    Ok((asked, place))
}

/// A solve under way. Its budget is used up when this is dropped.
struct Solving {
    limit: Arc<Limit>,
    progress: watch::Receiver<Option<pb::SolveResponse>>,
    work: Option<JoinHandle<Result<Vec<pb::SolveResponse>, Status>>>,
    last: VecDeque<pb::SolveResponse>,
}

impl Solving {
    fn begin(asked: Asked, place: OwnedSemaphorePermit) -> Self {
        let limit = Arc::new(Limit::new(asked.budget, asked.steps));
        let (tell, progress) = watch::channel(None);
        let within = limit.clone();
        let work = tokio::task::spawn_blocking(move || {
            // Given back when the work has ended, however its caller fared.
            let _place = place;
            run(asked, &within, tell)
        });
        Self { limit, progress, work: Some(work), last: VecDeque::new() }
    }

    /// Progress as long as there is any, then the messages of the last answer.
    async fn next(mut self) -> Result<Option<(pb::SolveResponse, Self)>, Status> {
        if self.progress.changed().await.is_ok() {
            let message = self.progress.borrow_and_update().clone();
            if let Some(message) = message {
                return Ok(Some((message, self)));
            }
        }
        if let Some(work) = self.work.take() {
            self.last = work.await.map_err(|_| defect())??.into();
        }
        Ok(self.last.pop_front().map(|message| (message, self)))
    }
}

impl Drop for Solving {
    fn drop(&mut self) {
        self.limit.clock.cancel();
    }
}

/// The whole of the long computation.
fn run(
    asked: Asked,
    limit: &Limit,
    tell: watch::Sender<Option<pb::SolveResponse>>,
) -> Result<Vec<pb::SolveResponse>, Status> {
    let (options, explain) = (asked.options.clone(), asked.explain);
    let (problem, names) = asked.build()?;
    let places = problem.needs().iter().map(|need| u64::from(need.heads)).sum();
    let answer = {
        let tell = |now: Progress| {
            tell.send_replace(Some(show::progress(now, places)));
        };
        solve(&problem, &options, limit, &tell)
    };
    judge(&answer, check(&problem, &answer.pairs).map(|it| (it.cost, it.open_places)))?;
    show::last(&problem, &names, &answer, explain).map_err(|_| defect())
}

/// No answer leaves unjudged.
fn judge(answer: &Answer, judged: Result<(Cost, u64), Broken>) -> Result<(), Status> {
    let holds = judged.is_ok_and(|judged| judged == (answer.cost, answer.open_places));
    if holds { Ok(()) } else { Err(defect()) }
}

/// Wall time, or a number of steps within the longest wall time; both end when the client goes.
#[derive(Debug)]
struct Limit {
    clock: Clock,
    steps: Option<Steps>,
}

impl Limit {
    fn new(span: Duration, steps: Option<u64>) -> Self {
        Self { clock: Clock::lasting(span), steps: steps.map(Steps) }
    }
}

impl Budget for Limit {
    fn used(&self, steps: u64) -> f64 {
        match self.steps {
            // The share of the clock must not reach the answer, only its end.
            Some(most) if !self.clock.spent(steps) => most.used(steps),
            _ => self.clock.used(steps),
        }
    }
}

fn busy() -> Status {
    let mut details = ErrorDetails::new();
    details.set_error_info("SOLVER_BUSY", DOMAIN, []);
    details.set_retry_info(Some(RETRY));
    let message = format!("all {MOST_WORKERS} worker threads are taken; try again in a moment");
    Status::with_error_details(Code::ResourceExhausted, message, details)
}

fn too_slow() -> Status {
    let seconds = LONGEST_UPLOAD.as_secs();
    let message = format!("the problem must be sent within {seconds} s");
    Problem { code: Code::DeadlineExceeded, reason: "PROBLEM_NOT_SENT", message }.into()
}

fn defect() -> Status {
    let message = "the answer does not hold; this is a defect of ours".to_owned();
    Problem { code: Code::Internal, reason: "SOLVER_DEFECT", message }.into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steps_count_alone_until_the_clock_ends_them() {
        let limit = Limit::new(Duration::from_secs(3600), Some(4));
        assert!((limit.used(1) - 0.25).abs() < f64::EPSILON);

        limit.clock.cancel();

        assert!(limit.spent(1));
    }

    #[test]
    fn an_answer_that_costs_something_else_than_it_says_is_a_defect() {
        let answer = Answer { pairs: Vec::new(), cost: 3, bound: 3, open_places: 1, duals: None };

        assert!(judge(&answer, Ok((3, 1))).is_ok());
        assert_eq!(judge(&answer, Ok((4, 1))).unwrap_err().code(), Code::Internal);
        assert_eq!(judge(&answer, Err(Broken::NoEdge(0, 0))).unwrap_err().code(), Code::Internal);
    }
}
