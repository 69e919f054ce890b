//! The journal on NATS: as many machines as you like.
//!
//! A partition is one literal subject, `dugnad.<service>.<tenant>`, in the stream
//! `DUGNAD_<SERVICE>`; compare-and-append is `Nats-Expected-Last-Subject-Sequence` on it.
//!
//! * `api` asks the server and reads its answers, error codes included.
//! * `connect` connects, and refuses a server that is too old.
//! * `stream` makes a service's stream, or compares the one that is there field by field.
//! * `place` finds the stream sequence of a commit number.
//! * `follow` deals one ordered consumer out by subject; `monitoring` asks whether writes are
//!   synced.
//!
//! Absent: `Nats-Msg-Id`. A used id is acknowledged as a duplicate whatever the body, and nothing
//! is written.
//!
//! Kept true: stream sequences never leave this module (they do not survive a restore), and what is
//! remembered of them is checked against the commit found there.

mod api;
mod connect;
mod follow;
mod monitoring;
mod place;
mod stream;

use std::{
    collections::HashSet,
    sync::{Arc, RwLock},
};

use async_nats::HeaderMap;
use async_trait::async_trait;
use futures::stream::BoxStream;
use jiff::Timestamp;
use tokio::sync::{Semaphore, watch};

use crate::{
    AppendError, Followed, Journal, MAX_COMMIT_BYTES, Partition, Positions, ReadError, Service,
    Stored, chain::Chain,
};
use api::{Api, Fault, Message, NO_MESSAGE};
pub use connect::ConnectError;
pub use monitoring::sync_always;
use place::Places;

/// Consumers open for reading at once; each is deleted after its read.
const READS: usize = 16;

/// A journal on a NATS server or cluster. Cheap to clone.
#[derive(Clone)]
pub struct JetStreamJournal(Arc<Shared>);

struct Shared {
    api: Api,
    /// Services whose stream is there and as it must be.
    ready: RwLock<HashSet<Service>>,
    places: Places,
    reads: Semaphore,
    /// Counts connections made; a follower begins its consumer anew on each.
    connections: watch::Receiver<u64>,
}

impl JetStreamJournal {
    /// Connects to `url` (`nats://[user:password@]host:port`, several parted by commas) and makes
    /// or checks the streams of `services`. Others are made or checked on first use.
    ///
    /// # Errors
    /// See [`ConnectError`]: no server within ten seconds, one too old, a stream of another shape.
    pub async fn connect(url: &str, services: &[Service]) -> Result<Self, ConnectError> {
        let (client, connections) = connect::connect(url).await?;
        let journal = Self(Arc::new(Shared {
            api: Api::new(client),
            ready: RwLock::default(),
            places: Places::default(),
            reads: Semaphore::new(READS),
            connections,
        }));
        for service in services {
            journal.0.prepare(service).await.map_err(|e| ConnectError::Stream(e.to_string()))?;
        }
        Ok(journal)
    }
}

impl Shared {
    /// Sees to it that the service's stream is there and as it must be, once.
    async fn prepare(&self, service: &Service) -> Result<(), ReadError> {
        if self.ready.read().unwrap_or_else(|e| e.into_inner()).contains(service) {
            return Ok(());
        }
        stream::prepare(&self.api, service).await?;
        self.ready.write().unwrap_or_else(|e| e.into_inner()).insert(service.clone());
        Ok(())
    }

    /// The partition's last message, from the stream's leader.
    async fn last_message(&self, partition: &Partition) -> Result<Option<Message>, ReadError> {
        let found = self.api.last_message(&stream::name(&partition.service), partition).await;
        none_if_no_message(found)
    }

    /// The stream sequence that commit `number` must follow, or `None` if it cannot follow any.
    async fn expected(&self, partition: &Partition, number: u64) -> Result<Option<u64>, ReadError> {
        let Some(before) = number.checked_sub(1) else { return Ok(None) };
        if before == 0 {
            return Ok(Some(0));
        }
        if let Some(place) = self.places.of(partition, before) {
            return Ok(Some(place.sequence));
        }
        let last = self.last_message(partition).await?;
        let last = last.map(|message| message.place(partition)).transpose()?;
        Ok(last.filter(|last| last.number == before).map(|last| last.sequence))
    }

    async fn publish(
        &self,
        partition: &Partition,
        commit: &Stored,
        expected: u64,
    ) -> Result<(), AppendError> {
        let mut headers = HeaderMap::new();
        headers
            .insert(async_nats::header::NATS_EXPECTED_LAST_SUBJECT_SEQUENCE, expected.to_string());
        let acked = self.api.publish(partition, headers, commit.body.clone()).await;
        match acked {
            Ok(sequence) => {
                self.places.appended(partition, commit.number, sequence);
                Ok(())
            }
            Err(fault) => {
                self.places.forget(partition);
                Err(fault.on_append())
            }
        }
    }

    /// A conflict is certain only if the leader's last commit is another than the one to follow:
    /// the sequence we remembered may be of a stream that was restored since.
    async fn settle(
        &self,
        partition: &Partition,
        commit: &Stored,
        expected: u64,
    ) -> Result<(), AppendError> {
        match self.expected(partition, commit.number).await.map_err(|e| away(&e))? {
            None => Err(AppendError::Conflict),
            // The first commit follows none; whether there is one now, the leader has just said.
            Some(_) if commit.number == 1 => Err(AppendError::Conflict),
            Some(sequence) if sequence == expected => {
                Err(AppendError::Unavailable("an append to this partition is under way".into()))
            }
            Some(sequence) => self.publish(partition, commit, sequence).await,
        }
    }

    /// The commits after `place`, as one consumer gives them. A gap ends them: what is wrong there,
    /// the next read will say.
    async fn read_on(
        &self,
        partition: &Partition,
        after: u64,
        chain: &mut Chain,
        max_bytes: usize,
    ) -> Result<Vec<Stored>, ReadError> {
        let _permit = self.reads.acquire().await;
        let messages = self
            .api
            .messages(&stream::name(&partition.service), partition, after + 1, max_bytes)
            .await
            .map_err(Fault::on_read)?;
        let mut commits = Vec::with_capacity(messages.len());
        for message in messages {
            let place = message.place(partition)?;
            if place.number > chain.next() {
                break;
            }
            commits.push(chain.accept_body(partition, message.body)?);
            self.places.read(partition, place);
        }
        Ok(commits)
    }
}

fn none_if_no_message(found: Result<Message, Fault>) -> Result<Option<Message>, ReadError> {
    match found {
        Ok(message) => Ok(Some(message)),
        Err(Fault::Refused { code: NO_MESSAGE, .. }) => Ok(None),
        Err(fault) => Err(fault.on_read()),
    }
}

fn away(error: &ReadError) -> AppendError {
    AppendError::Unavailable(error.to_string())
}

#[async_trait]
impl Journal for JetStreamJournal {
    async fn append(&self, partition: &Partition, commit: Stored) -> Result<(), AppendError> {
        if commit.body.len() > MAX_COMMIT_BYTES {
            return Err(AppendError::TooLarge { bytes: commit.body.len() });
        }
        let begun = std::time::Instant::now();
        self.0.prepare(&partition.service).await.map_err(|e| away(&e))?;
        let expected = self.0.expected(partition, commit.number).await.map_err(|e| away(&e))?;
        let Some(expected) = expected else { return Err(AppendError::Conflict) };
        let mut outcome = self.0.publish(partition, &commit, expected).await;
        if outcome == Err(AppendError::Conflict) {
            outcome = self.0.settle(partition, &commit, expected).await;
        }
        metrics::histogram!("dugnad_journal_append_seconds").record(begun.elapsed());
        outcome
    }

    async fn read(
        &self,
        partition: &Partition,
        from: u64,
        max_bytes: usize,
    ) -> Result<Vec<Stored>, ReadError> {
        self.0.prepare(&partition.service).await?;
        let from = from.max(1);
        let Some(first) = place::find(&self.0, partition, from).await? else {
            return Ok(Vec::new());
        };
        let mut chain = Chain::at(from);
        let place = first.place(partition)?;
        let first = chain.accept_body(partition, first.body)?;
        self.0.places.read(partition, place);
        let left = max_bytes.saturating_sub(first.body.len());
        let mut commits = vec![first];
        if left > 0 {
            commits.extend(self.0.read_on(partition, place.sequence, &mut chain, left).await?);
        }
        Ok(commits)
    }

    async fn last(&self, partition: &Partition) -> Result<Option<Stored>, ReadError> {
        self.0.prepare(&partition.service).await?;
        let Some(message) = self.0.last_message(partition).await? else { return Ok(None) };
        let place = message.place(partition)?;
        let stored = Chain::at(place.number).accept_body(partition, message.body)?;
        self.0.places.appended(partition, place.number, place.sequence);
        Ok(Some(stored))
    }

    async fn partitions(&self, service: &Service) -> Result<Vec<Partition>, ReadError> {
        self.0.prepare(service).await?;
        let subjects = self.0.api.subjects(&stream::name(service)).await.map_err(Fault::on_read)?;
        let parse = |subject: String| {
            Partition::parse(&subject).map_err(|e| ReadError::Broken(e.to_string()))
        };
        subjects.into_iter().map(parse).collect()
    }

    async fn follow(
        &self,
        service: &Service,
        after: Positions,
    ) -> Result<BoxStream<'static, Result<Followed, ReadError>>, ReadError> {
        self.0.prepare(service).await?;
        follow::follow(self.0.clone(), service.clone(), after).await
    }

    fn shared(&self) -> bool {
        true
    }

    async fn authority_clock(&self) -> Result<Option<Timestamp>, ReadError> {
        let service = {
            let ready = self.0.ready.read().unwrap_or_else(|e| e.into_inner());
            ready.iter().next().cloned()
        };
        let Some(service) = service else { return Ok(None) };
        let info = self.0.api.stream_info(&stream::name(&service)).await;
        Ok(Some(info.map_err(Fault::on_read)?.ts))
    }
}

/// Someone else wrote to the subject, or its bytes are damaged.
fn not_a_commit(partition: &Partition, sequence: u64) -> ReadError {
    ReadError::Broken(format!("message {sequence} of {partition}'s stream is no commit"))
}
