//! The services there are: what each is called, whom it listens to, and how it is run.

use std::sync::Arc;

use anyhow::Result;
use async_trait::async_trait;
use clap::ValueEnum;
use dugnad_journal::{Journal, Service as Name};
use dugnad_ledger::{Config, Ledger, Model};
use dugnad_proto::{
    rooms::v1::rooms_service_server,
    volunteers::v1::{
        organisations_service_server, people_service_server, standing_service_server,
    },
};
use dugnad_rooms::Rooms;
use dugnad_vault::Vault;
use dugnad_volunteers::Volunteers;
use tonic::service::RoutesBuilder;

/// A service that can be run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Service {
    /// Facilities, rooms and bookings.
    Rooms,
    /// People and organisations: who gives, who receives, and what they must have for it.
    Volunteers,
}

/// One service in this process.
#[async_trait]
pub(super) trait Running: Send + Sync {
    /// Adds its gRPC doors, each behind who calls.
    fn add_doors(&self, routes: &mut RoutesBuilder);

    /// Brings every partition into memory, and forgets once more whom its histories say was erased:
    /// a crash may have come between the event and the key.
    async fn load(&self) -> Result<()>;

    /// Finishes what was taken and takes nothing more: its callers get their answers.
    async fn finish(&self);
}

/// What a service stands on.
#[derive(Clone)]
pub(super) struct Ground {
    pub(super) journal: Arc<dyn Journal>,
    pub(super) vault: Vault,
    pub(super) config: Config,
}

impl Service {
    /// Its name in the journal.
    pub(crate) fn name(self) -> Name {
        let name = match self {
            Self::Rooms => Rooms::SERVICE,
            Self::Volunteers => Volunteers::SERVICE,
        };
        Name::new(name).expect("a model's SERVICE is a service's name")
    }

    /// Whose events it reacts to.
    pub(super) fn follows(self) -> &'static [Self] {
        match self {
            Self::Rooms => &[Self::Volunteers],
            Self::Volunteers => &[],
        }
    }

    /// The full names of its gRPC services, as health and reflection know them.
    pub(super) fn doors(self) -> &'static [&'static str] {
        match self {
            Self::Rooms => &[rooms_service_server::SERVICE_NAME],
            Self::Volunteers => &[
                people_service_server::SERVICE_NAME,
                organisations_service_server::SERVICE_NAME,
                standing_service_server::SERVICE_NAME,
            ],
        }
    }

    /// Opens its ledger and lets it listen.
    pub(super) fn start(self, ground: &Ground) -> Arc<dyn Running> {
        match self {
            Self::Rooms => self.run::<Rooms>(ground),
            Self::Volunteers => self.run::<Volunteers>(ground),
        }
    }

    fn run<M: Model>(self, ground: &Ground) -> Arc<dyn Running>
    where
        OnGround<M>: Running + 'static,
    {
        let ledger = Ledger::<M>::open(ground.journal.clone(), ground.config.clone());
        for followed in self.follows() {
            ledger.listen(followed.name());
        }
        Arc::new(OnGround { ledger, name: self.name(), ground: ground.clone() })
    }
}

/// A service's ledger with what it stands on.
struct OnGround<M: Model> {
    ledger: Ledger<M>,
    name: Name,
    ground: Ground,
}

#[async_trait]
impl Running for OnGround<Rooms> {
    fn add_doors(&self, routes: &mut RoutesBuilder) {
        routes.add_service(dugnad_rooms::service(self.ledger.clone(), self.ground.vault.clone()));
    }

    async fn load(&self) -> Result<()> {
        self.ledger.load_all().await?;
        for partition in self.ground.journal.partitions(&self.name).await? {
            let vault = &self.ground.vault;
            dugnad_rooms::reconcile_erasures(&self.ledger, vault, &partition.tenant).await?;
        }
        Ok(())
    }

    async fn finish(&self) {
        self.ledger.shutdown().await;
    }
}

#[async_trait]
impl Running for OnGround<Volunteers> {
    fn add_doors(&self, routes: &mut RoutesBuilder) {
        dugnad_volunteers::services(routes, &self.ledger, &self.ground.vault);
    }

    async fn load(&self) -> Result<()> {
        self.ledger.load_all().await?;
        for partition in self.ground.journal.partitions(&self.name).await? {
            let vault = &self.ground.vault;
            dugnad_volunteers::reconcile_erasures(&self.ledger, vault, &partition.tenant).await?;
        }
        Ok(())
    }

    async fn finish(&self) {
        self.ledger.shutdown().await;
    }
}
