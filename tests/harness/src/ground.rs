//! What a test of a door stands on: a journal, keys and a clock that the test sets; services beside
//! the one that is tested, which say what they are told to say; and who calls.

use std::{
    fmt::Debug,
    marker::PhantomData,
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
    },
};

use anyhow::{Context as _, Result};
use async_trait::async_trait;
use dugnad_door::Role;
use dugnad_events::{activities, matching, rides, rooms, volunteers};
use dugnad_journal::{Journal, Tenant};
use dugnad_ledger::{
    Ask, Caller, Clock, Config, Context, Ledger, Model, Nothing, RequestId, Secrets,
};
use dugnad_vault::{Master, PersonId, Vault};
use jiff::Timestamp;
use serde::{Serialize, de::DeserializeOwned};
use tonic::{Request, Status, service::Interceptor};
use uuid::{NoContext, Uuid};

/// The municipality of these tests.
pub const TENANT: &str = "drammen";

/// A journal, keys and a clock, in a directory that goes with it.
pub struct Ground {
    /// A file, or NATS: see [`crate::journal`].
    pub journal: Arc<dyn Journal>,
    /// Everybody's keys.
    pub vault: Vault,
    /// How ledgers run on it.
    pub config: Config,
    /// What it is by the test.
    pub clock: Hands,
    /// The municipality.
    pub tenant: Tenant,
    _dir: tempfile::TempDir,
}

impl Ground {
    /// A new one, with its clock at this time.
    ///
    /// # Errors
    /// If it cannot be had.
    pub async fn open(at: Timestamp) -> Result<Self> {
        let dir = tempfile::tempdir()?;
        let journal = crate::journal(dir.path()).await?;
        let (keys, secrets) = (dir.path().join("keys"), dir.path().join("secrets"));
        let (vault, _) = Vault::embedded(&keys, &secrets, &Master::Made).await?;
        let clock = Hands::default();
        clock.set(at);
        let config = Config::new(Arc::new(Keys(vault.clone())));
        let config = Config { clock: Arc::new(clock.clone()), ..config };
        let tenant = Tenant::new(TENANT)?;
        Ok(Self { journal, vault, config, clock, tenant, _dir: dir })
    }

    /// A service that says what it is told to say.
    #[must_use]
    pub fn speaker<E: Said>(&self) -> Speaker<E> {
        let ledger = Ledger::open(self.journal.clone(), self.config.clone());
        Speaker { ledger, tenant: self.tenant.clone(), clock: self.clock.clone() }
    }

    /// A request id of now, by the test's clock.
    #[must_use]
    pub fn id(&self) -> String {
        self.clock.id().to_string()
    }
}

/// A clock that the test sets: milliseconds since 1970.
#[derive(Clone, Default)]
pub struct Hands(Arc<AtomicI64>);

impl Hands {
    /// It is this time.
    pub fn set(&self, at: Timestamp) {
        self.0.store(at.as_millisecond(), Ordering::SeqCst);
    }

    /// It is so many minutes later.
    pub fn later(&self, minutes: i64) {
        self.0.fetch_add(minutes * 60_000, Ordering::SeqCst);
    }

    /// A UUIDv7 of this time.
    #[must_use]
    pub fn id(&self) -> Uuid {
        let millis = u64::try_from(self.0.load(Ordering::SeqCst)).unwrap_or_default();
        let nanos = u32::try_from(millis % 1000).unwrap_or_default() * 1_000_000;
        Uuid::new_v7(uuid::Timestamp::from_unix(NoContext, millis / 1000, nanos))
    }
}

impl Clock for Hands {
    fn now(&self) -> Timestamp {
        Timestamp::from_millisecond(self.0.load(Ordering::SeqCst)).unwrap_or(Timestamp::MAX)
    }
}

struct Keys(Vault);

#[async_trait]
impl Secrets for Keys {
    async fn digest_key(&self, tenant: &Tenant) -> Result<[u8; 32], String> {
        self.0.digest_key(tenant.as_str()).await.map_err(|error| error.to_string())
    }
}

/// Whoever calls, and in which role.
#[derive(Clone)]
pub struct Who(pub PersonId, pub Role);

impl Interceptor for Who {
    fn call(&mut self, mut request: Request<()>) -> Result<Request<()>, Status> {
        let value = |text: &str| text.parse().map_err(|_| Status::internal("no header's value"));
        let metadata = request.metadata_mut();
        metadata.insert(dugnad_door::TENANT, value(TENANT)?);
        metadata.insert(dugnad_door::CALLER, value(&self.0.0.to_string())?);
        metadata.insert(dugnad_door::ROLE, value(self.1.name())?);
        Ok(request)
    }
}

/// An event that another service can be told to say.
pub trait Said: Clone + Debug + Serialize + DeserializeOwned + Send + Sync + 'static {
    /// Whose it is.
    const SERVICE: &'static str;
}

impl Said for activities::Event {
    const SERVICE: &'static str = "activities";
}

impl Said for matching::Event {
    const SERVICE: &'static str = "matching";
}

impl Said for rides::Event {
    const SERVICE: &'static str = "rides";
}

impl Said for rooms::Event {
    const SERVICE: &'static str = "rooms";
}

impl Said for volunteers::Event {
    const SERVICE: &'static str = "volunteers";
}

/// The rules of a service that says what it is told to say.
pub struct Says<E>(PhantomData<E>);

impl<E: Said> Model for Says<E> {
    const SERVICE: &'static str = E::SERVICE;
    type State = ();
    type Command = Vec<E>;
    type Event = E;
    type Refusal = Never;
    type Foreign = Nothing;

    fn decide((): &(), _: &Context, command: Vec<E>) -> Result<Vec<E>, Never> {
        Ok(command)
    }

    fn evolve((): &mut (), _: &E) {}
}

/// It refuses nothing.
#[derive(Clone, Debug, thiserror::Error)]
pub enum Never {}

/// A service beside the one that is tested.
pub struct Speaker<E: Said> {
    ledger: Ledger<Says<E>>,
    tenant: Tenant,
    clock: Hands,
}

impl<E: Said> Speaker<E> {
    /// It has happened, in one commit.
    ///
    /// # Errors
    /// When the journal is away.
    pub async fn says(&self, events: Vec<E>) -> Result<()> {
        let caller = Caller { tenant: self.tenant.clone(), id: Uuid::from_u128(1) };
        let request_id = RequestId::new(self.clock.id())?;
        let ask = Ask { request_id, command: events };
        self.ledger.execute(&caller, ask, None).await.context("it was not said")?;
        Ok(())
    }
}
