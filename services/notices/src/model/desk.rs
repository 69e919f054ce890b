//! The desk: the municipality's policy, how people want to be told, and the list of those to be
//! called.

use std::ops::Bound;

use dugnad_events::{
    NoticeId,
    notices::{Answer, CallOutcome, Event, Policy, Preference, Setback, Urgency, Via, Withdrawal},
};
use dugnad_ledger::Context;
use dugnad_vault::PersonId;
use jiff::{Timestamp, tz::TimeZone};

use super::{MOST_ON_DUTY, MOST_REMINDERS, Refusal, State, answer, outbox::Stage};

pub(super) fn set_policy(state: &State, policy: Policy) -> Result<Vec<Event>, Refusal> {
    let invalid =
        |field, problem: &str| Err(Refusal::Invalid { field, problem: problem.to_owned() });
    if TimeZone::get(&policy.zone).is_err() {
        return invalid("policy.time_zone", "is no IANA time zone, such as Europe/Oslo");
    }
    if policy.duty.len() > MOST_ON_DUTY {
        return invalid("policy.duty", "must have at most 5 items");
    }
    if policy.remind_minutes.len() > MOST_REMINDERS {
        return invalid("policy.reminders", "must have at most 4 items");
    }
    if let Some(gone) = policy.duty.iter().find(|it| state.erased.contains(it)) {
        return Err(Refusal::PersonErased(*gone));
    }
    Ok(if state.policy == policy { Vec::new() } else { vec![Event::PolicySet { policy }] })
}

pub(super) fn set_preference(
    state: &State,
    person: PersonId,
    preference: Option<Preference>,
) -> Result<Vec<Event>, Refusal> {
    if state.erased.contains(&person) {
        return Err(Refusal::PersonErased(person));
    }
    let preference = preference.or_else(|| state.heard.get(&person).cloned()).unwrap_or_default();
    if state.said.get(&person) == Some(&preference) {
        return Ok(Vec::new());
    }
    Ok(vec![Event::PreferenceSet { person, preference, here: true }])
}

/// Who is not in the register cannot be reached: what must be told goes to the desk, the rest
/// nowhere.
pub(super) fn learn(
    state: &State,
    now: Timestamp,
    people: Vec<(PersonId, Option<Preference>)>,
) -> Vec<Event> {
    let mut events = Vec::new();
    for (person, preference) in people {
        let Some(preference) = preference else {
            events.extend(unreachable(state, now, person));
            continue;
        };
        if !state.erased.contains(&person) && state.heard.get(&person) != Some(&preference) {
            events.push(Event::PreferenceSet { person, preference, here: false });
        }
    }
    events
}

fn unreachable(state: &State, at: Timestamp, person: PersonId) -> Vec<Event> {
    let mine = state.of.get(&person).into_iter().flatten();
    let queued = |id: &&NoticeId| state.notices.get(id).is_some_and(|it| it.stage == Stage::Queued);
    let must = |id: &NoticeId| {
        state.notices.get(id).is_some_and(|it| it.must() && !it.facts.is_reminder())
    };
    let (desk, notices): (Vec<_>, Vec<_>) = mine.filter(queued).copied().partition(must);
    let mut events = Vec::new();
    if !desk.is_empty() {
        events.push(Event::OnDesk { notices: desk, why: Setback::Unknown, at });
    }
    if !notices.is_empty() {
        events.push(Event::Withdrawn { notices, why: Withdrawal::Unreachable });
    }
    events
}

/// A call about something that is on the list.
pub(super) fn called(
    state: &State,
    cx: &Context,
    id: NoticeId,
    outcome: CallOutcome,
    answer: Option<Answer>,
) -> Result<Vec<Event>, Refusal> {
    let kept = state.notice(id)?;
    if !matches!(kept.stage, Stage::Desk(_)) {
        return Err(Refusal::NotOnList(id));
    }
    let called = Event::Called { notice: id, by: cx.caller.id, outcome, at: cx.now };
    let answered = match answer {
        Some(answer) => answer::answer(state, cx, id, None, answer, Via::Desk)?,
        None => Vec::new(),
    };
    Ok(std::iter::once(called).chain(answered).collect())
}

impl State {
    /// The desk's list from after `after` on, what hurries most first: urgency, since when,
    /// which.
    #[must_use]
    pub fn list_desk(
        &self,
        after: Option<(Urgency, Timestamp, NoticeId)>,
        size: usize,
    ) -> Vec<(Urgency, Timestamp, NoticeId)> {
        let from = after.map_or(Bound::Unbounded, Bound::Excluded);
        self.desk.range((from, Bound::Unbounded)).take(size).copied().collect()
    }
}
