//! `dugnad bench dispatch`: the dial-a-ride engine beside the best known, and beside its peers.

mod families;
mod growth;
mod online;
mod picture;
mod report;
mod roads;

use std::{io::Write as _, path::PathBuf, time::Duration};

use anyhow::{Context as _, Result};

use self::report::Report;
use super::{machine::Machine, peers::Peers};
use crate::solving::span;

#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Where the reference instances lie: `dispatch/` and `roads/` are read.
    #[arg(long, value_name = "DIR", default_value = "../shared/reference")]
    reference: PathBuf,
    /// Only what contains this: a family (li-lim-100, li-lim-200, li-lim-1000, darp,
    /// cordeau-laporte), online, roads, growth, or one instance.
    #[arg(long, value_name = "NAME")]
    only: Option<String>,
    /// How long each instance takes, instead of what its family is given.
    #[arg(long, value_name = "SPAN", value_parser = span)]
    time: Option<Duration>,
    /// Where chance begins.
    #[arg(long, value_name = "N", default_value_t = 0)]
    seed: u64,
    /// Where the CSV files and the pictures go.
    #[arg(long, value_name = "DIR", default_value = "target/bench")]
    out: PathBuf,
    /// Asks no other solver.
    #[arg(long)]
    alone: bool,
    /// Prints JSON and nothing else.
    #[arg(long)]
    json: bool,
}

/// What the parts of the benchmark share.
struct Bench<'a> {
    args: &'a Args,
    peers: Option<Peers>,
}

impl Bench<'_> {
    fn wants(&self, name: &str) -> bool {
        self.args.only.as_ref().is_none_or(|only| name.contains(only.as_str()))
    }

    fn limit(&self, usual: u64) -> Duration {
        self.args.time.unwrap_or(Duration::from_secs(usual))
    }
}

pub(super) fn run(args: &Args) -> Result<()> {
    let dir = tempfile::tempdir()?;
    eprintln!("{}", Machine::measure(dir.path())?.line());
    std::fs::create_dir_all(&args.out).with_context(|| args.out.display().to_string())?;
    let peers = if args.alone { None } else { Peers::find() };
    let bench = Bench { args, peers };
    let mut report = Report::default();
    bench.families(&mut report)?;
    bench.growth(&mut report, dir.path())?;
    bench.online(&mut report)?;
    bench.roads(&mut report)?;
    report.write_csv(&args.out)?;
    picture::quality(&args.out.join("dispatch-quality.svg"), &report)?;
    picture::growth(&args.out.join("dispatch-growth.svg"), &report)?;
    let text = if args.json { report.json()? } else { report.tables() };
    eprintln!("CSV files and pictures are in {}", args.out.display());
    Ok(std::io::stdout().write_all(text.as_bytes())?)
}
