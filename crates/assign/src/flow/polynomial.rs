//! Whether a problem's windows and loads can be forgotten.

use crate::problem::{Edge, Fairness, NeedIx, Person, Problem};

/// Whether no window, load or fairness by load can keep two candidates of one person apart, so that
/// the flow's answer is the problem's. `O(edges log edges)` where there are windows or loads.
pub(crate) fn is_polynomial(problem: &Problem) -> bool {
    if matches!(problem.fairness(), Some(Fairness::Load { .. })) {
        return false;
    }
    let windows = problem.needs().iter().any(|need| need.window.is_some());
    let matters = |person: &Person| {
        person.capacity > 0 && person.max_load.is_some() || person.capacity > 1 && windows
    };
    if !problem.people().iter().any(matters) {
        return true;
    }
    let mut edges: Vec<&Edge> = problem
        .edges()
        .iter()
        .filter(|edge| matters(&problem.people()[edge.person as usize]))
        .collect();
    edges.sort_by_key(|edge| edge.person);
    edges.chunk_by(|a, b| a.person == b.person).all(|theirs| {
        let person = &problem.people()[theirs[0].person as usize];
        carries_all(person, theirs) && (person.capacity < 2 || never_clash(problem, theirs))
    })
}

/// Whether even the heaviest needs together stay within the person's longest load.
fn carries_all(person: &Person, edges: &[&Edge]) -> bool {
    let Some(most) = person.max_load else { return true };
    let mut loads: Vec<u32> = edges.iter().map(|edge| edge.load).collect();
    loads.sort_unstable_by(|a, b| b.cmp(a));
    loads.iter().take(person.capacity as usize).map(|&load| u64::from(load)).sum::<u64>() <= most
}

/// Whether the person could be at all of them.
fn never_clash(problem: &Problem, edges: &[&Edge]) -> bool {
    let span = |need: NeedIx| problem.needs()[need as usize].window;
    let mut needs: Vec<(i64, i64, NeedIx)> = edges
        .iter()
        .filter_map(|edge| span(edge.need).map(|window| (window.start, window.end, edge.need)))
        .collect();
    needs.sort_unstable();
    if needs.windows(2).any(|pair| pair[1].0 < pair[0].1) {
        return false;
    }
    let longest_way = problem.travel().minutes.iter().max().map_or(0, |&way| i64::from(way));
    needs.iter().enumerate().all(|(at, &(_, end, need))| {
        let near = needs[at + 1..].iter().take_while(|later| later.0 < end + longest_way);
        near.into_iter().all(|later| !problem.clash(need, later.2))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::problem::{Need, Travel, Window};

    /// One person who may take any of the needs in these windows, each at a place of its own.
    fn roster(capacity: u32, max_load: Option<u64>, windows: &[(i64, i64)]) -> Problem {
        let need = |at: usize| Need {
            heads: 1,
            window: Some(Window { start: windows[at].0, end: windows[at].1 }),
            place: Some(at as u32),
            open_cost: 10,
        };
        let needs: Vec<Need> = (0..windows.len()).map(need).collect();
        let person = Person { capacity, max_load, pinned: Vec::new(), round: 0 };
        let edge = |at: usize| Edge { need: at as u32, person: 0, cost: 1, load: 10 + at as u32 };
        let edges = (0..windows.len()).map(edge).collect();
        Problem::new(needs, vec![person], edges).unwrap()
    }

    #[test]
    fn windows_matter_only_where_one_person_may_take_two_that_clash() {
        assert!(is_polynomial(&roster(2, None, &[(0, 10), (10, 20), (30, 40)])));
        assert!(is_polynomial(&roster(1, None, &[(0, 10), (9, 20)])));
        assert!(!is_polynomial(&roster(2, None, &[(0, 10), (30, 40), (9, 20)])));
    }

    #[test]
    fn a_way_that_is_too_long_matters_even_past_a_need_in_between() {
        let far = |minutes: Vec<u32>| Travel { places: 3, minutes };
        let roster = || roster(2, None, &[(0, 10), (10, 20), (30, 40)]);
        let near = roster().with_travel(far(vec![0, 0, 20, 0, 0, 10, 0, 0, 0])).unwrap();
        let long = roster().with_travel(far(vec![0, 0, 21, 0, 0, 10, 0, 0, 0])).unwrap();

        assert!(is_polynomial(&near));
        assert!(!is_polynomial(&long));
    }

    #[test]
    fn a_longest_load_matters_only_if_the_heaviest_needs_together_exceed_it() {
        let apart = [(0, 10), (10, 20), (30, 40)];
        assert!(is_polynomial(&roster(2, Some(23), &apart)));
        assert!(!is_polynomial(&roster(2, Some(22), &apart)));
    }

    #[test]
    fn fairness_by_load_is_never_polynomial() {
        let steps = Fairness::Load { every: 60, steps: vec![0, 1] };
        assert!(!is_polynomial(&roster(1, None, &[(0, 10)]).with_fairness(steps).unwrap()));
    }
}
