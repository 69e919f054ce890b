//! What the model says, as clients read it.

use dugnad_calendar::Interval;
use dugnad_door::local;
use dugnad_events::{
    Code,
    rooms::{Accessibility, Application, BookingDetails, Cause, Claim, Pattern, Skipped},
};
use dugnad_proto::rooms::v1 as pb;
use dugnad_vault::PersonId;
use jiff::Timestamp;

use super::hours;
use crate::model::{
    Available, BookingView, ClosureView, FacilityView, RoomView, SeriesView, Standing,
};

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
        closures: room.closures.into_iter().map(closure).collect(),
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

/// `terms`: whether the caller may see what was agreed.
pub(super) fn booking(booking: BookingView, shown: Shown, terms: bool) -> pb::Booking {
    let (state, lapses_at) = state(&booking.standing);
    let terms = booking.terms.filter(|_| terms);
    let price_oere = terms.as_ref().map_or(0, |terms| terms.oere);
    let cancel_reason = match booking.standing {
        Standing::Ended { reason, .. } => reason.into(),
        _ => String::new(),
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
        cancel_reason,
        application: terms.map(|terms| application(terms.application)),
        price_oere,
        lapses_at,
    }
}

/// With when it lapses, if it does.
pub(super) fn state(standing: &Standing) -> (pb::BookingState, Option<prost_types::Timestamp>) {
    match standing {
        Standing::Confirmed => (pb::BookingState::Confirmed, None),
        Standing::Held { until } => (pb::BookingState::Held, Some(timestamp(*until))),
        Standing::Requested { until, .. } => (pb::BookingState::Requested, Some(timestamp(*until))),
        Standing::Ended { cause, .. } => (ended(*cause), None),
    }
}

fn ended(cause: Cause) -> pb::BookingState {
    match cause {
        Cause::Asked => pb::BookingState::Cancelled,
        Cause::Denied => pb::BookingState::Denied,
        Cause::Lapsed => pb::BookingState::Lapsed,
        Cause::TakenUp => pb::BookingState::TakenUp,
        Cause::Displaced => pb::BookingState::Displaced,
        Cause::RoomClosed => pb::BookingState::RoomClosed,
        Cause::Unhosted => pb::BookingState::Unhosted,
    }
}

pub(super) fn application(application: Application) -> pb::Application {
    pb::Application {
        applicant_kind: code(application.applicant),
        organisation: application.organisation.map(|it| it.to_string()).unwrap_or_default(),
        purpose_kind: code(application.purpose),
        adult_in_charge: application.adult_in_charge,
        accepted_terms: count(application.accepted_terms.into()),
        equipment: application.equipment.into_iter().map(claim).collect(),
    }
}

fn claim(claim: Claim) -> pb::EquipmentClaim {
    pb::EquipmentClaim { item: claim.item.into(), count: count(claim.count.into()) }
}

/// Empty where there is none.
pub(super) fn code(code: Option<Code>) -> String {
    code.map(String::from).unwrap_or_default()
}

/// A number that the door has bounded on its way in.
pub(super) fn count(number: u64) -> i32 {
    i32::try_from(number).unwrap_or(i32::MAX)
}

pub(super) fn closure(closure: ClosureView) -> pb::Closure {
    pb::Closure {
        name: closure.id.to_string(),
        interval: Some(interval(closure.span)),
        reason: closure.reason,
    }
}

pub(super) fn timestamp(at: Timestamp) -> prost_types::Timestamp {
    prost_types::Timestamp { seconds: at.as_second(), nanos: at.subsec_nanosecond() }
}

/// The series, its bookings and the dates that could not be had. What for and whom to reach stands
/// in the series alone: repeated in a thousand bookings it would burst the message.
pub(super) fn series(
    series: SeriesView,
    shown: Shown,
    terms: bool,
) -> (pb::BookingSeries, Vec<pb::Booking>, Vec<pb::SkippedDate>) {
    let (purpose, contact) = details(shown);
    let said = series.bookings.first().and_then(|one| one.terms.clone()).filter(|_| terms);
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
        application: said.map(|terms| application(terms.application)),
    };
    let plain = |one| pb::Booking { application: None, ..booking(one, None, terms) };
    let bookings = series.bookings.into_iter().map(plain).collect();
    (message, bookings, series.skipped.into_iter().map(skipped).collect())
}

pub(super) fn skipped(date: Skipped) -> pb::SkippedDate {
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
    let (start, end) = (timestamp(interval.start()), timestamp(interval.end()));
    pb::Interval { start: Some(start), end: Some(end) }
}

pub(super) fn minutes(minutes: u16) -> Option<prost_types::Duration> {
    Some(prost_types::Duration { seconds: i64::from(minutes) * 60, nanos: 0 })
}
