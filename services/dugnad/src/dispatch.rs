//! `dugnad dispatch`: who drives whom, from a file; and is a plan allowed.

use std::{
    io::Write as _,
    path::{Path, PathBuf},
    time::Instant,
};

use anyhow::{Context as _, Result, bail};
use clap::{Subcommand, ValueEnum};
use dugnad_dispatch::{
    Answer, Fault, Matrix, Objective, Options, Plan, Problem, Progress, RequestIx,
    format::{self, Instance, json},
    oracle::{self, Names as _},
    planner, solve,
};
use dugnad_roads::{Place, Roads, RoadsError, TravelTimes as _};

use crate::solving::{Solving, bar, read_text};

#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Plans who drives whom, and says why somebody is left out.
    #[command(after_help = EXAMPLES)]
    Solve(Solve),
    /// Holds a plan against every limit of its problem, and says what it breaks.
    #[command(after_help = EXAMPLES)]
    Check(Check),
}

const EXAMPLES: &str = r#"The JSON form, times in seconds (crates/dispatch/README.md has all of it):
  {"places":   [{"id": "home", "at": [10.79, 59.93]}, {"id": "hall", "at": [10.74, 59.94]}],
   "vehicles": [{"id": "car", "start": "hall", "shift": [28800, 57600], "seats": [{"seat": 4}]}],
   "requests": [{"id": "kari", "max_ride": 2700,
                 "pickup": {"place": "home", "service": 120},
                 "dropoff": {"place": "hall", "window": [32400, 34200]}}]}

The answer is a schedule with times, loads and reasons; for the benchmarks it is a line for each
vehicle with the numbers of its nodes, the depot left out:
  Route 1 : 3 75 5

Examples:
  dugnad dispatch solve today.json --roads norway.osm.pbf --time 30s --out plan.json
  dugnad dispatch check today.json plan.json
  dugnad dispatch solve lr109.txt --format li-lim --time 10s --out lr109.sol"#;

#[derive(Debug, clap::Args)]
struct Given {
    /// How the files are written.
    #[arg(long, value_enum, default_value_t = Format::Json)]
    format: Format,
    /// A map extract whose roads the vehicles drive; without one, a JSON problem that has
    /// coordinates and no matrix goes as the crow flies.
    #[arg(long, value_name = "FILE.osm.pbf")]
    roads: Option<PathBuf>,
}

#[derive(Debug, clap::Args)]
struct Solve {
    /// The problem; `-` is standard input.
    file: PathBuf,
    #[command(flatten)]
    given: Given,
    #[command(flatten)]
    solving: Solving,
}

#[derive(Debug, clap::Args)]
struct Check {
    /// The problem.
    problem: PathBuf,
    /// What `dugnad dispatch solve` wrote, or what another solver did in the same form.
    solution: PathBuf,
    #[command(flatten)]
    given: Given,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Format {
    /// Places, vehicles and requests; see below.
    Json,
    /// Li and Lim's pickup and delivery with time windows: fewest vehicles, then distance.
    LiLim,
    /// Cordeau's dial-a-ride, and Cordeau and Laporte's: shortest distance.
    Darp,
}

/// A problem with what its file calls things.
enum Named {
    Json(json::Document),
    Benchmark(Instance),
}

impl Named {
    fn problem(&self) -> &Problem {
        match self {
            Self::Json(document) => &document.problem,
            Self::Benchmark(instance) => &instance.problem,
        }
    }

    fn in_words(&self, fault: &Fault) -> String {
        match self {
            Self::Json(document) => fault.in_words(&document.ids),
            Self::Benchmark(_) => fault.to_string(),
        }
    }
}

impl Given {
    fn read(&self, path: &Path) -> Result<Named> {
        let text = read_text(path)?;
        let named = match (self.format, &self.roads) {
            (Format::Json, None) => json::parse(&text).map(Named::Json),
            (Format::Json, Some(map)) => {
                let roads = read_roads(map)?;
                json::parse_with(&text, &|points| ways(&roads, points)).map(Named::Json)
            }
            (_, Some(_)) => {
                bail!("--roads is for the JSON form: the benchmarks' ways are straight")
            }
            (Format::LiLim, None) => format::li_lim::parse(&text).map(Named::Benchmark),
            (Format::Darp, None) => format::darp::parse(&text).map(Named::Benchmark),
        };
        named.with_context(|| path.display().to_string())
    }
}

fn read_roads(path: &Path) -> Result<Roads> {
    let of = || path.display().to_string();
    let began = Instant::now();
    let file = std::fs::File::open(path).with_context(of)?;
    let roads = Roads::from_pbf(std::io::BufReader::new(file)).with_context(of)?;
    let counts = roads.counts();
    eprintln!(
        "{}: {} junctions, {} pieces of road, {} turn restrictions · {:.2} s",
        path.display(),
        counts.junctions,
        counts.edges,
        counts.restrictions,
        began.elapsed().as_secs_f64()
    );
    Ok(roads)
}

fn ways(roads: &Roads, points: &[[f64; 2]]) -> Result<Matrix, json::NoWays> {
    let places: Vec<_> = points.iter().map(|&[lon, lat]| Place { lon, lat }).collect();
    let matrix = roads
        .matrix(&places)
        .map_err(|error| json::NoWays { point: place_of(&error), problem: error.to_string() })?;
    let number = |&cell: &u32| match cell {
        dugnad_roads::Matrix::UNREACHABLE => f64::INFINITY,
        cell => f64::from(cell),
    };
    Ok(Matrix {
        places: places.len(),
        seconds: matrix.seconds.iter().map(number).collect(),
        metres: matrix.metres.iter().map(number).collect(),
    })
}

/// Which of the places asked about is wrong.
fn place_of(error: &RoadsError) -> usize {
    match *error {
        RoadsError::NotAPlace { index, .. } | RoadsError::FarFromRoads { index, .. } => index,
        _ => 0,
    }
}

pub(crate) async fn run(args: Args) -> Result<()> {
    match args.command {
        Command::Solve(args) => run_solve(args).await,
        Command::Check(args) => run_check(&args),
    }
}

async fn run_solve(args: Solve) -> Result<()> {
    let named = args.given.read(&args.file)?;
    let bar = bar();
    let shown = bar.clone();
    let progress = move |now: Progress| shown.set_message(line(&now));
    let options =
        Options { seed: args.solving.seed, threads: args.solving.threads, ..Options::default() };
    let solved = args.solving.run(move |budget| {
        let began = Instant::now();
        let answer = solve(named.problem(), &options, budget, &progress);
        (named, answer, began.elapsed().as_secs_f64())
    });
    let (named, answer, seconds) = solved.await?;
    bar.finish_and_clear();
    judge(&named, &answer.plan).context("the answer breaks a limit: a defect")?;
    let reasons = reasons(&named, &answer);
    let text = match &named {
        Named::Benchmark(instance) => instance.write_routes(&answer.plan),
        Named::Json(document) => document
            .write_schedule(&answer.plan, &reasons)
            .map_err(|faults| anyhow::anyhow!("{faults:?}"))?,
    };
    eprintln!("{} · {seconds:.2} s", line(&answer.total));
    args.solving.write(&text)
}

/// Why each request that is left out is: what stands in the way on each vehicle.
fn reasons(named: &Named, answer: &Answer) -> Vec<(RequestIx, String)> {
    let Named::Json(document) = named else { return Vec::new() };
    let reason = |&request: &RequestIx| {
        let obstacles = planner::why_unserved(named.problem(), &answer.plan, request);
        let each = obstacles.iter().map(|obstacle| {
            let reasons: Vec<_> = obstacle.reasons.iter().map(ToString::to_string).collect();
            format!("{}: {}", document.ids.vehicle(obstacle.vehicle), reasons.join(" and "))
        });
        (request, each.collect::<Vec<_>>().join("; "))
    };
    answer.unserved.iter().map(reason).collect()
}

/// No plan leaves unjudged.
fn judge(named: &Named, plan: &Plan) -> Result<oracle::Verdict> {
    oracle::check(named.problem(), plan).map_err(|faults| broken(named, &faults))
}

fn broken(named: &Named, faults: &[Fault]) -> anyhow::Error {
    let lines: Vec<_> = faults.iter().map(|fault| named.in_words(fault)).collect();
    anyhow::anyhow!("the plan breaks a limit:\n  {}", lines.join("\n  "))
}

fn run_check(args: &Check) -> Result<()> {
    let named = args.given.read(&args.problem)?;
    let text = read_text(&args.solution)?;
    let of = || args.solution.display().to_string();
    let verdict = match &named {
        Named::Json(document) => {
            let (plan, times) = document.read_schedule(&text).with_context(of)?;
            oracle::check_times(named.problem(), &plan, &times)
                .map_err(|faults| broken(&named, &faults))?
        }
        Named::Benchmark(instance) => {
            judge(&named, &instance.read_routes(&text).with_context(of)?)?
        }
    };
    let missed = match named.problem().objective {
        Objective::Weighted(_) if verdict.price > 0.0 => {
            format!(", and {:.2} for those left out", verdict.price)
        }
        _ => String::new(),
    };
    writeln!(std::io::stdout(), "every limit is kept: {}{missed}", line(&verdict.total))?;
    Ok(())
}

fn line(now: &Progress) -> String {
    let Progress { vehicles, cost, unserved } = *now;
    let plural = if vehicles == 1 { "vehicle" } else { "vehicles" };
    format!("{vehicles} {plural} · cost {cost:.4} · {unserved} unserved")
}
