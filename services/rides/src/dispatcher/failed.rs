//! Why the dispatcher could not do its work. What a client reads of it is for the door to say.

use dugnad_ledger::Error;
use dugnad_vault::VaultError;

use crate::model::Refusal;

/// Why the dispatcher could not do its work.
#[derive(Debug, thiserror::Error)]
pub enum Failed {
    /// The ledger refused, or does not answer.
    #[error(transparent)]
    Ledger(#[from] Error<Refusal>),
    /// The keys are away, or something sealed is damaged.
    #[error(transparent)]
    Keys(#[from] VaultError),
    /// A fault of ours.
    #[error("the plan in force does not hold; this is a defect of ours")]
    Defect,
}

impl From<Refusal> for Failed {
    fn from(refusal: Refusal) -> Self {
        Self::Ledger(Error::Refused(refusal))
    }
}
