//! Random towns: what the hierarchy answers is what plain Dijkstra answers.

use proptest::prelude::*;

use crate::{
    Place, Roads, TravelTimes,
    cost::Cost,
    osm::sketch::{Sketch, at},
};

/// A street between neighbouring corners of a grid: its kind, and whether it goes on in one piece
/// with the last one.
#[derive(Clone, Debug)]
struct Street {
    from: (i64, i64),
    east: bool,
    tags: usize,
}

const SIDE: i64 = 6;
const KINDS: [&[(&str, &str)]; 6] = [
    &[("highway", "residential")],
    &[("highway", "residential"), ("oneway", "yes")],
    &[("highway", "residential"), ("oneway", "-1")],
    &[("highway", "primary"), ("maxspeed", "50")],
    &[("highway", "service"), ("access", "private")],
    &[("highway", "tertiary"), ("maxspeed:forward", "20")],
];

#[derive(Clone, Debug)]
struct Town {
    streets: Vec<Street>,
    /// From a street, through its end, to a street; `only` or not.
    turns: Vec<(usize, usize, bool)>,
    places: Vec<(f64, f64)>,
}

fn towns() -> impl Strategy<Value = Town> {
    let street = (0..SIDE, 0..SIDE, any::<bool>(), 0..KINDS.len());
    let street = street.prop_map(|(x, y, east, tags)| Street { from: (x, y), east, tags });
    let extent = 0.0..100.0 * (SIDE + 1) as f64;
    (
        prop::collection::vec(street, 20..90),
        prop::collection::vec((0..90_usize, 0..90_usize, any::<bool>()), 0..12),
        prop::collection::vec((extent.clone(), extent), 1..8),
    )
        .prop_map(|(streets, turns, places)| Town { streets, turns, places })
}

impl Town {
    fn roads(&self) -> Option<Roads> {
        let node = |(x, y): (i64, i64)| 1 + x * 100 + y;
        let ends = |street: &Street| {
            let (x, y) = street.from;
            [node((x, y)), node(if street.east { (x + 1, y) } else { (x, y + 1) })]
        };
        let mut sketch = Sketch::new();
        for x in 0..=SIDE {
            for y in 0..=SIDE {
                // Uneven, so that few ways are equally long.
                let jitter = ((x * 7 + y * 13) % 11) as f64 * 3.0;
                sketch = sketch.node(node((x, y)), x as f64 * 100.0 + jitter, y as f64 * 100.0);
            }
        }
        for (id, street) in (1000..).zip(&self.streets) {
            sketch = sketch.way(id, &ends(street), KINDS[street.tags]);
        }
        for &(from, to, only) in &self.turns {
            let (from, to) = (from % self.streets.len(), to % self.streets.len());
            let via = ends(&self.streets[from])[1];
            let kind = if only { "only_straight_on" } else { "no_left_turn" };
            let turn = (1000 + from as i64, via, 1000 + to as i64);
            sketch = sketch.turn(turn, &[("restriction", kind)]);
        }
        sketch.roads().ok()
    }
}

fn length(line: &[Place]) -> f64 {
    line.windows(2).map(|pair| pair[0].metres_to(pair[1])).sum()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn the_matrix_is_plain_dijkstra_s_and_each_way_is_the_matrix_s(town in towns()) {
        let Some(roads) = town.roads() else { return Ok(()) };
        let places: Vec<_> = town.places.iter().map(|&(x, y)| at(x, y)).collect();

        let matrix = roads.matrix(&places).unwrap();

        for (i, &from) in places.iter().enumerate() {
            for (j, &to) in places.iter().enumerate() {
                let (start, end) = (roads.start(from).unwrap(), roads.goal(to).unwrap());
                let plain = if from == to { Cost::ZERO } else { roads.plainly(start, end) };
                prop_assert_eq!(matrix.seconds(i, j), Some((plain.millis + 500) / 1000));
                prop_assert_eq!(matrix.metres(i, j), Some((plain.decimetres + 5) / 10));
                let way = roads.way(from, to).unwrap();
                prop_assert_eq!(Some(way.seconds), matrix.seconds(i, j));
                prop_assert_eq!(Some(way.metres), matrix.metres(i, j));
                prop_assert_eq!(way.line[0], start.place);
                prop_assert!(from == to || way.line[way.line.len() - 1] == end.place);
                let off = (length(&way.line) - f64::from(way.metres)).abs();
                prop_assert!(off < 2.0, "{} m drawn, {} m said", length(&way.line), way.metres);
            }
        }
    }
}
