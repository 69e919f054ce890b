//! The gRPC door of the rides service: translates calls into commands, questions to the dispatcher and
//! queries, nothing else.
//!
//! * `read` takes requests apart, each field within its bounds; `show` puts answers together.
//! * Addresses, homes and notes are sealed before the ledger sees them, and opened for whom they concern.
//! * What happened is committed first; then the dispatcher looks after who lost their place, and the same
//!   answer tells what became of them.
//!
//! Invariant 7: of rides and people a caller sees and changes only what their role may.

mod dispatch;
mod held;
mod manifest;
mod orders;
mod positions;
mod read;
mod register;
mod reports;
mod rides;
mod rule;
mod show;
mod solve;
mod travellers;

use std::sync::Arc;

use dugnad_door::{Call, Desk, Interceptor, Problem, Role, authenticate, enter, status};
use dugnad_ledger::Error;
use dugnad_proto::{
    codec::HARD_LIMIT,
    rides::v1::{
        self as pb,
        rides_service_server::{RidesService, RidesServiceServer},
    },
};
use tonic::{Code, Request, Response, Status, service::interceptor::InterceptedService};

use crate::{
    dispatcher::Dispatcher,
    model::{Refusal, Rides},
};

pub use held::held;
pub use solve::{Solver, solve_service};

/// The gRPC door; the dispatcher behind it is also whom [`keep`](crate::keep) keeps going.
pub fn service(dispatcher: Dispatcher) -> InterceptedService<RidesServiceServer<Api>, Interceptor> {
    let api = Api { desk: dispatcher.desk(), dispatcher, positions: Arc::default() };
    let server = RidesServiceServer::new(api).max_decoding_message_size(HARD_LIMIT);
    InterceptedService::new(server, authenticate)
}

/// What handles each call. Cheap to clone.
#[derive(Clone)]
pub struct Api {
    desk: Desk<Rides>,
    dispatcher: Dispatcher,
    positions: Arc<positions::Positions>,
}

type Answer<T> = Result<Response<T>, Status>;

/// Who acts for the municipality.
const OFFICE: &[Role] = &[Role::Staff, Role::Coordinator];
/// The same, and our own services.
const ALL_OFFICES: &[Role] = &[Role::Staff, Role::Coordinator, Role::Service];
const COORDINATORS: &[Role] = &[Role::Coordinator, Role::Service];

fn is_one_of(call: &Call, roles: &[Role]) -> bool {
    roles.contains(&call.role)
}

fn refused(refusal: Refusal) -> Status {
    status(&Error::Refused(refusal))
}

fn not_found(name: impl ToString) -> Status {
    refused(Refusal::NotFound(name.to_string()))
}

fn not_yours(name: impl ToString) -> Status {
    refused(Refusal::NotYours(name.to_string()))
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
        impl RidesService for Api {
            $(
                async fn $call(&self, request: Request<pb::$Request>) -> Answer<pb::$Response> {
                    let (call, request) = enter(request)?;
                    self.$call(&call, request).await.map(Response::new)
                }
            )*

            type DispatchStream = dispatch::Answers;

            async fn dispatch(
                &self,
                request: Request<pb::DispatchRequest>,
            ) -> Answer<Self::DispatchStream> {
                let (call, request) = enter(request)?;
                self.dispatch_day(call, &request).map(Response::new)
            }
        }
    };
}

answered! {
    set_rules: SetRulesRequest => SetRulesResponse,
    get_rules: GetRulesRequest => GetRulesResponse,
    set_vehicle: SetVehicleRequest => SetVehicleResponse,
    list_vehicles: ListVehiclesRequest => ListVehiclesResponse,
    set_driver: SetDriverRequest => SetDriverResponse,
    list_drivers: ListDriversRequest => ListDriversResponse,
    set_traveller: SetTravellerRequest => SetTravellerResponse,
    get_traveller: GetTravellerRequest => GetTravellerResponse,
    set_entrance: SetEntranceRequest => SetEntranceResponse,
    list_entrances: ListEntrancesRequest => ListEntrancesResponse,
    create_shift: CreateShiftRequest => CreateShiftResponse,
    list_shifts: ListShiftsRequest => ListShiftsResponse,
    get_manifest: GetManifestRequest => GetManifestResponse,
    request_ride: RequestRideRequest => RequestRideResponse,
    request_meal_round: RequestMealRoundRequest => RequestMealRoundResponse,
    get_ride: GetRideRequest => GetRideResponse,
    list_rides: ListRidesRequest => ListRidesResponse,
    cancel_ride: CancelRideRequest => CancelRideResponse,
    free_rides: FreeRidesRequest => FreeRidesResponse,
    create_standing_order: CreateStandingOrderRequest => CreateStandingOrderResponse,
    get_standing_order: GetStandingOrderRequest => GetStandingOrderResponse,
    end_standing_order: EndStandingOrderRequest => EndStandingOrderResponse,
    report_stop: ReportStopRequest => ReportStopResponse,
    report_late: ReportLateRequest => ReportLateResponse,
    take_vehicle_out: TakeVehicleOutRequest => TakeVehicleOutResponse,
    report_driver_ill: ReportDriverIllRequest => ReportDriverIllResponse,
    report_position: ReportPositionRequest => ReportPositionResponse,
    list_drives: ListDrivesRequest => ListDrivesResponse,
    held_of_person: HeldOfPersonRequest => HeldOfPersonResponse,
}
