//! The rules as scenarios: given what happened, when something is asked, then this follows.
//!
//! Things are named by short words: `hall` stands for an id made from that word. Times are local in
//! Europe/Oslo; it is the morning of 22 November 2026 unless a test says otherwise.

mod clashes;
mod displaced;
mod letting;
mod listing;
mod random;
mod register;
mod requests;
mod search;
mod season;
mod series;
mod shifts;
mod stock;
mod venues;
mod waiting;

use dugnad_calendar::{Exception, Interval, LocalWindow, OpeningHours};
use dugnad_events::{
    BookingId, FacilityId, RoomId, RoomName, SeriesId,
    rooms::{BookingDetails, Cause, Event, RoomTraits},
};
use dugnad_journal::Tenant;
use dugnad_ledger::{Caller, Context, Model};
use dugnad_vault::{PersonId, Sealed};
use jiff::{Timestamp, civil::DateTime, tz::TimeZone};
use uuid::Uuid;

use super::{Command, Refusal, Rooms, Standing, State};

/// Refused by this rule, in words that end like a sentence of its own.
macro_rules! assert_refused {
    ($outcome:expr, $rule:pat $(if $guard:expr)?) => {{
        let outcome = $outcome;
        assert!(matches!(&outcome, Err($rule) $(if $guard)?), "{outcome:?}");
    }};
}
use assert_refused;

type Outcome = Result<Vec<Event>, Refusal>;

/// A municipality at a moment.
struct Town {
    state: State,
    now: Timestamp,
    asked: u128,
    me: Uuid,
}

fn given(history: impl IntoIterator<Item = Event>) -> Town {
    let mut state = State::default();
    for event in history {
        Rooms::evolve(&mut state, &event);
    }
    Town { state, now: at("2026-11-22T08:00"), asked: 0, me: id("someone") }
}

impl Town {
    fn at(mut self, now: &str) -> Self {
        self.now = at(now);
        self
    }

    /// Asks, and lets what follows happen.
    fn when(&mut self, command: Command) -> Outcome {
        self.asked += 1;
        let events = Rooms::decide(&self.state, &self.context(), command)?;
        for event in &events {
            Rooms::evolve(&mut self.state, event);
        }
        Ok(events)
    }

    fn context(&self) -> Context {
        let caller = Caller { tenant: Tenant::new("oslo").unwrap(), id: self.me };
        Context { now: self.now, caller, request: Uuid::from_u128(self.asked) }
    }
}

fn id(word: &str) -> Uuid {
    Uuid::new_v5(&Uuid::nil(), word.as_bytes())
}

fn booking_id(word: &str) -> BookingId {
    BookingId(id(word))
}

fn room_name(word: &str) -> RoomName {
    RoomName { facility: FacilityId(id("school")), room: RoomId(id(word)) }
}

fn oslo() -> TimeZone {
    TimeZone::get("Europe/Oslo").unwrap()
}

fn at(local: &str) -> Timestamp {
    oslo().to_timestamp(local.parse::<DateTime>().unwrap()).unwrap()
}

/// `2026-12-01T18:00/20:00`, or with a date in the end too.
fn span(text: &str) -> Interval {
    let (start, end) = text.split_once('/').unwrap();
    let date = start.split_once('T').unwrap().0;
    let end = if end.contains('T') { end.to_owned() } else { format!("{date}T{end}") };
    Interval::new(at(start), at(&end)).unwrap()
}

/// What lies sealed; no rule looks inside.
fn details_of(person: &str) -> Sealed<BookingDetails> {
    let sealed = serde_json::json!({ "person": id(person), "sealed": b"cannot be read" });
    serde_json::from_value(sealed).unwrap()
}

fn person(word: &str) -> PersonId {
    PersonId(id(word))
}

// What happened.

fn school(hours: OpeningHours) -> Event {
    let (name, zone) = ("Skolen".to_owned(), "Europe/Oslo".to_owned());
    Event::FacilityRegistered { facility: FacilityId(id("school")), name, zone, hours }
}

fn traits(name: &str) -> RoomTraits {
    RoomTraits {
        name: name.to_owned(),
        capacity: 30,
        equipment: Vec::new(),
        accessibility: Vec::new(),
        minutes_before: 0,
        minutes_after: 0,
        hours: None,
    }
}

fn room(word: &str) -> Event {
    registered(word, None, traits(word))
}

fn part(word: &str, whole: &str) -> Event {
    registered(word, Some(whole), traits(word))
}

fn buffered(word: &str, minutes_before: u16, minutes_after: u16) -> Event {
    registered(word, None, RoomTraits { minutes_before, minutes_after, ..traits(word) })
}

fn registered(word: &str, parent: Option<&str>, traits: RoomTraits) -> Event {
    let parent = parent.map(|whole| RoomId(id(whole)));
    Event::RoomRegistered {
        room: RoomId(id(word)),
        facility: FacilityId(id("school")),
        parent,
        traits,
    }
}

fn booked(word: &str, room: &str, when: &str) -> Event {
    Event::Booked {
        booking: booking_id(word),
        room: RoomId(id(room)),
        span: span(when),
        by: id("someone"),
        details: Some(details_of("kari")),
        series: None,
        terms: None,
        charge: None,
    }
}

fn cancelled(word: &str) -> Event {
    ended(word, "ill", Cause::Asked)
}

fn ended(word: &str, reason: &str, cause: Cause) -> Event {
    let reason = reason.to_owned();
    Event::Cancelled { booking: booking_id(word), reason, cause, charge: None }
}

fn erased(word: &str) -> Event {
    Event::PersonErased { person: person(word), bookings: 0 }
}

/// A school with a hall in two halves, the northern one in two corners, and a kitchen.
fn hall() -> Vec<Event> {
    vec![
        school(OpeningHours::default()),
        room("hall"),
        part("north", "hall"),
        part("south", "hall"),
        part("north-east", "north"),
        part("north-west", "north"),
        room("kitchen"),
    ]
}

/// The hall, and this too.
fn hall_and(more: impl IntoIterator<Item = Event>) -> Town {
    given(hall().into_iter().chain(more))
}

/// 08:00 to 22:00 every day, closed on Christmas Eve.
fn evenings() -> OpeningHours {
    let day = || vec![LocalWindow::parse("08:00", "22:00").unwrap()];
    let eve = Exception { windows: Vec::new(), reason: "Christmas Eve".to_owned() };
    OpeningHours {
        week: Some(std::array::from_fn(|_| day())),
        exceptions: [("2026-12-24".parse().unwrap(), eve)].into(),
    }
}

// What is asked.

fn book(room: &str, when: &str) -> Command {
    Command::Book { room: room_name(room), span: span(when), details: details_of("kari") }
}

fn move_to(booking: &str, room: Option<&str>, when: Option<&str>) -> Command {
    Command::Move {
        booking: booking_id(booking),
        room: room.map(room_name),
        span: when.map(span),
        seen: None,
        as_staff: false,
    }
}

fn cancel(booking: &str) -> Command {
    Command::Cancel { booking: booking_id(booking), reason: "ill".to_owned(), seen: None }
}
