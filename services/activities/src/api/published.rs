//! The catalogue as a calendar that anybody may follow: what is public, and nothing of people.

use dugnad_calendar::{
    Interval,
    ical::{Calendar, Event, Status as Standing, When},
};
use dugnad_journal::Tenant;
use dugnad_ledger::Ledger;
use jiff::{SignedDuration, Timestamp};
use tonic::Status;
use uuid::Uuid;

use crate::model::{Activities, Activity, Filter, Occurrence, Stage, State};

/// The most dates in one calendar, the soonest.
const MOST: usize = 2_000;
/// What began so long ago is still shown.
const BEHIND: SignedDuration = SignedDuration::from_hours(7 * 24);
const AHEAD: SignedDuration = SignedDuration::from_hours(366 * 24);
/// How often it is worth looking.
const REFRESH_HOURS: u8 = 1;
const COLOR: &str = "mediumseagreen";

/// Public dates from a week ago on that suit the filter, as `text/calendar`. `source`: where it is
/// fetched.
///
/// # Errors
/// When the journal is away.
pub async fn published(
    ledger: &Ledger<Activities>,
    tenant: &Tenant,
    filter: Filter,
    source: String,
) -> Result<String, Status> {
    let look = move |state: &State, now| (shown(state, &filter, now), now);
    let found = ledger.query(tenant, None, look).await;
    let (events, now) = found.map_err(|error| dugnad_door::status(&error))?;
    let name = format!("Det som skjer i {tenant}");
    let write = move || {
        let source = Some(source.as_str());
        let (color, refresh_hours) = (COLOR, REFRESH_HOURS);
        Calendar { name: &name, source, color, refresh_hours, events: &events }.text(now)
    };
    // Some milliseconds: not on the threads that answer.
    let written = tokio::task::spawn_blocking(write).await;
    written.map_err(|error| Status::internal(error.to_string()))
}

fn shown(state: &State, filter: &Filter, now: Timestamp) -> Vec<Event> {
    let seconds = |by: SignedDuration| Timestamp::from_second((now + by).as_second()).ok();
    let around = seconds(-BEHIND).zip(seconds(AHEAD));
    let span = around.and_then(|(start, end)| Interval::new(start, end).ok());
    // Nobody's drafts are a stranger's.
    let filter = Filter { span, seen_by: Some(Uuid::nil()), ..filter.clone() };
    let found = state.search(&filter, None, MOST, |activity, date| event(state, activity, date));
    found.items.into_iter().map(|(_, event)| event).collect()
}

fn event(state: &State, activity: &Activity, date: &Occurrence) -> Event {
    let facts = &activity.facts;
    let cancelled = date.reason.as_ref().map(|reason| format!("Avlyst ({reason}). "));
    Event {
        uid: date.id.0.to_string(),
        sequence: u32::try_from(date.earlier + date.history.len()).unwrap_or(u32::MAX),
        status: match date.stage {
            Stage::Cancelled => Standing::Cancelled,
            Stage::Draft | Stage::Arranging => Standing::Tentative,
            Stage::Confirmed | Stage::UnderWay | Stage::Held => Standing::Confirmed,
        },
        zone: activity.schedule.zone.clone(),
        when: When::Once(date.span),
        summary: facts.title.clone(),
        description: cancelled.unwrap_or_default() + &facts.text,
        location: state.place_in_words(facts, date),
    }
}
