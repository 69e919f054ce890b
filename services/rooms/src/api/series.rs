//! A new series, answered from what was accepted.

use dugnad_door::Call;
use dugnad_events::{RoomName, rooms::Event};
use dugnad_proto::rooms::v1 as pb;
use tonic::Status;

use super::{Api, FIRST_REVISION, no_such_event, read, show};
use crate::model::{BookingView, Command, SeriesView, Standing};

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
}

/// A series as it is when it has just been made.
fn made(events: &[Event], name: RoomName) -> Option<SeriesView> {
    let (Event::SeriesBooked { series, pattern, by, details, skipped, .. }, bookings) =
        events.split_first()?
    else {
        return None;
    };
    let bookings = bookings.iter().map(|event| match event {
        Event::Booked { booking, span, by, series, terms, .. } => Some(BookingView {
            id: *booking,
            room: name,
            span: *span,
            standing: Standing::Confirmed,
            terms: terms.clone(),
            details: None,
            by: *by,
            series: *series,
            revision: FIRST_REVISION,
        }),
        _ => None,
    });
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
