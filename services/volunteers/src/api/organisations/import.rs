//! Taking in what the national registers say.

use std::collections::{HashMap, HashSet};

use dugnad_door::{Call, Invalid, Role, Within as _, field};
use dugnad_events::{
    OrganisationId,
    volunteers::{Event, OrganisationFacts},
};
use dugnad_proto::volunteers::v1::{
    self as pb,
    import_organisations_response::{Change, Outcome},
};
use tonic::Status;

use super::{Asking, read};
use crate::{
    model::organisations::{Command, Imported, field as field_of, organisation_of},
    register::{LONGEST_NAME, SOLE_PROPRIETORSHIP, is_form, is_number},
};

/// The most organisations of one call.
const MOST: usize = 500;

const MAY_IMPORT: &[Role] = &[Role::Staff, Role::Coordinator, Role::Service];

impl Asking {
    pub(super) async fn import(
        &self,
        call: &Call,
        request: &pb::ImportOrganisationsRequest,
    ) -> Result<pb::ImportOrganisationsResponse, Status> {
        call.must_be(MAY_IMPORT)?;
        let id = field::request_id(&request.request_id)?;
        let entries = entries(&request.organisations)?;
        let events = self.execute(call, id, Command::Import { entries }).await?;
        Ok(answer(&request.organisations, &events))
    }
}

fn entries(asked: &[pb::RegisteredOrganisation]) -> Result<Vec<Imported>, Invalid> {
    if asked.is_empty() {
        return Err(Invalid::new("organisations", "must not be empty"));
    }
    let asked = field::at_most("organisations", asked, MOST)?;
    let mut numbers = HashSet::with_capacity(asked.len());
    let mut entries = Vec::with_capacity(asked.len());
    for (i, one) in asked.iter().enumerate() {
        if !numbers.insert(&one.number) {
            return Err(Invalid::new("number", "is there twice")).within_item("organisations", i);
        }
        entries.push(entry(one).within_item("organisations", i)?);
    }
    Ok(entries)
}

fn entry(one: &pb::RegisteredOrganisation) -> Result<Imported, Invalid> {
    if !is_number(&one.number) {
        let problem = "must be nine digits with the right check digit";
        return Err(Invalid::new("number", problem));
    }
    if one.form == SOLE_PROPRIETORSHIP {
        let problem = "must not be a sole proprietorship: it bears a person's name";
        return Err(Invalid::new("form", problem));
    }
    if !is_form(&one.form) {
        return Err(Invalid::new("form", read::A_FORM));
    }
    if one.gone {
        field::text("display_name", &one.display_name, LONGEST_NAME)?;
    } else {
        field::label("display_name", &one.display_name, LONGEST_NAME)?;
    }
    let categories = one.categories.as_ref();
    let icnpo = categories.map(|categories| read::icnpo(&categories.icnpo).within("categories"));
    let facts = OrganisationFacts {
        number: one.number.clone(),
        name: one.display_name.clone(),
        form: one.form.clone(),
        address: read::address(one.address.as_ref())?,
        voluntary: one.voluntary,
        icnpo: icnpo.transpose()?.unwrap_or_default(),
        area: None,
    };
    Ok(Imported { facts, categorised: categories.is_some(), gone: one.gone })
}

/// What became of each, by the events: those without one are as they were.
fn answer(
    asked: &[pb::RegisteredOrganisation],
    events: &[Event],
) -> pb::ImportOrganisationsResponse {
    let becomes = |event: &Event| match event {
        Event::OrganisationSet { organisation, changed, .. } if changed.is_empty() => {
            Some((*organisation, (Change::New, Vec::new())))
        }
        Event::OrganisationSet { organisation, changed, .. } => {
            let fields = changed.iter().map(|fact| field_of(*fact).to_owned()).collect();
            Some((*organisation, (Change::Changed, fields)))
        }
        Event::OrganisationGone { organisation } => {
            Some((*organisation, (Change::Gone, Vec::new())))
        }
        _ => None,
    };
    let mut became: HashMap<OrganisationId, _> = events.iter().filter_map(becomes).collect();
    let mut response = pb::ImportOrganisationsResponse::default();
    for one in asked {
        let organisation = organisation_of(&one.number);
        let Some((change, fields)) = became.remove(&organisation) else {
            response.unchanged += 1;
            continue;
        };
        match change {
            Change::New => response.new += 1,
            Change::Changed => response.changed += 1,
            Change::Gone | Change::Unspecified => response.gone += 1,
        }
        response.outcomes.push(Outcome {
            organisation: organisation.to_string(),
            number: one.number.clone(),
            display_name: one.display_name.clone(),
            change: change.into(),
            fields,
        });
    }
    response
}
