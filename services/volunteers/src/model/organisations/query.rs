//! Which organisations there are, which to offer somebody, and all that is held of a person here.

use std::ops::Bound::{Excluded, Unbounded};

use dugnad_events::{
    AgreementId, Code, OrganisationId,
    volunteers::{Icnpo, OrganisationFacts},
};
use dugnad_vault::PersonId;
use jiff::civil::Date;
use serde_json::json;

use super::{AgreementView, Organisation, Organisations, Phase, Viewer};
use crate::model::{Held, Page};

/// So many organisations are offered at sign-up.
pub const MOST_SUGGESTIONS: usize = 5;

/// An organisation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OrganisationView {
    /// Its id.
    pub id: OrganisationId,
    /// What is known of it.
    pub facts: OrganisationFacts,
    /// The contact person, where the viewer may know.
    pub contact: Option<PersonId>,
    /// Who stands in, where the viewer may know.
    pub deputy: Option<PersonId>,
    /// Whether an agreement with it is in force.
    pub has_agreement: bool,
}

/// What organisations are asked for. The default: all.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Filter {
    /// Part of the name, in lower case.
    pub text: String,
    /// The first part of an ICNPO number.
    pub icnpo_group: Option<u32>,
    /// At home in this area.
    pub area: Option<Code>,
    /// With a business address in this municipality.
    pub municipality: String,
    /// Only in the register of voluntary organisations.
    pub voluntary: bool,
    /// Only with an agreement in force.
    pub has_agreement: bool,
}

/// What agreements are asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AgreementFilter {
    /// With this organisation.
    pub organisation: Option<OrganisationId>,
    /// Only those to renew.
    pub to_renew: bool,
    /// Ended ones too.
    pub ended: bool,
}

/// All but the last three digits: `4100` is in group 4, `10100` in group 10.
fn group(icnpo: &Icnpo) -> Option<u32> {
    icnpo.number.parse::<u32>().ok().map(|number| number / 1000)
}

impl Filter {
    fn takes(&self, name: &str, facts: &OrganisationFacts) -> bool {
        let of_group = |asked| facts.icnpo.iter().any(|icnpo| group(icnpo) == Some(asked));
        (self.text.is_empty() || name.contains(&self.text))
            && self.icnpo_group.is_none_or(of_group)
            && (self.area.is_none() || self.area == facts.area)
            && (self.municipality.is_empty() || self.municipality == facts.address.municipality)
            && (facts.voluntary || !self.voluntary)
    }
}

impl Organisations {
    /// What people call it.
    pub fn name(&self, id: OrganisationId) -> Option<&str> {
        self.all.get(&id).map(|organisation| organisation.facts.name.as_str())
    }

    /// One organisation.
    pub fn organisation(
        &self,
        id: OrganisationId,
        viewer: Viewer,
        today: Date,
    ) -> Option<OrganisationView> {
        self.all.get(&id).map(|organisation| self.view(id, organisation, viewer, today))
    }

    /// By name, after the one given. `O(organisations)`.
    pub fn organisations(
        &self,
        filter: &Filter,
        viewer: Viewer,
        today: Date,
        after: Option<(String, OrganisationId)>,
        size: usize,
    ) -> Page<OrganisationView, (String, OrganisationId)> {
        let rest = self.by_name.range((after.map_or(Unbounded, Excluded), Unbounded));
        let found = rest
            .filter_map(|(name, id)| Some((name, *id, self.all.get(id)?)))
            .filter(|(name, _, organisation)| filter.takes(name, &organisation.facts))
            .map(|(_, id, organisation)| self.view(id, organisation, viewer, today))
            .filter(|view| view.has_agreement || !filter.has_agreement);
        Page::of(found, size, |view| (view.facts.name.to_lowercase(), view.id))
    }

    fn view(
        &self,
        id: OrganisationId,
        organisation: &Organisation,
        viewer: Viewer,
        today: Date,
    ) -> OrganisationView {
        let shown = self.shows_inside(id, viewer);
        OrganisationView {
            id,
            facts: organisation.facts.clone(),
            contact: organisation.contact.filter(|_| shown),
            deputy: organisation.deputy.filter(|_| shown),
            has_agreement: self.in_force(id, today).next().is_some(),
        }
    }

    /// By the last day, then id, after the one given. `O(n log n)` in those that match.
    pub fn agreements(
        &self,
        filter: &AgreementFilter,
        viewer: Viewer,
        today: Date,
        after: Option<(Date, AgreementId)>,
        size: usize,
    ) -> Page<AgreementView, (Date, AgreementId)> {
        let key = |view: &AgreementView| (view.terms.until, view.id);
        let mut found: Vec<_> = self
            .agreements
            .iter()
            .filter(|(_, kept)| filter.organisation.is_none_or(|id| kept.terms.organisation == id))
            .map(|(id, kept)| kept.view(*id, today))
            .filter(|view| view.phase == Phase::ToRenew || !filter.to_renew)
            .filter(|view| view.phase != Phase::Ended || filter.ended)
            .filter(|view| after.is_none_or(|after| key(view) > after))
            .filter(|view| self.shows_agreement(view, viewer))
            .collect();
        found.sort_unstable_by_key(key);
        Page::of(found.into_iter(), size, key)
    }

    /// Organisations to offer somebody who signs up without one: first those with an agreement in
    /// force, then voluntary ones; within each those at home in the area first, by name. Those of
    /// another area are left out. At most [`MOST_SUGGESTIONS`]. `O(organisations)`.
    pub fn suggestions(&self, area: Option<&Code>, today: Date) -> Vec<OrganisationId> {
        let mut found = Vec::new();
        for (name, id) in &self.by_name {
            let Some(Organisation { facts, .. }) = self.all.get(id) else { continue };
            let agreed = self.in_force(*id, today).any(|terms| {
                area.is_none_or(|area| terms.areas.is_empty() || terms.areas.contains(area))
            });
            let home = area.is_some() && facts.area.as_ref() == area;
            let elsewhere = area.is_some() && facts.area.is_some() && !home;
            if agreed || facts.voluntary && !elsewhere {
                found.push((!agreed, !home, name, *id));
            }
        }
        found.sort_unstable();
        found.truncate(MOST_SUGGESTIONS);
        found.into_iter().map(|(.., id)| id).collect()
    }

    /// Everything that is held of a person here, each under a name.
    pub fn held(&self, person: PersonId) -> Vec<(String, Held)> {
        let Some(places) = self.places.get(&person) else { return Vec::new() };
        let organisations = places.organisations.iter();
        let parts = organisations.filter_map(|id| Some(part(*id, self.all.get(id)?, person)));
        let teams = places.teams.iter().filter_map(|id| {
            let team = self.team(*id)?;
            Some(json!({
                "team": id.to_string(),
                "name": team.name,
                "leader": team.leader == Some(person),
            }))
        });
        let (parts, teams): (Vec<_>, Vec<_>) = (parts.collect(), teams.collect());
        let all = [("organisations", parts), ("teams", teams)].into_iter();
        let all = all.filter(|(_, items)| !items.is_empty());
        all.map(|(name, items)| (name.to_owned(), Held::Clear(items.into()))).collect()
    }
}

/// What somebody is in one organisation.
fn part(id: OrganisationId, organisation: &Organisation, person: PersonId) -> serde_json::Value {
    let membership = organisation.members.get(&person);
    json!({
        "organisation": id.to_string(),
        "name": organisation.facts.name,
        "role": membership.map(|membership| membership.role.as_str()),
        "since": membership.map(|membership| membership.since.to_string()),
        "contact": organisation.contact == Some(person),
        "deputy": organisation.deputy == Some(person),
    })
}
