//! Turns: from which arc one may drive on to which, and what the crossing costs.
//!
//! The searches run over arcs joined by turns (the edge-based graph of Caldwell 1961), which makes
//! turn restrictions and the time a left turn takes plain edges. The seconds follow Valhalla's
//! `TransitionCost`: a constant by the kind of turn, times how much the crossing stops one (the
//! importance of the road one is on against the most important of the others), times the density.

use std::collections::BTreeMap;

use super::{Arc, Network};
use crate::{
    car::{Class, Road},
    cost::Cost,
    osm::Extract,
};

/// All turns, by the arc one comes from.
#[derive(Debug)]
pub(crate) struct Turns {
    first: Vec<u32>,
    /// The arc one drives on to, and the cost from the end of the one to the end of the other.
    list: Vec<(u32, Cost)>,
}

impl Turns {
    /// All turns that are allowed between the network's arcs.
    pub(crate) fn build(network: &Network, extract: &Extract) -> Self {
        let rules = Rules { network, extract, restrictions: restrictions(extract) };
        let tails = first_by(network.junctions.len(), network.arcs.iter().map(|arc| arc.tail));
        let mut turns = Self { first: vec![0], list: Vec::new() };
        for arc in &network.arcs {
            let out = tails[arc.head as usize]..tails[arc.head as usize + 1];
            rules.turns(arc, out, &mut turns.list);
            turns.first.push(turns.list.len() as u32);
        }
        turns
    }

    /// How many arcs there are.
    pub(crate) fn arcs(&self) -> usize {
        self.first.len() - 1
    }

    /// The arcs after an arc.
    pub(crate) fn after(&self, arc: u32) -> &[(u32, Cost)] {
        let arc = arc as usize;
        &self.list[self.first[arc] as usize..self.first[arc + 1] as usize]
    }

    /// The turns between these arcs (ascending) alone, the arcs numbered anew.
    pub(crate) fn among(&self, arcs: &[u32]) -> Self {
        let mut turns = Self { first: vec![0], list: Vec::new() };
        for &arc in arcs {
            let kept = self.after(arc).iter().filter_map(|&(to, cost)| {
                arcs.binary_search(&to).ok().map(|new| (new as u32, cost))
            });
            turns.list.extend(kept);
            turns.first.push(turns.list.len() as u32);
        }
        turns
    }
}

/// Where each key's part begins in a list sorted by key, and the end.
fn first_by(keys: usize, sorted: impl Iterator<Item = u32>) -> Vec<u32> {
    let mut first = vec![0; keys + 1];
    sorted.for_each(|key| first[key as usize + 1] += 1);
    for key in 0..keys {
        first[key + 1] += first[key];
    }
    first
}

/// By way and node: the ways one may not (or, `true`, may only) turn into.
type Restrictions = BTreeMap<(i64, i64), Vec<(i64, bool)>>;

fn restrictions(extract: &Extract) -> Restrictions {
    let mut map = Restrictions::new();
    for r in &extract.restrictions {
        map.entry((r.from, r.via)).or_default().push((r.to, r.only));
    }
    map
}

struct Rules<'a> {
    network: &'a Network,
    extract: &'a Extract,
    restrictions: Restrictions,
}

/// Entering roads that are for those who live there, milliseconds; counted in the choice of the
/// way only.
const PRIVATE: u32 = 600_000;
/// A gate opens and closes, milliseconds.
const GATE: u32 = 30_000;

impl Rules<'_> {
    /// Appends the turns from `arc` to the arcs of the range, which start where it ends.
    fn turns(&self, arc: &Arc, out: std::ops::Range<u32>, list: &mut Vec<(u32, Cost)>) {
        let arc_at = |index: u32| &self.network.arcs[index as usize];
        let before = list.len();
        let onward = out.clone().filter(|&next| arc_at(next).edge != arc.edge);
        if !self.network.junctions[arc.head as usize].point.closed {
            let allowed = onward.clone().filter(|&next| self.allowed(arc, arc_at(next), &out));
            list.extend(allowed.map(|next| (next, self.cost(arc, arc_at(next), &out))));
        }
        if list.len() > before {
            return;
        }
        // Nowhere else to go: turn round.
        let back = out.clone().filter(|&next| arc_at(next).edge == arc.edge);
        list.extend(back.map(|next| (next, self.cost(arc, arc_at(next), &out))));
    }

    fn way(&self, arc: &Arc) -> i64 {
        self.extract.ways[self.network.edges[arc.edge as usize].way as usize].id
    }

    fn road(&self, arc: &Arc) -> &Road {
        &self.extract.ways[self.network.edges[arc.edge as usize].way as usize].road
    }

    fn allowed(&self, arc: &Arc, next: &Arc, out: &std::ops::Range<u32>) -> bool {
        let node = self.network.junctions[arc.head as usize].node;
        let Some(rules) = self.restrictions.get(&(self.way(arc), node)) else { return true };
        let to = self.way(next);
        rules.iter().all(|&(way, only)| match only {
            false => way != to,
            // A road that must be taken but cannot be driven binds nobody.
            true => {
                let mut ways = out.clone().map(|o| self.way(&self.network.arcs[o as usize]));
                way == to || !ways.any(|w| w == way)
            }
        })
    }

    /// From the end of one arc to the end of the next.
    fn cost(&self, arc: &Arc, next: &Arc, out: &std::ops::Range<u32>) -> Cost {
        let junction = &self.network.junctions[arc.head as usize];
        let (from, to) = (self.road(arc), self.road(next));
        let mut wait = self.crossing(arc, next, out);
        let mut avoided = 0;
        if junction.point.gate {
            wait += GATE;
        }
        if to.private && (!from.private || junction.point.gate) {
            avoided += PRIVATE;
        }
        let avoided = Cost { weight: avoided, ..Cost::ZERO };
        Cost::wait(wait).plus(avoided).plus(next.cost)
    }

    /// Milliseconds that passing the crossing takes.
    fn crossing(&self, arc: &Arc, next: &Arc, out: &std::ops::Range<u32>) -> u32 {
        let junction = &self.network.junctions[arc.head as usize];
        let turn = seconds_of_turn(next.heading_in - arc.heading_out);
        let from = self.road(arc);
        let others = out.clone().map(|o| &self.network.arcs[o as usize]);
        let others = others.filter(|o| o.edge != arc.edge && o.edge != next.edge);
        let Some(best) = others.map(|o| self.road(o).class).min() else {
            return 0;
        };
        let stops = stop_impact(from, best);
        let factor = density_factor(junction.density);
        (1000.0 * turn * f64::from(stops) * factor).round() as u32
    }
}

/// Seconds by how far one turns, degrees clockwise; traffic keeps to the right.
fn seconds_of_turn(by: f32) -> f64 {
    match by.rem_euclid(360.0) {
        d if !(10.0..350.0).contains(&d) => 0.5,
        d if d < 45.0 => 0.75,
        d if d < 135.0 => 1.0,
        d if d < 170.0 => 1.5,
        d if d < 190.0 => 9.5,
        d if d < 225.0 => 3.5,
        d if d < 315.0 => 2.5,
        _ => 0.75,
    }
}

/// How much a crossing stops one, 0 to 7, where `best` is the most important other road.
fn stop_impact(from: &Road, best: Class) -> u32 {
    let impact = (from.class as i32 - best as i32).max(-3) + 3;
    impact.clamp(0, 7) as u32
}

/// Crossings in town take longer (Valhalla's `kTransDensityFactor`).
fn density_factor(km_per_km2: f64) -> f64 {
    const BY_LEVEL: [f64; 16] =
        [1.0, 1.0, 1.0, 1.0, 1.0, 1.1, 1.2, 1.3, 1.4, 1.6, 1.9, 2.2, 2.5, 2.8, 3.1, 3.5];
    BY_LEVEL[((km_per_km2 * 0.7) as usize).min(15)]
}
