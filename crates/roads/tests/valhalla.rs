//! Real roads: travel times against Valhalla's, on two cities.
//!
//! Left out are pairs under 20 s: a second's rounding is too much of them.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::path::Path;

use dugnad_roads::{Place, Roads, TravelTimes};

struct Pair {
    from: Place,
    to: Place,
    seconds: f64,
    metres: f64,
}

fn roads(extract: &str) -> Roads {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/data");
    let bytes = std::fs::read(root.join(format!("{extract}.osm.pbf"))).unwrap();
    Roads::from_pbf(bytes.as_slice()).unwrap()
}

fn reference(csv: &str) -> Vec<Pair> {
    let pair = |line: &str| {
        let n: Vec<f64> = line.split(',').map(|field| field.parse().unwrap()).collect();
        let (from, to) = (Place { lon: n[1], lat: n[2] }, Place { lon: n[4], lat: n[5] });
        Pair { from, to, seconds: n[6], metres: 1000.0 * n[7] }
    };
    csv.lines().skip(1).map(pair).collect()
}

/// The mean of our relative differences and of their absolute values, in seconds and in metres.
fn differences(roads: &Roads, pairs: &[Pair]) -> [[f64; 2]; 2] {
    let fit = |p: &&Pair| p.seconds >= 20.0;
    let fit: Vec<_> = pairs.iter().filter(fit).collect();
    assert!(fit.len() > 50, "{} pairs to compare", fit.len());
    let mut sums = [[0.0; 2]; 2];
    for pair in &fit {
        let way = roads.way(pair.from, pair.to).unwrap();
        let seconds = f64::from(way.seconds) / pair.seconds - 1.0;
        let metres = f64::from(way.metres) / pair.metres - 1.0;
        for (sum, off) in sums.iter_mut().zip([seconds, metres]) {
            sum[0] += off;
            sum[1] += off.abs();
        }
    }
    sums.map(|of| of.map(|sum| sum / fit.len() as f64))
}

#[test]
fn times_in_monaco_are_within_15_percent_of_valhalla_s() {
    let pairs = reference(include_str!("data/monaco-valhalla.csv"));

    let [[bias, seconds], [_, metres]] = differences(&roads("monaco"), &pairs);

    assert!(seconds < 0.15 && bias.abs() < 0.05, "{seconds:.3} off, bias {bias:.3}");
    assert!(metres < 0.08, "{metres:.3} off in length");
}

#[test]
fn times_in_helsinki_are_within_15_percent_of_valhalla_s() {
    let pairs = reference(include_str!("data/helsinki-centre-valhalla.csv"));

    let [[bias, seconds], [_, metres]] = differences(&roads("helsinki-centre"), &pairs);

    assert!(seconds < 0.15 && bias.abs() < 0.10, "{seconds:.3} off, bias {bias:.3}");
    assert!(metres < 0.08, "{metres:.3} off in length");
}

#[test]
fn a_real_city_s_matrix_is_as_its_ways_and_not_symmetric() {
    let roads = roads("helsinki-centre");
    let pairs = reference(include_str!("data/helsinki-centre-valhalla.csv"));
    let places: Vec<_> = pairs.iter().map(|pair| pair.from).step_by(6).collect();

    let matrix = roads.matrix(&places).unwrap();

    for (i, &from) in places.iter().enumerate() {
        for (j, &to) in places.iter().enumerate() {
            let way = roads.way(from, to).unwrap();
            assert_eq!(
                (Some(way.seconds), Some(way.metres)),
                (matrix.seconds(i, j), matrix.metres(i, j))
            );
        }
    }
    assert!((0..places.len()).any(|i| matrix.seconds(0, i) != matrix.seconds(i, 0)));
}

#[test]
fn the_same_extract_makes_the_same_answers() {
    let (one, other) = (roads("helsinki-centre"), roads("helsinki-centre"));
    let pairs = reference(include_str!("data/helsinki-centre-valhalla.csv"));

    for pair in pairs.iter().step_by(9) {
        assert_eq!(one.way(pair.from, pair.to).unwrap(), other.way(pair.from, pair.to).unwrap());
    }
    assert_eq!(one.counts(), other.counts());
}
