//! Helpers for activities: another service asks by its events, and is answered by ours.
//!
//! A want is carried out as if the organiser had called with the want's id as the request's: so the
//! need is named after it, and a want that is heard once is done once. Every want is answered: by
//! `NeedPosted`, or by `HelpersRefused`.

use dugnad_events::{
    Code, NeedId,
    activities::WantId,
    matching::{Event, Need},
};
use dugnad_ledger::{Caller, Context};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{Refusal, State, need};

/// What activities ask for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Command {
    /// Helpers.
    Want {
        /// The need is named after it.
        want: WantId,
        /// What for, when, where, and whom it takes.
        need: Box<Need>,
        /// In whose name.
        by: Uuid,
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
        Command::Want { want, need: facts, by } => {
            let caller = Caller { tenant: cx.caller.tenant.clone(), id: by };
            let cx = Context { now: cx.now, caller, request: want.0 };
            let about = facts.about.clone();
            Ok(need::post(state, &cx, *facts, None, None).unwrap_or_else(|no| {
                let (reason, message) = (no.reason().to_owned(), no.to_string());
                vec![Event::HelpersRefused { need: want.need(), about, reason, message }]
            }))
        }
        // One that could not be posted is not there to close.
        Command::Release { need, .. } if !state.needs.contains_key(&need) => Ok(Vec::new()),
        Command::Release { need, reason } => need::close(state, cx, need, reason, true),
    }
}
