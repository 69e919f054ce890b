//! What the figures were measured on: cores, and how long a write to disk takes; and what a process took
//! of it.

use std::{io::Write as _, path::Path, time::Instant};

use anyhow::{Context as _, Result};

/// The machine, for the line above the figures.
pub(super) struct Machine {
    cores: usize,
    /// The median of a 4 KiB write and `fdatasync`, in milliseconds.
    fsync_ms: f64,
}

impl Machine {
    /// Measures in `dir`, where the journals will lie.
    pub(super) fn measure(dir: &Path) -> Result<Self> {
        const SYNCS: usize = 200;
        let mut file = std::fs::File::create(dir.join("fsync"))?;
        let mut took = Vec::with_capacity(SYNCS);
        for _ in 0..SYNCS {
            let began = Instant::now();
            file.write_all(&[7; 4096])?;
            file.sync_data()?;
            took.push(began.elapsed().as_secs_f64() * 1e3);
        }
        took.sort_by(f64::total_cmp);
        let cores = std::thread::available_parallelism()?.get();
        Ok(Self { cores, fsync_ms: took[SYNCS / 2] })
    }

    pub(super) fn line(&self) -> String {
        let cores = if self.cores == 1 { "core" } else { "cores" };
        format!("{} {cores}, a 4 KiB write with fsync takes {:.2} ms", self.cores, self.fsync_ms)
    }
}

/// What a process has used of the processors, in seconds: tells more than the clock on a machine that
/// others use too.
pub(super) fn processor_seconds(pid: u32) -> Result<f64> {
    /// Ticks a second, on every Linux.
    const TICKS: f64 = 100.0;
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat"))?;
    let (_, fields) = stat.rsplit_once(')').context("a process's figures")?;
    let ticks = fields.split_whitespace().skip(11).take(2).map(str::parse::<f64>);
    Ok(ticks.sum::<Result<f64, _>>()? / TICKS)
}

/// A process's memory in GiB: now (`VmRSS`), or at most so far (`VmHWM`).
pub(super) fn memory(pid: u32, which: &str) -> Result<f64> {
    let status = std::fs::read_to_string(format!("/proc/{pid}/status"))?;
    let line = status.lines().find_map(|line| line.strip_prefix(which)?.strip_prefix(':'));
    let kib: f64 = line.and_then(|it| it.trim().strip_suffix(" kB")).context("memory")?.parse()?;
    Ok(kib / 1024.0 / 1024.0)
}
