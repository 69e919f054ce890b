//! Every event shape ever released decodes for ever.
//!
//! `tests/golden/<service>/<kind>[.<variant>].<version>.hex` holds one event as the journal keeps it
//! (MessagePack with named fields, in hexadecimal). A file is never changed or removed. When an event
//! gains a field, its shape gains a file: `DUGNAD_BLESS=1` writes those that are missing and
//! overwrites none.

#![allow(clippy::unwrap_used)]

mod activities;
mod matching;
mod notices;
mod rides;
mod rooms;
mod volunteers;

use std::{collections::BTreeMap, fmt::Debug, fs, path::PathBuf};

use dugnad_calendar::{Exception, Interval, LocalWindow, OpeningHours};
use dugnad_vault::Sealed;
use serde::{Serialize, de::DeserializeOwned};
use uuid::Uuid;

/// What the test asks of a service's events.
trait Event: Debug + PartialEq + Serialize + DeserializeOwned {}

impl<T: Debug + PartialEq + Serialize + DeserializeOwned> Event for T {}

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

fn sealed<T>() -> Sealed<T> {
    serde_json::from_value(serde_json::json!({ "person": id(1), "sealed": b"sealed" })).unwrap()
}

/// Every kind of event there is: serde names them all when it is shown one that there is not.
fn kinds<E: Event>() -> Vec<String> {
    let no = serde_json::from_str::<E>(r#"{"?":{}}"#).unwrap_err().to_string();
    no.split('`').skip(1).step_by(2).filter(|kind| *kind != "?").map(str::to_owned).collect()
}

fn kind(event: &impl Event) -> String {
    format!("{event:?}").split([' ', '{', '(']).next().unwrap().to_owned()
}

/// `BookingMoved` is kept as `booking_moved`.
fn snake(kind: &str) -> String {
    let mut snake = String::new();
    for letter in kind.chars() {
        if letter.is_uppercase() && !snake.is_empty() {
            snake.push('_');
        }
        snake.extend(letter.to_lowercase());
    }
    snake
}

fn folder(service: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/golden").join(service)
}

/// Each golden file's bytes by its name without `.hex`.
fn golden(service: &str) -> BTreeMap<String, Vec<u8>> {
    let read = |path: PathBuf| {
        let text = fs::read_to_string(&path).unwrap();
        let name = path.file_stem().unwrap().to_str().unwrap().to_owned();
        (name, hex::decode(text.trim()).unwrap())
    };
    fs::read_dir(folder(service)).unwrap().map(|file| read(file.unwrap().path())).collect()
}

fn decode_for_ever<E: Event>(service: &str) {
    let known = golden(service);
    assert!(!known.is_empty());
    for (name, bytes) in known {
        let event: E = rmp_serde::from_slice(&bytes).unwrap_or_else(|no| panic!("{name}: {no}"));
        assert_eq!(name.split('.').next().unwrap(), snake(&kind(&event)));
    }
}

fn have_a_golden_file<E: Event>(service: &str, samples: &[(&str, E)]) {
    let known = golden(service);
    for of in kinds::<E>() {
        assert!(samples.iter().any(|(_, event)| kind(event) == of), "{of} has no sample");
    }
    for (variant, event) in samples {
        let today = rmp_serde::to_vec_named(event).unwrap();
        let dot = if variant.is_empty() { "" } else { "." };
        let shape = format!("{}{dot}{variant}", snake(&kind(event)));
        let of_shape = |name: &str| name.rsplit_once('.').is_some_and(|(of, _)| of == shape);
        let versions: Vec<_> = known.iter().filter(|(name, _)| of_shape(name)).collect();
        let file = folder(service).join(format!("{shape}.{}.hex", versions.len() + 1));
        if versions.iter().any(|(_, bytes)| **bytes == today) {
            assert_eq!(rmp_serde::from_slice::<E>(&today).unwrap(), *event);
        } else if std::env::var_os("DUGNAD_BLESS").is_some() {
            fs::write(file, hex::encode(today) + "\n").unwrap();
        } else {
            panic!("{event:?} has a new shape: add {} (DUGNAD_BLESS=1)", file.display());
        }
    }
}

/// A nested kind has a sample for each of its own kinds, named by it.
fn have_a_sample_each<E: Event>(variants: &[&str]) {
    for of in kinds::<E>() {
        assert!(variants.contains(&snake(&of).as_str()), "{of} has no sample");
    }
}

#[test]
fn every_golden_event_decodes_as_the_kind_it_was() {
    decode_for_ever::<dugnad_events::activities::Event>("activities");
    decode_for_ever::<dugnad_events::matching::Event>("matching");
    decode_for_ever::<dugnad_events::notices::Event>("notices");
    decode_for_ever::<dugnad_events::rides::Event>("rides");
    decode_for_ever::<dugnad_events::rooms::Event>("rooms");
    decode_for_ever::<dugnad_events::volunteers::Event>("volunteers");
}

#[test]
fn every_shape_of_today_has_a_golden_file_that_reads_back_as_it() {
    have_a_golden_file("activities", &activities::samples());
    have_a_golden_file("matching", &matching::samples());
    have_a_golden_file("notices", &notices::samples());
    have_a_golden_file("rides", &rides::samples());
    have_a_golden_file("rooms", &rooms::samples());
    have_a_golden_file("volunteers", &volunteers::samples());
}

#[test]
fn every_kind_of_a_nested_event_has_a_sample() {
    let of = |nested: &str| {
        let samples = rooms::samples().into_iter();
        let ours = samples.filter(|(_, event)| kind(event) == nested);
        ours.map(|(variant, _)| variant).collect::<Vec<_>>()
    };
    have_a_sample_each::<dugnad_events::rooms::CalendarEvent>(&of("Calendar"));
    have_a_sample_each::<dugnad_events::rooms::SeasonEvent>(&of("Season"));
    have_a_sample_each::<dugnad_events::rooms::ShiftEvent>(&of("Shift"));
}
