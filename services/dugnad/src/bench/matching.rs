//! `dugnad bench match`: from a register of volunteers to candidates and plans, through gRPC, beside
//! what it must reach.
//!
//! The server is a second process on the same machine and its own journal. Everything is put in and
//! asked through its doors, as clients do it.

mod organisations;
mod pool;
mod questions;

use std::time::Instant;

use anyhow::{Context as _, Result};
use dugnad_harness::{Caller, DugnadServer, Journal};
use uuid::Uuid;

use super::{
    figure::{Figure, print},
    machine::{Machine, memory},
    report::thousands,
};
use crate::import;
pub(crate) use organisations::number as organisation_number;
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
    print(&figures, args.json)
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
    let of = thousands(people as f64);
    Ok(vec![
        Figure::new(format!("restart with {of} volunteers, to ready"), took, "s", Some(5.0)),
        Figure::new("… most memory of the process", memory(pid, "VmHWM")?, "GiB", None),
    ])
}
