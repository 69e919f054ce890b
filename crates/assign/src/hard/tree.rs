//! Branch and bound on what reduced costs leave undecided.
//!
//! Depth first: an edge that the relaxation uses half is taken, then not. Each node is a model of
//! its own, with prices from its parent.

use crate::Cost;

use super::{Run, dual::Dual, model::Model, plan::Plan};

/// Evaluations of the relaxation at a node.
const ROUNDS: u32 = 40;

struct Node<'a> {
    model: Model<'a>,
    prices: Vec<Cost>,
}

/// Looks for something cheaper everywhere in `model`; whether it got through before step `until`.
pub(super) fn explore<'a>(run: &mut Run, model: Model<'a>, prices: Vec<Cost>, until: u64) -> bool {
    let mut stack = vec![Node { model, prices }];
    while let Some(node) = stack.pop() {
        if run.pace.is_over() || run.pace.steps() >= until {
            return false;
        }
        match visit(run, node) {
            Some(children) => stack.extend(children),
            None => return false,
        }
    }
    true
}

/// What remains to be looked at of a node, the likelier part last; `None` when the budget ran out.
fn visit<'a>(run: &mut Run, node: Node<'a>) -> Option<Vec<Node<'a>>> {
    let Node { model, prices } = node;
    run.offer(&model, &Plan::empty(&model));
    let mut dual = Dual::at(&model, prices);
    run.raise(&model, &mut dual, ROUNDS);
    if run.pace.is_over() {
        return None;
    }
    if model.edges.is_empty() || dual.bound(&model) >= run.best.cost {
        return Some(Vec::new());
    }
    let fixed = dual.fix(&model, &mut run.oracle, &mut run.pace, run.best.cost)?;
    let Some((keep, sure)) = fixed.possible(&model) else { return Some(Vec::new()) };
    let unsure = |e: &u32| keep[*e as usize] && !sure.contains(e);
    let doubt = |e: &u32| (0.5 - dual.used(*e)).abs();
    let undecided = (0..model.edges.len() as u32).filter(unsure);
    let Some(branch) = undecided.min_by(|a, b| doubt(a).total_cmp(&doubt(b))) else {
        let last = model.contract(&sure, |_| false);
        run.offer(&last, &Plan::empty(&last));
        return Some(Vec::new());
    };
    let without = model.contract(&sure, |e| keep[e as usize] && e != branch);
    let mut taken = sure;
    taken.push(branch);
    let with = Plan::taking(&model, &taken).map(|_| model.contract(&taken, |e| keep[e as usize]));
    let node = |child: Model<'a>| {
        let prices = child.prices_of(&model, &dual.prices);
        Node { model: child, prices }
    };
    Some([Some(without), with].into_iter().flatten().map(node).collect())
}
