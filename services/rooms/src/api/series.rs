//! A new series, answered from what was accepted.

use dugnad_door::{Call, field};
use dugnad_events::{RoomName, rooms::Event};
use dugnad_proto::rooms::v1 as pb;
use tonic::Status;

use super::{Api, STAFF, no_such_event, read, show};
use crate::model::{Command, SeriesView};

impl Api {
    pub(super) async fn book_series(
        &self,
        call: &Call,
        request: pb::CreateBookingSeriesRequest,
    ) -> Result<pb::CreateBookingSeriesResponse, Status> {
        let wanted = read::series(&request, call.caller.id)?;
        let series = request.series.unwrap_or_default();
        let details = read::details(series.purpose, series.contact);
        let sealed = self.desk.seal(call, wanted.person, wanted.id, &details).await?;
        let command = Command::BookSeries {
            room: wanted.room,
            pattern: wanted.pattern,
            details: sealed,
            clashes: wanted.clashes,
            application: wanted.application,
        };
        let events = self.desk.execute(call, wanted.id, command).await?;
        let made = made(&events, wanted.room).ok_or_else(no_such_event)?;
        let (series, bookings, skipped) = show::series(made, Some((wanted.person, details)), true);
        let series = Some(series);
        Ok(pb::CreateBookingSeriesResponse { series, bookings, skipped })
    }

    pub(super) async fn approve_series(
        &self,
        call: &Call,
        request: &pb::ApproveBookingSeriesRequest,
    ) -> Result<pb::ApproveBookingSeriesResponse, Status> {
        call.must_be(&STAFF)?;
        let id = field::request_id(&request.request_id)?;
        let series = field::name("name", &request.name)?;
        let events = self.desk.execute(call, id, Command::ApproveSeries { series }).await?;
        let approved = events.iter().filter_map(|event| match event {
            Event::Approved { booking, .. } => Some(booking.to_string()),
            _ => None,
        });
        let denied = events.iter().filter_map(|event| match event {
            Event::Cancelled { booking, reason, .. } => {
                Some(pb::DeniedDate { booking: booking.to_string(), reason: reason.clone() })
            }
            _ => None,
        });
        let (approved, denied) = (approved.collect(), denied.collect());
        Ok(pb::ApproveBookingSeriesResponse { approved, denied })
    }

    pub(super) async fn deny_series(
        &self,
        call: &Call,
        request: &pb::DenyBookingSeriesRequest,
    ) -> Result<pb::DenyBookingSeriesResponse, Status> {
        call.must_be(&STAFF)?;
        let id = field::request_id(&request.request_id)?;
        let series = field::name("name", &request.name)?;
        let reason = field::text("reason", &request.reason, read::LONGEST_REASON)?.to_owned();
        let events = self.desk.execute(call, id, Command::DenySeries { series, reason }).await?;
        Ok(pb::DenyBookingSeriesResponse { denied: cancelled(&events) })
    }
}

/// The bookings that an act gave back.
pub(super) fn cancelled(events: &[Event]) -> Vec<String> {
    let names = events.iter().filter_map(|event| match event {
        Event::Cancelled { booking, .. } => Some(booking.to_string()),
        _ => None,
    });
    names.collect()
}

/// A series as it is when it has just been made.
fn made(events: &[Event], name: RoomName) -> Option<SeriesView> {
    let (Event::SeriesBooked { series, pattern, by, details, skipped, .. }, bookings) =
        events.split_first()?
    else {
        return None;
    };
    let bookings = bookings.iter().map(|event| super::just_made(event, name));
    Some(SeriesView {
        id: *series,
        room: name,
        pattern: pattern.clone(),
        details: Some(details.clone()),
        by: *by,
        bookings: bookings.collect::<Option<_>>()?,
        skipped: skipped.clone(),
    })
}
