//! One person's key, and what it does to values.
//!
//! Sealing is deterministic, in the manner of SIV: the nonce is a keyed hash of context and value.
//! So a nonce is used twice only for the same bytes, and a repeated request seals to the same bytes
//! and can be compared without being read.

use std::sync::Arc;

use chacha20poly1305::{AeadInOut, KeyInit, XChaCha20Poly1305};
use serde::{Serialize, de::DeserializeOwned};
use zeroize::Zeroizing;

use crate::{PersonId, Sealed, VaultError};

pub(crate) const NONCE: usize = 24;
pub(crate) const TAG: usize = 16;

/// The longest sealed field that is opened: none longer fits into a commit of the journal.
const MAX_SEALED: usize = 1024 * 1024;

/// One person's key, in memory. Cheap to clone; wiped when the last clone is dropped.
#[derive(Clone)]
pub struct PersonKey(Arc<Subkeys>);

struct Subkeys {
    person: PersonId,
    cipher: Zeroizing<[u8; 32]>,
    nonce: Zeroizing<[u8; 32]>,
}

impl PersonKey {
    pub(crate) fn new(person: PersonId, key: &[u8; 32]) -> Self {
        let derive = |purpose| Zeroizing::new(blake3::derive_key(purpose, key));
        Self(Arc::new(Subkeys {
            person,
            cipher: derive("dugnad vault: cipher of a person's fields"),
            nonce: derive("dugnad vault: nonces of a person's fields"),
        }))
    }

    /// Seals `value`. The same key, `context` and value give the same bytes, so that a repeated
    /// request can be compared without being read. `O(length)`.
    ///
    /// # Panics
    /// If the value's own `Serialize` fails, which is a fault in the program.
    pub fn seal<T: Serialize>(&self, context: &[u8], value: &T) -> Sealed<T> {
        let keys = &*self.0;
        let mut bytes = Vec::with_capacity(256);
        bytes.extend_from_slice(&[0; NONCE]);
        if let Err(error) = rmp_serde::encode::write_named(&mut bytes, value) {
            panic!("a personal field does not serialize: {error}");
        }
        let mut hash = blake3::Hasher::new_keyed(&keys.nonce);
        hash.update(&(context.len() as u64).to_le_bytes()).update(context).update(&bytes[NONCE..]);
        let mut nonce = [0; NONCE];
        nonce.copy_from_slice(&hash.finalize().as_bytes()[..NONCE]);
        let tag = XChaCha20Poly1305::new((&*keys.cipher).into()).encrypt_inout_detached(
            (&nonce).into(),
            keys.person.0.as_bytes(),
            (&mut bytes[NONCE..]).into(),
        );
        // Fails only past 256 GiB.
        let Ok(tag) = tag else { panic!("a personal field of {} bytes", bytes.len()) };
        bytes[..NONCE].copy_from_slice(&nonce);
        bytes.extend_from_slice(&tag);
        Sealed::new(keys.person, bytes.into_boxed_slice())
    }

    /// Opens what this key sealed. `O(length)`.
    ///
    /// # Errors
    /// `Damaged` if it is another key's, or the bytes were changed.
    pub fn open<T: DeserializeOwned>(&self, sealed: &Sealed<T>) -> Result<T, VaultError> {
        let damaged = |why: &str| VaultError::Damaged(why.to_owned());
        let keys = &*self.0;
        if sealed.sealed.len() > MAX_SEALED {
            return Err(damaged("too long"));
        }
        let Some((nonce, rest)) = sealed.sealed.split_first_chunk::<NONCE>() else {
            return Err(damaged("too short"));
        };
        let Some((ciphertext, tag)) = rest.split_last_chunk::<TAG>() else {
            return Err(damaged("too short"));
        };
        let mut value = Zeroizing::new(ciphertext.to_vec());
        XChaCha20Poly1305::new((&*keys.cipher).into())
            .decrypt_inout_detached(
                nonce.into(),
                keys.person.0.as_bytes(),
                value.as_mut_slice().into(),
                tag.into(),
            )
            .map_err(|_| damaged("another key's, or changed"))?;
        rmp_serde::from_slice(&value).map_err(|_| damaged("not a value of this type"))
    }

    /// What must be found in no file.
    #[cfg(test)]
    pub(crate) fn cipher(&self) -> &[u8] {
        &*self.0.cipher
    }
}
