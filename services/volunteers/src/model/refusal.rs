//! The rules' ways of saying no. The messages are shown to people.

use dugnad_events::{AgreementId, OrganisationId};
use dugnad_vault::PersonId;
use jiff::civil::Date;

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
    /// The caller is neither a coordinator nor the contact person or deputy of the organisation.
    #[error(
        "what belongs to {0} is for coordinators, and the contact person and deputy of its \
         organisation"
    )]
    NotTheContact(String),
    /// The register knows it, and it changes there.
    #[error(
        "{organisation} is in the register: its {fields} change there, and come with an import"
    )]
    FromRegister {
        /// Which.
        organisation: OrganisationId,
        /// What was to be changed, comma-separated.
        fields: String,
    },
    /// The agreement ended: a new one must be made.
    #[error("{agreement} ended on {on}; make a new one")]
    AgreementEnded {
        /// Which.
        agreement: AgreementId,
        /// The last day.
        on: Date,
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
