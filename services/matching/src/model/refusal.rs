//! The rules' ways of saying no. The messages are shown to people.

use dugnad_events::{Code, NeedId, OfferId, OrganisationId, PlanId, TeamId};
use dugnad_vault::PersonId;
use jiff::Timestamp;

use super::WhyNot;

/// A rule of the domain that says no, with what the caller needs next.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// No such thing in this municipality.
    #[error("{0} does not exist")]
    NotFound(String),
    /// It is somebody else's.
    #[error("{0} is not yours to change")]
    NotYours(String),
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
    #[error("you may not ask for help for {0}: no consent to that is known")]
    NotRepresented(PersonId),
    /// The time has come or gone.
    #[error("{start} has passed")]
    Past {
        /// When it begins.
        start: Timestamp,
    },
    /// Nobody is asked for it any more.
    #[error("{0} is closed")]
    NeedClosed(NeedId),
    /// All places are taken.
    #[error("all {heads} places of {need} are taken")]
    Full {
        /// Which need.
        need: NeedId,
        /// How many are wanted.
        heads: u32,
    },
    /// Needs of this kind are taken only by who was asked.
    #[error("only who was asked can take a place of kind {0}")]
    NotOpen(Code),
    /// The time to answer was over.
    #[error("the time to answer {offer} was over at {at}")]
    Expired {
        /// Which offer.
        offer: OfferId,
        /// When.
        at: Timestamp,
    },
    /// The offer is not open: it was answered or taken back.
    #[error("{offer} is not open: {state}")]
    NotOffered {
        /// Which.
        offer: OfferId,
        /// What became of it.
        state: String,
    },
    /// Only members can come for an organisation.
    #[error("{person} is not a member of {organisation}")]
    NotAMember {
        /// Who was named.
        person: PersonId,
        /// Which organisation was asked.
        organisation: OrganisationId,
    },
    /// A rule keeps this person from it.
    #[error("{person} {}", super::rules::in_words(rules))]
    RuledOut {
        /// Who.
        person: PersonId,
        /// Every rule that says no, never none.
        rules: Vec<WhyNot>,
    },
    /// Not enough of a team can come.
    #[error("{can} of {team} can come, and {size} come at a time")]
    TeamTooSmall {
        /// Which.
        team: TeamId,
        /// How many can come, and have a place.
        can: usize,
        /// How many come at a time.
        size: usize,
    },
    /// The plan was published, or is being published.
    #[error("{0} is no draft any more")]
    NotADraft(PlanId),
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
    /// The rule's name for machines, `UPPER_SNAKE_CASE`; it never changes. Of a person that rules keep
    /// from something, the first rule's.
    #[must_use]
    pub fn reason(&self) -> &'static str {
        match self {
            Self::NotFound(_) => "NOT_FOUND",
            Self::NotYours(_) => "NOT_YOURS",
            Self::Invalid { .. } => "INVALID",
            Self::PersonErased(_) => "PERSON_ERASED",
            Self::NotRepresented(_) => "NOT_REPRESENTED",
            Self::Past { .. } => "PAST",
            Self::NeedClosed(_) => "NEED_CLOSED",
            Self::Full { .. } => "FULL",
            Self::NotOpen(_) => "NOT_OPEN",
            Self::Expired { .. } => "EXPIRED",
            Self::NotOffered { .. } => "NOT_OFFERED",
            Self::NotAMember { .. } => "NOT_A_MEMBER",
            Self::RuledOut { rules, .. } => rules.first().map_or("RULED_OUT", WhyNot::reason),
            Self::TeamTooSmall { .. } => "TEAM_TOO_SMALL",
            Self::NotADraft(_) => "NOT_A_DRAFT",
            Self::TooMany { .. } => "TOO_MANY",
        }
    }
}
