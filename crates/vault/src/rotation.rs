//! When the old key generation must go, and making it go.
//!
//! An erasure stays pending while a generation that the erased key was wrapped by still has its
//! secret. Every rotation is the same four steps, each durable before the next:
//! 1. make the secret of a new generation;
//! 2. wrap every living key of an older one anew, a batch at a time;
//! 3. read everything once more, until nothing older is left;
//! 4. destroy the older secrets.
//!
//! A crash between any two leaves two generations behind and every living key readable; the next
//! rotation goes on from there. A process that makes a key meanwhile, and does not know of the
//! new generation yet, looks for one after its key is stored: either it sees the new generation, or
//! step 3 sees its key.

use std::time::{Duration, Instant};

use futures::{StreamExt, TryStreamExt};

use crate::{
    VaultError,
    secrets::Generation,
    store::{KeyStore, Replacement, Stored},
    vault::{Inner, TRIES},
    wrap::{Entry, Wrapped},
};

/// Keys wrapped anew in one transaction.
const BATCH: usize = 500;

/// What a rotation did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rotated {
    /// The generation that wraps every living key now.
    pub generation: u32,
    /// How many keys were wrapped anew.
    pub rewrapped: usize,
}

/// Whether there is something to destroy, and since when.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Pending {
    Nothing,
    Since(Instant),
    /// From before this process started, or from a rotation that failed.
    Overdue,
}

impl Pending {
    pub(crate) fn and_since(self, now: Instant) -> Self {
        match self {
            Self::Nothing => Self::Since(now),
            earlier => earlier,
        }
    }

    /// Whether to rotate at `now`, at most `after` an erasure.
    pub(crate) fn is_due(self, now: Instant, after: Duration) -> bool {
        match self {
            Self::Nothing => false,
            Self::Since(erased) => now.saturating_duration_since(erased) >= after,
            Self::Overdue => true,
        }
    }
}

/// The steps, between which a test may end the process.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Step {
    Made,
    BatchRewrapped,
    AllRewrapped,
    Destroyed,
}

/// What a look through a whole store found.
pub(crate) struct Found {
    pub(crate) nothing: bool,
    /// The newest generation at the last erasure.
    pub(crate) newest_erased: Option<u32>,
}

impl Found {
    pub(crate) async fn in_store(store: &dyn KeyStore) -> Result<Self, VaultError> {
        let mut found = Self { nothing: true, newest_erased: None };
        let mut all = store.all();
        while let Some((_, stored)) = all.try_next().await? {
            found.nothing = false;
            if let Entry::Erased { generation } = Entry::from_bytes(&stored.value)? {
                found.newest_erased = found.newest_erased.max(Some(generation));
            }
        }
        Ok(found)
    }
}

impl Inner {
    /// The four steps. `after` is called after each.
    pub(crate) async fn rotate(
        &self,
        mut after: impl FnMut(Step) -> Result<(), VaultError>,
    ) -> Result<Rotated, VaultError> {
        let newest = self.generation_to_go_to().await?;
        after(Step::Made)?;
        let mut rewrapped = 0;
        for _ in 0..TRIES {
            let mut older = 0;
            let mut batches = self.store.all().try_chunks(BATCH);
            while let Some(batch) = batches.next().await {
                let batch = batch.map_err(|broken| broken.1)?;
                let replacements = self.rewrap(&newest, batch)?;
                if !replacements.is_empty() {
                    older += replacements.len();
                    self.store.replace(replacements).await?;
                    after(Step::BatchRewrapped)?;
                }
            }
            if older == 0 {
                after(Step::AllRewrapped)?;
                self.secrets.destroy_before(newest.number)?;
                after(Step::Destroyed)?;
                self.store.tidy().await?;
                return Ok(Rotated { generation: newest.number, rewrapped });
            }
            rewrapped += older;
        }
        Err(VaultError::Unavailable("keys change faster than they are wrapped anew".into()))
    }

    /// A new one; or the newest, if a rotation to it was broken off and nobody was erased since:
    /// then however often a rotation fails, there are two at most.
    async fn generation_to_go_to(&self) -> Result<std::sync::Arc<Generation>, VaultError> {
        let found = Found::in_store(&*self.store).await?;
        self.secrets.refresh()?;
        let newest = self.secrets.newest()?;
        let broken_off = self.secrets.numbers().len() > 1;
        match broken_off && found.newest_erased < Some(newest.number) {
            true => Ok(newest),
            false => self.secrets.make_next(),
        }
    }

    fn rewrap(
        &self,
        newest: &Generation,
        batch: Vec<(String, Stored)>,
    ) -> Result<Vec<Replacement>, VaultError> {
        let mut replacements = Vec::new();
        for (name, Stored { value, revision }) in batch {
            let Entry::Key(wrapped) = Entry::from_bytes(&value)? else { continue };
            if wrapped.generation >= newest.number {
                continue;
            }
            let Some(raw) = self.unwrap(&name, &wrapped)? else {
                // Nothing can be saved by waiting, and erased people must not wait for it: a
                // process that ended between storing a key and handing it out, or a secret that was
                // lost.
                let generation = wrapped.generation;
                tracing::error!(name, generation, "the secret that wraps this key is gone");
                continue;
            };
            let value = Entry::Key(Wrapped::wrap(newest, &name, &raw)?).to_bytes();
            replacements.push(Replacement { name, revision, value });
        }
        Ok(replacements)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rotation_is_due_once_an_erasure_has_waited_long_enough() {
        let erased = Instant::now();
        let day = Duration::from_secs(86_400);
        let pending = Pending::Nothing.and_since(erased).and_since(erased + day);

        assert!(!Pending::Nothing.is_due(erased + day, day));
        assert!(!pending.is_due(erased + day - Duration::from_secs(1), day));
        assert!(pending.is_due(erased + day, day));
    }

    #[test]
    fn what_was_pending_before_the_start_is_due_at_once() {
        assert!(Pending::Overdue.is_due(Instant::now(), Duration::from_secs(86_400)));
        assert_eq!(Pending::Overdue.and_since(Instant::now()), Pending::Overdue);
    }
}
