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
    /// The person is in the register already.
    #[error("{0} is in the register already; change what is there")]
    Registered(PersonId),
    /// The caller may not see or change this of the person.
    #[error("you may not see or change this of {0}")]
    NotYours(PersonId),
    /// It changed since the caller saw it.
    #[error("{name} was changed since you saw it; look at it again (its etag is now {etag})")]
    Stale {
        /// What.
        name: String,
        /// Its etag now.
        etag: String,
    },
    /// A value that no rule can work with.
    #[error("{field} {problem}")]
    Invalid {
        /// The field of the request, as the proto names it.
        field: String,
        /// What is wrong with it; continues the sentence that begins with the field.
        problem: String,
    },
    /// There can be no more of them.
    #[error("there can be {most} {what} at most")]
    TooMany {
        /// Of what.
        what: &'static str,
        /// How many there can be.
        most: usize,
    },
    /// Experiences without the volunteer's explicit consent.
    #[error("experiences are kept only with the volunteer's explicit consent")]
    ConsentMissing,
    /// The person gives nothing.
    #[error("{0} is no volunteer")]
    NotAGiver(PersonId),
    /// The person receives nothing.
    #[error("{0} receives nothing")]
    NotAReceiver(PersonId),
}
