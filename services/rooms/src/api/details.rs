//! What a booking is for and whom to reach: opened on the way out for those whom it concerns, and
//! for nobody else.

use dugnad_door::Call;
use dugnad_events::rooms::BookingDetails;
use dugnad_proto::rooms::v1 as pb;
use dugnad_vault::Sealed;
use tonic::Status;
use uuid::Uuid;

use super::{
    Api, STAFF,
    show::{self, Shown},
};
use crate::model::BookingView;

/// What was agreed is shown to who booked, and to the municipality.
pub(super) fn may_see_terms(call: &Call, by: Uuid) -> bool {
    call.caller.id == by || STAFF.contains(&call.role)
}

impl Api {
    /// Opens for who booked and for the contact; `None` for others, and once the person is erased.
    pub(super) async fn open(
        &self,
        call: &Call,
        by: Uuid,
        details: Option<&Sealed<BookingDetails>>,
    ) -> Result<Shown, Status> {
        let Some(details) = details else { return Ok(None) };
        let person = details.person();
        if call.caller.id != by && call.caller.id != person.0 {
            return Ok(None);
        }
        let known = self.desk.open(call, details).await?;
        Ok(known.map(|known| (person, known)))
    }

    /// A booking as the caller may see it.
    pub(super) async fn booking_for(
        &self,
        call: &Call,
        booking: BookingView,
    ) -> Result<pb::Booking, Status> {
        let shown = self.open(call, booking.by, booking.details.as_ref()).await?;
        let terms = shown.is_some() || may_see_terms(call, booking.by);
        Ok(show::booking(booking, shown, terms))
    }
}
