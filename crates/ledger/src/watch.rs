//! Changes as they become durable, for those who watch a partition.
//!
//! One follow of the service's stream feeds all watchers of the process, dealt out by tenant. A
//! watcher that falls behind, or begins in the past, reads the journal; it never misses or repeats.

use std::{
    collections::{HashMap, VecDeque},
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use dugnad_journal::{Followed, Journal, Partition, Positions, ReadError, Service, Stored, Tenant};
use futures::{StreamExt as _, stream::BoxStream};
use tokio::sync::broadcast;

use crate::{
    Change, Error, Ledger,
    commit::{Commit, Record},
    ledger::lock,
    model::{Caller, Model},
};

/// How many commits a slow watcher may lag behind before it reads the journal instead.
const LIVE: usize = 256;

const PAGE_BYTES: usize = 1024 * 1024;

const AGAIN: Duration = Duration::from_millis(500);

/// The follow that all watchers of a process share.
#[derive(Clone, Default)]
pub(crate) struct Feed {
    watched: Arc<Mutex<HashMap<Partition, broadcast::Sender<Stored>>>>,
    closed: Arc<AtomicBool>,
}

impl Feed {
    fn subscribe(&self, partition: &Partition) -> broadcast::Receiver<Stored> {
        let mut watched = lock(&self.watched);
        watched.retain(|_, sender| sender.receiver_count() > 0);
        match watched.get(partition) {
            Some(sender) => sender.subscribe(),
            None => {
                let (sender, receiver) = broadcast::channel(LIVE);
                // Looked at under the lock that `close` takes after it set it.
                if !self.closed.load(Ordering::Acquire) {
                    watched.insert(partition.clone(), sender);
                }
                receiver
            }
        }
    }

    /// Ends every watch, also those that begin after this.
    pub(crate) fn close(&self) {
        self.closed.store(true, Ordering::Release);
        lock(&self.watched).clear();
    }

    /// Follows the service for ever, from where it stands now.
    async fn run(self, journal: Arc<dyn Journal>, service: Service, mut after: Positions) {
        loop {
            if let Ok(mut followed) = journal.follow(&service, after.clone()).await {
                while let Some(Ok(next)) = followed.next().await {
                    if let Followed::Commit(partition, stored) = next {
                        after.insert(partition.clone(), stored.number);
                        if let Some(sender) = lock(&self.watched).get(&partition) {
                            // Nobody watching is no fault.
                            let _ = sender.send(stored);
                        }
                    }
                }
            }
            tokio::time::sleep(AGAIN).await;
        }
    }
}

/// Where the service's histories stand now.
async fn present(journal: &dyn Journal, service: &Service) -> Result<Positions, ReadError> {
    let mut positions = Positions::new();
    for partition in journal.partitions(service).await? {
        if let Some(last) = journal.last(&partition).await? {
            positions.insert(partition, last.number);
        }
    }
    Ok(positions)
}

/// Changes as a watcher gets them; an error is the last item.
pub type Changes<M> = BoxStream<'static, Result<Change<Event<M>>, Error<Refusal<M>>>>;

type Event<M> = <M as Model>::Event;
type Refusal<M> = <M as Model>::Refusal;

impl<M: Model> Ledger<M> {
    /// Durable changes after `after` (`None`: from now on), in order, for ever. One item a record.
    ///
    /// # Errors
    /// `Unavailable`.
    pub async fn watch(
        &self,
        tenant: &Tenant,
        after: Option<u64>,
    ) -> Result<Changes<M>, Error<M::Refusal>> {
        let inner = self.inner();
        let partition = Partition::new(inner.service.clone(), tenant.clone());
        let feed = inner.feed.get_or_try_init(|| self.start_feed()).await.map_err(away)?;
        let live = feed.subscribe(&partition);
        let position = match after {
            Some(position) => position,
            None => inner.journal.last(&partition).await.map_err(away)?.map_or(0, |l| l.number),
        };
        let journal = inner.journal.clone();
        let ready = VecDeque::new();
        let watch = Watch { journal, partition, position, live, behind: true, ready };
        let changes = futures::stream::unfold(Some(watch), |watch| async move {
            let mut watch = watch?;
            match watch.next::<M>().await {
                Ok(change) => Some((Ok(change), Some(watch))),
                Err(error) => Some((Err(away(error)), None)),
            }
        });
        Ok(changes.boxed())
    }

    /// The number of the last commit that is durable; 0: none.
    ///
    /// # Errors
    /// `Unavailable`.
    pub async fn last(&self, tenant: &Tenant) -> Result<u64, Error<M::Refusal>> {
        let inner = self.inner();
        let partition = Partition::new(inner.service.clone(), tenant.clone());
        let last = inner.journal.last(&partition).await.map_err(away)?;
        Ok(last.map_or(0, |last| last.number))
    }

    async fn start_feed(&self) -> Result<Feed, ReadError> {
        let inner = self.inner();
        let after = present(&*inner.journal, &inner.service).await?;
        let feed = Feed::default();
        let run = feed.clone().run(inner.journal.clone(), inner.service.clone(), after);
        lock(&inner.helpers).spawn(run);
        Ok(feed)
    }
}

fn away<R>(error: ReadError) -> Error<R> {
    Error::Unavailable(error.to_string())
}

struct Watch<E> {
    journal: Arc<dyn Journal>,
    partition: Partition,
    /// The last commit whose changes are in `ready` or given.
    position: u64,
    live: broadcast::Receiver<Stored>,
    /// There may be commits that `live` does not bring.
    behind: bool,
    ready: VecDeque<Change<E>>,
}

impl<E: serde::de::DeserializeOwned> Watch<E> {
    async fn next<M: Model<Event = E>>(&mut self) -> Result<Change<E>, ReadError> {
        loop {
            if let Some(change) = self.ready.pop_front() {
                return Ok(change);
            }
            if self.behind {
                let page =
                    self.journal.read(&self.partition, self.position + 1, PAGE_BYTES).await?;
                self.behind = !page.is_empty();
                for stored in &page {
                    self.take::<M>(stored)?;
                }
                continue;
            }
            match self.live.recv().await {
                Ok(stored) if stored.number == self.position + 1 => self.take::<M>(&stored)?,
                Ok(stored) => self.behind = stored.number > self.position,
                Err(broadcast::error::RecvError::Lagged(_)) => self.behind = true,
                Err(broadcast::error::RecvError::Closed) => {
                    return Err(ReadError::Unavailable("shutting down".to_owned()));
                }
            }
        }
    }

    fn take<M: Model<Event = E>>(&mut self, stored: &Stored) -> Result<(), ReadError> {
        let commit = Commit::<Record<E, M::Command>>::read(&stored.body).map_err(|e| {
            let partition = self.partition.clone();
            ReadError::Damaged { partition, number: stored.number, what: e.to_string() }
        })?;
        self.position = stored.number;
        let tenant = &self.partition.tenant;
        self.ready.extend(commit.records.into_iter().filter(|r| !r.events.is_empty()).map(|r| {
            Change {
                position: stored.number,
                caller: Caller { tenant: tenant.clone(), id: r.caller },
                at: r.at,
                events: r.events.into(),
            }
        }));
        Ok(())
    }
}
