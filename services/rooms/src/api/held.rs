//! All that rooms holds of a person, for whoever may ask for it: the register's export.

use dugnad_door::Problem;
use dugnad_events::{Code, rooms::Digits};
use dugnad_journal::Tenant;
use dugnad_ledger::Ledger;
use dugnad_vault::{Opened, PersonId, Sealed, Vault};
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use tonic::Status;

use crate::model::{BookingView, Rooms, Standing, State};

/// `{"bookings": […], "series": […], "codes": […], "feeds": […]}`: the bookings and series that name
/// the person as who is to be reached, with purpose and contact; the codes on doors that are theirs;
/// the calendar feeds that they made. `O(bookings and series of the person, codes and feeds)`.
///
/// # Errors
/// When the journal or the key store is away.
pub async fn held(
    ledger: &Ledger<Rooms>,
    vault: &Vault,
    tenant: &Tenant,
    person: PersonId,
) -> Result<Value, Status> {
    let look = move |state: &State, _| {
        let (bookings, series) = (state.bookings_about(person), state.series_about(person));
        (bookings, series, state.codes_about(person), state.feeds_by(person.0))
    };
    let found = ledger.query(tenant, None, look).await;
    let (bookings, series, codes, feeds) = found.map_err(|error| dugnad_door::status(&error))?;
    let mut shown = (Vec::new(), Vec::new(), Vec::new());
    for booking in bookings {
        let details = opened(vault, tenant, booking.details.as_ref()).await?;
        shown.0.push(json!({ "booking": of_booking(&booking), "details": details }));
    }
    for series in series {
        let details = opened(vault, tenant, series.details.as_ref()).await?;
        let dates: Vec<_> = series.bookings.iter().map(of_booking).collect();
        shown.1.push(json!({
            "name": series.id.to_string(),
            "bookings": dates,
            "details": details,
        }));
    }
    for code in codes {
        let digits = opened(vault, tenant, code.digits.as_ref()).await?;
        shown.2.push(json!({
            "door": code.door.to_string(),
            "booking": code.booking.to_string(),
            "from": code.window.start().to_string(),
            "until": code.window.end().to_string(),
            "digits": digits.as_ref().map(Digits::reveal),
        }));
    }
    let feeds: Vec<_> = feeds.iter().map(|(feed, _)| feed.to_string()).collect();
    Ok(json!({ "bookings": shown.0, "series": shown.1, "codes": shown.2, "feeds": feeds }))
}

fn of_booking(booking: &BookingView) -> Value {
    let application = booking.terms.as_deref().map(|terms| &terms.application);
    json!({
        "name": booking.id.to_string(),
        "room": booking.room.to_string(),
        "start": booking.span.start().to_string(),
        "end": booking.span.end().to_string(),
        "cancelled": match &booking.standing {
            Standing::Ended { reason, .. } => Some(reason.as_ref()),
            _ => None,
        },
        "organisation": application.and_then(|it| it.organisation).map(|it| it.to_string()),
        "applicant_kind": application.and_then(|it| it.applicant.as_ref()).map(Code::as_str),
    })
}

async fn opened<T: DeserializeOwned>(
    vault: &Vault,
    tenant: &Tenant,
    sealed: Option<&Sealed<T>>,
) -> Result<Option<T>, Status> {
    let Some(sealed) = sealed else { return Ok(None) };
    let opened = vault.open(tenant.as_str(), sealed).await;
    Ok(opened.map(Opened::known).map_err(|error| Problem::from(&error))?)
}
