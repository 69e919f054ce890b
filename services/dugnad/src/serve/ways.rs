//! Travel times for rides: over the roads that were imported, or as the crow flies.

use std::{
    fs::File,
    io::{BufRead as _, BufReader, ErrorKind},
    path::Path,
    sync::Arc,
    time::Instant,
};

use anyhow::{Context as _, Result};
use dugnad_rides::ways::{Settings, Travel};
use dugnad_roads::Roads;

use super::Args;
use crate::{import, solving::read_text};

/// Reads what travel times are made of; says which roads those are.
///
/// # Errors
/// A file that was named and is not there, and one that is not what it should be.
pub(super) fn open(args: &Args) -> Result<Travel> {
    let settings = match &args.travel {
        Some(path) => {
            let of = || format!("--travel {}", path.display());
            serde_json::from_str(&read_text(path)?).with_context(of)?
        }
        None => Settings::default(),
    };
    let path = args.below_data(args.roads.as_deref(), import::roads::KEPT);
    let file = match File::open(&path) {
        Ok(file) => file,
        Err(error) if error.kind() == ErrorKind::NotFound && args.roads.is_none() => {
            tracing::warn!(
                "no roads: rides go as the crow flies until `dugnad import roads` has been run"
            );
            return Ok(Travel::as_the_crow_flies(settings));
        }
        Err(error) => return Err(error).with_context(|| format!("--roads {}", path.display())),
    };
    let roads = read(file, &path)?;
    Ok(Travel::over(Arc::new(roads), settings))
}

/// What was kept, or an extract itself.
fn read(file: File, path: &Path) -> Result<Roads> {
    let began = Instant::now();
    let of = || format!("--roads {}", path.display());
    let mut file = BufReader::new(file);
    let is_kept = Roads::are_stored(file.fill_buf().with_context(of)?);
    let roads = if is_kept { Roads::from_stored(file) } else { Roads::from_pbf(file) };
    let roads = roads.with_context(of)?;
    let (counts, seconds) = (roads.counts(), began.elapsed().as_secs_f64());
    tracing::info!(file = %path.display(), roads = counts.ways, seconds, "rides drive on roads");
    Ok(roads)
}
