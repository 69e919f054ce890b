//! `dugnad journal audit`: carries facts to the auditor, and says what it found.

use std::{
    collections::BTreeMap,
    fs::File,
    io::{self, BufRead as _, BufReader, Write as _},
    path::{Path, PathBuf},
    sync::Arc,
};

use anyhow::{Context as _, Result, bail};
use dugnad_audit::{Audit, DigestLine, Report, read_line};
use dugnad_journal::{Journal, Partition, ReadError, sqlite::SqliteJournal, transfer};
use serde::de::DeserializeOwned;

use super::{Which, digest};

/// Read at a time.
const READ_BYTES: usize = 4 * 1024 * 1024;

#[derive(Debug, clap::Args)]
#[group(skip)]
#[command(after_help = FORMS)]
pub(super) struct Args {
    #[command(flatten)]
    which: Which,
    /// Exports to read instead of a journal: all services' histories, in one file or several.
    #[arg(value_name = "EXPORT.jsonl", conflicts_with_all = ["journal", "partition"])]
    exports: Vec<PathBuf>,
    /// What clients were told; may be given again.
    #[arg(long, value_name = "FILE.jsonl")]
    clients: Vec<PathBuf>,
    /// What locks truly held; may be given again.
    #[arg(long, value_name = "FILE.jsonl")]
    locks: Vec<PathBuf>,
    /// What running services' states came to (/digest of the admin port): each is replayed and
    /// compared; may be given again.
    #[arg(long, value_name = "FILE.jsonl")]
    digests: Vec<PathBuf>,
    /// Nothing is under way: what was asked of another service must have been answered.
    #[arg(long)]
    settled: bool,
    /// One JSON object instead of lines for people.
    #[arg(long)]
    json: bool,
}

const FORMS: &str = "\
The journal must be at rest, or be an export: what one service heard last of another is looked up.

One JSON object a line:
  --clients  {\"partition\":\"dugnad.rooms.drammen\",\"call\":\"CreateBooking\",\"request_id\":\"UUID\",
              \"outcome\":\"accepted|refused|unknown\",\"names\":[\"bookings/UUID\"],\"reason\":\"TAKEN\",
              \"at\":\"2026-11-22T12:00:00Z\"}
  --locks    {\"lock\":\"drammen/zigbee2mqtt/hall\",\"slot\":10,\"holds\":true,\"at\":\"…\"}
  --digests  {\"partition\":\"dugnad.rooms.drammen\",\"position\":812,\"digest\":\"…\"}";

pub(super) async fn run(args: Args) -> Result<()> {
    let mut audit = Audit::default();
    if args.settled {
        audit.settled();
    }
    for path in &args.clients {
        each(path, |line| audit.client(line))?;
    }
    for path in &args.locks {
        each(path, |line| audit.lock(line))?;
    }
    // Read as a journal is, so that an export is held to the same.
    let carried = tempfile::tempdir()?;
    let journal = match args.exports.is_empty() {
        true => super::open(&args.which.journal).await?,
        false => import(&args.exports, carried.path()).await?,
    };
    for partition in args.which.partitions(&*journal).await? {
        read(&*journal, &partition, &mut audit).await?;
    }
    compare(&*journal, &args.digests, &mut audit).await?;
    let report = audit.conclude();
    say(&report, args.json)?;
    match report.found() {
        0 => Ok(()),
        found => bail!("the audit found {found}: what must always be true is not"),
    }
}

/// A journal of its own with what the exports hold.
async fn import(exports: &[PathBuf], dir: &Path) -> Result<Arc<dyn Journal>> {
    let path = dir.join("audited.sqlite");
    let opened = tokio::task::spawn_blocking(move || SqliteJournal::open(path)).await?;
    let journal = Arc::new(opened?);
    for path in exports {
        let named = || path.display().to_string();
        let file = tokio::fs::File::open(path).await.with_context(named)?;
        let mut lines = tokio::io::BufReader::new(file);
        transfer::import(&*journal, &mut lines).await.with_context(named)?;
    }
    Ok(journal)
}

async fn read(journal: &dyn Journal, partition: &Partition, audit: &mut Audit) -> Result<()> {
    let mut next = 1;
    loop {
        match journal.read(partition, next, READ_BYTES).await {
            Ok(commits) => {
                let Some(last) = commits.last() else { return Ok(()) };
                next = last.number + 1;
                commits.iter().for_each(|commit| audit.commit(partition, commit));
            }
            Err(ReadError::Damaged { number, what, .. }) => {
                audit.damaged(partition, number, &what);
                return Ok(());
            }
            Err(error) => return Err(error.into()),
        }
    }
}

/// Replays what services said that they had come to.
async fn compare(journal: &dyn Journal, files: &[PathBuf], audit: &mut Audit) -> Result<()> {
    let mut said: BTreeMap<String, Vec<DigestLine>> = BTreeMap::new();
    for path in files {
        each(path, |line: DigestLine| {
            said.entry(line.partition.to_string()).or_default().push(line);
        })?;
    }
    for mut lines in said.into_values() {
        lines.sort_by_key(|line| line.position);
        let positions: Vec<u64> = lines.iter().map(|line| line.position).collect();
        let replayed = digest::replay(journal, &lines[0].partition, &positions).await?;
        for line in &lines {
            let there = replayed.iter().find(|it| it.position == line.position);
            let there = there.map(|it| it.digest.to_string());
            audit.digest(line, there.as_deref());
        }
    }
    Ok(())
}

fn each<T: DeserializeOwned>(path: &Path, mut take: impl FnMut(T)) -> Result<()> {
    let named = || path.display().to_string();
    let lines = BufReader::new(File::open(path).with_context(named)?).lines();
    for (number, line) in (1..).zip(lines) {
        if let Some(line) = read_line(number, &line.with_context(named)?).with_context(named)? {
            take(line);
        }
    }
    Ok(())
}

fn say(report: &Report, json: bool) -> Result<()> {
    let mut out = io::stdout().lock();
    if json {
        writeln!(out, "{}", serde_json::to_string(report)?)?;
    } else {
        for verdict in &report.verdicts {
            writeln!(out, "{verdict}")?;
        }
    }
    Ok(out.flush()?)
}
