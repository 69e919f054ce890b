//! A journal for tests that open their own ledgers: a file, or a NATS server of its own where
//! `DUGNAD_TEST_JOURNAL` is `nats`. `tests/run` runs such tests on both.

use std::{path::Path, sync::Arc};

use anyhow::Result;
use async_trait::async_trait;
use dugnad_journal::{
    AppendError, Followed, Journal, Partition, Positions, ReadError, Service, Stored,
    jetstream::JetStreamJournal, sqlite::SqliteJournal,
};
use futures::stream::BoxStream;

use crate::NatsServer;

/// A new journal; `dir` is for its files.
///
/// # Errors
/// If it cannot be had.
pub async fn journal(dir: &Path) -> Result<Arc<dyn Journal>> {
    if std::env::var("DUGNAD_TEST_JOURNAL").is_ok_and(|which| which == "nats") {
        let server = NatsServer::start()?;
        let journal = JetStreamJournal::connect(&server.url(), &[]).await?;
        return Ok(Arc::new(OnNats { journal, _server: server }));
    }
    Ok(Arc::new(SqliteJournal::open(dir.join("journal.db"))?))
}

/// Lives as long as its server. It does not tell the server's time: these tests set their own.
struct OnNats {
    journal: JetStreamJournal,
    _server: NatsServer,
}

#[async_trait]
impl Journal for OnNats {
    async fn append(&self, partition: &Partition, commit: Stored) -> Result<(), AppendError> {
        self.journal.append(partition, commit).await
    }

    async fn read(
        &self,
        partition: &Partition,
        from: u64,
        max_bytes: usize,
    ) -> Result<Vec<Stored>, ReadError> {
        self.journal.read(partition, from, max_bytes).await
    }

    async fn last(&self, partition: &Partition) -> Result<Option<Stored>, ReadError> {
        self.journal.last(partition).await
    }

    async fn partitions(&self, service: &Service) -> Result<Vec<Partition>, ReadError> {
        self.journal.partitions(service).await
    }

    async fn follow(
        &self,
        service: &Service,
        after: Positions,
    ) -> Result<BoxStream<'static, Result<Followed, ReadError>>, ReadError> {
        self.journal.follow(service, after).await
    }

    fn shared(&self) -> bool {
        self.journal.shared()
    }
}
