//! Needs of evening shifts, as rooms tells of them: posted once, posted anew when the shift changes,
//! closed when it is dropped.
//!
//! Each revision of a shift has a need of its own, whose id both services derive from it: heard twice,
//! it is posted once. When a shift changes little, those who come stay, if every rule still lets them;
//! when it changes more, or a rule says no, they are asked first. Nobody is held to another evening
//! than they said yes to.

use dugnad_calendar::Interval;
use dugnad_events::{
    AssignmentId, Code, NeedId, OfferId, ShiftId,
    matching::{Closing, Event, Need as Facts, Party, Slot, Want},
    rooms::ShiftFacts,
};
use dugnad_ledger::Context;
use jiff::SignedDuration;
use serde::{Deserialize, Serialize};

use super::{MOST_NEEDS, Refusal, State, need, people::Person, rules::Judge, time};

/// Whoever comes stays if neither end moves by more than this.
const LITTLE: SignedDuration = SignedDuration::from_mins(60);

/// What rooms says of a shift.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum ShiftCommand {
    /// It is wanted.
    Post {
        /// Which.
        shift: ShiftId,
        /// From 1.
        revision: u32,
        /// What it is.
        facts: ShiftFacts,
    },
    /// It is not wanted any more.
    Close {
        /// Which.
        shift: ShiftId,
        /// The last.
        revision: u32,
    },
}

pub(super) fn decide(
    state: &State,
    cx: &Context,
    command: ShiftCommand,
) -> Result<Vec<Event>, Refusal> {
    match command {
        ShiftCommand::Post { shift, revision, facts } => post(state, cx, shift, revision, &facts),
        ShiftCommand::Close { shift, revision } => Ok(close(state, shift, revision, "dropped")),
    }
}

/// What has begun is filled or not: its need stays as it was.
fn post(
    state: &State,
    cx: &Context,
    shift: ShiftId,
    revision: u32,
    facts: &ShiftFacts,
) -> Result<Vec<Event>, Refusal> {
    let id = shift.need(revision);
    if state.needs.contains_key(&id) || facts.span.start() <= cx.now {
        return Ok(Vec::new());
    }
    let before = live(state, shift, revision - 1);
    if before.is_none() && state.live_needs() >= MOST_NEEDS {
        return Err(Refusal::TooMany { what: "needs", limit: MOST_NEEDS });
    }
    let wanted = Facts {
        kind: facts.kind.clone(),
        receiver: None,
        heads: facts.heads,
        place: None,
        slots: vec![Slot { windows: vec![facts.span] }],
        want: Want::default(),
        about: shift.to_string(),
    };
    let mut events = close(state, shift, revision - 1, "changed");
    let (by, at) = (cx.caller.id, cx.now);
    events.push(Event::NeedPosted { need: id, by, at, facts: wanted.clone(), text: None });
    if let Some(before) = before {
        keep(state, cx, before, id, &wanted, &mut events);
    }
    if state.policy(&facts.kind).automatic {
        events.push(Event::AskingStarted { need: id });
    }
    Ok(events)
}

fn live(state: &State, shift: ShiftId, revision: u32) -> Option<&need::Need> {
    state.needs.get(&shift.need(revision)).filter(|need| need.is_live())
}

fn close(state: &State, shift: ShiftId, revision: u32, reason: &str) -> Vec<Event> {
    let Some(known) = live(state, shift, revision) else { return Vec::new() };
    let reason: Code = reason.parse().expect("both reasons are codes");
    need::closed(shift.need(revision), known, Closing::Asked { reason })
}

/// Those who came to the need before, as long as there are places.
pub(super) fn keep(
    state: &State,
    cx: &Context,
    before: &need::Need,
    id: NeedId,
    wanted: &Facts,
    events: &mut Vec<Event>,
) {
    let span = wanted.slots[0].windows[0];
    let had = before.facts.slots.first().and_then(|slot| slot.windows.first());
    let little = had.is_some_and(|had| is_little(*had, span));
    let came = before.slots.iter().flat_map(|slot| &slot.taken);
    let judge = Judge::new(state, cx.now, wanted, 0);
    for (n, (assignment, person)) in (0..).zip(came).take(wanted.heads as usize) {
        let Some(known) = state.people.get(*person) else { continue };
        let without = without(known, *assignment);
        if !judge.firm(*person, &without, None).is_empty() {
            continue;
        }
        let (slot, at) = (0, cx.now);
        events.push(if little && judge.judge(*person, &without).is_empty() {
            let assignment = AssignmentId(cx.id(n));
            let (need, person, by) = (id, *person, cx.caller.id);
            Event::Assigned { assignment, need, slot, person, by, at, offer: None, plan: None }
        } else {
            let minutes = state.policy(&wanted.kind).answer_minutes;
            Event::Offered {
                offer: OfferId(cx.id(n)),
                need: id,
                slot,
                to: Party::Person(*person),
                waited: false,
                at,
                expires: time::after(at, minutes).min(span.start()),
            }
        });
    }
}

/// As they are once the place is given back.
fn without(known: &Person, assignment: AssignmentId) -> Person {
    let mut known = known.clone();
    known.give_back(assignment);
    known
}

fn is_little(one: Interval, other: Interval) -> bool {
    let near =
        |one: jiff::Timestamp, other: jiff::Timestamp| one.duration_since(other).abs() <= LITTLE;
    near(one.start(), other.start()) && near(one.end(), other.end())
}
