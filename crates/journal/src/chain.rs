//! What must hold between a commit's bytes, its number and the commit before, whoever stored it.
//!
//! Both backends check every commit that leaves them here, so that damage is named with its
//! position and never decoded by a model.

use bytes::Bytes;

use crate::{Hash, Link, MAX_COMMIT_BYTES, Partition, ReadError, Stored};

/// A reader's place in one partition: the next number, and the hash its commit must carry.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Chain {
    next: u64,
    before: Option<Hash>,
}

impl Chain {
    /// Begins at commit `next`, whose predecessor has not been seen.
    pub(crate) fn at(next: u64) -> Self {
        Self { next, before: (next == 1).then_some(Hash::NONE) }
    }

    /// The number of the commit that must come now.
    pub(crate) fn next(&self) -> u64 {
        self.next
    }

    /// As [`Chain::accept`], where the hash has not been computed yet.
    pub(crate) fn accept_body(
        &mut self,
        partition: &Partition,
        body: Bytes,
    ) -> Result<Stored, ReadError> {
        let hash = Hash::of(&body);
        self.accept(partition, body, hash)
    }

    /// Takes the next commit if it is the one that belongs here. `hash` is of `body`.
    pub(crate) fn accept(
        &mut self,
        partition: &Partition,
        body: Bytes,
        hash: Hash,
    ) -> Result<Stored, ReadError> {
        let damaged = |what: String| damaged(partition, self.next, what);
        if body.len() > MAX_COMMIT_BYTES {
            return Err(damaged(format!("it has {} bytes, past the limit", body.len())));
        }
        let link = Link::read(&body).map_err(|_| damaged("its bytes are no commit".into()))?;
        if link.number != self.next {
            return Err(damaged(format!("commit {} lies in its place", link.number)));
        }
        if self.before.is_some_and(|before| before != link.before) {
            return Err(damaged("it does not follow the commit before".into()));
        }
        let stored = Stored { number: self.next, body };
        *self = Self { next: self.next.saturating_add(1), before: Some(hash) };
        Ok(stored)
    }
}

/// Damage at a commit.
pub(crate) fn damaged(partition: &Partition, number: u64, what: impl Into<String>) -> ReadError {
    ReadError::Damaged { partition: partition.clone(), number, what: what.into() }
}

/// A follower has seen a commit that is not there: the journal was restored to an earlier moment.
pub(crate) fn ahead(partition: &Partition, seen: u64) -> ReadError {
    ReadError::Broken(format!(
        "commit {seen} of {partition} was seen before and is not there now: the journal was \
         restored to an earlier moment"
    ))
}
