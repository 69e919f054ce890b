//! One of each event of rooms.

use dugnad_calendar::OpeningHours;
use dugnad_events::{
    BookingId, FacilityId, RoomId, SeriesId,
    rooms::{Accessibility, BookingDetails, Event, Pattern, RoomTraits, Skipped},
};

use dugnad_vault::Sealed;

use super::{hours, id, sealed, span};

fn details() -> Sealed<BookingDetails> {
    sealed()
}

pub(super) fn samples() -> Vec<(&'static str, Event)> {
    let (facility, hall, part) = (FacilityId(id(2)), RoomId(id(3)), RoomId(id(4)));
    let (booking, series, by) = (BookingId(id(5)), SeriesId(id(6)), id(7));
    let plain = RoomTraits {
        name: "Nordre del".to_owned(),
        capacity: 40,
        equipment: Vec::new(),
        accessibility: Vec::new(),
        minutes_before: 0,
        minutes_after: 0,
        hours: None,
    };
    let rich = RoomTraits {
        name: "Storsalen".to_owned(),
        equipment: vec!["projector".to_owned()],
        accessibility: vec![
            Accessibility::StepFree,
            Accessibility::Lift,
            Accessibility::AccessibleToilet,
            Accessibility::HearingLoop,
            Accessibility::AccessibleParking,
        ],
        minutes_before: 15,
        minutes_after: 30,
        hours: Some(hours()),
        ..plain
    };
    let start = "2026-12-01T18:00".parse().unwrap();
    let pattern = Pattern {
        start,
        minutes: 120,
        rrule: "FREQ=WEEKLY;COUNT=4".to_owned(),
        exdates: vec!["2026-12-15T18:00".parse().unwrap()],
    };
    let skipped = vec![Skipped {
        start,
        reason: "CLOSED".to_owned(),
        message: "closed on 2026-12-01".to_owned(),
    }];
    let (name, zone) = ("Skolen".to_owned(), "Europe/Oslo".to_owned());
    let reason = "ill".to_owned();
    let booked = |details, series| {
        let (room, span) = (hall, span());
        Event::Booked { booking, room, span, by, details, series }
    };
    vec![
        ("", Event::FacilityRegistered { facility, name, zone, hours: hours() }),
        ("", Event::FacilityHoursSet { facility, hours: OpeningHours::default() }),
        ("whole", Event::RoomRegistered { room: hall, facility, parent: None, traits: rich }),
        ("part", Event::RoomRegistered { room: part, facility, parent: Some(hall), traits: plain }),
        ("", Event::RoomHoursSet { room: hall, hours: hours() }),
        ("alone", booked(Some(details()), None)),
        ("in_a_series", booked(None, Some(series))),
        ("", Event::Moved { booking, from: hall, room: part, span: span(), revision: 2 }),
        ("", Event::Cancelled { booking, reason }),
        ("", Event::SeriesBooked { series, room: hall, pattern, by, details: details(), skipped }),
        ("", Event::PersonErased { person: details().person(), bookings: 3 }),
    ]
}
