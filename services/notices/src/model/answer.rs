//! Answers: by link, by text message, by somebody who heard it.
//!
//! An answer is an event that the service concerned follows and decides on; whether it can still
//! be taken there is told back by that service. Here is decided only whether it answers anything
//! at all.

use std::collections::BTreeMap;

use dugnad_events::{
    NoticeId,
    notices::{Answer, Event, Notice, Urgency, Via, Whose},
};
use dugnad_ledger::Context;
use dugnad_vault::PersonId;
use jiff::{SignedDuration, Timestamp};

use super::{Refusal, State, hear::Telling, outbox::Kept, template};

/// Who says "later" is asked again after so long.
const ASK_AGAIN: SignedDuration = SignedDuration::from_hours(4);

/// What can be said to a notice now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Standing {
    /// One of these.
    Open(Vec<Answer>),
    /// Nothing more, and why.
    Closed(Refusal),
}

/// How a notice stands for whoever was asked.
///
/// # Errors
/// `NotFound`.
pub fn standing(state: &State, id: NoticeId, now: Timestamp) -> Result<Standing, Refusal> {
    let kept = state.notice(id)?;
    let asked = asked(kept);
    Ok(match asked.iter().map(|it| may(state, id, kept, *it, now)).find(Result::is_ok) {
        Some(_) => {
            let open = asked.iter().filter(|it| may(state, id, kept, **it, now).is_ok());
            Standing::Open(open.copied().collect())
        }
        None => {
            let first = asked.first().copied().unwrap_or(Answer::Seen);
            let refusal = may(state, id, kept, first, now).err();
            Standing::Closed(refusal.unwrap_or(Refusal::NotAsked(id)))
        }
    })
}

/// What can be given back by an answer: the service that it is of follows what is answered.
const GIVEN_BACK: [&str; 3] = ["assignments/", "rides/", "signups/"];

/// What a notice asks: a place can be given back where somebody has one.
fn asked(kept: &Kept) -> Vec<Answer> {
    let is_place = GIVEN_BACK.iter().any(|it| kept.facts.about.starts_with(it));
    let asks = template::answers(&kept.facts.template).iter().copied();
    asks.filter(|it| *it != Answer::Cancel || is_place).collect()
}

/// Whether this answer can be taken; an answer that only says that it was seen always can.
fn may(
    state: &State,
    id: NoticeId,
    kept: &Kept,
    answer: Answer,
    now: Timestamp,
) -> Result<(), Refusal> {
    if !asked(kept).contains(&answer) {
        return Err(Refusal::NotAsked(id));
    }
    if let Some((before, _)) = kept.answer.filter(|(it, _)| *it != answer && is_final(*it)) {
        return Err(Refusal::AlreadyAnswered { notice: id, answer: before });
    }
    if answer == Answer::Seen {
        return Ok(());
    }
    if kept.over {
        return Err(Refusal::Over(id));
    }
    if let Some(at) = kept.facts.until.filter(|it| *it <= now) {
        return Err(Refusal::TooLate { notice: id, at });
    }
    let whose = state.matters.get(&kept.facts.about).map(|it| it.matter.whose);
    if answer == Answer::Yes && matches!(whose, Some(Whose::Organisation(_))) {
        return Err(Refusal::NameWhoComes(id));
    }
    Ok(())
}

/// Having seen it, or wanting to think, leaves every other answer open.
fn is_final(answer: Answer) -> bool {
    matches!(answer, Answer::Yes | Answer::No | Answer::Cancel)
}

pub(super) fn answer(
    state: &State,
    cx: &Context,
    id: NoticeId,
    person: Option<PersonId>,
    answer: Answer,
    via: Via,
) -> Result<Vec<Event>, Refusal> {
    let kept = state.notice(id)?;
    let to = kept.facts.to.ok_or(Refusal::NotAsked(id))?;
    if person.is_some_and(|person| person != to) {
        return Err(Refusal::NotYours(id));
    }
    may(state, id, kept, answer, cx.now)?;
    if kept.answer.is_some_and(|(before, _)| before == answer) {
        return Ok(Vec::new());
    }
    let (about, at) = (kept.facts.about.clone(), cx.now);
    let answered = Event::Answered { notice: id, person: to, about, answer, via, at };
    let again = (answer == Answer::Later).then(|| ask_again(cx, &kept.facts)).flatten();
    Ok(std::iter::once(answered).chain(again).collect())
}

/// The same question once more, if there is time for it.
fn ask_again(cx: &Context, facts: &Notice) -> Option<Event> {
    let due = cx.now.checked_add(ASK_AGAIN).ok()?;
    let in_time = facts.until.is_none_or(|until| due < until);
    let facts = Notice { at: cx.now, due, ..facts.clone() };
    in_time.then(|| Event::Made { notice: NoticeId(cx.id(0)), facts: Box::new(facts) })
}

/// Somebody's text answers nothing for certain: nothing was asked of them that still counts, or
/// several things were.
pub(super) fn unclear(
    state: &State,
    cx: &Context,
    person: PersonId,
    questions: Vec<NoticeId>,
) -> Vec<Event> {
    if state.erased.contains(&person) {
        return Vec::new();
    }
    let late = questions.iter().any(|id| {
        matches!(
            standing(state, *id, cx.now),
            Ok(Standing::Closed(Refusal::Over(_) | Refusal::TooLate { .. }))
        )
    });
    let template = if late { "reply-late" } else { "reply-unclear" };
    let about = questions.first().map_or_else(|| person.to_string(), ToString::to_string);
    // They wrote just now: the answer comes at once, at any hour.
    let urgency = Urgency::Urgent;
    let telling = Telling { template, urgency, more: BTreeMap::new(), ..Telling::about(about) };
    telling.to(state, Some(person), cx, NoticeId(cx.id(0)))
}

impl State {
    /// What somebody was asked before `by` and can still answer, the newest last; and what they
    /// were asked last of all that cannot be answered any more.
    #[must_use]
    pub fn open_questions(
        &self,
        person: PersonId,
        by: Timestamp,
        now: Timestamp,
    ) -> (Vec<NoticeId>, Option<NoticeId>) {
        let mut open: Vec<NoticeId> = Vec::new();
        let mut closed = None;
        for id in self.of.get(&person).into_iter().flatten() {
            let Some(kept) = self.notices.get(id) else { continue };
            let message = kept.message.and_then(|it| self.messages.get(&it));
            let asked = message.and_then(|it| it.attempts.first()).is_some_and(|it| it.at <= by);
            if !asked || !template::asks(&kept.facts.template) {
                continue;
            }
            match standing(self, *id, now) {
                Ok(Standing::Open(answers)) if answers.contains(&Answer::Yes) => {
                    // Asked again about the same, one answer is enough.
                    let about = |it: &NoticeId| self.notices.get(it).map(|it| &it.facts.about);
                    open.retain(|it| about(it) != Some(&kept.facts.about));
                    open.push(*id);
                }
                _ => closed = Some(*id),
            }
        }
        (open, closed)
    }

    /// What was answered to a notice, if anything was.
    #[must_use]
    pub fn answered(&self, id: NoticeId) -> Option<Answer> {
        self.notices.get(&id).and_then(|it| it.answer).map(|(answer, _)| answer)
    }

    /// Whether what it says holds no more.
    #[must_use]
    pub fn is_over(&self, id: NoticeId) -> bool {
        self.notices.get(&id).is_none_or(|it| it.over)
    }
}
