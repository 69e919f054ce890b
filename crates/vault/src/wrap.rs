//! What lies in a key store under one name: a wrapped key, or the mark that it was erased.
//!
//! `[1] generation (4 bytes, little endian) nonce (24) ciphertext (32) tag (16)`, or
//! `[0] generation (4 bytes)`: the newest generation when it was erased, so that one can see from
//! the mark alone whether a copy of the key may still be readable.

use chacha20poly1305::{AeadInOut, KeyInit, XChaCha20Poly1305};
use zeroize::Zeroizing;

use crate::{
    VaultError,
    key::{NONCE, TAG},
    secrets::Generation,
};

/// A person's key before anything is derived from it.
pub(crate) type RawKey = Zeroizing<[u8; 32]>;

const ERASED: u8 = 0;
const KEY: u8 = 1;

/// What lies under a name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Entry {
    Key(Wrapped),
    Erased { generation: u32 },
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Wrapped {
    pub(crate) generation: u32,
    nonce: [u8; NONCE],
    key: [u8; 32],
    tag: [u8; TAG],
}

/// 32 bytes from the operating system.
pub(crate) fn random<const N: usize>() -> Result<[u8; N], VaultError> {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes)
        .map_err(|error| VaultError::Unavailable(format!("no random numbers: {error}")))?;
    Ok(bytes)
}

impl Wrapped {
    /// Wraps `key` to lie under `name`, and under no other.
    pub(crate) fn wrap(
        generation: &Generation,
        name: &str,
        key: &[u8; 32],
    ) -> Result<Self, VaultError> {
        let nonce = random::<NONCE>()?;
        let mut wrapped = *key;
        let tag = XChaCha20Poly1305::new((&*generation.wrapping).into())
            .encrypt_inout_detached((&nonce).into(), name.as_bytes(), wrapped.as_mut_slice().into())
            .map_err(|_| VaultError::Damaged("a key does not wrap".into()))?;
        Ok(Self { generation: generation.number, nonce, key: wrapped, tag: tag.into() })
    }

    pub(crate) fn unwrap(&self, generation: &Generation, name: &str) -> Result<RawKey, VaultError> {
        let mut key = Zeroizing::new(self.key);
        XChaCha20Poly1305::new((&*generation.wrapping).into())
            .decrypt_inout_detached(
                (&self.nonce).into(),
                name.as_bytes(),
                key.as_mut_slice().into(),
                (&self.tag).into(),
            )
            .map_err(|_| {
                let number = self.generation;
                VaultError::Damaged(format!("the key does not open with generation {number}"))
            })?;
        Ok(key)
    }
}

impl Entry {
    pub(crate) fn to_bytes(&self) -> Vec<u8> {
        match self {
            Self::Erased { generation } => [&[ERASED][..], &generation.to_le_bytes()].concat(),
            Self::Key(Wrapped { generation, nonce, key, tag }) => {
                [&[KEY][..], &generation.to_le_bytes(), nonce, key, tag].concat()
            }
        }
    }

    pub(crate) fn from_bytes(bytes: &[u8]) -> Result<Self, VaultError> {
        Self::parse(bytes)
            .ok_or_else(|| VaultError::Damaged("an entry of the key store is damaged".into()))
    }

    fn parse(bytes: &[u8]) -> Option<Self> {
        let (kind, rest) = bytes.split_first()?;
        let (generation, rest) = rest.split_first_chunk()?;
        let generation = u32::from_le_bytes(*generation);
        match *kind {
            ERASED if rest.is_empty() => Some(Self::Erased { generation }),
            KEY => {
                let (nonce, rest) = rest.split_first_chunk()?;
                let (key, rest) = rest.split_first_chunk()?;
                let tag = rest.try_into().ok()?;
                Some(Self::Key(Wrapped { generation, nonce: *nonce, key: *key, tag }))
            }
            _ => None,
        }
    }
}
