//! What the doors of the stateless solvers share: a problem in by messages, answers out as they
//! improve.
//!
//! Nothing is kept, and no problem is known here: a service reads its own ([`Ids`], [`Effort`]),
//! and says how it is solved and shown ([`Solve`]). The solve runs on a blocking thread; dropping
//! the answers, as happens when the client goes away, uses up its budget.
//!
//! Bounded: worker threads over all solves of a door together ([`MOST_WORKERS`]), the time it
//! takes to send a problem and the time to solve it. An answer that nobody has read yet is
//! replaced, never queued.

mod ids;
mod pages;

use std::{
    collections::{HashMap, VecDeque},
    sync::Arc,
    time::Duration,
};

use dugnad_budget::{Budget, Clock, Steps};
use futures::{
    Stream, StreamExt as _, TryStreamExt as _,
    stream::{self, BoxStream},
};
use tokio::{
    sync::{OwnedSemaphorePermit, Semaphore, watch},
    task::{JoinHandle, spawn_blocking},
    time::{Instant, sleep_until, timeout},
};
use tonic::{Code, Status};
use tonic_types::{ErrorDetails, StatusExt as _};

use crate::{DOMAIN, Invalid, Problem};
pub use ids::Ids;
pub use pages::Pages;

/// Worker threads of all solves of a door together; also the most that one may ask for.
pub const MOST_WORKERS: usize = 4;
/// How long one solve may search.
const LONGEST_BUDGET: Duration = Duration::from_secs(60);
const USUAL_BUDGET: Duration = Duration::from_secs(10);
/// How long the messages of one problem may take to arrive; a place is held for it meanwhile.
const LONGEST_UPLOAD: Duration = Duration::from_secs(120);
/// Better answers come no more often: the first ones come by the dozen.
const BETWEEN_ANSWERS: Duration = Duration::from_millis(100);
/// When to come back if all workers are taken.
const RETRY: Duration = Duration::from_secs(2);

/// A problem that has come in whole.
pub trait Solve: Send + Sync + 'static {
    /// A better answer, as the search tells of it.
    type Found: Clone + Send + Sync + 'static;
    /// What the client reads.
    type Message: Send + 'static;

    /// The whole of the long computation: tells of better answers, and ends with the last one.
    ///
    /// # Errors
    /// [`defect`].
    fn solve(
        &self,
        limit: &Limit,
        tell: &(dyn Fn(Self::Found) + Sync),
    ) -> Result<Vec<Self::Message>, Status>;

    /// A better answer in messages.
    ///
    /// # Errors
    /// [`defect`].
    fn show(&self, found: Self::Found) -> Result<Vec<Self::Message>, Status>;
}

/// The worker threads of a door. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Workers(Arc<Semaphore>);

/// A place among the workers; free again when dropped.
#[derive(Debug)]
pub struct Place {
    _permit: OwnedSemaphorePermit,
}

impl Default for Workers {
    fn default() -> Self {
        Self(Arc::new(Semaphore::new(MOST_WORKERS)))
    }
}

impl Workers {
    /// A place for this many worker threads, now or not at all.
    ///
    /// # Errors
    /// `SOLVER_BUSY`, with when to come back.
    pub fn place(&self, threads: usize) -> Result<Place, Status> {
        let threads = u32::try_from(threads).unwrap_or(u32::MAX);
        let permit = self.0.clone().try_acquire_many_owned(threads).map_err(|_| busy())?;
        Ok(Place { _permit: permit })
    }
}

/// How much a caller wants searched.
#[derive(Clone, Copy, Debug)]
pub struct Effort {
    /// Worker threads.
    pub threads: usize,
    budget: Duration,
    steps: Option<u64>,
}

impl Effort {
    /// Reads the fields `threads` (0 is one), `budget` (none is 10 s) and `steps`.
    ///
    /// # Errors
    /// Names the field that is past its bounds.
    pub fn read(
        threads: u32,
        budget: Option<prost_types::Duration>,
        steps: Option<u64>,
    ) -> Result<Self, Invalid> {
        let threads = match threads as usize {
            0 => 1,
            threads @ 1..=MOST_WORKERS => threads,
            _ => return Err(Invalid::new("threads", format!("must be at most {MOST_WORKERS}"))),
        };
        let budget = match budget {
            Some(budget) => {
                let budget = Duration::try_from(budget).ok();
                let budget = budget.filter(|budget| !budget.is_zero() && *budget <= LONGEST_BUDGET);
                let most = LONGEST_BUDGET.as_secs();
                let wrong = format!("must be above 0 and at most {most} s");
                budget.ok_or_else(|| Invalid::new("budget", wrong))?
            }
            None if steps.is_some() => LONGEST_BUDGET,
            None => USUAL_BUDGET,
        };
        Ok(Self { threads, budget, steps })
    }
}

/// Wall time, or a number of steps within the longest wall time; both end when the client goes.
#[derive(Debug)]
pub struct Limit {
    clock: Clock,
    steps: Option<Steps>,
}

impl Limit {
    fn new(effort: Effort) -> Self {
        Self { clock: Clock::lasting(effort.budget), steps: effort.steps.map(Steps) }
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

/// Reads the whole problem, then tells how its solve goes. `gathered` is what the messages say,
/// and the place that they have; `prepare` makes the problem of it, on a blocking thread.
pub fn answers<A: Send + 'static, S: Solve>(
    effort: impl Fn(&A) -> Effort + Send + 'static,
    gathered: impl Future<Output = Result<(A, Place), Status>> + Send + 'static,
    prepare: impl FnOnce(A) -> Result<S, Status> + Send + 'static,
) -> BoxStream<'static, Result<S::Message, Status>> {
    let solving = async move {
        let (asked, place) = timeout(LONGEST_UPLOAD, gathered).await.map_err(|_| too_slow())??;
        let effort = effort(&asked);
        let prepared = spawn_blocking(move || Ok::<_, Status>((prepare(asked)?, place)));
        let (problem, place) = prepared.await.map_err(|_| defect())??;
        Ok::<_, Status>(unfold(Solving::begin(problem, effort, place)))
    };
    stream::once(solving).try_flatten().boxed()
}

fn unfold<S: Solve>(solving: Solving<S>) -> impl Stream<Item = Result<S::Message, Status>> {
    stream::try_unfold(solving, Solving::next)
}

/// A solve under way. Its budget is used up when this is dropped.
struct Solving<S: Solve> {
    problem: Arc<S>,
    limit: Arc<Limit>,
    found: watch::Receiver<Option<S::Found>>,
    work: Option<JoinHandle<Result<Vec<S::Message>, Status>>>,
    ready: VecDeque<S::Message>,
    /// When better answers are looked for again.
    next: Instant,
}

impl<S: Solve> Solving<S> {
    fn begin(problem: S, effort: Effort, place: Place) -> Self {
        let (problem, limit) = (Arc::new(problem), Arc::new(Limit::new(effort)));
        let (tell, found) = watch::channel(None);
        let (solved, within) = (problem.clone(), limit.clone());
        let work = spawn_blocking(move || {
            // Given back when the work has ended, however its caller fared.
            let _place = place;
            solved.solve(&within, &|found| {
                tell.send_replace(Some(found));
            })
        });
        let (work, ready) = (Some(work), VecDeque::new());
        Self { problem, limit, found, work, ready, next: Instant::now() }
    }

    /// Better answers as long as there are any, then the messages of the last one.
    async fn next(mut self) -> Result<Option<(S::Message, Self)>, Status> {
        loop {
            if let Some(message) = self.ready.pop_front() {
                return Ok(Some((message, self)));
            }
            if let Some(found) = self.better().await {
                self.next = Instant::now() + BETWEEN_ANSWERS;
                let problem = self.problem.clone();
                let shown = spawn_blocking(move || problem.show(found));
                self.ready = shown.await.map_err(|_| defect())??.into();
            } else if let Some(work) = self.work.take() {
                self.ready = work.await.map_err(|_| defect())??.into();
            } else {
                return Ok(None);
            }
        }
    }

    /// The best answer since the last one; none when the search has ended.
    async fn better(&mut self) -> Option<S::Found> {
        self.found.changed().await.ok()?;
        // The last answer is not kept waiting by those before it.
        tokio::select! {
            () = sleep_until(self.next) => {}
            () = ended(self.found.clone()) => {}
        }
        self.found.borrow_and_update().clone()
    }
}

/// Waits until nothing more is told.
async fn ended<F>(mut found: watch::Receiver<F>) {
    while found.changed().await.is_ok() {}
}

impl<S: Solve> Drop for Solving<S> {
    fn drop(&mut self) {
        self.limit.clock.cancel();
    }
}

/// A problem that is too large is no mistake in a field, but says which list it is.
///
/// # Errors
/// `PROBLEM_TOO_LARGE`, if there are more of `list` than `most`.
pub fn at_most(list: &'static str, count: usize, most: usize) -> Result<(), Status> {
    if count <= most {
        return Ok(());
    }
    let mut details = ErrorDetails::new();
    let metadata = [("field", list.to_owned()), ("limit", most.to_string())];
    let metadata = metadata.into_iter().map(|(key, value)| (key.to_owned(), value));
    details.set_error_info("PROBLEM_TOO_LARGE", DOMAIN, metadata.collect::<HashMap<_, _>>());
    let message = format!("{list} must be at most {most} in all");
    Err(Status::with_error_details(Code::ResourceExhausted, message, details))
}

/// An answer that must not leave.
#[must_use]
pub fn defect() -> Status {
    let message = "the answer does not hold; this is a defect of ours".to_owned();
    Problem { code: Code::Internal, reason: "SOLVER_DEFECT", message }.into()
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steps_count_alone_until_the_clock_ends_them() {
        let limit = Limit::new(Effort::read(0, None, Some(4)).unwrap());
        assert!((limit.used(1) - 0.25).abs() < f64::EPSILON);

        limit.clock.cancel();

        assert!(limit.spent(1));
    }
}
