//! `dugnad bench notices`: from what happens in one service to e-mails at an SMTP server, and
//! from a reply to what it does in another service, beside what both must reach.
//!
//! The server is a second process on the same machine. Bookings are made through its door, each
//! by another person, so that each is a message of its own.

mod sink;
mod town;

use std::time::Instant;

use anyhow::{Context as _, Result};
use dugnad_harness::{DugnadServer, Journal};

use super::{
    figure::{Figure, percentiles, print},
    machine::{Machine, processor_seconds},
    report::thousands,
};
use sink::Sink;
use town::Town;

/// Replies that are timed, one after the other.
const REPLIES: usize = 50;

#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Prints one JSON array of figures and nothing else.
    #[arg(long)]
    json: bool,
    /// How many people are told something.
    #[arg(long, value_name = "NOTICES", default_value_t = 10_000)]
    notices: usize,
}

pub(super) async fn run(args: Args) -> Result<()> {
    eprintln!("{}", Machine::measure(tempfile::tempdir()?.path())?.line());
    let sink = Sink::start().await?;
    let smtp = format!("--smtp={}", sink.url());
    let server = DugnadServer::start_with(Journal::Sqlite, &[&smtp, "--http=127.0.0.1:0"]).await?;
    let mut town = Town::open(&server).await?;
    eprintln!("signing up {} people", thousands(args.notices as f64));
    let people = town.signs_up(args.notices).await?;
    eprintln!("booking for each of them");
    let pid = server.pid().context("the server runs")?;
    let worked = processor_seconds(pid)?;
    let began = Instant::now();
    town.books_for(&people).await?;
    let booked = began.elapsed().as_secs_f64();
    sink.wait_for(people.len()).await?;
    let told = began.elapsed().as_secs_f64();
    let worked = processor_seconds(pid)? - worked;
    eprintln!("replying");
    let mut took = Vec::with_capacity(REPLIES);
    for _ in 0..REPLIES {
        took.push(town.replies(&server, &sink).await?);
    }
    let (p50, p99) = percentiles(took);
    let count = thousands(people.len() as f64);
    let figures = [
        Figure::new(format!("{count} bookings by as many people"), booked, "s", None),
        Figure::new("… until the last e-mail is at the SMTP server", told, "s", Some(20.0)),
        Figure::new("… processor time of the server for both", worked, "s", None),
        Figure::new("from a reply to the place taken in matching, p50", p50, "ms", Some(200.0)),
        Figure::new("… p99", p99, "ms", Some(200.0)),
    ];
    print(&figures, args.json)
}
