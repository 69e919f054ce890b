//! Opening the file: the lock beside it, the schema, and what is checked before anything is served.
//!
//! Kept true: commits are only ever added, so the global sequence is dense and the sum of all
//! partitions' last numbers is the last global sequence. Opening checks that, which finds an index
//! entry gone astray without reading every row.

use std::{
    collections::HashMap,
    fs::{File, OpenOptions, TryLockError},
    io::{Read, Seek, Write},
    path::{Path, PathBuf},
    sync::RwLock,
};

use rusqlite::{Connection, ErrorCode, OpenFlags, params};

use super::error::{OpenError, says_damage};
use crate::{Partition, Service};

/// "dugn": a file with another mark is not ours.
const APPLICATION_ID: i32 = 0x6475_676e;
/// Of the schema below.
const VERSION: i32 = 1;

/// Commits lie in global order, so an append goes to the table's end; the index finds them by
/// number. A partition's `hash` covers its id and name, a commit's its body.
const SCHEMA: &str = "
CREATE TABLE partitions (
  id INTEGER PRIMARY KEY,
  name TEXT NOT NULL,
  hash BLOB NOT NULL
) STRICT;
CREATE TABLE commits (
  seq INTEGER PRIMARY KEY,
  partition INTEGER NOT NULL,
  number INTEGER NOT NULL,
  hash BLOB NOT NULL,
  body BLOB NOT NULL
) STRICT;
CREATE UNIQUE INDEX commits_by_number ON commits (partition, number);
";

/// The right to use the file, held by this process until dropped.
///
/// It is a file of its own: SQLite locks the database with POSIX locks, which closing any
/// descriptor of that file would drop.
pub(super) struct Lock(#[expect(dead_code, reason = "held, not used")] File);

impl Lock {
    pub(super) fn take(path: &Path) -> Result<Self, OpenError> {
        let io = |e: std::io::Error| OpenError::Io { path: path.to_owned(), why: e.to_string() };
        let mut file = OpenOptions::new()
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .open(beside(path, ".lock"))
            .map_err(io)?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                let mut holder = String::new();
                let _ = (&file).take(20).read_to_string(&mut holder);
                let holder = match holder.trim().parse::<u32>() {
                    Ok(pid) => format!("process {pid}"),
                    Err(_) => "another process".into(),
                };
                return Err(OpenError::InUse { path: path.to_owned(), holder });
            }
            Err(TryLockError::Error(e)) => return Err(io(e)),
        }
        // Only for the message above: a full disk must not keep us out.
        let _ = file.set_len(0).and_then(|()| file.rewind());
        let _ = write!(file, "{}", std::process::id());
        Ok(Self(file))
    }
}

fn beside(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(suffix);
    name.into()
}

/// Which partition has which id; grows as partitions get their first commit.
#[derive(Default)]
pub(super) struct Partitions(RwLock<(HashMap<Partition, i64>, HashMap<i64, Partition>)>);

impl Partitions {
    pub(super) fn id(&self, partition: &Partition) -> Option<i64> {
        self.0.read().unwrap_or_else(|e| e.into_inner()).0.get(partition).copied()
    }

    pub(super) fn name(&self, id: i64) -> Option<Partition> {
        self.0.read().unwrap_or_else(|e| e.into_inner()).1.get(&id).cloned()
    }

    pub(super) fn of(&self, service: &Service) -> Vec<Partition> {
        let names = self.0.read().unwrap_or_else(|e| e.into_inner());
        names.0.keys().filter(|p| p.service == *service).cloned().collect()
    }

    pub(super) fn add(&self, id: i64, partition: Partition) {
        let mut names = self.0.write().unwrap_or_else(|e| e.into_inner());
        names.0.insert(partition.clone(), id);
        names.1.insert(id, partition);
    }
}

/// What a partition's row carries, so that a flipped bit does not give it another name.
pub(super) fn partition_hash(id: i64, name: &str) -> [u8; 32] {
    *blake3::Hasher::new().update(&id.to_le_bytes()).update(name.as_bytes()).finalize().as_bytes()
}

/// A file ready to be written to.
pub(super) struct Opened {
    pub(super) connection: Connection,
    pub(super) partitions: Partitions,
    /// By partition: its id and last number.
    pub(super) heads: HashMap<Partition, (i64, u64)>,
    /// The last global sequence.
    pub(super) tip: u64,
}

pub(super) fn open(path: &Path) -> Result<Opened, OpenError> {
    let failed = |e: rusqlite::Error| {
        super::error::end_process_if_fsync_failed(&e);
        let (path, why) = (path.to_owned(), e.to_string());
        if says_damage(&e) { OpenError::Damaged { path, why } } else { OpenError::Io { path, why } }
    };
    let connection = Connection::open_with_flags(
        path,
        OpenFlags::SQLITE_OPEN_READ_WRITE
            | OpenFlags::SQLITE_OPEN_CREATE
            | OpenFlags::SQLITE_OPEN_NO_MUTEX,
    )
    .map_err(failed)?;
    prepare(&connection, path, failed)?;
    let (partitions, heads) = heads(&connection, path, failed)?;
    let tip = connection
        .query_row("SELECT coalesce(max(seq), 0) FROM commits", [], |row| row.get::<_, u64>(0))
        .map_err(failed)?;
    let found = heads.values().fold(0u64, |sum, (_, last)| sum.saturating_add(*last));
    if tip != found {
        let why = format!("{tip} commits were written, {found} are found by their numbers");
        return Err(OpenError::Damaged { path: path.to_owned(), why });
    }
    Ok(Opened { connection, partitions, heads, tip })
}

fn prepare(
    connection: &Connection,
    path: &Path,
    failed: impl Fn(rusqlite::Error) -> OpenError,
) -> Result<(), OpenError> {
    let number = |sql: &str| connection.query_row(sql, [], |row| row.get::<_, i32>(0));
    connection
        .execute_batch("PRAGMA cell_size_check = ON; PRAGMA trusted_schema = OFF;")
        .map_err(&failed)?;
    let id = number("PRAGMA application_id").map_err(&failed)?;
    let version = number("PRAGMA user_version").map_err(&failed)?;
    let tables = number("SELECT count(*) FROM sqlite_schema").map_err(&failed)?;
    let fresh = (id, version, tables) == (0, 0, 0);
    if !fresh && (id, version) != (APPLICATION_ID, VERSION) {
        let why = format!(
            "its mark is {id:#x} version {version}, wanted {APPLICATION_ID:#x} version {VERSION}"
        );
        return Err(OpenError::Foreign { path: path.to_owned(), why });
    }
    // The writer checkpoints itself: SQLite's own would swallow a failed fsync.
    connection
        .execute_batch(
            "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA wal_autocheckpoint = 0;",
        )
        .map_err(&failed)?;
    if fresh {
        connection
            .execute_batch(&format!(
                "BEGIN IMMEDIATE; {SCHEMA}
                 PRAGMA application_id = {APPLICATION_ID}; PRAGMA user_version = {VERSION}; COMMIT;"
            ))
            .map_err(&failed)?;
    }
    // What the last process left in the WAL may be in the kernel's cache only: put it on disk.
    let truncate = "PRAGMA wal_checkpoint(TRUNCATE)";
    match connection.query_row(truncate, [], |_| Ok(())) {
        // It syncs the WAL first; copying it can wait until there is room.
        Err(e) if e.sqlite_error_code() == Some(ErrorCode::DiskFull) => Ok(()),
        done => done.map_err(failed),
    }
}

type Heads = (Partitions, HashMap<Partition, (i64, u64)>);

fn heads(
    connection: &Connection,
    path: &Path,
    failed: impl Fn(rusqlite::Error) -> OpenError,
) -> Result<Heads, OpenError> {
    let damaged = |why: String| OpenError::Damaged { path: path.to_owned(), why };
    let (partitions, mut heads) = (Partitions::default(), HashMap::new());
    let mut rows = connection.prepare("SELECT id, name, hash FROM partitions").map_err(&failed)?;
    let mut last = connection
        .prepare("SELECT coalesce(max(number), 0) FROM commits WHERE partition = ?1")
        .map_err(&failed)?;
    let mut rows = rows.query([]).map_err(&failed)?;
    while let Some(row) = rows.next().map_err(&failed)? {
        let id: i64 = row.get(0).map_err(&failed)?;
        let name: String = row.get(1).map_err(&failed)?;
        let hash: Vec<u8> = row.get(2).map_err(&failed)?;
        if hash != partition_hash(id, &name) {
            return Err(damaged(format!("the name of partition {id} is not what was written")));
        }
        let partition = Partition::parse(&name).map_err(|e| damaged(e.to_string()))?;
        let number = last.query_row(params![id], |row| row.get::<_, u64>(0)).map_err(&failed)?;
        partitions.add(id, partition.clone());
        heads.insert(partition, (id, number));
    }
    Ok((partitions, heads))
}
