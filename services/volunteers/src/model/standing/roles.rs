//! Roles as data: what each asks for, and its card. The card's version goes up with each change, so
//! that both sides accept what now stands there.

use dugnad_events::{
    Code,
    volunteers::{Ages, Card, Event, Party, Requirements},
};
use dugnad_ledger::Context;
use dugnad_vault::PersonId;

use super::{Refusal, State};

/// The most roles of a municipality.
pub(super) const MOST_ROLES: usize = 1000;

/// What a role asks for, and what it may and may not do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Role {
    /// Of the card, from 1.
    pub version: u32,
    /// What whoever has the role must have.
    pub requirements: Requirements,
    /// What they may and may not do.
    pub card: Card,
}

pub(super) fn set(
    state: &State,
    role: Code,
    requirements: Requirements,
    card: Card,
) -> Result<Vec<Event>, Refusal> {
    let roles = &state.standing.roles;
    if let Some(problem) = requirements.min_age.and_then(not_a_milestone) {
        return Err(Refusal::Invalid { field: "role.requirements.min_age".to_owned(), problem });
    }
    for course in &requirements.courses {
        state.standing.course(course)?;
    }
    let version = match roles.get(&role) {
        Some(now) if now.requirements == requirements && now.card == card => return Ok(vec![]),
        Some(now) => now.version + u32::from(now.card != card),
        None if roles.len() >= MOST_ROLES => {
            return Err(Refusal::TooMany { what: "roles", most: MOST_ROLES });
        }
        None => 1,
    };
    Ok(vec![Event::RoleSet { role, version, requirements, card }])
}

/// Only ages of which the day is known can be asked for.
fn not_a_milestone(age: u8) -> Option<String> {
    (!Ages::MILESTONES.contains(&age)).then(|| format!("must be one of {:?}", Ages::MILESTONES))
}

pub(super) fn accept(
    state: &State,
    cx: &Context,
    person: PersonId,
    name: Code,
    version: u32,
    party: Party,
) -> Result<Vec<Event>, Refusal> {
    state.people.knows(person)?;
    let role = state.standing.role(&name)?;
    if version != role.version {
        return Err(Refusal::Stale {
            name: format!("roles/{name}"),
            etag: role.version.to_string(),
        });
    }
    let by = cx.caller.id;
    if party == Party::Supervisor && by == person.0 {
        return Err(Refusal::ForThemselves(person));
    }
    let accepted = state.standing.person(person)?.standing.cards.get(&name).copied();
    let before = accepted.map(|it| match party {
        Party::Volunteer => it.volunteer,
        Party::Supervisor => it.supervisor,
    });
    if before == Some(version) {
        return Ok(vec![]);
    }
    Ok(vec![Event::CardAccepted { person, role: name, version, party, by }])
}
