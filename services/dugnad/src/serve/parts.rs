//! What a server is made of, opened in order and closed in the reverse.

use std::sync::Arc;

use anyhow::Result;
use async_trait::async_trait;
use dugnad_journal::{Journal, Partition, Service, Tenant};
use dugnad_ledger::{Config, Ledger, Model as _, Secrets};
use dugnad_rooms::Rooms;
use dugnad_vault::Vault;
use tonic::service::Routes;

use super::{Args, journals, vaults};

/// The opened parts. Cheap to clone.
#[derive(Clone)]
pub(super) struct Parts {
    journal: Arc<dyn Journal>,
    vault: Vault,
    rooms: Ledger<Rooms>,
    /// Asked for its last commit to see whether the journal answers; never written.
    probe: Partition,
}

impl Parts {
    pub(super) async fn open(args: &Args) -> Result<Self> {
        let address = args.journal();
        let services = [Service::new(Rooms::SERVICE)?];
        journals::check_durability(&address, args.nats_monitor.as_deref()).await;
        let journal = journals::open(&address, &services).await?;
        let vault = vaults::open(args).await?;
        let config = Config::new(Arc::new(DigestKeys(vault.clone())));
        let rooms = Ledger::open(journal.clone(), config);
        let probe = Partition::new(Service::new(Rooms::SERVICE)?, Tenant::new("probe")?);
        Ok(Self { journal, vault, rooms, probe })
    }

    /// Brings every partition into memory, and forgets once more whom their histories say was
    /// erased: a crash may have come between the event and the key.
    pub(super) async fn load(&self) -> Result<()> {
        self.rooms.load_all().await?;
        for partition in self.journal.partitions(&self.probe.service).await? {
            dugnad_rooms::reconcile_erasures(&self.rooms, &self.vault, &partition.tenant).await?;
        }
        Ok(())
    }

    /// Whether the journal answers.
    pub(super) async fn journal_answers(&self) -> Result<()> {
        self.journal.last(&self.probe).await?;
        Ok(())
    }

    /// The gRPC services, each behind who calls.
    pub(super) fn services(&self) -> Routes {
        Routes::new(dugnad_rooms::service(self.rooms.clone(), self.vault.clone()))
    }

    pub(super) fn vault(&self) -> Vault {
        self.vault.clone()
    }

    /// Finishes what was taken and takes nothing more: its callers get their answers.
    pub(super) async fn finish(&self) {
        self.rooms.shutdown().await;
    }
}

/// The ledger's digest keys lie with the people's.
struct DigestKeys(Vault);

#[async_trait]
impl Secrets for DigestKeys {
    async fn digest_key(&self, tenant: &Tenant) -> Result<[u8; 32], String> {
        self.0.digest_key(tenant.as_str()).await.map_err(|error| error.to_string())
    }
}
