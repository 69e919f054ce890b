//! A made-up town's roads, as a map extract: a grid of main roads with local streets in each
//! square, which meet the main roads at two places a side, as those of real towns do; one-way
//! streets in the middle; and a river with two bridges.

use std::ops::Range;

use dugnad_roads::sketch::Sketch;

/// How far the map reaches, metres.
pub(crate) const EAST: f64 = 16_000.0;
pub(crate) const NORTH: f64 = 12_000.0;

/// Between two streets, metres.
const BLOCK: f64 = 400.0;
const COLUMNS: i64 = (EAST / BLOCK) as i64 + 1;
const ROWS: i64 = (NORTH / BLOCK) as i64 + 1;
/// Every so many streets one is a main road.
const SQUARE: i64 = 5;
/// The river runs east, south of this row,
const RIVER: i64 = 20;
/// and only these columns cross it.
const BRIDGES: [i64; 2] = [10, 25];
/// The one-way streets.
const MIDDLE: [Range<i64>; 2] = [15..25, 10..20];

/// The map as `.osm.pbf` bytes; always the same.
pub(crate) fn pbf() -> Vec<u8> {
    let mut map = Sketch::new();
    for column in 0..COLUMNS {
        for row in 0..ROWS {
            map = map.node(id(column, row), column as f64 * BLOCK, row as f64 * BLOCK);
        }
    }
    let mut ways = 0..;
    let mut add = |map: Sketch, nodes: &[i64], tags: &[(&str, &str)]| match ways.next() {
        Some(way) if nodes.len() > 1 => map.way(way, nodes, tags),
        _ => map,
    };
    for row in 0..ROWS {
        for columns in pieces(row, COLUMNS) {
            let along: Vec<_> = columns.clone().map(|column| id(column, row)).collect();
            let in_the_middle = MIDDLE[0].contains(&columns.start) && MIDDLE[1].contains(&row);
            map = add(map, &along, tags(row, in_the_middle && row % SQUARE == 4));
        }
    }
    for column in 0..COLUMNS {
        for rows in pieces(column, ROWS) {
            let along: Vec<_> = rows.clone().map(|row| id(column, row)).collect();
            if !rows.contains(&RIVER) || BRIDGES.contains(&column) {
                map = add(map, &along, tags(column, false));
                continue;
            }
            let (south, north) = along.split_at((RIVER - rows.start) as usize);
            map = add(map, south, tags(column, false));
            map = add(map, north, tags(column, false));
        }
    }
    map.pbf()
}

fn id(column: i64, row: i64) -> i64 {
    1 + column * ROWS + row
}

/// A main road is one piece; a local street has one in each square, and the second and the third
/// of a square come out at one of its sides each.
fn pieces(street: i64, crossings: i64) -> Vec<Range<i64>> {
    if street % SQUARE == 0 {
        return std::iter::once(0..crossings).collect();
    }
    let (before, after) = (i64::from(street % SQUARE == 2), i64::from(street % SQUARE == 3));
    let squares = (0..crossings - 1).step_by(SQUARE as usize);
    squares.map(|main| main + 1 - before..main + SQUARE + after).collect()
}

fn tags(street: i64, is_one_way: bool) -> &'static [(&'static str, &'static str)] {
    match (street % SQUARE == 0, is_one_way) {
        (true, _) => &[("highway", "secondary"), ("maxspeed", "60")],
        (false, true) => &[("highway", "residential"), ("maxspeed", "30"), ("oneway", "yes")],
        (false, false) => &[("highway", "residential"), ("maxspeed", "40")],
    }
}
