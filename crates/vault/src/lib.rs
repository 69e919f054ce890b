//! Personal data: sealed fields, one erasable key a person.
//!
//! What is said about a person lies in the journal only as [`Sealed`], under that person's own key.
//! Forgetting the key is forgetting the data, in every copy of the journal at once. That holds only
//! if no copy of a key outlives it, and key stores leave old values on disk; so three things lie in
//! three places, and it takes all three to read a field:
//!
//! 1. the sealed field, in the journal;
//! 2. the person's key, in a store of its own ([`Vault::embedded`], [`Vault::nats`]), wrapped by
//! 3. the key generation: the master key with a secret that lies in a file outside both.
//!
//! [`Vault::forget`] takes a key out of the store and out of memory at once. [`Vault::rotate`], due
//! within a day of it, wraps all living keys anew and destroys the old generation's secret, which
//! makes what is left of the key in free pages, logs, backups and copies unreadable.
//!
//! Kept true: a key is durable before anyone seals with it; a forgotten person never gets another;
//! no generation is destroyed while a living key is wrapped by it alone. Absent: who may read what,
//! and when to rotate: the services and the binary know.

mod cache;
mod error;
mod key;
mod nats;
mod person;
mod rotation;
mod sealed;
mod secrets;
mod sqlite;
mod store;
#[cfg(test)]
mod tests;
mod vault;
mod wrap;

pub use error::{OpenError, VaultError};
pub use key::PersonKey;
pub use person::PersonId;
pub use rotation::Rotated;
pub use sealed::{Opened, Sealed};
pub use secrets::{Master, MasterKeyMade};
pub use vault::Vault;
