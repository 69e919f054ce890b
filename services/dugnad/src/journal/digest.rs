//! `dugnad journal digest`: what replay comes to.

use std::io::{self, Write as _};

use anyhow::{Context as _, Result};
use clap::ValueEnum as _;
use dugnad_audit::DigestLine;
use dugnad_journal::{Journal, Partition};
use dugnad_ledger::StateDigest;

use super::Which;
use crate::serve::Service;

#[derive(Debug, clap::Args)]
#[group(skip)]
pub(super) struct Args {
    #[command(flatten)]
    which: Which,
    /// After these commits; the last by default.
    #[arg(long, value_name = "N", value_delimiter = ',')]
    at: Vec<u64>,
}

pub(super) async fn run(mut args: Args) -> Result<()> {
    let journal = super::open(&args.which.journal).await?;
    args.at.sort_unstable();
    for partition in args.which.partitions(&*journal).await? {
        for digest in replay(&*journal, &partition, &args.at).await? {
            write!(io::stdout().lock(), "{}", line(&digest))?;
        }
    }
    Ok(())
}

/// What replay comes to after each of `positions` (ascending) that is there; with none, at the end.
pub(super) async fn replay(
    journal: &dyn Journal,
    partition: &Partition,
    positions: &[u64],
) -> Result<Vec<StateDigest>> {
    let mut services = Service::value_variants().iter();
    let service = services.find(|service| service.name() == partition.service);
    let service = service.with_context(|| format!("{partition}: no service is called so"))?;
    service.replay(journal, partition, positions).await
}

/// One JSON object and the end of its line.
pub(crate) fn line(digest: &StateDigest) -> String {
    let StateDigest { partition, position, digest } = digest.clone();
    let line = DigestLine { partition, position, digest: digest.to_string() };
    serde_json::to_string(&line).expect("names and numbers make JSON") + "\n"
}
