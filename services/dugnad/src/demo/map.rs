//! The town as it lies there: a real extract of OpenStreetMap, its houses, streets and venues.
//!
//! The centre of Helsinki, © OpenStreetMap contributors, ODbL 1.0 (`tests/data/README.md`). Buildings,
//! streets and roads are real; everybody who lives there is made up.

use std::{
    collections::{BTreeMap, HashSet},
    path::{Path, PathBuf},
};

use anyhow::{Context as _, Result, ensure};
use dugnad_roads::{Feature, Place, Roads, features};

/// The extract itself rides along in the binary, so that nothing need be fetched.
const EXTRACT: &[u8] = include_bytes!("../../../../tests/data/helsinki-centre.osm.pbf");

/// Whose map it is.
pub(super) const ATTRIBUTION: &str =
    "Map: the centre of Helsinki, © OpenStreetMap contributors, ODbL 1.0";

/// What municipalities let, or meet in, by the map's words; the most usual first.
const VENUES: [&str; 8] = [
    "library",
    "community_centre",
    "school",
    "social_facility",
    "arts_centre",
    "place_of_worship",
    "college",
    "townhall",
];

/// Houses farther from every road, in metres, cannot be driven to.
const NEAR_A_ROAD: f64 = 250.0;

/// The town is divided into so many areas from west to east, and from south to north.
const ACROSS: [usize; 2] = [4, 2];

/// What is drawn of it and asked of it.
pub(crate) struct Map {
    pub(super) roads: Roads,
    /// Houses with a street and a number.
    pub(super) homes: Vec<Feature>,
    /// Where people meet, by name.
    pub(crate) venues: Vec<Feature>,
    pub(crate) areas: Vec<Area>,
    corners: [Place; 2],
}

/// A part of the town.
#[derive(Clone, Debug)]
pub(crate) struct Area {
    /// As the municipality's list has it.
    pub(crate) code: String,
    /// After the street with the most houses in it.
    pub(super) title: String,
    /// Its middle.
    pub(super) at: Place,
}

impl Map {
    pub(crate) fn read() -> Result<Self> {
        let roads = Roads::from_pbf(EXTRACT)?;
        let all = features(EXTRACT)?;
        let is_near =
            |it: &Feature| roads.snap(it.at).is_ok_and(|snapped| snapped.metres < NEAR_A_ROAD);
        let near: Vec<Feature> = all.into_iter().filter(is_near).collect();
        let is_home = |it: &&Feature| !it.street.is_empty() && !it.number.is_empty();
        let homes: Vec<Feature> = near.iter().filter(is_home).cloned().collect();
        ensure!(!homes.is_empty(), "a map without houses");
        let corners = around(&homes);
        let venues = venues(&near);
        let mut map = Self { roads, homes, venues, areas: Vec::new(), corners };
        map.areas = map.divided();
        Ok(map)
    }

    /// Writes the extract where `dugnad serve --roads` reads it.
    pub(crate) fn keep_in(data: &Path) -> Result<PathBuf> {
        let path = data.join("town.osm.pbf");
        std::fs::write(&path, EXTRACT).with_context(|| path.display().to_string())?;
        Ok(path)
    }

    pub(super) fn streets(&self) -> Vec<&str> {
        let mut seen = HashSet::new();
        let streets = self.homes.iter().map(|it| it.street.as_str());
        streets.filter(|street| seen.insert(*street)).collect()
    }

    /// Which area a place lies in, by its index.
    pub(super) fn area_of(&self, at: Place) -> usize {
        let cell = self.cell(at);
        self.areas.iter().position(|area| self.cell(area.at) == cell).unwrap_or_default()
    }

    fn cell(&self, at: Place) -> [usize; 2] {
        let [low, high] = self.corners;
        let share = |x: f64, from: f64, to: f64, of: usize| {
            let share = ((x - from) / (to - from)).clamp(0.0, 0.999);
            (share * of as f64) as usize
        };
        [share(at.lon, low.lon, high.lon, ACROSS[0]), share(at.lat, low.lat, high.lat, ACROSS[1])]
    }

    /// An area for each cell that somebody lives in.
    fn divided(&self) -> Vec<Area> {
        let mut cells: BTreeMap<[usize; 2], Vec<&Feature>> = BTreeMap::new();
        for home in &self.homes {
            cells.entry(self.cell(home.at)).or_default().push(home);
        }
        let area = |(n, homes): (usize, Vec<&Feature>)| {
            let mean = |of: fn(&Feature) -> f64| {
                homes.iter().map(|it| of(it)).sum::<f64>() / homes.len() as f64
            };
            let mut streets: BTreeMap<&str, usize> = BTreeMap::new();
            for home in &homes {
                *streets.entry(&home.street).or_default() += 1;
            }
            let title = streets.iter().max_by_key(|(_, houses)| **houses);
            Area {
                code: format!("strok-{}", n + 1),
                title: title.map(|(street, _)| (*street).to_owned()).unwrap_or_default(),
                at: Place { lon: mean(|it| it.at.lon), lat: mean(|it| it.at.lat) },
            }
        };
        cells.into_values().enumerate().map(area).collect()
    }
}

/// By how usual their kind is; each name once.
fn venues(near: &[Feature]) -> Vec<Feature> {
    let rank = |it: &Feature| VENUES.iter().position(|kind| it.kind == *kind);
    let mut venues: Vec<&Feature> = near.iter().filter(|it| rank(it).is_some()).collect();
    venues.sort_by_key(|it| rank(it));
    let mut seen = HashSet::new();
    venues.retain(|it| !it.name.is_empty() && seen.insert(it.name.clone()));
    venues.into_iter().cloned().collect()
}

fn around(homes: &[Feature]) -> [Place; 2] {
    let all = |of: fn(&Feature) -> f64, pick: fn(f64, f64) -> f64, from: f64| {
        homes.iter().map(of).fold(from, pick)
    };
    let (inf, lon, lat) = (f64::INFINITY, |it: &Feature| it.at.lon, |it: &Feature| it.at.lat);
    [
        Place { lon: all(lon, f64::min, inf), lat: all(lat, f64::min, inf) },
        Place { lon: all(lon, f64::max, -inf), lat: all(lat, f64::max, -inf) },
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_extract_has_venues_by_name_houses_and_areas_that_each_house_lies_in() {
        let map = Map::read().unwrap();

        let names: Vec<_> = map.venues.iter().map(|it| it.name.as_str()).collect();
        assert!(names.contains(&"Kansalliskirjasto"), "{names:?}");
        assert!(map.venues.len() >= 18, "{}", map.venues.len());
        assert!(map.homes.len() > 1_000, "{}", map.homes.len());
        assert!(map.areas.len() > 4, "{:?}", map.areas);
        let mut lived_in = vec![0; map.areas.len()];
        for home in &map.homes {
            lived_in[map.area_of(home.at)] += 1;
        }
        assert!(lived_in.iter().all(|houses| *houses > 0), "{lived_in:?}");
    }
}
