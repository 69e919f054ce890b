//! How dense the roads are around a junction: the measure of town and country.
//!
//! Kilometres of road per square kilometre, in the cell of a grid and its eight neighbours,
//! weighed by nothing finer: it only picks between two tables of speeds and scales the seconds
//! that a crossing takes.

use std::collections::HashMap;

use super::Network;
use crate::Place;

/// The side of a cell in degrees of latitude: a kilometre.
const SIDE: f64 = 1.0 / 111.0;

/// Sets every junction's density.
pub(super) fn measure(network: &mut Network) {
    let mut metres = HashMap::new();
    for edge in &network.edges {
        let ends = [edge.a, edge.b].map(|j| network.junctions[j as usize].place);
        *metres.entry(cell(ends[0].towards(ends[1], 0.5))).or_insert(0.0) += edge.metres;
    }
    for junction in &mut network.junctions {
        let (x, y) = cell(junction.place);
        let around = (-1..=1).flat_map(|dx| (-1..=1).map(move |dy| (x + dx, y + dy)));
        // Cells without roads are sea or forest, or beyond the extract: no part of the town.
        let cells: Vec<f64> = around.filter_map(|c| metres.get(&c).copied()).collect();
        junction.density = cells.iter().sum::<f64>() / 1000.0 / cells.len().max(1) as f64;
    }
}

/// Cells are square on the ground: their width in degrees grows towards the poles.
fn cell(place: Place) -> (i32, i32) {
    let y = (place.lat / SIDE).floor();
    let width = SIDE / (y * SIDE).to_radians().cos();
    ((place.lon / width).floor() as i32, y as i32)
}
