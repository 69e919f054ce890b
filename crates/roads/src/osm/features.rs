//! What else is on a map beside its roads: houses with an address, and what people go to by name.
//!
//! For whoever wants places that are really there, as the demonstration does; the roads need none of it.

use std::io::Read;

use prost::Message as _;

use super::{
    Coord, MAX_NODES, MAX_REFS, Tags, at_most, broken, each_block, each_node, last_of, summed, wire,
};
use crate::{Place, RoadsError};

/// A house or a venue.
#[derive(Clone, Debug, PartialEq)]
pub struct Feature {
    /// Where: of an outline its middle.
    pub at: Place,
    /// What people call it; may be empty.
    pub name: String,
    /// The map's word for what it is (its `amenity`), such as `library`; may be empty.
    pub kind: String,
    /// The street, or empty.
    pub street: String,
    /// The house number, or empty.
    pub number: String,
}

/// Every feature of an extract that has a name and a kind, or a street and a number, in the file's order.
/// Those drawn as relations are left out.
///
/// `O(n log n)` in the nodes of the extract, 16 bytes each.
///
/// # Errors
/// As [`Roads::from_pbf`](crate::Roads::from_pbf), but that there are no roads.
pub fn features(input: impl Read) -> Result<Vec<Feature>, RoadsError> {
    let (mut nodes, mut found, mut corners) = (Vec::new(), Vec::new(), 0);
    each_block(input, |data, block| {
        for group in &data.groups {
            each_node(&data, group, block, |id, coord, tags| {
                let Some(coord) = coord else { return Ok(()) };
                nodes.push((id, coord));
                found.extend(feature(tags).map(|it| (it, vec![id])));
                at_most(nodes.len(), MAX_NODES, "nodes")
            })?;
            for way in &group.ways {
                let way = wire::Way::decode(way.clone()).map_err(|e| broken(block, e))?;
                let tags = Tags::of_columns(&data.strings.s, &way.keys, &way.vals);
                let Some(feature) = feature(&tags) else { continue };
                corners += way.refs.len();
                at_most(corners, MAX_REFS, "corners of houses")?;
                found.push((feature, summed(way.refs)));
            }
        }
        Ok(())
    })?;
    nodes.sort_by_key(|&(id, _)| id);
    let placed = found.into_iter().filter_map(|(feature, corners)| {
        let corners = corners.iter().filter_map(|&id| last_of(&nodes, id));
        Some(Feature { at: middle(corners)?, ..feature })
    });
    Ok(placed.collect())
}

fn feature(tags: &Tags<'_>) -> Option<Feature> {
    let text = |key| tags.get(key).unwrap_or_default().to_owned();
    let (name, kind) = (text("name"), text("amenity"));
    let (street, number) = (text("addr:street"), text("addr:housenumber"));
    let is_venue = !name.is_empty() && !kind.is_empty();
    let is_house = !street.is_empty() && !number.is_empty();
    let at = Place { lon: 0.0, lat: 0.0 };
    (is_venue || is_house).then_some(Feature { at, name, kind, street, number })
}

/// Of the box around them, so that an outline's many corners on one side do not pull.
fn middle(corners: impl Iterator<Item = Coord>) -> Option<Place> {
    let around = corners.fold(None, |around: Option<[Coord; 2]>, at| {
        let [low, high] = around.unwrap_or([at, at]);
        let low = Coord { lon: low.lon.min(at.lon), lat: low.lat.min(at.lat) };
        Some([low, Coord { lon: high.lon.max(at.lon), lat: high.lat.max(at.lat) }])
    });
    let [low, high] = around?;
    let half = |a: i32, b: i32| (f64::from(a) + f64::from(b)) / 2e7;
    Some(Place { lon: half(low.lon, high.lon), lat: half(low.lat, high.lat) })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sketch::{Sketch, at};

    #[test]
    fn venues_and_houses_are_found_with_their_middle_and_streets_are_not() {
        let library = [("name", "Biblioteket"), ("amenity", "library")];
        let house = [("addr:street", "Storgata"), ("addr:housenumber", "7 B")];
        let map = Sketch::new()
            .node(1, 0.0, 0.0)
            .node(2, 100.0, 0.0)
            .node(3, 100.0, 40.0)
            .node(4, 0.0, 40.0)
            .tagged(5, 300.0, 0.0, &house)
            .tagged(6, 400.0, 0.0, &[("amenity", "bench")])
            .lone(7, 500.0, 0.0, &library)
            .way(10, &[1, 2, 3, 4, 1], &library)
            .way(11, &[1, 2], &[("highway", "residential"), ("name", "Storgata")])
            .pbf();

        let mut found = features(map.as_slice()).unwrap();

        found.sort_by(|a, b| a.at.lon.total_cmp(&b.at.lon));
        let said = |it: &Feature| format!("{} {} {} {}", it.name, it.kind, it.street, it.number);
        let said: Vec<_> = found.iter().map(said).collect();
        assert_eq!(said, ["Biblioteket library  ", "  Storgata 7 B", "Biblioteket library  "]);
        assert!(found[0].at.metres_to(at(50.0, 20.0)) < 0.1, "{}", found[0].at);
    }
}
