//! Slots held for a form, and requests that the municipality answers.

use dugnad_door::{Call, field, page};
use dugnad_events::{BookingId, rooms::Event};
use dugnad_proto::rooms::v1 as pb;
use tonic::Status;

use super::{Api, STAFF, no_such_event, read};
use crate::model::{Command, State};

impl Api {
    pub(super) async fn hold(
        &self,
        call: &Call,
        request: &pb::HoldSlotRequest,
    ) -> Result<pb::HoldSlotResponse, Status> {
        let id = field::request_id(&request.request_id)?;
        let room = field::name("room", &request.room)?;
        let span = read::interval("interval", request.interval.as_ref(), read::LONGEST_BOOKING)?;
        let events = self.desk.execute(call, id, Command::Hold { room, span }).await?;
        let [Event::Held { booking, .. }] = *events else { return Err(no_such_event()) };
        let booking = Some(self.booking_after(call, booking, events).await?);
        Ok(pb::HoldSlotResponse { booking })
    }

    pub(super) async fn requests(
        &self,
        call: &Call,
        request: &pb::ListRequestsRequest,
    ) -> Result<pb::ListRequestsResponse, Status> {
        call.must_be(&STAFF)?;
        let query = "ListRequests";
        let size = page::size(request.page_size)?;
        let after = page::after::<BookingId>(&request.page_token, &query)?;
        let look = move |state: &State, _| state.requests(after, size);
        let found = self.desk.look(call, look).await?;
        let mut items = Vec::with_capacity(found.items.len());
        for booking in found.items {
            items.push((booking.id, self.booking_for(call, booking).await?));
        }
        let (bookings, next_page_token) = page::of(items, found.next, &query);
        Ok(pb::ListRequestsResponse { bookings, next_page_token })
    }

    pub(super) async fn approve(
        &self,
        call: &Call,
        request: &pb::ApproveRequestRequest,
    ) -> Result<pb::ApproveRequestResponse, Status> {
        call.must_be(&STAFF)?;
        let id = field::request_id(&request.request_id)?;
        let booking = field::name("name", &request.name)?;
        let events = self.desk.execute(call, id, Command::Approve { booking }).await?;
        let booking = Some(self.booking_after(call, booking, events).await?);
        Ok(pb::ApproveRequestResponse { booking })
    }

    pub(super) async fn deny(
        &self,
        call: &Call,
        request: &pb::DenyRequestRequest,
    ) -> Result<pb::DenyRequestResponse, Status> {
        call.must_be(&STAFF)?;
        let id = field::request_id(&request.request_id)?;
        let booking = field::name("name", &request.name)?;
        let reason = field::text("reason", &request.reason, read::LONGEST_REASON)?.to_owned();
        let events = self.desk.execute(call, id, Command::Deny { booking, reason }).await?;
        let booking = Some(self.booking_after(call, booking, events).await?);
        Ok(pb::DenyRequestResponse { booking })
    }
}
