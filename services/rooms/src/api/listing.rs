//! Lists and the search, a page at a time.
//!
//! The model gives the page; here it is read, shown, and cut where it would burst a message.

use dugnad_door::{Call, page};
use dugnad_events::{BookingId, FacilityId, RoomId};
use dugnad_proto::rooms::v1 as pb;
use jiff::Timestamp;
use tonic::Status;

use super::{Api, not_found, read, show};
use crate::model::{BookingFilter, BookingKey, Name, State};

impl Api {
    pub(super) async fn facilities(
        &self,
        call: &Call,
        request: &pb::ListFacilitiesRequest,
    ) -> Result<pb::ListFacilitiesResponse, Status> {
        let query = "ListFacilities";
        let size = page::size(request.page_size)?;
        let after = page::after::<FacilityId>(&request.page_token, &query)?;
        let found = self.desk.look(call, move |state, _| state.facilities(after, size)).await?;
        let items = found.items.into_iter();
        let items = items.map(|facility| (facility.id, show::facility(facility))).collect();
        let (facilities, next_page_token) = page::of(items, found.next, &query);
        Ok(pb::ListFacilitiesResponse { facilities, next_page_token })
    }

    pub(super) async fn rooms(
        &self,
        call: &Call,
        request: &pb::ListRoomsRequest,
    ) -> Result<pb::ListRoomsResponse, Status> {
        let of = read::facility_or_all(&request.facility)?;
        let query = ("ListRooms", of);
        let size = page::size(request.page_size)?;
        let after = page::after::<RoomId>(&request.page_token, &query)?;
        let look = move |state: &State, _| match of {
            Some(facility) if state.facility(facility).is_none() => Err(Name::Facility(facility)),
            _ => Ok(state.rooms(of, after, size)),
        };
        let found = self.desk.look(call, look).await?.map_err(not_found)?;
        let items = found.items.into_iter();
        let items = items.map(|room| (room.name.room, show::room(room))).collect();
        let (rooms, next_page_token) = page::of(items, found.next, &query);
        Ok(pb::ListRoomsResponse { rooms, next_page_token })
    }

    pub(super) async fn bookings(
        &self,
        call: &Call,
        request: &pb::ListBookingsRequest,
    ) -> Result<pb::ListBookingsResponse, Status> {
        let (room, span) = read::listed(request)?;
        let filter = BookingFilter { room, span, cancelled: request.show_cancelled };
        let query = ("ListBookings", room, span, filter.cancelled);
        let size = page::size(request.page_size)?;
        let after = page::after::<(Timestamp, BookingId)>(&request.page_token, &query)?;
        let after = after.map(|(start, booking)| BookingKey { start, booking });
        let look = move |state: &State| state.bookings(&filter, after, size);
        let found = self.find(call, Name::Room(room), look).await?;

        let mut items = Vec::with_capacity(found.items.len());
        for booking in found.items {
            let key = (booking.span.start(), booking.id);
            items.push((key, self.booking_for(call, booking).await?));
        }
        let more = found.next.map(|key| (key.start, key.booking));
        let (bookings, next_page_token) = page::of(items, more, &query);
        Ok(pb::ListBookingsResponse { bookings, next_page_token })
    }

    pub(super) async fn available(
        &self,
        call: &Call,
        request: &pb::SearchAvailabilityRequest,
    ) -> Result<pb::SearchAvailabilityResponse, Status> {
        let search = read::search(request)?;
        let query = (
            ("SearchAvailability", search.span, search.seconds, search.capacity),
            (&request.equipment, &request.accessibility),
        );
        let size = page::size(request.page_size)?;
        let after = page::after::<RoomId>(&request.page_token, &query)?;
        let look = move |state: &State, now| state.search(now, &search, after, size);
        let found = self.desk.look(call, look).await?;
        let items = found.items.into_iter();
        let items = items.map(|one| (one.room.name.room, show::available(one))).collect();
        let (available, next_page_token) = page::of(items, found.next, &query);
        Ok(pb::SearchAvailabilityResponse { available, next_page_token })
    }
}
