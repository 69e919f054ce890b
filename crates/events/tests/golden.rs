//! Every event shape ever released decodes for ever.
//!
//! `tests/golden/<service>/<shape>.<version>.hex` holds one event as the journal keeps it (MessagePack
//! with named fields, in hexadecimal). A file is never changed or removed. When an event gains a field,
//! its shape gains a file: `DUGNAD_BLESS=1` writes those that are missing and overwrites none.

#![allow(clippy::unwrap_used)]

use std::{collections::BTreeMap, fs, path::PathBuf};

use dugnad_calendar::{Exception, Interval, LocalWindow, OpeningHours};
use dugnad_events::{
    BookingId, FacilityId, RoomId, SeriesId,
    rooms::{Accessibility, BookingDetails, Event, Pattern, RoomTraits, Skipped},
};
use dugnad_vault::Sealed;
use uuid::Uuid;

/// The files' names begin with these.
fn shape(event: &Event) -> &'static str {
    match event {
        Event::FacilityRegistered { .. } => "facility_registered",
        Event::FacilityHoursSet { .. } => "facility_hours_set",
        Event::RoomRegistered { parent: Some(_), .. } => "room_registered.part",
        Event::RoomRegistered { parent: None, .. } => "room_registered.whole",
        Event::RoomHoursSet { .. } => "room_hours_set",
        Event::Booked { series: None, .. } => "booked.alone",
        Event::Booked { series: Some(_), .. } => "booked.in_a_series",
        Event::Moved { .. } => "moved",
        Event::Cancelled { .. } => "cancelled",
        Event::SeriesBooked { .. } => "series_booked",
        Event::PersonErased { .. } => "person_erased",
    }
}

/// Every kind of event there is: serde names them all when it is shown one that there is not.
fn kinds() -> Vec<String> {
    let no = serde_json::from_str::<Event>(r#"{"?":{}}"#).unwrap_err().to_string();
    no.split('`').skip(1).step_by(2).filter(|kind| *kind != "?").map(str::to_owned).collect()
}

fn kind(event: &Event) -> String {
    format!("{event:?}").split([' ', '{']).next().unwrap().to_owned()
}

fn id(n: u128) -> Uuid {
    Uuid::from_u128(0x018f_3c2e_8d4a_7b61_9c05_0000_0000_0000 + n)
}

fn hours() -> OpeningHours {
    let day = || vec![LocalWindow::parse("08:00", "22:00").unwrap()];
    let eve = Exception { windows: Vec::new(), reason: "Christmas Eve".to_owned() };
    OpeningHours {
        week: Some(std::array::from_fn(|_| day())),
        exceptions: [("2026-12-24".parse().unwrap(), eve)].into(),
    }
}

fn span() -> Interval {
    Interval::new("2026-12-01T17:00:00Z".parse().unwrap(), "2026-12-01T19:00:00Z".parse().unwrap())
        .unwrap()
}

fn details() -> Sealed<BookingDetails> {
    serde_json::from_value(serde_json::json!({ "person": id(1), "sealed": b"sealed" })).unwrap()
}

fn samples() -> Vec<Event> {
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
    vec![
        Event::FacilityRegistered { facility, name, zone, hours: hours() },
        Event::FacilityHoursSet { facility, hours: OpeningHours::default() },
        Event::RoomRegistered { room: hall, facility, parent: None, traits: rich },
        Event::RoomRegistered { room: part, facility, parent: Some(hall), traits: plain },
        Event::RoomHoursSet { room: hall, hours: hours() },
        Event::Booked {
            booking,
            room: hall,
            span: span(),
            by,
            details: Some(details()),
            series: None,
        },
        Event::Booked {
            booking,
            room: hall,
            span: span(),
            by,
            details: None,
            series: Some(series),
        },
        Event::Moved { booking, from: hall, room: part, span: span(), revision: 2 },
        Event::Cancelled { booking, reason },
        Event::SeriesBooked { series, room: hall, pattern, by, details: details(), skipped },
        Event::PersonErased { person: details().person(), bookings: 3 },
    ]
}

fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/golden/rooms")
}

/// Each golden file's bytes by its name without `.hex`.
fn golden() -> BTreeMap<String, Vec<u8>> {
    let files = fs::read_dir(folder()).unwrap().map(|file| file.unwrap().path());
    files
        .map(|path| {
            let text = fs::read_to_string(&path).unwrap();
            let name = path.file_stem().unwrap().to_str().unwrap().to_owned();
            (name, hex::decode(text.trim()).unwrap())
        })
        .collect()
}

fn of_shape<'a>(
    golden: &'a BTreeMap<String, Vec<u8>>,
    event: &Event,
) -> impl Iterator<Item = &'a Vec<u8>> {
    let shape = shape(event);
    golden
        .iter()
        .filter(move |(name, _)| name.rsplit_once('.').is_some_and(|(of, _)| of == shape))
        .map(|(_, bytes)| bytes)
}

#[test]
fn every_golden_event_decodes_as_the_shape_it_was() {
    for (name, bytes) in golden() {
        let event: Event =
            rmp_serde::from_slice(&bytes).unwrap_or_else(|no| panic!("{name}: {no}"));
        assert_eq!(name.rsplit_once('.').unwrap().0, shape(&event));
    }
}

#[test]
fn every_shape_of_today_has_a_golden_file_that_reads_back_as_it() {
    let known = golden();
    let samples = samples();
    for of in kinds() {
        assert!(samples.iter().any(|event| kind(event) == of), "{of} has no sample");
    }
    for event in &samples {
        let today = rmp_serde::to_vec_named(event).unwrap();
        let version = of_shape(&known, event).count() + 1;
        let file = folder().join(format!("{}.{version}.hex", shape(event)));
        if of_shape(&known, event).any(|bytes| *bytes == today) {
            assert_eq!(rmp_serde::from_slice::<Event>(&today).unwrap(), *event);
        } else if std::env::var_os("DUGNAD_BLESS").is_some() {
            fs::write(file, hex::encode(today) + "\n").unwrap();
        } else {
            panic!("{event:?} has a new shape: add {} (DUGNAD_BLESS=1)", file.display());
        }
    }
}
