//! All that is held of a person: what they were told and answered, and how they want to be told.

use std::collections::BTreeMap;

use dugnad_door::{Call, Role, status};
use dugnad_events::notices::Whose;
use dugnad_journal::Tenant;
use dugnad_ledger::Ledger;
use dugnad_proto::notices::v1 as pb;
use dugnad_vault::PersonId;
use serde_json::{Value, json};
use tonic::Status;

use super::{Api, read};
use crate::model::{Notices, State};

/// Their notices, and their preference; an empty object once they are erased.
///
/// # Errors
/// When the journal is away.
pub async fn held(
    ledger: &Ledger<Notices>,
    tenant: &Tenant,
    person: PersonId,
) -> Result<Value, Status> {
    let found = ledger.query(tenant, None, move |state, _| find(state, person)).await;
    found.map_err(|error| status(&error))
}

fn find(state: &State, person: PersonId) -> Value {
    if state.erased.contains(&person) {
        return json!({});
    }
    let notices = state.of.get(&person).into_iter().flatten().filter_map(|id| {
        let kept = state.notices.get(id)?;
        let message = kept.message.and_then(|it| state.messages.get(&it));
        Some(json!({
            "name": id.to_string(),
            "facts": kept.facts,
            "channel": message.map(|it| it.channel),
            "attempts": message.map(|it| it.attempts.iter().map(|it| it.at).collect::<Vec<_>>()),
            "answer": kept.answer,
            "calls": kept.calls.iter().map(|it| json!({ "at": it.at, "outcome": it.outcome }))
                .collect::<Vec<_>>(),
        }))
    });
    let matters = state.matters.iter().filter(|(_, it)| it.matter.whose == Whose::Person(person));
    let matters = matters.map(|(name, it)| (name.clone(), json!(it.matter.span)));
    json!({
        "concerned_by": matters.collect::<BTreeMap<_, _>>(),
        "notices": notices.collect::<Vec<_>>(),
        "preference": state.preference(person),
        "on_duty": state.policy.duty.contains(&person),
    })
}

impl Api {
    pub(super) async fn held_of_person(
        &self,
        call: &Call,
        request: pb::HeldOfPersonRequest,
    ) -> Result<pb::HeldOfPersonResponse, Status> {
        call.must_be(&[Role::Service])?;
        let person = read::person("person", &request.person)?;
        let held = held(&self.desk.ledger, &call.caller.tenant, person).await?;
        Ok(pb::HeldOfPersonResponse { json: held.to_string() })
    }
}
