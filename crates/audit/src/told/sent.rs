//! What becomes of each notice once it is made.

use std::collections::BTreeMap;

use dugnad_events::{
    MessageId, NoticeId,
    notices::{CallOutcome, Event, Outcome},
};
use jiff::{SignedDuration, Timestamp};

use crate::{
    history::Place,
    report::{Findings, Verdict},
};

/// How long after its time a notice may still be on its way out: a sender that was killed lets go of
/// what it had claimed.
const SLACK: SignedDuration = SignedDuration::from_mins(2);

#[derive(Debug)]
struct Kept {
    place: Place,
    /// When it goes out, or is tried again; `None`: it is sent, at the desk, or over.
    due: Option<Timestamp>,
    /// What it says holds no more.
    over: bool,
    /// What carried it last.
    message: Option<MessageId>,
}

#[derive(Debug, Default)]
struct Message {
    notices: Vec<NoticeId>,
    /// The provider took it, and has not said that it did not arrive.
    sent: bool,
}

#[derive(Debug, Default)]
pub(super) struct Sent {
    notices: BTreeMap<NoticeId, Kept>,
    messages: BTreeMap<MessageId, Message>,
    made: u64,
    sent: u64,
    withdrawn: u64,
}

impl Sent {
    /// Takes it in; what is wrong with it.
    pub(super) fn event(&mut self, place: &Place, event: &Event) -> Option<String> {
        match event {
            Event::Made { notice, facts } => {
                self.made += 1;
                let due = facts.to.map(|_| facts.due);
                let kept = Kept { place: place.clone(), due, over: false, message: None };
                let before = self.notices.insert(*notice, kept);
                return before.map(|_| format!("{notice} is made twice"));
            }
            Event::Withdrawn { notices, .. } => {
                self.withdrawn += notices.len() as u64;
                self.each(notices, |kept| (kept.due, kept.over) = (None, true));
            }
            Event::Postponed { notices, until } => {
                self.each(notices, |kept| kept.due = Some(*until));
            }
            Event::Attempted { message, notices, until, .. } => {
                return self.attempted(*message, notices, *until);
            }
            Event::Tried { message, outcome, at, again } => {
                let known = self.messages.get_mut(message)?;
                let notices = known.notices.clone();
                known.sent = matches!(outcome, Outcome::Sent { .. });
                self.sent += u64::from(known.sent);
                match outcome {
                    Outcome::Sent { .. } => self.each(&notices, |kept| kept.due = None),
                    Outcome::Later(_) | Outcome::Never(_) => {
                        self.waits(&notices, again.unwrap_or(*at));
                    }
                }
            }
            Event::Undelivered { message, at } => {
                let known = self.messages.get_mut(message)?;
                known.sent = false;
                let notices = known.notices.clone();
                self.waits(&notices, *at);
            }
            Event::Delivered { message, .. } => {
                let notices = self.messages.get(message)?.notices.clone();
                self.each(&notices, |kept| kept.due = None);
            }
            Event::OnDesk { notices, .. } => self.each(notices, |kept| kept.due = None),
            Event::Called { notice, outcome, .. } => {
                if matches!(outcome, CallOutcome::Reached | CallOutcome::Dealt) {
                    self.each(&[*notice], |kept| kept.due = None);
                }
            }
            Event::Answered { notice, .. } => self.each(&[*notice], |kept| kept.due = None),
            Event::Forgotten { notices } => {
                notices.iter().for_each(|id| drop(self.notices.remove(id)));
            }
            _ => {}
        }
        None
    }

    fn each(&mut self, notices: &[NoticeId], change: impl Fn(&mut Kept)) {
        for id in notices {
            self.notices.get_mut(id).into_iter().for_each(&change);
        }
    }

    /// What did not go out waits for another try, unless nobody need hear of it any more.
    fn waits(&mut self, notices: &[NoticeId], until: Timestamp) {
        self.each(notices, |kept| {
            kept.due = if kept.over { None } else { Some(until) };
        });
    }

    fn attempted(
        &mut self,
        message: MessageId,
        notices: &[NoticeId],
        until: Timestamp,
    ) -> Option<String> {
        let mut wrong = None;
        if self.messages.get(&message).is_some_and(|it| it.sent) {
            wrong = Some(format!("{message} is sent again"));
        }
        for id in notices {
            let Some(kept) = self.notices.get_mut(id) else {
                return Some(format!("{id} is sent, and was never made"));
            };
            if kept.over {
                wrong = Some(format!("{id} is sent, and holds no more"));
            }
            let before = kept.message.replace(message).filter(|it| *it != message);
            kept.due = Some(until);
            if before.and_then(|it| self.messages.get(&it)).is_some_and(|it| it.sent) {
                wrong = Some(format!("{id} is sent in {message}, and was sent before"));
            }
        }
        self.messages.entry(message).or_default().notices = notices.to_vec();
        wrong
    }

    /// Those whose time is past, and whom nobody has told, nor put onto the desk's list.
    pub(super) fn forgotten(&self, now: Timestamp, findings: &mut Findings) {
        for (id, kept) in &self.notices {
            if kept.due.is_some_and(|due| due.saturating_add(SLACK).is_ok_and(|it| it < now)) {
                findings.add(&kept.place, None, format!("{id} was due, and nobody was told"));
            }
        }
    }

    pub(super) fn count(&self, now: Timestamp, verdict: &mut Verdict) {
        let due = |kept: &&Kept| kept.due.is_some_and(|due| due <= now);
        verdict.count(self.made, "notices");
        verdict.count(self.sent, "messages sent");
        verdict.count(self.withdrawn, "withdrawn");
        verdict.count(self.notices.values().filter(due).count() as u64, "on their way");
    }
}
