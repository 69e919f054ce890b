//! How the auditor reads a commit: its own words for what the journal holds, not the ledger's.

use dugnad_journal::{Hash, Partition};
use jiff::Timestamp;
use serde::{Deserialize, de::DeserializeOwned};
use uuid::Uuid;

/// Where something stands.
#[derive(Clone, Debug)]
pub(crate) struct Place {
    pub(crate) partition: Partition,
    pub(crate) commit: u64,
    /// The commit's events before those of the record at hand.
    pub(crate) event: u32,
}

impl Place {
    pub(crate) fn new(partition: &Partition, commit: u64) -> Self {
        Self { partition: partition.clone(), commit, event: 0 }
    }
}

/// What one request, timer or foreign event led to.
#[derive(Debug, Deserialize)]
pub(crate) struct Record<E> {
    pub(crate) request_id: Uuid,
    #[serde(with = "jiff::fmt::serde::timestamp::millisecond::required")]
    pub(crate) at: Timestamp,
    pub(crate) events: Vec<E>,
    #[serde(default)]
    pub(crate) reached: Option<Reached>,
}

/// How far another history was taken in.
#[derive(Debug, Deserialize)]
pub(crate) struct Reached {
    pub(crate) partition: Partition,
    pub(crate) number: u64,
    pub(crate) hash: Hash,
    pub(crate) events: u32,
}

#[derive(Debug, Deserialize)]
#[serde(bound(deserialize = "E: DeserializeOwned"))]
pub(crate) struct Commit<E> {
    pub(crate) records: Vec<Record<E>>,
}

pub(crate) fn read<E: DeserializeOwned>(
    body: &[u8],
) -> Result<Commit<E>, rmp_serde::decode::Error> {
    dugnad_journal::decode::from_slice(body)
}
