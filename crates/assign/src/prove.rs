//! The proof of an answer by its prices, held against the problem and nothing else.
//!
//! Weak duality: for any prices with `need <= open_cost`, what they come to is a lower bound on
//! every feasible answer. An allowed answer that costs exactly that much is the best one.

use crate::{
    answer::{Answer, Duals},
    check::check,
    problem::{Cost, Fairness, Person, Problem},
};

/// Whether the answer is allowed, costs what it says, and its prices prove that none is cheaper.
///
/// Independent of the solver. `O(edges)`. Problems with rounds are proved as if there were none.
#[must_use]
pub fn verify_duals(problem: &Problem, answer: &Answer) -> bool {
    let Ok(checked) = check(problem, &answer.pairs) else { return false };
    let claimed = (checked.cost, checked.open_places) == (answer.cost, answer.open_places);
    let bound = answer.duals.as_ref().and_then(|duals| dual_bound(problem, duals));
    claimed && answer.bound <= answer.cost && bound == Some(i128::from(answer.cost))
}

/// The bound that prices give; `None` when they are not allowed or not one for each.
fn dual_bound(problem: &Problem, duals: &Duals) -> Option<i128> {
    if duals.needs.len() != problem.needs().len() || duals.people.len() != problem.people().len() {
        return None;
    }
    let mut bound = 0i128;
    for (need, &price) in problem.needs().iter().zip(&duals.needs) {
        if price > need.open_cost {
            return None;
        }
        bound += i128::from(need.heads) * i128::from(price);
    }
    for (person, &price) in problem.people().iter().zip(&duals.people) {
        bound += cheapest_count(problem, person, price);
    }
    for edge in problem.edges() {
        let prices = i128::from(duals.needs[edge.need as usize])
            + i128::from(duals.people[edge.person as usize]);
        let reduced = i128::from(edge.cost) - prices;
        let pinned = || problem.people()[edge.person as usize].pinned.contains(&edge.need);
        bound += if reduced > 0 && !pinned() { 0 } else { reduced };
    }
    Some(bound)
}

/// The least that a person's steps and price come to, over any number of needs between those
/// pinned and their capacity: the sum falls as long as the next step is below the price.
fn cheapest_count(problem: &Problem, person: &Person, price: Cost) -> i128 {
    let (pinned, most) = (person.pinned.len() as u64, u64::from(person.capacity));
    let steps = match problem.fairness() {
        Some(Fairness::Needs(steps)) => steps.as_slice(),
        Some(Fairness::Load { .. }) | None => &[0],
    };
    let below = steps.partition_point(|&step| i128::from(step) < -i128::from(price)) as u64;
    let wanted = if below == steps.len() as u64 { most } else { below };
    let count = wanted.clamp(pinned, most);
    let given = steps.iter().take(count.min(steps.len() as u64) as usize);
    let last = steps.last().map_or(0, |&last| i128::from(last));
    given.map(|&step| i128::from(step)).sum::<i128>()
        + last * i128::from(count.saturating_sub(steps.len() as u64))
        + i128::from(price) * i128::from(count)
}
