//! The largest part of the network in which every arc leads to every other, and what leads there or
//! from there.

use super::Turns;

/// The arcs in use, and how they hang together.
#[derive(Debug, Default)]
pub(crate) struct Connected {
    /// The arcs by their old numbers, ascending: the core, in which every arc leads to every other,
    /// those that lead there, and those to which it leads.
    pub(crate) kept: Vec<u32>,
    /// Of each arc in `kept`, whether it leads to the core: ways begin only on such.
    pub(crate) leads_on: Vec<bool>,
    /// Of each arc in `kept`, whether the core leads to it: ways end only on such.
    pub(crate) is_reached: Vec<bool>,
}

impl Connected {
    /// Around the largest strongly connected component; nothing where nobody gets back anywhere.
    /// `O(arcs + turns)`.
    ///
    /// Where an extract is cut off, streets lead out of it that do not come back: one arrives on them
    /// but never leaves from them.
    pub(crate) fn of(turns: &Turns) -> Self {
        let core = largest_component(turns);
        if turns.among(&core).is_empty() {
            return Self::default();
        }
        let mut before = vec![Vec::new(); turns.arcs()];
        for arc in 0..turns.arcs() as u32 {
            for &(next, _) in turns.after(arc) {
                before[next as usize].push(arc);
            }
        }
        let after = |arc: u32| turns.after(arc).iter().map(|&(next, _)| next);
        let is_reached = spread(turns.arcs(), &core, after);
        let leads_on = spread(turns.arcs(), &core, |arc| before[arc as usize].iter().copied());
        let arcs = 0..turns.arcs() as u32;
        let kept: Vec<u32> =
            arcs.filter(|&a| is_reached[a as usize] || leads_on[a as usize]).collect();
        let of = |marks: Vec<bool>| kept.iter().map(|&arc| marks[arc as usize]).collect();
        Self { leads_on: of(leads_on), is_reached: of(is_reached), kept }
    }
}

/// Marks all arcs that one gets to from some.
fn spread<I: Iterator<Item = u32>>(
    arcs: usize,
    from: &[u32],
    next: impl Fn(u32) -> I,
) -> Vec<bool> {
    let mut marks = vec![false; arcs];
    let mut todo = from.to_vec();
    while let Some(arc) = todo.pop() {
        if !std::mem::replace(&mut marks[arc as usize], true) {
            todo.extend(next(arc));
        }
    }
    marks
}

/// The arcs of the largest strongly connected component, ascending.
///
/// Tarjan's algorithm (*SIAM J. Computing* 1(2), 1972) with its recursion unrolled, `O(arcs +
/// turns)`. Of equally large components the first one found is taken.
fn largest_component(turns: &Turns) -> Vec<u32> {
    const NEW: u32 = u32::MAX;
    let arcs = turns.arcs();
    let mut number = vec![NEW; arcs]; // order of discovery
    let mut low = vec![0; arcs];
    let mut open = vec![false; arcs];
    let (mut stack, mut walk, mut next) = (Vec::new(), Vec::new(), 0);
    let mut largest = Vec::new();
    for root in 0..arcs as u32 {
        if number[root as usize] != NEW {
            continue;
        }
        walk.push((root, 0));
        while let Some((arc, turn)) = walk.pop() {
            let a = arc as usize;
            if turn == 0 {
                number[a] = next;
                low[a] = next;
                next += 1;
                open[a] = true;
                stack.push(arc);
            }
            if let Some(&(to, _)) = turns.after(arc).get(turn) {
                walk.push((arc, turn + 1));
                if number[to as usize] == NEW {
                    walk.push((to, 0));
                } else if open[to as usize] {
                    low[a] = low[a].min(number[to as usize]);
                }
                continue;
            }
            if let Some(&(parent, _)) = walk.last() {
                low[parent as usize] = low[parent as usize].min(low[a]);
            }
            if low[a] == number[a] {
                let first = stack.iter().rposition(|&other| other == arc).unwrap_or(0);
                let component = stack.split_off(first);
                component.iter().for_each(|&c| open[c as usize] = false);
                if component.len() > largest.len() {
                    largest = component;
                }
            }
        }
    }
    largest.sort_unstable();
    largest
}
