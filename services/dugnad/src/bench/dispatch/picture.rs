//! Pictures for those who would rather look: quality over time, and cost against size.

use std::path::Path;

use anyhow::{Result, anyhow};
use plotters::prelude::*;

use super::report::{Moment, Report, Row};

const COLOURS: [RGBColor; 5] = [
    RGBColor(0, 92, 169),
    RGBColor(214, 93, 14),
    RGBColor(57, 125, 73),
    RGBColor(140, 60, 140),
    RGBColor(90, 90, 90),
];

/// Large enough to read where the picture is shown at half its width.
const TITLE: (&str, u32) = ("sans-serif", 22);
const LABEL: (&str, u32) = ("sans-serif", 17);

/// Each family's mean cost over the best known, and its vehicles over the best known in sum, by the
/// seconds of the search.
pub(super) fn quality(path: &Path, report: &Report) -> Result<()> {
    let mut families: Vec<&'static str> = Vec::new();
    for row in report.rows.iter().filter(|row| row.best_cost.is_some()) {
        if !families.contains(&row.family) {
            families.push(row.family);
        }
    }
    if families.is_empty() {
        return Ok(());
    }
    let lines: Vec<_> = families
        .iter()
        .map(|family| {
            let rows: Vec<&Row> = report.rows.iter().filter(|row| row.family == *family).collect();
            (*family, over_time(&rows))
        })
        .collect();
    let root = SVGBackend::new(path, (900, 700)).into_drawing_area();
    root.fill(&WHITE)?;
    let (above, below) = root.split_vertically(400);
    let cost = ["Cost over the best known, mean of each family", "%"];
    panel(&above, cost, 10.0, &lines, |p| p.cost)?;
    let vehicles = ["Vehicles over the best known, sum of each family", "vehicles"];
    panel(&below, vehicles, 30.0, &lines, |p| p.vehicles)?;
    root.present().map_err(|error| anyhow!("{error}"))
}

/// Where a family stands at a moment.
struct Point {
    seconds: f64,
    cost: f64,
    vehicles: f64,
}

fn over_time(rows: &[&Row]) -> Vec<Point> {
    let seconds = (0..=60).map(|step| 0.05 * 1.125f64.powi(step));
    let longest = rows.iter().map(|row| row.reached.seconds).fold(0.0, f64::max);
    let at = |seconds: f64| {
        let (mut cost, mut vehicles) = (0.0, 0.0);
        for row in rows {
            let now = then(row, seconds)?;
            cost += row.over(now.cost)? * 100.0 / rows.len() as f64;
            vehicles += row.best_vehicles.map_or(0.0, |best| now.vehicles as f64 - best as f64);
        }
        Some(Point { seconds, cost, vehicles })
    };
    seconds.take_while(|seconds| *seconds <= longest * 1.1).filter_map(at).collect()
}

/// The best plan of an instance at that time, if everybody was served by then.
fn then(row: &Row, seconds: f64) -> Option<Moment> {
    row.way.iter().rev().find(|now| now.seconds <= seconds && now.unserved == 0).copied()
}

fn panel<'a>(
    area: &DrawingArea<SVGBackend<'a>, plotters::coord::Shift>,
    [title, unit]: [&str; 2],
    most: f64,
    lines: &[(&'static str, Vec<Point>)],
    value: fn(&Point) -> f64,
) -> Result<()> {
    let longest = lines.iter().flat_map(|line| &line.1).map(|p| p.seconds).fold(1.0, f64::max);
    let highest = lines.iter().flat_map(|line| &line.1).map(value).fold(0.5, f64::max);
    let mut chart = ChartBuilder::on(area)
        .caption(title, TITLE)
        .margin(12)
        .margin_right(28)
        .x_label_area_size(46)
        .y_label_area_size(56)
        .build_cartesian_2d((0.05..longest).log_scale(), -0.2..highest.min(most))?;
    chart
        .configure_mesh()
        .x_desc("seconds of search")
        .y_desc(unit)
        .y_label_formatter(&|y| format!("{y:.0}"))
        .label_style(LABEL)
        .light_line_style(WHITE)
        .draw()?;
    for ((name, points), colour) in lines.iter().zip(COLOURS.iter().cycle()) {
        let points = points.iter().map(|p| (p.seconds, value(p).min(most)));
        chart
            .draw_series(LineSeries::new(points, colour.stroke_width(2)))?
            .label(*name)
            .legend(|(x, y)| PathElement::new([(x, y), (x + 18, y)], colour.stroke_width(2)));
    }
    chart
        .configure_series_labels()
        .label_font(LABEL)
        .position(SeriesLabelPosition::UpperRight)
        .background_style(WHITE)
        .border_style(BLACK)
        .draw()?;
    Ok(())
}

/// Distance against the number of requests, ours and the peer's.
pub(super) fn growth(path: &Path, report: &Report) -> Result<()> {
    let rows: Vec<&Row> = report.rows.iter().filter(|row| row.family == "growth").collect();
    let Some(largest) = rows.last() else { return Ok(()) };
    let ours: Vec<_> = rows.iter().map(|row| (row.requests as f64, row.reached.cost)).collect();
    let theirs: Vec<_> = rows
        .iter()
        .filter_map(|row| Some((row.requests as f64, row.peers.first()?.cost)))
        .collect();
    let highest = ours.iter().chain(&theirs).map(|point| point.1).fold(1.0, f64::max);
    let root = SVGBackend::new(path, (900, 500)).into_drawing_area();
    root.fill(&WHITE)?;
    let mut chart = ChartBuilder::on(&root)
        .caption("Distance of the whole plan, by how many requests it serves", TITLE)
        .margin(12)
        .margin_right(28)
        .x_label_area_size(46)
        .y_label_area_size(84)
        .build_cartesian_2d(0.0..largest.requests as f64, 0.0..highest * 1.05)?;
    chart
        .configure_mesh()
        .x_desc("requests")
        .y_desc("distance, minutes of driving")
        .x_label_formatter(&|x| format!("{x:.0}"))
        .y_label_formatter(&|y| format!("{y:.0}"))
        .label_style(LABEL)
        .light_line_style(WHITE)
        .draw()?;
    let peer = largest.peers.first().map_or("peer", |peer| peer.peer.as_str());
    for ((name, points), colour) in [("dugnad", ours), (peer, theirs)].into_iter().zip(COLOURS) {
        chart
            .draw_series(LineSeries::new(points, colour.stroke_width(2)).point_size(3))?
            .label(name)
            .legend(move |(x, y)| PathElement::new([(x, y), (x + 18, y)], colour.stroke_width(2)));
    }
    chart
        .configure_series_labels()
        .label_font(LABEL)
        .position(SeriesLabelPosition::UpperLeft)
        .background_style(WHITE)
        .border_style(BLACK)
        .draw()?;
    root.present().map_err(|error| anyhow!("{error}"))
}
