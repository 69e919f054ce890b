//! What the model says, as clients read it.

use dugnad_events::{OrganisationId, volunteers::Membership};
use dugnad_proto::volunteers::v1 as pb;
use dugnad_vault::PersonId;

use crate::model::organisations::{AgreementView, OrganisationView, Phase, TeamView};

pub(super) fn name(id: Option<impl ToString>) -> String {
    id.map(|id| id.to_string()).unwrap_or_default()
}

pub(super) fn organisation(view: OrganisationView) -> pb::Organisation {
    let facts = view.facts;
    let address = facts.address;
    let icnpo = facts.icnpo.into_iter();
    pb::Organisation {
        name: view.id.to_string(),
        number: facts.number,
        display_name: facts.name,
        form: facts.form,
        address: Some(pb::Address {
            lines: address.lines,
            postal_code: address.postal_code,
            town: address.town,
            municipality: address.municipality,
        }),
        voluntary: facts.voluntary,
        icnpo: icnpo
            .map(|icnpo| pb::IcnpoCategory { number: icnpo.number, category: icnpo.category })
            .collect(),
        area: name(facts.area),
        contact: name(view.contact),
        deputy: name(view.deputy),
        has_agreement: view.has_agreement,
    }
}

pub(super) fn member(
    organisation: OrganisationId,
    person: PersonId,
    membership: &Membership,
) -> pb::Member {
    pb::Member {
        organisation: organisation.to_string(),
        person: person.to_string(),
        role: membership.role.to_string(),
        since: membership.since.to_string(),
    }
}

pub(super) fn team(view: &TeamView) -> pb::Team {
    pb::Team {
        name: view.id.to_string(),
        display_name: view.name.clone(),
        organisation: name(view.organisation),
        leader: name(view.leader),
        members: view.members.iter().map(ToString::to_string).collect(),
        size: i32::try_from(view.size).unwrap_or(i32::MAX),
        short: view.short,
    }
}

pub(super) fn agreement(view: AgreementView) -> pb::Agreement {
    let state = match view.phase {
        Phase::Ahead => pb::AgreementState::Ahead,
        Phase::InForce => pb::AgreementState::InForce,
        Phase::ToRenew => pb::AgreementState::ToRenew,
        Phase::Ended => pb::AgreementState::Ended,
    };
    let terms = view.terms;
    pb::Agreement {
        name: view.id.to_string(),
        organisation: terms.organisation.to_string(),
        kinds: terms.kinds.iter().map(ToString::to_string).collect(),
        areas: terms.areas.iter().map(ToString::to_string).collect(),
        our_duties: terms.ours,
        their_duties: terms.theirs,
        from: terms.from.to_string(),
        until: terms.until.to_string(),
        warn_days: terms.warn_days.into(),
        state: state.into(),
    }
}
