//! A value that only the holder of a person's key can read, and what opening it gave.

use std::{fmt, marker::PhantomData};

use serde::{Deserialize, Serialize};

use crate::PersonId;

/// A value that only the holder of a person's key can read.
///
/// `sealed` is nonce (24 bytes) ‖ ciphertext ‖ tag (16 bytes). Equal bytes mean an equal value, key
/// and context; unequal bytes mean nothing.
#[derive(Serialize, Deserialize)]
#[serde(bound = "")]
pub struct Sealed<T> {
    pub(crate) person: PersonId,
    #[serde(with = "serde_bytes")]
    pub(crate) sealed: Box<[u8]>,
    #[serde(skip)]
    of: PhantomData<fn() -> T>,
}

impl<T> Sealed<T> {
    pub(crate) fn new(person: PersonId, sealed: Box<[u8]>) -> Self {
        Self { person, sealed, of: PhantomData }
    }

    /// Whose.
    #[must_use]
    pub fn person(&self) -> PersonId {
        self.person
    }
}

// By hand: what `T` can do has nothing to do with what its sealed bytes can.
impl<T> Clone for Sealed<T> {
    fn clone(&self) -> Self {
        Self::new(self.person, self.sealed.clone())
    }
}

impl<T> PartialEq for Sealed<T> {
    fn eq(&self, other: &Self) -> bool {
        self.person == other.person && self.sealed == other.sealed
    }
}

impl<T> Eq for Sealed<T> {}

impl<T> fmt::Debug for Sealed<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // The end of the tag tells one from another, and nothing of what is in it.
        let (person, bytes) = (self.person, self.sealed.len());
        let tag = self.sealed.last_chunk().copied().map_or(0, u32::from_be_bytes);
        write!(f, "Sealed({person}, {bytes} bytes, {tag:08x})")
    }
}

/// A personal value as a rule's state holds it, and what opening a sealed one gave.
///
/// `Debug` shows no value, so that none gets into a log.
#[derive(Clone, PartialEq, Eq)]
pub enum Opened<T> {
    /// The value.
    Known(T),
    /// The person was erased: nobody can read it any more.
    Erased,
}

impl<T> Opened<T> {
    /// The value, unless the person was erased.
    pub fn known(self) -> Option<T> {
        match self {
            Self::Known(value) => Some(value),
            Self::Erased => None,
        }
    }
}

impl<T> fmt::Debug for Opened<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Known(_) => "Known(..)",
            Self::Erased => "Erased",
        })
    }
}
