//! Broken and hostile files: an error or roads, never a panic.

use proptest::prelude::*;

use crate::{
    Roads, RoadsError, TravelTimes,
    osm::sketch::{Sketch, at, blob},
};

fn town() -> Vec<u8> {
    let mut sketch = Sketch::new();
    for x in 0..5 {
        for y in 0..5 {
            let tags: &[_] = if x == y { &[("barrier", "gate")] } else { &[] };
            sketch = sketch.tagged(1 + 5 * x + y, x as f64 * 100.0, y as f64 * 100.0, tags);
        }
    }
    for i in 0..5 {
        let row: Vec<_> = (0..5).map(|x| 1 + 5 * x + i).collect();
        let column: Vec<_> = (0..5).map(|y| 1 + 5 * i + y).collect();
        sketch = sketch.street(100 + i, &row).one_way(200 + i, &column);
    }
    sketch.turn((100, 6, 201), &[("restriction", "no_left_turn")]).lone(99, 9.0, 9.0, &[]).pbf()
}

#[test]
fn a_file_that_is_cut_short_is_broken_or_smaller() {
    let town = town();
    let first = 4 + u32::from_be_bytes([town[0], town[1], town[2], town[3]]) as usize;

    for length in (1..first).chain([town.len() - 1, town.len() / 2]) {
        let roads = Roads::from_pbf(&town[..length]);
        assert!(matches!(roads, Err(RoadsError::Broken { .. })), "{length}: {roads:?}");
    }
    assert!(matches!(Roads::from_pbf(&[][..]), Err(RoadsError::NoRoads)));
}

#[test]
fn sizes_beyond_the_format_s_limits_are_refused_unread() {
    let huge_header = [0xff, 0xff, 0xff, 0xff];
    // A header of kind "OSMData" that promises 2 GiB, and one that promises less than nothing.
    let promise = |size: [u8; 5]| {
        let header = [&[0x0a, 7][..], b"OSMData", &[0x18], &size].concat();
        [&(header.len() as u32).to_be_bytes()[..], &header].concat()
    };

    for file in [
        huge_header.to_vec(),
        promise([0xff, 0xff, 0xff, 0xff, 0x07]),
        promise([0x80, 0x80, 0x80, 0x80, 0x08]),
    ] {
        let roads = Roads::from_pbf(file.as_slice());
        assert!(matches!(roads, Err(RoadsError::Broken { block: 0, .. })), "{roads:?}");
    }
}

#[test]
fn a_bomb_is_not_unpacked() {
    // 64 MiB of zeros in 64 KiB.
    let packed = miniz_oxide::deflate::compress_to_vec_zlib(&vec![0; 64 << 20], 6);
    let length = prost::length_delimiter_len(packed.len());
    let mut message = vec![0x1a];
    prost::encode_length_delimiter(packed.len(), &mut message).unwrap();
    message.extend(&packed);
    assert_eq!(message.len(), 1 + length + packed.len());
    let mut header = vec![0x0a, 7];
    header.extend(b"OSMData");
    header.push(0x18);
    prost::encode_length_delimiter(message.len(), &mut header).unwrap();
    let file = [&(header.len() as u32).to_be_bytes()[..], &header, &message].concat();

    let roads = Roads::from_pbf(file.as_slice());

    assert!(matches!(roads, Err(RoadsError::Broken { block: 0, .. })), "{roads:?}");
}

#[test]
fn a_feature_that_is_not_read_is_named_and_a_block_of_another_kind_skipped() {
    // Field 4 of the header block: "HistoricalInformation".
    let feature = b"HistoricalInformation";
    let header = [&[0x22, feature.len() as u8][..], feature].concat();

    let unknown = Roads::from_pbf(blob("OSMHeader", &header).as_slice()).unwrap_err();
    let skipped = [blob("Weather", b"\xff\xff\xff"), town()].concat();

    assert!(unknown.to_string().contains("HistoricalInformation"), "{unknown}");
    assert!(Roads::from_pbf(skipped.as_slice()).is_ok());
}

#[test]
fn nodes_beyond_the_earth_are_left_out() {
    let far = Sketch::new().node(1, 0.0, 0.0).node(2, 1e12, 0.0).node(3, 0.0, 3e6);

    let roads = far.street(10, &[1, 2]).street(11, &[1, 3]).roads();

    assert!(matches!(roads, Err(RoadsError::NoRoads)), "{roads:?}");
}

#[test]
fn a_crossing_of_thousands_of_roads_is_refused_rather_than_squared() {
    let mut star = Sketch::new().node(0, 0.0, 0.0);
    for i in 1..5_000 {
        star = star.node(i, i as f64, 100.0).street(i, &[0, i]);
    }

    let roads = star.roads();

    assert!(matches!(roads, Err(RoadsError::TooLarge { .. })), "{roads:?}");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn changed_bytes_make_an_error_or_roads_that_answer(
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..12),
    ) {
        let mut file = town();
        for (at, byte) in changes {
            let at = at.index(file.len());
            file[at] = byte;
        }

        if let Ok(roads) = Roads::from_pbf(file.as_slice()) {
            let places = [at(10.0, 10.0), at(390.0, 270.0), at(390.0, 271.0)];
            if let Ok(matrix) = roads.matrix(&places) {
                let way = roads.way(places[0], places[1]).ok().map(|way| way.seconds);
                prop_assert_eq!(way, matrix.seconds(0, 1));
            }
        }
    }

    #[test]
    fn any_bytes_at_all_make_an_error(bytes in prop::collection::vec(any::<u8>(), 1..400)) {
        prop_assert!(Roads::from_pbf(bytes.as_slice()).is_err());
        let data = blob("OSMData", &bytes);
        prop_assert!(Roads::from_pbf(data.as_slice()).is_err());
    }
}
