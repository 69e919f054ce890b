//! Puts answers together: progress, and the last answer in messages that a client can take.

use dugnad_assign::{
    Answer, Broken, Problem, Progress,
    explain::{Explainer, Limit, Relaxation},
};
use dugnad_door::solving::Pages;
use dugnad_proto::matching::v1 as pb;
use pb::solve_limit::Limit as Kind;
use prost::Message as _;

use super::read::Names;

/// Needs with open places that are explained; the first ones.
const MOST_OPEN: usize = 10_000;
/// What is said of each.
const MOST_RELAXATIONS: usize = 5;

pub(super) fn progress(now: Progress, places: u64) -> pb::SolveResponse {
    let gap = match now.cost.saturating_sub(now.bound) {
        0 => 0.0,
        less => less as f64 / now.cost.unsigned_abs().max(1) as f64,
    };
    pb::SolveResponse {
        cost: now.cost,
        bound: now.bound,
        gap,
        filled_places: places - now.open_places,
        open_places: now.open_places,
        ..Default::default()
    }
}

/// The last answer, in as many messages as it takes; at least one.
pub(super) fn last(
    problem: &Problem,
    names: &Names,
    answer: &Answer,
    explain: bool,
) -> Result<Vec<pb::SolveResponse>, Broken> {
    let &Answer { cost, bound, open_places, .. } = answer;
    let places = problem.needs().iter().map(|need| u64::from(need.heads)).sum();
    let now = progress(Progress { cost, bound, open_places }, places);
    let mut pages = Pages::new(pb::SolveResponse { r#final: true, ..now });
    for &(need, person) in &answer.pairs {
        let (need, person) = (names.need(need), names.person(person));
        let assignment = pb::SolveAssignment { need, person };
        pages.room_for(assignment.encoded_len()).assignments.push(assignment);
    }
    if explain && open_places > 0 {
        for open in open(problem, names, answer)? {
            pages.room_for(open.encoded_len()).open.push(open);
        }
    }
    Ok(pages.into_messages())
}

fn open<'a>(
    problem: &'a Problem,
    names: &'a Names,
    answer: &'a Answer,
) -> Result<impl Iterator<Item = pb::SolveOpenPlaces> + use<'a>, Broken> {
    let explainer = Explainer::new(problem, answer)?;
    let mut left: Vec<u32> = problem.needs().iter().map(|need| need.heads).collect();
    answer.pairs.iter().for_each(|pair| left[pair.0 as usize] -= 1);
    let open = (0..).zip(left).filter(|(_, places)| *places > 0).take(MOST_OPEN);
    Ok(open.map(move |(need, places)| {
        let relaxations = explainer.fill(need);
        let relaxations = relaxations.iter().take(MOST_RELAXATIONS);
        pb::SolveOpenPlaces {
            need: names.need(need),
            places,
            relaxations: relaxations.map(|one| relaxation(names, one)).collect(),
        }
    }))
}

fn relaxation(names: &Names, one: &Relaxation) -> pb::SolveRelaxation {
    let person = names.person(one.person);
    let limits: Vec<Kind> = one.limits.iter().filter_map(|limit| names.limit(limit)).collect();
    let mut text = format!("{person} could take {}", names.need(one.need));
    for (at, limit) in limits.iter().enumerate() {
        text.push_str(if at == 0 { " but for this: " } else { "; " });
        text.push_str(&words(limit));
    }
    text.push('.');
    let limits = limits.into_iter().map(|limit| pb::SolveLimit { limit: Some(limit) }).collect();
    let (cost, fairness) = (one.terms.edge, one.terms.fairness);
    pb::SolveRelaxation { person, limits, cost, fairness, text }
}

fn words(limit: &Kind) -> String {
    match limit {
        Kind::Capacity(by) if by.needs.is_empty() => "they take nothing".to_owned(),
        Kind::Capacity(by) => format!("they take no more than {}", by.needs.join(", ")),
        Kind::Clash(with) => format!("{with} of theirs is at the same time, or too far away"),
        Kind::Load(pb::SolveLoadLimit { has, adds, max }) => {
            format!("they carry {has}, {adds} more would be above {max}")
        }
        Kind::Price(over) => format!("that costs {over} more than leaving it open"),
    }
}

impl Names {
    fn need(&self, need: u32) -> String {
        self.needs[need as usize].clone()
    }

    fn person(&self, person: u32) -> String {
        self.people[person as usize].clone()
    }

    /// None for what cannot keep anyone from an open place here: no rules come with the problem, and a
    /// need with an open place is not full.
    fn limit(&self, limit: &Limit) -> Option<Kind> {
        Some(match *limit {
            Limit::Rule { .. } | Limit::Full { .. } => return None,
            Limit::Capacity { ref by } => {
                let needs = by.iter().map(|need| self.need(*need)).collect();
                Kind::Capacity(pb::SolveCapacityLimit { needs })
            }
            Limit::Clash { with } => Kind::Clash(self.need(with)),
            Limit::Load { has, adds, max } => Kind::Load(pb::SolveLoadLimit { has, adds, max }),
            Limit::Price { over } => Kind::Price(over),
        })
    }
}
