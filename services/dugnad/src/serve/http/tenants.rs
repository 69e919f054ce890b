//! Which municipalities have a history, for pages that strangers ask for.

use std::{
    collections::HashSet,
    sync::Arc,
    time::{Duration, Instant},
};

use dugnad_journal::{Journal, Service, Tenant};
use tokio::sync::Mutex;

/// How often it is worth looking for a municipality that was not there.
const LOOK_AGAIN: Duration = Duration::from_secs(10);

/// The municipalities that have a history of a service.
pub(super) struct Tenants {
    journal: Arc<dyn Journal>,
    service: Service,
    seen: Mutex<Seen>,
}

#[derive(Default)]
struct Seen {
    known: HashSet<Tenant>,
    looked: Option<Instant>,
}

impl Tenants {
    pub(super) fn new(journal: Arc<dyn Journal>, service: Service) -> Self {
        Self { journal, service, seen: Mutex::default() }
    }

    /// Whether the municipality has a history. Strangers cannot make the server look more often than
    /// every [`LOOK_AGAIN`].
    pub(super) async fn knows(&self, tenant: &Tenant) -> bool {
        let mut seen = self.seen.lock().await;
        if seen.known.contains(tenant) {
            return true;
        }
        if seen.looked.is_some_and(|looked| looked.elapsed() < LOOK_AGAIN) {
            return false;
        }
        if let Ok(partitions) = self.journal.partitions(&self.service).await {
            seen.known = partitions.into_iter().map(|partition| partition.tenant).collect();
            seen.looked = Some(Instant::now());
        }
        seen.known.contains(tenant)
    }
}
