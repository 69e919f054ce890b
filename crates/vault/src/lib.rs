//! Personal data: sealed fields, one erasable key a person. (Contract first; bodies to come.)
#![allow(clippy::todo, unused_variables, dead_code)]

use std::{fmt, marker::PhantomData};

use serde::{Deserialize, Serialize, de::DeserializeOwned};
use uuid::Uuid;

/// Names one person, giver or receiver. `Display` is `people/<uuid>`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct PersonId(pub Uuid);

impl fmt::Display for PersonId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "people/{}", self.0)
    }
}

/// A value that only the holder of a person's key can read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sealed<T> {
    person: PersonId,
    #[serde(with = "serde_bytes")]
    sealed: Box<[u8]>,
    #[serde(skip)]
    of: PhantomData<fn() -> T>,
}

impl<T> Sealed<T> {
    /// Whose.
    pub fn person(&self) -> PersonId {
        self.person
    }
}

/// What opening gave.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Opened<T> {
    /// The value.
    Known(T),
    /// The person was erased: nobody can read it any more.
    Erased,
}

/// Why the vault gave no answer.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum VaultError {
    /// The person was erased; nothing new is kept about them.
    #[error("{0} was erased")]
    Erased(PersonId),
    /// The key store cannot be reached or written; try again.
    #[error("the key store is away: {0}")]
    Unavailable(String),
    /// The bytes do not open with this key, or are no value of this type.
    #[error("a sealed field does not open: {0}")]
    Damaged(String),
}

/// One person's key, in memory.
#[derive(Clone)]
pub struct PersonKey {}

impl PersonKey {
    /// Seals `value`. The same key, `context` and value give the same bytes, so that a repeated
    /// request can be compared without being read.
    pub fn seal<T: Serialize>(&self, context: &[u8], value: &T) -> Sealed<T> {
        todo!()
    }

    /// Opens what this key sealed.
    ///
    /// # Errors
    /// `Damaged` if it is another key's, or the bytes were changed.
    pub fn open<T: DeserializeOwned>(&self, sealed: &Sealed<T>) -> Result<T, VaultError> {
        todo!()
    }
}

/// Every person's key, by tenant and person. Cheap to clone.
#[derive(Clone)]
pub struct Vault {}

impl Vault {
    /// The person's key if it lies in memory: the fast path.
    pub fn cached_key(&self, tenant: &str, person: PersonId) -> Option<PersonKey> {
        todo!()
    }

    /// The person's key, made on first use; durable when this returns.
    ///
    /// # Errors
    /// `Erased`, `Unavailable`.
    pub async fn key(&self, tenant: &str, person: PersonId) -> Result<PersonKey, VaultError> {
        todo!()
    }

    /// Opens a field, if its person was not erased.
    ///
    /// # Errors
    /// `Unavailable`, `Damaged`.
    pub async fn open<T: DeserializeOwned>(
        &self,
        tenant: &str,
        sealed: &Sealed<T>,
    ) -> Result<Opened<T>, VaultError> {
        todo!()
    }

    /// Forgets the person's key at once, here and in the store, and for good: no new one is made.
    ///
    /// # Errors
    /// `Unavailable`.
    pub async fn forget(&self, tenant: &str, person: PersonId) -> Result<(), VaultError> {
        todo!()
    }

    /// A secret of the tenant for keyed digests, made on first use.
    ///
    /// # Errors
    /// `Unavailable`.
    pub async fn digest_key(&self, tenant: &str) -> Result<[u8; 32], VaultError> {
        todo!()
    }
}
