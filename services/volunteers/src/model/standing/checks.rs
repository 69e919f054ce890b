//! What was shown and signed: that a check (politiattest) was shown, when and to whom, and that the
//! duty of confidentiality was signed. What the check said is nowhere, by the shape of the event.

use dugnad_events::volunteers::Event;
use dugnad_ledger::Context;
use dugnad_vault::PersonId;
use jiff::civil::Date;
use uuid::Uuid;

use super::{Refusal, State, not_ahead};

pub(super) fn record(
    state: &State,
    cx: &Context,
    person: PersonId,
    on: Date,
    to: Uuid,
) -> Result<Vec<Event>, Refusal> {
    state.people.knows(person)?;
    not_ahead(cx, on)?;
    if to == person.0 {
        return Err(Refusal::ForThemselves(person));
    }
    let person_now = state.standing.person(person)?;
    if person_now.standing.check == Some(on) && person_now.check_to == Some(to) {
        return Ok(vec![]);
    }
    Ok(vec![Event::CheckShown { person, on, to }])
}

pub(super) fn withdraw(state: &State, person: PersonId) -> Result<Vec<Event>, Refusal> {
    state.people.knows(person)?;
    let shown = state.standing.person(person)?.standing.check.is_some();
    Ok(shown.then_some(Event::CheckWithdrawn { person }).into_iter().collect())
}

pub(super) fn sign(
    state: &State,
    cx: &Context,
    person: PersonId,
    on: Date,
) -> Result<Vec<Event>, Refusal> {
    state.people.knows(person)?;
    not_ahead(cx, on)?;
    if state.standing.person(person)?.standing.confidentiality == Some(on) {
        return Ok(vec![]);
    }
    Ok(vec![Event::ConfidentialitySigned { person, on }])
}
