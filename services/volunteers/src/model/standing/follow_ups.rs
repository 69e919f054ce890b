//! Follow-up talks (oppfølgingssamtaler): planned with a due date, held with a note that only
//! coordinators read.

use dugnad_events::{FollowUpId, volunteers::Event};
use dugnad_ledger::Context;
use dugnad_vault::{PersonId, Sealed};
use jiff::civil::Date;
use uuid::Uuid;

use super::{Refusal, Standings, State, not_ahead};
use crate::model::today;

/// The most talks that are kept of one volunteer.
pub(super) const MOST_FOLLOW_UPS: usize = 1000;

/// A talk.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FollowUp {
    /// With which volunteer.
    pub person: PersonId,
    /// By when.
    pub due: Date,
    /// Who is to hold it.
    pub with: Uuid,
    /// On which day it was held.
    pub held: Option<Date>,
    /// For coordinators only.
    pub note: Option<Sealed<String>>,
}

/// The order of a list: those not held first, the longest overdue among them first.
pub type FollowUpKey = (bool, Date, FollowUpId);

impl FollowUp {
    /// Its place in a list.
    #[must_use]
    pub fn key(&self, id: FollowUpId) -> FollowUpKey {
        (self.held.is_some(), self.due, id)
    }
}

pub(super) fn plan(
    state: &State,
    cx: &Context,
    person: PersonId,
    due: Date,
    with: Uuid,
) -> Result<Vec<Event>, Refusal> {
    state.people.knows(person)?;
    may_plan(state, cx, person, due, "due_date")?;
    Ok(vec![Event::FollowUpPlanned { follow_up: FollowUpId(cx.id(0)), person, due, with }])
}

pub(super) fn hold(
    state: &State,
    cx: &Context,
    id: FollowUpId,
    on: Date,
    note: Option<Sealed<String>>,
    next: Option<Date>,
) -> Result<Vec<Event>, Refusal> {
    let talk = state.standing.follow_up(id)?;
    if let Some(on) = talk.held {
        return Err(Refusal::Held { follow_up: id, on });
    }
    not_ahead(cx, on)?;
    let (person, with) = (talk.person, talk.with);
    let mut events = vec![Event::FollowUpHeld { follow_up: id, person, on, note }];
    if let Some(due) = next {
        may_plan(state, cx, person, due, "next_due_date")?;
        let follow_up = FollowUpId(cx.id(0));
        events.push(Event::FollowUpPlanned { follow_up, person, due, with });
    }
    Ok(events)
}

fn may_plan(
    state: &State,
    cx: &Context,
    person: PersonId,
    due: Date,
    field: &str,
) -> Result<(), Refusal> {
    let today = today(cx.now);
    if due < today {
        let problem = format!("must not come before today, {today}");
        return Err(Refusal::Invalid { field: field.to_owned(), problem });
    }
    if state.standing.person(person)?.follow_ups.len() >= MOST_FOLLOW_UPS {
        return Err(Refusal::TooMany { what: "follow-up talks", most: MOST_FOLLOW_UPS });
    }
    Ok(())
}

impl Standings {
    pub(super) fn follow_up_planned(
        &mut self,
        id: FollowUpId,
        person: PersonId,
        due: Date,
        with: Uuid,
    ) {
        let Some(one) = self.people.get_mut(&person) else { return };
        let talk = FollowUp { person, due, with, held: None, note: None };
        one.follow_ups.insert(talk.key(id));
        self.follow_ups_by_due.insert(talk.key(id));
        self.follow_ups.insert(id, talk);
    }

    pub(super) fn follow_up_held(
        &mut self,
        id: FollowUpId,
        on: Date,
        note: Option<&Sealed<String>>,
    ) {
        let Some(talk) = self.follow_ups.get_mut(&id) else { return };
        let Some(one) = self.people.get_mut(&talk.person) else { return };
        let before = talk.key(id);
        (talk.held, talk.note) = (Some(on), note.cloned());
        for keys in [&mut one.follow_ups, &mut self.follow_ups_by_due] {
            keys.remove(&before);
            keys.insert(talk.key(id));
        }
    }

    /// In the order of [`FollowUpKey`], of one volunteer or of all. `O(log n + size)`.
    #[must_use]
    pub fn list_follow_ups(
        &self,
        of: Option<PersonId>,
        held: bool,
        after: Option<FollowUpKey>,
        size: usize,
    ) -> Vec<(FollowUpId, FollowUp)> {
        let keys = match of.map(|person| self.people.get(&person)) {
            None => &self.follow_ups_by_due,
            Some(Some(one)) => &one.follow_ups,
            Some(None) => return Vec::new(),
        };
        super::after(keys, after)
            .take_while(|(is_held, ..)| held || !is_held)
            .take(size)
            .filter_map(|(.., id)| Some((*id, self.follow_ups.get(id)?.clone())))
            .collect()
    }
}
