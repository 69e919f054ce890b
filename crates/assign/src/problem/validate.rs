//! What must hold of a problem before anything is solved.

use super::{Edge, Invalid, MAX_COST, MAX_EDGES, Need, NeedIx, Person, Problem};

/// Everything that can be said of the parts alone.
pub(super) fn validate(needs: &[Need], people: &[Person], edges: &[Edge]) -> Result<(), Invalid> {
    if edges.len() > MAX_EDGES {
        return Err(Invalid::new("edges", format!("are more than {MAX_EDGES}")));
    }
    for (what, count) in [("needs", needs.len()), ("people", people.len())] {
        if count > MAX_EDGES {
            return Err(Invalid::new(what, format!("are more than {MAX_EDGES}")));
        }
    }
    for (n, need) in needs.iter().enumerate() {
        validate_need(n, need)?;
    }
    for (e, edge) in edges.iter().enumerate() {
        if edge.need as usize >= needs.len() {
            return Err(Invalid::new(format!("edges[{e}].need"), "is no need"));
        }
        if edge.person as usize >= people.len() {
            return Err(Invalid::new(format!("edges[{e}].person"), "is no person"));
        }
        if edge.cost.unsigned_abs() > MAX_COST.unsigned_abs() {
            return Err(Invalid::new(
                format!("edges[{e}].cost"),
                format!("{} is beyond ±{MAX_COST}", edge.cost),
            ));
        }
    }
    total_fits(needs, edges)
}

fn validate_need(n: usize, need: &Need) -> Result<(), Invalid> {
    if let Some(window) = need.window {
        let limit = i64::MAX / 4;
        if window.start >= window.end || window.start < -limit || window.end > limit {
            return Err(Invalid::new(
                format!("needs[{n}].window"),
                format!("[{}, {}] does not end after it starts", window.start, window.end),
            ));
        }
    }
    if !(0..=MAX_COST).contains(&need.open_cost) {
        return Err(Invalid::new(
            format!("needs[{n}].open_cost"),
            format!("{} is not between 0 and {MAX_COST}", need.open_cost),
        ));
    }
    Ok(())
}

/// All sums of costs must fit with room to spare: no answer is beyond 2^61, up or down.
fn total_fits(needs: &[Need], edges: &[Edge]) -> Result<(), Invalid> {
    let mut dearest: Vec<u64> = needs.iter().map(|need| need.open_cost.unsigned_abs()).collect();
    for edge in edges {
        let dearest = &mut dearest[edge.need as usize];
        *dearest = (*dearest).max(edge.cost.unsigned_abs());
    }
    let places = needs.iter().map(|need| u128::from(need.heads));
    let total: u128 = places.zip(dearest).map(|(places, cost)| places * u128::from(cost)).sum();
    if total > 1 << 61 {
        return Err(Invalid::new("needs", "times their heads and dearest costs are beyond 2^61"));
    }
    Ok(())
}

/// Sorted by need, then person, and where each need's edges begin. `O(edges)` by two counting
/// sorts, the lesser key first.
pub(super) fn by_need(
    edges: Vec<Edge>,
    needs: usize,
    people: usize,
) -> Result<(Vec<Edge>, Vec<u32>), Invalid> {
    let sorted = edges.is_sorted_by_key(|edge| (edge.need, edge.person));
    let edges = if sorted {
        edges
    } else {
        let by_person = counting_sort(&edges, people, |edge| edge.person);
        counting_sort(&by_person, needs, |edge| edge.need)
    };
    for pair in edges.windows(2) {
        if (pair[0].need, pair[0].person) == (pair[1].need, pair[1].person) {
            return Err(Invalid::new(
                "edges",
                format!("need {} and person {} stand there twice", pair[0].need, pair[0].person),
            ));
        }
    }
    let starts = starts(&edges, needs, |edge| edge.need);
    Ok((edges, starts))
}

/// Where the edges of each key begin, and one more. `O(edges)`.
pub(super) fn starts(edges: &[Edge], keys: usize, key: impl Fn(&Edge) -> u32) -> Vec<u32> {
    let mut starts = vec![0u32; keys + 1];
    for edge in edges {
        starts[key(edge) as usize + 1] += 1;
    }
    for k in 0..keys {
        starts[k + 1] += starts[k];
    }
    starts
}

fn counting_sort(edges: &[Edge], keys: usize, key: impl Fn(&Edge) -> u32) -> Vec<Edge> {
    let mut next = starts(edges, keys, &key);
    let Some(&first) = edges.first() else { return Vec::new() };
    let mut sorted = vec![first; edges.len()];
    for edge in edges {
        let at = &mut next[key(edge) as usize];
        sorted[*at as usize] = *edge;
        *at += 1;
    }
    sorted
}

impl Problem {
    /// What is pinned must be possible together, or no answer exists.
    pub(super) fn validate_pinned(&self) -> Result<(), Invalid> {
        let mut heads = vec![0u32; self.needs.len()];
        for (p, person) in self.people.iter().enumerate() {
            let field = || format!("people[{p}].pinned");
            let mut load = 0u64;
            for (at, &need) in person.pinned.iter().enumerate() {
                let Some(edge) =
                    self.needs.get(need as usize).and_then(|_| self.edge(need, p as u32))
                else {
                    return Err(Invalid::new(field(), format!("need {need} has no edge to them")));
                };
                load += u64::from(edge.load);
                heads[need as usize] += 1;
                self.validate_pair(&field, need, &person.pinned[..at])?;
            }
            if person.pinned.len() > person.capacity as usize {
                return Err(Invalid::new(field(), "are more than their capacity"));
            }
            if person.max_load.is_some_and(|most| load > most) {
                return Err(Invalid::new(field(), "are more than their max_load"));
            }
        }
        match heads.iter().zip(&self.needs).position(|(taken, need)| *taken > need.heads) {
            Some(n) => Err(Invalid::new(format!("needs[{n}].heads"), "are fewer than are pinned")),
            None => Ok(()),
        }
    }

    fn validate_pair(
        &self,
        field: &impl Fn() -> String,
        need: NeedIx,
        before: &[NeedIx],
    ) -> Result<(), Invalid> {
        match before.iter().find(|&&other| other == need || self.clash(need, other)) {
            Some(other) => {
                Err(Invalid::new(field(), format!("needs {other} and {need} cannot go together")))
            }
            None => Ok(()),
        }
    }
}
