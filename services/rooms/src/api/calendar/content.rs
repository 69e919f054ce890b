//! What a feed says: each booking as its maker may see it, in words for people.
//!
//! A series is one event with its rule. What the rule alone would say wrong is said beside it: dates
//! that are not had are left out, and dates that are at another time, in another room, or of another
//! length because the clock was changed under them, stand as exceptions of their own. Where that
//! cannot be (the rule steps by the hour, or the zone's rules changed since), each date is an event.

use std::collections::HashMap;

use dugnad_calendar::{
    Interval, Occurrence, expand,
    ical::{self, Calendar, Event, Status as Standing, When},
};
use dugnad_events::{
    BookingId, RoomName, SeriesId,
    rooms::{BookingDetails, Cause, FeedOf},
};
use dugnad_journal::Tenant;
use jiff::{SignedDuration, Timestamp, civil::DateTime, tz::TimeZone};
use tonic::Status;
use uuid::Uuid;

use super::{super::Api, in_the_name_of};
use crate::model::{
    self, BookingView, ClosureView, MOST_DATES, SeriesView,
    calendar::{FeedView, Place},
};

/// How often it is worth looking.
const REFRESH_HOURS: u8 = 1;
/// What a stranger reads where something is taken.
const TAKEN: &str = "Opptatt";

/// A calendar on its way to whoever has its address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Feed {
    /// `text/calendar`.
    pub text: String,
    /// The same as long as the calendar says the same, whenever it is asked.
    pub etag: String,
}

impl Api {
    /// Opens what the feed's maker may see of it, and writes it.
    pub(super) async fn shown(
        &self,
        tenant: &Tenant,
        view: FeedView,
        now: Timestamp,
        source: Option<String>,
    ) -> Result<Feed, Status> {
        let call = in_the_name_of(tenant, view.by);
        let mut known = Known::default();
        for booking in &view.alone {
            let details = self.open(&call, booking.by, booking.details.as_ref()).await?;
            known.bookings.extend(details.map(|(_, details)| (booking.id, details)));
        }
        for (series, _) in &view.series {
            let details = self.open(&call, series.by, series.details.as_ref()).await?;
            known.series.extend(details.map(|(_, details)| (series.id, details)));
        }
        let write = move || written(&view, &known, now, source.as_deref());
        // A thousand series take some milliseconds each: not on the threads that answer.
        tokio::task::spawn_blocking(write)
            .await
            .map_err(|error| Status::internal(error.to_string()))
    }
}

/// What was opened.
#[derive(Default)]
struct Known {
    bookings: HashMap<BookingId, BookingDetails>,
    series: HashMap<SeriesId, BookingDetails>,
}

fn written(view: &FeedView, known: &Known, now: Timestamp, source: Option<&str>) -> Feed {
    let teller = Teller { view };
    let mut events: Vec<Event> = Vec::new();
    for booking in &view.alone {
        events.extend(teller.alone(booking, known.bookings.get(&booking.id)));
    }
    for (series, here) in &view.series {
        let details = known.series.get(&series.id);
        let one = teller.as_one(series, here, details);
        events.extend(one.unwrap_or_else(|| teller.as_many(series, here, details)));
    }
    events.extend(view.closures.iter().filter_map(|closure| teller.closed(closure)));
    let name = teller.name();
    let color = match view.of {
        FeedOf::Room(_) => "steelblue",
        FeedOf::Organisation(_) => "seagreen",
        FeedOf::Person(_) => "darkorange",
    };
    let calendar =
        Calendar { name: &name, source, color, refresh_hours: REFRESH_HOURS, events: &events };
    let text = calendar.text(now);
    Feed { etag: ical::etag(&text), text }
}

/// Puts into words what the maker of a feed may know.
struct Teller<'a> {
    view: &'a FeedView,
}

impl Teller<'_> {
    fn place(&self, room: RoomName) -> Option<&Place> {
        self.view.places.get(&room.room)
    }

    fn name(&self) -> String {
        match self.view.of {
            FeedOf::Room(room) => {
                let place = self.view.places.get(&room);
                place.map(|it| format!("{}, {}", it.room, it.facility)).unwrap_or_default()
            }
            FeedOf::Organisation(_) => "Organisasjonens lokaler".to_owned(),
            FeedOf::Person(_) => "Mine lokaler".to_owned(),
        }
    }

    fn summary(&self, place: &Place, details: Option<&BookingDetails>) -> String {
        match details.map(|it| it.purpose.trim()).filter(|purpose| !purpose.is_empty()) {
            Some(purpose) => purpose.to_owned(),
            None if matches!(self.view.of, FeedOf::Room(_)) => TAKEN.to_owned(),
            None => place.room.clone(),
        }
    }

    fn event(&self, uid: Uuid, place: &Place, when: When) -> Event {
        Event {
            uid: uid.to_string(),
            sequence: 0,
            status: Standing::Confirmed,
            zone: place.zone.clone(),
            when,
            summary: String::new(),
            description: String::new(),
            location: format!("{}, {}", place.room, place.facility),
        }
    }

    fn alone(&self, booking: &BookingView, details: Option<&BookingDetails>) -> Option<Event> {
        let place = self.place(booking.room)?;
        let told = details.is_some() || booking.by == self.view.by;
        Some(Event {
            sequence: sequence(booking),
            status: status(booking),
            summary: self.summary(place, details),
            description: if told { said(&booking.standing, place) } else { String::new() },
            ..self.event(booking.id.0, place, When::Once(booking.span))
        })
    }

    /// Each date by itself.
    fn as_many(
        &self,
        series: &SeriesView,
        here: &[bool],
        details: Option<&BookingDetails>,
    ) -> Vec<Event> {
        let here = series.bookings.iter().zip(here).filter(|(_, here)| **here);
        here.filter_map(|(booking, _)| self.alone(booking, details)).collect()
    }

    /// One event with its exceptions; `None`: the rule cannot say it.
    fn as_one(
        &self,
        series: &SeriesView,
        here: &[bool],
        details: Option<&BookingDetails>,
    ) -> Option<Vec<Event>> {
        let place = self.place(series.room)?;
        let zone = TimeZone::get(&place.zone).ok()?;
        let dates = Dates::of(series, &zone)?;
        let status = status_of_all(series.bookings.iter().zip(here));
        let off = status == Standing::Cancelled;
        let mut except = dates.left_out;
        let mut moved = Vec::new();
        for ((booking, here), (start, span)) in series.bookings.iter().zip(here).zip(&dates.had) {
            let as_all = off || self::status(booking) == status;
            if !here || (!off && !is_live(booking)) {
                except.push(*start);
            } else if booking.span != *span || booking.room != series.room || !as_all {
                let when = When::Instead { of: *start, span: booking.span };
                let event = self.alone(booking, details)?;
                moved.push(Event { uid: series.id.0.to_string(), when, ..event });
            }
        }
        except.sort_unstable();
        let minutes = series.pattern.minutes;
        let when = When::Again { start: dates.first, minutes, rule: dates.rule, except };
        let mut events = vec![Event {
            // Each change of a date is one of the series.
            sequence: series.bookings.iter().map(sequence).sum(),
            status,
            summary: self.summary(place, details),
            ..self.event(series.id.0, place, when)
        }];
        events.extend(moved);
        Some(events)
    }

    fn closed(&self, closure: &ClosureView) -> Option<Event> {
        let FeedOf::Room(room) = self.view.of else { return None };
        let place = self.view.places.get(&room)?;
        Some(Event {
            summary: "Stengt".to_owned(),
            description: closure.reason.clone(),
            ..self.event(closure.id.0, place, When::Once(closure.span))
        })
    }
}

fn status(booking: &BookingView) -> Standing {
    match booking.standing {
        model::Standing::Confirmed => Standing::Confirmed,
        model::Standing::Held { .. } | model::Standing::Requested { .. } => Standing::Tentative,
        model::Standing::Ended { .. } => Standing::Cancelled,
    }
}

fn is_live(booking: &BookingView) -> bool {
    status(booking) != Standing::Cancelled
}

/// The best of those that are here: an exception says what is less.
fn status_of_all<'a>(dates: impl Iterator<Item = (&'a BookingView, &'a bool)>) -> Standing {
    let here: Vec<_> = dates.filter(|(_, here)| **here).map(|(it, _)| status(it)).collect();
    let any = |wanted| here.contains(&wanted).then_some(wanted);
    any(Standing::Confirmed).or(any(Standing::Tentative)).unwrap_or(Standing::Cancelled)
}

fn sequence(booking: &BookingView) -> u32 {
    booking.revision.saturating_sub(1)
}

/// What whoever booked was told.
fn said(standing: &model::Standing, place: &Place) -> String {
    match standing {
        model::Standing::Confirmed => String::new(),
        model::Standing::Held { until } | model::Standing::Requested { until, .. } => {
            let zone = TimeZone::get(&place.zone).unwrap_or(TimeZone::UTC);
            format!(
                "Søknad: besvares innen {}",
                zone.to_datetime(*until).strftime("%d.%m.%Y %H:%M")
            )
        }
        model::Standing::Ended { cause, reason } => {
            let what = match cause {
                Cause::Asked | Cause::TakenUp => "Avlyst",
                Cause::Denied => "Avslått",
                Cause::Lapsed => "Falt bort: ikke besvart i tide",
                Cause::Displaced => "Måtte vike for et arrangement i kommunens regi",
                Cause::RoomClosed => "Lokalet er stengt",
                Cause::Unhosted => "Ingen kan åpne og låse",
            };
            if reason.is_empty() { what.to_owned() } else { format!("{what}: {reason}") }
        }
    }
}

/// The dates of a series as its rule gives them.
struct Dates {
    /// The first that the rule gives.
    first: DateTime,
    /// Ended at its last date.
    rule: String,
    /// One for each booking: the local start, and the span that the rule would say.
    had: Vec<(DateTime, Interval)>,
    /// Excluded, skipped, or jumped over by the clock.
    left_out: Vec<DateTime>,
}

impl Dates {
    fn of(series: &SeriesView, zone: &TimeZone) -> Option<Self> {
        let pattern = &series.pattern;
        if !ical::steps_by_days(&pattern.rrule) {
            return None;
        }
        let all = expand(pattern.start, zone, &pattern.rrule, &pattern.exdates, MOST_DATES).ok()?;
        let mut left_out = pattern.exdates.clone();
        let (mut had, mut ends) = (Vec::new(), None::<(DateTime, Timestamp)>);
        let length = SignedDuration::from_mins(pattern.minutes.into());
        for date in all {
            match date {
                Occurrence::NoSuchLocalTime(start) => left_out.push(start),
                Occurrence::At(start, at) => {
                    ends = Some((ends.map_or(start, |(first, _)| first), at));
                    if series.skipped.iter().any(|skipped| skipped.start == start) {
                        left_out.push(start);
                    } else {
                        had.push((start, Interval::new(at, at.checked_add(length).ok()?).ok()?));
                    }
                }
            }
        }
        let (first, last) = ends?;
        let as_booked = |(booking, (_, span)): (&BookingView, &(DateTime, Interval))| {
            booking.revision > 1 || booking.span.start() == span.start()
        };
        let whole =
            had.len() == series.bookings.len() && series.bookings.iter().zip(&had).all(as_booked);
        left_out.retain(|start| *start >= first);
        left_out.sort_unstable();
        left_out.dedup();
        let rule = ical::ended(&pattern.rrule, last);
        whole.then_some(Self { first, rule, had, left_out })
    }
}
