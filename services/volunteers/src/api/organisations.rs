//! Organisations at the door.

mod agreements;
mod import;
mod members;
mod read;
mod show;
mod teams;

use std::sync::Arc;

use dugnad_door::{Call, Desk, Role, field, page};
use dugnad_events::{OrganisationId, volunteers::Event};
use dugnad_ledger::{Error, RequestId};
use dugnad_proto::volunteers::v1 as pb;
use dugnad_vault::PersonId;
use jiff::civil::Date;
use tonic::{Code, Status};

use crate::model::{
    self, Refusal, State, Volunteers,
    organisations::{Authority, Command, OrganisationView, Viewer},
    today,
};

mod service;

pub(super) use service::Api;

/// Who brings people together.
const COORDINATOR: &[Role] = &[Role::Coordinator];

/// Who looks: a person sees what is theirs.
fn viewer(call: &Call) -> Viewer {
    match call.role {
        Role::Person => Viewer::Person(PersonId(call.caller.id)),
        Role::Staff | Role::Coordinator | Role::Service => Viewer::All,
    }
}

/// By what right somebody changes what belongs to an organisation.
fn authority(call: &Call) -> Authority {
    match call.role {
        Role::Coordinator => Authority::Coordinator,
        Role::Person | Role::Staff | Role::Service => Authority::Contact,
    }
}

fn not_found(name: impl std::fmt::Display) -> Status {
    dugnad_door::status(&Error::Refused(Refusal::NotFound(name.to_string())))
}

fn not_shown(name: impl std::fmt::Display) -> Status {
    dugnad_door::status(&Error::Refused(Refusal::NotTheContact(name.to_string())))
}

/// What was accepted holds an event that this call never makes: a fault of ours.
fn no_such_event() -> Status {
    let message = "what was accepted reads as another kind of request".to_owned();
    dugnad_door::Problem { code: Code::Internal, reason: "UNEXPECTED_EVENT", message }.into()
}

/// What asks for an organisation and its like.
#[derive(Clone)]
struct Asking {
    desk: Desk<Volunteers>,
}

impl Asking {
    async fn execute(
        &self,
        call: &Call,
        request_id: RequestId,
        command: Command,
    ) -> Result<Arc<[Event]>, Status> {
        self.desk.execute(call, request_id, model::Command::Organisations(command)).await
    }

    async fn look<R: Send + 'static>(
        &self,
        call: &Call,
        look: impl Fn(&State, Date) -> R + Send + 'static,
    ) -> Result<R, Status> {
        self.desk.look(call, move |state, now| look(state, today(now))).await
    }

    async fn organisation(
        &self,
        call: &Call,
        id: OrganisationId,
    ) -> Result<OrganisationView, Status> {
        let viewer = viewer(call);
        let look = move |state: &State, today| state.organisations.organisation(id, viewer, today);
        self.look(call, look).await?.ok_or_else(|| not_found(id))
    }

    async fn create(
        &self,
        call: &Call,
        request: &pb::CreateOrganisationRequest,
    ) -> Result<pb::Organisation, Status> {
        call.must_be(COORDINATOR)?;
        let id = field::request_id(&request.request_id)?;
        let facts = read::by_hand(request.organisation.as_ref())?;
        let events = self.execute(call, id, Command::Create { facts }).await?;
        match &*events {
            [Event::OrganisationSet { organisation, facts, .. }] => {
                Ok(show::organisation(OrganisationView {
                    id: *organisation,
                    facts: facts.clone(),
                    contact: None,
                    deputy: None,
                    has_agreement: false,
                }))
            }
            _ => Err(no_such_event()),
        }
    }

    async fn update(
        &self,
        call: &Call,
        request: &pb::UpdateOrganisationRequest,
    ) -> Result<pb::Organisation, Status> {
        call.must_be(COORDINATOR)?;
        let request_id = field::request_id(&request.request_id)?;
        let (organisation, facts) = read::updated(request.organisation.as_ref())?;
        let command = Command::Update { organisation, facts };
        let events = self.execute(call, request_id, command).await?;
        let mut view = self.organisation(call, organisation).await?;
        if let [Event::OrganisationSet { facts, .. }] = &*events {
            view.facts.clone_from(facts);
        }
        Ok(show::organisation(view))
    }

    async fn list(
        &self,
        call: &Call,
        request: &pb::ListOrganisationsRequest,
    ) -> Result<pb::ListOrganisationsResponse, Status> {
        let filter = read::filter(request)?;
        let query = (
            ("ListOrganisations", filter.text.clone(), filter.icnpo_group, filter.area.clone()),
            (filter.municipality.clone(), filter.voluntary, filter.has_agreement),
        );
        let size = page::size(request.page_size)?;
        let after: Option<(String, OrganisationId)> = page::after(&request.page_token, &query)?;
        let viewer = viewer(call);
        let look = move |state: &State, today| {
            state.organisations.organisations(&filter, viewer, today, after.clone(), size)
        };
        let found = self.look(call, look).await?;
        let items = found.items.into_iter();
        let key = |view: &OrganisationView| (view.facts.name.to_lowercase(), view.id);
        let items = items.map(|view| (key(&view), show::organisation(view))).collect();
        let (organisations, next_page_token) = page::of(items, found.next, &query);
        Ok(pb::ListOrganisationsResponse { organisations, next_page_token })
    }
}
