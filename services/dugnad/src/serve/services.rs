//! The services there are: what each is called, whom it listens to, and how it is run.

use std::sync::Arc;

use anyhow::Result;
use async_trait::async_trait;
use axum::Router;
use clap::ValueEnum;
use dugnad_activities::Activities;
use dugnad_journal::{Journal, Partition, Service as Name, Tenant};
use dugnad_ledger::{Config, Ledger, Model, StateDigest, replay};
use dugnad_matching::Matching;
use dugnad_notices::{Contacts, Notices};
use dugnad_proto::{
    activities::v1::activities_service_server,
    matching::v1::{matching_service_server, plan_service_server, solve_service_server},
    notices::v1::notices_service_server,
    rides::v1::{rides_service_server, solve_service_server as rides_solve_service_server},
    rooms::v1::{
        calendar_service_server, doors_service_server, rooms_service_server, season_service_server,
        shifts_service_server,
    },
    volunteers::v1::{
        organisations_service_server, people_service_server, standing_service_server,
    },
};
use dugnad_rides::{Dispatcher, Rides, ways::Ways};
use dugnad_rooms::{
    Rooms,
    doors::{Broker, Pace, keep_doors},
};
use dugnad_vault::{PersonId, Vault};
use dugnad_volunteers::{Holdings, Volunteers};
use futures::future::BoxFuture;
use tonic::{Status, service::RoutesBuilder};

use super::{
    http::{calendar, catalogue},
    notices::Register,
};

/// A service that can be run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Service {
    /// Facilities, rooms and bookings.
    Rooms,
    /// People and organisations: who gives, who receives, and what they must have for it.
    Volunteers,
    /// Needs, who is asked, and who comes.
    Matching,
    /// Evenings: planned, arranged by way of the others, signed up for.
    Activities,
    /// Vehicles, drivers, promised rides, and who drives whom.
    Rides,
    /// Telling people, and hearing their answer.
    Notices,
}

/// One service in this process.
#[async_trait]
pub(super) trait Running: Send + Sync {
    /// Adds its gRPC doors, each behind who calls.
    /// `others` hold something of people too: an export asks them.
    fn add_doors(&self, routes: &mut RoutesBuilder, others: &[Arc<dyn Holdings>]);

    /// Says what it holds of a person, if another service exports that.
    fn holdings(&self) -> Option<Arc<dyn Holdings>>;

    /// Tells how people are reached, if it is the register.
    fn contacts(&self) -> Option<Arc<dyn Contacts>> {
        None
    }

    /// What it shows over HTTP, if it does; `origin` is how people reach it.
    fn pages(&self, _origin: &str) -> Option<Router> {
        None
    }

    /// What it does beside answering, for ever.
    fn background(&self) -> Option<BoxFuture<'static, ()>> {
        None
    }

    /// Brings every partition into memory, and forgets once more whom its histories say was erased:
    /// a crash may have come between the event and the key.
    async fn load(&self) -> Result<()>;

    /// What its states come to, each after its last commit.
    async fn digests(&self) -> Result<Vec<StateDigest>>;

    /// Finishes what was taken and takes nothing more: its callers get their answers.
    async fn finish(&self);
}

/// What a service stands on.
#[derive(Clone)]
pub(super) struct Ground {
    pub(super) journal: Arc<dyn Journal>,
    pub(super) vault: Vault,
    pub(super) config: Config,
    pub(super) ways: Arc<dyn Ways>,
    /// Where the locks are to be reached, and how patiently.
    pub(super) locks: Option<(Broker, Pace)>,
}

impl Service {
    /// Its name in the journal.
    pub(crate) fn name(self) -> Name {
        let name = match self {
            Self::Rooms => Rooms::SERVICE,
            Self::Volunteers => Volunteers::SERVICE,
            Self::Matching => Matching::SERVICE,
            Self::Activities => Activities::SERVICE,
            Self::Rides => Rides::SERVICE,
            Self::Notices => Notices::SERVICE,
        };
        Name::new(name).expect("a model's SERVICE is a service's name")
    }

    /// Whose events it reacts to.
    pub(super) fn follows(self) -> &'static [Self] {
        match self {
            Self::Rooms => &[Self::Volunteers, Self::Matching, Self::Activities],
            Self::Activities => {
                &[Self::Volunteers, Self::Rooms, Self::Matching, Self::Rides, Self::Notices]
            }
            Self::Rides => &[Self::Volunteers, Self::Matching, Self::Activities, Self::Notices],
            Self::Matching => &[Self::Volunteers, Self::Rooms, Self::Activities, Self::Notices],
            Self::Notices => {
                &[Self::Volunteers, Self::Rooms, Self::Matching, Self::Rides, Self::Activities]
            }
            Self::Volunteers => &[],
        }
    }

    /// What replay of a partition of its comes to, after each of `positions` (ascending) or at the end.
    pub(crate) async fn replay(
        self,
        journal: &dyn Journal,
        partition: &Partition,
        positions: &[u64],
    ) -> Result<Vec<StateDigest>> {
        let replayed = match self {
            Self::Rooms => replay::<Rooms>(journal, partition, positions).await,
            Self::Volunteers => replay::<Volunteers>(journal, partition, positions).await,
            Self::Matching => replay::<Matching>(journal, partition, positions).await,
            Self::Activities => replay::<Activities>(journal, partition, positions).await,
            Self::Rides => replay::<Rides>(journal, partition, positions).await,
            Self::Notices => replay::<Notices>(journal, partition, positions).await,
        };
        Ok(replayed?)
    }

    /// The full names of its gRPC services, as health and reflection know them.
    pub(super) fn doors(self) -> &'static [&'static str] {
        match self {
            Self::Rooms => &[
                rooms_service_server::SERVICE_NAME,
                season_service_server::SERVICE_NAME,
                shifts_service_server::SERVICE_NAME,
                doors_service_server::SERVICE_NAME,
                calendar_service_server::SERVICE_NAME,
            ],
            Self::Volunteers => &[
                people_service_server::SERVICE_NAME,
                organisations_service_server::SERVICE_NAME,
                standing_service_server::SERVICE_NAME,
            ],
            Self::Matching => &[
                matching_service_server::SERVICE_NAME,
                plan_service_server::SERVICE_NAME,
                solve_service_server::SERVICE_NAME,
            ],
            Self::Activities => &[activities_service_server::SERVICE_NAME],
            Self::Rides => {
                &[rides_service_server::SERVICE_NAME, rides_solve_service_server::SERVICE_NAME]
            }
            Self::Notices => &[notices_service_server::SERVICE_NAME],
        }
    }

    /// Opens its ledger and lets it listen; `None`: notices, which needs others that run.
    pub(super) fn start(self, ground: &Ground) -> Option<Arc<dyn Running>> {
        match self {
            Self::Rooms => Some(self.run::<Rooms>(ground)),
            Self::Volunteers => Some(self.run::<Volunteers>(ground)),
            Self::Matching => Some(self.run::<Matching>(ground)),
            Self::Activities => Some(self.run::<Activities>(ground)),
            Self::Rides => Some(Arc::new(Driven::start(ground))),
            Self::Notices => None,
        }
    }

    /// Its ledger, listening to those it follows.
    pub(super) fn ledger<M: Model>(self, ground: &Ground) -> Ledger<M> {
        let ledger = Ledger::<M>::open(ground.journal.clone(), ground.config.clone());
        for followed in self.follows() {
            ledger.listen(followed.name());
        }
        ledger
    }

    fn run<M: Model>(self, ground: &Ground) -> Arc<dyn Running>
    where
        OnGround<M>: Running + 'static,
    {
        Arc::new(self.open::<M>(ground))
    }

    fn open<M: Model>(self, ground: &Ground) -> OnGround<M> {
        OnGround { ledger: self.ledger(ground), name: self.name(), ground: ground.clone() }
    }
}

/// A service's ledger with what it stands on.
struct OnGround<M: Model> {
    ledger: Ledger<M>,
    name: Name,
    ground: Ground,
}

impl<M: Model> Clone for OnGround<M> {
    fn clone(&self) -> Self {
        let (ledger, name) = (self.ledger.clone(), self.name.clone());
        Self { ledger, name, ground: self.ground.clone() }
    }
}

#[async_trait]
impl Running for OnGround<Rooms> {
    fn add_doors(&self, routes: &mut RoutesBuilder, _others: &[Arc<dyn Holdings>]) {
        let (ledger, vault) = (self.ledger.clone(), self.ground.vault.clone());
        routes.add_service(dugnad_rooms::service(ledger.clone(), vault.clone()));
        routes.add_service(dugnad_rooms::season_service(ledger.clone(), vault.clone()));
        routes.add_service(dugnad_rooms::shifts_service(ledger.clone(), vault.clone()));
        routes.add_service(dugnad_rooms::doors_service(ledger.clone(), vault.clone()));
        routes.add_service(dugnad_rooms::calendar_service(ledger, vault));
    }

    fn pages(&self, origin: &str) -> Option<Router> {
        let Ground { journal, vault, .. } = self.ground.clone();
        let (ledger, service) = (self.ledger.clone(), self.name.clone());
        Some(calendar::pages(journal, service, ledger, vault, origin))
    }

    /// Without a broker codes are neither drawn nor set, and bookings that want one alarm.
    fn background(&self) -> Option<BoxFuture<'static, ()>> {
        let Ground { journal, vault, config, locks, .. } = self.ground.clone();
        let (broker, pace) = locks?;
        let (ledger, clock) = (self.ledger.clone(), config.clock);
        Some(Box::pin(keep_doors(journal, ledger, vault, clock, broker, pace)))
    }

    fn holdings(&self) -> Option<Arc<dyn Holdings>> {
        Some(Arc::new(self.clone()))
    }

    async fn load(&self) -> Result<()> {
        self.ledger.load_all().await?;
        for partition in self.ground.journal.partitions(&self.name).await? {
            let vault = &self.ground.vault;
            dugnad_rooms::reconcile_erasures(&self.ledger, vault, &partition.tenant).await?;
        }
        Ok(())
    }

    async fn digests(&self) -> Result<Vec<StateDigest>> {
        Ok(self.ledger.digests().await?)
    }

    async fn finish(&self) {
        self.ledger.shutdown().await;
    }
}

#[async_trait]
impl Holdings for OnGround<Rooms> {
    fn service(&self) -> &'static str {
        Rooms::SERVICE
    }

    async fn held(&self, tenant: &Tenant, person: PersonId) -> Result<serde_json::Value, Status> {
        dugnad_rooms::held(&self.ledger, &self.ground.vault, tenant, person).await
    }
}

#[async_trait]
impl Running for OnGround<Volunteers> {
    fn add_doors(&self, routes: &mut RoutesBuilder, others: &[Arc<dyn Holdings>]) {
        dugnad_volunteers::services(routes, &self.ledger, &self.ground.vault, others.to_vec());
    }

    fn holdings(&self) -> Option<Arc<dyn Holdings>> {
        None
    }

    fn contacts(&self) -> Option<Arc<dyn Contacts>> {
        Some(Arc::new(Register { ledger: self.ledger.clone(), ground: self.ground.clone() }))
    }

    /// Whom the clock erases has nobody at the door who would forget their key.
    fn background(&self) -> Option<BoxFuture<'static, ()>> {
        let Ground { journal, vault, .. } = self.ground.clone();
        Some(Box::pin(dugnad_volunteers::forget_erased(journal, self.ledger.clone(), vault)))
    }

    async fn load(&self) -> Result<()> {
        self.ledger.load_all().await?;
        for partition in self.ground.journal.partitions(&self.name).await? {
            let vault = &self.ground.vault;
            dugnad_volunteers::reconcile_erasures(&self.ledger, vault, &partition.tenant).await?;
        }
        Ok(())
    }

    async fn digests(&self) -> Result<Vec<StateDigest>> {
        Ok(self.ledger.digests().await?)
    }

    async fn finish(&self) {
        self.ledger.shutdown().await;
    }
}

/// Of erased people it holds no more than volunteers' history says, which forgets their keys.
#[async_trait]
impl Running for OnGround<Matching> {
    fn add_doors(&self, routes: &mut RoutesBuilder, _others: &[Arc<dyn Holdings>]) {
        let (ledger, vault) = (self.ledger.clone(), self.ground.vault.clone());
        routes.add_service(dugnad_matching::service(ledger.clone(), vault.clone()));
        routes.add_service(dugnad_matching::plan_service(ledger, vault));
        routes.add_service(dugnad_matching::solve_service());
    }

    fn holdings(&self) -> Option<Arc<dyn Holdings>> {
        Some(Arc::new(self.clone()))
    }

    async fn load(&self) -> Result<()> {
        Ok(self.ledger.load_all().await?)
    }

    async fn digests(&self) -> Result<Vec<StateDigest>> {
        Ok(self.ledger.digests().await?)
    }

    async fn finish(&self) {
        self.ledger.shutdown().await;
    }
}

#[async_trait]
impl Holdings for OnGround<Matching> {
    fn service(&self) -> &'static str {
        Matching::SERVICE
    }

    async fn held(&self, tenant: &Tenant, person: PersonId) -> Result<serde_json::Value, Status> {
        dugnad_matching::held(&self.ledger, &self.ground.vault, tenant, person).await
    }
}

/// Rides, with who plans them.
#[derive(Clone)]
struct Driven {
    on: OnGround<Rides>,
    dispatcher: Dispatcher,
}

impl Driven {
    fn start(ground: &Ground) -> Self {
        let on = Service::Rides.open::<Rides>(ground);
        let (ledger, vault) = (on.ledger.clone(), ground.vault.clone());
        let dispatcher = Dispatcher::new(ledger, vault, ground.ways.clone());
        Self { on, dispatcher }
    }
}

/// Of erased people it holds no more than volunteers' history says, which forgets their keys.
#[async_trait]
impl Running for Driven {
    fn add_doors(&self, routes: &mut RoutesBuilder, _others: &[Arc<dyn Holdings>]) {
        routes.add_service(dugnad_rides::service(self.dispatcher.clone()));
        routes.add_service(dugnad_rides::solve_service(self.on.ground.ways.clone()));
    }

    fn holdings(&self) -> Option<Arc<dyn Holdings>> {
        Some(Arc::new(self.clone()))
    }

    /// Who lost their place by what was heard, or before a crash, has nobody at the door who looks
    /// after them.
    fn background(&self) -> Option<BoxFuture<'static, ()>> {
        let journal = self.on.ground.journal.clone();
        Some(Box::pin(dugnad_rides::keep(journal, self.dispatcher.clone())))
    }

    async fn load(&self) -> Result<()> {
        Ok(self.on.ledger.load_all().await?)
    }

    async fn digests(&self) -> Result<Vec<StateDigest>> {
        Ok(self.on.ledger.digests().await?)
    }

    async fn finish(&self) {
        self.on.ledger.shutdown().await;
    }
}

#[async_trait]
impl Holdings for Driven {
    fn service(&self) -> &'static str {
        Rides::SERVICE
    }

    async fn held(&self, tenant: &Tenant, person: PersonId) -> Result<serde_json::Value, Status> {
        dugnad_rides::held(&self.on.ledger, &self.on.ground.vault, tenant, person).await
    }
}

/// As matching: volunteers' history says whose keys are forgotten.
#[async_trait]
impl Running for OnGround<Activities> {
    fn add_doors(&self, routes: &mut RoutesBuilder, _others: &[Arc<dyn Holdings>]) {
        let (ledger, vault) = (self.ledger.clone(), self.ground.vault.clone());
        routes.add_service(dugnad_activities::service(ledger, vault));
    }

    fn pages(&self, origin: &str) -> Option<Router> {
        let (journal, ledger) = (self.ground.journal.clone(), self.ledger.clone());
        Some(catalogue::pages(journal, self.name.clone(), ledger, origin))
    }

    fn holdings(&self) -> Option<Arc<dyn Holdings>> {
        Some(Arc::new(self.clone()))
    }

    async fn load(&self) -> Result<()> {
        Ok(self.ledger.load_all().await?)
    }

    async fn digests(&self) -> Result<Vec<StateDigest>> {
        Ok(self.ledger.digests().await?)
    }

    async fn finish(&self) {
        self.ledger.shutdown().await;
    }
}

#[async_trait]
impl Holdings for OnGround<Activities> {
    fn service(&self) -> &'static str {
        Activities::SERVICE
    }

    async fn held(&self, tenant: &Tenant, person: PersonId) -> Result<serde_json::Value, Status> {
        dugnad_activities::held(&self.ledger, &self.ground.vault, tenant, person).await
    }
}
