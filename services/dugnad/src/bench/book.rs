//! `dugnad bench book`: bookings a second through gRPC, beside the ceiling, on both journals.
//!
//! The server runs rooms alone: what the other services make of a booking (each may be a process and a
//! machine of its own) is not what it costs to take one.

use std::time::Duration;

use anyhow::{Context as _, Result};
use dugnad_harness::{DugnadServer, Journal, NatsServer};

use super::{
    load::{self, Call},
    machine::Machine,
    report::{self, Measured, Row},
    sketch::Sketch,
    streamed,
    town::{Town, caller},
};
use crate::address::JournalAddress;

/// How many at once; the last is measured in pairs.
const CALLERS: [usize; 3] = [1, 16, 128];
const PAIRS: usize = 5;

#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Prints one JSON array of rows and nothing else.
    #[arg(long)]
    json: bool,
    /// How long each measurement takes, in seconds.
    #[arg(long, value_name = "SECONDS", default_value_t = 2.0)]
    seconds: f64,
    /// Also measures a sketch: the same call and the same journal with nothing else, the least that a
    /// booking costs on this machine.
    #[arg(long)]
    sketch: bool,
}

pub(super) async fn run(args: Args) -> Result<()> {
    let time = Duration::try_from_secs_f64(args.seconds).context("--seconds")?;
    let machine = Machine::measure(tempfile::tempdir()?.path())?;
    eprintln!("{}", machine.line());
    let mut figures = Figures::default();
    let server = DugnadServer::start_with(Journal::Sqlite, &["rooms"]).await?;
    figures.measure("sqlite", &server, time).await?;
    drop(server);
    if args.sketch {
        let dir = tempfile::tempdir()?;
        let journal = JournalAddress::Sqlite(dir.path().join("journal.sqlite"));
        figures.sketch("sqlite", &journal, time).await?;
    }
    match NatsServer::start() {
        Ok(nats) => {
            let monitor = format!("--nats-monitor={}", nats.monitoring_url());
            let options = ["rooms", monitor.as_str()];
            let server = DugnadServer::start_with(Journal::Nats(nats.url()), &options).await?;
            figures.measure("nats", &server, time).await?;
            drop(server);
            if args.sketch {
                figures.sketch("nats", &JournalAddress::Nats(nats.url()), time).await?;
            }
        }
        Err(why) => eprintln!("NATS is not measured: {why}"),
    }
    let rows = figures.rows();
    let text = if args.json { report::json(&rows)? } else { report::table(&rows) };
    std::io::Write::write_all(&mut std::io::stdout(), text.as_bytes())?;
    Ok(())
}

/// Measurements by number of callers, in the order of [`CALLERS`].
#[derive(Default)]
struct Figures {
    health: [Vec<Measured>; 3],
    rows: Vec<Row>,
}

impl Figures {
    async fn measure(
        &mut self,
        journal: &'static str,
        server: &DugnadServer,
        time: Duration,
    ) -> Result<()> {
        let url = server.url()?;
        let town = Town::register(server.rooms(&caller())?).await?;
        self.pairs(journal, "book", &url, &town, time).await?;
        eprintln!("{journal}: a stream");
        let mut streamed = Vec::new();
        for _ in 0..PAIRS {
            streamed.push(streamed::run(server.rooms(&caller())?, &town, time, usize::MAX).await?);
        }
        self.rows.push(Row::new(journal, "book_stream", 1, &streamed, &[]));
        Ok(())
    }

    async fn sketch(
        &mut self,
        name: &'static str,
        journal: &JournalAddress,
        time: Duration,
    ) -> Result<()> {
        let sketch = Sketch::start(journal).await?;
        self.pairs(name, "sketch", &sketch.url, &Town::made_up(), time).await
    }

    /// Health check and booking in turn, so that both meet the same minutes of the machine.
    async fn pairs(
        &mut self,
        journal: &'static str,
        name: &'static str,
        url: &str,
        town: &Town,
        time: Duration,
    ) -> Result<()> {
        for (n, callers) in CALLERS.into_iter().enumerate() {
            let pairs = if callers == 128 { PAIRS } else { 1 };
            let (mut health, mut book) = (Vec::new(), Vec::new());
            for pair in 1..=pairs {
                eprintln!("{journal}, {name}: {callers} callers, pair {pair} of {pairs}");
                health.push(load::run(url, Call::Health, callers, time).await?);
                book.push(load::run(url, Call::Book(town.clone()), callers, time).await?);
            }
            self.rows.push(Row::new(journal, name, callers, &book, &health));
            self.health[n].extend(health);
        }
        Ok(())
    }

    fn rows(self) -> Vec<Row> {
        let health = CALLERS.into_iter().zip(&self.health);
        let health = health.map(|(callers, runs)| Row::new("none", "health", callers, runs, &[]));
        health.chain(self.rows).collect()
    }
}
