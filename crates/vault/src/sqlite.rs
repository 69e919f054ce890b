//! The embedded key store: one SQLite file of its own, `keys.sqlite`.
//!
//! One thread owns the connection. What waits for it goes into one transaction, so that many keys
//! at once share one fsync; nobody is answered before the commit. A lock file beside it keeps a
//! second process out.

use std::{
    fs::{self, File, OpenOptions, TryLockError},
    path::{Path, PathBuf},
    thread::JoinHandle,
};

use async_trait::async_trait;
use futures::{
    StreamExt,
    stream::{self, BoxStream},
};
use rusqlite::{Connection, OptionalExtension, params};
use tokio::sync::{mpsc, oneshot};

use crate::{
    OpenError, VaultError,
    store::{Change, KeyStore, Replacement, Stored},
};

/// "dugk": a file with another mark is not ours.
const APPLICATION_ID: i32 = 0x6475_676b;
/// Of the schema below.
const VERSION: i32 = 1;
const SCHEMA: &str = "
CREATE TABLE keys (
  name TEXT PRIMARY KEY,
  revision INTEGER NOT NULL,
  value BLOB NOT NULL
) STRICT, WITHOUT ROWID;
";

/// Jobs that may wait for the thread.
const QUEUE: usize = 1024;
/// Rows read at a time when all are read.
const PAGE: usize = 1000;

/// Does its work in the open transaction; what it returns answers, once the commit is known.
type Act = Box<dyn FnOnce(&Connection) -> Answer + Send>;
type Answer = Box<dyn FnOnce(Result<(), VaultError>) + Send>;

enum Job {
    Act(Act),
    Checkpoint(oneshot::Sender<Result<(), VaultError>>),
}

pub(crate) struct SqliteStore {
    jobs: Option<mpsc::Sender<Job>>,
    thread: Option<JoinHandle<()>>,
}

impl SqliteStore {
    pub(crate) fn open(dir: &Path) -> Result<Self, OpenError> {
        fs::create_dir_all(dir).map_err(|error| OpenError::file(dir, &error))?;
        let path = dir.join("keys.sqlite");
        let lock = lock(&path)?;
        let connection = connect(&path)?;
        let (jobs, queue) = mpsc::channel(QUEUE);
        let run = move || {
            let _held = lock;
            work(&connection, queue);
        };
        let thread = std::thread::Builder::new().name("dugnad-keys".into()).spawn(run);
        let thread = thread.map_err(|error| OpenError::file(&path, &error))?;
        Ok(Self { jobs: Some(jobs), thread: Some(thread) })
    }

    async fn send(&self, job: Job) -> Result<(), VaultError> {
        let Some(jobs) = &self.jobs else { return Err(gone()) };
        jobs.send(job).await.map_err(|_| gone())
    }

    async fn run<T: Send + 'static>(
        &self,
        act: impl FnOnce(&Connection) -> rusqlite::Result<T> + Send + 'static,
    ) -> Result<T, VaultError> {
        let (tell, told) = oneshot::channel();
        let act: Act = Box::new(move |connection| {
            let done = act(connection);
            Box::new(move |committed: Result<(), VaultError>| {
                let _ = tell.send(committed.and_then(|()| done.map_err(|error| away(&error))));
            })
        });
        self.send(Job::Act(act)).await?;
        told.await.map_err(|_| gone())?
    }

    async fn page(&self, after: String) -> Result<Vec<(String, Stored)>, VaultError> {
        self.run(move |connection| {
            connection
                .prepare_cached(
                    "SELECT name, revision, value FROM keys WHERE name > ? ORDER BY name LIMIT ?",
                )?
                .query_map(params![after, PAGE], |row| {
                    Ok((row.get(0)?, Stored { revision: row.get(1)?, value: row.get(2)? }))
                })?
                .collect()
        })
        .await
    }
}

impl Drop for SqliteStore {
    /// Waits for the thread, so that the file is free when this returns.
    fn drop(&mut self) {
        self.jobs = None;
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

#[async_trait]
impl KeyStore for SqliteStore {
    async fn get(&self, name: &str) -> Result<Option<Stored>, VaultError> {
        let name = name.to_owned();
        self.run(move |connection| read(connection, &name).optional()).await
    }

    async fn create(&self, name: &str, value: Vec<u8>) -> Result<Stored, VaultError> {
        let name = name.to_owned();
        self.run(move |connection| {
            connection
                .prepare_cached("INSERT OR IGNORE INTO keys VALUES (?, 1, ?)")?
                .execute(params![name, value])?;
            read(connection, &name)
        })
        .await
    }

    async fn put(&self, name: &str, value: Vec<u8>) -> Result<(), VaultError> {
        let name = name.to_owned();
        self.run(move |connection| {
            connection
                .prepare_cached(
                    "INSERT INTO keys VALUES (?, 1, ?) ON CONFLICT (name)
                     DO UPDATE SET value = excluded.value, revision = revision + 1",
                )?
                .execute(params![name, value])
                .map(drop)
        })
        .await
    }

    async fn replace(&self, replacements: Vec<Replacement>) -> Result<(), VaultError> {
        self.run(move |connection| {
            let mut update = connection.prepare_cached(
                "UPDATE keys SET value = ?, revision = revision + 1
                 WHERE name = ? AND revision = ?",
            )?;
            for Replacement { name, revision, value } in &replacements {
                update.execute(params![value, name, revision])?;
            }
            Ok(())
        })
        .await
    }

    fn all(&self) -> BoxStream<'_, Result<(String, Stored), VaultError>> {
        let pages = stream::unfold(Some(String::new()), move |after| async move {
            let page = self.page(after?).await;
            let next = match &page {
                Ok(rows) => rows.last().map(|(name, _)| name.clone()),
                Err(_) => None,
            };
            let rows: Vec<_> = match page {
                Ok(rows) => rows.into_iter().map(Ok).collect(),
                Err(error) => vec![Err(error)],
            };
            Some((stream::iter(rows), next))
        });
        pages.flatten().boxed()
    }

    /// `secure_delete` has zeroed what was replaced in the file; this takes the log's copies away.
    async fn tidy(&self) -> Result<(), VaultError> {
        let (tell, told) = oneshot::channel();
        self.send(Job::Checkpoint(tell)).await?;
        told.await.map_err(|_| gone())?
    }

    async fn changes(&self) -> Result<Option<BoxStream<'static, Change>>, VaultError> {
        Ok(None)
    }
}

fn read(connection: &Connection, name: &str) -> rusqlite::Result<Stored> {
    connection
        .prepare_cached("SELECT revision, value FROM keys WHERE name = ?")?
        .query_row([name], |row| Ok(Stored { revision: row.get(0)?, value: row.get(1)? }))
}

fn work(connection: &Connection, mut queue: mpsc::Receiver<Job>) {
    while let Some(first) = queue.blocking_recv() {
        let mut answers = Vec::new();
        let mut checkpoints = Vec::new();
        let began = connection.execute_batch("BEGIN").map_err(|error| away(&error));
        let mut next = Some(first);
        while let Some(job) = next {
            match job {
                Job::Act(act) => answers.push(act(connection)),
                Job::Checkpoint(tell) => checkpoints.push(tell),
            }
            next = (answers.len() < QUEUE).then(|| queue.try_recv().ok()).flatten();
        }
        let commit = || connection.execute_batch("COMMIT").map_err(|error| away(&error));
        let committed = began.and_then(|()| commit());
        if committed.is_err() {
            // Most failures have ended the transaction already.
            let _ = connection.execute_batch("ROLLBACK");
        }
        for answer in answers {
            answer(committed.clone());
        }
        for tell in checkpoints {
            let _ = tell.send(checkpoint(connection).map_err(|error| away(&error)));
        }
    }
}

fn checkpoint(connection: &Connection) -> rusqlite::Result<()> {
    connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()))
}

fn connect(path: &Path) -> Result<Connection, OpenError> {
    let file = |error: rusqlite::Error| OpenError::file(path, &error);
    let foreign = || OpenError::ForeignStore(path.to_owned());
    let connection = Connection::open(path).map_err(file)?;
    let empty = fs::metadata(path).is_ok_and(|file| file.len() == 0);
    let pragma = |name| connection.query_row(name, [], |row| row.get::<_, i32>(0));
    if !empty {
        let id = pragma("PRAGMA application_id").map_err(|_| foreign())?;
        if id != APPLICATION_ID || pragma("PRAGMA user_version").map_err(file)? != VERSION {
            return Err(foreign());
        }
    }
    connection
        .execute_batch(
            "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA secure_delete = ON;",
        )
        .map_err(file)?;
    if empty {
        let made = format!(
            "BEGIN; {SCHEMA} PRAGMA application_id = {APPLICATION_ID};
             PRAGMA user_version = {VERSION}; COMMIT;"
        );
        connection.execute_batch(&made).map_err(file)?;
    }
    Ok(connection)
}

/// A file of its own: closing any descriptor of the database's would drop SQLite's own locks.
fn lock(path: &Path) -> Result<File, OpenError> {
    let mut beside = path.as_os_str().to_owned();
    beside.push(".lock");
    let beside = PathBuf::from(beside);
    let file = OpenOptions::new().write(true).create(true).truncate(false).open(&beside);
    let file = file.map_err(|error| OpenError::file(&beside, &error))?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(OpenError::InUse(path.to_owned())),
        Err(TryLockError::Error(error)) => Err(OpenError::file(&beside, &error)),
    }
}

fn gone() -> VaultError {
    VaultError::Unavailable("its thread has ended".into())
}

fn away(error: &rusqlite::Error) -> VaultError {
    VaultError::Unavailable(error.to_string())
}
