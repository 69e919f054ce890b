//! What is left when all is done: memory, what lies on disk, and how long it takes to start on it.

use std::{path::Path, time::Instant};

use anyhow::Result;
use jiff::SignedDuration;

use super::{City, report::Report};
use crate::{bench::machine::memory, demo::child::Servers};

pub(super) async fn measured(
    city: &City,
    servers: Servers,
    data: &Path,
    report: &mut Report,
) -> Result<()> {
    report.made("text messages sent so far", city.phones.count());
    report.figure("memory of the server", sum(report.pids(), "VmRSS")?, "GiB");
    report.figure("… at most so far", sum(report.pids(), "VmHWM")?, "GiB");
    eprintln!("killed, and started again on it");
    servers.kill().await?;
    // On NATS the journal lies there.
    let journal = size(data, |name| name.starts_with("journal"))?;
    report.figure("journal", journal, "MiB");
    report.figure("people's keys", size(data, |name| name.starts_with("vault"))?, "MiB");
    let began = Instant::now();
    let servers = city.setup.start(SignedDuration::ZERO).await?;
    report.figure("from kill -9 and a new start to ready", began.elapsed().as_secs_f64(), "s");
    report.figure("… memory then", sum(&servers.pids(), "VmRSS")?, "GiB");
    report.figure("… at most until then", sum(&servers.pids(), "VmHWM")?, "GiB");
    servers.kill().await
}

fn sum(pids: &[u32], which: &str) -> Result<f64> {
    pids.iter().map(|pid| memory(*pid, which)).sum()
}

/// All that lies under what is so called, in MiB.
fn size(dir: &Path, is_wanted: impl Fn(&str) -> bool) -> Result<f64> {
    let mut bytes = 0;
    for entry in std::fs::read_dir(dir)? {
        let entry = entry?;
        if is_wanted(&entry.file_name().to_string_lossy()) {
            bytes += bytes_of(&entry.path())?;
        }
    }
    Ok(bytes as f64 / 1024.0 / 1024.0)
}

fn bytes_of(path: &Path) -> Result<u64> {
    if !path.is_dir() {
        return Ok(path.metadata()?.len());
    }
    let mut bytes = 0;
    for entry in std::fs::read_dir(path)? {
        bytes += bytes_of(&entry?.path())?;
    }
    Ok(bytes)
}
