//! The dispatch engine's figures: a table for people, JSON and CSV for programs.

use std::{fmt::Write as _, path::Path};

use anyhow::Result;
use comfy_table::{CellAlignment, Table, presets::UTF8_HORIZONTAL_ONLY};
use serde::Serialize;

use crate::bench::peers::Peer;

/// How good a plan was at a moment of the search.
#[derive(Clone, Copy, Debug, Serialize)]
pub(super) struct Moment {
    pub(super) seconds: f64,
    pub(super) vehicles: usize,
    pub(super) cost: f64,
    pub(super) unserved: usize,
}

/// One instance.
#[derive(Clone, Debug, Serialize)]
pub(super) struct Row {
    pub(super) family: &'static str,
    pub(super) instance: String,
    pub(super) requests: usize,
    pub(super) reached: Moment,
    /// Best known; vehicles are none where they do not count.
    pub(super) best_vehicles: Option<usize>,
    pub(super) best_cost: Option<f64>,
    /// Each better plan on the way.
    #[serde(skip)]
    pub(super) way: Vec<Moment>,
    pub(super) peers: Vec<Peer>,
}

impl Row {
    /// By how much the cost is over the best known, as a share.
    pub(super) fn over(&self, cost: f64) -> Option<f64> {
        self.best_cost.map(|best| cost / best - 1.0)
    }
}

/// What a family, or something that is no instance, came to.
#[derive(Clone, Debug, Serialize)]
pub(super) struct Figure {
    pub(super) what: String,
    pub(super) measured: String,
    pub(super) wanted: &'static str,
    /// None where the peer it is measured by was not asked.
    pub(super) met: Option<bool>,
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

    pub(super) fn tables(&self) -> String {
        let mut table = Table::new();
        table.load_style(UTF8_HORIZONTAL_ONLY);
        table.set_header(["what", "measured", "wanted", ""]);
        for Figure { what, measured, wanted, met } in &self.figures {
            let mark = met.map_or("not asked", |met| if met { "✓" } else { "✗" });
            table.add_row([what.as_str(), measured, wanted, mark]);
        }
        format!("{}\n\n{table}\n", self.instances())
    }

    fn instances(&self) -> Table {
        let mut table = Table::new();
        table.load_style(UTF8_HORIZONTAL_ONLY);
        table.set_header([
            "instance",
            "requests",
            "vehicles",
            "best",
            "cost",
            "over best",
            "left out",
            "seconds",
            "peer",
            "vehicles",
            "cost",
            "over best",
            "seconds",
        ]);
        let percent = |over: Option<f64>| {
            over.map_or_else(String::new, |over| format!("{:.2} %", over * 100.0))
        };
        for row in &self.rows {
            let reached = row.reached;
            let mut cells = vec![
                row.instance.clone(),
                row.requests.to_string(),
                reached.vehicles.to_string(),
                row.best_vehicles.map_or_else(String::new, |best| best.to_string()),
                format!("{:.2}", reached.cost),
                percent(row.over(reached.cost)),
                reached.unserved.to_string(),
                format!("{:.1}", reached.seconds),
            ];
            if row.peers.is_empty() {
                table.add_row(cells);
                continue;
            }
            for peer in &row.peers {
                cells.extend([
                    peer.peer.clone(),
                    peer.vehicles.map_or_else(String::new, |vehicles| vehicles.to_string()),
                    format!("{:.2}", peer.cost),
                    percent(row.over(peer.cost)),
                    format!("{:.1}", peer.seconds),
                ]);
                table.add_row(std::mem::replace(&mut cells, vec![String::new(); 8]));
            }
        }
        for column in (1..8).chain(9..13) {
            if let Some(column) = table.column_mut(column) {
                column.set_cell_alignment(CellAlignment::Right);
            }
        }
        table
    }

    /// `dispatch.csv`, a line an instance; `dispatch-way.csv`, a line each better plan on the way.
    pub(super) fn write_csv(&self, dir: &Path) -> Result<()> {
        let mut instances = "family,instance,requests,vehicles,best_vehicles,cost,best_cost,\
                             unserved,seconds,peer,peer_vehicles,peer_cost,peer_seconds\n"
            .to_owned();
        let mut ways = "family,instance,seconds,vehicles,cost,unserved\n".to_owned();
        for row in &self.rows {
            let Row { family, instance, requests, reached, best_vehicles, best_cost, .. } = row;
            let Moment { seconds, vehicles, cost, unserved } = reached;
            let peer = row.peers.first();
            writeln!(
                instances,
                "{family},{instance},{requests},{vehicles},{},{cost},{},{unserved},{seconds},{},{},{},{}",
                or_empty(*best_vehicles),
                or_empty(*best_cost),
                or_empty(peer.map(|peer| &peer.peer)),
                or_empty(peer.and_then(|peer| peer.vehicles)),
                or_empty(peer.map(|peer| peer.cost)),
                or_empty(peer.map(|peer| peer.seconds)),
            )?;
            for Moment { seconds, vehicles, cost, unserved } in &row.way {
                writeln!(ways, "{family},{instance},{seconds},{vehicles},{cost},{unserved}")?;
            }
        }
        std::fs::write(dir.join("dispatch.csv"), instances)?;
        Ok(std::fs::write(dir.join("dispatch-way.csv"), ways)?)
    }
}

fn or_empty(value: Option<impl ToString>) -> String {
    value.map_or_else(String::new, |value| value.to_string())
}
