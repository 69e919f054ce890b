//! The rules' ways of saying no. The messages are shown to people.

use dugnad_vault::PersonId;

/// A rule of the domain that says no, with what the caller needs next.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// No such thing in this municipality.
    #[error("{0} does not exist")]
    NotFound(String),
    /// The person was erased; nothing new is kept about them.
    #[error("{0} was erased; nothing new is kept about them")]
    PersonErased(PersonId),
}
