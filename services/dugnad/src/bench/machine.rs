//! What the figures were measured on: cores, and how long a write to disk takes.

use std::{io::Write as _, path::Path, time::Instant};

use anyhow::Result;

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
