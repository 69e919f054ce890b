//! `dugnad journal export` and `import`: JSON lines, from one journal to another.

use std::path::PathBuf;

use anyhow::{Context as _, Result};
use dugnad_journal::transfer;
use tokio::{
    fs::File,
    io::{AsyncBufRead, AsyncWrite, BufReader, BufWriter},
};

use super::Which;

#[derive(Debug, clap::Args)]
#[group(skip)]
pub(super) struct ExportArgs {
    #[command(flatten)]
    which: Which,
    /// Where to; stdout by default.
    #[arg(value_name = "FILE")]
    file: Option<PathBuf>,
}

#[derive(Debug, clap::Args)]
#[group(skip)]
pub(super) struct ImportArgs {
    /// sqlite:PATH or nats://HOST:PORT; made if it is not there.
    #[arg(
        long,
        env = "DUGNAD_JOURNAL",
        value_name = "ADDRESS",
        default_value = "sqlite:data/journal.sqlite"
    )]
    journal: crate::address::JournalAddress,
    /// Where from; stdin by default.
    #[arg(value_name = "FILE")]
    file: Option<PathBuf>,
}

pub(super) async fn export(args: ExportArgs) -> Result<()> {
    let journal = super::open(&args.which.journal).await?;
    let out: Box<dyn AsyncWrite + Unpin + Send> = match &args.file {
        Some(path) => {
            Box::new(File::create(path).await.with_context(|| path.display().to_string())?)
        }
        None => Box::new(tokio::io::stdout()),
    };
    let mut out = BufWriter::new(out);
    let (mut commits, mut partitions) = (0, 0);
    for partition in args.which.partitions(&*journal).await? {
        commits += transfer::export(&*journal, &partition, 1, &mut out).await?;
        partitions += 1;
        eprint!("\r{commits} commits of {partitions} partitions");
    }
    eprintln!();
    Ok(())
}

pub(super) async fn import(args: ImportArgs) -> Result<()> {
    let journal = crate::serve::open_journal(&args.journal, &super::services()).await?;
    let lines: Box<dyn AsyncBufRead + Unpin + Send> = match &args.file {
        Some(path) => {
            let file = File::open(path).await.with_context(|| path.display().to_string())?;
            Box::new(BufReader::new(file))
        }
        None => Box::new(BufReader::new(tokio::io::stdin())),
    };
    let mut lines = lines;
    let imported = transfer::import(&*journal, &mut lines).await?;
    eprintln!("{} commits written, {} were there already", imported.written, imported.there);
    Ok(())
}
