//! Erasing a person: the event first, then the key, and both before the answer.
//!
//! A crash between the two leaves a key that nothing uses any more. It goes when the request is
//! repeated, and at the latest when [`reconcile_erasures`] runs at the next start.

use dugnad_door::{Call, Problem, field};
use dugnad_events::rooms::Event;
use dugnad_journal::Tenant;
use dugnad_ledger::Ledger;
use dugnad_proto::rooms::v1 as pb;
use dugnad_vault::Vault;
use tonic::Status;

use super::{Api, read};
use crate::model::{Command, Rooms};

impl Api {
    pub(super) async fn erase(
        &self,
        call: &Call,
        request: &pb::ErasePersonRequest,
    ) -> Result<pb::ErasePersonResponse, Status> {
        let id = field::request_id(&request.request_id)?;
        let person = read::person(&request.person)?;
        let events = self.desk.execute(call, id, Command::ErasePerson { person }).await?;
        let forgotten = self.desk.vault.forget(call.caller.tenant.as_str(), person).await;
        forgotten.map_err(|error| Problem::from(&error))?;
        let bookings = events.iter().find_map(|event| match event {
            Event::PersonErased { bookings, .. } => Some(*bookings),
            _ => None,
        });
        let bookings = i32::try_from(bookings.unwrap_or_default()).unwrap_or(i32::MAX);
        Ok(pb::ErasePersonResponse { bookings })
    }
}

/// Forgets the keys of everyone whom `tenant`'s journal says was erased: to be called for each
/// tenant at the start, for a crash may have come between the event and the key. Returns how many
/// were erased. `O(erased persons)`.
///
/// # Errors
/// When the journal or the key store is away; to be tried again until it succeeds.
pub async fn reconcile_erasures(
    ledger: &Ledger<Rooms>,
    vault: &Vault,
    tenant: &Tenant,
) -> Result<usize, Status> {
    let erased = ledger.query(tenant, None, |state, _| state.erased()).await;
    let erased = erased.map_err(|error| dugnad_door::status(&error))?;
    for person in &erased {
        let forgotten = vault.forget(tenant.as_str(), *person).await;
        forgotten.map_err(|error| Problem::from(&error))?;
    }
    Ok(erased.len())
}
