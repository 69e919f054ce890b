//! What is known of organisations: from the registers, or written down by hand.

use dugnad_events::{
    OrganisationId,
    volunteers::{Event, Fact, List, OrganisationFacts},
};
use dugnad_ledger::Context;

use super::{Imported, Organisation, Organisations, organisation_of};
use crate::model::{Refusal, State, today};

/// The most organisations of one municipality.
pub const MOST_ORGANISATIONS: usize = 20_000;

/// What is as it was leaves no event: importing the same again changes nothing.
pub(super) fn import(
    known: &Organisations,
    cx: &Context,
    entries: Vec<Imported>,
) -> Result<Vec<Event>, Refusal> {
    let mut room = MOST_ORGANISATIONS.saturating_sub(known.all.len());
    let mut events = Vec::new();
    for Imported { mut facts, categorised, gone } in entries {
        let id = organisation_of(&facts.number);
        match known.all.get(&id) {
            None if gone => {}
            Some(was) if gone => events.extend(struck_off(id, was, cx)),
            None => {
                room = room.checked_sub(1).ok_or_else(too_many)?;
                events.push(set(id, facts, Vec::new()));
            }
            Some(Organisation { facts: was, .. }) => {
                facts.area.clone_from(&was.area);
                if !categorised {
                    facts.icnpo.clone_from(&was.icnpo);
                }
                let changed = was.differing(&facts);
                if !changed.is_empty() {
                    events.push(set(id, facts, changed));
                }
            }
        }
    }
    Ok(events)
}

/// With an organisation go its agreements and teams; its members go without a word.
fn struck_off(id: OrganisationId, was: &Organisation, cx: &Context) -> Vec<Event> {
    let on = today(cx.now);
    let agreements =
        was.agreements.iter().map(|agreement| Event::AgreementEnded { agreement: *agreement, on });
    let teams = was.teams.iter().map(|team| Event::TeamSet { team: *team, facts: None });
    let gone = std::iter::once(Event::OrganisationGone { organisation: id });
    agreements.chain(teams).chain(gone).collect()
}

pub(super) fn create(
    state: &State,
    cx: &Context,
    facts: OrganisationFacts,
) -> Result<Vec<Event>, Refusal> {
    if state.organisations.all.len() >= MOST_ORGANISATIONS {
        return Err(too_many());
    }
    known_area(state, &facts)?;
    Ok(vec![set(OrganisationId(cx.id(0)), facts, Vec::new())])
}

pub(super) fn update(
    state: &State,
    id: OrganisationId,
    mut facts: OrganisationFacts,
) -> Result<Vec<Event>, Refusal> {
    let was = &state.organisations.existing(id)?.facts;
    facts.number.clone_from(&was.number);
    let changed = was.differing(&facts);
    if changed.is_empty() {
        return Ok(Vec::new());
    }
    let of_register = changed.iter().filter(|fact| **fact != Fact::Area);
    let of_register: Vec<_> = of_register.map(|fact| field(*fact)).collect();
    if !was.number.is_empty() && !of_register.is_empty() {
        let fields = of_register.join(", ");
        return Err(Refusal::FromRegister { organisation: id, fields });
    }
    known_area(state, &facts)?;
    Ok(vec![set(id, facts, changed)])
}

/// As the proto names it.
pub(crate) fn field(fact: Fact) -> &'static str {
    match fact {
        Fact::Name => "display_name",
        Fact::Form => "form",
        Fact::Address => "address",
        Fact::Voluntary => "voluntary",
        Fact::Icnpo => "icnpo",
        Fact::Area => "area",
    }
}

fn set(organisation: OrganisationId, facts: OrganisationFacts, changed: Vec<Fact>) -> Event {
    Event::OrganisationSet { organisation, facts, changed }
}

fn too_many() -> Refusal {
    Refusal::TooMany { what: "organisations", most: MOST_ORGANISATIONS }
}

fn known_area(state: &State, facts: &OrganisationFacts) -> Result<(), Refusal> {
    match &facts.area {
        Some(area) if !state.people.term(List::Areas, area) => Err(Refusal::Invalid {
            field: "organisation.area".to_owned(),
            problem: format!("must be one of the municipality's areas; `{area}` is not"),
        }),
        _ => Ok(()),
    }
}

impl Organisations {
    pub(super) fn is(&mut self, id: OrganisationId, facts: &OrganisationFacts) {
        let organisation = self.all.entry(id).or_default();
        self.by_name.remove(&(organisation.facts.name.to_lowercase(), id));
        self.by_name.insert((facts.name.to_lowercase(), id));
        organisation.facts = facts.clone();
    }

    pub(super) fn gone(&mut self, id: OrganisationId) {
        let Some(organisation) = self.all.remove(&id) else { return };
        self.by_name.remove(&(organisation.facts.name.to_lowercase(), id));
        for person in organisation.people() {
            self.place(person, id);
        }
    }
}
