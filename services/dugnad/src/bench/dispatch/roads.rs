//! Travel times on real roads: how soon they are there, and how near to Valhalla's they are.

use std::{path::Path, time::Instant};

use anyhow::{Context as _, Result};
use dugnad_roads::{Place, Roads, TravelTimes as _};

use super::{
    Bench,
    report::{Figure, Report},
};
use crate::bench::assign::number;

impl Bench<'_> {
    pub(super) fn roads(&self, report: &mut Report) -> Result<()> {
        if !self.wants("roads") {
            return Ok(());
        }
        for (name, file) in
            [("monaco", "monaco.osm.pbf"), ("helsinki-centre", "helsinki-centre.osm.pbf")]
        {
            let path = Path::new("tests/data").join(file);
            let Ok(bytes) = std::fs::read(&path) else {
                eprintln!("no {}: run this from the checkout", path.display());
                continue;
            };
            eprintln!("roads of {name}");
            let began = Instant::now();
            let roads = Roads::from_pbf(&bytes[..])?;
            let built = began.elapsed().as_secs_f64();
            report.figures.push(Figure {
                what: format!("roads of {name}: from .osm.pbf to the first answer"),
                measured: format!("{built:.2} s"),
                wanted: "≤ 1 s",
                met: Some(built <= 1.0),
            });
            let reference = self.args.reference.join(format!("roads/{name}-valhalla.csv"));
            let Ok(known) = std::fs::read_to_string(&reference) else { continue };
            let known = Known::read(&known)?;
            report.figures.push(matrix(name, &roads, &known, self.args.seed)?);
            report.figures.push(beside_valhalla(name, &roads, &known)?);
        }
        Ok(())
    }
}

/// Places, and the seconds that Valhalla takes between some of them.
struct Known {
    places: Vec<Place>,
    seconds: Vec<(usize, usize, f64)>,
}

impl Known {
    /// from, from_lon, from_lat, to, to_lon, to_lat, seconds, km.
    fn read(text: &str) -> Result<Self> {
        let mut known = Self { places: Vec::new(), seconds: Vec::new() };
        for line in text.lines().skip(1) {
            let cells: Result<Vec<f64>, _> = line.split(',').map(str::parse).collect();
            let Ok([from, lon, lat, to, to_lon, to_lat, seconds, _]) =
                <[f64; 8]>::try_from(cells.with_context(|| line.to_owned())?)
            else {
                anyhow::bail!("not eight numbers: {line}");
            };
            for (at, place) in
                [(from, Place { lon, lat }), (to, Place { lon: to_lon, lat: to_lat })]
            {
                let at = at as usize;
                known.places.resize(known.places.len().max(at + 1), place);
                known.places[at] = place;
            }
            known.seconds.push((from as usize, to as usize, seconds));
        }
        Ok(known)
    }
}

/// 500 places near those that are known, the best of five runs.
fn matrix(name: &str, roads: &Roads, known: &Known, seed: u64) -> Result<Figure> {
    const PLACES: usize = 500;
    let near = |k: usize| {
        let off = |salt: usize| (number((2 * k + salt) as u64, seed) % 1_000) as f64 / 1e6 - 5e-4;
        let Place { lon, lat } = known.places[k % known.places.len()];
        Place { lon: lon + off(0), lat: lat + off(1) }
    };
    let places: Vec<_> = (0..PLACES).map(near).collect();
    let mut seconds = f64::INFINITY;
    for _ in 0..5 {
        let began = Instant::now();
        roads.matrix(&places)?;
        seconds = seconds.min(began.elapsed().as_secs_f64());
    }
    Ok(Figure {
        what: format!("roads of {name}: matrix of 500 × 500"),
        measured: format!("{:.0} ms", seconds * 1e3),
        wanted: "≤ 150 ms",
        met: Some(seconds <= 0.15),
    })
}

fn beside_valhalla(name: &str, roads: &Roads, known: &Known) -> Result<Figure> {
    let matrix = roads.matrix(&known.places)?;
    let (mut off, mut sum, mut pairs, mut none) = (0.0, 0.0, 0, 0);
    for &(from, to, theirs) in &known.seconds {
        match matrix.seconds(from, to) {
            Some(ours) if theirs > 0.0 => {
                let ratio = f64::from(ours) / theirs;
                off += (ratio - 1.0).abs();
                sum += ratio;
                pairs += 1;
            }
            Some(_) => {}
            None => none += 1,
        }
    }
    let mean = off / f64::from(pairs);
    Ok(Figure {
        what: format!("roads of {name}: travel times beside Valhalla's, {pairs} pairs"),
        measured: format!(
            "{:.1} % off on average, {:+.1} % in sum; {none} without a way",
            mean * 100.0,
            (sum / f64::from(pairs) - 1.0) * 100.0
        ),
        wanted: "≤ 15 % off on average",
        met: Some(mean <= 0.15),
    })
}
