//! One service over all its tenants: opens partitions on first use and routes to them.

use std::{
    collections::HashMap,
    hash::{BuildHasher as _, RandomState},
    sync::{Arc, Mutex, PoisonError, RwLock},
};

use dugnad_journal::{Journal, Partition, ReadError, Service, Tenant};
use futures::StreamExt as _;
use jiff::Timestamp;
use tokio::{
    sync::{OnceCell, Semaphore, oneshot},
    task::JoinSet,
    time::Instant,
};

use crate::{
    Ask, Config, Error, Outcome,
    clock::Skew,
    commit::{Digest, Reached},
    metrics::Metrics,
    model::{Caller, Model},
    partition::{Execute, Look, Mailbox, Message, NotTaken, Queued, Room, Shared},
    replay::StateDigest,
    watch::Feed,
};

/// When to come back after a full queue.
const RETRY_AFTER: std::time::Duration = std::time::Duration::from_millis(200);

/// How many partitions are loaded side by side at a start.
const LOADERS: usize = 4;

/// One service's ledger over all tenants. Cheap to clone.
///
/// Dropping the last handle stops everything at once, as a crash would: nothing accepted is lost,
/// what was under way is not known to its callers. [`Ledger::shutdown`] finishes first.
pub struct Ledger<M: Model> {
    inner: Arc<Inner<M>>,
}

impl<M: Model> Clone for Ledger<M> {
    fn clone(&self) -> Self {
        Self { inner: self.inner.clone() }
    }
}

pub(crate) struct Inner<M: Model> {
    pub(crate) journal: Arc<dyn Journal>,
    pub(crate) service: Service,
    config: Config,
    writer: u64,
    skew: Skew,
    room: Arc<Room>,
    threads: Arc<Semaphore>,
    partitions: RwLock<Partitions<M>>,
    pub(crate) feed: OnceCell<Feed>,
    writers: Mutex<JoinSet<()>>,
    /// Followers, the feed and the watch over the clock.
    pub(crate) helpers: Mutex<JoinSet<()>>,
}

struct Partitions<M: Model> {
    open: HashMap<Tenant, Arc<Open<M>>>,
    closed: bool,
}

/// A partition in use.
pub(crate) struct Open<M: Model> {
    pub(crate) mailbox: Mailbox<M>,
    digest_key: OnceCell<[u8; 32]>,
}

impl<M: Model> Ledger<M> {
    /// Opens the service's ledger over a journal. Partitions load on first use.
    ///
    /// # Panics
    /// If `M::SERVICE` is no service's name. Must be called within a tokio runtime.
    pub fn open(journal: Arc<dyn Journal>, config: Config) -> Self {
        let service = Service::new(M::SERVICE).expect("a model's SERVICE is a service's name");
        let skew = Skew::default();
        let mut helpers = JoinSet::new();
        helpers.spawn(skew.clone().watch(journal.clone(), config.clock.clone()));
        let partitions = RwLock::new(Partitions { open: HashMap::new(), closed: false });
        let cores = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
        Self {
            inner: Arc::new(Inner {
                journal,
                service,
                config,
                writer: RandomState::new().hash_one(()),
                skew,
                room: Arc::default(),
                threads: Arc::new(Semaphore::new(cores)),
                partitions,
                feed: OnceCell::new(),
                writers: Mutex::default(),
                helpers: Mutex::new(helpers),
            }),
        }
    }

    /// Decides one command and waits until its outcome is certain. `deadline`: dropped undecided if
    /// it passes in the queue.
    ///
    /// # Errors
    /// See [`Error`].
    pub async fn execute(
        &self,
        caller: &Caller,
        ask: Ask<M::Command>,
        deadline: Option<Instant>,
    ) -> Outcome<M> {
        let mut outcomes = self.execute_many(caller, vec![ask], deadline).await?;
        outcomes.pop().unwrap_or_else(|| Err(gone()))
    }

    /// Many commands, each decided on its own, in order.
    ///
    /// # Errors
    /// The outer error is for all of them: overloaded, expired or unavailable.
    pub async fn execute_many(
        &self,
        caller: &Caller,
        asks: Vec<Ask<M::Command>>,
        deadline: Option<Instant>,
    ) -> Result<Vec<Outcome<M>>, Error<M::Refusal>> {
        let partition = self.inner.partition(&caller.tenant)?;
        let key = self.inner.digest_key(&partition, &caller.tenant).await?;
        let mut scratch = Vec::with_capacity(512);
        let with_digest = |ask: Ask<M::Command>| {
            let digest = digest(&key, caller, &ask.command, &mut scratch);
            (ask, digest)
        };
        let asks = asks.into_iter().map(with_digest).collect();
        let (reply, answer) = oneshot::channel();
        let execute = Execute { caller: caller.clone(), asks, deadline, reply };
        partition.mailbox.send(Message::Execute(execute)).map_err(not_taken)?;
        drop(partition);
        answer.await.unwrap_or_else(|_| Err(gone()))
    }

    /// Looks at a partition's present. The answer comes when every commit it saw is durable. The
    /// closure gets the state and the time, and may run again.
    ///
    /// # Errors
    /// `Overloaded`, `Expired` or `Unavailable`.
    pub async fn query<R: Send + 'static>(
        &self,
        tenant: &Tenant,
        deadline: Option<Instant>,
        look: impl Fn(&M::State, Timestamp) -> R + Send + 'static,
    ) -> Result<R, Error<M::Refusal>> {
        let partition = self.inner.partition(tenant)?;
        let (reply, answer) = oneshot::channel();
        let question = Look { look, seen: None, deadline, reply };
        partition.mailbox.send(Message::Look(Box::new(question))).map_err(not_taken)?;
        drop(partition);
        answer.await.unwrap_or_else(|_| Err(gone()))
    }

    /// Loads every partition of the service, a few side by side; returns when all have caught up.
    ///
    /// # Errors
    /// If the journal cannot say which there are.
    pub async fn load_all(&self) -> Result<(), ReadError> {
        let partitions = self.inner.journal.partitions(&self.inner.service).await?;
        futures::stream::iter(partitions)
            .for_each_concurrent(LOADERS, |partition| async move {
                // A partition that has stopped has said so; the others load on.
                let _ = self.inner.reached(&partition.tenant).await;
            })
            .await;
        Ok(())
    }

    /// What the state of each partition of the service comes to, each after its last commit. Each is as
    /// long as what `Debug` shows of it, and its partition decides nothing meanwhile.
    ///
    /// # Errors
    /// As [`Ledger::query`], and if the journal cannot say which partitions there are.
    pub async fn digests(&self) -> Result<Vec<StateDigest>, Error<M::Refusal>> {
        let partitions = self.inner.journal.partitions(&self.inner.service).await;
        let partitions = partitions.map_err(|error| Error::Unavailable(error.to_string()))?;
        let mut digests = Vec::with_capacity(partitions.len());
        for partition in partitions {
            let (reply, answer) = oneshot::channel();
            let open = self.inner.partition(&partition.tenant)?;
            open.mailbox.send(Message::Digest(reply)).map_err(not_taken)?;
            drop(open);
            let (position, digest) = answer.await.unwrap_or_else(|_| Err(gone()))?;
            digests.push(StateDigest { partition, position, digest });
        }
        Ok(digests)
    }

    /// Stops taking anything, finishes what was taken, and returns when it is durable. Ends every watch.
    pub async fn shutdown(&self) {
        // Waited for: what follows another service holds the journal open.
        let mut helpers = std::mem::take(&mut *lock(&self.inner.helpers));
        helpers.shutdown().await;
        if let Some(feed) = self.inner.feed.get() {
            feed.close();
        }
        {
            let mut partitions =
                self.inner.partitions.write().unwrap_or_else(PoisonError::into_inner);
            partitions.closed = true;
            partitions.open.clear();
        }
        let mut writers = std::mem::take(&mut *lock(&self.inner.writers));
        while writers.join_next().await.is_some() {}
    }

    pub(crate) fn inner(&self) -> &Arc<Inner<M>> {
        &self.inner
    }
}

impl<M: Model> Inner<M> {
    /// The tenant's partition, opened if it is not.
    pub(crate) fn partition(&self, tenant: &Tenant) -> Result<Arc<Open<M>>, Error<M::Refusal>> {
        {
            let partitions = self.partitions.read().unwrap_or_else(PoisonError::into_inner);
            if let Some(open) = partitions.open.get(tenant).filter(|open| !open.mailbox.is_gone()) {
                return Ok(open.clone());
            }
        }
        let mut partitions = self.partitions.write().unwrap_or_else(PoisonError::into_inner);
        if partitions.closed {
            return Err(Error::Unavailable("shutting down".to_owned()));
        }
        if let Some(open) = partitions.open.get(tenant).filter(|open| !open.mailbox.is_gone()) {
            return Ok(open.clone());
        }
        if partitions.open.len() >= self.config.partitions {
            return Err(Error::Overloaded { retry_after: RETRY_AFTER });
        }
        let open = Arc::new(self.start(tenant));
        partitions.open.insert(tenant.clone(), open.clone());
        Ok(open)
    }

    fn start(&self, tenant: &Tenant) -> Open<M> {
        let partition = Partition::new(self.service.clone(), tenant.clone());
        let metrics = Metrics::of(&partition);
        let shared = Shared {
            journal: self.journal.clone(),
            clock: self.config.clock.clone(),
            skew: self.skew.clone(),
            queued: Queued::new(self.config.queue, metrics.queued.clone()),
            metrics,
            room: self.room.clone(),
            threads: self.threads.clone(),
            writer: self.writer,
            receipts: self.config.receipts,
        };
        let (mailbox, writer) = Mailbox::new(shared, partition);
        let mut writers = lock(&self.writers);
        while writers.try_join_next().is_some() {}
        writers.spawn(writer.run());
        Open { mailbox, digest_key: OnceCell::new() }
    }

    async fn digest_key(
        &self,
        partition: &Open<M>,
        tenant: &Tenant,
    ) -> Result<[u8; 32], Error<M::Refusal>> {
        let fetch = || self.config.secrets.digest_key(tenant);
        partition.digest_key.get_or_try_init(fetch).await.copied().map_err(Error::Unavailable)
    }

    /// How far each foreign history was taken in by the tenant's partition.
    pub(crate) async fn reached(&self, tenant: &Tenant) -> Result<Vec<Reached>, Error<M::Refusal>> {
        let (reply, answer) = oneshot::channel();
        self.partition(tenant)?.mailbox.send(Message::Reached(reply)).map_err(not_taken)?;
        answer.await.map_err(|_| gone())
    }
}

/// Covers the caller too: nobody gets the first answer to somebody else's request.
fn digest<C: serde::Serialize>(
    key: &[u8; 32],
    caller: &Caller,
    command: &C,
    scratch: &mut Vec<u8>,
) -> Digest {
    scratch.clear();
    scratch.extend_from_slice(caller.id.as_bytes());
    rmp_serde::encode::write_named(scratch, command).expect("commands encode: they are plain data");
    let hash = blake3::keyed_hash(key, scratch);
    let mut digest = [0; 16];
    digest.copy_from_slice(&hash.as_bytes()[..16]);
    Digest(digest)
}

pub(crate) fn not_taken<R>(why: NotTaken) -> Error<R> {
    match why {
        NotTaken::Full => Error::Overloaded { retry_after: RETRY_AFTER },
        NotTaken::Gone => gone(),
    }
}

fn gone<R>() -> Error<R> {
    Error::Unavailable("the partition was stopped meanwhile".to_owned())
}

pub(crate) fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
