//! What each phase and each kind of call took, and what was made: a table for people, JSON for programs.

use std::{collections::BTreeMap, io::Write as _, time::Instant};

use anyhow::Result;
use comfy_table::{CellAlignment, Table, presets::UTF8_HORIZONTAL_ONLY};
use serde::{Serialize, Serializer};

use super::meter::{Calls, Meter, Tally};
use crate::bench::{
    figure::{self, Figure},
    machine::processor_seconds,
    report::thousands,
};

#[derive(Serialize)]
pub(super) struct Report {
    machine: String,
    scale: f64,
    phases: Vec<Phase>,
    /// What there was in the end, in the order of its making.
    #[serde(serialize_with = "as_object")]
    made: Vec<(String, usize)>,
    figures: Vec<Figure>,
    #[serde(skip)]
    meter: Meter,
    #[serde(skip)]
    pids: Vec<u32>,
}

#[derive(Serialize)]
struct Phase {
    phase: &'static str,
    seconds: f64,
    /// Of the server's, all its processes together.
    processor_seconds: f64,
    calls: Vec<Row>,
}

/// One kind of call in a phase.
#[derive(Serialize)]
struct Row {
    call: String,
    count: u64,
    per_s: f64,
    p50_ms: f64,
    p99_ms: f64,
    p999_ms: f64,
    refused: BTreeMap<String, u64>,
    failed: BTreeMap<String, u64>,
}

fn as_object<S: Serializer>(made: &[(String, usize)], to: S) -> Result<S::Ok, S::Error> {
    to.collect_map(made.iter().map(|(what, count)| (what, count)))
}

impl Report {
    /// `pids` are the server's processes.
    pub(super) fn new(machine: String, scale: f64, meter: Meter, pids: Vec<u32>) -> Self {
        let (phases, made, figures) = (Vec::new(), Vec::new(), Vec::new());
        Self { machine, scale, phases, made, figures, meter, pids }
    }

    pub(super) fn pids(&self) -> &[u32] {
        &self.pids
    }

    /// Does a part of the work and keeps what it took, also of one that fails.
    pub(super) async fn phase<T>(
        &mut self,
        phase: &'static str,
        work: impl Future<Output = Result<T>>,
    ) -> Result<T> {
        eprintln!("{phase}");
        self.meter.take();
        let worked = self.worked()?;
        let began = Instant::now();
        let done = work.await;
        let seconds = began.elapsed().as_secs_f64();
        // Of a server that is gone nobody knows it.
        let processor_seconds = self.worked().map_or(f64::NAN, |now| now - worked);
        let calls = rows(self.meter.take(), seconds);
        self.phases.push(Phase { phase, seconds, processor_seconds, calls });
        done
    }

    fn worked(&self) -> Result<f64> {
        self.pids.iter().map(|pid| processor_seconds(*pid)).sum()
    }

    pub(super) fn made(&mut self, what: &str, count: usize) {
        self.made.push((what.to_owned(), count));
    }

    pub(super) fn figure(&mut self, what: &str, measured: f64, unit: &'static str) {
        self.figures.push(Figure::new(what, measured, unit, None));
    }

    pub(super) fn print(&self, json: bool) -> Result<()> {
        let text = match json {
            true => serde_json::to_string_pretty(self)? + "\n",
            false => {
                let Self { machine, scale, made, .. } = self;
                let made = made.iter().map(|(what, n)| format!("{} {what}", thousands(*n as f64)));
                let made = made.collect::<Vec<_>>().join("; ");
                let (phases, figures) = (self.table(), figure::table(&self.figures));
                format!("{machine}; scale {scale}\n\n{made}\n\n{phases}\n{figures}\n")
            }
        };
        std::io::stdout().write_all(text.as_bytes())?;
        Ok(())
    }

    fn table(&self) -> Table {
        let mut table = Table::new();
        table.load_style(UTF8_HORIZONTAL_ONLY);
        table.set_header([
            "phase, and its calls",
            "count",
            "per second",
            "p50 ms",
            "p99 ms",
            "p99.9 ms",
            "refused and failed",
        ]);
        for phase in &self.phases {
            let (took, worked) = (phase.seconds, phase.processor_seconds);
            let took = format!("{took:.1} s, {worked:.1} s of the server's processors");
            table.add_row([phase.phase, "", "", "", "", "", &took]);
            for row in &phase.calls {
                table.add_row(row.cells());
            }
        }
        for column in 1..6 {
            if let Some(column) = table.column_mut(column) {
                column.set_cell_alignment(CellAlignment::Right);
            }
        }
        table
    }
}

impl Row {
    fn cells(&self) -> [String; 7] {
        let said = |what: &str, all: &BTreeMap<String, u64>| {
            let all = all.iter().map(|(why, n)| format!("{what}{} {why}", thousands(*n as f64)));
            all.collect::<Vec<_>>()
        };
        let said = [said("", &self.refused), said("FAILED ", &self.failed)].concat();
        [
            format!("  {}", self.call),
            thousands(self.count as f64),
            thousands(self.per_s),
            format!("{:.2}", self.p50_ms),
            format!("{:.2}", self.p99_ms),
            format!("{:.2}", self.p999_ms),
            said.join(", "),
        ]
    }
}

fn rows(calls: Calls, seconds: f64) -> Vec<Row> {
    let row = |(call, Tally { took, refused, failed }): (String, Tally)| {
        let ms = |q: f64| took.value_at_quantile(q) as f64 / 1e3;
        let (count, per_s) = (took.len(), took.len() as f64 / seconds);
        let (p50_ms, p99_ms, p999_ms) = (ms(0.5), ms(0.99), ms(0.999));
        Row { call, count, per_s, p50_ms, p99_ms, p999_ms, refused, failed }
    };
    calls.into_iter().map(row).collect()
}
