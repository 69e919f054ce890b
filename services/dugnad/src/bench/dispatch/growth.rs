//! How the cost grows with the number of requests, at equal time, beside VROOM.
//!
//! Requests in a square of 60 minutes' ride, spread over a day; a vehicle for each ten of them, so
//! that vehicles are scarce enough to matter. Written in Li and Lim's form, which the peer reads.

use std::{fmt::Write as _, path::Path};

use anyhow::Result;
use dugnad_dispatch::format;

use super::{
    Bench,
    families::{is_better, timed},
    report::{Figure, Report, Row},
};
use crate::bench::assign::number;

const SIZES: [usize; 5] = [50, 100, 250, 500, 1000];
const SECONDS: u64 = 60;

impl Bench<'_> {
    pub(super) fn growth(&self, report: &mut Report, dir: &Path) -> Result<()> {
        if !self.wants("growth") {
            return Ok(());
        }
        let from = report.rows.len();
        for n in SIZES {
            let limit = self.limit(SECONDS);
            eprintln!("{n} requests, {} vehicles: {} s", n / 10, limit.as_secs_f64());
            let text = instance(n, self.args.seed)?;
            let (reached, way) = timed(&format::li_lim::parse(&text)?, self.args.seed, limit)?;
            let path = dir.join("growth.txt");
            std::fs::write(&path, text)?;
            let seconds = limit.as_secs_f64();
            let peers = self.peers.as_ref();
            let peers = peers
                .map(|peers| peers.ask("dispatch.py", "li-lim", &path, seconds))
                .transpose()?;
            report.rows.push(Row {
                family: "growth",
                instance: format!("growth-{n}"),
                requests: n,
                reached,
                best_vehicles: None,
                best_cost: None,
                way,
                peers: peers.unwrap_or_default(),
            });
        }
        let Some(largest) = report.rows[from..].last() else { return Ok(()) };
        let ours = largest.reached;
        report.figures.push(Figure {
            what: format!("{} requests, {} s", largest.requests, ours.seconds.round()),
            measured: format!(
                "{} vehicles, distance {:.0}{}",
                ours.vehicles,
                ours.cost,
                largest.peers.iter().fold(String::new(), |said, peer| {
                    let vehicles = peer.vehicles.unwrap_or_default();
                    said + &format!("; {}: {vehicles}, {:.0}", peer.peer, peer.cost)
                })
            ),
            wanted: "better than VROOM at equal time",
            met: is_better(largest),
        });
        Ok(())
    }
}

fn instance(n: usize, seed: u64) -> Result<String> {
    let mut text = format!("{}\t4\t1\n0\t30\t30\t0\t0\t1440\t0\t0\t0\n", n / 10);
    for i in 0..n as u64 {
        let draw = |k: u64, most: u64| number(8 * i + k, seed + n as u64) % most;
        let [ax, ay, bx, by] = [0, 1, 2, 3].map(|k| draw(k, 61));
        let ride = (((ax.abs_diff(bx).pow(2) + ay.abs_diff(by).pow(2)) as f64).sqrt()) as u64 + 1;
        // Both ends can be reached from the depot and left for it within the day.
        let earliest = 45 + draw(4, 1440 - 330);
        let (latest, arrive) = (earliest + 60, earliest + 60 + ride + 60);
        let load = 1 + draw(5, 2);
        let (pickup, dropoff) = (2 * i + 1, 2 * i + 2);
        writeln!(
            text,
            "{pickup}\t{ax}\t{ay}\t{load}\t{earliest}\t{latest}\t3\t0\t{dropoff}\n\
             {dropoff}\t{bx}\t{by}\t-{load}\t{earliest}\t{arrive}\t3\t{pickup}\t0"
        )?;
    }
    Ok(text)
}
