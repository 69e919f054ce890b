//! The part of a commit that every journal understands: its number and the hash of the one before.

use std::fmt;

use serde::{Deserialize, Serialize};

/// A BLAKE3 hash of a commit's bytes.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Hash(#[serde(with = "serde_bytes")] [u8; 32]);

impl Hash {
    /// What the first commit of a partition carries as the hash before it.
    pub const NONE: Self = Self([0; 32]);

    /// The hash of a commit's bytes.
    pub fn of(body: &[u8]) -> Self {
        Self(*blake3::hash(body).as_bytes())
    }

    /// The 32 bytes.
    pub fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// Reads 64 hexadecimal digits.
    pub fn from_hex(text: &str) -> Option<Self> {
        let mut bytes = [0; 32];
        hex::decode_to_slice(text, &mut bytes).ok()?;
        Some(Self(bytes))
    }
}

impl fmt::Display for Hash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&hex::encode(self.0))
    }
}

impl fmt::Debug for Hash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self}")
    }
}

/// How a commit hangs on the one before. Every commit body is a MessagePack map with these fields
/// among its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Link {
    /// Dense within the partition, from 1.
    pub number: u64,
    /// BLAKE3 of the body of commit `number - 1`; [`Hash::NONE`] for the first.
    pub before: Hash,
}

impl Link {
    /// Reads the link out of a commit body, whatever else it holds.
    ///
    /// # Errors
    /// If the body is no MessagePack map with these two fields.
    pub fn read(body: &[u8]) -> Result<Self, rmp_serde::decode::Error> {
        rmp_serde::from_slice(body)
    }
}
