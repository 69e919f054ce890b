//! The gRPC door of doors and codes: who may set up, see and do what.
//!
//! Digits leave here in one answer only, `GetAccess`, opened for those who may enter.

mod read;
mod show;

use dugnad_door::{Call, Desk, Interceptor, authenticate, enter, field, page};
use dugnad_events::{
    BookingId, CodeId, DoorId, FacilityId,
    rooms::{DoorEvent, Event},
};
use dugnad_ledger::Ledger;
use dugnad_proto::{
    codec::HARD_LIMIT,
    rooms::v1::{
        self as pb,
        doors_service_server::{DoorsService, DoorsServiceServer},
    },
};
use dugnad_vault::Vault;
use jiff::Timestamp;
use tonic::{Request, Response, Status, service::interceptor::InterceptedService};

use super::{Answer, STAFF, no_such_event, not_found};
use crate::model::{
    Command, Name, Rooms, State,
    door::{self, AccessView, CodeState, CodeView, DoorView},
};

/// The most alarms that one answer lists.
const MOST_ALARMS: usize = 1000;

/// The gRPC door: behind it every call has its caller, and what is too large is refused with the
/// reason.
pub fn doors_service(
    ledger: Ledger<Rooms>,
    vault: Vault,
) -> InterceptedService<DoorsServiceServer<DoorsApi>, Interceptor> {
    let server = DoorsServiceServer::new(DoorsApi { desk: Desk { ledger, vault } });
    InterceptedService::new(server.max_decoding_message_size(HARD_LIMIT), authenticate)
}

/// What handles each call. Cheap to clone.
#[derive(Clone)]
pub struct DoorsApi {
    desk: Desk<Rooms>,
}

/// Calls that are each answered by a function of the same name.
macro_rules! answered {
    ($($call:ident: $Request:ident => $Response:ident),* $(,)?) => {
        #[tonic::async_trait]
        impl DoorsService for DoorsApi {
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
    set_door: SetDoorRequest => SetDoorResponse,
    get_door: GetDoorRequest => GetDoorResponse,
    list_doors: ListDoorsRequest => ListDoorsResponse,
    get_access: GetAccessRequest => GetAccessResponse,
    list_codes: ListCodesRequest => ListCodesResponse,
    list_door_alarms: ListDoorAlarmsRequest => ListDoorAlarmsResponse,
    retry_code: RetryCodeRequest => RetryCodeResponse,
    confirm_code_gone: ConfirmCodeGoneRequest => ConfirmCodeGoneResponse,
}

impl DoorsApi {
    async fn set_door(
        &self,
        call: &Call,
        request: pb::SetDoorRequest,
    ) -> Result<pb::SetDoorResponse, Status> {
        call.must_be(&STAFF)?;
        let id = field::request_id(&request.request_id)?;
        let said = field::required("door", request.door.as_ref())?;
        let (door, what) = read::door(said)?;
        let command = door::Command::Set { door, what: Box::new(what) };
        let events = self.desk.execute(call, id, Command::Door(command)).await?;
        let set = events.iter().find_map(|event| match event {
            Event::Door(DoorEvent::Set { door, what, .. }) => {
                Some(DoorView { id: *door, what: (**what).clone() })
            }
            _ => None,
        });
        // Nothing changed: it is as it was asked for.
        let door = match (set, door) {
            (Some(set), _) => show::door(set),
            (None, Some(_)) => said.clone(),
            (None, None) => return Err(no_such_event()),
        };
        Ok(pb::SetDoorResponse { door: Some(door) })
    }

    async fn get_door(
        &self,
        call: &Call,
        request: pb::GetDoorRequest,
    ) -> Result<pb::GetDoorResponse, Status> {
        call.must_be(&STAFF)?;
        let id: DoorId = field::name("name", &request.name)?;
        let found = self.desk.look(call, move |state, _| state.door(id)).await?;
        let door = found.ok_or_else(|| not_found(Name::Door(id)))?;
        Ok(pb::GetDoorResponse { door: Some(show::door(door)) })
    }

    async fn list_doors(
        &self,
        call: &Call,
        request: pb::ListDoorsRequest,
    ) -> Result<pb::ListDoorsResponse, Status> {
        call.must_be(&STAFF)?;
        let of = match request.facility.as_str() {
            "facilities/-" => None,
            name => Some(field::name::<FacilityId>("facility", name)?),
        };
        let query = ("ListDoors", of);
        let size = page::size(request.page_size)?;
        let after = page::after::<DoorId>(&request.page_token, &query)?;
        let look = move |state: &State, _| state.doors(of, after, size);
        let found = self.desk.look(call, look).await?;
        let items = found.items.into_iter().map(|door| (door.id, show::door(door))).collect();
        let (doors, next_page_token) = page::of(items, found.next, &query);
        Ok(pb::ListDoorsResponse { doors, next_page_token })
    }

    async fn get_access(
        &self,
        call: &Call,
        request: pb::GetAccessRequest,
    ) -> Result<pb::GetAccessResponse, Status> {
        let id: BookingId = field::name("booking", &request.booking)?;
        let look = move |state: &State, now| Some((state.access(id)?, state.may_enter(id)?, now));
        let found = self.desk.look(call, look).await?;
        let found = found.filter(|(_, (by, in_charge), _)| {
            let me = call.caller.id;
            STAFF.contains(&call.role) || *by == me || in_charge.is_some_and(|it| it.0 == me)
        });
        // For anybody else there is no such booking's access.
        let (doors, _, now) = found.ok_or_else(|| not_found(Name::Booking(id)))?;
        let mut ways = Vec::with_capacity(doors.len());
        for door in doors {
            let digits = self.digits(call, &door, now).await?;
            ways.push(show::way(door, digits));
        }
        Ok(pb::GetAccessResponse { ways })
    }

    /// What is keyed in, from when it is shown, while it is to be on the lock.
    async fn digits(
        &self,
        call: &Call,
        door: &AccessView,
        now: Timestamp,
    ) -> Result<String, Status> {
        let shown = door.shown.is_some_and(|from| from <= now);
        let wanted = |code: &&CodeView| {
            matches!(code.state, CodeState::Planned | CodeState::Setting | CodeState::Set)
        };
        let code = door.code.as_ref().filter(wanted).filter(|_| shown);
        let Some(sealed) = code.and_then(|code| code.digits.as_ref()) else {
            return Ok(String::new());
        };
        let opened = self.desk.open(call, sealed).await?;
        Ok(opened.map(|digits| digits.reveal().to_owned()).unwrap_or_default())
    }

    async fn list_codes(
        &self,
        call: &Call,
        request: pb::ListCodesRequest,
    ) -> Result<pb::ListCodesResponse, Status> {
        call.must_be(&STAFF)?;
        let id: DoorId = field::name("door", &request.door)?;
        let found = self.desk.look(call, move |state, _| state.codes(id)).await?;
        let found = found.ok_or_else(|| not_found(Name::Door(id)))?;
        Ok(pb::ListCodesResponse { codes: found.into_iter().map(show::code).collect() })
    }

    async fn list_door_alarms(
        &self,
        call: &Call,
        _: pb::ListDoorAlarmsRequest,
    ) -> Result<pb::ListDoorAlarmsResponse, Status> {
        call.must_be(&STAFF)?;
        let found = self.desk.look(call, |state, _| state.door_alarms(MOST_ALARMS)).await?;
        Ok(pb::ListDoorAlarmsResponse { alarms: found.into_iter().map(show::alarm).collect() })
    }

    async fn retry_code(
        &self,
        call: &Call,
        request: pb::RetryCodeRequest,
    ) -> Result<pb::RetryCodeResponse, Status> {
        let retry = |code| door::Command::Retry { code };
        self.about_code(call, &request.name, &request.request_id, retry).await?;
        Ok(pb::RetryCodeResponse {})
    }

    async fn confirm_code_gone(
        &self,
        call: &Call,
        request: pb::ConfirmCodeGoneRequest,
    ) -> Result<pb::ConfirmCodeGoneResponse, Status> {
        let gone = |code| door::Command::ConfirmGone { code };
        self.about_code(call, &request.name, &request.request_id, gone).await?;
        Ok(pb::ConfirmCodeGoneResponse {})
    }

    async fn about_code(
        &self,
        call: &Call,
        name: &str,
        request_id: &str,
        command: fn(CodeId) -> door::Command,
    ) -> Result<(), Status> {
        call.must_be(&STAFF)?;
        let id = field::request_id(request_id)?;
        let code = field::name("name", name)?;
        self.desk.execute(call, id, Command::Door(command(code))).await?;
        Ok(())
    }
}
