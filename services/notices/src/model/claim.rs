//! What is due now: which notices go out, as which messages, by which channel.
//!
//! Nothing is claimed that is over: it was withdrawn in the commit that heard so. What has no
//! channel left, or would come too late, goes to the desk's list.

use std::collections::BTreeSet;

use dugnad_events::{
    MessageId, NoticeId,
    notices::{Channel, Event, Preference, Quiet, Setback, Urgency, Withdrawal},
};
use dugnad_ledger::Context;
use dugnad_vault::PersonId;
use jiff::{SignedDuration, Timestamp};

use super::{
    LOOKED_AT, MOST_IN_A_MESSAGE, State,
    outbox::{Kept, Message, Progress},
    quiet,
};

/// How long whoever claims a message has to send it, before somebody else may.
pub(super) const LEASE: SignedDuration = SignedDuration::from_secs(20);

/// Messages to be sent now, at most so many.
pub(super) fn claim(state: &State, cx: &Context, most: usize) -> Vec<Event> {
    let mut claim = Claim { state, cx, events: Vec::new(), made: 0 };
    let over: Vec<_> = state.again.iter().take_while(|(at, _)| *at <= cx.now).take(most).collect();
    for (_, id) in over {
        claim.again(*id);
    }
    let mut seen = BTreeSet::new();
    let due = state.queue.iter().take_while(|(due, _)| *due <= cx.now);
    for (_, id) in due.take(LOOKED_AT) {
        if claim.made == most {
            break;
        }
        let person = state.notices.get(id).and_then(|it| it.facts.to);
        let Some(person) = person.filter(|it| seen.insert(*it)) else { continue };
        if let Some(preference) = state.preference(person) {
            claim.compose(person, preference);
        }
    }
    claim.events
}

struct Claim<'a> {
    state: &'a State,
    cx: &'a Context,
    events: Vec<Event>,
    made: usize,
}

impl Claim<'_> {
    /// A message whose time to be tried again has come, under the same key.
    fn again(&mut self, id: MessageId) {
        let Some(message) = self.state.messages.get(&id) else { return };
        let attempt = u32::try_from(message.attempts.len()).unwrap_or(u32::MAX).saturating_add(1);
        let notices = self.state.carried(message);
        self.attempt(id, message.to, notices, message.channel, attempt);
    }

    fn attempt(
        &mut self,
        message: MessageId,
        to: PersonId,
        notices: Vec<NoticeId>,
        channel: Channel,
        attempt: u32,
    ) {
        let at = self.cx.now;
        let until = at.checked_add(LEASE).unwrap_or(at);
        self.made += 1;
        self.events.push(Event::Attempted { message, to, notices, channel, attempt, at, until });
    }

    /// What is due to one person: what hurries, and with it what is due soon; what can wait waits
    /// for the end of the quiet hours, and for another day once there was enough.
    fn compose(&mut self, person: PersonId, preference: &Preference) {
        let policy = &self.state.policy;
        let bundle = SignedDuration::from_mins(i64::from(policy.bundle_minutes));
        let soon = self.cx.now.checked_add(bundle).unwrap_or(self.cx.now);
        let mine = self.state.due_to(person, soon);
        let quiet = preference.quiet.or(policy.quiet);
        let quiet_end = quiet.and_then(|it| quiet::next_end(policy, it, self.cx.now));
        let enough = self.state.sent_today(person, self.cx.now) >= policy.daily_limit as usize;
        let mut going = Vec::new();
        let mut wait = Vec::new();
        for (id, kept) in mine {
            let urgency = self.urgency(kept, quiet_end);
            let due = kept.due <= self.cx.now;
            match urgency {
                Urgency::Alarm => going.push((id, kept)),
                Urgency::Urgent if enough => self.on_desk(vec![id], Setback::Limit),
                Urgency::Urgent => going.push((id, kept)),
                _ if enough || quiet_end.is_some() => wait.extend(due.then_some((id, kept))),
                _ => going.push((id, kept)),
            }
        }
        let until = quiet_end.filter(|_| !enough);
        self.postpone(
            wait,
            until.unwrap_or_else(|| quiet::next_morning(policy, quiet, self.cx.now)),
        );
        let hurries = going.iter().any(|(_, it)| it.facts.urgency <= Urgency::Urgent);
        for (channel, ids) in self.routed(preference, hurries, going) {
            for part in ids.chunks(MOST_IN_A_MESSAGE) {
                let id = self.cx.id(u32::try_from(self.events.len()).unwrap_or(u32::MAX));
                self.attempt(MessageId(id), person, part.to_vec(), channel, 1);
            }
        }
    }

    /// As it was made; what must be told and begins before the quiet hours end does not wait for
    /// that.
    fn urgency(&self, kept: &Kept, quiet_end: Option<Timestamp>) -> Urgency {
        let begins = kept.facts.span.as_ref().map(dugnad_calendar::Interval::start);
        let presses =
            |at: Timestamp| quiet_end.is_some_and(|end| at <= end) && !kept.facts.is_reminder();
        if kept.facts.urgency == Urgency::Normal && begins.or(kept.facts.until).is_some_and(presses)
        {
            return Urgency::Urgent;
        }
        kept.facts.urgency
    }

    /// Those for whom waiting would be too late are not told by a message.
    fn postpone(&mut self, wait: Vec<(NoticeId, &Kept)>, until: Timestamp) {
        let late = |kept: &Kept| kept.facts.useful_until().is_some_and(|last| last <= until);
        let (late, wait): (Vec<_>, Vec<_>) = wait.into_iter().partition(|(_, it)| late(it));
        let (desk, drop): (Vec<_>, Vec<_>) = late.into_iter().partition(|(_, it)| it.must());
        self.on_desk(ids(desk), Setback::TooLate);
        self.withdraw(ids(drop), Withdrawal::TooLate);
        let notices = ids(wait);
        if !notices.is_empty() {
            self.events.push(Event::Postponed { notices, until });
        }
    }

    /// By the channel that each goes by next; those that none is left for are for the desk.
    fn routed(
        &mut self,
        preference: &Preference,
        hurries: bool,
        going: Vec<(NoticeId, &Kept)>,
    ) -> Vec<(Channel, Vec<NoticeId>)> {
        let mut routed: Vec<(Channel, Vec<NoticeId>)> = Vec::new();
        for (id, kept) in going {
            let order = channels(preference, hurries);
            let allowed = |channel: &&Channel| {
                let codes = self.state.policy.code_channels();
                !kept.facts.is_door_code() || codes.contains(channel)
            };
            let left = order.iter().filter(allowed).find(|it| !kept.tried.contains(it));
            match left {
                Some(channel) => match routed.iter_mut().find(|(it, _)| it == channel) {
                    Some((_, ids)) => ids.push(id),
                    None => routed.push((*channel, vec![id])),
                },
                // Who wants to be called is reminded by a call; for others a reminder is not
                // worth one.
                None if kept.must() && (kept.setback.is_none() || !kept.facts.is_reminder()) => {
                    let why = if order.is_empty() { Setback::Wish } else { Setback::NoChannel };
                    self.on_desk(vec![id], kept.setback.unwrap_or(why));
                }
                None => self.withdraw(vec![id], Withdrawal::Unreachable),
            }
        }
        routed
    }

    fn on_desk(&mut self, notices: Vec<NoticeId>, why: Setback) {
        if !notices.is_empty() {
            self.events.push(Event::OnDesk { notices, why, at: self.cx.now });
        }
    }

    fn withdraw(&mut self, notices: Vec<NoticeId>, why: Withdrawal) {
        if !notices.is_empty() {
            self.events.push(Event::Withdrawn { notices, why });
        }
    }
}

fn ids(notices: Vec<(NoticeId, &Kept)>) -> Vec<NoticeId> {
    notices.into_iter().map(|(id, _)| id).collect()
}

/// In which order channels are tried; none: they want to be called, or written to.
fn channels(preference: &Preference, hurries: bool) -> &'static [Channel] {
    match preference.channel {
        Some(Channel::Phone | Channel::Letter) => &[],
        Some(Channel::Sms) => &[Channel::Sms, Channel::Email],
        Some(Channel::Email) => &[Channel::Email, Channel::Sms],
        None if hurries => &[Channel::Sms, Channel::Email],
        None => &[Channel::Email, Channel::Sms],
    }
}

impl State {
    /// Notices to somebody that are queued and due by then, as they were made.
    fn due_to(&self, person: PersonId, by: Timestamp) -> Vec<(NoticeId, &Kept)> {
        let all = self.of.get(&person).into_iter().flatten();
        let kept = all.filter_map(|id| Some((*id, self.notices.get(id)?)));
        kept.filter(|(id, it)| it.due <= by && self.queue.contains(&(it.due, *id))).collect()
    }

    /// Messages that somebody got, or may have got, on this local day, alarms apart.
    fn sent_today(&self, person: PersonId, now: Timestamp) -> usize {
        let today = quiet::local(&self.policy, now).date();
        let mut messages = BTreeSet::new();
        for id in self.of.get(&person).into_iter().flatten().rev() {
            let Some(kept) = self.notices.get(id) else { continue };
            let message = kept.message.and_then(|id| Some((id, self.messages.get(&id)?)));
            let counts = |(_, message): &(MessageId, &Message)| {
                let failed = matches!(message.progress, Progress::GivenUp | Progress::Undelivered);
                kept.facts.urgency > Urgency::Alarm && !failed
            };
            let Some((id, message)) = message.filter(counts) else {
                continue;
            };
            let first = message.attempts.first().map(|it| quiet::local(&self.policy, it.at).date());
            if first == Some(today) {
                messages.insert(id);
            }
        }
        messages.len()
    }
}

/// When nothing is sent to somebody that can wait.
pub(super) fn quiet_of(state: &State, person: Option<PersonId>) -> Option<Quiet> {
    let own = person.and_then(|it| state.preference(it)).and_then(|it| it.quiet);
    own.or(state.policy.quiet)
}
