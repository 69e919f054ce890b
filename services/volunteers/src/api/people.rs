//! People at the door.
//!
//! * `read` takes requests apart, each field within its bounds; `show` puts answers together.
//! * What is personal is sealed before the ledger sees it. It is opened in `details` and `export`
//!   only, after the reading was recorded.
//! * What was accepted is answered from its events, not from today's state, so that a repeated
//!   request gets its first answer again.

mod contacts;
mod details;
mod erase;
mod export;
mod hours;
mod listing;
mod read;
mod register;
mod show;

use std::sync::Arc;

use dugnad_door::{Call, Desk, Problem, Role, enter, field};
use dugnad_events::volunteers::Event;
use dugnad_ledger::RequestId;
use dugnad_proto::volunteers::v1::{self as pb, people_service_server::PeopleService};
use dugnad_vault::PersonId;
use tonic::{Code, Request, Response, Status};

use crate::model::{
    self, Volunteers,
    people::{Command, Office},
};

pub use contacts::contacts;
pub use erase::{forget_erased, reconcile_erasures};
pub use export::Holdings;

/// What handles each call. Cheap to clone.
#[derive(Clone)]
pub(super) struct Api {
    pub(super) desk: Desk<Volunteers>,
    pub(super) others: Arc<[Arc<dyn Holdings>]>,
}

type Answer<T> = Result<Response<T>, Status>;

impl Api {
    async fn execute(
        &self,
        call: &Call,
        id: RequestId,
        command: Command,
    ) -> Result<Arc<[Event]>, Status> {
        self.desk.execute(call, id, model::Command::People(command)).await
    }
}

/// That the caller is this person, or has one of the roles.
fn own_or(call: &Call, person: PersonId, roles: &[Role]) -> Result<(), Status> {
    if call.caller.id == person.0 { Ok(()) } else { call.must_be(roles) }
}

fn office(call: &Call) -> Office {
    match call.role {
        Role::Person => Office::Person,
        Role::Staff => Office::Staff,
        Role::Coordinator => Office::Coordinator,
        Role::Service => Office::Service,
    }
}

/// What was accepted holds an event that this call never makes: a fault of ours.
fn no_such_event() -> Status {
    let message = "what was accepted reads as another kind of request".to_owned();
    Problem { code: Code::Internal, reason: "UNEXPECTED_EVENT", message }.into()
}

#[tonic::async_trait]
impl PeopleService for Api {
    async fn set_terms(
        &self,
        request: Request<pb::SetTermsRequest>,
    ) -> Answer<pb::SetTermsResponse> {
        let (call, request) = enter(request)?;
        call.must_be(&[Role::Coordinator])?;
        let id = field::request_id(&request.request_id)?;
        let (list, terms) = (read::list(request.list)?, read::terms(&request.terms)?);
        self.execute(&call, id, Command::SetTerms { list, terms: terms.clone() }).await?;
        // Accepted, now or the first time, are the terms that the request holds.
        let terms = terms.into_iter().map(|term| show::term(term, false)).collect();
        Ok(Response::new(pb::SetTermsResponse { terms }))
    }

    async fn list_terms(
        &self,
        request: Request<pb::ListTermsRequest>,
    ) -> Answer<pb::ListTermsResponse> {
        let (call, request) = enter(request)?;
        self.terms(&call, &request).await.map(Response::new)
    }

    async fn sign_up(&self, request: Request<pb::SignUpRequest>) -> Answer<pb::SignUpResponse> {
        let (call, request) = enter(request)?;
        self.signed_up(&call, &request).await.map(Response::new)
    }

    async fn register_receiver(
        &self,
        request: Request<pb::RegisterReceiverRequest>,
    ) -> Answer<pb::RegisterReceiverResponse> {
        let (call, request) = enter(request)?;
        let person = Some(self.receiver(&call, &request).await?);
        Ok(Response::new(pb::RegisterReceiverResponse { person }))
    }

    async fn register_contact(
        &self,
        request: Request<pb::RegisterContactRequest>,
    ) -> Answer<pb::RegisterContactResponse> {
        let (call, request) = enter(request)?;
        let person = Some(self.contact(&call, &request).await?);
        Ok(Response::new(pb::RegisterContactResponse { person }))
    }

    async fn admit(&self, request: Request<pb::AdmitRequest>) -> Answer<pb::AdmitResponse> {
        let (call, request) = enter(request)?;
        call.must_be(&[Role::Coordinator])?;
        let id = field::request_id(&request.request_id)?;
        let person = read::person("person", &request.person)?;
        self.execute(&call, id, Command::Admit { person }).await?;
        Ok(Response::new(pb::AdmitResponse {}))
    }

    async fn update_person(
        &self,
        request: Request<pb::UpdatePersonRequest>,
    ) -> Answer<pb::UpdatePersonResponse> {
        let (call, request) = enter(request)?;
        self.update(&call, &request).await.map(Response::new)
    }

    async fn set_availability(
        &self,
        request: Request<pb::SetAvailabilityRequest>,
    ) -> Answer<pb::SetAvailabilityResponse> {
        let (call, request) = enter(request)?;
        let availability = Some(self.availability(&call, &request).await?);
        Ok(Response::new(pb::SetAvailabilityResponse { availability }))
    }

    async fn set_pause(
        &self,
        request: Request<pb::SetPauseRequest>,
    ) -> Answer<pb::SetPauseResponse> {
        let (call, request) = enter(request)?;
        let id = field::request_id(&request.request_id)?;
        let person = read::person("person", &request.person)?;
        own_or(&call, person, &[Role::Coordinator])?;
        let pause = request.pause.as_ref().map(read::pause).transpose()?;
        self.execute(&call, id, Command::SetPause { person, pause }).await?;
        Ok(Response::new(pb::SetPauseResponse {}))
    }

    async fn leave(&self, request: Request<pb::LeaveRequest>) -> Answer<pb::LeaveResponse> {
        let (call, request) = enter(request)?;
        let id = field::request_id(&request.request_id)?;
        let person = read::person("person", &request.person)?;
        own_or(&call, person, &[Role::Staff, Role::Coordinator])?;
        self.execute(&call, id, Command::Leave { person, office: office(&call) }).await?;
        Ok(Response::new(pb::LeaveResponse {}))
    }

    async fn set_support(
        &self,
        request: Request<pb::SetSupportRequest>,
    ) -> Answer<pb::SetSupportResponse> {
        let (call, request) = enter(request)?;
        self.support(&call, &request).await.map(Response::new)
    }

    async fn set_representative(
        &self,
        request: Request<pb::SetRepresentativeRequest>,
    ) -> Answer<pb::SetRepresentativeResponse> {
        let (call, request) = enter(request)?;
        let id = field::request_id(&request.request_id)?;
        let person = read::person("person", &request.person)?;
        own_or(&call, person, &[Role::Staff, Role::Coordinator])?;
        let (representative, representation) =
            read::representative(request.representative.as_ref())?;
        let command = Command::SetRepresentative { person, representative, representation };
        self.execute(&call, id, command).await?;
        Ok(Response::new(pb::SetRepresentativeResponse {}))
    }

    async fn end_representative(
        &self,
        request: Request<pb::EndRepresentativeRequest>,
    ) -> Answer<pb::EndRepresentativeResponse> {
        let (call, request) = enter(request)?;
        let id = field::request_id(&request.request_id)?;
        let person = read::person("person", &request.person)?;
        let representative = read::person("representative", &request.representative)?;
        if call.caller.id != representative.0 {
            own_or(&call, person, &[Role::Staff, Role::Coordinator])?;
        }
        self.execute(&call, id, Command::EndRepresentative { person, representative }).await?;
        Ok(Response::new(pb::EndRepresentativeResponse {}))
    }

    async fn set_unit(&self, request: Request<pb::SetUnitRequest>) -> Answer<pb::SetUnitResponse> {
        let (call, request) = enter(request)?;
        let unit = Some(self.unit(&call, &request).await?);
        Ok(Response::new(pb::SetUnitResponse { unit }))
    }

    async fn list_units(
        &self,
        request: Request<pb::ListUnitsRequest>,
    ) -> Answer<pb::ListUnitsResponse> {
        let (call, request) = enter(request)?;
        self.units(&call, &request).await.map(Response::new)
    }

    async fn get_person(
        &self,
        request: Request<pb::GetPersonRequest>,
    ) -> Answer<pb::GetPersonResponse> {
        let (call, request) = enter(request)?;
        let person = Some(self.get(&call, &request).await?);
        Ok(Response::new(pb::GetPersonResponse { person }))
    }

    async fn batch_get_people(
        &self,
        request: Request<pb::BatchGetPeopleRequest>,
    ) -> Answer<pb::BatchGetPeopleResponse> {
        let (call, request) = enter(request)?;
        self.batch_get(&call, &request).await.map(Response::new)
    }

    async fn list_people(
        &self,
        request: Request<pb::ListPeopleRequest>,
    ) -> Answer<pb::ListPeopleResponse> {
        let (call, request) = enter(request)?;
        self.list(&call, &request).await.map(Response::new)
    }

    async fn list_reads(
        &self,
        request: Request<pb::ListReadsRequest>,
    ) -> Answer<pb::ListReadsResponse> {
        let (call, request) = enter(request)?;
        self.reads(&call, &request).await.map(Response::new)
    }

    async fn erase_person(
        &self,
        request: Request<pb::ErasePersonRequest>,
    ) -> Answer<pb::ErasePersonResponse> {
        let (call, request) = enter(request)?;
        self.erase(&call, &request).await.map(Response::new)
    }

    async fn export_person(
        &self,
        request: Request<pb::ExportPersonRequest>,
    ) -> Answer<pb::ExportPersonResponse> {
        let (call, request) = enter(request)?;
        self.export(&call, &request).await.map(Response::new)
    }

    async fn set_retention(
        &self,
        request: Request<pb::SetRetentionRequest>,
    ) -> Answer<pb::SetRetentionResponse> {
        let (call, request) = enter(request)?;
        call.must_be(&[Role::Coordinator])?;
        let id = field::request_id(&request.request_id)?;
        let retention = read::retention(request.retention.as_ref())?;
        self.execute(&call, id, Command::SetRetention { retention }).await?;
        let retention = Some(show::retention(retention));
        Ok(Response::new(pb::SetRetentionResponse { retention }))
    }

    async fn get_retention(
        &self,
        request: Request<pb::GetRetentionRequest>,
    ) -> Answer<pb::GetRetentionResponse> {
        let (call, _) = enter(request)?;
        let retention = self.desk.look(&call, |state, _| state.people.retention()).await?;
        let retention = Some(show::retention(retention));
        Ok(Response::new(pb::GetRetentionResponse { retention }))
    }
}
