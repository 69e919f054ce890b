//! The gRPC door of the rooms service: translates calls into commands and queries, nothing else.
//!
//! * `read` takes requests apart, each field within its bounds; `show` puts answers together.
//! * `details` seals what is personal before the ledger sees it, and opens it for whom it concerns.
//! * What was accepted is answered from its events, not from today's state, so that a repeated
//!   request gets its first answer again.

mod calendar;
mod changed;
mod details;
mod displace;
mod doors;
mod equipment;
mod erase;
mod held;
mod hours;
mod letting;
mod listing;
mod read;
mod requests;
mod rule;
mod season;
mod series;
mod shifts;
mod show;
mod stream;
mod waiting;
mod watch;

use std::sync::Arc;

use dugnad_door::{Call, Desk, Interceptor, Problem, Role, authenticate, enter, field, status};
use dugnad_events::{BookingId, RoomName, rooms::Event};
use dugnad_ledger::{Error, Ledger};
use dugnad_proto::{
    codec::HARD_LIMIT,
    rooms::v1::{
        self as pb,
        rooms_service_server::{RoomsService, RoomsServiceServer},
    },
};
use dugnad_vault::Vault;
use futures::stream::BoxStream;
use tokio::sync::Semaphore;
use tonic::{Code, Request, Response, Status, Streaming, service::interceptor::InterceptedService};

use crate::model::{BookingView, FacilityView, Name, Refusal, RoomView, Rooms, Standing, State};

pub use calendar::{Feed, calendar_service, feed, tenant_of};
pub use doors::{DoorsApi, doors_service};
pub use erase::reconcile_erasures;
pub use held::held;
pub use season::{Seasons, season_service};
pub use shifts::{Shifts, shifts_service};

/// The gRPC door: behind it every call has its caller, and what is too large is refused with the
/// reason.
pub fn service(
    ledger: Ledger<Rooms>,
    vault: Vault,
) -> InterceptedService<RoomsServiceServer<Api>, Interceptor> {
    let server = RoomsServiceServer::new(Api::new(ledger, vault));
    InterceptedService::new(server.max_decoding_message_size(HARD_LIMIT), authenticate)
}

/// What handles each call. Cheap to clone.
#[derive(Clone)]
pub struct Api {
    desk: Desk<Rooms>,
    readers: Arc<Semaphore>,
    streamed: Arc<Semaphore>,
}

type Answer<T> = Result<Response<T>, Status>;

impl Api {
    pub(crate) fn new(ledger: Ledger<Rooms>, vault: Vault) -> Self {
        let [readers, streamed] =
            [stream::MOST_READ, stream::MOST_WAITING].map(|most| Arc::new(Semaphore::new(most)));
        Self { desk: Desk { ledger, vault }, readers, streamed }
    }

    async fn find<R: Send + 'static>(
        &self,
        call: &Call,
        name: Name,
        find: impl Fn(&State) -> Option<R> + Send + 'static,
    ) -> Result<R, Status> {
        self.desk.look(call, move |state, _| find(state)).await?.ok_or_else(|| not_found(name))
    }

    async fn find_booking(&self, call: &Call, id: BookingId) -> Result<BookingView, Status> {
        self.find(call, Name::Booking(id), move |state| state.booking(id)).await
    }

    async fn book(
        &self,
        call: &Call,
        request: pb::CreateBookingRequest,
    ) -> Result<pb::Booking, Status> {
        let wanted = read::booking(&request, call.caller.id)?;
        let details = read::details(request.purpose, request.contact);
        let (room, person, id) = (wanted.room, wanted.person, wanted.id);
        let sealed = self.desk.seal(call, person, id, &details).await?;
        let events = self.desk.execute(call, id, wanted.command(sealed)).await?;
        // The body is the same as that of the first request, or it would have been refused: so what
        // the event holds sealed is what was just read.
        let booking = events.iter().find_map(|event| just_made(event, room));
        let booking = booking.ok_or_else(no_such_event)?;
        Ok(show::booking(booking, Some((person, details)), true))
    }
}

/// The booking or request that a request for one led to.
fn made(events: &[Event]) -> Option<BookingId> {
    events.iter().find_map(|event| match event {
        Event::Booked { booking, .. } | Event::Requested { booking, .. } => Some(*booking),
        _ => None,
    })
}

/// A booking or request as it is when it has just been made; what is sealed stays where it is.
fn just_made(event: &Event, room: RoomName) -> Option<BookingView> {
    let (id, span, by, series, terms, standing) = match event {
        Event::Booked { booking, span, by, series, terms, .. } => {
            (*booking, *span, *by, *series, terms.clone(), Standing::Confirmed)
        }
        Event::Requested { booking, span, by, series, terms, until, holds, .. } => {
            let standing = Standing::Requested { until: *until, holds: *holds };
            (*booking, *span, *by, *series, Some(terms.clone()), standing)
        }
        _ => return None,
    };
    let (details, revision) = (None, FIRST_REVISION);
    Some(BookingView { id, room, span, standing, details, by, series, terms, revision })
}

/// Who acts for the municipality.
const STAFF: [Role; 2] = [Role::Staff, Role::Coordinator];

/// The revision of a booking that never changed.
const FIRST_REVISION: u32 = 1;

fn not_found(name: Name) -> Status {
    status(&Error::Refused(Refusal::NotFound(name)))
}

/// What was accepted holds an event that this call never makes: a fault of ours.
fn unexpected() -> Problem {
    let message = "what was accepted reads as another kind of request".to_owned();
    Problem { code: Code::Internal, reason: "UNEXPECTED_EVENT", message }
}

fn no_such_event() -> Status {
    unexpected().into()
}

#[tonic::async_trait]
impl RoomsService for Api {
    async fn create_facility(
        &self,
        request: Request<pb::CreateFacilityRequest>,
    ) -> Answer<pb::CreateFacilityResponse> {
        let (call, request) = enter(request)?;
        let id = field::request_id(&request.request_id)?;
        let command = read::facility(request.facility.as_ref())?;
        let events = self.desk.execute(&call, id, command).await?;
        let [Event::FacilityRegistered { facility, name, zone, hours }] = &*events else {
            return Err(no_such_event());
        };
        let facility = show::facility(FacilityView {
            id: *facility,
            name: name.clone(),
            zone: zone.clone(),
            hours: hours.clone(),
        });
        Ok(Response::new(pb::CreateFacilityResponse { facility: Some(facility) }))
    }

    async fn get_facility(
        &self,
        request: Request<pb::GetFacilityRequest>,
    ) -> Answer<pb::GetFacilityResponse> {
        let (call, request) = enter(request)?;
        let id = field::name("name", &request.name)?;
        let found = self.find(&call, Name::Facility(id), move |state| state.facility(id)).await?;
        Ok(Response::new(pb::GetFacilityResponse { facility: Some(show::facility(found)) }))
    }

    async fn list_facilities(
        &self,
        request: Request<pb::ListFacilitiesRequest>,
    ) -> Answer<pb::ListFacilitiesResponse> {
        let (call, request) = enter(request)?;
        self.facilities(&call, &request).await.map(Response::new)
    }

    async fn set_opening_hours(
        &self,
        request: Request<pb::SetOpeningHoursRequest>,
    ) -> Answer<pb::SetOpeningHoursResponse> {
        let (call, request) = enter(request)?;
        let id = field::request_id(&request.request_id)?;
        let (command, hours) = read::opening_hours(&request)?;
        self.desk.execute(&call, id, command).await?;
        // Accepted, now or the first time, are the hours that the request holds.
        let opening_hours = Some(hours::show(&hours));
        Ok(Response::new(pb::SetOpeningHoursResponse { opening_hours }))
    }

    async fn create_room(
        &self,
        request: Request<pb::CreateRoomRequest>,
    ) -> Answer<pb::CreateRoomResponse> {
        let (call, request) = enter(request)?;
        let id = field::request_id(&request.request_id)?;
        let events = self.desk.execute(&call, id, read::room(&request)?).await?;
        let [Event::RoomRegistered { room, facility, parent, traits }] = &*events else {
            return Err(no_such_event());
        };
        let name = RoomName { facility: *facility, room: *room };
        let room = show::room(RoomView {
            name,
            parent: *parent,
            traits: traits.clone(),
            closures: Vec::new(),
        });
        Ok(Response::new(pb::CreateRoomResponse { room: Some(room) }))
    }

    async fn get_room(&self, request: Request<pb::GetRoomRequest>) -> Answer<pb::GetRoomResponse> {
        let (call, request) = enter(request)?;
        let name = field::name("name", &request.name)?;
        let room = self.find(&call, Name::Room(name), move |state| state.room(name)).await?;
        Ok(Response::new(pb::GetRoomResponse { room: Some(show::room(room)) }))
    }

    async fn list_rooms(
        &self,
        request: Request<pb::ListRoomsRequest>,
    ) -> Answer<pb::ListRoomsResponse> {
        let (call, request) = enter(request)?;
        self.rooms(&call, &request).await.map(Response::new)
    }

    async fn create_booking(
        &self,
        request: Request<pb::CreateBookingRequest>,
    ) -> Answer<pb::CreateBookingResponse> {
        let (call, request) = enter(request)?;
        let booking = self.book(&call, request).await?;
        Ok(Response::new(pb::CreateBookingResponse { booking: Some(booking) }))
    }

    type StreamBookingsStream = BoxStream<'static, Result<pb::StreamBookingsResponse, Status>>;

    async fn stream_bookings(
        &self,
        request: Request<Streaming<pb::StreamBookingsRequest>>,
    ) -> Answer<Self::StreamBookingsStream> {
        let (call, messages) = enter(request)?;
        Ok(Response::new(stream::answers(self.clone(), call, messages)))
    }

    async fn get_booking(
        &self,
        request: Request<pb::GetBookingRequest>,
    ) -> Answer<pb::GetBookingResponse> {
        let (call, request) = enter(request)?;
        let booking = self.find_booking(&call, field::name("name", &request.name)?).await?;
        let booking = self.booking_for(&call, booking).await?;
        Ok(Response::new(pb::GetBookingResponse { booking: Some(booking) }))
    }

    async fn list_bookings(
        &self,
        request: Request<pb::ListBookingsRequest>,
    ) -> Answer<pb::ListBookingsResponse> {
        let (call, request) = enter(request)?;
        self.bookings(&call, &request).await.map(Response::new)
    }

    async fn move_booking(
        &self,
        request: Request<pb::MoveBookingRequest>,
    ) -> Answer<pb::MoveBookingResponse> {
        let (call, request) = enter(request)?;
        let id = field::request_id(&request.request_id)?;
        let (booking, command) = read::moved(&request, STAFF.contains(&call.role))?;
        let events = self.desk.execute(&call, id, command).await?;
        let booking = self.booking_after(&call, booking, events).await?;
        Ok(Response::new(pb::MoveBookingResponse { booking: Some(booking) }))
    }

    async fn cancel_booking(
        &self,
        request: Request<pb::CancelBookingRequest>,
    ) -> Answer<pb::CancelBookingResponse> {
        let (call, request) = enter(request)?;
        let id = field::request_id(&request.request_id)?;
        let (booking, command) = read::cancelled(&request)?;
        let events = self.desk.execute(&call, id, command).await?;
        let booking = self.booking_after(&call, booking, events).await?;
        Ok(Response::new(pb::CancelBookingResponse { booking: Some(booking) }))
    }

    async fn create_booking_series(
        &self,
        request: Request<pb::CreateBookingSeriesRequest>,
    ) -> Answer<pb::CreateBookingSeriesResponse> {
        let (call, request) = enter(request)?;
        self.book_series(&call, request).await.map(Response::new)
    }

    async fn get_booking_series(
        &self,
        request: Request<pb::GetBookingSeriesRequest>,
    ) -> Answer<pb::GetBookingSeriesResponse> {
        let (call, request) = enter(request)?;
        let id = field::name("name", &request.name)?;
        let found = self.find(&call, Name::Series(id), move |state| state.series(id)).await?;
        let shown = self.open(&call, found.by, found.details.as_ref()).await?;
        let terms = shown.is_some() || details::may_see_terms(&call, found.by);
        let (series, bookings, skipped) = show::series(found, shown, terms);
        let series = Some(series);
        Ok(Response::new(pb::GetBookingSeriesResponse { series, bookings, skipped }))
    }

    async fn cancel_booking_series(
        &self,
        request: Request<pb::CancelBookingSeriesRequest>,
    ) -> Answer<pb::CancelBookingSeriesResponse> {
        let (call, request) = enter(request)?;
        let id = field::request_id(&request.request_id)?;
        let events = self.desk.execute(&call, id, read::series_cancelled(&request)?).await?;
        let cancelled = series::cancelled(&events);
        Ok(Response::new(pb::CancelBookingSeriesResponse { cancelled }))
    }

    async fn set_letting_rules(
        &self,
        request: Request<pb::SetLettingRulesRequest>,
    ) -> Answer<pb::SetLettingRulesResponse> {
        let (call, request) = enter(request)?;
        self.set_rules(&call, &request).await.map(Response::new)
    }

    async fn get_letting_rules(
        &self,
        request: Request<pb::GetLettingRulesRequest>,
    ) -> Answer<pb::GetLettingRulesResponse> {
        let (call, request) = enter(request)?;
        self.rules(&call, &request).await.map(Response::new)
    }

    async fn quote(&self, request: Request<pb::QuoteRequest>) -> Answer<pb::QuoteResponse> {
        let (call, request) = enter(request)?;
        self.quoted(&call, &request).await.map(Response::new)
    }

    async fn list_charges(
        &self,
        request: Request<pb::ListChargesRequest>,
    ) -> Answer<pb::ListChargesResponse> {
        let (call, request) = enter(request)?;
        self.charges(&call, &request).await.map(Response::new)
    }

    async fn hold_slot(
        &self,
        request: Request<pb::HoldSlotRequest>,
    ) -> Answer<pb::HoldSlotResponse> {
        let (call, request) = enter(request)?;
        self.hold(&call, &request).await.map(Response::new)
    }

    async fn list_requests(
        &self,
        request: Request<pb::ListRequestsRequest>,
    ) -> Answer<pb::ListRequestsResponse> {
        let (call, request) = enter(request)?;
        self.requests(&call, &request).await.map(Response::new)
    }

    async fn approve_request(
        &self,
        request: Request<pb::ApproveRequestRequest>,
    ) -> Answer<pb::ApproveRequestResponse> {
        let (call, request) = enter(request)?;
        self.approve(&call, &request).await.map(Response::new)
    }

    async fn deny_request(
        &self,
        request: Request<pb::DenyRequestRequest>,
    ) -> Answer<pb::DenyRequestResponse> {
        let (call, request) = enter(request)?;
        self.deny(&call, &request).await.map(Response::new)
    }

    async fn approve_booking_series(
        &self,
        request: Request<pb::ApproveBookingSeriesRequest>,
    ) -> Answer<pb::ApproveBookingSeriesResponse> {
        let (call, request) = enter(request)?;
        self.approve_series(&call, &request).await.map(Response::new)
    }

    async fn deny_booking_series(
        &self,
        request: Request<pb::DenyBookingSeriesRequest>,
    ) -> Answer<pb::DenyBookingSeriesResponse> {
        let (call, request) = enter(request)?;
        self.deny_series(&call, &request).await.map(Response::new)
    }

    async fn join_waiting_list(
        &self,
        request: Request<pb::JoinWaitingListRequest>,
    ) -> Answer<pb::JoinWaitingListResponse> {
        let (call, request) = enter(request)?;
        self.join(&call, &request).await.map(Response::new)
    }

    async fn leave_waiting_list(
        &self,
        request: Request<pb::LeaveWaitingListRequest>,
    ) -> Answer<pb::LeaveWaitingListResponse> {
        let (call, request) = enter(request)?;
        self.leave(&call, &request).await.map(Response::new)
    }

    async fn get_waiting_place(
        &self,
        request: Request<pb::GetWaitingPlaceRequest>,
    ) -> Answer<pb::GetWaitingPlaceResponse> {
        let (call, request) = enter(request)?;
        self.place(&call, &request).await.map(Response::new)
    }

    async fn override_bookings(
        &self,
        request: Request<pb::OverrideBookingsRequest>,
    ) -> Answer<pb::OverrideBookingsResponse> {
        let (call, request) = enter(request)?;
        self.displace(&call, request).await.map(Response::new)
    }

    async fn close_room(
        &self,
        request: Request<pb::CloseRoomRequest>,
    ) -> Answer<pb::CloseRoomResponse> {
        let (call, request) = enter(request)?;
        self.close(&call, request).await.map(Response::new)
    }

    async fn reopen_room(
        &self,
        request: Request<pb::ReopenRoomRequest>,
    ) -> Answer<pb::ReopenRoomResponse> {
        let (call, request) = enter(request)?;
        self.reopen(&call, &request).await.map(Response::new)
    }

    async fn set_equipment_stock(
        &self,
        request: Request<pb::SetEquipmentStockRequest>,
    ) -> Answer<pb::SetEquipmentStockResponse> {
        let (call, request) = enter(request)?;
        self.set_stock(&call, &request).await.map(Response::new)
    }

    async fn list_equipment(
        &self,
        request: Request<pb::ListEquipmentRequest>,
    ) -> Answer<pb::ListEquipmentResponse> {
        let (call, request) = enter(request)?;
        self.equipment(&call, &request).await.map(Response::new)
    }

    async fn search_availability(
        &self,
        request: Request<pb::SearchAvailabilityRequest>,
    ) -> Answer<pb::SearchAvailabilityResponse> {
        let (call, request) = enter(request)?;
        self.available(&call, &request).await.map(Response::new)
    }

    type WatchBookingsStream = BoxStream<'static, Result<pb::WatchBookingsResponse, Status>>;

    async fn watch_bookings(
        &self,
        request: Request<pb::WatchBookingsRequest>,
    ) -> Answer<Self::WatchBookingsStream> {
        let (call, request) = enter(request)?;
        watch::changes(self.clone(), call, &request).await.map(Response::new)
    }

    async fn erase_person(
        &self,
        request: Request<pb::ErasePersonRequest>,
    ) -> Answer<pb::ErasePersonResponse> {
        let (call, request) = enter(request)?;
        self.erase(&call, &request).await.map(Response::new)
    }

    async fn held_of_person(
        &self,
        request: Request<pb::HeldOfPersonRequest>,
    ) -> Answer<pb::HeldOfPersonResponse> {
        let (call, request) = enter(request)?;
        call.must_be(&[Role::Service])?;
        let person = read::person(&request.person)?;
        let Desk { ledger, vault } = &self.desk;
        let held = held(ledger, vault, &call.caller.tenant, person).await?;
        Ok(Response::new(pb::HeldOfPersonResponse { json: held.to_string() }))
    }
}
