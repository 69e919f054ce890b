//! Whether a problem's windows and loads can be forgotten.

use crate::problem::{Edge, Fairness, Need, Person, Problem, Travel};

/// Whether no window, load or fairness by load can keep two candidates of one person apart, so that
/// the flow's answer is the problem's. `O(edges log edges)` where there are windows or loads.
pub(crate) fn is_polynomial(problem: &Problem) -> bool {
    if matches!(problem.fairness(), Some(Fairness::Load { .. })) {
        return false;
    }
    let windows = problem.needs().iter().any(|need| need.window.is_some());
    let limited = |edge: &&Edge| {
        let person = &problem.people()[edge.person as usize];
        person.max_load.is_some() || person.capacity > 1 && windows
    };
    let mut edges: Vec<&Edge> = problem.edges().iter().filter(limited).collect();
    edges.sort_by_key(|edge| edge.person);
    let ways = Ways::of(problem.travel());
    edges.chunk_by(|a, b| a.person == b.person).all(|theirs| {
        let person = &problem.people()[theirs[0].person as usize];
        let theirs = theirs.iter().map(|edge| (&problem.needs()[edge.need as usize], edge.load));
        is_free(person, theirs, ways)
    })
}

/// Travel, and its longest way.
#[derive(Clone, Copy)]
pub(crate) struct Ways<'a> {
    travel: &'a Travel,
    longest: i64,
}

impl<'a> Ways<'a> {
    /// `O(places²)`.
    pub(crate) fn of(travel: &'a Travel) -> Self {
        let longest = travel.minutes.iter().max().map_or(0, |&way| i64::from(way));
        Self { travel, longest }
    }
}

/// Whether the person could take any of these needs, each of this load, up to their capacity.
pub(crate) fn is_free<'a>(
    person: &Person,
    theirs: impl Iterator<Item = (&'a Need, u32)>,
    ways: Ways<'_>,
) -> bool {
    let (mut needs, mut loads): (Vec<&Need>, Vec<u32>) = theirs.unzip();
    loads.sort_unstable_by(|a, b| b.cmp(a));
    let heaviest = loads.iter().take(person.capacity as usize).map(|&load| u64::from(load));
    let carries_all = person.max_load.is_none_or(|most| heaviest.sum::<u64>() <= most);
    needs.retain(|need| need.window.is_some());
    carries_all && (person.capacity < 2 || never_clash(needs, ways))
}

/// Whether one person could be at all of them.
fn never_clash(mut needs: Vec<&Need>, ways: Ways<'_>) -> bool {
    let starts = |need: &Need| need.window.map_or(0, |window| window.start);
    let ends = |need: &Need| need.window.map_or(0, |window| window.end);
    needs.sort_unstable_by_key(|need| (starts(need), ends(need)));
    if needs.windows(2).any(|pair| starts(pair[1]) < ends(pair[0])) {
        return false;
    }
    needs.iter().enumerate().all(|(at, need)| {
        let later = needs[at + 1..].iter();
        let mut near = later.take_while(|later| starts(later) < ends(need) + ways.longest);
        near.all(|later| !ways.travel.clash(need, later))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::problem::Window;

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
