//! `dugnad bench assign`: the assignment engine beside what it must reach and beside its peers.

mod changes;
mod drawn;
mod figures;
mod file;
mod instances;
mod pool;
mod report;

use std::{
    io::Write as _,
    path::{Path, PathBuf},
    time::{Duration, Instant},
};

use anyhow::{Context as _, Result, ensure};
use dugnad_assign::{Answer, Options, Problem, check, dense, format, solve};
use dugnad_budget::Clock;

pub(super) use self::instances::number;
use self::{
    instances::{Dense, Roster, SEED},
    report::{Report, Row},
};
use super::{
    machine::Machine,
    peers::{Peer, Peers},
};

#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Where the reference instances lie: `gap/` and `optima.csv` are read, the rest is made here.
    #[arg(long, value_name = "DIR", default_value = "../shared/reference/matching")]
    reference: PathBuf,
    /// Only what contains this, such as SP or gap.
    #[arg(long, value_name = "NAME")]
    only: Option<String>,
    /// The seed of the instances that are made here.
    #[arg(long, value_name = "N", default_value_t = SEED)]
    seed: u64,
    /// Prints JSON and nothing else.
    #[arg(long)]
    json: bool,
}

pub(super) fn run(args: &Args) -> Result<()> {
    let dir = tempfile::tempdir()?;
    eprintln!("{}", Machine::measure(dir.path())?.line());
    let bench = Bench { args, dir: dir.path(), peers: Peers::find() };
    let mut report = Report::default();
    bench.matrices(&mut report)?;
    bench.rosters(&mut report)?;
    bench.generalised(&mut report)?;
    for (name, measure) in figures::ALL {
        if bench.wanted(name) {
            report.figures.extend(measure(args.seed)?);
        }
    }
    let text = if args.json { report.json()? } else { report.table() };
    Ok(std::io::stdout().write_all(text.as_bytes())?)
}

struct Bench<'a> {
    args: &'a Args,
    dir: &'a Path,
    peers: Option<Peers>,
}

impl Bench<'_> {
    fn wanted(&self, name: &str) -> bool {
        let wanted = self.args.only.as_ref().is_none_or(|only| name.contains(only.as_str()));
        if wanted {
            eprintln!("{name}");
        }
        wanted
    }

    fn ask(
        &self,
        kind: &str,
        seconds: f64,
        write: impl FnOnce(&Path) -> Result<()>,
    ) -> Result<Vec<Peer>> {
        let Some(peers) = &self.peers else { return Ok(Vec::new()) };
        let path = self.dir.join("instance");
        write(&path)?;
        peers.ask("assign.py", kind, &path, seconds)
    }

    /// Full matrices: the best of three runs, beside single runs of the peers.
    fn matrices(&self, report: &mut Report) -> Result<()> {
        let kinds = [
            ("dense U3-5000", Dense::Uniform(1_000), 1.0, "optimal, ≤ lapjv"),
            ("dense U6-5000", Dense::Uniform(1_000_000), 1.0, "optimal, ≤ lapjv"),
            ("dense GEO-5000", Dense::Euclidean, 3.0, "optimal, ≤ ⅓ lapjv"),
        ];
        for (name, kind, faster, wanted) in kinds {
            if !self.wanted(name) {
                continue;
            }
            let n = 5_000;
            let costs = instances::dense(kind, n, self.args.seed);
            let peers = self.ask("matrix", 0.0, |path| file::matrix(path, n, &costs))?;
            let matrix = dense::Matrix::new(n, n, costs)?;
            let (mut cost, mut seconds) = (0, f64::INFINITY);
            for _ in 0..3 {
                let began = Instant::now();
                cost = dense::solve(&matrix).cost;
                seconds = seconds.min(began.elapsed().as_secs_f64());
            }
            let lapjv = peers.iter().find(|peer| peer.peer == "lapjv");
            let met = lapjv
                .is_some_and(|peer| cost as f64 == peer.cost && seconds * faster <= peer.seconds);
            let (instance, bound) = (name.to_owned(), cost);
            report.rows.push(Row { instance, cost, bound, seconds, wanted, met, peers });
        }
        Ok(())
    }

    fn rosters(&self, report: &mut Report) -> Result<()> {
        let rosters = [
            ("SP", Roster::Plenty, "flow", 10.0, "optimal, ≤ 0.1 s with build"),
            ("SPC", Roster::Contended, "flow", 10.0, "optimal, ≤ 0.2 s with build"),
            ("CF in 0.1 s", Roster::Conflicts, "", 0.1, "≤ +1 %"),
            ("CF in 2 s", Roster::Conflicts, "roster", 2.0, "≤ +0.2 %, gap ≤ 1 %"),
        ];
        for (name, kind, peers, limit, wanted) in rosters {
            if !self.wanted(name) {
                continue;
            }
            let made = instances::sparse(kind, self.args.seed);
            let began = Instant::now();
            let problem = Problem::new(made.needs, made.people, made.edges)?;
            let (answer, seconds) = timed(&problem, limit, began)?;
            let peers = match peers {
                "" => Vec::new(),
                kind => self.ask(kind, 60.0, |path| file::roster(path, &problem))?,
            };
            let best = peers.iter().map(|peer| peer.cost).fold(f64::INFINITY, f64::min);
            let best = if best.is_finite() { best } else { answer.bound as f64 };
            let over = answer.cost as f64 / best - 1.0;
            let met = match name {
                "SP" => answer.is_proved() && seconds <= 0.1,
                "SPC" => answer.is_proved() && seconds <= 0.2,
                "CF in 0.1 s" => over <= 0.01,
                _ => over <= 0.002 && answer.gap() <= 0.01,
            };
            report.rows.push(row(name.to_owned(), &answer, seconds, wanted, met, peers));
        }
        Ok(())
    }

    /// OR-Library's small ones as one row, then Chu and Beasley's.
    fn generalised(&self, report: &mut Report) -> Result<()> {
        let dir = self.args.reference.join("gap");
        if !dir.exists() {
            eprintln!("no {}: generalised assignment is left out", dir.display());
            return Ok(());
        }
        let mut files: Vec<_> = std::fs::read_dir(&dir)?
            .map(|entry| Ok(entry?.file_name().to_string_lossy().into_owned()))
            .collect::<Result<_>>()?;
        files.sort();
        let known = std::fs::read_to_string(self.args.reference.join("optima.csv"))?;
        for name in files.into_iter().filter(|name| self.wanted(name)) {
            let text = std::fs::read_to_string(dir.join(&name))?;
            for named in format::orlib_gap(&text)? {
                self.gap(report, &name, named, &known)?;
            }
        }
        Ok(())
    }

    fn gap(
        &self,
        report: &mut Report,
        name: &str,
        named: format::Named,
        known: &str,
    ) -> Result<()> {
        // optima.csv: file, sense, agents, jobs, optimum, best bound, best value, source.
        let line = known.lines().find(|line| {
            line.split(',').next().is_some_and(|file| file.rsplit('/').next() == Some(name))
        });
        let field = |at: usize| line.and_then(|line| line.split(',').nth(at)?.parse::<f64>().ok());
        let best = field(4).or_else(|| field(5)).context("no best known value")?;
        let (limit, over, wanted) = match name {
            "d10100" => (10.0, 0.002, "≤ +0.2 % in 10 s"),
            "d20200" => (10.0, 0.004, "≤ +0.4 % in 10 s"),
            _ if name.starts_with("gap") => (0.3, 0.0, "optimal, ≤ 0.3 s"),
            _ => (10.0, f64::INFINITY, ""),
        };
        let began = Instant::now();
        let (problem, ..) = named.build()?;
        let (answer, seconds) = timed(&problem, limit, began)?;
        let met = answer.cost as f64 <= best * (1.0 + over) && seconds <= limit * 1.1;
        let peers = self.ask("gap", limit.max(1.0), |path| file::roster(path, &problem))?;
        report.rows.push(row(name.to_owned(), &answer, seconds, wanted, met, peers));
        Ok(())
    }
}

/// One judged solve on one thread; seconds from `began`, the build included.
fn timed(problem: &Problem, limit: f64, began: Instant) -> Result<(Answer, f64)> {
    let budget = Clock::lasting(Duration::from_secs_f64(limit));
    let answer = solve(problem, &Options::default(), &budget, &|_| ());
    let seconds = began.elapsed().as_secs_f64();
    let judged = check(problem, &answer.pairs)?;
    ensure!(judged.cost == answer.cost && answer.bound <= answer.cost, "a wrong answer");
    Ok((answer, seconds))
}

fn row(
    instance: String,
    answer: &Answer,
    seconds: f64,
    wanted: &'static str,
    met: bool,
    peers: Vec<Peer>,
) -> Row {
    Row { instance, cost: answer.cost, bound: answer.bound, seconds, wanted, met, peers }
}
