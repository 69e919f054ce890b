//! The append-only log that everything rests on: one trait, two backends, one conformance suite.
//!
//! A journal knows partitions, dense commit numbers and bytes. It does not know what the bytes mean
//! beyond their [`Link`] (number and hash of the commit before), which lets `verify` walk the chain
//! of any service.
//!
//! * [`sqlite`] is the embedded default: one process, one file.
//! * [`jetstream`] is NATS: as many machines as you like.
//! * [`decode`] reads what lies in commits, whichever service wrote it.
//! * [`verify`] walks a partition's chain, [`transfer`] carries partitions between journals.

mod chain;
mod commit;
pub mod decode;
pub mod jetstream;
mod name;
pub mod sqlite;
pub mod transfer;
pub mod verify;

use std::collections::HashMap;

use async_trait::async_trait;
use bytes::Bytes;
use futures::stream::BoxStream;
use jiff::Timestamp;

pub use commit::{Hash, Link};
pub use name::{NameError, Partition, Service, Tenant};

/// The largest commit body either backend takes: NATS' default message limit less room for headers.
pub const MAX_COMMIT_BYTES: usize = 1024 * 1024 - 4 * 1024;

/// One commit as it lies in the journal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stored {
    /// Dense within the partition, from 1: the position everywhere outside the backend.
    pub number: u64,
    /// Encoded by the ledger; begins with its [`Link`]. Its BLAKE3 is the commit's hash.
    pub body: Bytes,
}

impl Stored {
    /// The BLAKE3 of the body, which the next commit carries.
    pub fn hash(&self) -> Hash {
        Hash::of(&self.body)
    }
}

/// The last commit number already seen, by partition; a partition not named starts at its first.
pub type Positions = HashMap<Partition, u64>;

/// What a follower of a service is given.
#[derive(Clone, Debug)]
pub enum Followed {
    /// The next commit of a partition: dense numbers, each once, in order.
    Commit(Partition, Stored),
    /// Everything that was there when the follow began has been given.
    CaughtUp,
}

/// An append-only log of commits by partition.
///
/// Every method may be called from many tasks at once. Dropping a future never tears a commit: it
/// lands whole or not at all.
#[async_trait]
pub trait Journal: Send + Sync + 'static {
    /// Compare-and-append: `commit` lands only if the partition's last commit is `commit.number - 1`.
    /// `Ok` means that it is on disk.
    ///
    /// # Errors
    /// See [`AppendError`]; only `Conflict` and `TooLarge` are certain.
    async fn append(&self, partition: &Partition, commit: Stored) -> Result<(), AppendError>;

    /// Commits from number `from` on, in order, at most about `max_bytes` of bodies but at least one
    /// if there is one. Empty means that `from` lies past the end.
    ///
    /// # Errors
    /// [`ReadError::Damaged`] names the first position that cannot be read.
    async fn read(
        &self,
        partition: &Partition,
        from: u64,
        max_bytes: usize,
    ) -> Result<Vec<Stored>, ReadError>;

    /// The last commit that the authority (the file, the stream's leader) holds at this moment.
    ///
    /// # Errors
    /// As [`Journal::read`].
    async fn last(&self, partition: &Partition) -> Result<Option<Stored>, ReadError>;

    /// Every partition of `service` that holds a commit.
    ///
    /// # Errors
    /// As [`Journal::read`].
    async fn partitions(&self, service: &Service) -> Result<Vec<Partition>, ReadError>;

    /// Every commit of every partition of `service` after the positions given, then what is appended
    /// from now on, for ever. Order is kept within a partition. Survives reconnects. An `Err` ends it.
    ///
    /// # Errors
    /// As [`Journal::read`]; [`ReadError::Broken`], here or in the stream, if a position given or
    /// reached is past the partition's end: the journal was restored to an earlier moment.
    async fn follow(
        &self,
        service: &Service,
        after: Positions,
    ) -> Result<BoxStream<'static, Result<Followed, ReadError>>, ReadError>;

    /// Whether another process may append too. Then answers that wrote nothing confirm with `last`.
    fn shared(&self) -> bool;

    /// The authority's wall clock, where it has one of its own.
    ///
    /// # Errors
    /// [`ReadError::Unavailable`] while it cannot be asked.
    async fn authority_clock(&self) -> Result<Option<Timestamp>, ReadError> {
        Ok(None)
    }
}

/// Why an append gave no success.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AppendError {
    /// Another commit holds this number, or the one before is missing. Nothing was written now; our
    /// own earlier try may have been (compare hashes).
    #[error("the partition is not at the position this was decided on")]
    Conflict,
    /// Past [`MAX_COMMIT_BYTES`]; nothing was written.
    #[error("a commit of {bytes} bytes is past the limit of {MAX_COMMIT_BYTES}")]
    TooLarge {
        /// The body's length.
        bytes: usize,
    },
    /// Says nothing about the outcome: resend the same bytes.
    #[error("the journal is away: {0}")]
    Unavailable(String),
}

/// Why a read gave no answer.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ReadError {
    /// Try again.
    #[error("the journal is away: {0}")]
    Unavailable(String),
    /// The bytes at this position are not what was written.
    #[error("{partition} is damaged at commit {number}: {what}")]
    Damaged {
        /// Where.
        partition: Partition,
        /// The first commit that cannot be read.
        number: u64,
        /// What is wrong with it.
        what: String,
    },
    /// Damage that belongs to no one commit.
    #[error("the journal is damaged: {0}")]
    Broken(String),
}
