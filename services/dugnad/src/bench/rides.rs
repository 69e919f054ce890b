//! `dugnad bench rides`: a municipality's day of rides through gRPC, beside what it must reach.
//!
//! The server is a second process on the same machine and its own journal.

mod day;
mod map;
mod solve;

use std::io::Write as _;

use anyhow::Result;

use super::{
    machine::Machine,
    matching::{Figure, table},
};
use day::Day;

#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Prints one JSON array of figures and nothing else.
    #[arg(long)]
    json: bool,
    /// How many vehicles drive on the day.
    #[arg(long, value_name = "VEHICLES", default_value_t = 200)]
    vehicles: usize,
    /// How many rides are wanted; half of them are ways home.
    #[arg(long, value_name = "RIDES", default_value_t = 3_000)]
    rides: usize,
    /// How long the day is planned, seconds.
    #[arg(long, value_name = "SECONDS", default_value_t = 10,
          value_parser = clap::value_parser!(u32).range(1..=60))]
    seconds: u32,
    /// Where chance begins.
    #[arg(long, value_name = "N", default_value_t = 1)]
    seed: u64,
}

pub(super) async fn run(args: Args) -> Result<()> {
    eprintln!("{}", Machine::measure(tempfile::tempdir()?.path())?.line());
    let day = Day::new(args.vehicles, args.rides, args.seed);
    let mut figures: Vec<Figure> = Vec::new();
    for on_roads in [false, true] {
        figures.extend(solve::planned(&day, on_roads, args.seconds).await?);
    }
    let text = if args.json {
        serde_json::to_string_pretty(&figures)? + "\n"
    } else {
        format!("{}\n", table(&figures))
    };
    std::io::stdout().write_all(text.as_bytes())?;
    Ok(())
}
