//! The rules' ways of saying no. The messages are shown to people.

use dugnad_events::{AgreementId, ConcernId, FollowUpId, OrganisationId, SessionId};
use dugnad_vault::PersonId;
use jiff::{Timestamp, civil::Date};
use uuid::Uuid;

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
    /// What is said to have happened would only happen later.
    #[error("{day} has not come: today is {today}")]
    Future {
        /// The day that was said.
        day: Date,
        /// In Europe/Oslo.
        today: Date,
    },
    /// It takes another person: nobody witnesses or supervises themselves.
    #[error("{0} cannot do this for themselves")]
    ForThemselves(PersonId),
    /// No place is left.
    #[error("all {capacity} places of {session} are taken")]
    Full {
        /// Which.
        session: SessionId,
        /// Its places.
        capacity: u32,
    },
    /// The session has begun: places are no more taken or given back.
    #[error("{session} began at {at}")]
    Begun {
        /// Which.
        session: SessionId,
        /// When.
        at: Timestamp,
    },
    /// The session has not begun: nobody can have come.
    #[error("{session} begins at {at}")]
    NotBegun {
        /// Which.
        session: SessionId,
        /// When.
        at: Timestamp,
    },
    /// The person has no place in the session.
    #[error("{person} has no place in {session}")]
    NotJoined {
        /// Which.
        session: SessionId,
        /// Who.
        person: PersonId,
    },
    /// Nobody wrote down that the person came to the session.
    #[error("{person} was not seen at {session}")]
    NotAttended {
        /// Which.
        session: SessionId,
        /// Who.
        person: PersonId,
    },
    /// The talk was held.
    #[error("{follow_up} was held on {on}")]
    Held {
        /// Which.
        follow_up: FollowUpId,
        /// On which day.
        on: Date,
    },
    /// Somebody else looks after the concern.
    #[error("{concern} is looked after by {by}")]
    TakenBy {
        /// Which.
        concern: ConcernId,
        /// Who does.
        by: Uuid,
    },
    /// The concern was dealt with.
    #[error("{0} was closed")]
    Closed(ConcernId),
    /// There is nobody above to send the concern on to.
    #[error("{concern} is at the highest level, {level}")]
    Highest {
        /// Which.
        concern: ConcernId,
        /// The highest.
        level: u8,
    },
    /// A day has no more hours.
    #[error("{minutes} minutes are written down on {day}: a day has no more than {most}")]
    DayFull {
        /// Which.
        day: Date,
        /// Those that stand there.
        minutes: u16,
        /// Those of a day.
        most: u16,
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
}
