//! What the register says, and what that breaks.
//!
//! Invariant 4: by the facts that were heard, nobody is assigned to two things at once, nor to one
//! that they may not do on that day; a fact that breaks an assignment withdraws it and alarms in the
//! same commit. Asking starts again by itself.

use std::collections::{BTreeMap, BTreeSet};

use dugnad_events::{
    AssignmentId, Code, NeedId, OfferId,
    matching::{Alarm, Closing, Ending, Event, Fact, Party, Policy, Withdrawal},
};
use dugnad_ledger::Context;
use dugnad_vault::PersonId;
use jiff::Timestamp;

use super::{
    Refusal, State,
    need::{self, Need},
    offer::withdraw,
    people::{self, Person},
    rules::{Judge, Role},
};

pub(super) fn hear(state: &State, cx: &Context, fact: Fact) -> Vec<Event> {
    let mut fallen = Fallen::default();
    match &fact {
        Fact::Erased(person) => return erased(state, cx.now, *person),
        Fact::Role { role, version, requirements } => {
            let asks = Role { version: *version, requirements: requirements.clone() };
            if state.roles.get(role) == Some(&asks) {
                return Vec::new();
            }
            fallen = of_role(state, cx.now, role, &asks);
        }
        about => {
            if let Some(person) = people::subject(about) {
                if state.people.is_erased(person) {
                    return Vec::new();
                }
                let mut known = state.people.get(person).cloned().unwrap_or_default();
                known.hear(about);
                fallen.check_person(state, cx.now, person, &known, &|judge| judge);
            }
        }
    }
    let mut events = vec![Event::Heard { fact }];
    fallen.withdraw(state, cx.now, &mut events);
    events
}

fn of_role(state: &State, now: Timestamp, role: &Code, asks: &Role) -> Fallen {
    let mut fallen = Fallen::default();
    let is_asked = |kind: &Code| state.policy(kind).role.as_ref() == Some(role);
    fallen.check_kinds(state, now, &is_asked, &|judge| judge.with_role(role, Some(asks)));
    fallen
}

pub(super) fn set_kind(
    state: &State,
    cx: &Context,
    kind: Code,
    policy: Policy,
) -> Result<Vec<Event>, Refusal> {
    if state.kinds.get(&kind) == Some(&policy) {
        return Ok(Vec::new());
    }
    if state.kinds.len() >= super::MOST_KINDS && !state.kinds.contains_key(&kind) {
        return Err(Refusal::TooMany { what: "kinds", limit: super::MOST_KINDS });
    }
    let mut fallen = Fallen::default();
    fallen.check_kinds(state, cx.now, &|it| *it == kind, &|judge| judge.with_policy(&policy));
    let mut events = vec![Event::KindSet { kind, policy: policy.clone() }];
    fallen.withdraw(state, cx.now, &mut events);
    Ok(events)
}

pub(super) fn set_conflict(
    state: &State,
    cx: &Context,
    one: PersonId,
    other: PersonId,
    apart: bool,
) -> Result<Vec<Event>, Refusal> {
    state.not_erased(one)?;
    state.not_erased(other)?;
    if one == other {
        let problem = "must be two people".to_owned();
        return Err(Refusal::Invalid { field: "other", problem });
    }
    match (state.are_apart(one, other), apart) {
        (false, true) => {}
        (true, false) => return Ok(vec![Event::ConflictLifted { one, other }]),
        _ => return Ok(Vec::new()),
    }
    let many = state.conflicts.get(&one).map_or(0, BTreeSet::len);
    if many >= super::MOST_CONFLICTS {
        return Err(Refusal::TooMany { what: "conflicts", limit: super::MOST_CONFLICTS });
    }
    let mut fallen = Fallen::default();
    for (person, met) in [(one, other), (other, one)] {
        let known = state.people.get(person).into_iter();
        for id in known.flat_map(|known| &known.assignments) {
            if meets(state, *id, met) {
                fallen.assignment("CONFLICT", *id);
            }
        }
        let known = state.people.get(person).into_iter();
        for id in known.flat_map(|known| &known.offers) {
            let receiver = state.offers.get(id).and_then(|it| state.needs.get(&it.need));
            if receiver.is_some_and(|need| need.facts.receiver == Some(met)) {
                fallen.offer("CONFLICT", *id);
            }
        }
    }
    let mut events = vec![Event::ConflictSet { one, other }];
    fallen.withdraw(state, cx.now, &mut events);
    Ok(events)
}

/// Whether the assignment brings its person together with `met`: for them, or beside them after they
/// had come.
fn meets(state: &State, id: AssignmentId, met: PersonId) -> bool {
    let Some(assignment) = state.assignments.get(&id) else { return false };
    let Some(need) = state.needs.get(&assignment.need) else { return false };
    let beside = need.slots[assignment.slot as usize].taken.iter().any(|(other, person)| {
        let earlier = state.assignments.get(other).map(|it| (it.at, *other));
        *person == met && earlier < Some((assignment.at, id))
    });
    need.facts.receiver == Some(met) || beside
}

/// Whoever is erased comes nowhere, is asked nothing, and needs nothing any more.
fn erased(state: &State, now: Timestamp, person: PersonId) -> Vec<Event> {
    if state.people.is_erased(person) {
        return Vec::new();
    }
    let mut events = Vec::new();
    let mut fallen = Fallen::default();
    if let Some(known) = state.people.get(person) {
        known.assignments.iter().for_each(|id| fallen.assignment("ERASED", *id));
        known.offers.iter().for_each(|id| fallen.offer("ERASED", *id));
    }
    let received = state.needs.iter().filter(|(_, need)| need.facts.receiver == Some(person));
    for (id, need) in received.filter(|(_, need)| need.is_live()) {
        events.extend(need::closed(*id, need, Closing::ReceiverErased));
    }
    // Before they are forgotten: after that nobody can say whose it was.
    fallen.withdraw(state, now, &mut events);
    events.push(Event::Heard { fact: Fact::Erased(person) });
    events
}

/// Assignments and offers that a rule says no to from now on, by the rule's name.
#[derive(Default)]
struct Fallen {
    assignments: BTreeMap<&'static str, BTreeSet<AssignmentId>>,
    offers: BTreeMap<&'static str, BTreeSet<OfferId>>,
}

/// Looks at a judge as if something were so.
type AsIf<'f, 'a> = &'f dyn Fn(Judge<'a>) -> Judge<'a>;

impl Fallen {
    fn assignment(&mut self, rule: &'static str, id: AssignmentId) {
        self.assignments.entry(rule).or_default().insert(id);
    }

    fn offer(&mut self, rule: &'static str, id: OfferId) {
        self.offers.entry(rule).or_default().insert(id);
    }

    /// What one person comes to and is asked.
    fn check_person<'a>(
        &mut self,
        state: &'a State,
        now: Timestamp,
        person: PersonId,
        known: &Person,
        as_if: AsIf<'_, 'a>,
    ) {
        for id in &known.assignments {
            let Some(assignment) = state.assignments.get(id) else { continue };
            let Some(need) = state.needs.get(&assignment.need).filter(|need| need.is_live()) else {
                continue;
            };
            let judge = as_if(Judge::new(state, now, &need.facts, assignment.slot as usize));
            if judge.windows().is_empty() {
                continue;
            }
            if let Some(rule) = judge.firm(person, known, Some(*id)).first() {
                self.assignment(rule.reason(), *id);
            }
        }
        for id in &known.offers {
            let Some(offer) = state.offers.get(id) else { continue };
            let Some(need) = state.needs.get(&offer.need) else { continue };
            let judge = as_if(Judge::new(state, now, &need.facts, offer.slot as usize));
            if let Some(rule) = judge.firm(person, known, None).first() {
                self.offer(rule.reason(), *id);
            }
        }
    }

    /// Everybody who comes to, or is asked for, needs of some kinds.
    fn check_kinds<'a>(
        &mut self,
        state: &'a State,
        now: Timestamp,
        is_of: &dyn Fn(&Code) -> bool,
        as_if: AsIf<'_, 'a>,
    ) {
        let needs = state.live.iter().filter_map(|id| state.needs.get(id));
        for need in needs.filter(|need| is_of(&need.facts.kind)) {
            self.check_need(state, now, need, as_if);
        }
    }

    fn check_need<'a>(
        &mut self,
        state: &'a State,
        now: Timestamp,
        need: &'a Need,
        as_if: AsIf<'_, 'a>,
    ) {
        for (at, slot) in need.slots.iter().enumerate() {
            let judge = as_if(Judge::new(state, now, &need.facts, at));
            if judge.windows().is_empty() {
                continue;
            }
            let broken = |person: PersonId, but| -> Option<&'static str> {
                let known = state.people.get(person)?;
                Some(judge.firm(person, known, but).first()?.reason())
            };
            for (id, person) in &slot.taken {
                if let Some(rule) = broken(*person, Some(*id)) {
                    self.assignment(rule, *id);
                }
            }
            for id in &slot.open {
                if let Some(Party::Person(person)) = state.offers.get(id).map(|offer| offer.to)
                    && let Some(rule) = broken(person, None)
                {
                    self.offer(rule, *id);
                }
            }
        }
    }

    fn withdraw(self, state: &State, now: Timestamp, events: &mut Vec<Event>) {
        for (rule, ids) in self.assignments {
            let need = |id| state.assignments.get(id).map(|assignment| assignment.need);
            let needs: BTreeSet<NeedId> = ids.iter().filter_map(need).collect();
            let (assignments, why) = (ids.into_iter().collect(), Ending::Rule(rule.to_owned()));
            events.push(Event::Unassigned { assignments, why });
            let why = Alarm::Broken(rule.to_owned());
            events.push(need::alarm(state, now, needs.into_iter().collect(), why));
        }
        for (rule, ids) in self.offers {
            let why = Withdrawal::Rule(rule.to_owned());
            withdraw(ids.into_iter().collect(), why, events);
        }
    }
}
