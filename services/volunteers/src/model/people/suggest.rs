//! Which organisations suit somebody who signs up.

use dugnad_events::{OrganisationId, volunteers::Giver};

use crate::model::State;

/// An organisation that suits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Suggested {
    /// Which.
    pub organisation: OrganisationId,
    /// What it is called.
    pub name: String,
}

/// Organisations that suit what somebody gives and where they live, the best first, at most 10.
#[must_use]
pub fn suggestions(_state: &State, _giver: &Giver) -> Vec<Suggested> {
    Vec::new()
}
