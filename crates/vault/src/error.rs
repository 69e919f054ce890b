//! Why the vault gave no answer, or did not open at all.

use std::path::PathBuf;

use crate::PersonId;

/// Why the vault gave no answer.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum VaultError {
    /// The person was erased; nothing new is kept about them.
    #[error("{0} was erased; nothing new is kept about them")]
    Erased(PersonId),
    /// The key store cannot be reached or written; try again.
    #[error("the key store is away: {0}")]
    Unavailable(String),
    /// The bytes do not open with this key, or are no value of this type.
    #[error("a sealed field does not open: {0}")]
    Damaged(String),
}

/// Why a vault did not open.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum OpenError {
    /// Another process holds the key store.
    #[error("{0} is in use by another process; the embedded key store serves one at a time")]
    InUse(PathBuf),
    /// A file could not be read or written.
    #[error("{path}: {why}")]
    File {
        /// Which.
        path: PathBuf,
        /// What the operating system said.
        why: String,
    },
    /// The file is no key store of ours, or one of a later version.
    #[error("{0} is no key store of this version of dugnad")]
    ForeignStore(PathBuf),
    /// What was given as the master key is none.
    #[error("{0} holds no master key: 64 hexadecimal digits are wanted")]
    NoMasterKey(String),
    /// The generation's secret was made with another master key.
    #[error("the master key is not the one that {0} was made with")]
    WrongMasterKey(PathBuf),
    /// A secret that living keys need is gone or cannot be read.
    #[error(
        "there are keys in the store but {0} has no secret to open them with: \
         restore the secrets, or say where they lie"
    )]
    SecretsMissing(PathBuf),
    /// The key store cannot be reached, or an existing bucket is set up otherwise.
    #[error("the key store is away: {0}")]
    Store(String),
}

impl OpenError {
    pub(crate) fn file(path: impl Into<PathBuf>, why: &impl ToString) -> Self {
        Self::File { path: path.into(), why: why.to_string() }
    }
}

impl From<VaultError> for OpenError {
    fn from(error: VaultError) -> Self {
        match error {
            VaultError::Unavailable(why) => Self::Store(why),
            error => Self::Store(error.to_string()),
        }
    }
}
