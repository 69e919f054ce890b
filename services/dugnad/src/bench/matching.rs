//! `dugnad bench match`: from a register of volunteers to candidates and plans, through gRPC, beside
//! what it must reach.
//!
//! The server is a second process on the same machine and its own journal. Everything is put in and
//! asked through its doors, as clients do it.

mod organisations;
mod pool;
mod questions;

use std::{
    io::Write as _,
    time::{Duration, Instant},
};

use anyhow::{Context as _, Result};
use comfy_table::{Table, presets::UTF8_HORIZONTAL_ONLY};
use dugnad_harness::{Caller, DugnadServer, Journal};
use serde::Serialize;
use uuid::Uuid;

use super::{machine::Machine, report::thousands};
use crate::import;
use pool::Pool;

/// The municipality whose candidates are sought, and the one that is planned.
const TOWN: &str = "bench";
const PLANNED: &str = "bench-plan";

#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Prints one JSON array of figures and nothing else.
    #[arg(long)]
    json: bool,
    /// How many volunteers the municipality has in which candidates are sought.
    #[arg(long, value_name = "PEOPLE", default_value_t = 100_000)]
    volunteers: usize,
    /// How many volunteers the municipality has that is planned.
    #[arg(long, value_name = "PEOPLE", default_value_t = 20_000)]
    planned: usize,
    /// How many needs are planned.
    #[arg(long, value_name = "NEEDS", default_value_t = 2_000)]
    needs: usize,
}

/// What was measured, and what it has to reach.
#[derive(Debug, Serialize)]
pub(super) struct Figure {
    what: String,
    measured: f64,
    unit: &'static str,
    /// Less than this; none: only told.
    wanted: Option<f64>,
    met: Option<bool>,
}

impl Figure {
    pub(super) fn new(
        what: impl Into<String>,
        measured: f64,
        unit: &'static str,
        wanted: Option<f64>,
    ) -> Self {
        let met = wanted.map(|wanted| measured < wanted);
        Self { what: what.into(), measured, unit, wanted, met }
    }
}

pub(super) async fn run(args: Args) -> Result<()> {
    eprintln!("{}", Machine::measure(tempfile::tempdir()?.path())?.line());
    let mut server = DugnadServer::start(Journal::Sqlite).await?;
    let mut figures = vec![import(&server).await?];
    let town = pooled(&server, TOWN, args.volunteers, &mut figures).await?;
    eprintln!("asking for candidates");
    figures.extend(questions::candidates(&server.url()?, TOWN).await?);
    eprintln!("asking who is eligible");
    figures.extend(questions::eligibility(&server.url()?, TOWN, &town).await?);
    let planned = pooled(&server, PLANNED, args.planned, &mut figures).await?;
    eprintln!("posting {} needs", thousands(args.needs as f64));
    questions::post(&server.url()?, PLANNED, args.needs).await?;
    eprintln!("planning");
    figures.extend(questions::plan(&server.url()?, PLANNED).await?);
    drop((town, planned));
    figures.extend(restarted(&mut server, args.volunteers + args.planned).await?);
    let text = if args.json {
        serde_json::to_string_pretty(&figures)? + "\n"
    } else {
        format!("{}\n", table(&figures))
    };
    std::io::stdout().write_all(text.as_bytes())?;
    Ok(())
}

/// Who may do all of it.
fn coordinator(tenant: &str) -> Caller {
    Caller::new(tenant).acting_as("coordinator")
}

async fn import(server: &DugnadServer) -> Result<Figure> {
    let text = organisations::register(1_400);
    let mut client = import::connect(&server.url()?, TOWN, Uuid::now_v7())?;
    let began = Instant::now();
    let new = organisations::import(&mut client, &text).await?;
    let took = began.elapsed().as_secs_f64();
    Ok(Figure::new(
        format!("import of {} organisations, read and sent", thousands(new as f64)),
        took,
        "s",
        Some(1.0),
    ))
}

async fn pooled(
    server: &DugnadServer,
    tenant: &str,
    people: usize,
    figures: &mut Vec<Figure>,
) -> Result<Pool> {
    eprintln!("signing up {} volunteers", thousands(people as f64));
    let began = Instant::now();
    let pool = Pool::register(&server.url()?, tenant, people).await?;
    let signed = began.elapsed();
    questions::heard(&server.url()?, tenant, pool.last()).await?;
    let what = format!("{} volunteers signed up, admitted, with hours", thousands(people as f64));
    figures.push(Figure::new(what, signed.as_secs_f64(), "s", None));
    let behind = (began.elapsed() - signed).as_secs_f64();
    figures.push(Figure::new("… until matching has heard the last of them", behind, "s", None));
    Ok(pool)
}

/// From the start of the process to ready, on what was put in.
async fn restarted(server: &mut DugnadServer, people: usize) -> Result<Vec<Figure>> {
    eprintln!("starting again on it");
    server.terminate().await?;
    let began = Instant::now();
    server.restart().await?;
    let took = began.elapsed().as_secs_f64();
    let pid = server.pid().context("the server runs")?;
    let status = std::fs::read_to_string(format!("/proc/{pid}/status"))?;
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let kib: f64 = peak.and_then(|kib| kib.trim().strip_suffix(" kB")?.parse().ok()).unwrap_or(0.0);
    let of = thousands(people as f64);
    Ok(vec![
        Figure::new(format!("restart with {of} volunteers, to ready"), took, "s", Some(5.0)),
        Figure::new("… most memory of the process", kib / 1024.0 / 1024.0, "GiB", None),
    ])
}

pub(super) fn table(figures: &[Figure]) -> Table {
    let mut table = Table::new();
    table.load_style(UTF8_HORIZONTAL_ONLY);
    table.set_header(["what", "measured", "wanted", ""]);
    for Figure { what, measured, unit, wanted, met } in figures {
        let number = |number: f64| match number {
            1000.0.. => thousands(number),
            10.0.. => format!("{number:.1}"),
            0.1.. => format!("{number:.2}"),
            _ => format!("{number:.4}"),
        };
        let wanted = wanted.map_or(String::new(), |wanted| format!("< {wanted} {unit}"));
        let met = met.map_or("", |met| if met { "✓" } else { "✗" });
        let measured = format!("{} {unit}", number(*measured));
        table.add_row([what.clone(), measured, wanted, met.to_owned()]);
    }
    table
}

/// The middle and the 99th of a hundred, in milliseconds.
fn percentiles(mut took: Vec<Duration>) -> (f64, f64) {
    took.sort_unstable();
    let at = |share: usize| took.get(took.len() * share / 100).map_or(0.0, Duration::as_secs_f64);
    (at(50) * 1e3, at(99) * 1e3)
}
