//! All that is held of a person here, as JSON: for the export that the register gives them.

use dugnad_door::Problem;
use dugnad_journal::Tenant;
use dugnad_ledger::Ledger;
use dugnad_vault::{Opened, PersonId, Vault};
use serde_json::{Value, json};
use tonic::Status;

use crate::model::{Activities, Activity, Signup, State};

/// What a person signed up for, wrote down, is to be reached about, and for whom they speak: all that
/// activities holds of them. Empty once they are erased.
///
/// # Errors
/// When the journal or the keys are away.
pub async fn held(
    ledger: &Ledger<Activities>,
    vault: &Vault,
    tenant: &Tenant,
    person: PersonId,
) -> Result<Value, Status> {
    let look = move |state: &State, _| (find(state, person), contacts(state, person));
    let found = ledger.query(tenant, None, look).await;
    let (mut all, sealed) = found.map_err(|error| dugnad_door::status(&error))?;
    let mut contacts = Vec::with_capacity(sealed.len());
    for (name, contact) in sealed {
        let opened = vault.open(tenant.as_str(), &contact).await;
        let opened = opened.map_err(|error| Problem::from(&error))?;
        contacts.push(json!({ "activity": name, "details": Opened::known(opened) }));
    }
    all["contact_of"] = Value::Array(contacts);
    Ok(all)
}

type Contact = dugnad_vault::Sealed<dugnad_events::rooms::BookingDetails>;

fn contacts(state: &State, person: PersonId) -> Vec<(String, Contact)> {
    let named = state.activities.iter().filter_map(|(id, activity)| {
        let contact = activity.contact.clone().filter(|it| it.person() == person)?;
        Some((id.to_string(), contact))
    });
    named.collect()
}

fn find(state: &State, person: PersonId) -> Value {
    let signups = state.people.signups_of(person).into_iter();
    let signups = signups.filter_map(|id| {
        let (occurrence, signup) = state.signup(id).ok()?;
        Some(of_signup(&id.to_string(), &occurrence.id.to_string(), signup))
    });
    let wrote = |it: &&Activity| it.by == person.0;
    let wrote = state.activities.values().filter(wrote).map(|it| it.facts.title.clone());
    let speaks = state.people.represented_by(person).map(|it| it.to_string());
    json!({
        "signups": signups.collect::<Vec<_>>(),
        "wrote": wrote.collect::<Vec<_>>(),
        "signs_up": speaks.collect::<Vec<_>>(),
    })
}

fn of_signup(name: &str, occurrence: &str, signup: &Signup) -> Value {
    json!({
        "name": name,
        "occurrence": occurrence,
        "at": signup.at.to_string(),
        "wish": signup.wish,
        "state": format!("{:?}", signup.standing),
        "came": signup.came,
    })
}
