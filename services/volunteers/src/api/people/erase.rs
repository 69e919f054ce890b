//! Erasing a person: the event first, then the key, and both before the answer.
//!
//! The clock erases too, by the event alone; [`forget_erased`] follows with the key. A crash between
//! the two leaves a key that nothing uses any more: it goes when the request is repeated, and at the
//! latest when [`reconcile_erasures`] runs at the next start.

use std::{collections::HashMap, sync::Arc, time::Duration};

use dugnad_door::{Call, Problem, Role, field, status};
use dugnad_journal::{Journal, Service, Tenant};
use dugnad_ledger::{Ledger, Model as _};
use dugnad_proto::volunteers::v1 as pb;
use dugnad_vault::Vault;
use tonic::{Code, Status};

use super::{Api, own_or, read};
use crate::model::{Volunteers, people::Command};

/// How soon a key follows what the clock erased.
const EVERY: Duration = Duration::from_secs(1);

impl Api {
    pub(super) async fn erase(
        &self,
        call: &Call,
        request: &pb::ErasePersonRequest,
    ) -> Result<pb::ErasePersonResponse, Status> {
        let id = field::request_id(&request.request_id)?;
        let person = read::person("person", &request.person)?;
        own_or(call, person, &[Role::Coordinator])?;
        self.execute(call, id, Command::Erase { person }).await?;
        let forgotten = self.desk.vault.forget(call.caller.tenant.as_str(), person).await;
        forgotten.map_err(|error| Problem::from(&error))?;
        Ok(pb::ErasePersonResponse {})
    }
}

/// Forgets the keys of everyone whom `tenant`'s journal says was erased: to be called for each
/// tenant at the start, for a crash may have come between the event and the key. Returns how many
/// were erased. `O(erased persons)`.
///
/// # Errors
/// When the journal or the key store is away; to be tried again until it succeeds.
pub async fn reconcile_erasures(
    ledger: &Ledger<Volunteers>,
    vault: &Vault,
    tenant: &Tenant,
) -> Result<usize, Status> {
    forget_since(ledger, vault, tenant, 0).await
}

/// Forgets the keys of those whom the clock erases, within about a second, of every tenant of the
/// journal, for ever. What fails is tried again.
pub async fn forget_erased(journal: Arc<dyn Journal>, ledger: Ledger<Volunteers>, vault: Vault) {
    let mut forgotten = HashMap::new();
    let mut every = tokio::time::interval(EVERY);
    every.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        every.tick().await;
        // What is away now is asked again at the next tick.
        let _ = forget_all(&*journal, &ledger, &vault, &mut forgotten).await;
    }
}

async fn forget_all(
    journal: &dyn Journal,
    ledger: &Ledger<Volunteers>,
    vault: &Vault,
    forgotten: &mut HashMap<Tenant, usize>,
) -> Result<(), Status> {
    let service = Service::new(Volunteers::SERVICE).expect("it is a service's name");
    let partitions = journal.partitions(&service).await.map_err(|error| {
        let (code, message) = (Code::Unavailable, error.to_string());
        Status::from(Problem { code, reason: "OUTCOME_NOT_KNOWN", message })
    })?;
    for partition in partitions {
        let seen = forgotten.entry(partition.tenant.clone()).or_default();
        *seen = forget_since(ledger, vault, &partition.tenant, *seen).await?;
    }
    Ok(())
}

/// Forgets the keys of those erased after the first `seen`; how many were erased in all.
async fn forget_since(
    ledger: &Ledger<Volunteers>,
    vault: &Vault,
    tenant: &Tenant,
    seen: usize,
) -> Result<usize, Status> {
    let erased =
        ledger.query(tenant, None, move |state, _| state.people.erased_since(seen).to_vec());
    let erased = erased.await.map_err(|error| status(&error))?;
    for person in &erased {
        let forgotten = vault.forget(tenant.as_str(), *person).await;
        forgotten.map_err(|error| Problem::from(&error))?;
    }
    Ok(seen + erased.len())
}
