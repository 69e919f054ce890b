//! A booking as one event left it: what an event can change is taken from the event, and only what
//! stays the same for ever from today's state. So a repeated request and a watcher that comes late
//! both see that change, and not what came after.

use std::sync::Arc;

use dugnad_door::Call;
use dugnad_events::{BookingId, rooms::Event};
use dugnad_proto::rooms::v1 as pb;
use tonic::Status;

use super::{Api, FIRST_REVISION};
use crate::model::{BookingView, Name, Standing, State};

/// Whether an event left a booking in another state.
pub(super) fn is_of_booking(event: &Event) -> bool {
    booking_of(event).is_some()
}

fn booking_of(event: &Event) -> Option<BookingId> {
    match event {
        Event::Booked { booking, .. }
        | Event::Held { booking, .. }
        | Event::Requested { booking, .. }
        | Event::Approved { booking, .. }
        | Event::Moved { booking, .. }
        | Event::Cancelled { booking, .. } => Some(*booking),
        _ => None,
    }
}

/// The booking that `event` is about as it was after it; `None` if it is about no booking.
pub(super) fn after(state: &State, event: &Event) -> Option<BookingView> {
    let now = state.booking(booking_of(event)?)?;
    Some(match event {
        Event::Booked { room, span, terms, .. } => BookingView {
            room: state.room_name(*room)?,
            span: *span,
            standing: Standing::Confirmed,
            terms: terms.clone(),
            revision: FIRST_REVISION,
            ..now
        },
        Event::Held { room, span, until, .. } => BookingView {
            room: state.room_name(*room)?,
            span: *span,
            standing: Standing::Held { until: *until },
            revision: FIRST_REVISION,
            ..now
        },
        Event::Requested { room, span, terms, until, holds, .. } => BookingView {
            room: state.room_name(*room)?,
            span: *span,
            standing: Standing::Requested { until: *until, holds: *holds },
            terms: Some(terms.clone()),
            revision: FIRST_REVISION,
            ..now
        },
        Event::Approved { room, span, revision, .. } => BookingView {
            room: state.room_name(*room)?,
            span: *span,
            standing: Standing::Confirmed,
            revision: *revision,
            ..now
        },
        Event::Moved { room, span, revision, terms, .. } => BookingView {
            room: state.room_name(*room)?,
            span: *span,
            standing: Standing::Confirmed,
            terms: terms.clone().or(now.terms),
            revision: *revision,
            ..now
        },
        // Nothing comes after it.
        _ => now,
    })
}

impl Api {
    /// The booking as `events` left it; as it is now if they are none, for then nothing changed.
    pub(super) async fn booking_after(
        &self,
        call: &Call,
        id: BookingId,
        events: Arc<[Event]>,
    ) -> Result<pb::Booking, Status> {
        let last = events.iter().rposition(|event| booking_of(event) == Some(id));
        let find = move |state: &State| match last.map(|n| &events[n]) {
            Some(event) => after(state, event),
            None => state.booking(id),
        };
        let booking = self.find(call, Name::Booking(id), find).await?;
        self.booking_for(call, booking).await
    }
}
