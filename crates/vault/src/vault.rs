//! The vault itself: keys from memory, from the store, or made now.

use std::{
    path::Path,
    sync::{Arc, Mutex, PoisonError, Weak},
    time::{Duration, Instant},
};

use futures::StreamExt;
use serde::de::DeserializeOwned;
use uuid::Uuid;

use crate::{
    Master, MasterKeyMade, OpenError, Opened, PersonId, PersonKey, Rotated, Sealed, VaultError,
    cache::{Cache, Cached},
    nats::NatsStore,
    rotation::{Found, Pending},
    secrets::Secrets,
    sqlite::SqliteStore,
    store::{KeyStore, Replacement},
    wrap::{Entry, RawKey, Wrapped, random},
};

/// What a tenant's own secret is called in the store, where a person's key has the person's id.
const DIGEST: &str = "digest";

/// How often a moving target (a key that another process wraps anew) is looked at again.
pub(crate) const TRIES: usize = 64;

/// Every person's key, by tenant and person. Cheap to clone.
#[derive(Clone)]
pub struct Vault(pub(crate) Arc<Inner>);

pub(crate) struct Inner {
    pub(crate) store: Box<dyn KeyStore>,
    pub(crate) secrets: Secrets,
    cache: Cache,
    digest_keys: Mutex<std::collections::HashMap<String, [u8; 32]>>,
    pending: Mutex<Pending>,
    rotating: tokio::sync::Mutex<()>,
}

impl Vault {
    /// Opens the embedded vault: keys in `dir/keys.sqlite`, secrets in `secrets`. Both are made on
    /// first use; a master key made then is returned, to be told to whoever runs this.
    ///
    /// # Errors
    /// See [`OpenError`]; the store serves one process at a time.
    pub async fn embedded(
        dir: &Path,
        secrets: &Path,
        master: &Master,
    ) -> Result<(Self, Option<MasterKeyMade>), OpenError> {
        Self::over(Box::new(SqliteStore::open(dir)?), secrets, master).await
    }

    /// Opens the vault on NATS: keys in the bucket `DUGNAD_VAULT`, secrets in the directory
    /// `secrets`, which every process that opens this vault must share.
    ///
    /// # Errors
    /// See [`OpenError`].
    pub async fn nats(
        url: &str,
        secrets: &Path,
        master: &Master,
    ) -> Result<(Self, Option<MasterKeyMade>), OpenError> {
        Self::over(Box::new(NatsStore::connect(url).await?), secrets, master).await
    }

    pub(crate) async fn over(
        store: Box<dyn KeyStore>,
        secrets: &Path,
        master: &Master,
    ) -> Result<(Self, Option<MasterKeyMade>), OpenError> {
        // Before anything is read, so that nothing is missed in between.
        let changes = store.changes().await?;
        let found = Found::in_store(&*store).await?;
        let (secrets, made) = Secrets::open(secrets, master, found.nothing)?;
        let pending = match secrets.numbers()[..] {
            [only] if found.newest_erased < Some(only) => Pending::Nothing,
            _ => Pending::Overdue,
        };
        let vault = Self(Arc::new(Inner {
            store,
            secrets,
            cache: Cache::default(),
            digest_keys: Mutex::default(),
            pending: Mutex::new(pending),
            rotating: tokio::sync::Mutex::default(),
        }));
        if let Some(changes) = changes {
            let inner = Arc::downgrade(&vault.0);
            tokio::spawn(changes.for_each(move |change| {
                hear(&inner, change);
                std::future::ready(())
            }));
        }
        Ok((vault, made))
    }

    /// The person's key if it lies in memory: the fast path.
    #[must_use]
    pub fn cached_key(&self, tenant: &str, person: PersonId) -> Option<PersonKey> {
        match self.0.cache.get(tenant, person)? {
            Cached::Known(key) => Some(key),
            Cached::Erased => None,
        }
    }

    /// The person's key, made on first use; durable when this returns.
    ///
    /// # Errors
    /// `Erased`, `Unavailable`.
    pub async fn key(&self, tenant: &str, person: PersonId) -> Result<PersonKey, VaultError> {
        match self.find(tenant, person).await? {
            Some(cached) => known(cached, person),
            None => {
                let raw = self.0.make(&name_of(tenant, person)).await?;
                Ok(known(self.0.remember(tenant, person, raw.as_ref()), person)?)
            }
        }
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
        match self.find(tenant, sealed.person()).await? {
            Some(Cached::Known(key)) => key.open(sealed).map(Opened::Known),
            Some(Cached::Erased) => Ok(Opened::Erased),
            None => Err(VaultError::Damaged(format!("no key of {} is known", sealed.person()))),
        }
    }

    /// Forgets the person's key at once, here and in the store, and for good: no new one is made.
    /// A field already copied into somebody's memory stays there; every other process on NATS hears
    /// of it and forgets the key too.
    ///
    /// # Errors
    /// `Unavailable`: forgotten here, and perhaps not in the store; to be repeated.
    pub async fn forget(&self, tenant: &str, person: PersonId) -> Result<(), VaultError> {
        let inner = &*self.0;
        inner.cache.erase(tenant, person);
        let name = name_of(tenant, person);
        if let Some(stored) = inner.store.get(&name).await?
            && matches!(Entry::from_bytes(&stored.value)?, Entry::Erased { .. })
        {
            return Ok(());
        }
        inner.secrets.refresh()?;
        let generation = inner.secrets.newest()?.number;
        inner.store.put(&name, Entry::Erased { generation }.to_bytes()).await?;
        inner.set_pending(|pending| pending.and_since(Instant::now()));
        metrics::counter!("dugnad_vault_forgotten_total").increment(1);
        Ok(())
    }

    /// A secret of the tenant for keyed digests, made on first use.
    ///
    /// # Errors
    /// `Unavailable`.
    pub async fn digest_key(&self, tenant: &str) -> Result<[u8; 32], VaultError> {
        let inner = &*self.0;
        let kept = || inner.digest_keys.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(key) = kept().get(tenant) {
            return Ok(*key);
        }
        let name = format!("{tenant}.{DIGEST}");
        let raw = match inner.read(&name).await? {
            None => inner.make(&name).await?,
            Some(raw) => raw,
        };
        let raw = raw.ok_or_else(|| VaultError::Damaged(format!("{name} was erased")))?;
        let key = blake3::derive_key("dugnad vault: digests of a tenant", &*raw);
        kept().insert(tenant.to_owned(), key);
        Ok(key)
    }

    /// Whether something that was erased at least `after` ago waits for [`Vault::rotate`], or for
    /// how long is unknown since it was before the start. Cheap: to be asked every minute.
    #[must_use]
    pub fn rotation_due(&self, after: Duration) -> bool {
        self.0.pending().is_due(Instant::now(), after)
    }

    /// Wraps every living key by a new generation and destroys the older ones. May be broken off at
    /// any point and by any crash, and repeated. `O(keys)`.
    ///
    /// # Errors
    /// `Unavailable`, `Damaged` if a key does not open: then nothing is destroyed.
    pub async fn rotate(&self) -> Result<Rotated, VaultError> {
        let inner = &*self.0;
        let _one_at_a_time = inner.rotating.lock().await;
        // An erasure from here on is the next rotation's.
        inner.set_pending(|_| Pending::Nothing);
        let rotated = inner.rotate(|_| Ok(())).await;
        match &rotated {
            Ok(rotated) => {
                metrics::counter!("dugnad_vault_rotations_total").increment(1);
                tracing::info!(
                    generation = rotated.generation,
                    rewrapped = rotated.rewrapped,
                    "destroyed the old key generation"
                );
            }
            // More than one generation may be left: to be cleared away soon.
            Err(_) => inner.set_pending(|_| Pending::Overdue),
        }
        rotated
    }

    async fn find(&self, tenant: &str, person: PersonId) -> Result<Option<Cached>, VaultError> {
        if let Some(cached) = self.0.cache.get(tenant, person) {
            return Ok(Some(cached));
        }
        let read = self.0.read(&name_of(tenant, person)).await?;
        Ok(read.map(|raw| self.0.remember(tenant, person, raw.as_ref())))
    }
}

fn known(cached: Cached, person: PersonId) -> Result<PersonKey, VaultError> {
    match cached {
        Cached::Known(key) => Ok(key),
        Cached::Erased => Err(VaultError::Erased(person)),
    }
}

fn name_of(tenant: &str, person: PersonId) -> String {
    format!("{tenant}.{}", person.0.simple())
}

/// What another process wrote; `None`: something may have been missed.
fn hear(inner: &Weak<Inner>, change: crate::store::Change) {
    let Some(inner) = inner.upgrade() else { return };
    let Some((name, value)) = change else {
        inner.cache.forget_known();
        return;
    };
    let person = name
        .split_once('.')
        .and_then(|(tenant, person)| Some((tenant, PersonId(Uuid::try_parse(person).ok()?))));
    if let (Some((tenant, person)), Ok(Entry::Erased { .. })) = (person, Entry::from_bytes(&value))
    {
        inner.cache.erase(tenant, person);
        inner.set_pending(|pending| pending.and_since(Instant::now()));
    }
}

impl Inner {
    fn pending(&self) -> Pending {
        *self.pending.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn set_pending(&self, change: impl FnOnce(Pending) -> Pending) {
        let mut pending = self.pending.lock().unwrap_or_else(PoisonError::into_inner);
        *pending = change(*pending);
    }

    /// Keeps what was read or made, unless the person was erased meanwhile.
    fn remember(&self, tenant: &str, person: PersonId, raw: Option<&RawKey>) -> Cached {
        match raw {
            Some(raw) => self.cache.keep(tenant, person, PersonKey::new(person, raw)),
            None => {
                self.cache.erase(tenant, person);
                Cached::Erased
            }
        }
    }

    /// The key under `name`: `None` if there is none yet, `Some(None)` if it was erased.
    pub(crate) async fn read(&self, name: &str) -> Result<Option<Option<RawKey>>, VaultError> {
        let mut missing = 0;
        for _ in 0..TRIES {
            let Some(stored) = self.store.get(name).await? else { return Ok(None) };
            match Entry::from_bytes(&stored.value)? {
                Entry::Erased { .. } => return Ok(Some(None)),
                Entry::Key(wrapped) => match self.unwrap(name, &wrapped)? {
                    Some(raw) => return Ok(Some(Some(raw))),
                    // Wrapped anew by another process since it was read.
                    None => missing = wrapped.generation,
                },
            }
        }
        Err(VaultError::Unavailable(format!("the secret of key generation {missing} is gone")))
    }

    /// `None` if there is no such generation, here or in the files.
    pub(crate) fn unwrap(
        &self,
        name: &str,
        wrapped: &Wrapped,
    ) -> Result<Option<RawKey>, VaultError> {
        let mut generation = self.secrets.get(wrapped.generation);
        if generation.is_none() {
            self.secrets.refresh()?;
            generation = self.secrets.get(wrapped.generation);
        }
        generation.map(|generation| wrapped.unwrap(&generation, name)).transpose()
    }

    /// Makes a key under `name`, unless another process does at the same time. `None` if it was
    /// erased.
    async fn make(&self, name: &str) -> Result<Option<RawKey>, VaultError> {
        let mut ours = RawKey::new(random()?);
        self.secrets.refresh()?;
        let mut value =
            Entry::Key(Wrapped::wrap(&*self.secrets.newest()?, name, &ours)?).to_bytes();
        self.store.create(name, value.clone()).await?;
        // A rotation that began before the key was stored may not see it; then its generation is
        // there to be seen now, and ours may be destroyed already.
        for _ in 0..TRIES {
            self.secrets.refresh()?;
            let newest = self.secrets.newest()?;
            let Some(stored) = self.store.get(name).await? else { break };
            let Entry::Key(wrapped) = Entry::from_bytes(&stored.value)? else { return Ok(None) };
            if stored.value != value {
                // The other process's key: if its generation is gone, it wraps it anew just now.
                let Some(theirs) = self.unwrap(name, &wrapped)? else { continue };
                ours = theirs;
            }
            if wrapped.generation >= newest.number {
                return Ok(Some(ours));
            }
            value = Entry::Key(Wrapped::wrap(&newest, name, &ours)?).to_bytes();
            let (name, revision) = (name.to_owned(), stored.revision);
            self.store.replace(vec![Replacement { name, revision, value: value.clone() }]).await?;
        }
        Err(VaultError::Unavailable(format!("{name} does not settle")))
    }
}
