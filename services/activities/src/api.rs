//! The gRPC door of the activities service: translates calls into commands and queries, nothing else.
//!
//! * `read` takes requests apart, each field within its bounds; `show` puts answers together.
//! * Whom to reach about the room is sealed before the ledger sees it; rooms shows it.
//! * What was accepted is answered from its events, not from today's state, so that a repeated
//!   request gets its first answer again.
//!
//! Invariant 7: drafts and what is missing are shown to who plans, sign-ups to whom they concern.

mod activities;
mod explain;
mod export;
mod occurrences;
mod published;
mod read;
mod rule;
mod show;
mod signups;

use dugnad_door::{Call, Desk, Interceptor, Problem, Role, authenticate, enter, status};
use dugnad_ledger::{Error, Ledger};
use dugnad_proto::{
    activities::v1::{
        self as pb,
        activities_service_server::{ActivitiesService, ActivitiesServiceServer},
    },
    codec::HARD_LIMIT,
};
use dugnad_vault::Vault;
use tonic::{Code, Request, Response, Status, service::interceptor::InterceptedService};

use crate::model::{Activities, Refusal};

pub use export::held;
pub use published::published;

/// The gRPC door: behind it every call has its caller, and what is too large is refused with the
/// reason.
pub fn service(
    ledger: Ledger<Activities>,
    vault: Vault,
) -> InterceptedService<ActivitiesServiceServer<Api>, Interceptor> {
    let server = ActivitiesServiceServer::new(Api { desk: Desk { ledger, vault } });
    InterceptedService::new(server.max_decoding_message_size(HARD_LIMIT), authenticate)
}

/// What handles each call. Cheap to clone.
#[derive(Clone)]
pub struct Api {
    desk: Desk<Activities>,
}

type Answer<T> = Result<Response<T>, Status>;

/// Who plans for anybody, and signs anybody up, by their office.
const OFFICE: &[Role] = &[Role::Staff, Role::Coordinator, Role::Service];

fn in_office(call: &Call) -> bool {
    OFFICE.contains(&call.role)
}

fn refused(refusal: Refusal) -> Status {
    status(&Error::Refused(refusal))
}

/// What was accepted holds an event that this call never makes: a fault of ours.
fn no_such_event() -> Status {
    let message = "what was accepted reads as another kind of request".to_owned();
    Problem { code: Code::Internal, reason: "UNEXPECTED_EVENT", message }.into()
}

/// Calls that are each answered by a function of the same name.
macro_rules! answered {
    ($($call:ident: $Request:ident => $Response:ident),* $(,)?) => {
        #[tonic::async_trait]
        impl ActivitiesService for Api {
            $(
                async fn $call(&self, request: Request<pb::$Request>) -> Answer<pb::$Response> {
                    let (call, request) = enter(request)?;
                    self.$call(&call, request).await.map(Response::new)
                }
            )*
        }
    };
}

answered! {
    create_activity: CreateActivityRequest => CreateActivityResponse,
    update_activity: UpdateActivityRequest => UpdateActivityResponse,
    get_activity: GetActivityRequest => GetActivityResponse,
    arrange_activity: ArrangeActivityRequest => ArrangeActivityResponse,
    cancel_activity: CancelActivityRequest => CancelActivityResponse,
    search_occurrences: SearchOccurrencesRequest => SearchOccurrencesResponse,
    get_occurrence: GetOccurrenceRequest => GetOccurrenceResponse,
    move_occurrence: MoveOccurrenceRequest => MoveOccurrenceResponse,
    cancel_occurrence: CancelOccurrenceRequest => CancelOccurrenceResponse,
    answer_room: AnswerRoomRequest => AnswerRoomResponse,
    arrange_again: ArrangeAgainRequest => ArrangeAgainResponse,
    explain_activity: ExplainActivityRequest => ExplainActivityResponse,
    sign_up: SignUpRequest => SignUpResponse,
    withdraw: WithdrawRequest => WithdrawResponse,
    take_place: TakePlaceRequest => TakePlaceResponse,
    record_attendance: RecordAttendanceRequest => RecordAttendanceResponse,
    list_signups: ListSignupsRequest => ListSignupsResponse,
    held_of_person: HeldOfPersonRequest => HeldOfPersonResponse,
}
