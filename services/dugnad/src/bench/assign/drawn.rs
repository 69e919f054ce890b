//! Generalised assignment of the sizes of OR-Library's gap7 to gap12, drawn as those were: costs 15 to
//! 25, loads 5 to 25, and room for four fifths of an even share (Osman, *OR Spektrum* 17, 1995). The
//! files themselves are not among the reference instances.

use std::time::Instant;

use anyhow::Result;
use dugnad_assign::{Edge, Need, Person, Problem};

use super::{instances::number, report::Figure, timed};

/// Agents and jobs.
const SIZES: [(u32, u32); 6] = [(8, 40), (8, 48), (10, 30), (10, 40), (10, 50), (10, 60)];
/// Problems of each size.
const EACH: u64 = 5;
/// Seconds that one may take, and that an answer not proved by then is held against.
const LIMIT: f64 = 0.3;
const LONG: f64 = 30.0;

pub(super) fn measure(seed: u64) -> Result<Vec<Figure>> {
    let (mut optimal, mut proved, mut slowest, mut of) = (0, 0, 0.0f64, 0);
    for (agents, jobs) in SIZES {
        for k in 0..EACH {
            let problem = problem(agents, jobs, seed + 100 * of)?;
            let (answer, seconds) = timed(&problem, LIMIT, Instant::now())?;
            let is_best =
                answer.is_proved() || timed(&problem, LONG, Instant::now())?.0.cost == answer.cost;
            proved += u32::from(answer.is_proved());
            optimal += u64::from(is_best);
            slowest = slowest.max(seconds);
            of += 1;
            eprintln!("{agents} agents, {jobs} jobs, {} of {EACH}: {seconds:.3} s", k + 1);
        }
    }
    Ok(vec![Figure {
        what: format!("generalised assignment of the sizes of gap7 to gap12, {of} drawn"),
        measured: format!("{optimal} optimal, {proved} proved, each in {slowest:.2} s at most"),
        wanted: "optimal, ≤ 0.3 s",
        met: optimal == of,
    }])
}

fn problem(agents: u32, jobs: u32, seed: u64) -> Result<Problem> {
    let draw = |k: u32, from: u64| from + number(k.into(), seed) % (26 - from);
    let edge = |k: u32| Edge {
        need: k % jobs,
        person: k / jobs,
        cost: draw(2 * k, 15) as i64,
        load: draw(2 * k + 1, 5) as u32,
    };
    let edges: Vec<_> = (0..agents * jobs).map(edge).collect();
    let person = |p: u32| {
        let loads = edges.iter().filter(|edge| edge.person == p).map(|edge| u64::from(edge.load));
        let room = loads.sum::<u64>() * 4 / (5 * u64::from(agents));
        Person { capacity: jobs, max_load: Some(room), pinned: Vec::new(), round: 0 }
    };
    let people = (0..agents).map(person).collect();
    let need = Need { heads: 1, window: None, place: None, open_cost: 1_000 };
    Ok(Problem::new(vec![need; jobs as usize], people, edges)?)
}
