//! The largest part of the network in which every arc leads to every other.

use super::Turns;

/// The arcs of the largest strongly connected component, ascending.
///
/// Tarjan's algorithm (*SIAM J. Computing* 1(2), 1972) with its recursion unrolled, `O(arcs +
/// turns)`. Of equally large components the first one found is taken.
pub(crate) fn largest_component(turns: &Turns) -> Vec<u32> {
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
