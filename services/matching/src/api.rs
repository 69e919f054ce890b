//! The gRPC door of the matching service: translates calls into commands and queries, nothing else.
//!
//! * `read` takes requests apart, each field within its bounds; `show` puts answers together.
//! * What is said in words about a need is sealed before the ledger sees it, and opened for whom it
//!   concerns.
//! * What was accepted is answered from its events, not from today's state, so that a repeated
//!   request gets its first answer again.
//!
//! Invariant 7: of needs and people a caller sees and changes only what their role may.

mod answers;
mod candidates;
mod export;
mod kinds;
mod lists;
mod needs;
pub(crate) mod plan;
mod read;
mod rule;
mod show;
pub(crate) mod solve;

use dugnad_door::{Call, Desk, Interceptor, Problem, Role, authenticate, enter, status};
use dugnad_ledger::{Error, Ledger};
use dugnad_proto::{
    codec::HARD_LIMIT,
    matching::v1::{
        self as pb,
        matching_service_server::{MatchingService, MatchingServiceServer},
    },
};
use dugnad_vault::Vault;
use tonic::{Code, Request, Response, Status, service::interceptor::InterceptedService};

use crate::model::{Matching, Refusal};

pub use export::held;

/// The gRPC door: behind it every call has its caller, and what is too large is refused with the
/// reason.
pub fn service(
    ledger: Ledger<Matching>,
    vault: Vault,
) -> InterceptedService<MatchingServiceServer<Api>, Interceptor> {
    let server = MatchingServiceServer::new(Api { desk: Desk { ledger, vault } });
    InterceptedService::new(server.max_decoding_message_size(HARD_LIMIT), authenticate)
}

/// What handles each call. Cheap to clone.
#[derive(Clone)]
pub struct Api {
    desk: Desk<Matching>,
}

type Answer<T> = Result<Response<T>, Status>;

/// Who answers for others by their office.
const OFFICE: &[Role] = &[Role::Staff, Role::Coordinator, Role::Service];
/// Who brings people and needs together.
const MATCHMAKERS: &[Role] = &[Role::Coordinator, Role::Service];
const COORDINATOR: &[Role] = &[Role::Coordinator];

fn is_one_of(call: &Call, roles: &[Role]) -> bool {
    roles.contains(&call.role)
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
        impl MatchingService for Api {
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
    set_kind: SetKindRequest => SetKindResponse,
    list_kinds: ListKindsRequest => ListKindsResponse,
    set_conflict: SetConflictRequest => SetConflictResponse,
    list_conflicts: ListConflictsRequest => ListConflictsResponse,
    post_need: PostNeedRequest => PostNeedResponse,
    close_need: CloseNeedRequest => CloseNeedResponse,
    get_need: GetNeedRequest => GetNeedResponse,
    list_needs: ListNeedsRequest => ListNeedsResponse,
    find_candidates: FindCandidatesRequest => FindCandidatesResponse,
    start_asking: StartAskingRequest => StartAskingResponse,
    stop_asking: StopAskingRequest => StopAskingResponse,
    list_offers: ListOffersRequest => ListOffersResponse,
    accept_offer: AcceptOfferRequest => AcceptOfferResponse,
    decline_offer: DeclineOfferRequest => DeclineOfferResponse,
    retract_offer: RetractOfferRequest => RetractOfferResponse,
    list_open_places: ListOpenPlacesRequest => ListOpenPlacesResponse,
    take_place: TakePlaceRequest => TakePlaceResponse,
    assign: AssignRequest => AssignResponse,
    cancel_assignment: CancelAssignmentRequest => CancelAssignmentResponse,
    list_assignments: ListAssignmentsRequest => ListAssignmentsResponse,
    list_alarms: ListAlarmsRequest => ListAlarmsResponse,
    get_unmet_needs: GetUnmetNeedsRequest => GetUnmetNeedsResponse,
    held_of_person: HeldOfPersonRequest => HeldOfPersonResponse,
}
