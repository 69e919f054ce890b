//! All that rooms holds of a person, for whoever may ask for it: the register's export.

use dugnad_door::Problem;
use dugnad_events::{Code, rooms::Digits};
use dugnad_journal::Tenant;
use dugnad_ledger::Ledger;
use dugnad_vault::{Opened, PersonId, Sealed, Vault};
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use tonic::Status;

use crate::model::{BookingView, Rooms, Shift, Standing, State, Wrote};

/// `{"bookings": […], "series": […], "season_applications": […], "shifts": […], "codes": […],
/// "feeds": […]}`: bookings, series and applications that name the person as who is to be reached, with
/// purpose and contact; the shifts that they host or hosted, wrote about or stand in; the codes on
/// doors that are theirs; the calendar feeds that they made. `O(what is held of the person, all
/// applications, codes and feeds)`.
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
        let booked = (state.bookings_about(person), state.series_about(person));
        let duties = (state.season_applications_about(person), state.shifts_about(person));
        (booked, duties, state.codes_about(person), state.feeds_by(person.0))
    };
    let found = ledger.query(tenant, None, look).await;
    let ((bookings, series), (applications, shifts), codes, feeds) =
        found.map_err(|error| dugnad_door::status(&error))?;
    let mut shown = (Vec::new(), Vec::new());
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
    let mut season_applications = Vec::new();
    for applied in applications {
        let details = opened(vault, tenant, applied.details.as_ref()).await?;
        season_applications.push(json!({
            "name": applied.id.to_string(),
            "round": applied.round.to_string(),
            "organisation": applied.organisation().map(|it| it.to_string()),
            "withdrawn": applied.withdrawn,
            "details": details,
        }));
    }
    let mut attended = Vec::new();
    for shift in shifts {
        attended.push(of_shift(vault, tenant, &shift, person).await?);
    }
    let mut theirs = Vec::new();
    for code in codes {
        let digits = opened(vault, tenant, code.digits.as_ref()).await?;
        theirs.push(json!({
            "door": code.door.to_string(),
            "booking": code.booking.to_string(),
            "from": code.window.start().to_string(),
            "until": code.window.end().to_string(),
            "digits": digits.as_ref().map(Digits::reveal),
        }));
    }
    let feeds: Vec<_> = feeds.iter().map(|(feed, _)| feed.to_string()).collect();
    let (bookings, series) = shown;
    Ok(json!({
        "bookings": bookings,
        "series": series,
        "season_applications": season_applications,
        "shifts": attended,
        "codes": theirs,
        "feeds": feeds,
    }))
}

/// A shift, with what they wrote or was written about them.
async fn of_shift(
    vault: &Vault,
    tenant: &Tenant,
    shift: &Shift,
    person: PersonId,
) -> Result<Value, Status> {
    let mut log = Vec::new();
    for entry in &shift.log {
        let about = matches!(entry.what, Wrote::Log(_, Some(about)) if about == person);
        if entry.by == person.0 || about {
            let text = opened(vault, tenant, entry.text.as_ref()).await?;
            log.push(json!({ "time": entry.at.to_string(), "about_them": about, "text": text }));
        }
    }
    let theirs = shift.hosts.values().find(|host| host.person == person);
    Ok(json!({
        "name": shift.id.to_string(),
        "start": shift.facts.span.start().to_string(),
        "end": shift.facts.span.end().to_string(),
        "hosts": theirs.is_some(),
        "missed": theirs.is_some_and(|host| host.missed),
        "log": log,
    }))
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
