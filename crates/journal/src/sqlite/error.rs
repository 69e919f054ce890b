//! What SQLite's errors mean to a caller, and which of them nobody may live through.

use std::path::PathBuf;

use rusqlite::ffi;

use crate::{AppendError, Partition, ReadError, chain::damaged};

/// Why a journal file was not opened.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// Another process has it.
    #[error(
        "{path} is in use by {holder}: stop it first, or give this process a file of its own \
         (several processes share a journal on NATS only)"
    )]
    InUse {
        /// The journal's file.
        path: PathBuf,
        /// Who has it, as far as known.
        holder: String,
    },
    /// The file is something else, or of a later version.
    #[error("{path} is no journal that this version can read: {why}")]
    Foreign {
        /// The journal's file.
        path: PathBuf,
        /// What was found.
        why: String,
    },
    /// Its bytes are not what was written.
    #[error("{path} is damaged: {why}; restore it from a backup, or `journal import` an export")]
    Damaged {
        /// The journal's file.
        path: PathBuf,
        /// What was found.
        why: String,
    },
    /// The operating system did not let us.
    #[error("{path} cannot be opened: {why}")]
    Io {
        /// The journal's file.
        path: PathBuf,
        /// What it said.
        why: String,
    },
}

/// A read error without a position.
pub(super) fn on_read(error: &rusqlite::Error) -> ReadError {
    match error {
        e if says_damage(e) => ReadError::Broken(e.to_string()),
        e => ReadError::Unavailable(e.to_string()),
    }
}

/// A read error while commit `number` was to come.
pub(super) fn on_read_at(partition: &Partition, number: u64, e: &rusqlite::Error) -> ReadError {
    if says_damage(e) {
        return damaged(partition, number, e.to_string());
    }
    ReadError::Unavailable(e.to_string())
}

/// An append error. The outcome is not known: a failed commit is rolled back here, but a crash
/// before the next one may still bring its frames back.
pub(super) fn on_append(error: &rusqlite::Error) -> AppendError {
    AppendError::Unavailable(error.to_string())
}

/// Whether the file's content is at fault.
pub(super) fn says_damage(error: &rusqlite::Error) -> bool {
    use rusqlite::{Error, ErrorCode};
    match error {
        Error::SqliteFailure(e, _) => {
            matches!(e.code, ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase)
                || matches!(
                    e.extended_code,
                    ffi::SQLITE_IOERR_SHORT_READ
                        | ffi::SQLITE_IOERR_CORRUPTFS
                        | ffi::SQLITE_IOERR_DATA
                )
                // Our statements are constant: one that no longer compiles met a damaged schema.
                || e.code == ErrorCode::Unknown
        }
        Error::SqlInputError { .. }
        | Error::FromSqlConversionFailure(..)
        | Error::IntegralValueOutOfRange(..)
        | Error::InvalidColumnType(..)
        | Error::QueryReturnedNoRows
        | Error::Utf8Error(..) => true,
        _ => false,
    }
}

/// Ends the process if an fsync failed: the kernel may have dropped the pages, a second fsync
/// would succeed without them, and every later answer would be a guess. The next start reads what
/// the disk really holds.
pub(super) fn end_process_if_fsync_failed(error: &rusqlite::Error) {
    let Some(e) = error.sqlite_error() else { return };
    if matches!(e.extended_code, ffi::SQLITE_IOERR_FSYNC | ffi::SQLITE_IOERR_DIR_FSYNC) {
        eprintln!(
            "dugnad: the journal's disk failed an fsync ({error}); ending now: nothing that is \
             not on disk was acknowledged"
        );
        tracing::error!(%error, "fsync failed: ending the process");
        std::process::abort();
    }
}
