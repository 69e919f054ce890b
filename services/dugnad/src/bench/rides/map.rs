//! A made-up town's roads, as a map extract: streets in a grid, main roads among them, a river with
//! three bridges, and one-way streets in the middle.

use dugnad_roads::sketch::Sketch;

/// How far the map reaches, metres.
pub(crate) const EAST: f64 = 16_000.0;
pub(crate) const NORTH: f64 = 12_000.0;

/// Between two streets, metres.
const BLOCK: f64 = 400.0;
/// Every so many streets one is a main road.
const MAIN: i64 = 5;
/// The river runs east between these two rows.
const RIVER: i64 = 17;
/// How many columns lie between two bridges.
const BRIDGES: i64 = 15;

/// The map as `.osm.pbf` bytes; always the same.
pub(crate) fn pbf() -> Vec<u8> {
    let (columns, rows) = ((EAST / BLOCK) as i64 + 1, (NORTH / BLOCK) as i64 + 1);
    let id = |column: i64, row: i64| 1 + column * rows + row;
    let mut map = Sketch::new();
    for column in 0..columns {
        for row in 0..rows {
            map = map.node(id(column, row), column as f64 * BLOCK, row as f64 * BLOCK);
        }
    }
    for row in 0..rows {
        let along: Vec<_> = (0..columns).map(|column| id(column, row)).collect();
        map =
            map.way(10_000 + row, &along, &tags(row, (rows / 2 - 3..rows / 2 + 3).contains(&row)));
    }
    for column in 0..columns {
        let along: Vec<_> = (0..rows).map(|row| id(column, row)).collect();
        let tags = tags(column, false);
        if column % BRIDGES == MAIN {
            map = map.way(20_000 + column, &along, &tags);
            continue;
        }
        let (south, north) = along.split_at(RIVER as usize);
        map = map.way(20_000 + column, south, &tags).way(30_000 + column, north, &tags);
    }
    map.pbf()
}

fn tags(number: i64, in_the_middle: bool) -> Vec<(&'static str, &'static str)> {
    match (number % MAIN == 0, in_the_middle) {
        (true, _) => vec![("highway", "secondary"), ("maxspeed", "60")],
        (false, true) if number % 2 == 0 => {
            vec![("highway", "residential"), ("maxspeed", "30"), ("oneway", "yes")]
        }
        (false, true) => vec![("highway", "residential"), ("maxspeed", "30"), ("oneway", "-1")],
        (false, false) => vec![("highway", "residential"), ("maxspeed", "40")],
    }
}
