//! Where a car may go.
//!
//! Most maps here are a block of streets, a kilometre round, with a dead end to turn round in:
//!
//! ```text
//!       4 --- 3    east and north in metres: 1 (0, 0), 2 (300, 0), 3 (300, 200), 4 (0, 200);
//!       |     |    way 10 is 1-2, 11 is 2-3, 12 is 3-4, 13 is 4-1;
//!   9---1 --- 2    way 90 is 9-1, a hundred metres
//! ```

use crate::{
    Place, Roads, RoadsError, TravelTimes,
    osm::sketch::{Sketch, at},
};

/// The corners and the dead end.
fn corners() -> Sketch {
    let south = Sketch::new().node(1, 0.0, 0.0).node(2, 300.0, 0.0);
    let north = south.node(3, 300.0, 200.0).lone(4, 0.0, 200.0, &[]);
    north.node(9, -100.0, 0.0).street(90, &[9, 1])
}

/// All but the street in the south.
fn horseshoe() -> Sketch {
    corners().street(11, &[2, 3]).street(12, &[3, 4]).street(13, &[4, 1])
}

fn block() -> Sketch {
    horseshoe().street(10, &[1, 2])
}

fn metres(roads: &Roads, from: Place, to: Place) -> u32 {
    roads.way(from, to).unwrap().metres
}

const SOUTH_WEST: (f64, f64) = (50.0, 0.0);
const SOUTH_EAST: (f64, f64) = (250.0, 0.0);
const EAST: (f64, f64) = (300.0, 100.0);

fn place((east, north): (f64, f64)) -> Place {
    at(east, north)
}

#[test]
fn a_two_way_street_is_driven_both_ways() {
    let roads = block().roads().unwrap();

    let there = metres(&roads, place(SOUTH_WEST), place(SOUTH_EAST));
    let back = metres(&roads, place(SOUTH_EAST), place(SOUTH_WEST));

    assert_eq!([there, back], [200, 200]);
}

#[test]
fn a_one_way_street_is_left_by_its_end_and_reached_again_round_the_block() {
    let street = |tags: &[(&str, &str)]| {
        let tags = [&[("highway", "residential")], tags].concat();
        horseshoe().way(10, &[1, 2], &tags).roads().unwrap()
    };
    let both = |roads: &Roads| {
        let (west, east) = (place(SOUTH_WEST), place(SOUTH_EAST));
        let matrix = roads.matrix(&[west, east]).unwrap();
        [matrix.metres(0, 1).unwrap(), matrix.metres(1, 0).unwrap()]
    };

    assert_eq!(both(&street(&[("oneway", "yes")])), [200, 800]);
    assert_eq!(both(&street(&[("oneway", "-1")])), [800, 200]);
    assert_eq!(both(&street(&[("junction", "roundabout")])), [200, 800]);
    assert_eq!(both(&street(&[("oneway", "yes"), ("oneway:motorcar", "no")])), [200, 200]);
}

#[test]
fn a_motorway_is_one_way_without_saying_so() {
    let roads = horseshoe().way(10, &[1, 2], &[("highway", "motorway")]).roads().unwrap();

    let back = metres(&roads, place(SOUTH_EAST), place(SOUTH_WEST));

    assert_eq!(back, 800);
}

#[test]
fn a_forbidden_turn_is_driven_round_and_others_are_not() {
    let turns = |tags: &[(&str, &str)]| {
        let roads = block().turn((10, 2, 11), tags).roads().unwrap();
        [
            metres(&roads, place(SOUTH_EAST), place(EAST)),
            metres(&roads, place(EAST), place(SOUTH_EAST)),
        ]
    };
    // Round the block: 250 m west, 200 m north, 300 m east, 100 m south. Turning round in a street
    // is for dead ends.
    let (round, direct) = (850, 150);

    assert_eq!(turns(&[("restriction", "no_left_turn")]), [round, direct]);
    assert_eq!(turns(&[("restriction:motorcar", "no_left_turn")]), [round, direct]);
    assert_eq!(turns(&[("restriction", "no_left_turn"), ("except", "bus;motorcar")]), [direct; 2]);
    assert_eq!(turns(&[("restriction:hgv", "no_left_turn")]), [direct; 2]);
}

#[test]
fn a_turn_that_must_be_taken_closes_the_others_out_of_that_way_alone() {
    let crossing = || block().node(5, 600.0, 0.0).node(6, 600.0, 200.0).street(14, &[2, 5, 6, 3]);
    let only = |to| {
        let tags = [("restriction", "only_straight_on")];
        let roads = crossing().turn((10, 2, to), &tags).roads().unwrap();
        [
            metres(&roads, place(SOUTH_EAST), place(EAST)),
            metres(&roads, place(EAST), place(SOUTH_EAST)),
        ]
    };

    assert_eq!(only(11), [150, 150], "the turn itself stays open");
    assert_eq!(only(14), [850, 150], "round the western block, by way 12");
    assert_eq!(only(99), [150, 150], "a way that is not on the map binds nobody");
}

#[test]
fn a_forbidden_turn_back_does_not_close_the_way_straight_on() {
    let street = horseshoe().node(5, 150.0, 0.0).street(10, &[1, 5, 2]);
    let street = street.node(6, 150.0, -50.0).street(14, &[5, 6]);
    let roads = street.turn((10, 5, 10), &[("restriction", "no_u_turn")]).roads().unwrap();

    let straight_on = metres(&roads, place(SOUTH_WEST), place(SOUTH_EAST));

    assert_eq!(straight_on, 200);
}

#[test]
fn a_ferry_that_takes_cars_is_waited_for() {
    let ferry = |tags: &[(&str, &str)]| {
        let tags = [&[("route", "ferry")], tags].concat();
        let island = block().node(7, 300.0, -500.0).node(8, 300.0, -600.0);
        island.way(30, &[2, 7], &tags).street(31, &[7, 8]).roads().unwrap()
    };
    let (shore, island) = (at(300.0, 0.0), at(300.0, -500.0));

    let carried = ferry(&[("motor_vehicle", "yes")]).way(shore, island).unwrap();
    let on_foot = ferry(&[("foot", "yes")]).counts();

    assert_eq!(carried.metres, 500);
    assert!((420..450).contains(&carried.seconds), "five minutes and 500 m: {}", carried.seconds);
    assert_eq!(on_foot.arcs_dropped, 2, "the island's street");
}

#[test]
fn a_bollard_closes_a_street_and_a_gate_takes_time() {
    let street = |tags: &[(&str, &str)]| {
        horseshoe().tagged(5, 150.0, 0.0, tags).street(10, &[1, 5, 2]).roads().unwrap()
    };
    let to_east = |roads: &Roads| roads.way(place(SOUTH_WEST), place(SOUTH_EAST)).unwrap();
    let free = to_east(&street(&[]));

    let bollard = to_east(&street(&[("barrier", "bollard")]));
    let let_through = to_east(&street(&[("barrier", "bollard"), ("motor_vehicle", "yes")]));
    let locked = to_east(&street(&[("barrier", "gate"), ("access", "no")]));
    let gate = to_east(&street(&[("barrier", "gate")]));

    assert_eq!([bollard.metres, locked.metres], [800, 800]);
    assert_eq!(let_through, free);
    assert_eq!((gate.metres, gate.seconds), (200, free.seconds + 30));
}

#[test]
fn a_private_road_is_a_way_home_but_no_way_through() {
    let private = [("highway", "service"), ("access", "private"), ("maxspeed", "60")];
    let roads = block().way(21, &[1, 3], &private).roads().unwrap();
    let (corner, opposite, inside) = (at(0.0, 30.0), at(300.0, 170.0), at(150.0, 100.0));

    let through = metres(&roads, corner, opposite);
    let home = roads.way(corner, inside).unwrap();

    assert_eq!(through, 170 + 300 + 30, "round by the north");
    assert_eq!(home.metres, 30 + 180);
    assert!(home.seconds < 90, "what is avoided is not counted as time: {}", home.seconds);
}

#[test]
fn roads_for_others_are_no_roads() {
    for tags in [
        &[("highway", "footway")][..],
        &[("highway", "construction")],
        &[("highway", "residential"), ("motor_vehicle", "no")],
        &[("highway", "residential"), ("access", "no")],
        &[("highway", "residential"), ("oneway", "reversible")],
        &[("highway", "service"), ("service", "emergency_access")],
        &[("route", "ferry")],
        &[("building", "yes")],
    ] {
        let roads =
            Sketch::new().node(1, 0.0, 0.0).node(2, 300.0, 0.0).way(10, &[1, 2], tags).roads();

        assert!(matches!(roads, Err(RoadsError::NoRoads)), "{tags:?}");
    }
}

#[test]
fn a_more_specific_tag_opens_what_a_general_one_closes() {
    let tags = [("highway", "residential"), ("access", "no"), ("motor_vehicle", "yes")];

    let roads = corners().way(10, &[1, 2], &tags).roads().unwrap();

    assert_eq!(roads.counts().edges, 2);
}

#[test]
fn a_posted_speed_counts_in_its_direction() {
    let tags = [("highway", "residential"), ("maxspeed:forward", "60"), ("maxspeed", "30")];
    let roads = corners().way(10, &[1, 2], &tags).roads().unwrap();
    let (west, east) = (place(SOUTH_WEST), place(SOUTH_EAST));

    let matrix = roads.matrix(&[west, east]).unwrap();

    assert_eq!(matrix.seconds, [0, 12, 24, 0]);
}

#[test]
fn an_island_is_left_out_and_its_places_snap_to_the_mainland() {
    let island = block().node(7, 340.0, 50.0).node(8, 340.0, 150.0).street(30, &[7, 8]);
    let roads = island.roads().unwrap();

    let snapped = roads.snap(at(340.0, 100.0)).unwrap();

    assert_eq!(roads.counts().arcs_dropped, 2);
    assert_eq!(snapped.metres.round(), 40.0);
    assert!(snapped.place.metres_to(place(EAST)) < 0.1);
}

#[test]
fn a_street_one_cannot_leave_is_come_to_but_left_from_the_nearest_that_one_can() {
    let roads = block().node(7, 600.0, 0.0).one_way(30, &[2, 7]).roads().unwrap();
    let cut_off = at(550.0, 0.0);

    let [there, back] =
        [roads.way(place(SOUTH_WEST), cut_off), roads.way(cut_off, place(SOUTH_WEST))]
            .map(Result::unwrap);

    assert!(there.line[there.line.len() - 1].metres_to(cut_off) < 0.1);
    assert!(back.line[0].metres_to(at(300.0, 0.0)) < 0.1);
    assert!(roads.snap(cut_off).unwrap().metres > 240.0);
}

#[test]
fn a_street_one_cannot_enter_is_left_from_but_come_to_on_the_nearest_that_one_can() {
    let roads = block().node(7, 600.0, 0.0).one_way(30, &[7, 2]).roads().unwrap();
    let cut_off = at(550.0, 0.0);

    let [there, back] =
        [roads.way(place(SOUTH_WEST), cut_off), roads.way(cut_off, place(SOUTH_WEST))]
            .map(Result::unwrap);

    assert!(there.line[there.line.len() - 1].metres_to(at(300.0, 0.0)) < 0.1);
    assert!(back.line[0].metres_to(cut_off) < 0.1);
    assert_eq!(roads.matrix(&[cut_off]).unwrap().seconds, [0]);
}

#[test]
fn one_way_streets_alone_that_nobody_gets_back_through_are_no_roads() {
    let line = Sketch::new().node(1, 0.0, 0.0).node(2, 300.0, 0.0).node(3, 600.0, 0.0);

    let roads = line.one_way(10, &[1, 2]).one_way(11, &[2, 3]).roads();

    assert!(matches!(roads, Err(RoadsError::NoRoads)), "{roads:?}");
}
