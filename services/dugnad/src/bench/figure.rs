//! One figure and what it has to reach: as a row of a table, and as JSON.

use std::{io::Write as _, time::Duration};

use anyhow::Result;
use comfy_table::{Table, presets::UTF8_HORIZONTAL_ONLY};
use serde::Serialize;

use super::report::thousands;

/// What was measured, and what it has to reach.
#[derive(Debug, Serialize)]
pub(super) struct Figure {
    what: String,
    measured: f64,
    unit: &'static str,
    /// Less than this; none: only told, or `at_least`.
    wanted: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    at_least: Option<f64>,
    met: Option<bool>,
}

impl Figure {
    pub(super) fn new(
        what: impl Into<String>,
        measured: f64,
        unit: &'static str,
        wanted: Option<f64>,
    ) -> Self {
        let met = wanted.map(|wanted| measured < wanted);
        Self { what: what.into(), measured, unit, wanted, at_least: None, met }
    }

    /// What must be this or more.
    pub(super) fn at_least(
        what: impl Into<String>,
        measured: f64,
        unit: &'static str,
        least: f64,
    ) -> Self {
        let (at_least, met) = (Some(least), Some(measured >= least));
        Self { at_least, met, ..Self::new(what, measured, unit, None) }
    }
}

/// A table for people, or one JSON array and nothing else.
pub(super) fn print(figures: &[Figure], json: bool) -> Result<()> {
    let text = match json {
        true => serde_json::to_string_pretty(figures)? + "\n",
        false => format!("{}\n", table(figures)),
    };
    std::io::stdout().write_all(text.as_bytes())?;
    Ok(())
}

pub(super) fn table(figures: &[Figure]) -> Table {
    let mut table = Table::new();
    table.load_style(UTF8_HORIZONTAL_ONLY);
    table.set_header(["what", "measured", "wanted", ""]);
    for Figure { what, measured, unit, wanted, at_least, met } in figures {
        let number = |number: f64| match number {
            1000.0.. => thousands(number),
            10.0.. => format!("{number:.1}"),
            0.1.. => format!("{number:.2}"),
            _ => format!("{number:.4}"),
        };
        let less = wanted.map(|wanted| format!("< {wanted} {unit}"));
        let least = at_least.map(|least| format!("≥ {least} {unit}"));
        let met = met.map_or("", |met| if met { "✓" } else { "✗" });
        let measured = format!("{} {unit}", number(*measured));
        table.add_row([what.clone(), measured, less.or(least).unwrap_or_default(), met.to_owned()]);
    }
    table
}

/// The middle and the 99th of a hundred, in milliseconds.
pub(super) fn percentiles(mut took: Vec<Duration>) -> (f64, f64) {
    took.sort_unstable();
    let at = |share: usize| took.get(took.len() * share / 100).map_or(0.0, Duration::as_secs_f64);
    (at(50) * 1e3, at(99) * 1e3)
}
