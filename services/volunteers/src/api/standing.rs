//! Standing at the door: who may ask what, and what each may see.
//!
//! The words of a person (`Sealed`) are opened only for whom the proto names. What is to be sealed
//! is sealed only for somebody in the register, so that nobody fills the key store with strangers.

mod attest;
mod cards;
mod concerns;
mod courses;
mod follow_ups;
mod hours;
mod read;
mod records;
mod show;
#[cfg(test)]
mod tests;
mod words;

use std::sync::Arc;

use dugnad_door::{
    Call, Desk, Interceptor, Problem, Role, authenticate, enter, field, page, status,
};
use dugnad_events::volunteers::Event;
use dugnad_ledger::{Error, RequestId};
use dugnad_proto::{
    codec::HARD_LIMIT,
    volunteers::v1::{
        self as pb,
        standing_service_server::{StandingService, StandingServiceServer},
    },
};
use dugnad_vault::{PersonId, Sealed};
use jiff::Timestamp;
use serde::Serialize;
use tonic::{Code, Request, Response, Status, service::interceptor::InterceptedService};

use crate::model::{Command, Refusal, State, Volunteers, standing};

/// The door: behind it every call has its caller.
pub(super) fn service(
    desk: Desk<Volunteers>,
) -> InterceptedService<StandingServiceServer<Door>, Interceptor> {
    let server = StandingServiceServer::new(Door { desk });
    InterceptedService::new(server.max_decoding_message_size(HARD_LIMIT), authenticate)
}

/// What handles each call.
pub(super) struct Door {
    desk: Desk<Volunteers>,
}

/// Those whom everything about volunteers concerns.
const COORDINATOR: &[Role] = &[Role::Coordinator];

impl Door {
    async fn execute(
        &self,
        call: &Call,
        request_id: RequestId,
        command: standing::Command,
    ) -> Result<Arc<[Event]>, Status> {
        self.desk.execute(call, request_id, Command::Standing(command)).await
    }

    /// For changes whose answer says nothing.
    async fn change(
        &self,
        call: &Call,
        request_id: &str,
        command: standing::Command,
    ) -> Result<(), Status> {
        self.execute(call, field::request_id(request_id)?, command).await.map(drop)
    }

    async fn look<R: Send + 'static>(
        &self,
        call: &Call,
        look: impl Fn(&State, Timestamp) -> Result<R, Refusal> + Send + 'static,
    ) -> Result<R, Status> {
        self.desk.look(call, look).await?.map_err(|rule| status(&Error::Refused(rule)))
    }

    /// Seals what is said about somebody in the register.
    async fn seal(
        &self,
        call: &Call,
        person: PersonId,
        id: RequestId,
        text: &str,
    ) -> Result<Sealed<String>, Status> {
        self.look(call, move |state, _| state.people.knows(person)).await?;
        Ok(self.desk.seal(call, person, id, &text.to_owned()).await?)
    }

    /// Empty once the person is erased.
    async fn open(&self, call: &Call, text: &Sealed<String>) -> Result<String, Status> {
        Ok(self.desk.open(call, text).await?.unwrap_or_default())
    }
}

/// That the caller is the person, or has one of these roles.
fn own_or(call: &Call, person: PersonId, roles: &[Role]) -> Result<(), Status> {
    if call.caller.id == person.0 { Ok(()) } else { call.must_be(roles) }
}

/// A page, of items of which there is one more than asked for if there is another page.
fn paged<M: prost::Message, K: Serialize + Clone>(
    mut items: Vec<(K, M)>,
    size: usize,
    query: &impl Serialize,
) -> (Vec<M>, String) {
    let more = items.len() > size;
    items.truncate(size);
    let next = items.last().filter(|_| more).map(|(key, _)| key.clone());
    page::of(items, next, query)
}

/// What was accepted holds an event that this call never makes: a fault of ours.
fn unexpected() -> Status {
    let message = "what was accepted reads as another kind of request".to_owned();
    Problem { code: Code::Internal, reason: "UNEXPECTED_EVENT", message }.into()
}

/// Each call goes to the method of the same name on [`Door`].
macro_rules! calls {
    ($($name:ident($Request:ident) -> $Response:ident,)*) => {
        #[tonic::async_trait]
        impl StandingService for Door {
            $(async fn $name(
                &self,
                request: Request<pb::$Request>,
            ) -> Result<Response<pb::$Response>, Status> {
                let (call, request) = enter(request)?;
                Door::$name(self, &call, request).await.map(Response::new)
            })*
        }
    };
}

calls! {
    set_role(SetRoleRequest) -> SetRoleResponse,
    get_role(GetRoleRequest) -> GetRoleResponse,
    list_roles(ListRolesRequest) -> ListRolesResponse,
    accept_card(AcceptCardRequest) -> AcceptCardResponse,
    record_check(RecordCheckRequest) -> RecordCheckResponse,
    withdraw_check(WithdrawCheckRequest) -> WithdrawCheckResponse,
    sign_confidentiality(SignConfidentialityRequest) -> SignConfidentialityResponse,
    set_course(SetCourseRequest) -> SetCourseResponse,
    list_courses(ListCoursesRequest) -> ListCoursesResponse,
    create_session(CreateSessionRequest) -> CreateSessionResponse,
    update_session(UpdateSessionRequest) -> UpdateSessionResponse,
    list_sessions(ListSessionsRequest) -> ListSessionsResponse,
    join_session(JoinSessionRequest) -> JoinSessionResponse,
    record_attendance(RecordAttendanceRequest) -> RecordAttendanceResponse,
    issue_certificate(IssueCertificateRequest) -> IssueCertificateResponse,
    revoke_certificate(RevokeCertificateRequest) -> RevokeCertificateResponse,
    get_standing(GetStandingRequest) -> GetStandingResponse,
    check_eligibility(CheckEligibilityRequest) -> CheckEligibilityResponse,
    batch_check_eligibility(BatchCheckEligibilityRequest) -> BatchCheckEligibilityResponse,
    plan_follow_up(PlanFollowUpRequest) -> PlanFollowUpResponse,
    hold_follow_up(HoldFollowUpRequest) -> HoldFollowUpResponse,
    list_follow_ups(ListFollowUpsRequest) -> ListFollowUpsResponse,
    set_escalation(SetEscalationRequest) -> SetEscalationResponse,
    get_escalation(GetEscalationRequest) -> GetEscalationResponse,
    raise_concern(RaiseConcernRequest) -> RaiseConcernResponse,
    take_concern(TakeConcernRequest) -> TakeConcernResponse,
    escalate_concern(EscalateConcernRequest) -> EscalateConcernResponse,
    close_concern(CloseConcernRequest) -> CloseConcernResponse,
    list_concerns(ListConcernsRequest) -> ListConcernsResponse,
    log_hours(LogHoursRequest) -> LogHoursResponse,
    strike_hours(StrikeHoursRequest) -> StrikeHoursResponse,
    list_hours(ListHoursRequest) -> ListHoursResponse,
    summarise_hours(SummariseHoursRequest) -> SummariseHoursResponse,
    thank(ThankRequest) -> ThankResponse,
    list_thanks(ListThanksRequest) -> ListThanksResponse,
    write_note(WriteNoteRequest) -> WriteNoteResponse,
    list_notes(ListNotesRequest) -> ListNotesResponse,
    create_attest(CreateAttestRequest) -> CreateAttestResponse,
}
