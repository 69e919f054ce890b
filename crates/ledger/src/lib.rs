//! Runs a [`Model`] over a journal: one writer a partition, group commit, receipts, followers,
//! timers, queries.
//!
//! What an answer means:
//! * *accepted*: it is on disk;
//! * *refused*: it was decided on the partition's true present, and nothing was written;
//! * *not known* ([`Error::Unavailable`]): says nothing about the outcome; repeat with the same id.
//!
//! Invariants 2 (what was accepted survives), 3 (a repeat has one effect and the first answer) and
//! 9 (replay gives the running state) are kept here.

mod alarm;
mod clock;
mod commit;
mod digest;
mod ledger;
mod listen;
mod metrics;
mod model;
mod partition;
mod receipts;
mod replay;
mod watch;

use std::{sync::Arc, time::Duration};

use async_trait::async_trait;
use dugnad_journal::Tenant;
use jiff::Timestamp;

pub use clock::{Clock, SystemClock};
pub use commit::Reached;
pub use ledger::Ledger;
pub use model::{
    Caller, Context, ForeignCommit, ForeignEvent, Model, NotARequestId, Nothing, RequestId, Source,
    Unreadable,
};
pub use replay::{StateDigest, replay};
pub use watch::Changes;

/// Secrets that lie outside the journal.
#[async_trait]
pub trait Secrets: Send + Sync + 'static {
    /// The tenant's key for digests of request bodies; the same for ever.
    ///
    /// # Errors
    /// Why it cannot be had now.
    async fn digest_key(&self, tenant: &Tenant) -> Result<[u8; 32], String>;
}

/// What a ledger needs from outside, and its bounds.
#[derive(Clone)]
pub struct Config {
    /// Tells the time.
    pub clock: Arc<dyn Clock>,
    /// Keeps the digest keys.
    pub secrets: Arc<dyn Secrets>,
    /// The most asks that wait in a partition's queue.
    pub queue: usize,
    /// The most request ids that a partition remembers.
    pub receipts: usize,
    /// The most partitions open at once.
    pub partitions: usize,
}

impl Config {
    /// The usual bounds, on the machine's clock.
    pub fn new(secrets: Arc<dyn Secrets>) -> Self {
        Self {
            clock: Arc::new(SystemClock),
            secrets,
            queue: 16_384,
            receipts: 2_000_000,
            partitions: 10_000,
        }
    }
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
pub type Outcome<M> = Result<Accepted<<M as Model>::Event>, Error<<M as Model>::Refusal>>;
