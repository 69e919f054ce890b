//! The rules' ways of saying no. The messages are shown to people.

use dugnad_events::{MessageId, NoticeId, notices::Answer};
use dugnad_vault::PersonId;
use jiff::Timestamp;

/// A rule of the domain that says no, with what the caller needs next.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// No such thing in this municipality.
    #[error("{0} does not exist")]
    NotFound(String),
    /// It is somebody else's.
    #[error("{0} is not to you")]
    NotYours(NoticeId),
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
    /// Nothing was asked, or not this.
    #[error("{0} does not ask for that answer")]
    NotAsked(NoticeId),
    /// It was answered before, in another way.
    #[error("{notice} was answered before; say it to the office if it has changed")]
    AlreadyAnswered {
        /// Which.
        notice: NoticeId,
        /// What was answered.
        answer: Answer,
    },
    /// What it asks about holds no more.
    #[error("what {0} is about holds no more; nothing needs to be done")]
    Over(NoticeId),
    /// The time to answer was over.
    #[error("the time to answer {notice} was over at {at}")]
    TooLate {
        /// Which.
        notice: NoticeId,
        /// When.
        at: Timestamp,
    },
    /// An organisation says who comes, which one word cannot.
    #[error("{0} asks an organisation: say who comes by accepting the offer itself")]
    NameWhoComes(NoticeId),
    /// It is not on the desk's list.
    #[error("{0} is not on the list of those to be called")]
    NotOnList(NoticeId),
    /// No such message was sent.
    #[error("{0} was not sent from here")]
    NotSent(MessageId),
}

impl Refusal {
    /// The rule's name for machines, `UPPER_SNAKE_CASE`; it never changes.
    #[must_use]
    pub fn reason(&self) -> &'static str {
        match self {
            Self::NotFound(_) => "NOT_FOUND",
            Self::NotYours(_) => "NOT_YOURS",
            Self::Invalid { .. } => "INVALID",
            Self::PersonErased(_) => "PERSON_ERASED",
            Self::NotAsked(_) => "NOT_ASKED",
            Self::AlreadyAnswered { .. } => "ALREADY_ANSWERED",
            Self::Over(_) => "OVER",
            Self::TooLate { .. } => "TOO_LATE",
            Self::NameWhoComes(_) => "NAME_WHO_COMES",
            Self::NotOnList(_) => "NOT_ON_LIST",
            Self::NotSent(_) => "NOT_SENT",
        }
    }
}
