//! The assignment engine's figures as a table for people and as JSON for programs.

use anyhow::Result;
use comfy_table::{CellAlignment, Table, presets::UTF8_HORIZONTAL_ONLY};
use serde::Serialize;

use crate::bench::{peers::Peer, report::thousands};

/// One instance.
#[derive(Clone, Debug, Serialize)]
pub(super) struct Row {
    pub(super) instance: String,
    pub(super) cost: i64,
    pub(super) bound: i64,
    pub(super) seconds: f64,
    /// What it has to reach, in words.
    pub(super) wanted: &'static str,
    pub(super) met: bool,
    pub(super) peers: Vec<Peer>,
}

/// A figure that is no instance.
#[derive(Clone, Debug, Serialize)]
pub(super) struct Figure {
    pub(super) what: String,
    pub(super) measured: String,
    pub(super) wanted: &'static str,
    pub(super) met: bool,
}

/// Everything that was measured.
#[derive(Default, Serialize)]
pub(super) struct Report {
    pub(super) rows: Vec<Row>,
    pub(super) figures: Vec<Figure>,
}

impl Report {
    pub(super) fn json(&self) -> Result<String> {
        Ok(serde_json::to_string_pretty(self)? + "\n")
    }

    pub(super) fn table(&self) -> String {
        let parts =
            [(self.rows.is_empty(), self.instances()), (self.figures.is_empty(), self.rest())];
        parts.iter().filter(|part| !part.0).map(|part| format!("{}\n\n", part.1)).collect()
    }

    fn instances(&self) -> Table {
        let mut table = Table::new();
        table.load_style(UTF8_HORIZONTAL_ONLY);
        table.set_header([
            "instance",
            "cost",
            "bound",
            "seconds",
            "wanted",
            "",
            "peer",
            "its cost",
            "its seconds",
            "times ours",
        ]);
        for row in &self.rows {
            let mut cells = vec![
                row.instance.clone(),
                thousands(row.cost as f64),
                thousands(row.bound as f64),
                format!("{:.3}", row.seconds),
                row.wanted.to_owned(),
                mark(row.met),
            ];
            if row.peers.is_empty() {
                table.add_row(cells);
                continue;
            }
            for peer in &row.peers {
                cells.extend([
                    peer.peer.clone(),
                    thousands(peer.cost),
                    format!("{:.3}", peer.seconds),
                    format!("{:.2}", peer.seconds / row.seconds.max(1e-9)),
                ]);
                table.add_row(std::mem::replace(&mut cells, vec![String::new(); 6]));
            }
        }
        for column in [1, 2, 3, 7, 8, 9] {
            if let Some(column) = table.column_mut(column) {
                column.set_cell_alignment(CellAlignment::Right);
            }
        }
        table
    }

    fn rest(&self) -> Table {
        let mut table = Table::new();
        table.load_style(UTF8_HORIZONTAL_ONLY);
        table.set_header(["what", "measured", "wanted", ""]);
        for Figure { what, measured, wanted, met } in &self.figures {
            table.add_row([what, measured, *wanted, mark(*met).as_str()]);
        }
        table
    }
}

fn mark(met: bool) -> String {
    if met { "✓" } else { "✗" }.to_owned()
}
