//! What can be asked.

use dugnad_events::{
    Code, MessageId, NoticeId,
    notices::{Answer, CallOutcome, Language, Outcome, Policy, Preference, Text, Via},
};
use dugnad_vault::PersonId;
use serde::{Deserialize, Serialize};

use crate::react::Foreign;

/// What can be asked of the notices of one municipality.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub enum Command {
    /// When and how often people are told.
    SetPolicy(Box<Policy>),
    /// The words of a notice.
    SetTemplate {
        /// Of which kind.
        template: Code,
        /// In every language there is.
        texts: Vec<(Language, Text)>,
    },
    /// How somebody wants to be told; `None`: as the register says.
    SetPreference {
        /// Who.
        person: PersonId,
        /// From now on.
        preference: Option<Preference>,
    },
    /// The register was asked how these want to be told; `None`: they are not in it.
    Learn(Vec<(PersonId, Option<Preference>)>),
    /// Another service said something.
    Hear(Box<Foreign>),
    /// What is due, to be sent now by who asks.
    Claim {
        /// Messages at most.
        most: usize,
    },
    /// What became of messages that were claimed.
    Record(Vec<(MessageId, Outcome)>),
    /// What the provider says of a message.
    Report {
        /// Which.
        message: MessageId,
        /// Whether it is there.
        arrived: bool,
    },
    /// Somebody answers.
    Answer {
        /// Which notice.
        notice: NoticeId,
        /// Who says it of themselves; `None`: a coordinator for whom it is to.
        person: Option<PersonId>,
        /// What.
        answer: Answer,
        /// How it came in.
        via: Via,
    },
    /// Somebody sent a text that answers nothing for certain: they are told how to.
    Unclear {
        /// Who.
        person: PersonId,
        /// What it may have been about.
        questions: Vec<NoticeId>,
    },
    /// Somebody called.
    Called {
        /// About which notice.
        notice: NoticeId,
        /// What came of it.
        outcome: CallOutcome,
        /// What they answered, if they were asked something.
        answer: Option<Answer>,
    },
    /// Time has come for something.
    Tick,
}
