//! All that is held of a person here, as JSON: for the export that the register gives them.

use dugnad_door::{Call, Desk, Role, field};
use dugnad_events::volunteers::Representation;
use dugnad_journal::Tenant;
use dugnad_ledger::Ledger;
use dugnad_proto::matching::v1 as pb;
use dugnad_vault::{Opened, PersonId, Sealed, Vault};
use serde_json::{Value, json};
use tonic::Status;

use super::Api;
use crate::model::{Answer, Matching, Need, State};

/// What was found, its texts still sealed.
struct Found {
    needs: Vec<(Value, Option<Sealed<String>>)>,
    rest: Value,
}

/// The needs that a person posted or receives, the offers to them, the places they took or are planned
/// for, whom they must not meet: all that matching holds of them. Empty once they are erased.
///
/// # Errors
/// When the journal or the keys are away.
pub async fn held(
    ledger: &Ledger<Matching>,
    vault: &Vault,
    tenant: &Tenant,
    person: PersonId,
) -> Result<Value, Status> {
    let found = ledger.query(tenant, None, move |state, _| find(state, person)).await;
    let Found { needs, rest } = found.map_err(|error| dugnad_door::status(&error))?;
    let mut shown = Vec::with_capacity(needs.len());
    for (mut need, text) in needs {
        if let Some(text) = text {
            let opened = vault.open(tenant.as_str(), &text).await;
            let opened = opened.map_err(|error| dugnad_door::Problem::from(&error))?;
            need["text"] = json!(Opened::known(opened));
        }
        shown.push(need);
    }
    let mut all = rest;
    all["needs"] = Value::Array(shown);
    Ok(all)
}

fn find(state: &State, person: PersonId) -> Found {
    let Some(known) = state.people.get(person) else {
        let needs = needs_of(state, person);
        return Found { needs, rest: json!({}) };
    };
    let offers = known.asked.iter().filter_map(|id| Some((id, state.offers.get(id)?)));
    let offers = offers.map(|(id, offer)| {
        let reason = match &offer.state {
            Answer::Declined(reason) => reason.to_string(),
            _ => String::new(),
        };
        json!({
            "name": id.to_string(),
            "need": offer.need.to_string(),
            "at": offer.at.to_string(),
            "state": offer.state.to_string(),
            "reason": reason,
        })
    });
    let came = known.came.iter().filter_map(|id| Some((id, state.assignments.get(id)?)));
    let came = came.map(|(id, it)| {
        json!({
            "name": id.to_string(),
            "need": it.need.to_string(),
            "at": it.at.to_string(),
            "ended": it.ended,
        })
    });
    let apart = state.conflicts.get(&person).into_iter().flatten();
    let speaks = state.representatives.iter().filter(|((_, speaks), _)| *speaks == person);
    let speaks = speaks.map(|((receiver, _), by): (_, &Representation)| {
        json!({ "receiver": receiver.to_string(), "by": by })
    });
    let planned = state.plans.iter().flat_map(|plan| {
        let parts = plan.parts.iter().map(|part| &part.facts);
        let theirs = parts.filter(|part| part.person == Some(person));
        theirs.map(|part| json!({ "plan": plan.id.to_string(), "part": part }))
    });
    let rest = json!({
        "planned": planned.collect::<Vec<_>>(),
        "giver": known.giver,
        "gender": known.gender,
        "standing": known.standing,
        "admitted": known.admitted,
        "pause": known.pause,
        "hours": known.hours.as_ref().map(|it| &it.hours),
        "offers": offers.collect::<Vec<_>>(),
        "assignments": came.collect::<Vec<_>>(),
        "apart_from": apart.map(ToString::to_string).collect::<Vec<_>>(),
        "speaks_for": speaks.collect::<Vec<_>>(),
    });
    Found { needs: needs_of(state, person), rest }
}

fn needs_of(state: &State, person: PersonId) -> Vec<(Value, Option<Sealed<String>>)> {
    let theirs = |need: &Need| need.facts.receiver == Some(person) || need.by == person.0;
    let needs = state.needs.iter().filter(|(_, need)| theirs(need));
    let show = |need: &Need| {
        let text = need.text.clone().filter(|text| text.person() == person);
        (json!({ "facts": need.facts, "at": need.at.to_string() }), text)
    };
    let named = |(id, need): (&dugnad_events::NeedId, &Need)| {
        let (mut value, text) = show(need);
        value["name"] = json!(id.to_string());
        (value, text)
    };
    needs.map(named).collect()
}

impl Api {
    pub(super) async fn held_of_person(
        &self,
        call: &Call,
        request: pb::HeldOfPersonRequest,
    ) -> Result<pb::HeldOfPersonResponse, Status> {
        call.must_be(&[Role::Service])?;
        let person = field::id("person", &request.person, "people").map(PersonId)?;
        let Desk { ledger, vault } = &self.desk;
        let held = held(ledger, vault, &call.caller.tenant, person).await?;
        Ok(pb::HeldOfPersonResponse { json: held.to_string() })
    }
}
