//! The rules' ways of saying no. The messages are shown to people.

use dugnad_events::{OccurrenceId, OrganisationId, SignupId};
use dugnad_vault::PersonId;
use jiff::{Timestamp, civil::DateTime};

use super::Stage;

/// A rule of the domain that says no, with what the caller needs next.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// No such thing in this municipality.
    #[error("{0} does not exist")]
    NotFound(String),
    /// It is somebody else's.
    #[error("{0} is not yours to change")]
    NotYours(String),
    /// Only who speaks for an organisation plans in its name.
    #[error("only its contact person, or who stands in, plans for {0}; staff may for anybody")]
    NotItsContact(OrganisationId),
    /// Only staff plan in the municipality's own name.
    #[error("only staff plan in the municipality's own name: name the organisation you speak for")]
    NotTheMunicipality,
    /// A value that no rule can work with.
    #[error("{field}: {problem}")]
    Invalid {
        /// The field of the request, as the proto names it.
        field: &'static str,
        /// What is wrong with it.
        problem: String,
    },
    /// The person was erased; nothing new is kept about them.
    #[error("{0} was erased; nothing new is kept about them")]
    PersonErased(PersonId),
    /// The caller speaks for somebody without their consent to that.
    #[error("you may not sign up {0}: no consent to that is known")]
    NotRepresented(PersonId),
    /// The time has come or gone.
    #[error("{start} has passed")]
    Past {
        /// When it begins.
        start: Timestamp,
    },
    /// The clock jumps over this local time.
    #[error("{start} does not exist: the clock jumps over it")]
    NoSuchLocalTime {
        /// The local start.
        start: DateTime,
    },
    /// Nobody can sign up for it now.
    #[error("nobody can sign up for {occurrence}: it is {stage}")]
    NotOpen {
        /// For what.
        occurrence: OccurrenceId,
        /// What it is.
        stage: Stage,
    },
    /// It can be changed no more.
    #[error("{occurrence} can be changed no more: it is {stage}")]
    NotToCome {
        /// Which.
        occurrence: OccurrenceId,
        /// What it is.
        stage: Stage,
    },
    /// It was made public before.
    #[error("it was arranged before, or nothing of it is to come")]
    NotADraft,
    /// Nothing was refused that could be asked for again.
    #[error("nothing of {0} was refused: what is missing is still being asked for")]
    NothingRefused(OccurrenceId),
    /// No other room waits for an answer.
    #[error("no other room is proposed for {0}: it was answered, or silence was taken for a yes")]
    NothingProposed(OccurrenceId),
    /// Once is enough.
    #[error("{person} is signed up already, as {signup}")]
    SignedUpAlready {
        /// Who.
        person: PersonId,
        /// As what.
        signup: SignupId,
    },
    /// There is no such ride.
    #[error("no rides are offered to {0}")]
    NoRides(OccurrenceId),
    /// No place is offered to them.
    #[error("no place is offered to {0}: it was taken, went on to the next, or none is free yet")]
    NotOffered(SignupId),
    /// They do not come.
    #[error("{0} does not come")]
    NotComing(SignupId),
    /// More people come than the new number.
    #[error("{taken} places are taken already")]
    TooFewPlaces {
        /// How many.
        taken: u32,
    },
    /// It has not begun.
    #[error("{0} has not begun")]
    NotBegun(OccurrenceId),
    /// There are too many already.
    #[error("there is room for {limit} {what} at most")]
    TooMany {
        /// Of what.
        what: &'static str,
        /// The most there can be.
        limit: usize,
    },
}

impl Refusal {
    /// The rule's name for machines, `UPPER_SNAKE_CASE`; it never changes.
    #[must_use]
    pub fn reason(&self) -> &'static str {
        match self {
            Self::NotFound(_) => "NOT_FOUND",
            Self::NotYours(_) => "NOT_YOURS",
            Self::NotItsContact(_) => "NOT_ITS_CONTACT",
            Self::NotTheMunicipality => "NOT_THE_MUNICIPALITY",
            Self::Invalid { .. } => "INVALID",
            Self::PersonErased(_) => "PERSON_ERASED",
            Self::NotRepresented(_) => "NOT_REPRESENTED",
            Self::Past { .. } => "PAST",
            Self::NoSuchLocalTime { .. } => "NO_SUCH_LOCAL_TIME",
            Self::NotOpen { .. } => "NOT_OPEN",
            Self::NotToCome { .. } => "NOT_TO_COME",
            Self::NotADraft => "NOT_A_DRAFT",
            Self::NothingRefused(_) => "NOTHING_REFUSED",
            Self::NothingProposed(_) => "NOTHING_PROPOSED",
            Self::SignedUpAlready { .. } => "SIGNED_UP_ALREADY",
            Self::NoRides(_) => "NO_RIDES",
            Self::NotOffered(_) => "NOT_OFFERED",
            Self::NotComing(_) => "NOT_COMING",
            Self::TooFewPlaces { .. } => "TOO_FEW_PLACES",
            Self::NotBegun(_) => "NOT_BEGUN",
            Self::TooMany { .. } => "TOO_MANY",
        }
    }
}
