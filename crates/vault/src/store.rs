//! Where wrapped keys lie: a map from names to bytes, each with a revision.

use async_trait::async_trait;
use futures::stream::BoxStream;

use crate::VaultError;

/// What lies under a name, and which writing of it this is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Stored {
    pub(crate) value: Vec<u8>,
    pub(crate) revision: u64,
}

/// A new value for a name, to be written only if the revision is still this one.
#[derive(Clone, Debug)]
pub(crate) struct Replacement {
    pub(crate) name: String,
    pub(crate) revision: u64,
    pub(crate) value: Vec<u8>,
}

/// A key store. Whatever it answers to a write is durable; an error says nothing about the outcome.
/// Names are `<tenant>.<what>`, in `[a-z0-9.-]`.
#[async_trait]
pub(crate) trait KeyStore: Send + Sync {
    /// What lies under a name now; never the past.
    async fn get(&self, name: &str) -> Result<Option<Stored>, VaultError>;

    /// Puts `value` there if nothing is. Returns what lies there then: of two at once, both get the
    /// one that came first.
    async fn create(&self, name: &str, value: Vec<u8>) -> Result<Stored, VaultError>;

    /// Puts `value` there, whatever lies there.
    async fn put(&self, name: &str, value: Vec<u8>) -> Result<(), VaultError>;

    /// Writes those whose revision still stands.
    async fn replace(&self, replacements: Vec<Replacement>) -> Result<(), VaultError>;

    /// Everything that lay there when it was called; what is written meanwhile may be missing.
    fn all(&self) -> BoxStream<'_, Result<(String, Stored), VaultError>>;

    /// Gets old values off the disk, as far as the store can.
    async fn tidy(&self) -> Result<(), VaultError>;

    /// What others write from now on, if there can be others. `None` in between means that some may
    /// have been missed.
    async fn changes(&self) -> Result<Option<BoxStream<'static, Change>>, VaultError>;
}

/// A name and what was put there.
pub(crate) type Change = Option<(String, Vec<u8>)>;
