//! Places, the lines of ways, and what is refused.

use crate::{
    CrowFlies, Matrix, Place, RoadsError, TravelTimes,
    osm::sketch::{Sketch, at},
};

fn bent_street() -> Sketch {
    Sketch::new().node(1, 0.0, 0.0).node(2, 400.0, 0.0).node(3, 400.0, 300.0).street(10, &[1, 2, 3])
}

#[test]
fn a_place_snaps_to_the_nearest_point_of_the_street_not_to_its_ends() {
    let roads = bent_street().roads().unwrap();

    let snapped = roads.snap(at(100.0, 30.0)).unwrap();

    assert_eq!(snapped.metres.round(), 30.0);
    assert!(snapped.place.metres_to(at(100.0, 0.0)) < 0.1);
}

#[test]
fn the_line_of_a_way_runs_from_place_to_place_round_the_bend() {
    let roads = bent_street().roads().unwrap();
    let (from, to) = (at(100.0, 10.0), at(390.0, 200.0));

    let there = roads.way(from, to).unwrap();
    let mut back = roads.way(to, from).unwrap();

    let expected = [at(100.0, 0.0), at(400.0, 0.0), at(400.0, 200.0)];
    let off = there.line.iter().zip(expected).map(|(p, q)| p.metres_to(q));
    assert!(off.fold(0.0, f64::max) < 0.1, "{:?}", there.line);
    assert_eq!((there.line.len(), there.metres), (3, 500));
    back.line.reverse();
    assert_eq!(back, there);
}

#[test]
fn a_way_from_a_place_to_itself_is_no_way_at_all() {
    let roads = bent_street().roads().unwrap();
    let here = at(100.0, 10.0);

    let way = roads.way(here, here).unwrap();

    assert_eq!((way.seconds, way.metres, way.line.len()), (0, 0, 1));
}

#[test]
fn no_places_are_an_empty_matrix() {
    let roads = bent_street().roads().unwrap();

    let matrix = roads.matrix(&[]).unwrap();

    assert_eq!(matrix, Matrix { size: 0, seconds: vec![], metres: vec![] });
}

#[test]
fn a_place_far_from_every_road_is_named() {
    let roads = bent_street().roads().unwrap();
    let far = at(0.0, -1_500.0);

    let refused = roads.matrix(&[at(0.0, 0.0), far]).unwrap_err();

    assert!(
        matches!(refused, RoadsError::FarFromRoads { index: 1, place, metres }
            if place == far && metres.round() == 1_500.0),
        "{refused}"
    );
}

#[test]
fn a_place_that_is_none_is_named() {
    let roads = bent_street().roads().unwrap();
    let crow = CrowFlies { factor: 1.3, kmh: 40.0 };
    let nowhere = Place { lon: f64::NAN, lat: 60.0 };

    for times in [&roads as &dyn TravelTimes, &crow] {
        let refused = times.matrix(&[at(0.0, 0.0), nowhere]).unwrap_err();
        assert!(matches!(refused, RoadsError::NotAPlace { index: 1, .. }), "{refused}");
        assert!(times.way(nowhere, at(0.0, 0.0)).is_err());
    }
    assert!(roads.snap(nowhere).is_err());
}

#[test]
fn a_place_behind_on_a_lone_one_way_loop_is_reached_by_driving_round() {
    let ring = Sketch::new().node(1, 0.0, 0.0).node(2, 100.0, 0.0).node(3, 0.0, 100.0);
    let roads = ring.one_way(10, &[1, 2, 3, 1]).roads().unwrap();
    let (early, late) = (at(20.0, 0.0), at(80.0, 0.0));

    let matrix = roads.matrix(&[early, late]).unwrap();

    let round = 200.0 + 2.0_f64.sqrt() * 100.0;
    assert_eq!(matrix.metres, [0, 60, (round - 60.0).round() as u32, 0]);
    let way = roads.way(late, early).unwrap();
    assert_eq!((way.metres, way.line.len()), (281, 5));
}

#[test]
fn the_crow_is_symmetric_and_as_fast_as_it_is_told() {
    let crow = CrowFlies { factor: 1.5, kmh: 36.0 };

    let matrix = crow.matrix(&[at(0.0, 0.0), at(0.0, 1_000.0)]).unwrap();
    let way = crow.way(at(0.0, 0.0), at(0.0, 1_000.0)).unwrap();

    assert_eq!(matrix.seconds, [0, 150, 150, 0]);
    assert_eq!(matrix.metres, [0, 1_500, 1_500, 0]);
    assert_eq!((way.seconds, way.metres), (150, 1_500));
}

#[test]
fn a_crow_that_does_not_move_reaches_nothing() {
    let crow = CrowFlies { factor: 1.5, kmh: 0.0 };
    let places = [at(0.0, 0.0), at(0.0, 1_000.0)];

    let matrix = crow.matrix(&places).unwrap();

    assert_eq!(matrix.seconds(0, 1), None);
    assert!(matches!(crow.way(places[0], places[1]), Err(RoadsError::NoWay { .. })));
}

#[test]
fn too_many_places_are_refused_before_memory_is_taken() {
    let crow = CrowFlies { factor: 1.3, kmh: 40.0 };
    let many = vec![at(0.0, 0.0); Matrix::MOST_PLACES + 1];

    let refused = crow.matrix(&many).unwrap_err();

    assert!(matches!(refused, RoadsError::TooManyPlaces { .. }), "{refused}");
}
