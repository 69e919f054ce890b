//! Runs a model over a journal. (Contract first; bodies to come.)
#![allow(clippy::todo, unused_variables, dead_code)]

mod model;

use std::{sync::Arc, time::Duration};

use dugnad_journal::Tenant;
use futures::stream::BoxStream;
use jiff::Timestamp;

pub use model::{
    Caller, Context, ForeignEvent, Model, NotARequestId, Nothing, RequestId, Source,
};

/// One service's ledger over all tenants. Cheap to clone.
pub struct Ledger<M: Model> {
    model: std::marker::PhantomData<fn() -> M>,
}

/// One thing asked.
#[derive(Clone, Debug)]
pub struct Ask<C> {
    /// Made once per intent by the caller.
    pub request_id: RequestId,
    /// What.
    pub command: C,
}

/// What was accepted: on disk when this is seen.
#[derive(Clone, Debug)]
pub struct Accepted<E> {
    /// The number of the commit it is in.
    pub position: u64,
    /// When.
    pub at: Timestamp,
    /// What happened; none if there was nothing to change.
    pub events: Arc<[E]>,
}

/// Why there is no acceptance.
#[derive(Clone, Debug, thiserror::Error)]
pub enum Error<R> {
    /// A rule of the domain, decided on the partition's true present. Nothing was written.
    #[error(transparent)]
    Refused(R),
    /// This request id was accepted before with another body.
    #[error("request id {0} was used before for something else")]
    OtherBody(RequestId),
    /// Older than what the ledger remembers: it cannot tell whether it was done, so it is not done.
    #[error("request id {0} is older than what is remembered; ask with a new one")]
    TooOld(RequestId),
    /// Made more than a day ahead of the clock.
    #[error("request id {0} lies more than a day ahead")]
    FromTheFuture(RequestId),
    /// The queue is full.
    #[error("too much at once; try again in {} ms", retry_after.as_millis())]
    Overloaded {
        /// When to try again.
        retry_after: Duration,
    },
    /// The caller's deadline passed before it was decided. Nothing was written.
    #[error("the deadline passed before this was decided")]
    Expired,
    /// Not known: says nothing about the outcome. Repeat with the same request id.
    #[error("not known yet, repeat with the same request id: {0}")]
    Unavailable(String),
    /// One act that does not fit a commit. Nothing was written.
    #[error("this makes {bytes} bytes of events, past the limit of one commit")]
    TooLarge {
        /// How many bytes.
        bytes: usize,
    },
}

/// A durable change, as watchers see it.
#[derive(Clone, Debug)]
pub struct Change<E> {
    /// The number of its commit.
    pub position: u64,
    /// Who asked.
    pub caller: Caller,
    /// When.
    pub at: Timestamp,
    /// What happened.
    pub events: Arc<[E]>,
}

/// What one ask came to.
pub type Outcome<M> =
    Result<Accepted<<M as Model>::Event>, Error<<M as Model>::Refusal>>;

impl<M: Model> Clone for Ledger<M> {
    fn clone(&self) -> Self {
        Self { model: std::marker::PhantomData }
    }
}

impl<M: Model> Ledger<M> {
    /// Decides one command and waits until its outcome is certain. `deadline`: dropped undecided if
    /// it passes in the queue.
    ///
    /// # Errors
    /// See [`Error`].
    pub async fn execute(
        &self,
        caller: &Caller,
        ask: Ask<M::Command>,
        deadline: Option<tokio::time::Instant>,
    ) -> Outcome<M> {
        todo!()
    }

    /// Many commands, each decided on its own, in order.
    ///
    /// # Errors
    /// The outer error is for all of them: overloaded, expired or unavailable.
    pub async fn execute_many(
        &self,
        caller: &Caller,
        asks: Vec<Ask<M::Command>>,
        deadline: Option<tokio::time::Instant>,
    ) -> Result<Vec<Outcome<M>>, Error<M::Refusal>> {
        todo!()
    }

    /// Looks at a partition's present. The answer comes when every commit it saw is durable. The
    /// closure gets the state and the time, and may run again.
    ///
    /// # Errors
    /// `Overloaded`, `Expired` or `Unavailable`.
    pub async fn query<R: Send + 'static>(
        &self,
        tenant: &Tenant,
        deadline: Option<tokio::time::Instant>,
        look: impl Fn(&M::State, Timestamp) -> R + Send + 'static,
    ) -> Result<R, Error<M::Refusal>> {
        todo!()
    }

    /// Durable changes after `after` (`None`: from now on), in order, for ever.
    ///
    /// # Errors
    /// `Unavailable`.
    pub async fn watch(
        &self,
        tenant: &Tenant,
        after: Option<u64>,
    ) -> Result<BoxStream<'static, Result<Change<M::Event>, Error<M::Refusal>>>, Error<M::Refusal>>
    {
        todo!()
    }
}
