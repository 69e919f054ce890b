//! Which organisations suit somebody who signs up.

use dugnad_events::{OrganisationId, volunteers::Giver};
use jiff::civil::Date;

use crate::model::State;

/// An organisation that suits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Suggested {
    /// Which.
    pub organisation: OrganisationId,
    /// What it is called.
    pub name: String,
}

/// Organisations that suit where somebody lives, the best first: see
/// [`Organisations::suggestions`](crate::model::organisations::Organisations::suggestions).
#[must_use]
pub fn suggestions(state: &State, giver: &Giver, today: Date) -> Vec<Suggested> {
    let organisations = &state.organisations;
    let found = organisations.suggestions(giver.area.as_ref(), today).into_iter();
    let named = |organisation| {
        let name = organisations.name(organisation)?.to_owned();
        Some(Suggested { organisation, name })
    };
    found.filter_map(named).collect()
}
