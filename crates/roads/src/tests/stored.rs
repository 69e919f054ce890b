//! Roads that were stored are the same roads, and nothing else is taken for them.

use crate::{
    Roads, RoadsError, TravelTimes,
    osm::sketch::{Sketch, at},
};

fn town() -> Roads {
    let mut sketch = Sketch::new();
    for x in 0..4 {
        for y in 0..4 {
            sketch = sketch.node(1 + 4 * x + y, x as f64 * 150.0, y as f64 * 90.0);
        }
    }
    for i in 0..4 {
        let row: Vec<_> = (0..4).map(|x| 1 + 4 * x + i).collect();
        let column: Vec<_> = (0..4).map(|y| 1 + 4 * i + y).collect();
        sketch = sketch.street(100 + i, &row).one_way(200 + i, &column);
    }
    // Column 0 leads north only: this way leads back.
    sketch.street(300, &[1, 5, 9, 13]).street(301, &[4, 3, 2, 1]).roads().unwrap()
}

fn stored(roads: &Roads) -> Vec<u8> {
    let mut bytes = Vec::new();
    roads.store(&mut bytes).unwrap();
    bytes
}

#[test]
fn stored_roads_answer_as_they_did_and_are_stored_the_same_again() {
    let roads = town();
    let places: Vec<_> = (0..9).map(|i| at(i as f64 * 50.0, (i * i) as f64 * 3.0)).collect();

    let bytes = stored(&roads);
    let again = Roads::from_stored(bytes.as_slice()).unwrap();

    assert_eq!(again.counts(), roads.counts());
    assert_eq!(again.matrix(&places).unwrap(), roads.matrix(&places).unwrap());
    let way = |roads: &Roads| roads.way(places[0], places[8]).unwrap();
    assert_eq!(way(&again), way(&roads));
    assert_eq!(stored(&again), bytes);
}

#[test]
fn what_is_cut_short_changed_or_something_else_is_refused() {
    let bytes = stored(&town());
    let refused = |bytes: &[u8]| match Roads::from_stored(bytes) {
        Err(RoadsError::NotStored { what }) => what,
        other => panic!("{other:?}"),
    };

    for length in [15, 16, 47, bytes.len() / 2, bytes.len() - 1] {
        assert_eq!(refused(&bytes[..length]), "are cut short or damaged", "{length}");
    }
    for at in [15, bytes.len() / 2, bytes.len() - 1] {
        let mut changed = bytes.clone();
        changed[at] ^= 1;
        assert_eq!(refused(&changed), "are cut short or damaged", "{at}");
    }
    let another = "are of another version, or something else";
    assert_eq!(refused(b""), another);
    assert_eq!(refused(b"dugnad roads 2\n and so on"), another);
}
