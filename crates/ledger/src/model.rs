//! What a service brings: a state, and two pure functions over it.

use std::fmt;

use dugnad_journal::{Hash, Partition, Service, Tenant};
use jiff::Timestamp;
use serde::{
    Deserialize, Serialize,
    de::{DeserializeOwned, IgnoredAny},
};
use uuid::Uuid;

use crate::commit::{Commit, Record};

/// Who calls, in which municipality. Opaque: a name stands nowhere.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Caller {
    /// The municipality.
    pub tenant: Tenant,
    /// Whoever calls; nil for the ledger itself (timers, followers).
    pub id: Uuid,
}

/// Names one intent of a caller: a UUIDv7, made once and repeated on every retry.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct RequestId(Uuid);

/// Why a UUID names no request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("must be a UUIDv7, made once per intent")]
pub struct NotARequestId;

impl RequestId {
    /// # Errors
    /// If the UUID is not of version 7.
    pub fn new(id: Uuid) -> Result<Self, NotARequestId> {
        if id.get_version_num() == 7 { Ok(Self(id)) } else { Err(NotARequestId) }
    }

    /// The UUID.
    pub fn uuid(self) -> Uuid {
        self.0
    }

    /// The milliseconds since 1970 that a UUIDv7 begins with.
    pub fn millis(self) -> i64 {
        i64::try_from(self.0.as_u128() >> 80).expect("48 bits fit")
    }
}

impl fmt::Display for RequestId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// The facts from outside that a decision may use.
#[derive(Clone, Debug)]
pub struct Context {
    /// The wall clock, never before the partition's last record; whole milliseconds.
    pub now: Timestamp,
    /// Who asks.
    pub caller: Caller,
    /// The request's id, or a UUIDv5 for what the ledger itself asks.
    pub request: Uuid,
}

impl Context {
    /// The `n`th id of this request: deciding again names the same things.
    pub fn id(&self, n: u32) -> Uuid {
        Uuid::new_v5(&self.request, &n.to_be_bytes())
    }
}

/// A service's rules. All functions are pure: no async, no clock, no I/O.
pub trait Model: Send + Sync + Sized + 'static {
    /// The service's name, as in the subject `dugnad.<service>.<tenant>`.
    const SERVICE: &'static str;
    /// What the rules look at: plain std collections, changed in place. Its digest is taken of what
    /// `Debug` shows.
    type State: Default + fmt::Debug + Send + 'static;
    /// What can be asked. Its MessagePack is what repeats are compared by.
    type Command: Clone + Serialize + DeserializeOwned + Send + Sync + 'static;
    /// What happened. Externally tagged; events only gain fields with defaults.
    type Event: Clone + Serialize + DeserializeOwned + Send + Sync + 'static;
    /// A rule of the domain that says no, with what the caller needs next.
    type Refusal: Clone + std::error::Error + Send + Sync + 'static;
    /// The events of other services that this one listens to.
    type Foreign: DeserializeOwned + Send + Sync + 'static;

    /// What `command` leads to, or the rule that refuses it. No events means: nothing to change, and
    /// nothing is written.
    ///
    /// # Errors
    /// The rule that says no.
    fn decide(
        state: &Self::State,
        cx: &Context,
        command: Self::Command,
    ) -> Result<Vec<Self::Event>, Self::Refusal>;

    /// Makes an event part of the state. Never fails: what was accepted holds.
    fn evolve(state: &mut Self::State, event: &Self::Event);

    /// When the model next wants a [`Model::tick`], if ever.
    fn deadline(_state: &Self::State) -> Option<Timestamp> {
        None
    }

    /// The command issued when the deadline has passed.
    fn tick() -> Option<Self::Command> {
        None
    }

    /// Reads the events of a commit of `service`. Only a model that listens to several services needs
    /// its own.
    ///
    /// # Errors
    /// An event of a kind not known here stops the partition with an alarm: it is never skipped.
    fn read_foreign(
        _service: &Service,
        commit: &ForeignCommit<'_>,
    ) -> Result<Vec<(Timestamp, Self::Foreign)>, Unreadable> {
        commit.events()
    }

    /// What another service's event calls for here.
    fn react(_state: &Self::State, _event: &ForeignEvent<Self::Foreign>) -> Vec<Self::Command> {
        Vec::new()
    }

    /// The event that tells the sender of `source` that what it called for was refused.
    fn refused(_source: &Source, _refusal: &Self::Refusal) -> Option<Self::Event> {
        None
    }

    /// How long a refused reaction is kept and tried again because it names something not yet heard
    /// of (two streams have no order between them). `None`: it is refused now.
    fn park(_refusal: &Self::Refusal) -> Option<jiff::SignedDuration> {
        None
    }
}

/// Where a foreign event stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Source {
    /// The sender's history.
    pub partition: Partition,
    /// The commit's number there.
    pub number: u64,
    /// The commit's hash.
    pub hash: Hash,
    /// The event's index within the commit.
    pub index: u32,
}

/// Another service's event, as it arrives.
#[derive(Clone, Debug)]
pub struct ForeignEvent<E> {
    /// Where it stands.
    pub source: Source,
    /// When it was committed there.
    pub at: Timestamp,
    /// What happened.
    pub event: E,
}

/// A commit of another service, not yet decoded.
#[derive(Clone, Copy, Debug)]
pub struct ForeignCommit<'a>(pub(crate) &'a [u8]);

/// A commit that holds something not known here.
#[derive(Debug, thiserror::Error)]
pub enum Unreadable {
    /// An event of a kind not known here.
    #[error("not understood, update this service: {0}")]
    Event(#[from] rmp_serde::decode::Error),
    /// A service that the model does not listen to.
    #[error("nothing of {0} is understood here")]
    Service(Service),
}

impl ForeignCommit<'_> {
    /// Its events in order, each with the time of its record.
    ///
    /// # Errors
    /// If one is no `E`.
    pub fn events<E: DeserializeOwned>(&self) -> Result<Vec<(Timestamp, E)>, Unreadable> {
        self.events_as(|event| event)
    }

    /// The same, each wrapped as an event of its service: for models that listen to several.
    ///
    /// # Errors
    /// If one is no `E`.
    pub fn events_as<E: DeserializeOwned, F>(
        &self,
        wrap: fn(E) -> F,
    ) -> Result<Vec<(Timestamp, F)>, Unreadable> {
        let commit = Commit::<Record<E, IgnoredAny>>::read(self.0)?;
        let of = |record: Record<E, IgnoredAny>| {
            let at = record.at;
            record.events.into_iter().map(move |event| (at, wrap(event)))
        };
        Ok(commit.records.into_iter().flat_map(of).collect())
    }
}

/// For models that listen to nobody.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub enum Nothing {}
