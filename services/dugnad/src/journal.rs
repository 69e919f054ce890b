//! `dugnad journal`: proves, shows, copies out and copies in what was decided, on either backend.
//!
//! Nothing here knows what a commit means, but the auditor (`audit`) and replay (`digest`).

mod audit;
mod carry;
mod digest;
mod tail;
mod verify;

use std::sync::Arc;

use anyhow::{Result, ensure};
use clap::{Subcommand, ValueEnum as _};
use dugnad_journal::{Journal, Partition, Service};

pub(crate) use digest::line as digest_line;

use crate::{address::JournalAddress, serve};

#[derive(Debug, clap::Args)]
#[group(skip)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Args {
    #[command(subcommand)]
    command: Command,
}

const EXAMPLES: &str = "\
Examples:
  dugnad journal verify
  dugnad journal verify --head dugnad.rooms.lillevik=812:5f0c…
      also proves that nothing is missing at the end
  dugnad journal tail --last 3
  dugnad journal export > journal.jsonl
  dugnad journal audit --settled journal.jsonl
      recomputes from an export what must always be true; exit code 1 if it is not
  dugnad journal import --journal nats://127.0.0.1:4222 < journal.jsonl
      from the embedded journal to NATS; numbers and hashes stay the same

A SQLite journal can be opened by one process: stop `dugnad serve` first. NATS can be looked at
while it is used.";

#[derive(Debug, Subcommand)]
enum Command {
    /// Proves that no commit is missing or changed. Exit code 1, and the position, if one is.
    Verify(verify::Args),
    /// Recomputes what must always be true from the journal alone, and from what clients, locks and
    /// services wrote down beside it: one line an invariant. Exit code 1 on a finding.
    Audit(audit::Args),
    /// Replays each partition and prints what its state comes to, one JSON object a line, as a running
    /// service does on /digest of its admin port.
    Digest(digest::Args),
    /// Shows the last commits, one JSON object a line. Sealed fields stay sealed.
    Tail(tail::Args),
    /// Writes every commit as JSON lines.
    Export(carry::ExportArgs),
    /// Appends the commits of an export. May be stopped and run again.
    Import(carry::ImportArgs),
}

/// Which journal, and how much of it.
#[derive(Clone, Debug, clap::Args)]
#[group(skip)]
struct Which {
    /// sqlite:PATH or nats://HOST:PORT
    #[arg(
        long,
        env = "DUGNAD_JOURNAL",
        value_name = "ADDRESS",
        default_value = "sqlite:data/journal.sqlite"
    )]
    journal: JournalAddress,
    /// Only this partition, such as dugnad.rooms.lillevik; may be given again.
    #[arg(long, value_name = "NAME", value_parser = Partition::parse)]
    partition: Vec<Partition>,
}

pub(crate) async fn run(args: Args) -> Result<()> {
    match args.command {
        Command::Verify(args) => verify::run(args).await,
        Command::Audit(args) => audit::run(args).await,
        Command::Digest(args) => digest::run(args).await,
        Command::Tail(args) => tail::run(args).await,
        Command::Export(args) => carry::export(args).await,
        Command::Import(args) => carry::import(args).await,
    }
}

/// Opens a journal that is there: a mistyped path is no empty journal.
async fn open(address: &JournalAddress) -> Result<Arc<dyn Journal>> {
    if let JournalAddress::Sqlite(path) = address {
        ensure!(path.is_file(), "--journal {address}: there is no such file");
    }
    serve::open_journal(address, &[]).await
}

/// Every service that has a journal.
fn services() -> Vec<Service> {
    serve::Service::value_variants().iter().map(|service| service.name()).collect()
}

impl Which {
    /// The partitions asked for, or all of them, by name.
    async fn partitions(&self, journal: &dyn Journal) -> Result<Vec<Partition>> {
        if !self.partition.is_empty() {
            return Ok(self.partition.clone());
        }
        let mut all = Vec::new();
        for service in services() {
            all.extend(journal.partitions(&service).await?);
        }
        all.sort_by_key(ToString::to_string);
        Ok(all)
    }
}
