//! What the writer asks of the journal: one operation, and what came of it.

use std::{sync::Arc, time::Duration};

use dugnad_journal::{AppendError, Journal, Partition, ReadError, Stored};
use tokio::{
    runtime::{Handle, RuntimeFlavor},
    task::block_in_place,
    time::sleep,
};

use super::core::{Decoded, decode};
use crate::model::Model;

/// Between two tries while the journal is away, growing from the first to the last.
const BACKOFF: (Duration, Duration) = (Duration::from_millis(20), Duration::from_secs(1));

/// What came of an operation.
pub(super) enum Landed {
    Appended,
    /// Another commit holds the number.
    Lost,
    Confirmed(Option<Stored>),
    Away(String),
    Broken(String),
}

pub(super) fn backoff(tries: u32) -> Duration {
    (BACKOFF.0 * 2_u32.pow(tries.min(16))).min(BACKOFF.1)
}

pub(super) async fn read(
    journal: Arc<dyn Journal>,
    partition: Partition,
    from: u64,
) -> Result<Vec<Stored>, ReadError> {
    const PAGE_BYTES: usize = 4 * 1024 * 1024;
    journal.read(&partition, from, PAGE_BYTES).await
}

/// A page from `from` on, and where the one after it begins; `None`: there was nothing.
pub(super) async fn read_and_decode<M: Model>(
    journal: Arc<dyn Journal>,
    partition: Partition,
    from: u64,
) -> Result<(Vec<Decoded<M>>, Option<u64>), ReadError> {
    let page = read(journal, partition.clone(), from).await?;
    let next = page.last().map(|last| last.number + 1);
    Ok((blocking(|| decode(&partition, &page))?, next))
}

/// Appends; on a conflict, looks whether it was our own earlier try that landed.
pub(super) async fn append(
    journal: Arc<dyn Journal>,
    partition: Partition,
    commit: Stored,
    wait: Duration,
) -> Landed {
    if !wait.is_zero() {
        sleep(wait).await;
    }
    let number = commit.number;
    match journal.append(&partition, commit.clone()).await {
        Ok(()) => return Landed::Appended,
        Err(AppendError::Unavailable(why)) => return Landed::Away(why),
        Err(e @ AppendError::TooLarge { .. }) => return Landed::Broken(e.to_string()),
        Err(AppendError::Conflict) => {}
    }
    match journal.read(&partition, number, 1).await {
        Ok(there) if there.first().is_some_and(|there| *there == commit) => Landed::Appended,
        Ok(_) => Landed::Lost,
        Err(ReadError::Unavailable(why)) => Landed::Away(why),
        Err(damage) => Landed::Broken(damage.to_string()),
    }
}

pub(super) async fn confirm(
    journal: Arc<dyn Journal>,
    partition: Partition,
    wait: Duration,
) -> Landed {
    if !wait.is_zero() {
        sleep(wait).await;
    }
    match journal.last(&partition).await {
        Ok(last) => Landed::Confirmed(last),
        Err(ReadError::Unavailable(why)) => Landed::Away(why),
        Err(damage) => Landed::Broken(damage.to_string()),
    }
}

/// Runs long work without holding up the other tasks of a worker thread, where there are others.
pub(super) fn blocking<R>(work: impl FnOnce() -> R) -> R {
    match threaded() {
        Some(_) => block_in_place(work),
        None => work(),
    }
}

/// The runtime, if other threads of it go on while this one is held.
pub(super) fn threaded() -> Option<Handle> {
    let runtime = Handle::current();
    (runtime.runtime_flavor() == RuntimeFlavor::MultiThread).then_some(runtime)
}
