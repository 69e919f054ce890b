//! Waiting lists, as clients see them: one's own place, and nobody else's.

use dugnad_door::{Call, field};
use dugnad_events::{
    WaitId,
    rooms::{Event, WaitEnd},
};
use dugnad_proto::rooms::v1::{self as pb, waiting_place::State as Shown};
use tonic::Status;

use super::{Api, details, no_such_event, not_found, read, show};
use crate::model::{Command, Name, State, WaitState, WaitView};

impl Api {
    pub(super) async fn join(
        &self,
        call: &Call,
        request: &pb::JoinWaitingListRequest,
    ) -> Result<pb::JoinWaitingListResponse, Status> {
        let id = field::request_id(&request.request_id)?;
        let room = field::name("room", &request.room)?;
        let span = read::interval("interval", request.interval.as_ref(), read::LONGEST_BOOKING)?;
        let events = self.desk.execute(call, id, Command::JoinWait { room, span }).await?;
        let [Event::WaitBegan { wait, .. }] = *events else { return Err(no_such_event()) };
        let place = Some(self.place_of(call, wait).await?);
        Ok(pb::JoinWaitingListResponse { place })
    }

    pub(super) async fn leave(
        &self,
        call: &Call,
        request: &pb::LeaveWaitingListRequest,
    ) -> Result<pb::LeaveWaitingListResponse, Status> {
        let id = field::request_id(&request.request_id)?;
        let wait = field::name("name", &request.name)?;
        self.desk.execute(call, id, Command::LeaveWait { wait }).await?;
        let place = Some(self.place_of(call, wait).await?);
        Ok(pb::LeaveWaitingListResponse { place })
    }

    pub(super) async fn place(
        &self,
        call: &Call,
        request: &pb::GetWaitingPlaceRequest,
    ) -> Result<pb::GetWaitingPlaceResponse, Status> {
        let wait = field::name("name", &request.name)?;
        let place = Some(self.place_of(call, wait).await?);
        Ok(pb::GetWaitingPlaceResponse { place })
    }

    /// For anybody else there is no such place.
    async fn place_of(&self, call: &Call, id: WaitId) -> Result<pb::WaitingPlace, Status> {
        let find = move |state: &State| state.wait(id);
        let wait = self.find(call, Name::Wait(id), find).await?;
        if !details::may_see_terms(call, wait.by) {
            return Err(not_found(Name::Wait(id)));
        }
        Ok(shown(&wait))
    }
}

fn shown(wait: &WaitView) -> pb::WaitingPlace {
    let place = pb::WaitingPlace {
        name: wait.id.to_string(),
        room: wait.room.to_string(),
        interval: Some(show::interval(wait.span)),
        ..Default::default()
    };
    match wait.state {
        WaitState::Waiting { before } => {
            let before = show::count(before as u64);
            pb::WaitingPlace { state: Shown::Waiting.into(), before, ..place }
        }
        WaitState::Offered { hold, until } => pb::WaitingPlace {
            state: Shown::Offered.into(),
            hold: hold.to_string(),
            lapses_at: Some(show::timestamp(until)),
            ..place
        },
        WaitState::Settled { hold } => {
            pb::WaitingPlace { state: Shown::Settled.into(), hold: hold.to_string(), ..place }
        }
        WaitState::Ended(cause) => {
            let state = match cause {
                WaitEnd::Left => Shown::Left,
                WaitEnd::Passed => Shown::Passed,
                WaitEnd::RoomClosed => Shown::RoomClosed,
            };
            pb::WaitingPlace { state: state.into(), ..place }
        }
    }
}
