//! How fast the rules are, on one core: decide + evolve, replay, search; and what the state weighs.
//!
//! `cargo run --release -p dugnad-rooms --example rules_bench [BOOKINGS] [SLOTS_A_DAY]`. For tuning;
//! the figures that count come from `dugnad bench book`.
#![allow(clippy::print_stdout, clippy::unwrap_used)]

use std::{
    fs,
    hint::black_box,
    time::{Duration, Instant},
};

use dugnad_calendar::{Interval, LocalWindow, OpeningHours};
use dugnad_events::{
    FacilityId, RoomName,
    rooms::{BookingDetails, Event, RoomTraits},
};
use dugnad_journal::Tenant;
use dugnad_ledger::{Caller, Context, Model};
use dugnad_rooms::{
    Rooms,
    model::{Command, Search, State},
};
use dugnad_vault::Sealed;
use jiff::{SignedDuration, Timestamp, ToSpan, civil::date, tz::TimeZone};
use uuid::Uuid;

const FACILITIES: usize = 50;
const ROOMS: usize = 1_000;

fn main() {
    let mut args = std::env::args().skip(1).map(|arg| arg.parse::<usize>().unwrap());
    let bookings = args.next().unwrap_or(1_000_000);
    let slots_a_day = args.next().unwrap_or(7);
    let mut town = Town::default();
    let rooms = town.furnish();
    let commands = commands(&rooms, bookings, slots_a_day);
    let journal = town.book(commands);
    town.replay(&journal);
    drop(journal);
    println!("{slots_a_day} bookings a day in each room; 30 days, pages of 50:");
    town.search("any", 60, 0);
    town.search("3 hours", 180, 0);
    town.search("none long enough", 30 * 24 * 60, 0);
    town.search("none large enough", 60, 1_000_000);
}

#[derive(Default)]
struct Town {
    state: State,
    history: Vec<Event>,
}

fn context(request: u128) -> Context {
    let caller = Caller { tenant: Tenant::new("oslo").unwrap(), id: Uuid::from_u128(7) };
    let now = "2026-11-22T08:00:00Z".parse().unwrap();
    Context { now, caller, request: Uuid::from_u128(request) }
}

impl Town {
    fn furnish(&mut self) -> Vec<RoomName> {
        let day = || vec![LocalWindow::parse("08:00", "22:00").unwrap()];
        let hours =
            OpeningHours { week: Some(std::array::from_fn(|_| day())), ..OpeningHours::default() };
        let mut rooms = Vec::new();
        for n in 0..FACILITIES {
            let (name, zone) = (format!("Facility {n}"), "Europe/Oslo".to_owned());
            let hours = hours.clone();
            let event = self.ask(Command::RegisterFacility { name, zone, hours });
            let Event::FacilityRegistered { facility, .. } = event else { unreachable!() };
            rooms.extend((0..ROOMS / FACILITIES).map(|n| self.furnish_room(facility, n)));
        }
        rooms
    }

    fn furnish_room(&mut self, facility: FacilityId, n: usize) -> RoomName {
        let traits = RoomTraits {
            name: format!("Room {n}"),
            capacity: 10,
            equipment: vec!["projector".to_owned(), "kitchen".to_owned()],
            accessibility: Vec::new(),
            minutes_before: 0,
            minutes_after: 0,
            hours: None,
        };
        let event = self.ask(Command::RegisterRoom { facility, parent: None, traits });
        let Event::RoomRegistered { room, .. } = event else { unreachable!() };
        RoomName { facility, room }
    }

    fn ask(&mut self, command: Command) -> Event {
        let cx = context(self.history.len() as u128);
        let event = Rooms::decide(&self.state, &cx, command).unwrap().remove(0);
        Rooms::evolve(&mut self.state, &event);
        self.history.push(event.clone());
        event
    }

    fn book(&mut self, commands: Vec<Command>) -> Vec<Vec<u8>> {
        let contexts: Vec<Context> =
            (0..commands.len()).map(|n| context(1_000_000 + n as u128)).collect();
        let bookings = commands.len();
        let mut events = Vec::with_capacity(bookings);
        let start = processor_time();
        for (command, cx) in commands.into_iter().zip(&contexts) {
            for event in Rooms::decide(&self.state, cx, command).unwrap() {
                Rooms::evolve(&mut self.state, &event);
                events.push(event);
            }
        }
        rate("decide + evolve", bookings, processor_time() - start);
        let start = processor_time();
        let journal: Vec<Vec<u8>> =
            events.iter().map(|event| rmp_serde::to_vec_named(event).unwrap()).collect();
        rate("encode", bookings, processor_time() - start);
        // Else the replayed state would lie in their memory, and weigh nothing.
        std::mem::forget(events);
        println!("an event: {} bytes", journal.iter().map(Vec::len).sum::<usize>() / bookings);
        journal
    }

    fn replay(&self, journal: &[Vec<u8>]) {
        let before = resident();
        let mut replayed = State::default();
        for event in &self.history {
            Rooms::evolve(&mut replayed, event);
        }
        let start = processor_time();
        for event in journal {
            Rooms::evolve(&mut replayed, &rmp_serde::from_slice::<Event>(event).unwrap());
        }
        rate("replay (decode + evolve)", journal.len(), processor_time() - start);
        println!("state: {} MiB", (resident() - before) >> 20);
        assert!(replayed == self.state);
    }

    fn search(&self, what: &str, minutes: i64, capacity: u32) {
        let (mut spent, mut found) = (Vec::new(), 0);
        for day in 0..30 {
            let from = "2026-12-01T00:00:00Z".parse::<Timestamp>().unwrap();
            let from = from + SignedDuration::from_hours(24 * day);
            let search = Search {
                span: Interval::new(from, from + SignedDuration::from_hours(30 * 24)).unwrap(),
                seconds: Some(minutes * 60),
                capacity,
                equipment: vec!["projector".to_owned()],
                accessibility: Vec::new(),
            };
            let (mut after, mut pages) = (None, 0);
            while pages == 0 || (pages < 5 && after.is_some()) {
                let start = Instant::now();
                let page = black_box(self.state.search(context(0).now, &search, after, 50));
                spent.push(start.elapsed());
                found += page.items.len();
                (after, pages) = (page.next, pages + 1);
            }
        }
        spent.sort();
        let (half, last) = (spent[spent.len() / 2], spent[spent.len() * 99 / 100]);
        println!("  {what}: p50 {half:.0?} p99 {last:.0?}, {found} in {} pages", spent.len());
    }
}

/// Bookings of an hour, `slots_a_day` each day in each room, dealt out over the rooms.
fn commands(rooms: &[RoomName], bookings: usize, slots_a_day: usize) -> Vec<Command> {
    let zone = TimeZone::get("Europe/Oslo").unwrap();
    let step = 14 * 60 / slots_a_day;
    let start = |n: usize| {
        let day = date(2026, 12, 1).saturating_add(((n / slots_a_day) as i64).days());
        let minute = 8 * 60 + n % slots_a_day * step;
        zone.to_timestamp(day.at((minute / 60) as i8, (minute % 60) as i8, 0, 0)).unwrap()
    };
    let length = SignedDuration::from_mins(step.min(60) as i64);
    (0..bookings)
        .map(|n| {
            let start = start(n / rooms.len());
            Command::Book {
                room: rooms[(n * 7919) % rooms.len()],
                span: Interval::new(start, start + length).unwrap(),
                details: sealed(n),
            }
        })
        .collect()
}

/// 150 bytes; a person has four bookings.
fn sealed(n: usize) -> Sealed<BookingDetails> {
    let person = Uuid::from_u128((n / 4) as u128);
    let form = rmp_serde::to_vec_named(&SealedForm { person, sealed: &[0xc4; 150] });
    rmp_serde::from_slice(&form.unwrap()).unwrap()
}

#[derive(serde::Serialize)]
struct SealedForm {
    person: Uuid,
    #[serde(serialize_with = "as_bytes")]
    sealed: &'static [u8],
}

fn as_bytes<S: serde::Serializer>(bytes: &[u8], serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_bytes(bytes)
}

fn rate(what: &str, bookings: usize, spent: Duration) {
    let per_second = bookings as f64 / spent.as_secs_f64();
    println!("{what}: {per_second:.0} /s ({spent:.2?})");
}

/// What this thread had of a processor: others may be at work on the machine.
fn processor_time() -> Duration {
    let spent = fs::read_to_string("/proc/thread-self/schedstat").unwrap();
    Duration::from_nanos(spent.split_whitespace().next().unwrap().parse().unwrap())
}

/// Bytes of memory this process has.
fn resident() -> u64 {
    let status = fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find(|line| line.starts_with("VmRSS")).unwrap();
    line.split_whitespace().nth(1).unwrap().parse::<u64>().unwrap() * 1024
}
