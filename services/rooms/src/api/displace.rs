//! The municipality takes its rooms: for an event of its own, or to close them.

use dugnad_door::{Call, Invalid, Within as _, field};
use dugnad_events::{RoomName, rooms::Event};
use dugnad_proto::rooms::v1 as pb;
use tonic::Status;

use super::{Api, STAFF, just_made, no_such_event, not_found, read, show};
use crate::model::{ClosureView, Command, Name, State};

impl Api {
    pub(super) async fn displace(
        &self,
        call: &Call,
        request: pb::OverrideBookingsRequest,
    ) -> Result<pb::OverrideBookingsResponse, Status> {
        call.must_be(&STAFF)?;
        let asked = field::required("booking", request.booking.as_ref())?;
        let wanted = read::booking(asked, call.caller.id).within("booking")?;
        if wanted.hold.is_some() {
            return Err(Invalid::new("booking.hold", "must be empty").into());
        }
        let reason = field::text("reason", &request.reason, read::LONGEST_REASON)?.to_owned();
        let asked = request.booking.unwrap_or_default();
        let details = read::details(asked.purpose, asked.contact);
        let (room, person, id) = (wanted.room, wanted.person, wanted.id);
        let sealed = self.desk.seal(call, person, id, &details).await?;
        let command = Command::Displace {
            room,
            when: wanted.when,
            details: sealed,
            application: wanted.application.unwrap_or_default(),
            reason,
        };
        let events = self.desk.execute(call, id, command).await?;
        let booking = events.iter().find_map(|event| just_made(event, room));
        let booking = booking.ok_or_else(no_such_event)?;
        let booking = Some(show::booking(booking, Some((person, details)), true));
        // What rooms there are never changes, so today's state may name them.
        let look = move |state: &State, _| {
            events.iter().filter_map(|event| displaced(state, event)).collect()
        };
        let displaced = self.desk.look(call, look).await?;
        Ok(pb::OverrideBookingsResponse { booking, displaced })
    }

    pub(super) async fn close(
        &self,
        call: &Call,
        request: pb::CloseRoomRequest,
    ) -> Result<pb::CloseRoomResponse, Status> {
        call.must_be(&STAFF)?;
        let room: RoomName = field::name("room", &request.room)?;
        let span = read::interval("interval", request.interval.as_ref(), read::LONGEST_LIST)?;
        let reason = field::text("reason", &request.reason, read::LONGEST_REASON)?.to_owned();
        if request.dry_run {
            let look = move |state: &State, now| state.would_close(now, room, span);
            let met = self.desk.look(call, look).await?;
            let met = met.ok_or_else(|| not_found(Name::Room(room)))?;
            let cancelled = met.iter().map(ToString::to_string).collect();
            return Ok(pb::CloseRoomResponse { cancelled, ..Default::default() });
        }
        let id = field::request_id(&request.request_id)?;
        let command = Command::CloseRoom { room, span, reason: reason.clone() };
        let events = self.desk.execute(call, id, command).await?;
        let closure = events.iter().find_map(|event| match event {
            Event::RoomClosed { closure, .. } => Some(*closure),
            _ => None,
        });
        let id = closure.ok_or_else(no_such_event)?;
        let closure = Some(show::closure(ClosureView { id, span, reason }));
        let cancelled = events.iter().filter_map(|event| match event {
            Event::Cancelled { booking, .. } => Some(booking.to_string()),
            _ => None,
        });
        let moved = events.iter().filter_map(|event| match event {
            Event::Moved { booking, .. } => Some(booking.to_string()),
            _ => None,
        });
        let (cancelled, moved) = (cancelled.collect(), moved.collect());
        Ok(pb::CloseRoomResponse { closure, cancelled, moved })
    }

    pub(super) async fn reopen(
        &self,
        call: &Call,
        request: &pb::ReopenRoomRequest,
    ) -> Result<pb::ReopenRoomResponse, Status> {
        call.must_be(&STAFF)?;
        let id = field::request_id(&request.request_id)?;
        let closure = field::name("name", &request.name)?;
        self.desk.execute(call, id, Command::ReopenRoom { closure }).await?;
        Ok(pb::ReopenRoomResponse {})
    }
}

fn displaced(state: &State, event: &Event) -> Option<pb::override_bookings_response::Displaced> {
    let Event::Displaced { booking, whom, room, span, instead, .. } = event else { return None };
    Some(pb::override_bookings_response::Displaced {
        booking: booking.to_string(),
        whom: whom.to_string(),
        room: state.room_name(*room)?.to_string(),
        interval: Some(show::interval(*span)),
        instead: instead.iter().map(|span| show::interval(*span)).collect(),
    })
}
