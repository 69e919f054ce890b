//! What a server is made of, opened in order and closed in the reverse.

use std::sync::Arc;

use anyhow::{Context as _, Result};
use async_trait::async_trait;
use axum::Router;
use clap::ValueEnum as _;
use dugnad_journal::{Journal, Partition, Tenant};
use dugnad_ledger::{Config, Secrets, StateDigest};
use dugnad_rides::ways::Travel;
use dugnad_rooms::doors::Pace;
use dugnad_vault::Vault;
use dugnad_volunteers::Holdings;
use futures::future::{BoxFuture, join_all, try_join_all};
use tonic::service::{Routes, RoutesBuilder};

use super::{
    Args, Service,
    ahead::Ahead,
    journals,
    notices::Telling,
    peers,
    services::{Ground, Running},
    vaults, ways,
};

/// The opened parts. Cheap to clone.
#[derive(Clone)]
pub(super) struct Parts {
    journal: Arc<dyn Journal>,
    vault: Vault,
    running: Vec<Arc<dyn Running>>,
    /// In other processes.
    elsewhere: Vec<Arc<dyn Holdings>>,
    /// Asked for its last commit to see whether the journal answers; never written.
    probe: Partition,
}

impl Parts {
    pub(super) async fn open(args: &Args, origin: Option<String>) -> Result<Self> {
        let address = args.journal();
        let services = args.services();
        let mut histories: Vec<Service> = services.clone();
        histories.extend(services.iter().flat_map(|service| service.follows()));
        // Each once, in one order, so that one history is made in one place.
        let histories = Service::value_variants().iter().filter(|it| histories.contains(it));
        let histories: Vec<_> = histories.map(|service| service.name()).collect();
        journals::check_durability(&address, args.nats_monitor.as_deref()).await;
        let journal = journals::open(&address, &histories).await?;
        let vault = vaults::open(args).await?;
        let ways = match services.contains(&Service::Rides) {
            true => tokio::task::block_in_place(|| ways::open(args))?,
            false => Travel::default(),
        };
        let mut config = Config::new(Arc::new(DigestKeys(vault.clone())));
        if !args.clock_ahead.is_zero() {
            config.clock = Arc::new(Ahead(args.clock_ahead));
        }
        let locks = args.mqtt.clone().map(|broker| (broker, Pace::of(args.mqtt_settle)));
        let ground = Ground {
            journal: journal.clone(),
            vault: vault.clone(),
            config,
            ways: Arc::new(ways),
            locks,
        };
        let mut running: Vec<_> =
            services.iter().filter_map(|service| service.start(&ground)).collect();
        if services.contains(&Service::Notices) {
            let here = running.iter().find_map(|service| service.contacts());
            let contacts = here.or_else(|| peers::register(&args.peer));
            let contacts = contacts.context(
                "notices asks the register how people are reached: run volunteers here too, or say \
                 where it is with --peer volunteers=URL",
            )?;
            let ledger = Service::Notices.ledger(&ground);
            let telling = Telling::start(ledger, ground.clone(), contacts, &args.notices, origin)?;
            running.push(Arc::new(telling));
        }
        let elsewhere = args.peer.iter().filter(|peer| !services.contains(&peer.service));
        let elsewhere = elsewhere.filter(|peer| peer.service != Service::Volunteers);
        let elsewhere = elsewhere.map(|peer| Arc::new(peer.clone()) as Arc<dyn Holdings>).collect();
        let probe = Partition::new(histories[0].clone(), Tenant::new("probe")?);
        Ok(Self { journal, vault, running, elsewhere, probe })
    }

    /// Makes every service ready to answer.
    pub(super) async fn load(&self) -> Result<()> {
        try_join_all(self.running.iter().map(|service| service.load())).await?;
        Ok(())
    }

    /// What every state here comes to, each after its last commit.
    pub(super) async fn digests(&self) -> Result<Vec<StateDigest>> {
        let digests = try_join_all(self.running.iter().map(|service| service.digests())).await?;
        Ok(digests.into_iter().flatten().collect())
    }

    /// Whether the journal answers.
    pub(super) async fn journal_answers(&self) -> Result<()> {
        self.journal.last(&self.probe).await?;
        Ok(())
    }

    /// The gRPC services, each behind who calls.
    pub(super) fn doors(&self) -> Routes {
        let mut routes = RoutesBuilder::default();
        let here = self.running.iter().filter_map(|service| service.holdings());
        let others: Vec<_> = here.chain(self.elsewhere.iter().cloned()).collect();
        for service in &self.running {
            service.add_doors(&mut routes, &others);
        }
        routes.routes()
    }

    /// What the services show over HTTP; `origin` is how people reach it.
    pub(super) fn pages(&self, origin: &str) -> Router {
        let pages = self.running.iter().filter_map(|service| service.pages(origin));
        pages.fold(Router::new(), Router::merge)
    }

    /// What the services do beside answering, for ever.
    pub(super) fn background(&self) -> Vec<BoxFuture<'static, ()>> {
        self.running.iter().filter_map(|service| service.background()).collect()
    }

    pub(super) fn vault(&self) -> Vault {
        self.vault.clone()
    }

    /// Finishes what was taken and takes nothing more: its callers get their answers.
    pub(super) async fn finish(&self) {
        join_all(self.running.iter().map(|service| service.finish())).await;
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
