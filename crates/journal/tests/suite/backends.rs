//! Starting each backend for the scenarios, and interrupting it.

use std::{path::PathBuf, sync::Arc};

use dugnad_harness::NatsServer;
use dugnad_journal::{jetstream::JetStreamJournal, sqlite::SqliteJournal};
use tempfile::TempDir;

use crate::make::Shared;

/// A place to keep commits that scenarios run on.
pub(crate) trait Backend: Sized {
    async fn start() -> Self;

    /// A handle. Of a shared journal each call connects anew, as another process would.
    async fn journal(&self) -> Shared;

    /// Takes the journal away and brings it back: a restart of whatever holds the commits. Handles
    /// go on if they can.
    async fn interrupt(&mut self);
}

pub(crate) struct Sqlite {
    pub(crate) dir: TempDir,
    journal: Shared,
}

impl Sqlite {
    pub(crate) fn path(&self) -> PathBuf {
        self.dir.path().join("journal.db")
    }
}

impl Backend for Sqlite {
    async fn start() -> Self {
        let dir = TempDir::new().unwrap();
        let journal = Arc::new(SqliteJournal::open(dir.path().join("journal.db")).unwrap());
        Self { dir, journal }
    }

    async fn journal(&self) -> Shared {
        self.journal.clone()
    }

    async fn interrupt(&mut self) {
        let aside = Arc::new(SqliteJournal::open(self.dir.path().join("aside.db")).unwrap());
        let old = std::mem::replace(&mut self.journal, aside);
        assert_eq!(Arc::strong_count(&old), 1, "a handle still holds the file");
        drop(old);
        self.journal = Arc::new(SqliteJournal::open(self.path()).unwrap());
    }
}

pub(crate) struct JetStream {
    pub(crate) server: NatsServer,
}

impl Backend for JetStream {
    async fn start() -> Self {
        Self { server: NatsServer::start().unwrap() }
    }

    async fn journal(&self) -> Shared {
        Arc::new(JetStreamJournal::connect(&self.server.url(), &[]).await.unwrap())
    }

    async fn interrupt(&mut self) {
        self.server.kill9().unwrap();
        self.server.restart().unwrap();
    }
}
