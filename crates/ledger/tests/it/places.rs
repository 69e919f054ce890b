//! The smallest model that can clash: numbered places, each held by one at a time. A second service
//! keeps a list of what it heard of them.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use async_trait::async_trait;
use dugnad_journal::{Journal, Partition, Service, Tenant};
use dugnad_ledger::{
    Ask, Caller, Clock, Config, Context, ForeignEvent, Ledger, Model, Nothing, RequestId, Secrets,
    Source,
};
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// Places, each held by one at a time, some only until a deadline.
#[derive(Debug)]
pub(crate) struct Places;

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct PlacesState {
    pub(crate) held: BTreeMap<u32, Uuid>,
    pub(crate) until: BTreeMap<u32, Timestamp>,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) enum PlacesCommand {
    Take { place: u32 },
    Hold { place: u32, until: Timestamp },
    Leave { place: u32 },
    Pad { bytes: usize },
    Expire,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum PlacesEvent {
    Taken { place: u32, by: Uuid },
    Held { place: u32, by: Uuid, until: Timestamp },
    Left { place: u32 },
    Padded { pad: String },
}

#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum PlacesRefusal {
    #[error("place {place} is taken by {by}")]
    Taken { place: u32, by: Uuid },
    #[error("place {0} is free")]
    Free(u32),
}

impl Model for Places {
    const SERVICE: &'static str = "places";
    type State = PlacesState;
    type Command = PlacesCommand;
    type Event = PlacesEvent;
    type Refusal = PlacesRefusal;
    type Foreign = Nothing;

    fn decide(
        state: &PlacesState,
        cx: &Context,
        command: PlacesCommand,
    ) -> Result<Vec<PlacesEvent>, PlacesRefusal> {
        let free = |place| match state.held.get(&place) {
            Some(by) => Err(PlacesRefusal::Taken { place, by: *by }),
            None => Ok(()),
        };
        match command {
            PlacesCommand::Take { place } => {
                free(place)?;
                Ok(vec![PlacesEvent::Taken { place, by: cx.id(0) }])
            }
            PlacesCommand::Hold { place, until } => {
                free(place)?;
                Ok(vec![PlacesEvent::Held { place, by: cx.id(0), until }])
            }
            PlacesCommand::Leave { place } if state.held.contains_key(&place) => {
                Ok(vec![PlacesEvent::Left { place }])
            }
            PlacesCommand::Leave { place } => Err(PlacesRefusal::Free(place)),
            PlacesCommand::Pad { bytes } => {
                Ok(vec![PlacesEvent::Padded { pad: "x".repeat(bytes) }])
            }
            PlacesCommand::Expire => {
                let due = state.until.iter().filter(|(_, until)| **until <= cx.now);
                Ok(due.map(|(place, _)| PlacesEvent::Left { place: *place }).collect())
            }
        }
    }

    fn evolve(state: &mut PlacesState, event: &PlacesEvent) {
        match event {
            PlacesEvent::Taken { place, by } => {
                state.held.insert(*place, *by);
            }
            PlacesEvent::Held { place, by, until } => {
                state.held.insert(*place, *by);
                state.until.insert(*place, *until);
            }
            PlacesEvent::Left { place } => {
                state.held.remove(place);
                state.until.remove(place);
            }
            PlacesEvent::Padded { .. } => {}
        }
    }

    fn deadline(state: &PlacesState) -> Option<Timestamp> {
        state.until.values().min().copied()
    }

    fn tick() -> Option<PlacesCommand> {
        Some(PlacesCommand::Expire)
    }
}

/// Hears of places, and notes each once; a place it was told to expect, and no other.
#[derive(Debug)]
pub(crate) struct Notes;

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct NotesState {
    pub(crate) expected: BTreeSet<u32>,
    pub(crate) noted: Vec<u32>,
    pub(crate) refused: Vec<u32>,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) enum NotesCommand {
    Expect { place: u32 },
    Note { place: u32 },
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum NotesEvent {
    Expected { place: u32 },
    Noted { place: u32 },
    Refused { source: Source, place: u32 },
}

#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum NotesRefusal {
    #[error("place {0} was never expected")]
    NotHeardOf(u32),
    #[error("place {0} is unlucky")]
    Unlucky(u32),
}

/// Refused whatever happens.
pub(crate) const UNLUCKY: u32 = 1313;

/// How long a place not heard of is waited for.
pub(crate) const PATIENCE: SignedDuration = SignedDuration::from_secs(60);

impl Model for Notes {
    const SERVICE: &'static str = "notes";
    type State = NotesState;
    type Command = NotesCommand;
    type Event = NotesEvent;
    type Refusal = NotesRefusal;
    type Foreign = PlacesEvent;

    fn decide(
        state: &NotesState,
        _cx: &Context,
        command: NotesCommand,
    ) -> Result<Vec<NotesEvent>, NotesRefusal> {
        match command {
            NotesCommand::Expect { place } => Ok(vec![NotesEvent::Expected { place }]),
            NotesCommand::Note { place: UNLUCKY } => Err(NotesRefusal::Unlucky(UNLUCKY)),
            NotesCommand::Note { place } if state.expected.contains(&place) => {
                Ok(vec![NotesEvent::Noted { place }])
            }
            NotesCommand::Note { place } => Err(NotesRefusal::NotHeardOf(place)),
        }
    }

    fn evolve(state: &mut NotesState, event: &NotesEvent) {
        match event {
            NotesEvent::Expected { place } => {
                state.expected.insert(*place);
            }
            NotesEvent::Noted { place } => state.noted.push(*place),
            NotesEvent::Refused { place, .. } => state.refused.push(*place),
        }
    }

    fn react(_state: &NotesState, event: &ForeignEvent<PlacesEvent>) -> Vec<NotesCommand> {
        match &event.event {
            PlacesEvent::Taken { place, .. } => vec![NotesCommand::Note { place: *place }],
            _ => Vec::new(),
        }
    }

    fn refused(source: &Source, refusal: &NotesRefusal) -> Option<NotesEvent> {
        let (NotesRefusal::NotHeardOf(place) | NotesRefusal::Unlucky(place)) = refusal;
        Some(NotesEvent::Refused { source: source.clone(), place: *place })
    }

    fn park(refusal: &NotesRefusal) -> Option<SignedDuration> {
        matches!(refusal, NotesRefusal::NotHeardOf(_)).then_some(PATIENCE)
    }
}

/// A clock that runs with tokio's, which tests can pause.
#[derive(Clone, Copy, Debug)]
pub(crate) struct TestClock {
    start: tokio::time::Instant,
    from: Timestamp,
}

impl TestClock {
    pub(crate) fn starting(from: Timestamp) -> Self {
        Self { start: tokio::time::Instant::now(), from }
    }
}

impl Clock for TestClock {
    fn now(&self) -> Timestamp {
        self.from + SignedDuration::try_from(self.start.elapsed()).expect("tests are short")
    }
}

struct FixedSecret;

#[async_trait]
impl Secrets for FixedSecret {
    async fn digest_key(&self, _tenant: &Tenant) -> Result<[u8; 32], String> {
        Ok([7; 32])
    }
}

/// 2026-12-01T12:00:00Z.
pub(crate) fn noon() -> Timestamp {
    Timestamp::from_second(1_796_126_400).expect("a time")
}

pub(crate) fn config() -> Config {
    config_at(TestClock::starting(noon()))
}

pub(crate) fn config_at(clock: impl Clock) -> Config {
    let mut config = Config::new(Arc::new(FixedSecret));
    config.clock = Arc::new(clock);
    config
}

pub(crate) fn open<M: Model>(journal: &(impl Journal + Clone)) -> Ledger<M> {
    Ledger::open(Arc::new(journal.clone()), config())
}

pub(crate) fn tenant() -> Tenant {
    Tenant::new("drammen").expect("a tenant")
}

pub(crate) fn partition(service: &str) -> Partition {
    Partition::new(Service::new(service).expect("a service"), tenant())
}

pub(crate) fn caller() -> Caller {
    Caller { tenant: tenant(), id: Uuid::from_u128(1) }
}

/// The `n`th request id of a time.
pub(crate) fn request_id(at: Timestamp, n: u64) -> RequestId {
    let millis = u128::try_from(at.as_millisecond()).expect("after 1970");
    let bits = (millis << 80) | (7 << 76) | (2 << 62) | u128::from(n & 0xffff_ffff);
    RequestId::new(Uuid::from_u128(bits)).expect("a UUIDv7")
}

pub(crate) fn ask<C>(n: u64, command: C) -> Ask<C> {
    Ask { request_id: request_id(noon(), n), command }
}

pub(crate) fn take(n: u64, place: u32) -> Ask<PlacesCommand> {
    ask(n, PlacesCommand::Take { place })
}
