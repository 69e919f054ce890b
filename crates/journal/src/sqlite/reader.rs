//! Reading over connections of their own, beside the writer.
//!
//! Every row is checked before it leaves: its place in the chain, its link, and the hash that was
//! stored beside it, which finds a flipped bit in the last commit too.

use std::{
    path::{Path, PathBuf},
    sync::{Arc, Mutex},
};

use bytes::Bytes;
use rusqlite::{Connection, OpenFlags, OptionalExtension, Row, params};
use tokio::sync::Semaphore;

use super::error::{on_read, on_read_at};
use crate::{
    Hash, Partition, ReadError, Stored,
    chain::{Chain, damaged},
};

/// Reads at once: more would only compete for the same disk.
const CONNECTIONS: usize = 4;

/// Idle read connections and the right to use one.
pub(super) struct Readers {
    path: PathBuf,
    /// `None`: closed.
    idle: Arc<Mutex<Option<Vec<Connection>>>>,
    permits: Semaphore,
}

impl Readers {
    pub(super) fn new(path: &Path) -> Self {
        let idle = Arc::new(Mutex::new(Some(Vec::new())));
        Self { path: path.to_owned(), idle, permits: Semaphore::new(CONNECTIONS) }
    }

    /// Reads no more. The last connection to be closed brings the file up to date, and one that
    /// only reads cannot: they must be gone before the writer's.
    pub(super) fn close(&self) {
        self.permits.close();
        lock(&self.idle).take();
    }

    /// Runs `work` on a thread that may block.
    pub(super) async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Connection) -> Result<T, ReadError> + Send + 'static,
    ) -> Result<T, ReadError> {
        let stopped = || ReadError::Unavailable("the journal is closing".into());
        let _permit = self.permits.acquire().await.map_err(|_| stopped())?;
        let (idle, path) = (self.idle.clone(), self.path.clone());
        let task = tokio::task::spawn_blocking(move || {
            let pooled = lock(&idle).as_mut().and_then(Vec::pop);
            let connection = match pooled {
                Some(connection) => connection,
                None => connect(&path).map_err(|e| on_read(&e))?,
            };
            let answer = work(&connection);
            if let Some(idle) = lock(&idle).as_mut() {
                idle.push(connection);
            }
            answer
        });
        task.await.map_err(|_| stopped())?
    }
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
}

fn connect(path: &Path) -> rusqlite::Result<Connection> {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(path, flags)?;
    connection.execute_batch("PRAGMA cell_size_check = ON; PRAGMA trusted_schema = OFF;")?;
    Ok(connection)
}

pub(super) fn read(
    connection: &Connection,
    partition: &Partition,
    id: i64,
    from: u64,
    max_bytes: usize,
) -> Result<Vec<Stored>, ReadError> {
    let mut chain = Chain::at(from);
    // Looked up by hand: SQLite would take partition and number from the index, and with one flipped
    // bit there another partition's commit would pass for this one's.
    let mut statement = connection
        .prepare_cached(
            "SELECT row.partition, row.number, row.hash, row.body \
             FROM commits AS entry CROSS JOIN commits AS row NOT INDEXED ON row.seq = entry.seq \
             WHERE entry.partition = ?1 AND entry.number >= ?2 ORDER BY entry.number",
        )
        .map_err(|e| on_read(&e))?;
    let from = i64::try_from(from).unwrap_or(i64::MAX);
    let mut rows = statement.query(params![id, from]).map_err(|e| on_read(&e))?;
    let (mut commits, mut bytes) = (Vec::new(), 0);
    while bytes < max_bytes || commits.is_empty() {
        let row = rows.next().map_err(|e| on_read_at(partition, chain.next(), &e))?;
        let Some(row) = row else { break };
        let stored = accept(&mut chain, partition, id, row)?;
        bytes += stored.body.len();
        commits.push(stored);
    }
    Ok(commits)
}

/// Takes a row of `partition, number, hash, body` as the chain's next commit.
pub(super) fn accept(
    chain: &mut Chain,
    partition: &Partition,
    id: i64,
    row: &Row<'_>,
) -> Result<Stored, ReadError> {
    let at = chain.next();
    let wrong = |e: rusqlite::Error| on_read_at(partition, at, &e);
    let (row_id, number): (i64, u64) = (row.get(0).map_err(wrong)?, row.get(1).map_err(wrong)?);
    if row_id != id || number != at {
        return Err(damaged(
            partition,
            at,
            format!("commit {number} of partition {row_id} lies in its place"),
        ));
    }
    let blob = |column| {
        let value = row.get_ref(column).map_err(wrong)?;
        value.as_blob().map_err(|e| damaged(partition, at, e.to_string()))
    };
    let (stored_hash, body) = (blob(2)?, blob(3)?);
    let hash = Hash::of(body);
    if hash.as_bytes() != stored_hash {
        return Err(damaged(partition, at, "its bytes are not those that were written"));
    }
    chain.accept(partition, Bytes::copy_from_slice(body), hash)
}

pub(super) fn last(
    connection: &Connection,
    partition: &Partition,
    id: i64,
) -> Result<Option<Stored>, ReadError> {
    let number = connection
        .prepare_cached("SELECT max(number) FROM commits WHERE partition = ?1")
        .and_then(|mut sql| {
            sql.query_row(params![id], |row| row.get::<_, Option<u64>>(0)).optional()
        })
        .map_err(|e| on_read(&e))?
        .flatten();
    let Some(number) = number else { return Ok(None) };
    Ok(read(connection, partition, id, number, 1)?.pop())
}
