//! The judge: is an assignment allowed, and what does it cost?
//!
//! Knows nothing of how answers are found. Every test, benchmark and `dugnad assign` holds answers
//! against it.

use crate::problem::{Cost, NeedIx, PersonIx, Problem};

/// What an allowed assignment comes to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Checked {
    /// Edges, fairness and open places together.
    pub cost: Cost,
    /// Places nobody takes.
    pub open_places: u64,
}

/// Why an assignment is not allowed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Broken {
    /// The two have no edge.
    #[error("person {1} is no candidate for need {0}")]
    NoEdge(NeedIx, PersonIx),
    /// The same pair stands there twice.
    #[error("person {1} has need {0} twice")]
    Twice(NeedIx, PersonIx),
    /// A need has more people than it wants.
    #[error("need {0} has more people than it wants")]
    TooManyHeads(NeedIx),
    /// A person has more needs than they take.
    #[error("person {0} has more needs than they take")]
    OverCapacity(PersonIx),
    /// A person carries more than they may.
    #[error("person {0} carries more than their longest load")]
    OverLoad(PersonIx),
    /// Two needs of one person overlap, or the way between them is too long.
    #[error("person {2} cannot be at needs {0} and {1}")]
    Clash(NeedIx, NeedIx, PersonIx),
    /// What was pinned is gone.
    #[error("need {0} was pinned to person {1} and is not theirs")]
    Unpinned(NeedIx, PersonIx),
}

/// Judges `pairs`, in any order. `O(pairs log pairs)`; with ways between places also the square of the
/// needs of one person.
///
/// # Errors
/// The first limit that does not hold.
pub fn check(problem: &Problem, pairs: &[(NeedIx, PersonIx)]) -> Result<Checked, Broken> {
    let mut heads = vec![0u32; problem.needs().len()];
    let mut taken: Vec<Vec<NeedIx>> = vec![Vec::new(); problem.people().len()];
    let mut cost: i128 = 0;
    for &(need, person) in pairs {
        if need as usize >= heads.len() || person as usize >= taken.len() {
            return Err(Broken::NoEdge(need, person));
        }
        let edge = problem.edge(need, person).ok_or(Broken::NoEdge(need, person))?;
        cost += i128::from(edge.cost);
        heads[need as usize] += 1;
        taken[person as usize].push(need);
    }
    for (p, needs) in taken.iter().enumerate() {
        cost += i128::from(check_person(problem, p as PersonIx, needs)?);
    }
    let mut open_places = 0;
    for (n, (need, &has)) in problem.needs().iter().zip(&heads).enumerate() {
        let open = need.heads.checked_sub(has).ok_or(Broken::TooManyHeads(n as NeedIx))?;
        open_places += u64::from(open);
        cost += i128::from(open) * i128::from(need.open_cost);
    }
    Ok(Checked { cost: Cost::try_from(cost).unwrap_or(Cost::MAX), open_places })
}

/// One person's limits; the fairness cost if they hold.
fn check_person(problem: &Problem, p: PersonIx, needs: &[NeedIx]) -> Result<Cost, Broken> {
    let person = &problem.people()[p as usize];
    if let Some(twice) = repeated(needs) {
        return Err(Broken::Twice(twice, p));
    }
    if let Some((one, other)) = clashing(problem, needs) {
        return Err(Broken::Clash(one, other, p));
    }
    if needs.len() > person.capacity as usize {
        return Err(Broken::OverCapacity(p));
    }
    let load = needs.iter().filter_map(|&need| problem.edge(need, p)).map(|e| u64::from(e.load));
    let load = load.sum();
    if person.max_load.is_some_and(|most| load > most) {
        return Err(Broken::OverLoad(p));
    }
    if let Some(&gone) = person.pinned.iter().find(|pinned| !needs.contains(pinned)) {
        return Err(Broken::Unpinned(gone, p));
    }
    Ok(problem.fairness_cost(needs.len() as u32, load))
}

fn repeated(needs: &[NeedIx]) -> Option<NeedIx> {
    let mut sorted = needs.to_vec();
    sorted.sort_unstable();
    sorted.windows(2).find(|pair| pair[0] == pair[1]).map(|pair| pair[0])
}

/// Without ways between them, windows in order of their starts clash with their neighbours first.
fn clashing(problem: &Problem, needs: &[NeedIx]) -> Option<(NeedIx, NeedIx)> {
    let start = |need: NeedIx| problem.needs()[need as usize].window.map(|window| window.start);
    let mut timed: Vec<NeedIx> = needs.iter().copied().filter(|&n| start(n).is_some()).collect();
    timed.sort_unstable_by_key(|&need| start(need));
    let reach = if problem.travel().places == 0 { 1 } else { timed.len() };
    (0..timed.len()).find_map(|at| {
        let next = timed[at + 1..].iter().take(reach);
        next.copied().find(|&other| problem.clash(timed[at], other)).map(|other| (timed[at], other))
    })
}
