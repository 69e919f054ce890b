//! All that rides holds of a person, as JSON: for the export that the register gives them.

use dugnad_door::{Call, Desk, Problem, Role, field};
use dugnad_events::rides::Traveller;
use dugnad_journal::Tenant;
use dugnad_ledger::Ledger;
use dugnad_proto::rides::v1 as pb;
use dugnad_vault::{Opened, PersonId, Vault};
use serde_json::{Value, json};
use tonic::Status;

use super::Api;
use crate::model::{Ride, Rides, State};

/// Rides that were for them, how they ride, their standing orders, and what they do as a driver.
/// Empty once they are erased.
///
/// # Errors
/// When the journal or the keys are away.
pub async fn held(
    ledger: &Ledger<Rides>,
    vault: &Vault,
    tenant: &Tenant,
    person: PersonId,
) -> Result<Value, Status> {
    let look = move |state: &State, _| (!state.is_erased(person)).then(|| find(state, person));
    let found = ledger.query(tenant, None, look).await;
    let Some((rides, orders, traveller, rest)) =
        found.map_err(|error| dugnad_door::status(&error))?
    else {
        return Ok(json!({}));
    };
    let mut shown = Vec::new();
    for (name, ride) in rides {
        let opened = vault.open(tenant.as_str(), &ride.facts.way).await;
        let way = opened.map(Opened::known).map_err(|error| Problem::from(&error))?;
        let proof = match &ride.proof {
            Some(proof) => {
                let opened = vault.open(tenant.as_str(), proof).await;
                opened.map(Opened::known).map_err(|error| Problem::from(&error))?
            }
            None => None,
        };
        let mut facts = json!(ride.facts);
        facts["way"] = json!(way);
        shown.push(json!({
            "name": name,
            "facts": facts,
            "promise": ride.promise,
            "broken": ride.broken,
            "proof": proof,
        }));
    }
    let mut all = rest;
    if let Some(traveller) = traveller {
        let home = vault.open(tenant.as_str(), &traveller.home).await;
        let home = home.map(Opened::known).map_err(|error| Problem::from(&error))?;
        all["traveller"] = json!(traveller);
        all["traveller"]["home"] = json!(home);
    }
    all["rides"] = Value::Array(shown);
    all["standing_orders"] = orders;
    Ok(all)
}

type Found = (Vec<(String, Ride)>, Value, Option<Traveller>, Value);

fn find(state: &State, person: PersonId) -> Found {
    let theirs = state.by_person.get(&person).into_iter().flatten();
    let theirs = theirs.filter_map(|(_, id)| Some((id.to_string(), state.rides.get(id)?.clone())));
    let orders = state.orders.iter().filter(|(_, it)| it.facts.ride.traveller == person);
    let orders =
        orders.map(|(id, order)| json!({ "name": id.to_string(), "rrule": order.facts.rrule }));
    let shifts = state.shifts.values().filter(|shift| shift.facts.driver == person);
    let mut shifts: Vec<_> = shifts
        .map(|it| (it.facts.day, it.id, json!({ "name": it.id.to_string(), "facts": it.facts })))
        .collect();
    shifts.sort_by_key(|(day, id, _)| (*day, *id));
    let wanted = state.wants.values().filter(|want| want.wanted.traveller == person);
    let wanted = wanted.map(|want| &want.wanted);
    let receiver = state.receivers.get(&person);
    let rest = json!({
        "driver": state.drivers.get(&person),
        "wanted": wanted.collect::<Vec<_>>(),
        "area": receiver.and_then(|it| it.area.clone()),
        "needs": receiver.map(|it| it.needs.clone()).unwrap_or_default(),
        "shifts": shifts.into_iter().map(|(.., shift)| shift).collect::<Vec<_>>(),
    });
    (theirs.collect(), orders.collect(), state.travellers.get(&person).cloned(), rest)
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
