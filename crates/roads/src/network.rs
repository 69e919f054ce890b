//! The network: ways cut at crossings into edges, each edge one or two directed arcs.
//!
//! Invariants: an edge has at least two points, the first at junction `a`, the last at `b`; every
//! arc belongs to an edge and costs more than nothing; arcs out of a junction lie together.

mod component;
mod density;
mod turns;

use std::collections::HashMap;

use serde::{Deserialize, Serialize};

pub(crate) use component::Connected;
pub(crate) use turns::Turns;

use crate::{
    Place, RoadsError,
    car::{Pace, Point},
    cost::Cost,
    osm::{Coord, Extract},
};

/// Where edges meet.
#[derive(Debug)]
pub(crate) struct Junction {
    pub(crate) node: i64,
    pub(crate) place: Place,
    pub(crate) point: Point,
    /// Kilometres of road per square kilometre around it.
    pub(crate) density: f64,
}

/// A piece of road between two junctions.
#[derive(Debug, Deserialize, Serialize)]
pub(crate) struct Edge {
    pub(crate) a: u32,
    pub(crate) b: u32,
    /// The way it is part of, as an index into the extract's.
    pub(crate) way: u32,
    pub(crate) metres: f64,
    /// Its points, as a range of the network's.
    from: u32,
    to: u32,
}

/// An edge in one of its directions.
#[derive(Clone, Copy, Debug, Deserialize, Serialize)]
pub(crate) struct Arc {
    pub(crate) edge: u32,
    pub(crate) forward: bool,
    /// The junction it starts at.
    pub(crate) tail: u32,
    /// The junction it ends at.
    pub(crate) head: u32,
    pub(crate) cost: Cost,
    /// Where it points when it is entered, degrees.
    pub(crate) heading_in: f32,
    /// Where it points when it is left, degrees.
    pub(crate) heading_out: f32,
}

/// The drivable roads of an extract.
#[derive(Debug, Default, Deserialize, Serialize)]
pub(crate) struct Network {
    /// What turns were made from; a stored network is without.
    #[serde(skip)]
    pub(crate) junctions: Vec<Junction>,
    pub(crate) edges: Vec<Edge>,
    points: Vec<Coord>,
    /// Sorted by tail.
    pub(crate) arcs: Vec<Arc>,
}

/// Longer straight pieces are mistakes of the map (or of a mutated file).
const LONGEST_PIECE_METRES: f64 = 200_000.0;
/// Roads that meet at one crossing.
const MOST_AT_CROSSING: u64 = 64;
/// From how dense a network on a road counts as in town (Valhalla's bound).
const TOWN_KM_PER_KM2: f64 = 12.2;
/// Headings are taken over this much of a road, so that a kink at the crossing does not count.
const HEADING_METRES: f64 = 30.0;

impl Network {
    /// Cuts the extract's ways at their crossings.
    ///
    /// # Errors
    /// [`RoadsError::TooLarge`] for a crossing of more roads than there are anywhere: its turns
    /// would be the square of them.
    pub(crate) fn build(extract: &Extract) -> Result<Self, RoadsError> {
        let mut network = Self::default();
        let crossings = Crossings::of(extract);
        let mut junctions = HashMap::new();
        for (way, path) in extract.ways.iter().enumerate() {
            for run in runs(extract, &path.refs) {
                network.cut(extract, &crossings, &mut junctions, way as u32, &run);
            }
        }
        let mut ends = vec![0; network.junctions.len()];
        for edge in &network.edges {
            ends[edge.a as usize] += 1;
            ends[edge.b as usize] += 1;
        }
        if ends.iter().any(|&ends| ends > MOST_AT_CROSSING) {
            let limit = MOST_AT_CROSSING;
            return Err(RoadsError::TooLarge { what: "roads at one crossing", limit });
        }
        density::measure(&mut network);
        network.direct(extract);
        Ok(network)
    }

    /// The points of an edge from `a` to `b`.
    pub(crate) fn shape(&self, edge: u32) -> impl DoubleEndedIterator<Item = Place> + Clone {
        let edge = &self.edges[edge as usize];
        self.points[edge.from as usize..edge.to as usize].iter().map(|&c| place(c))
    }

    /// Appends one way's unbroken run of nodes as edges.
    fn cut(
        &mut self,
        extract: &Extract,
        crossings: &Crossings,
        junctions: &mut HashMap<i64, u32>,
        way: u32,
        run: &[(i64, Coord)],
    ) {
        let mut start = 0;
        for end in 1..run.len() {
            if end + 1 < run.len() && !crossings.cut_at(run[end].0) {
                continue;
            }
            let piece = &run[start..=end];
            start = end;
            let lengths = piece.windows(2).map(|p| place(p[0].1).metres_to(place(p[1].1)));
            let metres: f64 = lengths.clone().sum();
            if lengths.clone().any(|length| length > LONGEST_PIECE_METRES) {
                continue;
            }
            let mut junction = |(node, coord): (i64, Coord)| {
                *junctions.entry(node).or_insert_with(|| {
                    let point = extract.point(node);
                    let place = place(coord);
                    self.junctions.push(Junction { node, place, point, density: 0.0 });
                    self.junctions.len() as u32 - 1
                })
            };
            let (a, b) = (junction(piece[0]), junction(piece[piece.len() - 1]));
            let from = self.points.len() as u32;
            self.points.extend(piece.iter().map(|&(_, coord)| coord));
            self.edges.push(Edge { a, b, way, metres, from, to: self.points.len() as u32 });
        }
    }

    /// Makes the arcs of all edges.
    fn direct(&mut self, extract: &Extract) {
        let mut arcs = Vec::with_capacity(2 * self.edges.len());
        for (index, edge) in (0..).zip(&self.edges) {
            let road = &extract.ways[edge.way as usize].road;
            let density = f64::midpoint(
                self.junctions[edge.a as usize].density,
                self.junctions[edge.b as usize].density,
            );
            let at_a = heading(self.shape(index));
            let at_b = heading(self.shape(index).rev());
            let back = |degrees: f32| (degrees + 180.0) % 360.0;
            let arc = |forward: bool, pace: Pace| {
                let kmh = if density >= TOWN_KM_PER_KM2 { pace.town } else { pace.country };
                let (tail, head) = if forward { (edge.a, edge.b) } else { (edge.b, edge.a) };
                let (heading_in, heading_out) =
                    if forward { (at_a, back(at_b)) } else { (at_b, back(at_a)) };
                let cost = driving(edge.metres, kmh);
                Arc { edge: index, forward, tail, head, cost, heading_in, heading_out }
            };
            arcs.extend(road.forward.map(|pace| arc(true, pace)));
            arcs.extend(road.backward.map(|pace| arc(false, pace)));
        }
        arcs.sort_by_key(|arc| arc.tail);
        self.arcs = arcs;
    }

    /// Keeps only these arcs, by index and in ascending order.
    pub(crate) fn keep(&mut self, arcs: &[u32]) {
        self.arcs = arcs.iter().map(|&arc| self.arcs[arc as usize]).collect();
    }
}

/// The nodes at which ways are cut.
struct Crossings {
    /// How often a node is used; an end of a way counts twice. Looked up, never walked.
    uses: HashMap<i64, u32>,
}

impl Crossings {
    fn of(extract: &Extract) -> Self {
        let mut uses = HashMap::new();
        for way in &extract.ways {
            for run in runs(extract, &way.refs) {
                for (i, &(node, _)) in run.iter().enumerate() {
                    let point = extract.point(node);
                    let cut = i == 0 || i + 1 == run.len() || point.closed || point.gate;
                    *uses.entry(node).or_insert(0_u32) += if cut { 2 } else { 1 };
                }
            }
        }
        Self { uses }
    }

    fn cut_at(&self, node: i64) -> bool {
        self.uses.get(&node).is_some_and(|&uses| uses > 1)
    }
}

/// The parts of a way whose nodes the extract has, at least two each, none twice in a row.
fn runs(extract: &Extract, refs: &[i64]) -> Vec<Vec<(i64, Coord)>> {
    let mut runs = vec![Vec::new()];
    for &node in refs {
        match (extract.coord(node), runs.last_mut()) {
            (Some(coord), Some(run)) if run.last().is_none_or(|&(last, _)| last != node) => {
                run.push((node, coord));
            }
            (None, Some(run)) if !run.is_empty() => runs.push(Vec::new()),
            _ => {}
        }
    }
    runs.retain(|run| run.len() > 1);
    runs
}

/// What driving so far at such a speed costs; never nothing.
fn driving(metres: f64, kmh: f64) -> Cost {
    let millis = (metres * 3600.0 / kmh).round().max(1.0) as u32;
    let decimetres = (metres * 10.0).round() as u32;
    Cost { weight: millis, millis, decimetres }
}

/// The bearing over the first metres of a road.
fn heading(mut shape: impl Iterator<Item = Place>) -> f32 {
    let Some(start) = shape.next() else { return 0.0 };
    let mut last = start;
    for place in shape {
        last = place;
        if start.metres_to(place) >= HEADING_METRES {
            break;
        }
    }
    start.bearing_to(last).rem_euclid(360.0) as f32
}

fn place(coord: Coord) -> Place {
    Place { lon: f64::from(coord.lon) * 1e-7, lat: f64::from(coord.lat) * 1e-7 }
}
