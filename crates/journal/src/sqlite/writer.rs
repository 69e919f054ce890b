//! The one thread that writes.
//!
//! It takes everything that waits, of all partitions, into one transaction: one fsync pays for all
//! of it. Answers leave after the commit; the checkpoint comes after the answers.

use std::{
    collections::{HashMap, HashSet},
    sync::Arc,
    time::Instant,
};

use rusqlite::{Connection, Statement, params};
use tokio::sync::{mpsc, oneshot};

use super::{
    error::{end_process_if_fsync_failed, on_append},
    file::{Partitions, partition_hash},
    tips::Tips,
};
use crate::{AppendError, Partition, Service, Stored};

/// Bodies in one transaction: bounds memory and the longest wait.
const TRANSACTION_BYTES: usize = 16 * 1024 * 1024;
/// Commits in one transaction.
const TRANSACTION_COMMITS: usize = 4096;
/// Bytes appended between two checkpoints: small enough to keep each one short.
const CHECKPOINT_BYTES: usize = 8 * 1024 * 1024;
/// What a commit adds to the WAL beside its body: a table page and an index page.
const COMMIT_OVERHEAD: usize = 2 * 4096;

type Answer = Result<(), AppendError>;

/// One commit to append.
pub(super) struct Job {
    pub(super) partition: Partition,
    pub(super) commit: Stored,
    pub(super) reply: oneshot::Sender<Answer>,
}

/// The state of the writing thread.
pub(super) struct Writer {
    tip: u64,
    /// By partition: its id and last number, as committed.
    heads: HashMap<Partition, (i64, u64)>,
    partitions: Arc<Partitions>,
    tips: Arc<Tips>,
    since_checkpoint: usize,
}

/// What a transaction changed, kept apart until it is committed.
#[derive(Default)]
struct Staged {
    heads: HashMap<Partition, (i64, u64)>,
    new: Vec<(i64, Partition)>,
    commits: usize,
    bytes: usize,
}

struct Statements<'c> {
    begin: Statement<'c>,
    commit: Statement<'c>,
    insert: Statement<'c>,
    insert_partition: Statement<'c>,
}

impl Writer {
    pub(super) fn new(
        tip: u64,
        heads: HashMap<Partition, (i64, u64)>,
        partitions: Arc<Partitions>,
        tips: Arc<Tips>,
    ) -> Self {
        Self { tip, heads, partitions, tips, since_checkpoint: 0 }
    }

    /// Until every sender is gone.
    pub(super) fn run(mut self, connection: &Connection, mut jobs: mpsc::Receiver<Job>) {
        let mut statements = match Statements::prepare(connection) {
            Ok(statements) => statements,
            Err(error) => return tracing::error!(%error, "the journal cannot be written"),
        };
        let mut batch = Vec::new();
        while let Some(job) = jobs.blocking_recv() {
            take_waiting(job, &mut jobs, &mut batch);
            self.commit(connection, &mut statements, &mut batch);
            if self.since_checkpoint >= CHECKPOINT_BYTES {
                self.checkpoint(connection);
            }
        }
    }

    fn commit(&mut self, connection: &Connection, sql: &mut Statements<'_>, batch: &mut Vec<Job>) {
        let begun = Instant::now();
        let mut staged = Staged::default();
        match self.write(sql, batch, &mut staged) {
            Ok(answers) => {
                self.adopt(staged, begun);
                for (Job { commit, reply, .. }, answer) in batch.drain(..).zip(answers) {
                    // Whoever gave the bytes may use them again when it hears of it.
                    drop(commit);
                    let _ = reply.send(answer);
                }
            }
            Err(error) => {
                end_process_if_fsync_failed(&error);
                tracing::warn!(%error, commits = batch.len(), "a transaction was rolled back");
                if !connection.is_autocommit()
                    && let Err(error) = connection.execute_batch("ROLLBACK")
                {
                    tracing::error!(%error, "rolling back failed");
                }
                for job in batch.drain(..) {
                    let _ = job.reply.send(Err(on_append(&error)));
                }
            }
        }
    }

    /// One transaction. The inner answers hold only if the outer one is `Ok`.
    fn write(
        &self,
        sql: &mut Statements<'_>,
        batch: &[Job],
        staged: &mut Staged,
    ) -> rusqlite::Result<Vec<Answer>> {
        sql.begin.execute([])?;
        let mut answers = Vec::with_capacity(batch.len());
        for job in batch {
            answers.push(self.insert(sql, job, staged)?);
        }
        sql.commit.execute([])?;
        Ok(answers)
    }

    fn insert(
        &self,
        sql: &mut Statements<'_>,
        job: &Job,
        staged: &mut Staged,
    ) -> rusqlite::Result<Answer> {
        let known = staged.heads.get(&job.partition).or_else(|| self.heads.get(&job.partition));
        let (id, last) = known.copied().unwrap_or((0, 0));
        if last.checked_add(1) != Some(job.commit.number) {
            return Ok(Err(AppendError::Conflict));
        }
        let id = if last == 0 { self.insert_partition(sql, job, staged)? } else { id };
        let seq = self.tip + staged.commits as u64 + 1;
        let hash = job.commit.hash();
        sql.insert.execute(params![
            seq,
            id,
            job.commit.number,
            hash.as_bytes(),
            job.commit.body.as_ref()
        ])?;
        staged.heads.insert(job.partition.clone(), (id, job.commit.number));
        staged.commits += 1;
        staged.bytes += job.commit.body.len();
        Ok(Ok(()))
    }

    fn insert_partition(
        &self,
        sql: &mut Statements<'_>,
        job: &Job,
        staged: &mut Staged,
    ) -> rusqlite::Result<i64> {
        let id = (self.heads.len() + staged.new.len() + 1) as i64;
        let name = job.partition.to_string();
        sql.insert_partition.execute(params![id, name, partition_hash(id, &name)])?;
        staged.new.push((id, job.partition.clone()));
        Ok(id)
    }

    /// The transaction is on disk: followers may see it.
    fn adopt(&mut self, staged: Staged, begun: Instant) {
        metrics::histogram!("dugnad_journal_append_seconds").record(begun.elapsed());
        metrics::histogram!("dugnad_journal_commit_records").record(staged.commits as f64);
        metrics::histogram!("dugnad_journal_transaction_partitions")
            .record(staged.heads.len() as f64);
        self.tip += staged.commits as u64;
        self.since_checkpoint += staged.bytes + staged.commits * COMMIT_OVERHEAD;
        let services: HashSet<Service> =
            staged.heads.keys().map(|partition| partition.service.clone()).collect();
        self.heads.extend(staged.heads);
        for (id, partition) in staged.new {
            self.partitions.add(id, partition);
        }
        for service in services {
            self.tips.tell(&service, self.tip);
        }
    }

    /// Copies the WAL into the file. `PASSIVE` waits for no reader: what one holds back is copied
    /// the next time.
    fn checkpoint(&mut self, connection: &Connection) {
        let done = connection.query_row("PRAGMA wal_checkpoint(PASSIVE)", [], |_| Ok(()));
        if let Err(error) = done {
            end_process_if_fsync_failed(&error);
            tracing::warn!(%error, "a checkpoint failed; the WAL keeps everything meanwhile");
        }
        self.since_checkpoint = 0;
    }
}

impl Drop for Writer {
    fn drop(&mut self) {
        self.tips.close();
    }
}

impl<'c> Statements<'c> {
    fn prepare(connection: &'c Connection) -> rusqlite::Result<Self> {
        Ok(Self {
            begin: connection.prepare("BEGIN IMMEDIATE")?,
            commit: connection.prepare("COMMIT")?,
            insert: connection.prepare(
                "INSERT INTO commits (seq, partition, number, hash, body) \
                 VALUES (?1, ?2, ?3, ?4, ?5)",
            )?,
            insert_partition: connection
                .prepare("INSERT INTO partitions (id, name, hash) VALUES (?1, ?2, ?3)")?,
        })
    }
}

/// Moves what waits into `batch`, as much as one transaction takes.
fn take_waiting(first: Job, jobs: &mut mpsc::Receiver<Job>, batch: &mut Vec<Job>) {
    let mut bytes = first.commit.body.len();
    batch.push(first);
    while bytes < TRANSACTION_BYTES && batch.len() < TRANSACTION_COMMITS {
        let Ok(job) = jobs.try_recv() else { break };
        bytes += job.commit.body.len();
        batch.push(job);
    }
}
