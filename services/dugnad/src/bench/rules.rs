//! `dugnad bench rules`: what the rules and the ledger do without a wire, beside what they must reach.

use std::{
    io::Write as _,
    sync::Arc,
    time::{Duration, Instant},
};

use anyhow::{Context as _, Result, ensure};
use async_trait::async_trait;
use comfy_table::{Table, presets::UTF8_HORIZONTAL_ONLY};
use dugnad_calendar::{Interval, OpeningHours};
use dugnad_events::{
    RoomName,
    rooms::{BookingDetails, Contact, Event, RoomTraits},
};
use dugnad_harness::{DugnadServer, Journal};
use dugnad_journal::{Tenant, sqlite::SqliteJournal};
use dugnad_ledger::{Caller, Config, Context, Ledger, Model as _, Secrets};
use dugnad_rooms::{
    Rooms,
    model::{Command, Search, State},
};
use dugnad_vault::{Master, PersonId, Vault};
use jiff::{SignedDuration, Timestamp};
use uuid::Uuid;

use super::{
    machine::Machine,
    report::thousands,
    streamed,
    town::{TENANT, Town, caller},
};

#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// How many bookings the partition holds that is loaded and searched.
    #[arg(long, value_name = "BOOKINGS", default_value_t = 1_000_000)]
    bookings: usize,
}

/// What was measured, and what it has to reach.
struct Figure {
    what: String,
    measured: String,
    wanted: &'static str,
}

pub(super) async fn run(args: Args) -> Result<()> {
    eprintln!("{}", Machine::measure(tempfile::tempdir()?.path())?.line());
    let mut figures = vec![decide(400_000).await?];
    let mut server = DugnadServer::start(Journal::Sqlite).await?;
    let town = Town::register(server.rooms(&caller())?).await?;
    eprintln!("booking {} times", thousands(args.bookings as f64));
    let client = server.rooms(&caller())?;
    streamed::run(client, &town, Duration::from_secs(600), args.bookings).await?;
    server.terminate().await?;
    figures.extend(start(&mut server, args.bookings).await?);
    server.terminate().await?;
    figures.extend(in_process(&server, &town, args.bookings).await?);
    let mut table = Table::new();
    table.load_style(UTF8_HORIZONTAL_ONLY);
    table.set_header(["what", "measured", "wanted"]);
    for Figure { what, measured, wanted } in figures {
        table.add_row([what, measured, wanted.to_owned()]);
    }
    writeln!(std::io::stdout(), "{table}")?;
    Ok(())
}

/// The rules alone, on one core: commands that are ready, decided and made part of the state.
async fn decide(bookings: usize) -> Result<Figure> {
    eprintln!("deciding {} bookings", thousands(bookings as f64));
    let mut state = State::default();
    let rooms = rooms(&mut state)?;
    let commands = commands(&rooms, bookings).await?;
    let began = Instant::now();
    for (n, command) in commands.into_iter().enumerate() {
        let events = Rooms::decide(&state, &context(n as u128)?, command)?;
        events.iter().for_each(|event| Rooms::evolve(&mut state, event));
    }
    let measured = format!("{} /s", thousands(bookings as f64 / began.elapsed().as_secs_f64()));
    Ok(Figure { what: "decide + evolve, one core".to_owned(), measured, wanted: "≥ 400 000 /s" })
}

fn context(n: u128) -> Result<Context> {
    let caller = Caller { tenant: Tenant::new(TENANT)?, id: Uuid::from_u128(7) };
    Ok(Context { now: new_year(), caller, request: Uuid::from_u128(n) })
}

fn new_year() -> Timestamp {
    Timestamp::from_second(1_798_761_600).unwrap_or_default()
}

fn rooms(state: &mut State) -> Result<Vec<RoomName>> {
    let mut ask = |n: usize, command| -> Result<Event> {
        let events = Rooms::decide(state, &context(u128::MAX - n as u128)?, command)?;
        let event = events.into_iter().next().context("an event")?;
        Rooms::evolve(state, &event);
        Ok(event)
    };
    let (name, zone) = ("Målehuset".to_owned(), "Europe/Oslo".to_owned());
    let hours = OpeningHours::default();
    let Event::FacilityRegistered { facility, .. } =
        ask(0, Command::RegisterFacility { name, zone, hours })?
    else {
        anyhow::bail!("a facility is registered by its event")
    };
    let room = |n: usize| {
        let traits = RoomTraits {
            name: format!("Rom {n}"),
            capacity: 20,
            equipment: Vec::new(),
            accessibility: Vec::new(),
            minutes_before: 0,
            minutes_after: 0,
            hours: None,
        };
        match ask(n, Command::RegisterRoom { facility, parent: None, traits })? {
            Event::RoomRegistered { room, .. } => Ok(RoomName { facility, room }),
            other => anyhow::bail!("a room is registered by its event, not {other:?}"),
        }
    };
    (1..=1000).map(room).collect()
}

async fn commands(rooms: &[RoomName], bookings: usize) -> Result<Vec<Command>> {
    let dir = tempfile::tempdir()?;
    let (vault, _) = Vault::embedded(dir.path(), dir.path(), &Master::from_setting(None)).await?;
    let key = vault.key(TENANT, PersonId(Uuid::from_u128(7))).await?;
    let contact = Contact {
        display_name: "Kari Nordmann".to_owned(),
        phone: "+47 900 00 000".to_owned(),
        email: "kari@example.no".to_owned(),
    };
    let details = BookingDetails { purpose: "Øving for koret".to_owned(), contact };
    (0..bookings)
        .map(|n| {
            let slot = i64::try_from(n / rooms.len())?;
            let start = new_year() + SignedDuration::from_hours(24 + 2 * slot);
            Ok(Command::Book {
                room: rooms[n % rooms.len()],
                span: Interval::new(start, start + SignedDuration::from_hours(1))?,
                details: key.seal(&n.to_be_bytes(), &details),
            })
        })
        .collect()
}

/// A server on the filled journal, from the start of its process until it is ready.
async fn start(server: &mut DugnadServer, bookings: usize) -> Result<Vec<Figure>> {
    eprintln!("starting on it");
    let began = Instant::now();
    server.restart().await?;
    let took = began.elapsed();
    let status = std::fs::read_to_string(format!("/proc/{}/status", server.pid().unwrap_or(0)))?;
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let kib: f64 = peak.and_then(|kib| kib.trim().strip_suffix(" kB")?.parse().ok()).unwrap_or(0.0);
    let of = format!("a partition of {} bookings", thousands(bookings as f64));
    Ok(vec![
        Figure {
            what: format!("{of}: from the start of the process to ready"),
            measured: format!("{:.2} s", took.as_secs_f64()),
            wanted: "< 3 s",
        },
        Figure {
            what: format!("{of}: most memory of the process"),
            measured: format!("{:.2} GiB", kib / 1024.0 / 1024.0),
            wanted: "< 1 GiB",
        },
    ])
}

/// Nothing is written here, so no digest is made.
struct NoSecrets;

#[async_trait]
impl Secrets for NoSecrets {
    async fn digest_key(&self, _tenant: &Tenant) -> Result<[u8; 32], String> {
        Err("the bench only reads".to_owned())
    }
}

async fn in_process(server: &DugnadServer, town: &Town, bookings: usize) -> Result<Vec<Figure>> {
    eprintln!("replaying and searching");
    let path = server.dir().join("journal.sqlite");
    let journal = Arc::new(SqliteJournal::open(&path)?);
    let ledger = Ledger::<Rooms>::open(journal, Config::new(Arc::new(NoSecrets)));
    let began = Instant::now();
    ledger.load_all().await?;
    let replay = bookings as f64 / began.elapsed().as_secs_f64();
    let mut figures = vec![Figure {
        what: "replay (read, check the chain, decode, evolve)".to_owned(),
        measured: format!("{} /s", thousands(replay)),
        wanted: "≥ 500 000 /s",
    }];
    for minutes in [60, 180] {
        let (p50, p99) = search(&ledger, town, minutes).await?;
        figures.push(Figure {
            what: format!("search of 30 days for {minutes} minutes, pages of 50"),
            measured: format!("p50 {p50:.2} ms, p99 {p99:.2} ms"),
            wanted: "p99 < 2 ms",
        });
    }
    ledger.shutdown().await;
    Ok(figures)
}

/// Page after page from days spread over the booked time, where an hour in every two is free.
async fn search(ledger: &Ledger<Rooms>, town: &Town, minutes: i64) -> Result<(f64, f64)> {
    let tenant = Tenant::new(TENANT)?;
    let mut took = Vec::new();
    for day in 0..40 {
        let start = Timestamp::from_second(town.from + day * 86_400)?;
        let wanted = Search {
            span: Interval::new(start, start + SignedDuration::from_hours(30 * 24))?,
            seconds: Some(minutes * 60),
            capacity: 10,
            equipment: Vec::new(),
            accessibility: Vec::new(),
        };
        let mut after = None;
        for _ in 0..10 {
            let (wanted, from) = (wanted.clone(), after);
            let began = Instant::now();
            let look = move |state: &State, now| state.search(now, &wanted, from, 50).next;
            after = ledger.query(&tenant, None, look).await?;
            took.push(began.elapsed().as_secs_f64() * 1e3);
        }
    }
    ensure!(took.len() == 400, "every search was answered");
    took.sort_by(f64::total_cmp);
    Ok((took[took.len() / 2], took[took.len() * 99 / 100]))
}
