//! The published instances: Li and Lim's, Cordeau's, Cordeau and Laporte's.

use std::{
    path::Path,
    sync::Mutex,
    time::{Duration, Instant},
};

use anyhow::{Context as _, Result, ensure};
use dugnad_budget::Clock;
use dugnad_dispatch::{
    Options, Progress,
    format::{self, Instance},
    oracle, solve,
};

use super::{
    Bench,
    report::{Figure, Moment, Report, Row},
};
use crate::bench::peers::Peer;

/// Instances of one kind, and what they have to reach.
struct Family {
    name: &'static str,
    dir: &'static str,
    /// Whether a file, by its name without ending, is one of them.
    holds: fn(&str) -> bool,
    seconds: u64,
    wanted: &'static str,
    /// Vehicles in sum, over the best known in sum; and cost.
    vehicles_over: usize,
    cost_over: f64,
}

const FAMILIES: &[Family] = &[
    Family {
        name: "li-lim-100",
        dir: "li-lim",
        holds: |name| !name.contains('_'),
        seconds: 10,
        wanted: "vehicles as best known, distance ≤ +0.3 %",
        vehicles_over: 0,
        cost_over: 0.003,
    },
    Family {
        name: "li-lim-200",
        dir: "li-lim",
        holds: |name| name.contains("_2_"),
        seconds: 60,
        wanted: "vehicles ≤ +3, distance ≤ +1.5 %",
        vehicles_over: 3,
        cost_over: 0.015,
    },
    Family {
        name: "li-lim-1000",
        dir: "li-lim",
        holds: |name| name.contains("_10_"),
        seconds: 60,
        wanted: "better than VROOM",
        vehicles_over: usize::MAX,
        cost_over: f64::INFINITY,
    },
    Family {
        name: "darp",
        dir: "darp",
        holds: |name| name.starts_with(['a', 'b']),
        seconds: 10,
        wanted: "all served, ≤ +0.5 % on average",
        vehicles_over: usize::MAX,
        cost_over: 0.005,
    },
    Family {
        name: "cordeau-laporte",
        dir: "darp",
        holds: |name| name.starts_with('R'),
        seconds: 60,
        wanted: "≤ +1.5 % on average",
        vehicles_over: usize::MAX,
        cost_over: 0.015,
    },
];

impl Bench<'_> {
    pub(super) fn families(&self, report: &mut Report) -> Result<()> {
        let reference = self.args.reference.join("dispatch");
        let Ok(known) = std::fs::read_to_string(reference.join("best-known.csv")) else {
            eprintln!("no {}: published instances are left out", reference.display());
            return Ok(());
        };
        for family in FAMILIES {
            let from = report.rows.len();
            for (name, path) in files(&reference.join(family.dir))? {
                if (family.holds)(&name) && (self.wants(family.name) || self.wants(&name)) {
                    report.rows.push(self.instance(family, &name, &path, &known)?);
                }
            }
            if report.rows.len() > from {
                report.figures.push(figure(family, &report.rows[from..]));
            }
        }
        Ok(())
    }

    fn instance(&self, family: &Family, name: &str, path: &Path, known: &str) -> Result<Row> {
        let limit = self.limit(family.seconds);
        eprintln!("{name}: {} s", limit.as_secs_f64());
        let text = std::fs::read_to_string(path)?;
        let kind = family.dir;
        let parse = if kind == "darp" { format::darp::parse } else { format::li_lim::parse };
        let instance = parse(&text).with_context(|| path.display().to_string())?;
        let (reached, way) = timed(&instance, self.args.seed, limit)?;
        let line = known.lines().find(|line| line.split(',').next() == Some(name));
        let field = |at: usize| line.and_then(|line| line.split(',').nth(at));
        let seconds = limit.as_secs_f64();
        let peers = self.peers.as_ref();
        let peers = peers.map(|peers| peers.ask("dispatch.py", kind, path, seconds)).transpose()?;
        Ok(Row {
            family: family.name,
            instance: name.to_owned(),
            requests: instance.problem.requests.len(),
            reached,
            best_vehicles: field(1).and_then(|vehicles| vehicles.parse().ok()),
            best_cost: field(2).and_then(|cost| cost.parse().ok()),
            way,
            peers: peers.unwrap_or_default(),
        })
    }
}

/// One solve on one thread, judged; and each better plan on the way.
pub(super) fn timed(
    instance: &Instance,
    seed: u64,
    limit: Duration,
) -> Result<(Moment, Vec<Moment>)> {
    let began = Instant::now();
    let way = Mutex::new(Vec::new());
    let moment = |now: Progress| Moment {
        seconds: began.elapsed().as_secs_f64(),
        vehicles: now.vehicles,
        cost: now.cost,
        unserved: now.unserved,
    };
    let heard = |now: Progress| {
        if let Ok(mut way) = way.lock() {
            way.push(moment(now));
        }
    };
    let options = Options { seed, ..Options::default() };
    let answer = solve(&instance.problem, &options, &Clock::lasting(limit), &heard);
    let reached = moment(answer.total);
    let verdict = oracle::check(&instance.problem, &answer.plan);
    let verdict = verdict.map_err(|faults| anyhow::anyhow!("not allowed: {faults:?}"))?;
    let off = (verdict.total.cost - answer.total.cost).abs();
    ensure!(off <= 1e-6 * reached.cost.max(1.0), "the cost is off by {off}");
    let mut way = way.into_inner().unwrap_or_default();
    way.push(reached);
    Ok((reached, way))
}

fn files(dir: &Path) -> Result<Vec<(String, std::path::PathBuf)>> {
    let mut files = Vec::new();
    for entry in std::fs::read_dir(dir).with_context(|| dir.display().to_string())? {
        let path = entry?.path();
        let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
        if let Some(name) = name.strip_suffix(".txt") {
            files.push((name.to_owned(), path));
        }
    }
    files.sort();
    Ok(files)
}

fn figure(family: &Family, rows: &[Row]) -> Figure {
    let unserved: usize = rows.iter().map(|row| row.reached.unserved).sum();
    let vehicles: usize = rows.iter().map(|row| row.reached.vehicles).sum();
    let best: usize = rows.iter().filter_map(|row| row.best_vehicles).sum();
    let cost: f64 = rows.iter().map(|row| row.reached.cost).sum();
    let best_cost: f64 = rows.iter().filter_map(|row| row.best_cost).sum();
    let overs = rows.iter().filter_map(|row| row.over(row.reached.cost));
    let mean = overs.sum::<f64>() / rows.len() as f64;
    let more =
        rows.iter().filter(|row| row.best_vehicles.is_some_and(|b| row.reached.vehicles > b));
    let counts_vehicles = best > 0;
    let mut measured = if counts_vehicles {
        format!(
            "{vehicles} vehicles (best known {best}; more on {}), distance {:+.2} %",
            more.count(),
            (cost / best_cost - 1.0) * 100.0
        )
    } else {
        format!("{:+.2} % on average, {unserved} left out", mean * 100.0)
    };
    measured += &beside_peers(rows);
    let over = if counts_vehicles { cost / best_cost - 1.0 } else { mean };
    let met = if family.name == "li-lim-1000" {
        rows.iter().try_fold(true, |all, row| Some(is_better(row)? && all))
    } else {
        let few = vehicles <= best.saturating_add(family.vehicles_over);
        Some(unserved == 0 && few && over <= family.cost_over)
    };
    let what = format!("{}: {} instances", family.name, rows.len());
    Figure { what, measured, wanted: family.wanted, met }
}

/// How many of the instances came out better than each peer's.
fn beside_peers(rows: &[Row]) -> String {
    let asked = rows.iter().filter_map(is_better);
    let (better, all) =
        asked.fold((0, 0), |(better, all), is_better| (better + usize::from(is_better), all + 1));
    if all == 0 { String::new() } else { format!("; no worse than the peer on {better} of {all}") }
}

/// No more left out, no more vehicles, and then no more cost than any peer; none where none was asked.
pub(super) fn is_better(row: &Row) -> Option<bool> {
    let ours = row.reached;
    let is_beaten = |peer: &Peer| {
        let fewer = row.best_vehicles.is_some() || row.family == "growth";
        let key = |vehicles: usize, cost: f64| (if fewer { vehicles } else { 0 }, cost - 1e-6);
        let (left_out, cost) = (peer.peer.contains("left out"), peer.cost);
        ours.unserved == 0
            && (left_out
                || key(ours.vehicles, ours.cost - 1e-4)
                    <= key(peer.vehicles.unwrap_or_default(), cost))
    };
    (!row.peers.is_empty()).then(|| row.peers.iter().all(is_beaten))
}
