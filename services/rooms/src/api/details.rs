//! What a booking is for and whom to reach: sealed on the way in, opened on the way out for those
//! whom it concerns, and for nobody else.

use dugnad_door::Problem;
use dugnad_events::rooms::BookingDetails;
use dugnad_ledger::{Caller, Error, RequestId};
use dugnad_vault::{Opened, PersonId, Sealed, VaultError};
use tonic::{Code, Status};
use uuid::Uuid;

use super::{
    Api,
    show::{self, Shown},
};
use crate::model::{BookingView, Refusal};
use dugnad_proto::rooms::v1 as pb;

impl Api {
    /// Seals under the person's key. The request's id is the context, so that a repeated request
    /// gives the same bytes, and another one's tell nothing about each other.
    pub(super) async fn seal(
        &self,
        caller: &Caller,
        person: PersonId,
        id: RequestId,
        details: &BookingDetails,
    ) -> Result<Sealed<BookingDetails>, Problem> {
        let tenant = caller.tenant.as_str();
        let key = match self.vault.cached_key(tenant, person) {
            Some(key) => key,
            None => self.vault.key(tenant, person).await.map_err(|error| problem(&error))?,
        };
        Ok(key.seal(id.uuid().as_bytes(), details))
    }

    /// Opens for who booked and for the contact; `None` for others, and once the person is erased.
    pub(super) async fn open(
        &self,
        caller: &Caller,
        by: Uuid,
        details: Option<&Sealed<BookingDetails>>,
    ) -> Result<Shown, Status> {
        let Some(details) = details else { return Ok(None) };
        let person = details.person();
        if caller.id != by && caller.id != person.0 {
            return Ok(None);
        }
        match self.vault.open(caller.tenant.as_str(), details).await {
            Ok(Opened::Known(known)) => Ok(Some((person, known))),
            Ok(Opened::Erased) => Ok(None),
            Err(error) => Err(problem(&error).into()),
        }
    }

    /// A booking as `caller` may see it.
    pub(super) async fn booking_for(
        &self,
        caller: &Caller,
        booking: BookingView,
    ) -> Result<pb::Booking, Status> {
        let shown = self.open(caller, booking.by, booking.details.as_ref()).await?;
        Ok(show::booking(booking, shown))
    }
}

/// Erased reads as the model's own refusal of the same.
pub(super) fn problem(error: &VaultError) -> Problem {
    let (code, reason) = match error {
        VaultError::Erased(person) => {
            return (&Error::Refused(Refusal::PersonErased(*person))).into();
        }
        VaultError::Unavailable(_) => (Code::Unavailable, "KEYS_UNAVAILABLE"),
        VaultError::Damaged(_) => (Code::DataLoss, "SEALED_FIELD_DAMAGED"),
    };
    Problem { code, reason, message: error.to_string() }
}
