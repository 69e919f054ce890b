//! How dense the roads are around a junction: the measure of town and country.
//!
//! Kilometres of road per square kilometre within two kilometres, as Valhalla measures it, here
//! counted by the cells of a grid: it only picks between two tables of speeds and scales the
//! seconds that a crossing takes.

use std::collections::HashMap;

use super::Network;
use crate::Place;

/// The side of a cell in degrees of latitude: half a kilometre.
const SIDE: f64 = 0.5 / 111.2;
/// Two kilometres, in cells.
const RADIUS: i32 = 4;

/// Sets every junction's density. `O(junctions + edges)`.
pub(super) fn measure(network: &mut Network) {
    let mut metres = HashMap::new();
    for edge in &network.edges {
        let ends = [edge.a, edge.b].map(|j| network.junctions[j as usize].place);
        *metres.entry(cell(ends[0].towards(ends[1], 0.5))).or_insert(0.0) += edge.metres;
    }
    let square = (-RADIUS..=RADIUS).flat_map(|x| (-RADIUS..=RADIUS).map(move |y| (x, y)));
    let circle: Vec<_> = square.filter(|(x, y)| x * x + y * y <= RADIUS * RADIUS).collect();
    let mut known = HashMap::new();
    for junction in &mut network.junctions {
        let (x, y) = cell(junction.place);
        junction.density = *known.entry((x, y)).or_insert_with(|| {
            let cells = circle.iter().filter_map(|(dx, dy)| metres.get(&(x + dx, y + dy)));
            let kilometres = cells.sum::<f64>() / 1000.0;
            kilometres / (0.25 * circle.len() as f64)
        });
    }
}

/// Cells are square on the ground: their width in degrees grows towards the poles.
fn cell(place: Place) -> (i32, i32) {
    let y = (place.lat / SIDE).floor();
    let width = SIDE / (y * SIDE).to_radians().cos();
    ((place.lon / width).floor() as i32, y as i32)
}
