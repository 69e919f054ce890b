//! What the model says, as clients read it.

use dugnad_calendar::Interval;
use dugnad_events::rooms::{Accessibility, BookingDetails, Pattern, Skipped};
use dugnad_proto::rooms::v1 as pb;
use dugnad_vault::PersonId;
use jiff::Timestamp;

use super::{hours, local};
use crate::model::{Available, BookingView, FacilityView, RoomView, SeriesView};

/// What for and whom to reach, where the caller may see it and nobody was erased.
pub(super) type Shown = Option<(PersonId, BookingDetails)>;

pub(super) fn facility(facility: FacilityView) -> pb::Facility {
    pb::Facility {
        name: facility.id.to_string(),
        display_name: facility.name,
        time_zone: facility.zone,
        opening_hours: Some(hours::show(&facility.hours)),
    }
}

pub(super) fn room(room: RoomView) -> pb::Room {
    let parent = room.parent.map(|parent| format!("{}/{parent}", room.name.facility));
    let traits = room.traits;
    pb::Room {
        name: room.name.to_string(),
        display_name: traits.name,
        parent: parent.unwrap_or_default(),
        capacity: i32::try_from(traits.capacity).unwrap_or(i32::MAX),
        equipment: traits.equipment,
        accessibility: traits.accessibility.into_iter().map(accessibility).collect(),
        buffer_before: minutes(traits.minutes_before),
        buffer_after: minutes(traits.minutes_after),
        opening_hours: traits.hours.as_ref().map(hours::show),
    }
}

fn accessibility(value: Accessibility) -> i32 {
    let value = match value {
        Accessibility::StepFree => pb::Accessibility::StepFree,
        Accessibility::Lift => pb::Accessibility::Lift,
        Accessibility::AccessibleToilet => pb::Accessibility::AccessibleToilet,
        Accessibility::HearingLoop => pb::Accessibility::HearingLoop,
        Accessibility::AccessibleParking => pb::Accessibility::AccessibleParking,
    };
    value.into()
}

pub(super) fn booking(booking: BookingView, shown: Shown) -> pb::Booking {
    let state = match booking.cancelled {
        Some(_) => pb::BookingState::Cancelled,
        None => pb::BookingState::Confirmed,
    };
    let (purpose, contact) = details(shown);
    pb::Booking {
        name: booking.id.to_string(),
        room: booking.room.to_string(),
        interval: Some(interval(booking.span)),
        state: state.into(),
        purpose,
        contact,
        series: booking.series.map(|series| series.to_string()).unwrap_or_default(),
        etag: booking.revision.to_string(),
        cancel_reason: booking.cancelled.unwrap_or_default(),
    }
}

/// The series, its bookings and the dates that could not be had. What for and whom to reach stands
/// in the series alone: repeated in a thousand bookings it would burst the message.
pub(super) fn series(
    series: SeriesView,
    shown: Shown,
) -> (pb::BookingSeries, Vec<pb::Booking>, Vec<pb::SkippedDate>) {
    let (purpose, contact) = details(shown);
    let Pattern { start, minutes: length, rrule, exdates } = series.pattern;
    let message = pb::BookingSeries {
        name: series.id.to_string(),
        room: series.room.to_string(),
        first_start: local::show(start),
        duration: minutes(length),
        rrule,
        exdates: exdates.into_iter().map(local::show).collect(),
        purpose,
        contact,
    };
    let bookings = series.bookings.into_iter().map(|one| booking(one, None)).collect();
    (message, bookings, series.skipped.into_iter().map(skipped).collect())
}

fn skipped(date: Skipped) -> pb::SkippedDate {
    pb::SkippedDate { start: local::show(date.start), reason: date.reason, message: date.message }
}

pub(super) fn details(shown: Shown) -> (String, Option<pb::Contact>) {
    let Some((person, details)) = shown else { return Default::default() };
    let contact = details.contact;
    let contact = pb::Contact {
        person: person.to_string(),
        display_name: contact.display_name,
        phone: contact.phone,
        email: contact.email,
    };
    (details.purpose, Some(contact))
}

pub(super) fn available(available: Available) -> pb::search_availability_response::Available {
    pb::search_availability_response::Available {
        room: Some(room(available.room)),
        windows: available.windows.into_iter().map(interval).collect(),
    }
}

pub(super) fn interval(interval: Interval) -> pb::Interval {
    let instant = |at: Timestamp| prost_types::Timestamp { seconds: at.as_second(), nanos: 0 };
    pb::Interval { start: Some(instant(interval.start())), end: Some(instant(interval.end())) }
}

fn minutes(minutes: u16) -> Option<prost_types::Duration> {
    Some(prost_types::Duration { seconds: i64::from(minutes) * 60, nanos: 0 })
}
