//! Who belongs to an organisation, whom to reach there, and who may change and see that.
//!
//! Of what somebody is a member says much about them: it is shown to few.

use std::collections::BTreeSet;

use dugnad_events::{
    Code, OrganisationId,
    volunteers::{Event, Membership},
};
use dugnad_ledger::Context;
use dugnad_vault::PersonId;
use jiff::civil::Date;

use super::{Authority, Organisation, Organisations};
use crate::model::{Page, Refusal, State, today};

/// The most members of one organisation.
pub const MOST_MEMBERS: usize = 5_000;

/// The most organisations that one person has a part in.
const MOST_OF_A_PERSON: usize = 100;

/// Who looks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Viewer {
    /// A coordinator, staff, or another service.
    All,
    /// Somebody for themselves.
    Person(PersonId),
}

pub(super) fn set_contact(
    state: &State,
    cx: &Context,
    by: Authority,
    id: OrganisationId,
    contact: PersonId,
    deputy: Option<PersonId>,
) -> Result<Vec<Event>, Refusal> {
    let organisation = state.organisations.existing(id)?;
    allowed(organisation, cx, by, id)?;
    if deputy == Some(contact) {
        return Err(Refusal::Invalid {
            field: "deputy".to_owned(),
            problem: "must be somebody else than the contact".to_owned(),
        });
    }
    for person in std::iter::once(contact).chain(deputy) {
        state.people.knows(person)?;
        state.organisations.has_room_for(person, id)?;
    }
    if (organisation.contact, organisation.deputy) == (Some(contact), deputy) {
        return Ok(Vec::new());
    }
    Ok(vec![Event::ContactSet { organisation: id, contact, deputy }])
}

pub(super) fn set_member(
    state: &State,
    cx: &Context,
    by: Authority,
    id: OrganisationId,
    person: PersonId,
    role: Option<Code>,
    since: Option<Date>,
) -> Result<Vec<Event>, Refusal> {
    let organisation = state.organisations.existing(id)?;
    allowed(organisation, cx, by, id)?;
    state.people.knows(person)?;
    let was = organisation.members.get(&person);
    let membership = role.map(|role| {
        let since = since.or_else(|| was.map(|was| was.since));
        Membership { role, since: since.unwrap_or_else(|| today(cx.now)) }
    });
    if membership.as_ref() == was {
        return Ok(Vec::new());
    }
    if membership.as_ref().is_some_and(|membership| membership.since > today(cx.now)) {
        return Err(Refusal::Invalid {
            field: "member.since".to_owned(),
            problem: "must not lie ahead".to_owned(),
        });
    }
    if was.is_none() && organisation.members.len() >= MOST_MEMBERS {
        return Err(Refusal::TooMany { what: "members", most: MOST_MEMBERS });
    }
    if membership.is_some() {
        state.organisations.has_room_for(person, id)?;
    }
    Ok(vec![Event::MemberSet { organisation: id, person, membership }])
}

/// That whoever asks may change what belongs to the organisation.
pub(super) fn allowed(
    organisation: &Organisation,
    cx: &Context,
    by: Authority,
    id: OrganisationId,
) -> Result<(), Refusal> {
    match by {
        Authority::Coordinator => Ok(()),
        Authority::Contact if organisation.is_reached_by(PersonId(cx.caller.id)) => Ok(()),
        Authority::Contact => Err(Refusal::NotTheContact(id.to_string())),
    }
}

impl Organisation {
    /// Whether the person is the contact or the deputy.
    pub(super) fn is_reached_by(&self, person: PersonId) -> bool {
        self.contact == Some(person) || self.deputy == Some(person)
    }

    pub(super) fn people(&self) -> BTreeSet<PersonId> {
        self.members.keys().copied().chain(self.contact).chain(self.deputy).collect()
    }

    pub(super) fn drop_person(&mut self, person: PersonId) {
        self.members.remove(&person);
        self.contact = self.contact.filter(|contact| *contact != person);
        self.deputy = self.deputy.filter(|deputy| *deputy != person);
    }
}

impl Organisations {
    /// Members by id, after the one given; `None`: no such organisation.
    pub fn members(
        &self,
        id: OrganisationId,
        after: Option<PersonId>,
        size: usize,
    ) -> Option<Page<(PersonId, Membership), PersonId>> {
        use std::ops::Bound::{Excluded, Unbounded};
        let members = &self.all.get(&id)?.members;
        let rest = members.range((after.map_or(Unbounded, Excluded), Unbounded));
        let rest = rest.map(|(person, membership)| (*person, membership.clone()));
        Some(Page::of(rest, size, |(person, _)| *person))
    }

    /// What a person is in an organisation.
    pub fn membership(&self, id: OrganisationId, person: PersonId) -> Option<Membership> {
        self.all.get(&id)?.members.get(&person).cloned()
    }

    /// Whether somebody may see who belongs to an organisation, and what was agreed with it.
    pub fn shows_inside(&self, id: OrganisationId, viewer: Viewer) -> bool {
        match viewer {
            Viewer::All => true,
            Viewer::Person(person) => {
                self.all.get(&id).is_some_and(|organisation| organisation.is_reached_by(person))
            }
        }
    }

    fn has_room_for(&self, person: PersonId, id: OrganisationId) -> Result<(), Refusal> {
        let full = self.places.get(&person).is_some_and(|places| {
            places.organisations.len() >= MOST_OF_A_PERSON && !places.organisations.contains(&id)
        });
        if full {
            return Err(Refusal::TooMany {
                what: "organisations of one person",
                most: MOST_OF_A_PERSON,
            });
        }
        Ok(())
    }

    pub(super) fn contact_is(
        &mut self,
        id: OrganisationId,
        contact: PersonId,
        deputy: Option<PersonId>,
    ) {
        let Some(organisation) = self.all.get_mut(&id) else { return };
        let before = [organisation.contact, organisation.deputy];
        (organisation.contact, organisation.deputy) = (Some(contact), deputy);
        let all = before.into_iter().chain([Some(contact), deputy]);
        for person in all.flatten() {
            self.place(person, id);
        }
    }

    pub(super) fn member_is(
        &mut self,
        id: OrganisationId,
        person: PersonId,
        membership: Option<&Membership>,
    ) {
        let Some(organisation) = self.all.get_mut(&id) else { return };
        match membership {
            Some(membership) => organisation.members.insert(person, membership.clone()),
            None => organisation.members.remove(&person),
        };
        self.place(person, id);
    }

    /// Notes whether the person stands in the organisation as it is now.
    pub(super) fn place(&mut self, person: PersonId, id: OrganisationId) {
        let stands = self.all.get(&id).is_some_and(|organisation| {
            organisation.members.contains_key(&person) || organisation.is_reached_by(person)
        });
        let places = self.places.entry(person).or_default();
        if stands {
            places.organisations.insert(id);
        } else {
            places.organisations.remove(&id);
        }
        self.tidy(person);
    }

    pub(super) fn tidy(&mut self, person: PersonId) {
        if self
            .places
            .get(&person)
            .is_some_and(|places| places.organisations.is_empty() && places.teams.is_empty())
        {
            self.places.remove(&person);
        }
    }
}
