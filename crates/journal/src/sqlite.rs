//! The embedded journal: one process, one SQLite file, nothing to install.
//!
//! * `file` opens it: the lock, the schema, what is checked before anything is served.
//! * `writer` is the one thread that writes: everything that waits, of all partitions, goes into
//!   one transaction and one fsync.
//! * `reader` reads over connections of its own, and `follow` tails the global order.
//!
//! Kept true: an append is answered after its fsync. After a failed fsync the process ends, since
//! the kernel may have dropped the pages and a second fsync would lie. Whatever bytes the file
//! holds, a read gives what was written or names where it cannot.

mod error;
mod file;
mod follow;
mod reader;
mod tips;
mod writer;

use std::{path::Path, sync::Arc, thread::JoinHandle};

use async_trait::async_trait;
use futures::stream::BoxStream;
use tokio::sync::{mpsc, oneshot};

use crate::{
    AppendError, Followed, Journal, MAX_COMMIT_BYTES, Partition, Positions, ReadError, Service,
    Stored,
};
pub use error::OpenError;
use file::{Lock, Partitions};
use reader::Readers;
use tips::Tips;
use writer::{Job, Writer};

/// Commits that may wait for the writer before `append` itself waits.
const QUEUE: usize = 1024;

/// A journal in one SQLite file. Closed when the last of its handles is dropped.
pub struct SqliteJournal {
    jobs: Option<mpsc::Sender<Job>>,
    shared: Arc<Shared>,
    writer: Option<JoinHandle<()>>,
    // Last: given up after the writer has closed the file.
    _lock: Lock,
}

/// What readers and followers need, which outlives no file lock: they only read.
struct Shared {
    readers: Readers,
    partitions: Arc<Partitions>,
    tips: Arc<Tips>,
}

impl SqliteJournal {
    /// Opens the file, making it if it is not there, and takes it for this process alone.
    ///
    /// Reads the head of every partition: `O(partitions)`.
    ///
    /// # Errors
    /// See [`OpenError`]: another process has it, it is no journal, it is damaged.
    pub fn open(path: impl AsRef<Path>) -> Result<Self, OpenError> {
        let path = path.as_ref();
        let lock = Lock::take(path)?;
        let opened = file::open(path)?;
        let (jobs, waiting) = mpsc::channel(QUEUE);
        let tips = Arc::new(Tips::new(opened.tip));
        let partitions = Arc::new(opened.partitions);
        let readers = Readers::new(path);
        let writer = Writer::new(opened.tip, opened.heads, partitions.clone(), tips.clone());
        let thread = std::thread::Builder::new()
            .name("journal".into())
            .spawn(move || writer.run(&opened.connection, waiting))
            .map_err(|e| OpenError::Io { path: path.to_owned(), why: e.to_string() })?;
        Ok(Self {
            jobs: Some(jobs),
            shared: Arc::new(Shared { readers, partitions, tips }),
            writer: Some(thread),
            _lock: lock,
        })
    }
}

impl Drop for SqliteJournal {
    /// Waits until what was given to the writer is on disk, so that whoever opens the file next
    /// finds it free.
    fn drop(&mut self) {
        self.shared.readers.close();
        self.jobs.take();
        if self.writer.take().is_some_and(|thread| thread.join().is_err()) {
            tracing::error!("the journal's writer panicked");
        }
    }
}

#[async_trait]
impl Journal for SqliteJournal {
    async fn append(&self, partition: &Partition, commit: Stored) -> Result<(), AppendError> {
        if commit.body.len() > MAX_COMMIT_BYTES {
            return Err(AppendError::TooLarge { bytes: commit.body.len() });
        }
        let (reply, answer) = oneshot::channel();
        let job = Job { partition: partition.clone(), commit, reply };
        let stopped = || AppendError::Unavailable("the writer has stopped".into());
        let jobs = self.jobs.as_ref().ok_or_else(stopped)?;
        jobs.send(job).await.map_err(|_| stopped())?;
        answer.await.map_err(|_| stopped())?
    }

    async fn read(
        &self,
        partition: &Partition,
        from: u64,
        max_bytes: usize,
    ) -> Result<Vec<Stored>, ReadError> {
        let Some(id) = self.shared.partitions.id(partition) else { return Ok(Vec::new()) };
        let partition = partition.clone();
        self.shared
            .readers
            .run(move |c| reader::read(c, &partition, id, from.max(1), max_bytes))
            .await
    }

    async fn last(&self, partition: &Partition) -> Result<Option<Stored>, ReadError> {
        let Some(id) = self.shared.partitions.id(partition) else { return Ok(None) };
        let partition = partition.clone();
        self.shared.readers.run(move |c| reader::last(c, &partition, id)).await
    }

    async fn partitions(&self, service: &Service) -> Result<Vec<Partition>, ReadError> {
        Ok(self.shared.partitions.of(service))
    }

    async fn follow(
        &self,
        service: &Service,
        after: Positions,
    ) -> Result<BoxStream<'static, Result<Followed, ReadError>>, ReadError> {
        Ok(follow::follow(self.shared.clone(), service.clone(), after))
    }

    fn shared(&self) -> bool {
        false
    }
}
