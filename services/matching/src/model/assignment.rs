//! Assignments: somebody comes. The rules of taking a place and of giving it back.

use dugnad_calendar::Interval;
use dugnad_events::{
    AssignmentId, Code, NeedId, OfferId, PlanId, TeamId,
    matching::{Alarm, Ending, Event, Withdrawal},
};
use dugnad_ledger::Context;
use dugnad_vault::PersonId;
use jiff::{SignedDuration, Timestamp};
use uuid::Uuid;

use super::{Refusal, State, need, offer, rules::Judge};

/// Somebody comes, or came.
#[derive(Clone, Debug, PartialEq)]
pub struct Assignment {
    /// To which need.
    pub need: NeedId,
    /// At which of its times.
    pub slot: u32,
    /// Who; `None`: they were erased.
    pub person: Option<PersonId>,
    /// Who said so.
    pub by: Uuid,
    /// When.
    pub at: Timestamp,
    /// The offer they took.
    pub offer: Option<OfferId>,
    /// The plan it was in.
    pub plan: Option<PlanId>,
    /// Why they do not come after all.
    pub ended: Option<Ending>,
}

/// A place that somebody takes.
#[derive(Clone, Copy, Debug)]
pub(super) struct Place {
    pub(super) need: NeedId,
    pub(super) slot: u32,
    pub(super) offer: Option<OfferId>,
}

/// Takes a place that is free: those still asked for it learn if it was the last, and the person's
/// own open offers at that time are taken back.
pub(super) fn taken(
    state: &State,
    cx: &Context,
    assignment: AssignmentId,
    place: Place,
    person: PersonId,
) -> Vec<Event> {
    let Place { need: id, slot, offer } = place;
    let (by, at) = (cx.caller.id, cx.now);
    let mut events =
        vec![Event::Assigned { assignment, need: id, slot, person, by, at, offer, plan: None }];
    let Some(need) = state.needs.get(&id) else { return events };
    let mut told = Vec::new();
    if need.missing(slot as usize) <= 1 {
        let open = need.slots[slot as usize].open.iter().copied();
        told.extend(open.filter(|it| Some(*it) != offer));
        offer::withdraw(told.clone(), Withdrawal::Filled, &mut events);
    }
    told.extend(offer);
    withdraw_busy(state, need, (id, slot), person, &told, &mut events);
    events
}

/// Takes back the person's other open offers at that time.
fn withdraw_busy(
    state: &State,
    need: &need::Need,
    (id, slot): (NeedId, u32),
    person: PersonId,
    but: &[OfferId],
    events: &mut Vec<Event>,
) {
    let windows = &need.facts.slots[slot as usize].windows;
    let theirs = state.people.get(person).into_iter().flat_map(|person| &person.offers);
    let busy = theirs.copied().filter(|it| !but.contains(it));
    let busy = busy.filter(|it| state.offer_overlaps(*it, id, slot, windows)).collect();
    offer::withdraw(busy, Withdrawal::Busy, events);
}

pub(super) fn take(
    state: &State,
    cx: &Context,
    need: NeedId,
    slot: u32,
) -> Result<Vec<Event>, Refusal> {
    let person = PersonId(cx.caller.id);
    state.not_erased(person)?;
    let posted = state.live_need(need)?;
    if !state.policy(&posted.facts.kind).open {
        return Err(Refusal::NotOpen(posted.facts.kind.clone()));
    }
    if posted.who(slot as usize).any(|it| it == person) {
        return Ok(Vec::new());
    }
    free(state, posted, need, slot)?;
    offer::firm(state, cx.now, posted, slot as usize, person)?;
    let place = Place { need, slot, offer: None };
    Ok(taken(state, cx, AssignmentId(cx.id(0)), place, person))
}

pub(super) fn assign(
    state: &State,
    cx: &Context,
    need: NeedId,
    slot: u32,
    person: PersonId,
    anyway: bool,
) -> Result<Vec<Event>, Refusal> {
    state.not_erased(person)?;
    let posted = state.live_need(need)?;
    if posted.who(slot as usize).any(|it| it == person) {
        return Ok(Vec::new());
    }
    free(state, posted, need, slot)?;
    offer::firm(state, cx.now, posted, slot as usize, person)?;
    if !anyway {
        let judge = Judge::new(state, cx.now, &posted.facts, slot as usize);
        let rules = judge.why_not(person);
        if !rules.is_empty() {
            return Err(Refusal::RuledOut { person, rules });
        }
    }
    let place = Place { need, slot, offer: None };
    Ok(taken(state, cx, AssignmentId(cx.id(0)), place, person))
}

/// As many of a team as come at a time, its leader first; all or none.
pub(super) fn assign_team(
    state: &State,
    cx: &Context,
    id: NeedId,
    slot: u32,
    team: TeamId,
) -> Result<Vec<Event>, Refusal> {
    let known = state.teams.get(&team).ok_or_else(|| Refusal::NotFound(team.to_string()))?;
    let need = state.live_need(id)?;
    free(state, need, id, slot)?;
    let start = need.start(slot as usize).unwrap_or(Timestamp::MIN);
    if start <= cx.now {
        return Err(Refusal::Past { start });
    }
    let places = need.missing(slot as usize) - state.promised(need, slot as usize, None);
    let size = known.size as usize;
    let mut comes: Vec<PersonId> = Vec::new();
    for person in std::iter::once(known.leader).chain(known.members.iter().copied()) {
        let beside = need.who(slot as usize).chain(comes.iter().copied());
        let judge = Judge::new(state, cx.now, &need.facts, slot as usize).beside(beside);
        let twice = comes.contains(&person) || need.who(slot as usize).any(|it| it == person);
        if comes.len() < size.min(places) && !twice && judge.why_not(person).is_empty() {
            comes.push(person);
        }
    }
    if comes.len() < size {
        return Err(Refusal::TeamTooSmall { team, can: comes.len(), size });
    }
    let fills = need.missing(slot as usize) <= comes.len();
    let mut events = Vec::new();
    let mut told = Vec::new();
    if fills {
        told.extend(need.slots[slot as usize].open.iter().copied());
        offer::withdraw(told.clone(), Withdrawal::Filled, &mut events);
    }
    let (by, at) = (cx.caller.id, cx.now);
    for (n, person) in (0_u32..).zip(comes) {
        let assignment = AssignmentId(cx.id(n));
        let (offer, plan) = (None, None);
        events.push(Event::Assigned { assignment, need: id, slot, person, by, at, offer, plan });
        withdraw_busy(state, need, (id, slot), person, &told, &mut events);
    }
    Ok(events)
}

fn free(state: &State, need: &need::Need, id: NeedId, slot: u32) -> Result<(), Refusal> {
    if need.slots.get(slot as usize).is_none() {
        return Err(Refusal::Invalid {
            field: "slot",
            problem: "there is no such time".to_owned(),
        });
    }
    if need.missing(slot as usize) <= state.promised(need, slot as usize, None) {
        return Err(Refusal::Full { need: id, heads: need.facts.heads });
    }
    Ok(())
}

pub(super) fn cancel(
    state: &State,
    cx: &Context,
    id: AssignmentId,
    reason: Code,
    office: bool,
) -> Result<Vec<Event>, Refusal> {
    let not_found = || Refusal::NotFound(id.to_string());
    let assignment = state.assignments.get(&id).ok_or_else(not_found)?;
    if !office && assignment.person != Some(PersonId(cx.caller.id)) {
        return Err(Refusal::NotYours(id.to_string()));
    }
    if assignment.ended.is_some() {
        return Ok(Vec::new());
    }
    let need = state.live_need(assignment.need)?;
    let windows = &need.facts.slots[assignment.slot as usize].windows;
    let Some(next) = windows.iter().map(Interval::start).find(|start| *start > cx.now) else {
        let start = windows.last().map_or(cx.now, Interval::start);
        return Err(Refusal::Past { start });
    };
    let hours = i64::from(state.policy(&need.facts.kind).late_hours);
    let late = next.duration_since(cx.now) < SignedDuration::from_hours(hours);
    let why = Ending::Cancelled { by: cx.caller.id, reason, late };
    let mut events = vec![Event::Unassigned { assignments: vec![id], why }];
    if late {
        let needs = vec![assignment.need];
        events.push(need::alarm(state, cx.now, needs, Alarm::LateCancellation));
    }
    Ok(events)
}
