//! A day's rooms: a line a room, a block an evening.

use std::{collections::BTreeMap, fmt::Write as _};

use jiff::Timestamp;

use super::{
    super::{World, evening::Told},
    COLOURS, escaped,
};

const OPENS: f64 = 8.0;
const CLOSES: f64 = 23.0;
const LABEL: f64 = 330.0;
const WIDTH: f64 = 1000.0;
const LINE: f64 = 26.0;

/// Of the day of the evening that was told.
pub(super) fn draw(world: &World, told: &Told) -> String {
    let mut lines: BTreeMap<(usize, &str), Vec<usize>> = BTreeMap::new();
    for (n, evening) in world.evenings.iter().enumerate() {
        let Some(place) = evening.place.as_ref().filter(|_| evening.day == told.evening.day) else {
            continue;
        };
        lines.entry((place.building, place.room)).or_default().push(n);
    }
    let height = LINE * (lines.len() as f64 + 1.0);
    let mut svg =
        format!("<svg viewBox='0 0 {WIDTH} {height}' font-size=12 font-family=sans-serif>");
    for hour in (OPENS as i32)..(CLOSES as i32) {
        let x = x(f64::from(hour));
        let _ = write!(
            svg,
            "<path d='M{x:.0} {LINE}V{height}' stroke='#ddd'/><text x={:.0} y=17 fill='#666'>{hour}</text>",
            x + 3.0
        );
    }
    for (n, ((building, room), evenings)) in lines.iter().enumerate() {
        let y = LINE * (n as f64 + 1.0);
        let title = &world.buildings[*building].title;
        let label = escaped(&format!("{room}, {title}").chars().take(48).collect::<String>());
        let _ = write!(svg, "<text x=4 y={:.0}>{label}</text>", y + 17.0);
        for &one in evenings {
            block(&mut svg, world, one, y, one == told.index, COLOURS[building % COLOURS.len()]);
        }
    }
    svg + "</svg>"
}

fn block(svg: &mut String, world: &World, n: usize, y: f64, bold: bool, colour: &str) {
    let evening = &world.evenings[n];
    let (from, until) = (x(hour(world, evening.start)), x(hour(world, evening.end)));
    let fits = ((until - from - 8.0) / 6.7) as usize;
    let frame = if bold { " stroke='#000' stroke-width=2.5" } else { "" };
    let _ = write!(
        svg,
        "<rect x={from:.1} y={:.1} width={:.1} height={} rx=3 fill='{colour}'{frame}/>\
         <text x={:.1} y={:.1} fill='#fff'>{}</text>",
        y + 3.0,
        until - from,
        LINE - 6.0,
        from + 5.0,
        y + 17.0,
        escaped(&evening.title.chars().take(fits).collect::<String>())
    );
}

/// Hours after midnight, by the clock on the wall.
fn hour(world: &World, at: Timestamp) -> f64 {
    let at = at.to_zoned(world.month.zone.clone());
    f64::from(at.hour()) + f64::from(at.minute()) / 60.0
}

fn x(hour: f64) -> f64 {
    LABEL + (hour.clamp(OPENS, CLOSES) - OPENS) / (CLOSES - OPENS) * (WIDTH - LABEL)
}
