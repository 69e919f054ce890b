//! The figures as a table for people and as JSON for programs.

use anyhow::Result;
use comfy_table::{CellAlignment, Table, presets::UTF8_HORIZONTAL_ONLY};
use hdrhistogram::Histogram;
use serde::Serialize;

/// One measurement.
#[derive(Clone)]
pub(super) struct Measured {
    pub(super) per_s: f64,
    /// Of one call (or one message of a stream), in microseconds.
    pub(super) latency: Histogram<u64>,
}

/// One line of the report: the median of its measurements, with the spread beside it.
#[derive(Clone, Serialize)]
pub(super) struct Row {
    pub(super) journal: &'static str,
    pub(super) call: &'static str,
    pub(super) callers: usize,
    per_s: f64,
    per_s_min: f64,
    per_s_max: f64,
    p50_ms: f64,
    p99_ms: f64,
    p999_ms: f64,
    /// Share of the health check measured right before, by pair.
    #[serde(skip_serializing_if = "Option::is_none")]
    of_ceiling: Option<Spread>,
}

#[derive(Clone, Copy, Serialize)]
struct Spread {
    median: f64,
    min: f64,
    max: f64,
}

fn spread(values: impl Iterator<Item = f64>) -> Spread {
    let mut values: Vec<_> = values.collect();
    values.sort_by(f64::total_cmp);
    let last = values.len().saturating_sub(1);
    let at = |n: usize| values.get(n).copied().unwrap_or(f64::NAN);
    Spread { median: at(values.len() / 2), min: at(0), max: at(last) }
}

impl Row {
    pub(super) fn new(
        journal: &'static str,
        call: &'static str,
        callers: usize,
        runs: &[Measured],
        ceilings: &[Measured],
    ) -> Self {
        let mut latency = Histogram::new(3).expect("three digits are allowed");
        for run in runs {
            latency.add(&run.latency).expect("the same bounds");
        }
        let ms = |q: f64| (latency.value_at_quantile(q) as f64 / 1e3 * 1e3).round() / 1e3;
        let per_s = spread(runs.iter().map(|run| run.per_s.round()));
        let ratios = runs.iter().zip(ceilings).map(|(run, top)| run.per_s / top.per_s);
        let of_ceiling = (!ceilings.is_empty()).then(|| spread(ratios));
        Self {
            journal,
            call,
            callers,
            per_s: per_s.median,
            per_s_min: per_s.min,
            per_s_max: per_s.max,
            p50_ms: ms(0.5),
            p99_ms: ms(0.99),
            p999_ms: ms(0.999),
            of_ceiling,
        }
    }
}

/// JSON: one array of rows, and nothing else.
pub(super) fn json(rows: &[Row]) -> Result<String> {
    Ok(serde_json::to_string_pretty(rows)? + "\n")
}

/// A table a person wants to read.
pub(super) fn table(rows: &[Row]) -> String {
    let mut table = Table::new();
    table.load_style(UTF8_HORIZONTAL_ONLY);
    table.set_header([
        "journal",
        "call",
        "callers",
        "per second",
        "(min – max)",
        "p50 ms",
        "p99 ms",
        "p99.9 ms",
        "of the ceiling",
    ]);
    for row in rows {
        table.add_row([
            row.journal.to_owned(),
            row.call.to_owned(),
            row.callers.to_string(),
            thousands(row.per_s),
            format!("{} – {}", thousands(row.per_s_min), thousands(row.per_s_max)),
            format!("{:.2}", row.p50_ms),
            format!("{:.2}", row.p99_ms),
            format!("{:.2}", row.p999_ms),
            row.of_ceiling.map_or_else(String::new, |share| {
                format!("{:.2} ({:.2} – {:.2})", share.median, share.min, share.max)
            }),
        ]);
    }
    for column in 2..9 {
        if let Some(column) = table.column_mut(column) {
            column.set_cell_alignment(CellAlignment::Right);
        }
    }
    format!("{table}\n")
}

/// `12 345 678`, as Norwegians write it.
pub(crate) fn thousands(number: f64) -> String {
    let digits = format!("{number:.0}");
    let groups: Vec<_> = digits.as_bytes().rchunks(3).rev().map(String::from_utf8_lossy).collect();
    groups.join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thousands_are_set_apart() {
        assert_eq!(thousands(1_234_567.4), "1 234 567");
        assert_eq!(thousands(999.0), "999");
    }

    #[test]
    fn a_row_is_the_median_of_its_runs_and_the_shares_go_by_pair() {
        let run = |per_s| Measured { per_s, latency: Histogram::new(3).unwrap() };

        let row = Row::new(
            "sqlite",
            "book",
            128,
            &[run(10.0), run(30.0), run(20.0)],
            &[run(20.0), run(40.0), run(50.0)],
        );

        assert_eq!((row.per_s, row.per_s_min, row.per_s_max), (20.0, 10.0, 30.0));
        let share = row.of_ceiling.unwrap();
        assert_eq!((share.median, share.min, share.max), (0.5, 0.4, 0.75));
    }
}
