//! `dugnad assign`: who helps whom, from a file, for anyone who has needs and people.

use std::{path::PathBuf, time::Instant};

use anyhow::{Context as _, Result, ensure};
use clap::{Subcommand, ValueEnum};
use dugnad_assign::{Answer, Options, Problem, Progress, check, dense, format, solve};
use serde::Serialize;

use crate::{
    bench::thousands,
    solving::{Solving, bar, read, read_text},
};

#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Assigns people to needs at the least cost, and says how far from the best it can be.
    #[command(after_help = EXAMPLES)]
    Solve(Solve),
}

const EXAMPLES: &str = r#"The JSON form:
  {"needs":  [{"id": "n1", "heads": 1, "window": [480, 540], "load": 60}],
   "people": [{"id": "p1", "capacity": 2, "max_load": 240}],
   "edges":  [["n1", "p1", 37]],
   "open_cost": 10000}

A window is minutes, its end left out; nobody takes two that overlap. Optional are, of a need, window,
load, open_cost and place; of a person max_load, pinned (needs that are theirs already) and round (0
goes first); of an edge a fourth number, its load; besides travel
  {"places": ["a", "b"], "minutes": [[0, 5], [5, 0]]}
and fairness, an extra cost on the first, second, ... need (or begun `every` minutes) of one person:
  {"per": "need", "steps": [0, 10, 30]}  or  {"per": "load", "every": 60, "steps": [0, 10]}

The answer:
  {"cost": 37, "bound": 37, "open_places": 0, "assignments": [["n1", "p1"]], "seconds": 0.0001}
No answer costs less than the bound; seconds are those of the solve, without reading.

Examples:
  dugnad assign solve week.json --time 2s --out plan.json
  dugnad assign solve gap1.txt --format orlib-gap"#;

#[derive(Debug, clap::Args)]
struct Solve {
    /// The problem; `-` is standard input.
    file: PathBuf,
    /// How the file is written.
    #[arg(long, value_enum, default_value_t = Format::Json)]
    format: Format,
    #[command(flatten)]
    solving: Solving,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Format {
    /// Needs, people and edges; see below.
    Json,
    /// OR-Library's linear assignment: n, then n × n costs. Rows are needs, columns people.
    OrlibAssign,
    /// OR-Library's generalised assignment, read as minimisation. Jobs are needs, agents people.
    OrlibGap,
}

/// What is written out.
#[derive(Serialize)]
struct Written {
    cost: i64,
    bound: i64,
    open_places: u64,
    assignments: Vec<(String, String)>,
    seconds: f64,
}

pub(crate) async fn run(args: Args) -> Result<()> {
    let Command::Solve(args) = args.command;
    let answers = match args.format {
        Format::Json => {
            let named = format::json(&read(&args.file)?).with_context(|| of(&args))?;
            vec![roster(named, &args).await?]
        }
        Format::OrlibAssign => vec![matrix(&args).await?],
        Format::OrlibGap => {
            let problems = format::orlib_gap(&read_text(&args.file)?).with_context(|| of(&args))?;
            let mut answers = Vec::new();
            for named in problems {
                answers.push(roster(named, &args).await?);
            }
            answers
        }
    };
    let text = match &answers[..] {
        [one] => serde_json::to_string(one)?,
        several => serde_json::to_string(several)?,
    };
    args.solving.write(&(text + "\n"))
}

fn of(args: &Solve) -> String {
    args.file.display().to_string()
}

async fn roster(named: format::Named, args: &Solve) -> Result<Written> {
    let bar = bar();
    let shown = bar.clone();
    let progress = move |now: Progress| shown.set_message(line(&now));
    let options =
        Options { seed: args.solving.seed, threads: args.solving.threads, ..Options::default() };
    let solved = args.solving.run(move |budget| -> Result<_> {
        let began = Instant::now();
        let (problem, needs, people) = named.build()?;
        let answer = solve(&problem, &options, budget, &progress);
        Ok((problem, answer, needs, people, began.elapsed().as_secs_f64()))
    });
    let (problem, answer, needs, people, seconds) = solved.await?.with_context(|| of(args))?;
    bar.finish_and_clear();
    judge(&problem, &answer)?;
    let ids = |&(need, person): &(u32, u32)| {
        (needs[need as usize].clone(), people[person as usize].clone())
    };
    let written = Written {
        cost: answer.cost,
        bound: answer.bound,
        open_places: answer.open_places,
        assignments: answer.pairs.iter().map(ids).collect(),
        seconds,
    };
    summary(&written);
    Ok(written)
}

/// No answer leaves unjudged.
fn judge(problem: &Problem, answer: &Answer) -> Result<()> {
    let judged = check(problem, &answer.pairs).context("the answer breaks a limit: a defect")?;
    ensure!(
        (judged.cost, judged.open_places) == (answer.cost, answer.open_places),
        "the answer costs {}, not {}: a defect",
        judged.cost,
        answer.cost
    );
    Ok(())
}

/// A full matrix is solved to the end, whatever the time: it is a matter of seconds at most.
async fn matrix(args: &Solve) -> Result<Written> {
    let (n, costs) = format::orlib_assign(&read_text(&args.file)?).with_context(|| of(args))?;
    let bar = bar();
    let solved = args.solving.run(move |_| -> Result<_> {
        let matrix = dense::Matrix::new(n, n, costs)?;
        let began = Instant::now();
        Ok((dense::solve(&matrix), began.elapsed().as_secs_f64()))
    });
    let (solution, seconds) = solved.await??;
    bar.finish_and_clear();
    let columns = solution.columns_of_rows.iter().enumerate();
    let pair = |(row, column): (usize, &Option<u32>)| {
        column.map(|column| ((row + 1).to_string(), (column + 1).to_string()))
    };
    let written = Written {
        cost: solution.cost,
        bound: solution.cost,
        open_places: 0,
        assignments: columns.filter_map(pair).collect(),
        seconds,
    };
    summary(&written);
    Ok(written)
}

fn line(now: &Progress) -> String {
    let gap = (now.cost - now.bound) as f64 / now.cost.unsigned_abs().max(1) as f64;
    format!(
        "cost {} · bound {} · gap {:.2} % · {} open",
        thousands(now.cost as f64),
        thousands(now.bound as f64),
        gap * 100.0,
        now.open_places
    )
}

fn summary(written: &Written) {
    let Written { cost, bound, open_places, ref assignments, seconds } = *written;
    let proof = if cost == bound { " (proved the least)" } else { "" };
    eprintln!(
        "{} assigned, {} · {seconds:.3} s{proof}",
        assignments.len(),
        line(&Progress { cost, bound, open_places })
    );
}
