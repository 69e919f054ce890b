//! `dugnad bench rooms`: what a municipality's rules cost, how long a season takes, and what many locks
//! cost, through gRPC and a real broker, beside what they must reach.
//!
//! The server is a second process on the same machine and its own journal. Everything is put in and
//! asked through its doors, as clients do it.

mod doors;
pub(super) mod rules;
mod season;

use anyhow::Result;
use dugnad_harness::{DugnadServer, Journal};

use super::{figure::print, machine::Machine};

#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Prints one JSON array of figures and nothing else.
    #[arg(long)]
    json: bool,
    /// How many clubs apply for the season.
    #[arg(long, value_name = "CLUBS", default_value_t = 300)]
    clubs: usize,
    /// How many slots a week are let.
    #[arg(long, value_name = "SLOTS", default_value_t = 120)]
    slots: usize,
    /// How many wishes each club has.
    #[arg(long, value_name = "WISHES", default_value_t = 8)]
    wishes: usize,
    /// How many locks there are.
    #[arg(long, value_name = "LOCKS", default_value_t = 10_000)]
    locks: usize,
}

pub(super) async fn run(args: Args) -> Result<()> {
    eprintln!("{}", Machine::measure(tempfile::tempdir()?.path())?.line());
    let server = DugnadServer::start_with(Journal::Sqlite, &["rooms"]).await?;
    let mut figures = rules::measure(&server).await?;
    eprintln!("a season of {} clubs", args.clubs);
    figures.extend(season::measure(&server, args.clubs, args.slots, args.wishes).await?);
    drop(server);
    figures.extend(doors::run(args.locks).await?);
    print(&figures, args.json)
}
