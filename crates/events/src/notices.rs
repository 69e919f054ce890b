//! What people are told and what they answer: each notice, each attempt to send it, each reply.
//!
//! People stand here by their ids alone; how they are reached is opened when something is sent
//! and stands in no event. What is said is put together then, from the template and from what
//! holds.

mod data;
mod fact;

use dugnad_vault::PersonId;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::{Code, MessageId, NoticeId};

pub use data::{
    Answer, CallOutcome, Channel, Language, Matter, Notice, Outcome, Policy, Preference, Quiet,
    Setback, Text, Urgency, Via, What, Whose, Withdrawal,
};
pub use fact::Fact;

/// What happened in the notices of one municipality.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Event {
    /// When and how often people are told was set.
    PolicySet {
        /// From now on.
        policy: Policy,
    },
    /// The words of a notice were set, in one language.
    TemplateSet {
        /// Of which kind of notice.
        template: Code,
        /// In which language.
        language: Language,
        /// Goes up with each change, from 1; 0 are the words that come with the program.
        version: u32,
        /// All of them.
        text: Text,
    },
    /// How somebody wants to be told.
    PreferenceSet {
        /// Who.
        person: PersonId,
        /// From now on.
        preference: Preference,
        /// Whether it was said here; else it is what the register says, and gives way to that.
        here: bool,
    },
    /// Another service said something that counts here.
    Heard {
        /// What.
        fact: Fact,
    },

    /// Somebody is to be told something.
    Made {
        /// Its id, from where the event stands that made it.
        notice: NoticeId,
        /// Whom, what, and until when it counts.
        facts: Box<Notice>,
    },
    /// Notices are not sent any more.
    Withdrawn {
        /// Which.
        notices: Vec<NoticeId>,
        /// Why.
        why: Withdrawal,
    },
    /// Notices wait: for the end of quiet hours, or for another day.
    Postponed {
        /// Which.
        notices: Vec<NoticeId>,
        /// Until when.
        until: Timestamp,
    },
    /// Somebody tries to send; on disk before anything leaves.
    Attempted {
        /// The message: the same at every attempt on one channel.
        message: MessageId,
        /// To whom.
        to: PersonId,
        /// What it says.
        notices: Vec<NoticeId>,
        /// How.
        channel: Channel,
        /// From 1.
        attempt: u32,
        /// When.
        at: Timestamp,
        /// If nothing is known by then, it is tried again.
        until: Timestamp,
    },
    /// An attempt came to something.
    Tried {
        /// Which message.
        message: MessageId,
        /// What.
        outcome: Outcome,
        /// When.
        at: Timestamp,
        /// When it is tried again the same way, if it is.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        again: Option<Timestamp>,
    },
    /// The provider says that a message has arrived.
    Delivered {
        /// Which.
        message: MessageId,
        /// When this was heard.
        at: Timestamp,
    },
    /// The provider says that a message did not arrive.
    Undelivered {
        /// Which.
        message: MessageId,
        /// When this was heard.
        at: Timestamp,
    },
    /// Somebody must be called: the desk's list has it.
    OnDesk {
        /// What they must be told.
        notices: Vec<NoticeId>,
        /// Why.
        why: Setback,
        /// When.
        at: Timestamp,
    },
    /// Somebody was called, or it was tried.
    Called {
        /// About which notice.
        notice: NoticeId,
        /// By whom.
        by: Uuid,
        /// What came of it.
        outcome: CallOutcome,
        /// When.
        at: Timestamp,
    },
    /// Somebody answered. The service that it is about follows this.
    Answered {
        /// Which notice.
        notice: NoticeId,
        /// Who.
        person: PersonId,
        /// The resource name of what it is about, as `offers/<uuid>`.
        about: String,
        /// What.
        answer: Answer,
        /// How it came in.
        via: Via,
        /// When.
        at: Timestamp,
    },
    /// Nobody said in time that they had seen an alarm: the next is told, or the desk.
    Climbed {
        /// Which notice nobody answered.
        notice: NoticeId,
        /// When.
        at: Timestamp,
    },
    /// Notices that were over long ago are not kept any more.
    Forgotten {
        /// Which.
        notices: Vec<NoticeId>,
    },
}
