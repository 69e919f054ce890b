//! The map of the rides, along the roads that were driven.

use std::fmt::Write as _;

use dugnad_roads::Place;

use super::{
    super::{
        World,
        driven::{Drives, Piece},
        evening::Told,
    },
    COLOURS, escaped,
};

const WIDTH: f64 = 1000.0;
const MARGIN: f64 = 20.0;

/// From places to the paper: metres alike in both directions.
struct Paper {
    west: f64,
    north: f64,
    /// Points a degree, east and south.
    scale: [f64; 2],
    height: f64,
}

impl Paper {
    fn around<'a>(pieces: impl Iterator<Item = &'a Piece> + Clone) -> Self {
        let all = |axis: usize| {
            let axis = pieces.clone().flatten().map(move |end| f64::from(end[axis]) / 1e5);
            let least = axis.clone().fold(f64::INFINITY, f64::min);
            [least, axis.fold(f64::NEG_INFINITY, f64::max)]
        };
        let ([west, east], [south, north]) = (all(0), all(1));
        let east_scale = (WIDTH - 2.0 * MARGIN) / (east - west).max(1e-5);
        let south_scale = east_scale / north.to_radians().cos();
        let height = (north - south).max(1e-5) * south_scale + 2.0 * MARGIN;
        Self { west, north, scale: [east_scale, south_scale], height }
    }

    fn at(&self, place: Place) -> [f64; 2] {
        [
            MARGIN + (place.lon - self.west) * self.scale[0],
            MARGIN + (self.north - place.lat) * self.scale[1],
        ]
    }
}

pub(super) fn draw(world: &World, told: &Told, drives: &Drives) -> String {
    let paper = Paper::around(drives.pieces.keys());
    let mut svg = format!(
        "<svg viewBox='0 0 {WIDTH} {0:.0}' font-size=11 font-family=sans-serif fill=none \
         stroke-linejoin=round stroke-linecap=round>\
         <rect width={WIDTH} height={0:.0} fill='#f7f5f0'/>",
        paper.height
    );
    let all = world.map.roads.lines().map(|line| path(line.into_iter().map(|at| paper.at(at))));
    let all: String = all.collect();
    let _ = write!(svg, "<path d='{all}' stroke='#e3dfd6' stroke-width=2 />");
    roads(&mut svg, &paper, drives);
    for (day, vehicle, line) in &drives.ways {
        if *day == told.evening.day {
            let colour = COLOURS[vehicle % COLOURS.len()];
            // Side by side where several drive: a point's shift a vehicle.
            let shift = *vehicle as f64 * 0.8 - 2.8;
            let path = path(line.iter().map(|at| paper.at(*at).map(|x| x + shift)));
            let _ = write!(
                svg,
                "<path d='{path}' stroke='{colour}' stroke-width=2 stroke-opacity=.75 />"
            );
        }
    }
    for &who in &told.evening.riders {
        let [x, y] = paper.at(world.residents[who].home.at);
        let _ =
            write!(svg, "<rect x={:.1} y={:.1} width=6 height=6 fill='#222'/>", x - 3.0, y - 3.0);
    }
    for (n, building) in world.buildings.iter().enumerate() {
        let is_ours = n == told.place.building;
        house(&mut svg, paper.at(building.at), &escaped(&building.title), is_ours);
    }
    svg + "</svg>"
}

/// A circle with its name beside; that of the evening that is told stands out.
fn house(svg: &mut String, [x, y]: [f64; 2], title: &str, is_ours: bool) {
    let (radius, size, weight, ink) =
        if is_ours { (9, 15, 700, "#1d2733") } else { (4, 10, 400, "#5d6b7a") };
    let away = f64::from(radius) + 5.0;
    let (anchor, beside) = if x > 0.75 * WIDTH { ("end", -away) } else { ("start", away) };
    let _ = write!(
        svg,
        "<circle cx={x:.1} cy={y:.1} r={radius} fill='#fff' stroke='{ink}' stroke-width=2 />\
         <text x={:.1} y={:.1} text-anchor={anchor} font-size={size} font-weight={weight} \
         fill='{ink}' stroke='#fff' stroke-width=3 paint-order=stroke>{title}</text>",
        x + beside,
        y + 0.35 * f64::from(size),
    );
}

/// Four widths, by how often a piece was driven.
fn roads(svg: &mut String, paper: &Paper, drives: &Drives) {
    let most = drives.pieces.values().copied().max().unwrap_or(1);
    let mut sorted: Vec<_> = drives.pieces.iter().collect();
    sorted.sort_unstable();
    for width in 1..=4_u32 {
        let is = |times: u32| (times * 4).div_ceil(most).clamp(1, 4) == width;
        let ends = sorted.iter().filter(|(_, times)| is(**times)).map(|(piece, _)| {
            let place = |[lon, lat]: [i32; 2]| Place {
                lon: f64::from(lon) / 1e5,
                lat: f64::from(lat) / 1e5,
            };
            path(piece.iter().map(|end| paper.at(place(*end))))
        });
        let _ = write!(
            svg,
            "<path d='{}' stroke='#f6d98b' stroke-width={} />",
            ends.collect::<String>(),
            2 + width
        );
    }
}

fn path(points: impl Iterator<Item = [f64; 2]>) -> String {
    let mut path = String::new();
    for (n, [x, y]) in points.enumerate() {
        let _ = write!(path, "{}{x:.1} {y:.1}", if n == 0 { 'M' } else { 'L' });
    }
    path
}
