//! `dugnad import roads`: a map extract, prepared once and kept where `dugnad serve` finds it.
//!
//! No server is asked: the file is read, judged and prepared here, and what is kept replaces what
//! was there only when all of it is on disk. A server that runs takes it up at its next start.

use std::{
    fs::{self, File},
    io::{self, BufReader, BufWriter, Write as _},
    path::{Path, PathBuf},
    time::Instant,
};

use anyhow::{Context as _, Result};
use dugnad_roads::{Counts, Roads};
use indicatif::{ProgressBar, ProgressStyle};
use serde_json::json;
use tempfile::NamedTempFile;

use crate::{bench::thousands, solving};

/// What is kept of them in the data directory.
pub(crate) const KEPT: &str = "roads";

pub(super) const EXAMPLES: &str = "\
The roads of a municipality and those around it are enough: cut them out of a country's extract with
`osmium extract`. Cars only; Norway's extracts are at download.geofabrik.de/europe/norway.html.

Examples:
  dugnad import roads drammen.osm.pbf
  dugnad import roads drammen.osm.pbf --data /var/lib/dugnad";

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// A map extract of OpenStreetMap.
    #[arg(value_name = "FILE.osm.pbf")]
    file: PathBuf,
    /// Where the server keeps its files.
    #[arg(long, env = "DUGNAD_DATA", value_name = "DIR", default_value = "data")]
    data: PathBuf,
    /// What was read as JSON instead of words.
    #[arg(long)]
    json: bool,
}

pub(super) fn run(args: &Args) -> Result<()> {
    prepare(&args.file, &args.data)?.say(args.json)
}

/// What was read, and what came of it.
#[derive(Debug)]
struct Kept {
    counts: Counts,
    path: PathBuf,
    bytes: u64,
    seconds: f64,
}

fn prepare(file: &Path, data: &Path) -> Result<Kept> {
    let began = Instant::now();
    let of = || file.display().to_string();
    let input = File::open(file).with_context(of)?;
    let reading = reading(input.metadata().with_context(of)?.len());
    let roads = Roads::from_pbf(Watched { input: BufReader::new(input), bar: reading.clone() });
    reading.finish_and_clear();
    let roads = roads.with_context(|| format!("{}: nothing was kept", file.display()))?;

    let path = data.join(KEPT);
    let cannot = || format!("cannot write {}", path.display());
    fs::create_dir_all(data).with_context(cannot)?;
    let mut beside = NamedTempFile::new_in(data).with_context(cannot)?;
    roads.store(BufWriter::new(&mut beside)).with_context(cannot)?;
    beside.as_file().sync_all().with_context(cannot)?;
    let bytes = beside.as_file().metadata().with_context(cannot)?.len();
    beside.persist(&path).with_context(cannot)?;
    let seconds = began.elapsed().as_secs_f64();
    Ok(Kept { counts: roads.counts(), path, bytes, seconds })
}

impl Kept {
    fn say(&self, json: bool) -> Result<()> {
        let mut out = io::stdout().lock();
        if json {
            Ok(writeln!(out, "{}", self.as_json())?)
        } else {
            Ok(writeln!(out, "{}", self.in_words())?)
        }
    }

    fn as_json(&self) -> serde_json::Value {
        let counts = &self.counts;
        json!({
            "ways": counts.ways,
            "junctions": counts.junctions,
            "pieces": counts.edges,
            "directions": counts.arcs,
            "directions_left_out": counts.arcs_dropped,
            "turn_restrictions": counts.restrictions,
            "turn_restrictions_left_out": counts.restrictions_dropped,
            "kept": self.path.display().to_string(),
            "bytes": self.bytes,
            "seconds": self.seconds,
        })
    }

    fn in_words(&self) -> String {
        let number = |count: usize| thousands(count as f64);
        let counts = &self.counts;
        let mut lines = vec![format!(
            "{} roads: {} junctions, {} pieces in {} directions, {} turn restrictions · {:.2} s",
            number(counts.ways),
            number(counts.junctions),
            number(counts.edges),
            number(counts.arcs),
            number(counts.restrictions),
            self.seconds
        )];
        for (count, what) in [
            (counts.arcs_dropped, "directions were left out: one gets there or away, not both"),
            (
                counts.restrictions_dropped,
                "turn restrictions were left out: through a way, or with a member missing",
            ),
        ] {
            if count > 0 {
                lines.push(format!("{} {what}", number(count)));
            }
        }
        lines.push(format!(
            "kept in {} ({:.1} MB): `dugnad serve` drives there from its next start on",
            self.path.display(),
            self.bytes as f64 / 1e6
        ));
        lines.join("\n")
    }
}

/// Says how far it has been read, and when the end was reached.
struct Watched<R> {
    input: R,
    bar: ProgressBar,
}

impl<R: io::Read> io::Read for Watched<R> {
    fn read(&mut self, bytes: &mut [u8]) -> io::Result<usize> {
        let read = self.input.read(bytes)?;
        self.bar.inc(read as u64);
        if self.bar.length().is_some_and(|length| self.bar.position() >= length) {
            self.bar.set_style(solving::working());
            self.bar.set_message("preparing the ways");
        }
        Ok(read)
    }
}

/// How much of a file was read; only on a terminal.
fn reading(bytes: u64) -> ProgressBar {
    let style = ProgressStyle::with_template("{bytes}/{total_bytes} {bar:30} {elapsed}");
    let bar = ProgressBar::new(bytes);
    bar.set_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()));
    bar.enable_steady_tick(solving::TICK);
    bar
}

#[cfg(test)]
mod tests {
    use dugnad_roads::{
        TravelTimes as _,
        sketch::{Sketch, at},
    };

    use super::*;

    /// Four streets, of which one leads only in.
    fn town() -> Vec<u8> {
        let corners = [(0.0, 0.0), (500.0, 0.0), (500.0, 400.0), (0.0, 400.0), (900.0, 0.0)];
        let mut sketch = Sketch::new();
        for (id, (east, north)) in (1..).zip(corners) {
            sketch = sketch.node(id, east, north);
        }
        sketch
            .street(10, &[1, 2])
            .street(11, &[2, 3])
            .street(12, &[3, 4, 1])
            .one_way(13, &[2, 5])
            .pbf()
    }

    fn written(bytes: &[u8]) -> (tempfile::TempDir, PathBuf) {
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("town.osm.pbf");
        fs::write(&file, bytes).unwrap();
        (dir, file)
    }

    #[test]
    fn an_extract_is_counted_and_kept_and_kept_again_over_what_was_there() {
        let (dir, file) = written(&town());
        let data = dir.path().join("data");

        let first = prepare(&file, &data).unwrap();
        let second = prepare(&file, &data).unwrap();

        let roads = Roads::from_stored(File::open(data.join(KEPT)).unwrap()).unwrap();
        assert_eq!(
            roads.matrix(&[at(0.0, 0.0), at(500.0, 400.0)]).unwrap().metres(0, 1),
            Some(900)
        );
        assert_eq!(
            (first.counts.ways, first.counts, first.bytes),
            (4, second.counts, second.bytes)
        );
        assert_eq!(fs::read_dir(&data).unwrap().count(), 1, "nothing else lies there");
        let said = first.in_words();
        assert!(said.starts_with("4 roads: 4 junctions, "), "{said}");
        assert_eq!(first.as_json()["ways"], 4);
    }

    #[test]
    fn a_broken_or_truncated_extract_says_where_and_leaves_what_was_kept() {
        let town = town();
        let (dir, file) = written(&town);
        let data = dir.path().join("data");
        prepare(&file, &data).unwrap();
        let kept = fs::read(data.join(KEPT)).unwrap();
        for (bytes, wanted) in [
            (&town[..town.len() - 3], "broken in block 1: the file ends within it"),
            (&town[..2], "broken in block 0: the file ends within it"),
            (b"<html>not found</html>", "broken in block 0: its header is too long"),
            (&[], "no drivable roads"),
        ] {
            fs::write(&file, bytes).unwrap();

            let refused = prepare(&file, &data).unwrap_err();

            let refused = format!("{refused:#}");
            assert!(refused.contains("town.osm.pbf: nothing was kept"), "{refused}");
            assert!(refused.contains(wanted), "{refused}");
            assert_eq!(fs::read(data.join(KEPT)).unwrap(), kept);
            assert_eq!(fs::read_dir(&data).unwrap().count(), 1);
        }
    }
}
