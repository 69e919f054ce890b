//! The road nearest to a place.
//!
//! Straight pieces of road lie in an R*-tree in Mercator's projection, which keeps angles and
//! therefore the order of distances around a place, at any latitude.

use rstar::{AABB, PointDistance, RTree, RTreeObject};

use crate::{Place, network::Network};

/// A place on a road.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Snapped {
    /// The point of the road.
    pub place: Place,
    /// Metres between the place that was asked about and the road.
    pub metres: f64,
    pub(crate) edge: u32,
    /// How far along the edge, 0 to 1.
    pub(crate) share: f64,
}

/// A straight piece of an edge.
#[derive(Debug)]
struct Piece {
    ends: [[f64; 2]; 2],
    edge: u32,
    /// The shares of the edge's length at which it begins and ends.
    shares: [f32; 2],
}

impl RTreeObject for Piece {
    type Envelope = AABB<[f64; 2]>;

    fn envelope(&self) -> Self::Envelope {
        AABB::from_corners(self.ends[0], self.ends[1])
    }
}

impl Piece {
    /// How far along it the point nearest to another is, 0 to 1.
    fn nearest(&self, [x, y]: [f64; 2]) -> f64 {
        let [[ax, ay], [bx, by]] = self.ends;
        let (dx, dy) = (bx - ax, by - ay);
        let length_2 = dx * dx + dy * dy;
        if length_2 == 0.0 {
            return 0.0;
        }
        (((x - ax) * dx + (y - ay) * dy) / length_2).clamp(0.0, 1.0)
    }
}

impl PointDistance for Piece {
    fn distance_2(&self, point: &[f64; 2]) -> f64 {
        let along = self.nearest(*point);
        let at = |i: usize| self.ends[0][i] + (self.ends[1][i] - self.ends[0][i]) * along;
        (at(0) - point[0]).powi(2) + (at(1) - point[1]).powi(2)
    }
}

/// Finds the nearest road.
#[derive(Debug)]
pub(crate) struct Snapper(RTree<Piece>);

impl Snapper {
    /// Over these edges of a network.
    pub(crate) fn new(network: &Network, edges: impl Iterator<Item = u32>) -> Self {
        let mut pieces = Vec::new();
        for edge in edges {
            let length = network.edges[edge as usize].metres.max(f64::MIN_POSITIVE);
            let mut before = 0.0;
            for (a, b) in network.shape(edge).zip(network.shape(edge).skip(1)) {
                let after = before + a.metres_to(b);
                let shares = [before, after].map(|metres| (metres / length).min(1.0) as f32);
                pieces.push(Piece { ends: [mercator(a), mercator(b)], edge, shares });
                before = after;
            }
        }
        Self(RTree::bulk_load(pieces))
    }

    /// The nearest point of any edge that will do; `None` when there is none. `O(log n)` in the usual
    /// case.
    pub(crate) fn snap(&self, place: Place, will_do: impl Fn(u32) -> bool) -> Option<Snapped> {
        let point = mercator(place);
        let piece = self.0.nearest_neighbor_iter(point).find(|piece| will_do(piece.edge))?;
        let along = piece.nearest(point);
        let [from, to] = piece.ends.map(unproject);
        let on_road = from.towards(to, along);
        let [start, end] = piece.shares.map(f64::from);
        let share = start + (end - start) * along;
        Some(Snapped { place: on_road, metres: place.metres_to(on_road), edge: piece.edge, share })
    }
}

fn mercator(place: Place) -> [f64; 2] {
    let lat = place.lat.clamp(-85.0, 85.0).to_radians();
    [place.lon, lat.tan().asinh().to_degrees()]
}

fn unproject([x, y]: [f64; 2]) -> Place {
    Place { lon: x, lat: y.to_radians().sinh().atan().to_degrees() }
}
