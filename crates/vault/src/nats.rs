//! The key store on NATS: the bucket `DUGNAD_VAULT`. The only file that knows of NATS.
//!
//! Writes compare the last sequence of their own subject, so two processes that make one person's
//! key at once end up with one. Reads ask the stream's leader, never a replica that may lag.

use std::time::Duration;

use async_nats::jetstream::{
    self,
    kv::{self, CreateErrorKind, UpdateErrorKind},
    stream::{LastRawMessageErrorKind, StorageType},
};
use async_trait::async_trait;
use futures::{
    StreamExt, TryStreamExt,
    stream::{self, BoxStream},
};

use crate::{
    OpenError, VaultError,
    store::{Change, KeyStore, Replacement, Stored},
};

const BUCKET: &str = "DUGNAD_VAULT";
/// Writes under way at once when keys are wrapped anew.
const WRITES: usize = 64;
/// The server sends the next row within this, or it is away.
const ANSWERS_WITHIN: Duration = Duration::from_secs(30);
/// Before a broken watch is tried again.
const PAUSE: Duration = Duration::from_secs(1);

pub(crate) struct NatsStore {
    bucket: kv::Store,
}

impl NatsStore {
    pub(crate) async fn connect(url: &str) -> Result<Self, OpenError> {
        let store = |error: &dyn ToString| OpenError::Store(error.to_string());
        let client = async_nats::connect(url).await.map_err(|error| store(&error))?;
        let context = jetstream::new(client);
        let bucket = match context.get_key_value(BUCKET).await {
            Ok(bucket) => bucket,
            Err(_) => {
                let config = kv::Config {
                    bucket: BUCKET.into(),
                    description: "wrapped keys of people; never back up with the journal".into(),
                    history: 1,
                    storage: StorageType::File,
                    ..Default::default()
                };
                context.create_key_value(config).await.map_err(|error| store(&error))?
            }
        };
        let status = bucket.status().await.map_err(|error| store(&error))?;
        let config = &status.info.config;
        let as_made = config.storage == StorageType::File
            && config.max_messages_per_subject == 1
            && config.max_age.is_zero()
            && config.max_messages <= 0
            && config.max_bytes <= 0;
        match as_made {
            true => Ok(Self { bucket }),
            false => Err(OpenError::Store(format!(
                "the bucket {BUCKET} must be on file, with a history of 1 and without limits"
            ))),
        }
    }
}

#[async_trait]
impl KeyStore for NatsStore {
    async fn get(&self, name: &str) -> Result<Option<Stored>, VaultError> {
        let subject = format!("{}{name}", self.bucket.prefix);
        match self.bucket.stream.get_last_raw_message_by_subject(&subject).await {
            Ok(message) => {
                let value = message.payload.to_vec();
                Ok(Some(Stored { value, revision: message.sequence }))
            }
            Err(error) if error.kind() == LastRawMessageErrorKind::NoMessageFound => Ok(None),
            Err(error) => Err(away(&error)),
        }
    }

    async fn create(&self, name: &str, value: Vec<u8>) -> Result<Stored, VaultError> {
        match self.bucket.create(name, value.clone().into()).await {
            Ok(revision) => Ok(Stored { value, revision }),
            Err(error) if error.kind() == CreateErrorKind::AlreadyExists => {
                let stored = self.get(name).await?;
                stored.ok_or_else(|| VaultError::Unavailable(format!("{name} was removed")))
            }
            Err(error) => Err(away(&error)),
        }
    }

    async fn put(&self, name: &str, value: Vec<u8>) -> Result<(), VaultError> {
        self.bucket.put(name, value.into()).await.map(drop).map_err(|error| away(&error))
    }

    async fn replace(&self, replacements: Vec<Replacement>) -> Result<(), VaultError> {
        stream::iter(replacements)
            .map(|Replacement { name, revision, value }| async move {
                match self.bucket.update(&name, value.into(), revision).await {
                    Err(error) if error.kind() != UpdateErrorKind::WrongLastRevision => {
                        Err(away(&error))
                    }
                    _ => Ok(()),
                }
            })
            .buffer_unordered(WRITES)
            .try_collect()
            .await
    }

    /// The last value of every name, until the server has no more pending. Old generations are
    /// destroyed on the word that nothing is missing here, so the rows are counted too.
    fn all(&self) -> BoxStream<'_, Result<(String, Stored), VaultError>> {
        let rows = async move {
            // Not `status`: that is what the bucket was like when it was opened.
            let info = self.bucket.stream.get_info().await.map_err(|error| away(&error))?;
            let left = info.state.messages;
            let watch = match left {
                0 => None,
                _ => {
                    let watch = self.bucket.watch_with_history(">").await;
                    Some(watch.map_err(|error| away(&error))?)
                }
            };
            Ok(stream::try_unfold(Rows { watch, left }, Rows::next))
        };
        stream::once(rows).try_flatten().boxed()
    }

    /// The server compacts its blocks when it likes.
    async fn tidy(&self) -> Result<(), VaultError> {
        Ok(())
    }

    async fn changes(&self) -> Result<Option<BoxStream<'static, Change>>, VaultError> {
        let watch = self.bucket.watch_all().await.map_err(|error| away(&error))?;
        let bucket = self.bucket.clone();
        Ok(Some(stream::unfold((bucket, watch), |(bucket, watch)| change(bucket, watch)).boxed()))
    }
}

/// A watch that began with what there is, and how many rows must still come.
struct Rows {
    watch: Option<kv::Watch>,
    left: u64,
}

impl Rows {
    async fn next(self) -> Result<Option<((String, Stored), Self)>, VaultError> {
        let missing = || away("the bucket's rows did not all arrive");
        let Some(mut watch) = self.watch else { return Ok(None) };
        let next = tokio::time::timeout(ANSWERS_WITHIN, watch.next()).await;
        let Ok(Some(entry)) = next else { return Err(missing()) };
        let entry = entry.map_err(|error| away(&error))?;
        let row = (entry.key, Stored { value: entry.value.to_vec(), revision: entry.revision });
        let left = self.left.saturating_sub(1);
        match entry.delta {
            0 if left > 0 => Err(missing()),
            0 => Ok(Some((row, Self { watch: None, left }))),
            _ => Ok(Some((row, Self { watch: Some(watch), left }))),
        }
    }
}

/// Waits for the next change; a watch that breaks is begun anew, and what it missed is said.
async fn change(
    bucket: kv::Store,
    mut watch: kv::Watch,
) -> Option<(Change, (kv::Store, kv::Watch))> {
    if let Some(Ok(entry)) = watch.next().await {
        return Some((Some((entry.key, entry.value.to_vec())), (bucket, watch)));
    }
    loop {
        if let Ok(watch) = bucket.watch_all().await {
            return Some((None, (bucket, watch)));
        }
        tokio::time::sleep(PAUSE).await;
    }
}

fn away(error: &(impl ToString + ?Sized)) -> VaultError {
    VaultError::Unavailable(error.to_string())
}
