//! What each event makes of the state. Never fails: what was accepted holds.

use std::collections::BTreeSet;

use dugnad_events::{
    MessageId, NoticeId,
    notices::{CallOutcome, Event, Fact, Notice, Outcome, Setback, Urgency, Whose},
};
use jiff::{SignedDuration, Timestamp};

use super::{
    Due, Held, State,
    outbox::{Attempt, Call, Kept, Message, Progress, Stage},
    remind,
};

pub(super) fn evolve(state: &mut State, event: &Event) {
    match event {
        Event::PolicySet { policy } => state.policy = policy.clone(),
        Event::TemplateSet { template, language, version, text } => {
            state.texts.insert((template.clone(), *language), (*version, text.clone()));
        }
        Event::PreferenceSet { person, preference, here } => {
            let known = if *here { &mut state.said } else { &mut state.heard };
            known.insert(*person, preference.clone());
        }
        Event::Heard { fact } => heard(state, fact),
        Event::Made { notice, facts } => made(state, *notice, facts),
        Event::Withdrawn { notices, why } => {
            for id in notices {
                if let Some(kept) = state.notices.get_mut(id) {
                    kept.over = true;
                }
            }
            each(state, notices, |kept| match kept.stage.is_live() {
                true => Stage::Withdrawn(*why),
                false => kept.stage,
            });
        }
        Event::Postponed { notices, until } => {
            for id in notices {
                requeue(state, *id, *until);
            }
        }
        Event::Attempted { message, to, notices, channel, at, until, .. } => {
            let new = Message {
                to: *to,
                notices: notices.clone(),
                channel: *channel,
                attempts: Vec::new(),
                progress: Progress::Trying,
                again: None,
                bucket: None,
            };
            let tried = state.messages.entry(*message).or_insert(new);
            tried.attempts.push(Attempt { at: *at, outcome: None });
            try_again(state, *message, Some(*until));
            for id in notices {
                attempted(state, *id, *message);
            }
            settle(state, *message);
        }
        Event::Tried { message, outcome, at, again } => {
            tried(state, *message, *outcome, *at, *again);
        }
        Event::Delivered { message, .. } => arrived(state, *message),
        Event::Undelivered { message, at } => {
            give_up(state, *message, Progress::Undelivered, Setback::Undelivered, *at);
        }
        Event::OnDesk { notices, why, .. } => each(state, notices, |_| Stage::Desk(*why)),
        Event::Called { notice, by, outcome, at } => {
            let call = Call { by: *by, outcome: *outcome, at: *at };
            if let Some(kept) = state.notices.get_mut(notice) {
                kept.calls.push(call);
            }
            if matches!(outcome, CallOutcome::Reached | CallOutcome::Dealt) {
                knows(state, *notice);
                each(state, &[*notice], |_| Stage::Told);
            }
        }
        Event::Answered { notice, answer, at, .. } => {
            if let Some(kept) = state.notices.get_mut(notice) {
                kept.answer = Some((*answer, *at));
            }
            // Whoever has answered has been told.
            knows(state, *notice);
            each(
                state,
                &[*notice],
                |kept| if kept.stage.is_live() { Stage::Told } else { kept.stage },
            );
        }
        Event::Climbed { notice, .. } => {
            state.agenda.retain(|(_, due)| *due != Due::Climb(*notice));
        }
        Event::Forgotten { notices } => forget(state, notices),
    }
}

fn heard(state: &mut State, fact: &Fact) {
    match fact {
        Fact::Matter { name, matter } => {
            undo(state, name);
            let known = matter.own || state.matters.get(name).is_some_and(|it| it.known);
            let reminders = remind::times(state, matter);
            state.agenda.extend(remind::past(matter).map(|at| (at, Due::Past(name.clone()))));
            for (at, minutes) in &reminders {
                state.agenda.insert((*at, Due::Remind(name.clone(), *minutes)));
            }
            if let Some(of) = &matter.of {
                state.parts.entry(of.clone()).or_default().insert(name.clone());
            }
            let held = Held { matter: (**matter).clone(), known, reminders };
            state.matters.insert(name.clone(), held);
        }
        Fact::Over { name } => {
            over(state, name);
            past_known(state, name, |agenda, due| {
                agenda.remove(&due);
            });
            state.known.forget(name);
        }
        Fact::Changed { person } => {
            state.heard.remove(person);
        }
        Fact::Erased { person } => {
            state.erased.insert(*person);
            state.heard.remove(person);
            state.said.remove(person);
            state.policy.duty.retain(|it| it != person);
            for people in state.numbers.values_mut() {
                people.remove(person);
            }
            let theirs = |held: &Held| held.matter.whose == Whose::Person(*person);
            let gone: Vec<_> = state.matters.iter().filter(|(_, it)| theirs(it)).collect();
            let gone: Vec<_> = gone.into_iter().map(|(name, _)| name.clone()).collect();
            for name in gone {
                over(state, &name);
            }
            state.known.erase(*person);
        }
        Fact::Shift { shift, .. } => ends(state, &shift.to_string(), fact),
        Fact::DoorCode { code, .. } => ends(state, &code.to_string(), fact),
        Fact::Occurrence { occurrence, .. } => ends(state, &occurrence.to_string(), fact),
        fact => state.known.take(fact),
    }
}

/// Takes a fact in that is forgotten some time after its end.
fn ends(state: &mut State, name: &str, fact: &Fact) {
    past_known(state, name, |agenda, due| {
        agenda.remove(&due);
    });
    state.known.take(fact);
    past_known(state, name, |agenda, due| {
        agenda.insert(due);
    });
}

fn past_known(
    state: &mut State,
    name: &str,
    change: impl FnOnce(&mut BTreeSet<(Timestamp, Due)>, (Timestamp, Due)),
) {
    if let Some(at) = state.known.end(name).and_then(remind::after) {
        change(&mut state.agenda, (at, Due::Past(name.to_owned())));
    }
}

fn over(state: &mut State, name: &str) {
    undo(state, name);
    state.matters.remove(name);
}

/// Takes from the clock what a matter gave it, and from what it is a part of.
fn undo(state: &mut State, name: &str) {
    let Some(held) = state.matters.get(name) else { return };
    if let Some(at) = remind::past(&held.matter) {
        state.agenda.remove(&(at, Due::Past(name.to_owned())));
    }
    for (at, minutes) in &held.reminders {
        state.agenda.remove(&(*at, Due::Remind(name.to_owned(), *minutes)));
    }
    if let Some(of) = &held.matter.of
        && let Some(parts) = state.parts.get_mut(of)
    {
        parts.remove(name);
        if parts.is_empty() {
            state.parts.remove(of);
        }
    }
}

fn made(state: &mut State, id: NoticeId, facts: &Notice) {
    if facts.is_reminder() {
        let ahead = facts.more.get("ahead").and_then(|it| it.parse().ok()).unwrap_or_default();
        let due = Due::Remind(facts.about.clone(), ahead);
        let first = state.agenda.iter().take_while(|(at, _)| *at <= facts.at);
        let first = first.filter(|(_, it)| *it == due).map(|(at, _)| *at).next();
        if let Some(at) = first {
            state.agenda.remove(&(at, due));
        }
    }
    if let Some(late) = facts.useful_until().filter(|it| *it > facts.at) {
        state.agenda.insert((late, Due::Late(id)));
    }
    if facts.urgency == Urgency::Alarm && facts.to.is_some() {
        let wait = SignedDuration::from_mins(i64::from(state.policy.climb_minutes));
        let at = facts.at.checked_add(wait).unwrap_or(Timestamp::MAX);
        state.agenda.insert((at, Due::Climb(id)));
    }
    if let Some(to) = facts.to {
        state.of.entry(to).or_default().push(id);
        state.queue.insert((facts.due, id));
    }
    state.about.entry(facts.about.clone()).or_default().push(id);
    let kept = Kept {
        facts: facts.clone(),
        stage: Stage::Queued,
        tried: Vec::new(),
        message: None,
        answer: None,
        over: false,
        calls: Vec::new(),
        due: facts.due,
        setback: None,
    };
    state.notices.insert(id, kept);
}

/// Sets the stage of notices that are kept, and all that hangs on it.
fn each(state: &mut State, notices: &[NoticeId], stage: impl Fn(&Kept) -> Stage) {
    for id in notices {
        let Some(kept) = state.notices.get_mut(id) else { continue };
        state.queue.remove(&(kept.due, *id));
        state.desk.remove(&(kept.facts.urgency, kept.facts.at, *id));
        kept.stage = stage(kept);
        match kept.stage {
            Stage::Queued => {
                state.queue.insert((kept.due, *id));
            }
            Stage::Desk(_) => {
                state.desk.insert((kept.facts.urgency, kept.facts.at, *id));
                if let Some(late) =
                    kept.facts.useful_until().filter(|_| !kept.is_of_use_in_time_only())
                {
                    state.agenda.remove(&(late, Due::Late(*id)));
                }
            }
            Stage::Sending => {}
            Stage::Sent | Stage::Delivered | Stage::Told | Stage::Withdrawn(_) => {
                if let Some(late) = kept.facts.useful_until() {
                    state.agenda.remove(&(late, Due::Late(*id)));
                }
                state.closed.insert((kept.facts.at, *id));
            }
        }
        if let Some(message) = kept.message {
            settle(state, message);
        }
    }
}

fn requeue(state: &mut State, id: NoticeId, due: Timestamp) {
    if let Some(kept) = state.notices.get_mut(&id) {
        state.queue.remove(&(kept.due, id));
        kept.due = due;
        if let Some(late) = kept.facts.useful_until().filter(|it| *it > due) {
            state.agenda.insert((late, Due::Late(id)));
        }
    }
    each(state, &[id], |_| Stage::Queued);
}

/// They have, or may have, heard of what a notice is about.
fn knows(state: &mut State, id: NoticeId) {
    let Some(kept) = state.notices.get(&id) else { return };
    if let Some(held) = state.matters.get_mut(&kept.facts.about) {
        held.known = true;
    }
}

fn attempted(state: &mut State, id: NoticeId, message: MessageId) {
    let Some(kept) = state.notices.get_mut(&id) else { return };
    kept.message = Some(message);
    knows(state, id);
    each(state, &[id], |_| Stage::Sending);
}

/// A message of which nothing is left to say is not tried again.
fn settle(state: &mut State, id: MessageId) {
    let trying = |it: &&Message| it.progress == Progress::Trying;
    let Some(message) = state.messages.get(&id).filter(trying) else { return };
    if state.carried(message).is_empty() {
        try_again(state, id, None);
    }
}

fn try_again(state: &mut State, id: MessageId, at: Option<Timestamp>) {
    let Some(message) = state.messages.get_mut(&id) else { return };
    if let Some(before) = message.again.take() {
        state.again.remove(&(before, id));
    }
    message.again = at;
    state.again.extend(at.map(|at| (at, id)));
}

fn tried(
    state: &mut State,
    id: MessageId,
    outcome: Outcome,
    at: Timestamp,
    again: Option<Timestamp>,
) {
    let Some(message) = state.messages.get_mut(&id) else { return };
    if let Some(last) = message.attempts.last_mut() {
        last.outcome = Some(outcome);
    }
    match outcome {
        Outcome::Sent { bucket } => {
            message.progress = Progress::Sent;
            message.bucket = bucket;
            let (to, carried) = (message.to, message.notices.clone());
            if let Some(bucket) = bucket {
                state.numbers.entry(bucket).or_default().insert(to);
            }
            try_again(state, id, None);
            each(state, &carried, |kept| match kept.stage {
                Stage::Sending => Stage::Sent,
                other => other,
            });
        }
        Outcome::Later(setback) => {
            for notice in message.notices.clone() {
                if let Some(kept) = state.notices.get_mut(&notice) {
                    kept.setback = Some(setback);
                }
            }
            try_again(state, id, again);
            settle(state, id);
        }
        Outcome::Never(setback) => give_up(state, id, Progress::GivenUp, setback, at),
    }
}

/// The message goes this way no more: what it said waits for the next channel.
fn give_up(state: &mut State, id: MessageId, how: Progress, setback: Setback, at: Timestamp) {
    let Some(message) = state.messages.get_mut(&id) else { return };
    message.progress = how;
    let (channel, notices) = (message.channel, message.notices.clone());
    try_again(state, id, None);
    for id in notices {
        let Some(kept) = state.notices.get_mut(&id) else { continue };
        let open = match kept.stage {
            Stage::Sending => true,
            // What holds no more is not told a second time.
            Stage::Sent => kept.answer.is_none() && !kept.over,
            _ => false,
        };
        kept.setback = Some(setback);
        if open {
            kept.tried.push(channel);
            state.closed.remove(&(kept.facts.at, id));
            requeue(state, id, at);
        }
    }
}

/// However late it is heard: who has it need not be told again.
fn arrived(state: &mut State, id: MessageId) {
    let Some(message) = state.messages.get_mut(&id) else { return };
    message.progress = Progress::Delivered;
    let notices = message.notices.clone();
    try_again(state, id, None);
    each(state, &notices, |kept| match kept.stage {
        Stage::Told | Stage::Withdrawn(_) => kept.stage,
        _ => Stage::Delivered,
    });
}

fn forget(state: &mut State, notices: &[NoticeId]) {
    for id in notices {
        let Some(kept) = state.notices.remove(id) else { continue };
        state.closed.remove(&(kept.facts.at, *id));
        if let Some(to) = kept.facts.to
            && let Some(ids) = state.of.get_mut(&to)
        {
            ids.retain(|it| it != id);
            if ids.is_empty() {
                state.of.remove(&to);
            }
        }
        if let Some(ids) = state.about.get_mut(&kept.facts.about) {
            ids.retain(|it| it != id);
            if ids.is_empty() {
                state.about.remove(&kept.facts.about);
            }
        }
        if let Some(message) = kept.message {
            let left = |it: &Message| it.notices.iter().any(|it| state.notices.contains_key(it));
            if !state.messages.get(&message).is_some_and(left) {
                state.messages.remove(&message);
            }
        }
    }
}
