//! What the clock brings: reminders, alarms that nobody answered, notices that come too late, and
//! forgetting what was over long ago.
//!
//! A reminder is no notice until its time has come, so it moves and vanishes with what it reminds
//! of.

use std::collections::BTreeMap;

use dugnad_events::{
    NoticeId,
    notices::{Event, Fact, Matter, Notice, Setback, Urgency, Withdrawal},
};
use dugnad_ledger::Context;
use jiff::{SignedDuration, Timestamp};

use super::{Due, KEEP_DAYS, State, claim, hear::Telling, quiet};

/// The most that one tick does; what is left comes with the next.
const AT_ONCE: usize = 500;
/// Shortly before something nobody is reminded of it any more.
const LAST_REMINDER: SignedDuration = SignedDuration::from_mins(15);

pub(super) fn due(state: &State, cx: &Context) -> Vec<Event> {
    let mut events = Vec::new();
    let due = state.agenda.iter().take_while(|(at, _)| *at <= cx.now).take(AT_ONCE);
    for (n, (at, due)) in (0..).zip(due) {
        match due {
            Due::Remind(name, minutes) => events.extend(remind(state, cx, n, name, *minutes)),
            Due::Climb(id) => climb(state, cx, n, *id, &mut events),
            Due::Late(id) => events.extend(late(state, *id, *at)),
            Due::Past(name) => {
                let fact = Fact::Over { name: name.clone() };
                events.push(Event::Heard { fact });
            }
        }
    }
    let keep = SignedDuration::from_hours(24 * KEEP_DAYS);
    let is_past = |at: &Timestamp| at.saturating_add(keep).is_ok_and(|it| it <= cx.now);
    let forgotten = state.closed.iter().take_while(|(at, _)| is_past(at));
    let notices: Vec<_> = forgotten.take(AT_ONCE).map(|(_, id)| *id).collect();
    if !notices.is_empty() {
        events.push(Event::Forgotten { notices });
    }
    events
}

/// A matter is kept for so long after its end, for those who answer late.
const KEEP_PAST: SignedDuration = SignedDuration::from_hours(24);

/// When a matter is forgotten, unless it is over before.
pub(super) fn past(matter: &Matter) -> Option<Timestamp> {
    matter.span.and_then(|it| after(it.end()))
}

/// When something is forgotten that ends at a time.
pub(super) fn after(end: Timestamp) -> Option<Timestamp> {
    end.checked_add(KEEP_PAST).ok()
}

/// When somebody is reminded of a matter, each with how many minutes ahead it is meant.
pub(super) fn times(state: &State, matter: &Matter) -> Vec<(Timestamp, u32)> {
    let Some(start) = matter.span.map(|it| it.start()).filter(|_| matter.remind) else {
        return Vec::new();
    };
    let quiet = claim::quiet_of(state, state.spokesperson(matter.whose));
    let latest = start.checked_sub(LAST_REMINDER).unwrap_or(start);
    let time = |minutes: &u32| {
        let at = start.checked_sub(SignedDuration::from_mins(i64::from(*minutes))).ok()?;
        let at = quiet.map_or(at, |it| quiet::before(&state.policy, it, at));
        (matter.at < at && at <= latest).then_some((at, *minutes))
    };
    state.policy.remind_minutes.iter().filter_map(time).collect()
}

fn remind(state: &State, cx: &Context, n: u32, name: &str, minutes: u32) -> Vec<Event> {
    let Some(matter) = state.matters.get(name).map(|it| &it.matter) else { return Vec::new() };
    let telling = Telling {
        template: Notice::REMINDER,
        urgency: Urgency::Normal,
        what: matter.what.clone(),
        span: matter.span,
        until: matter.span.map(|it| it.start()),
        more: BTreeMap::from([("ahead".to_owned(), minutes.to_string())]),
        ..Telling::about(name)
    };
    let id = NoticeId(cx.id(n));
    let made = telling.to(state, state.spokesperson(matter.whose), cx, id);
    // The clock may have stood still, as when the service was down: it has begun.
    let begun = matter.span.is_some_and(|it| it.start() <= cx.now);
    let why = Withdrawal::TooLate;
    let late = begun.then(|| Event::Withdrawn { notices: vec![id], why });
    made.into_iter().chain(late).collect()
}

/// The next on duty is told; after the last, the desk's list has it.
fn climb(state: &State, cx: &Context, n: u32, id: NoticeId, events: &mut Vec<Event>) {
    events.push(Event::Climbed { notice: id, at: cx.now });
    let Some(kept) = state.notices.get(&id).filter(|it| it.answer.is_none() && !it.over) else {
        return;
    };
    let level = kept.facts.level.saturating_add(1);
    match state.policy.duty.get(usize::from(level)) {
        Some(next) => {
            let (to, at, due) = (Some(*next), cx.now, cx.now);
            let facts = Notice { to, at, due, level, ..kept.facts.clone() };
            events.push(Event::Made { notice: NoticeId(cx.id(n)), facts: Box::new(facts) });
        }
        None => {
            let (notices, why, at) = (vec![id], Setback::NobodyOnDuty, cx.now);
            events.push(Event::OnDesk { notices, why, at });
        }
    }
}

/// What asks something, and reminders, are of no use any more; other things must be told all the
/// same.
fn late(state: &State, id: NoticeId, at: Timestamp) -> Option<Event> {
    let kept = state.notices.get(&id).filter(|it| it.stage.is_live())?;
    let notices = vec![id];
    if kept.is_of_use_in_time_only() || !kept.must() {
        return Some(Event::Withdrawn { notices, why: Withdrawal::TooLate });
    }
    Some(Event::OnDesk { notices, why: Setback::TooLate, at })
}
