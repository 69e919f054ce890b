//! How people are reached, for a service of this process that tells them something: what
//! `BatchGetPeople` shows a service in another process, with the same record of the reading.

use std::sync::Arc;

use dugnad_door::{Call, Desk, Role};
use dugnad_journal::Tenant;
use dugnad_ledger::{Caller, Ledger};
use dugnad_proto::volunteers::v1 as pb;
use dugnad_vault::{PersonId, Vault};
use tonic::Status;
use uuid::Uuid;

use super::Api;
use crate::model::Volunteers;

/// Details of these people, at most 100, without those who are gone; `reader` stands in the
/// record.
///
/// # Errors When the journal or the keys are away.
pub async fn contacts(
    ledger: &Ledger<Volunteers>,
    vault: &Vault,
    tenant: &Tenant,
    people: &[PersonId],
    reader: Uuid,
) -> Result<Vec<pb::Person>, Status> {
    let desk = Desk { ledger: ledger.clone(), vault: vault.clone() };
    let api = Api { desk, others: Arc::new([]) };
    let caller = Caller { tenant: tenant.clone(), id: reader };
    let call = Call { caller, role: Role::Service, deadline: None };
    let request = pb::BatchGetPeopleRequest {
        people: people.iter().map(ToString::to_string).collect(),
        purpose: pb::Purpose::Notice.into(),
        about: String::new(),
    };
    Ok(api.batch_get(&call, &request).await?.people)
}
