//! The outbox: what becomes of a notice, and of the messages that carry it.
//!
//! queued → sending → sent → delivered, with every attempt written down; from any of them
//! withdrawn if what it says is over, or the desk's list if no channel is left.

use dugnad_events::{
    MessageId, NoticeId,
    notices::{Answer, CallOutcome, Channel, Event, Notice, Outcome, Setback, Urgency, Withdrawal},
};
use dugnad_ledger::Context;
use dugnad_vault::PersonId;
use jiff::{SignedDuration, Timestamp};
use uuid::Uuid;

use super::{Refusal, State, template};

/// A notice, and what became of it.
#[derive(Clone, Debug, PartialEq)]
pub struct Kept {
    /// Whom, what, until when.
    pub facts: Notice,
    /// Where it stands.
    pub stage: Stage,
    /// Channels that did not work.
    pub tried: Vec<Channel>,
    /// The last of those that carried it.
    pub message: Option<MessageId>,
    /// What was answered, and when.
    pub answer: Option<(Answer, Timestamp)>,
    /// What it says holds no more.
    pub over: bool,
    /// Calls about it, as they came.
    pub calls: Vec<Call>,
    /// When it is due now; later than at first if it was postponed.
    pub due: Timestamp,
    /// What kept it from going out.
    pub setback: Option<Setback>,
}

/// Where a notice stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    /// It waits for its time.
    Queued,
    /// A message with it was tried.
    Sending,
    /// The provider took it.
    Sent,
    /// It has arrived.
    Delivered,
    /// Somebody must be called.
    Desk(Setback),
    /// They were told by telephone, or it was dealt with otherwise.
    Told,
    /// It is not sent.
    Withdrawn(Withdrawal),
}

impl Stage {
    /// Whether they are still to be told: by a message, or by the desk.
    #[must_use]
    pub fn is_live(self) -> bool {
        matches!(self, Self::Queued | Self::Sending | Self::Desk(_))
    }
}

/// A call about a notice.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Call {
    /// By whom.
    pub by: Uuid,
    /// What came of it.
    pub outcome: CallOutcome,
    /// When.
    pub at: Timestamp,
}

/// What is sent at one go.
#[derive(Clone, Debug, PartialEq)]
pub struct Message {
    /// To whom.
    pub to: PersonId,
    /// What it says.
    pub notices: Vec<NoticeId>,
    /// How.
    pub channel: Channel,
    /// Every attempt, as they came.
    pub attempts: Vec<Attempt>,
    /// Where it stands.
    pub progress: Progress,
    /// When it is tried again if nothing is known by then.
    pub(super) again: Option<Timestamp>,
    /// What replies to it are looked up by.
    pub(super) bucket: Option<u16>,
}

/// One attempt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Attempt {
    /// When.
    pub at: Timestamp,
    /// What came of it, if that is known.
    pub outcome: Option<Outcome>,
}

/// Where a message stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Progress {
    /// It is tried.
    Trying,
    /// It goes this way no more.
    GivenUp,
    /// The provider took it.
    Sent,
    /// It is there.
    Delivered,
    /// It did not arrive.
    Undelivered,
}

/// How often one channel is tried for what can wait, and for what cannot.
const ATTEMPTS: (usize, usize) = (5, 2);
/// How long until the first attempt again; each further one waits four times as long.
const FIRST_PAUSE: SignedDuration = SignedDuration::from_secs(30);

/// When a message that failed so often is tried again; `None`: no more.
fn again(now: Timestamp, attempts: usize, hurries: bool) -> Option<Timestamp> {
    let most = if hurries { ATTEMPTS.1 } else { ATTEMPTS.0 };
    let pause = FIRST_PAUSE * 4_i32.saturating_pow(u32::try_from(attempts.saturating_sub(1)).ok()?);
    (attempts < most).then(|| now.checked_add(pause).ok()).flatten()
}

/// What became of messages that were claimed. Results of messages that are not being tried any
/// more, such as one told twice, change nothing.
pub(super) fn record(
    state: &State,
    cx: &Context,
    results: Vec<(MessageId, Outcome)>,
) -> Vec<Event> {
    let known = results.into_iter().filter_map(|(id, outcome)| {
        let message = state.messages.get(&id)?;
        (message.progress == Progress::Trying).then_some((id, message, outcome))
    });
    let tried = known.map(|(id, message, outcome)| {
        let hurries = message.notices.iter().any(|id| state.hurries(*id));
        let (outcome, again) = match outcome {
            Outcome::Later(setback) => match again(cx.now, message.attempts.len(), hurries) {
                Some(again) => (outcome, Some(again)),
                None => (Outcome::Never(setback), None),
            },
            outcome => (outcome, None),
        };
        Event::Tried { message: id, outcome, at: cx.now, again }
    });
    tried.collect()
}

/// What the provider says, at any time, in any order and as often as it likes: that a message
/// arrived counts for good, that it did not counts unless it did.
pub(super) fn report(
    state: &State,
    cx: &Context,
    message: MessageId,
    arrived: bool,
) -> Result<Vec<Event>, Refusal> {
    let known = state.messages.get(&message).ok_or(Refusal::NotSent(message))?;
    let at = cx.now;
    Ok(match (known.progress, arrived) {
        (Progress::Delivered, _) | (Progress::Undelivered | Progress::GivenUp, false) => Vec::new(),
        (_, true) => vec![Event::Delivered { message, at }],
        (_, false) => vec![Event::Undelivered { message, at }],
    })
}

impl Kept {
    /// Whether somebody must call if there is no other way.
    pub(super) fn must(&self) -> bool {
        self.facts.urgency <= Urgency::Normal
    }

    /// Reminders, and what asks something: later nobody need hear of it.
    pub(super) fn is_of_use_in_time_only(&self) -> bool {
        self.facts.is_reminder() || template::asks(&self.facts.template)
    }
}

impl State {
    /// Whether it goes out at any hour.
    pub(super) fn hurries(&self, id: NoticeId) -> bool {
        self.notices.get(&id).is_some_and(|it| it.facts.urgency <= Urgency::Urgent)
    }

    /// Notices about something that still say what holds.
    pub(super) fn holding(&self, about: &str) -> Vec<NoticeId> {
        let all = self.about.get(about).into_iter().flatten().copied();
        all.filter(|id| self.notices.get(id).is_some_and(|it| !it.over)).collect()
    }

    /// Whether somebody has been told this about something.
    pub(super) fn has_told(&self, about: &str, template: &str) -> bool {
        let told = |stage| matches!(stage, Stage::Sent | Stage::Delivered | Stage::Told);
        let all = self.about.get(about).into_iter().flatten();
        all.filter_map(|id| self.notices.get(id))
            .any(|it| it.facts.template.as_str() == template && told(it.stage))
    }

    /// Notices of a message that still say something true.
    pub(super) fn carried(&self, message: &Message) -> Vec<NoticeId> {
        let live =
            |id: &&NoticeId| self.notices.get(id).is_some_and(|it| it.stage == Stage::Sending);
        message.notices.iter().filter(live).copied().collect()
    }
}
