//! What stands behind every door: a ledger to ask and a vault to seal with.

use std::sync::Arc;

use dugnad_ledger::{Ask, Ledger, Model, RequestId};
use dugnad_vault::{Opened, PersonId, Sealed, Vault};
use jiff::Timestamp;
use serde::{Serialize, de::DeserializeOwned};
use tonic::Status;

use crate::{Call, Problem, Rule, status};

/// One service's ledger and vault, asked in the name of a [`Call`]. Cheap to clone.
pub struct Desk<M: Model> {
    /// The service's.
    pub ledger: Ledger<M>,
    /// All services'.
    pub vault: Vault,
}

impl<M: Model> Clone for Desk<M> {
    fn clone(&self) -> Self {
        Self { ledger: self.ledger.clone(), vault: self.vault.clone() }
    }
}

impl<M: Model<Refusal: Rule>> Desk<M> {
    /// What was accepted, now or when this was first asked.
    ///
    /// # Errors
    /// What the ledger says, as the caller reads it.
    pub async fn execute(
        &self,
        call: &Call,
        request_id: RequestId,
        command: M::Command,
    ) -> Result<Arc<[M::Event]>, Status> {
        let ask = Ask { request_id, command };
        let outcome = self.ledger.execute(&call.caller, ask, call.deadline).await;
        outcome.map(|accepted| accepted.events).map_err(|error| status(&error))
    }

    /// Looks at the state of the caller's municipality.
    ///
    /// # Errors
    /// What the ledger says, as the caller reads it.
    pub async fn look<R: Send + 'static>(
        &self,
        call: &Call,
        look: impl Fn(&M::State, Timestamp) -> R + Send + 'static,
    ) -> Result<R, Status> {
        let answer = self.ledger.query(&call.caller.tenant, call.deadline, look).await;
        answer.map_err(|error| status(&error))
    }

    /// Seals under the person's key. The request's id is the context, so that a repeated request
    /// gives the same bytes, and another one's tell nothing about each other.
    ///
    /// # Errors
    /// If the person was erased, or the keys are away.
    pub async fn seal<T: Serialize>(
        &self,
        call: &Call,
        person: PersonId,
        id: RequestId,
        value: &T,
    ) -> Result<Sealed<T>, Problem> {
        let tenant = call.caller.tenant.as_str();
        let key = match self.vault.cached_key(tenant, person) {
            Some(key) => key,
            None => self.vault.key(tenant, person).await.map_err(|error| Problem::from(&error))?,
        };
        Ok(key.seal(id.uuid().as_bytes(), value))
    }

    /// Opens what was sealed; `None` once the person is erased. Whether the caller may see it is
    /// for the door to say before.
    ///
    /// # Errors
    /// If the keys are away, or the value is damaged.
    pub async fn open<T: DeserializeOwned>(
        &self,
        call: &Call,
        sealed: &Sealed<T>,
    ) -> Result<Option<T>, Problem> {
        match self.vault.open(call.caller.tenant.as_str(), sealed).await {
            Ok(opened) => Ok(Opened::known(opened)),
            Err(error) => Err(Problem::from(&error)),
        }
    }
}
