//! Helpers for activities: another service asks by its events, and is answered by ours.
//!
//! A want is carried out as if the organiser had called with the want's id as the request's: so the
//! need is named after it, and a want that is heard once is done once. Every want is answered: by
//! `NeedPosted`, or by `HelpersRefused`.

use dugnad_events::{
    Code, NeedId,
    activities::WantId,
    matching::{Closing, Event, Need as Facts},
};
use dugnad_ledger::{Caller, Context};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{
    Refusal, State,
    need::{self, Need},
    shift::keep,
};

/// Why a need is closed whose place another takes.
const CHANGED: &str = "changed";

/// What activities ask for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Command {
    /// Helpers.
    Want {
        /// The need is named after it.
        want: WantId,
        /// What for, when, where, and whom it takes.
        need: Box<Facts>,
        /// In whose name.
        by: Uuid,
        /// The need that it takes the place of.
        instead_of: Option<NeedId>,
    },
    /// None any more.
    Release {
        /// Which need.
        need: NeedId,
        /// Why.
        reason: Code,
    },
}

pub(super) fn decide(state: &State, cx: &Context, command: Command) -> Result<Vec<Event>, Refusal> {
    match command {
        Command::Want { want, need: facts, by, instead_of } => {
            let caller = Caller { tenant: cx.caller.tenant.clone(), id: by };
            let cx = Context { now: cx.now, caller, request: want.0 };
            let posted = need::post(state, &cx, (*facts).clone(), None, None);
            let before = instead_of.filter(|id| state.needs.get(id).is_some_and(Need::is_live));
            Ok(match (posted, before) {
                (Ok(posted), None) => posted,
                (Ok(posted), Some(before)) => {
                    instead(state, &cx, before, want.need(), &facts, posted)
                }
                (Err(no), _) => {
                    let (reason, message) = (no.reason().to_owned(), no.to_string());
                    let (need, about) = (want.need(), facts.about.clone());
                    vec![Event::HelpersRefused { need, about, reason, message }]
                }
            })
        }
        // One that could not be posted is not there to close.
        Command::Release { need, .. } if !state.needs.contains_key(&need) => Ok(Vec::new()),
        Command::Release { need, reason } => need::close(state, cx, need, reason, true),
    }
}

/// A need in the place of another: who comes to that stays, or is asked first.
fn instead(
    state: &State,
    cx: &Context,
    before: NeedId,
    id: NeedId,
    facts: &Facts,
    posted: Vec<Event>,
) -> Vec<Event> {
    let Some(known) = state.needs.get(&before) else { return posted };
    let reason = CHANGED.parse().expect("a code");
    let mut events = need::closed(before, known, Closing::Asked { reason });
    let mut posted = posted.into_iter();
    events.extend(posted.next());
    keep(state, cx, known, id, facts, &mut events);
    events.extend(posted);
    events
}
