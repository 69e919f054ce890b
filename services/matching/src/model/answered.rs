//! Answers to notices: what somebody said to a message is done here in their name.
//!
//! Nobody waits for a refusal, so it is an event: whoever told them tells them that too.

use dugnad_events::{
    NoticeId,
    matching::Event,
    notices::{self, Answer},
};
use dugnad_ledger::{Caller, Context};
use dugnad_vault::PersonId;
use serde::{Deserialize, Serialize};

use super::{Command, Refusal, State, assignment, offer};

/// Somebody answered a notice about an offer or a place.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Answered {
    /// Which notice.
    pub notice: NoticeId,
    /// Who.
    pub person: PersonId,
    /// What it was about, as `offers/<uuid>` or `assignments/<uuid>`.
    pub about: String,
    /// What.
    pub answer: Answer,
}

/// What an event of notices calls for here.
pub(crate) fn commands(event: &notices::Event) -> Vec<Command> {
    match event {
        notices::Event::Answered { notice, person, about, answer, .. }
            if about.starts_with("offers/") || about.starts_with("assignments/") =>
        {
            let (notice, person, answer) = (*notice, *person, *answer);
            vec![Command::Answered(Answered { notice, person, about: about.clone(), answer })]
        }
        _ => Vec::new(),
    }
}

pub(super) fn answered(state: &State, cx: &Context, answered: Answered) -> Vec<Event> {
    let Answered { notice, person, about, answer } = answered;
    let caller = Caller { tenant: cx.caller.tenant.clone(), id: person.0 };
    let cx = Context { caller, ..cx.clone() };
    match act(state, &cx, &about, answer) {
        Ok(events) => events,
        Err(refusal) => {
            let reason = refusal.reason().to_owned();
            vec![Event::AnswerRefused { notice, person, about, reason }]
        }
    }
}

fn act(state: &State, cx: &Context, about: &str, answer: Answer) -> Result<Vec<Event>, Refusal> {
    let reason = || "none-given".parse().expect("it is a code");
    match (about.parse(), about.parse(), answer) {
        (Ok(id), _, Answer::Yes) => offer::accept(state, cx, id, None, false),
        (Ok(id), _, Answer::No) => offer::decline(state, cx, id, reason(), false),
        (_, Ok(id), Answer::Cancel) => assignment::cancel(state, cx, id, reason(), false),
        _ => Ok(Vec::new()),
    }
}
