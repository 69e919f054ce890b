//! OR-Library's forms: linear assignment (`assign100`) and generalised assignment (`gap1`).
//!
//! Whole numbers with space between them, in lines of any length. J. E. Beasley, *OR-Library:
//! distributing test problems by electronic mail*, JORS 41(11), 1990.

use super::{Named, Unreadable};
use crate::problem::{Cost, Edge, MAX_COST, Need, Person};

/// A square matrix of costs, row by row: `n`, then `n × n` numbers.
///
/// # Errors
/// Names the line and the cell.
pub fn assign(text: &str) -> Result<(usize, Vec<Cost>), Unreadable> {
    let mut numbers = Numbers::new(text);
    let n = numbers.count("the number of rows")?;
    let mut costs = Vec::new();
    for row in 1..=n {
        for column in 1..=n {
            costs.push(numbers.cost(|| format!("the cost of row {row}, column {column}"))?);
        }
    }
    numbers.end()?;
    Ok((n, costs))
}

/// One or several problems of agents and jobs, read as minimisation: agents, jobs, costs by agent,
/// loads by agent, capacities. A file of several begins with their number.
///
/// A job is a need that costs more to leave open than any answer that does not.
///
/// # Errors
/// Names the line, the agent and the job.
pub fn gap(text: &str) -> Result<Vec<Named>, Unreadable> {
    let mut numbers = Numbers::new(text);
    let several = counted(text);
    let problems = if several { numbers.count("the number of problems")? } else { 1 };
    let mut read = Vec::new();
    for _ in 0..problems {
        read.push(gap_problem(&mut numbers)?);
    }
    numbers.end()?;
    Ok(read)
}

/// Whether the file begins with a number of problems: then its first problem's size and not the
/// first two numbers' accounts for what follows.
fn counted(text: &str) -> bool {
    let first: Vec<usize> =
        text.split_ascii_whitespace().take(2).filter_map(|word| word.parse().ok()).collect();
    let [agents, jobs] = first[..] else { return false };
    let cells = agents.checked_mul(jobs).and_then(|cells| cells.checked_mul(2));
    let alone = cells.and_then(|cells| cells.checked_add(agents)?.checked_add(2));
    alone != Some(text.split_ascii_whitespace().count())
}

fn gap_problem(numbers: &mut Numbers<'_>) -> Result<Named, Unreadable> {
    let agents = numbers.count("the number of agents")?;
    let jobs = numbers.count("the number of jobs")?;
    let mut costs = Vec::new();
    for agent in 1..=agents {
        for job in 1..=jobs {
            costs.push(numbers.cost(|| format!("the cost of agent {agent} for job {job}"))?);
        }
    }
    let mut edges = Vec::new();
    for agent in 0..agents {
        for job in 0..jobs {
            let field = || format!("the load of agent {} with job {}", agent + 1, job + 1);
            let load = numbers.within(field, 0, i64::from(u32::MAX))? as u32;
            let cost = costs[agent * jobs + job];
            edges.push(Edge { need: job as u32, person: agent as u32, cost, load });
        }
    }
    let mut people = Vec::new();
    for agent in 1..=agents {
        let field = || format!("the capacity of agent {agent}");
        let most = numbers.within(field, 0, i64::MAX)?.unsigned_abs();
        people.push(Person {
            capacity: jobs as u32,
            max_load: Some(most),
            pinned: Vec::new(),
            round: 0,
        });
    }
    let open_cost = price_of_a_job(jobs, &edges);
    let needs = vec![Need { heads: 1, window: None, place: None, open_cost }; jobs];
    let names = |count: usize| (1..=count).map(|n| n.to_string()).collect();
    Ok(Named {
        need_names: names(jobs),
        person_names: names(agents),
        needs,
        people,
        edges,
        ..Named::default()
    })
}

/// More than all jobs could differ by together, so that no job is left open to save cost.
fn price_of_a_job(jobs: usize, edges: &[Edge]) -> Cost {
    let mut dearest = vec![0; jobs];
    let mut cheapest = vec![0; jobs];
    for edge in edges {
        let job = edge.need as usize;
        dearest[job] = edge.cost.max(dearest[job]);
        cheapest[job] = edge.cost.min(cheapest[job]);
    }
    let spread: i128 = dearest.iter().zip(&cheapest).map(|(d, c)| i128::from(d - c)).sum();
    Cost::try_from(spread + 1).unwrap_or(MAX_COST).min(MAX_COST)
}

/// Whole numbers one after the other, each with its line.
struct Numbers<'a> {
    lines: std::str::Lines<'a>,
    words: std::str::SplitAsciiWhitespace<'a>,
    line: usize,
}

impl<'a> Numbers<'a> {
    fn new(text: &'a str) -> Self {
        Self { lines: text.lines(), words: "".split_ascii_whitespace(), line: 0 }
    }

    fn word(&mut self) -> Option<&'a str> {
        loop {
            if let Some(word) = self.words.next() {
                return Some(word);
            }
            self.words = self.lines.next()?.split_ascii_whitespace();
            self.line += 1;
        }
    }

    fn within(
        &mut self,
        field: impl Fn() -> String,
        least: i64,
        most: i64,
    ) -> Result<i64, Unreadable> {
        let word = self.word();
        let problem = match word.map(str::parse::<i64>) {
            Some(Ok(number)) if (least..=most).contains(&number) => return Ok(number),
            Some(Ok(number)) => format!("{number} is not between {least} and {most}"),
            Some(Err(_)) => format!("{:?} is no whole number", shown(word.unwrap_or_default())),
            None => "the file ends before it".to_owned(),
        };
        Err(Unreadable { line: self.line.max(1), field: field(), problem })
    }

    fn count(&mut self, field: &str) -> Result<usize, Unreadable> {
        Ok(self.within(|| field.to_owned(), 1, 1 << 20)? as usize)
    }

    fn cost(&mut self, field: impl Fn() -> String) -> Result<Cost, Unreadable> {
        self.within(field, -MAX_COST, MAX_COST)
    }

    fn end(&mut self) -> Result<(), Unreadable> {
        match self.word() {
            None => Ok(()),
            Some(word) => Err(Unreadable {
                line: self.line,
                field: "the end".to_owned(),
                problem: format!("{:?} comes after the last number", shown(word)),
            }),
        }
    }
}

/// As much of a word as an error should show.
fn shown(word: &str) -> String {
    word.chars().take(20).collect()
}
