//! The dispatcher: makes the plans that the rule book judges.
//!
//! It keeps a planner for each day that is asked about, built from what is in force at a known version of
//! the day. A proposal is made on it and sent to the ledger with that version; if the day has changed
//! meanwhile, it is refused there, and made anew from what is in force then. Nothing here decides, and
//! nothing here is needed to replay.
//!
//! One proposal a day at a time in this process; proposals of other processes meet in the ledger. Bounded:
//! [`MOST_DAYS`] planners are kept, those that nobody uses go first.

mod demands;
mod failed;
mod grid;
mod improve;
mod keep;
mod orders;
mod repair;
mod replica;
mod request;
mod snapshot;
mod wants;
mod words;

use std::{
    collections::HashMap,
    sync::{Arc, PoisonError},
};

use dugnad_door::Desk;
use dugnad_events::{
    RideId,
    rides::{self, Base, Event},
    volunteers::Location,
};
use dugnad_journal::Tenant;
use dugnad_ledger::{Ask, Caller, Error, Ledger, RequestId};
use dugnad_vault::Vault;
use jiff::{Timestamp, civil::Date};
use tokio::sync::{Mutex, OwnedMutexGuard};
use uuid::{NoContext, Uuid};

pub use failed::Failed;
pub(crate) use improve::{Improved, Improving};
pub use keep::keep;
pub(crate) use request::{Asked, NoRide};
pub(crate) use words::InTheWay;

use crate::{
    model::{Command, Proposal, Refusal, Rides, State},
    ways::Ways,
};
use replica::{Places, Replica};
use snapshot::Snapshot;

/// The most days whose planners are kept in memory.
const MOST_DAYS: usize = 32;
/// How often a proposal is made anew because the day changed meanwhile.
const ATTEMPTS: usize = 5;

type Slot = Arc<Mutex<Option<Replica>>>;

/// Makes plans. Cheap to clone.
#[derive(Clone)]
pub struct Dispatcher {
    desk: Desk<Rides>,
    ways: Arc<dyn Ways>,
    days: Arc<std::sync::Mutex<HashMap<(Tenant, Date), Slot>>>,
    retried: Arc<std::sync::Mutex<orders::Retried>>,
    tried: Arc<std::sync::Mutex<wants::Tried>>,
}

/// A day's planner, and the time it was looked at.
struct Held {
    slot: OwnedMutexGuard<Option<Replica>>,
    replica: Replica,
    now: Timestamp,
    /// Why the last proposal was not taken.
    refusal: Option<Refusal>,
}

impl Held {
    /// What is said when no attempt was taken.
    fn given_up(self) -> Failed {
        let day = self.replica.day;
        self.refusal.unwrap_or(Refusal::Stale(day)).into()
    }

    /// Leaves the planner for the next.
    fn keep(mut self) {
        *self.slot = Some(self.replica);
    }
}

impl Dispatcher {
    /// Plans by these travel times.
    #[must_use]
    pub fn new(ledger: Ledger<Rides>, vault: Vault, ways: Arc<dyn Ways>) -> Self {
        let desk = Desk { ledger, vault };
        let (days, retried, tried) = (Arc::default(), Arc::default(), Arc::default());
        Self { desk, ways, days, retried, tried }
    }

    pub(crate) fn desk(&self) -> Desk<Rides> {
        self.desk.clone()
    }

    pub(crate) fn ways(&self) -> &Arc<dyn Ways> {
        &self.ways
    }

    fn slot(&self, tenant: &Tenant, day: Date) -> Slot {
        let mut days = self.days.lock().unwrap_or_else(PoisonError::into_inner);
        if days.len() >= MOST_DAYS {
            days.retain(|_, slot| Arc::strong_count(slot) > 1);
        }
        days.entry((tenant.clone(), day)).or_default().clone()
    }

    /// A day's planner as it is in force now, for nobody else meanwhile. `more` is to be asked for.
    async fn hold(&self, tenant: &Tenant, day: Date, more: &[rides::Ride]) -> Result<Held, Failed> {
        let mut slot = self.slot(tenant, day).lock_owned().await;
        let kept = slot.take();
        self.fresh(slot, kept, tenant, day, more).await
    }

    /// The same, anew: what was proposed did not hold.
    async fn anew(
        &self,
        held: Held,
        tenant: &Tenant,
        day: Date,
        more: &[rides::Ride],
    ) -> Result<Held, Failed> {
        let Held { slot, mut replica, refusal, .. } = held;
        // No day has this version.
        replica.version = u64::MAX;
        let fresh = self.fresh(slot, Some(replica), tenant, day, more).await?;
        Ok(Held { refusal, ..fresh })
    }

    async fn fresh(
        &self,
        slot: OwnedMutexGuard<Option<Replica>>,
        kept: Option<Replica>,
        tenant: &Tenant,
        day: Date,
        more: &[rides::Ride],
    ) -> Result<Held, Failed> {
        let version = kept.as_ref().map(|replica| replica.version);
        let asked = more.to_vec();
        let look = move |state: &State, now| {
            let is_fresh = version == Some(state.version(day));
            let snapshot = (!is_fresh).then(|| Snapshot::take(state, now, day, &asked));
            (snapshot, now)
        };
        let (snapshot, now) = self.look(tenant, look).await?;
        let replica = match (snapshot, kept) {
            (None, Some(replica)) => replica,
            (Some(snapshot), kept) => {
                let (opened, known) = kept.map(Replica::into_known).unzip();
                let places = self.places(tenant, &snapshot, opened.unwrap_or_default()).await?;
                let ways = self.ways.clone();
                blocking(move || Replica::new(snapshot, places, &*ways, known)).await?.map_err(
                    |why| {
                        tracing::error!(%tenant, %day, "what is in force does not hold: {why}");
                        Failed::Defect
                    },
                )?
            }
            (None, None) => return Err(Failed::Defect),
        };
        Ok(Held { slot, replica, now, refusal: None })
    }

    /// Opens where things are: outside the rule book, and only here. What was `opened` before is not
    /// opened again; what is not asked about any more, or of whom was erased, is forgotten.
    async fn places(
        &self,
        tenant: &Tenant,
        snapshot: &Snapshot,
        opened: Places,
    ) -> Result<Places, Failed> {
        let mut places = Places::default();
        for shift in &snapshot.shifts {
            if let Some(known) = opened.bases.get(&shift.id) {
                places.bases.insert(shift.id, *known);
                continue;
            }
            let Some(start) = self.base(tenant, &shift.vehicle.start).await? else { continue };
            let end = match &shift.vehicle.end {
                Some(base) => self.base(tenant, base).await?,
                None => None,
            };
            places.bases.insert(shift.id, (start, end));
        }
        for (id, ride) in &snapshot.rides {
            if let Some(ends) = opened.ends.get(id).filter(|_| !snapshot.erased.contains(id)) {
                places.ends.insert(*id, *ends);
                continue;
            }
            let opened = self.desk.vault.open(tenant.as_str(), &ride.facts.way).await;
            if let Some(way) = opened?.known() {
                places.ends.insert(*id, [way.from.at, way.to.at]);
            }
        }
        Ok(places)
    }

    async fn base(&self, tenant: &Tenant, base: &Base) -> Result<Option<Location>, Failed> {
        match base {
            Base::At(at) => Ok(Some(*at)),
            Base::Home(home) => {
                let opened = self.desk.vault.open(tenant.as_str(), home).await;
                Ok(opened?.known())
            }
        }
    }

    /// Sends a proposal to the ledger. `None`: it does not hold any more.
    async fn propose(
        &self,
        caller: &Caller,
        held: &mut Held,
        proposal: Proposal,
    ) -> Result<Option<Arc<[Event]>>, Failed> {
        let routes = proposal.routes.clone();
        let command = Command::Propose(Box::new(proposal));
        let ask = Ask { request_id: fresh_id(held.now), command };
        match self.desk.ledger.execute(caller, ask, None).await {
            Ok(accepted) => {
                let version = held.replica.version + accepted.events.len() as u64;
                held.replica.committed(version, &routes);
                Ok(Some(accepted.events))
            }
            Err(Error::Refused(why @ (Refusal::Stale(_) | Refusal::DoesNotHold { .. }))) => {
                tracing::debug!("a proposal is made anew: {why}");
                held.refusal = Some(why);
                Ok(None)
            }
            Err(error) => Err(error.into()),
        }
    }

    async fn look<R: Send + 'static>(
        &self,
        tenant: &Tenant,
        look: impl Fn(&State, Timestamp) -> R + Send + 'static,
    ) -> Result<R, Failed> {
        self.desk.ledger.query(tenant, None, look).await.map_err(Failed::from)
    }
}

/// The way that a ride would go, for whoever asks for it.
pub(crate) fn ends(way: &rides::Way) -> [Location; 2] {
    [way.from.at, way.to.at]
}

/// The ids of what a request makes, whenever it is repeated.
pub(crate) fn ride_id(of: Uuid, n: u32) -> RideId {
    RideId(Uuid::new_v5(&of, &n.to_be_bytes()))
}

/// For what one attempt asks of the ledger: another attempt is another intent.
fn fresh_id(now: Timestamp) -> RequestId {
    let seconds = u64::try_from(now.as_second()).unwrap_or_default();
    let nanos = now.subsec_nanosecond().unsigned_abs();
    let id = Uuid::new_v7(uuid::Timestamp::from_unix(NoContext, seconds, nanos));
    RequestId::new(id).expect("a v7 is a v7")
}

/// Runs what computes for long where nobody else waits for it.
async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<T, Failed> {
    tokio::task::spawn_blocking(work).await.map_err(|_| Failed::Defect)
}
