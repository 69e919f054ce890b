//! Turns: from which arc one may drive on to which, and what the crossing costs.
//!
//! The searches run over arcs joined by turns (the edge-based graph of Caldwell 1961), which makes
//! turn restrictions and the time a left turn takes plain edges. The seconds follow Valhalla's
//! `TransitionCost`: a constant by the kind of turn, times how much the crossing stops one (the
//! importance of the road one is on against the most important of the others). Absent: Valhalla's
//! factor for density, which fitted neither extract, and traffic lights, which changed nothing.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{Arc, Network};
use crate::{
    car::Class,
    cost::Cost,
    osm::{Extract, Way},
};

/// All turns, by the arc one comes from.
#[derive(Debug, Deserialize, Serialize)]
pub(crate) struct Turns {
    first: Vec<u32>,
    /// The arc one drives on to, and the cost from the end of the one to the end of the other.
    list: Vec<(u32, Cost)>,
}

impl Turns {
    /// All turns that are allowed between the network's arcs.
    pub(crate) fn build(network: &Network, extract: &Extract) -> Self {
        let rules = Rules {
            network,
            extract,
            restrictions: restrictions(extract),
            leaving: Groups::of(network, |arc| arc.tail),
            arriving: Groups::of(network, |arc| arc.head),
        };
        let mut turns = Self { first: vec![0], list: Vec::new() };
        for arc in &network.arcs {
            rules.turns(arc, &mut turns.list);
            turns.first.push(turns.list.len() as u32);
        }
        turns
    }

    /// How many arcs there are.
    pub(crate) fn arcs(&self) -> usize {
        self.first.len() - 1
    }

    /// Whether no arc leads anywhere.
    pub(crate) fn is_empty(&self) -> bool {
        self.list.is_empty()
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

/// Arcs by junction.
struct Groups {
    first: Vec<u32>,
    arcs: Vec<u32>,
}

impl Groups {
    fn of(network: &Network, junction: impl Fn(&Arc) -> u32) -> Self {
        let of = |arc: u32| junction(&network.arcs[arc as usize]);
        let mut arcs: Vec<u32> = (0..network.arcs.len() as u32).collect();
        arcs.sort_by_key(|&arc| of(arc));
        let mut first = vec![0; network.junctions.len() + 1];
        arcs.iter().for_each(|&arc| first[of(arc) as usize + 1] += 1);
        for junction in 1..first.len() {
            first[junction] += first[junction - 1];
        }
        Self { first, arcs }
    }

    fn at(&self, junction: u32) -> &[u32] {
        let junction = junction as usize;
        &self.arcs[self.first[junction] as usize..self.first[junction + 1] as usize]
    }
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

/// Entering roads that are for those who live there, milliseconds; counted in the choice of the
/// way only.
const PRIVATE: u32 = 600_000;
/// A gate opens and closes, milliseconds.
const GATE: u32 = 30_000;
/// Waiting for a ferry, milliseconds (Valhalla's figure).
const FERRY: u32 = 300_000;
/// Turning round in the road, milliseconds.
const TURN_ROUND: u32 = 20_000;

struct Rules<'a> {
    network: &'a Network,
    extract: &'a Extract,
    restrictions: Restrictions,
    leaving: Groups,
    arriving: Groups,
}

impl Rules<'_> {
    /// Appends the turns from an arc.
    fn turns(&self, arc: &Arc, list: &mut Vec<(u32, Cost)>) {
        let before = list.len();
        let out = self.leaving.at(arc.head).iter().map(|&next| (next, self.arc(next)));
        let (back, onward): (Vec<_>, Vec<_>) = out.partition(|(_, next)| next.edge == arc.edge);
        if !self.network.junctions[arc.head as usize].point.closed {
            let allowed = onward.into_iter().filter(|(_, next)| self.allowed(arc, next));
            list.extend(allowed.map(|(i, next)| (i, self.cost(arc, next))));
        }
        if list.len() == before {
            // Nowhere else to go: turn round. (A loop ends where it starts and goes on.)
            let round = Cost::wait(TURN_ROUND);
            list.extend(back.into_iter().map(|(i, next)| (i, round.plus(next.cost))));
        }
    }

    fn arc(&self, arc: u32) -> &Arc {
        &self.network.arcs[arc as usize]
    }

    fn way(&self, arc: &Arc) -> &Way {
        &self.extract.ways[self.network.edges[arc.edge as usize].way as usize]
    }

    /// Whether no restriction stands against a turn.
    fn allowed(&self, arc: &Arc, next: &Arc) -> bool {
        let node = self.network.junctions[arc.head as usize].node;
        let Some(rules) = self.restrictions.get(&(self.way(arc).id, node)) else { return true };
        let to = self.way(next).id;
        let can_be_taken = |way| {
            let mut out = self.leaving.at(arc.head).iter();
            out.any(|&other| self.way(self.arc(other)).id == way)
        };
        // A road that must be taken but cannot be driven binds nobody.
        rules.iter().all(|&(way, only)| (way == to) == only || (only && !can_be_taken(way)))
    }

    /// From the end of one arc to the end of the next.
    fn cost(&self, arc: &Arc, next: &Arc) -> Cost {
        let gate = self.network.junctions[arc.head as usize].point.gate;
        let (from, to) = (self.way(arc).road, self.way(next).road);
        let gate_opens = if gate { GATE } else { 0 };
        let boarding = if to.ferry && !from.ferry { FERRY } else { 0 };
        let wait = self.crossing(arc, next) + gate_opens + boarding;
        let avoided = if to.private && (gate || !from.private) { PRIVATE } else { 0 };
        let avoided = Cost { weight: avoided, ..Cost::ZERO };
        Cost::wait(wait).plus(avoided).plus(next.cost)
    }

    /// Milliseconds that passing the crossing takes: none where no other road comes in.
    fn crossing(&self, arc: &Arc, next: &Arc) -> u32 {
        let others = self.arriving.at(arc.head).iter().map(|&other| self.arc(other));
        let others = others.filter(|other| other.edge != arc.edge && other.edge != next.edge);
        let Some(best) = others.map(|other| self.way(other).road.class).min() else { return 0 };
        let turn = seconds_of_turn(next.heading_in - arc.heading_out);
        let stops = stop_impact(self.way(arc).road.class, best);
        (1000.0 * turn * f64::from(stops)).round() as u32
    }
}

/// Seconds by how far one turns, degrees clockwise; traffic keeps to the right.
///
/// Valhalla's table, left turns halved: it matches its own times on the two extracts better so.
fn seconds_of_turn(by: f32) -> f64 {
    match by.rem_euclid(360.0) {
        d if !(10.0..350.0).contains(&d) => 0.5,
        d if !(45.0..315.0).contains(&d) => 0.75,
        d if d < 135.0 => 1.0,
        d if d < 170.0 => 1.5,
        d if d < 190.0 => 9.5,
        d if d < 225.0 => 1.75,
        _ => 1.25,
    }
}

/// How much a crossing stops one, 0 to 7: more, the more important the best of the other roads.
/// Below the tertiary roads no difference is made.
fn stop_impact(from: Class, best: Class) -> u32 {
    let [from, best] = [from, best].map(|class| class.min(Class::Unclassified));
    (from as u32 + 3).saturating_sub(best as u32).min(7)
}
