//! Commits to append, and waiting for what must come.

use std::{sync::Arc, time::Duration};

use dugnad_journal::{Followed, Hash, Journal, Partition, ReadError, Service, Stored};
use futures::{Stream, StreamExt};
use serde::Serialize;

/// Longer than anything takes on a busy machine; reached only by a failure.
pub(crate) const DEADLINE: Duration = Duration::from_secs(60);

#[derive(Serialize)]
struct Body<'a> {
    number: u64,
    before: Hash,
    #[serde(with = "serde_bytes")]
    records: &'a [u8],
}

pub(crate) fn partition(tenant: &str) -> Partition {
    Partition::parse(&format!("dugnad.rooms.{tenant}")).unwrap()
}

pub(crate) fn rooms() -> Service {
    Service::new("rooms").unwrap()
}

pub(crate) fn commit(number: u64, before: Hash, records: &[u8]) -> Stored {
    let body = rmp_serde::to_vec_named(&Body { number, before, records }).unwrap();
    Stored { number, body: body.into() }
}

/// Commits 1 to `length`, each linked to the one before, each of about `size` bytes.
pub(crate) fn chain(length: u64, size: usize) -> Vec<Stored> {
    let mut before = Hash::NONE;
    let link = |number| {
        let records: Vec<u8> = (0..size).map(|i| (i as u64 * 31 + number) as u8).collect();
        let commit = commit(number, before, &records);
        before = commit.hash();
        commit
    };
    (1..=length).map(link).collect()
}

pub(crate) async fn append_all(journal: &dyn Journal, partition: &Partition, commits: &[Stored]) {
    for commit in commits {
        journal.append(partition, commit.clone()).await.unwrap();
    }
}

pub(crate) async fn read_all(journal: &dyn Journal, partition: &Partition) -> Vec<Stored> {
    let mut commits: Vec<Stored> = Vec::new();
    loop {
        let from = commits.len() as u64 + 1;
        let more = journal.read(partition, from, 256 * 1024).await.unwrap();
        if more.is_empty() {
            return commits;
        }
        commits.extend(more);
    }
}

/// The next item, before the deadline.
pub(crate) async fn next(
    stream: &mut (impl Stream<Item = Result<Followed, ReadError>> + Unpin),
) -> Option<Result<Followed, ReadError>> {
    tokio::time::timeout(DEADLINE, stream.next()).await.expect("nothing followed in time")
}

/// Asks again until it is so.
pub(crate) async fn until<F: Future<Output = bool>>(what: &str, mut ask: impl FnMut() -> F) {
    let mut again = tokio::time::interval(Duration::from_millis(2));
    let asking = async {
        while !ask().await {
            again.tick().await;
        }
    };
    tokio::time::timeout(DEADLINE, asking).await.unwrap_or_else(|_| panic!("never: {what}"));
}

pub(crate) type Shared = Arc<dyn Journal>;
