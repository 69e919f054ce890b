//! The report: one HTML file with its pictures in it, that fetches nothing.

mod map;
mod timeline;

use std::{fmt::Write as _, path::Path};

use anyhow::{Context as _, Result};

use super::{
    World, driven::Drives, evening::Told, figures::Figures, fleet::Vehicle, map::ATTRIBUTION,
    number, town::TOWN,
};

/// A colour a vehicle, told apart by people who see few colours too (Okabe & Ito).
const COLOURS: [&str; 8] =
    ["#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#7f5fb0", "#555555"];

const STYLE: &str = "\
body{font:16px/1.5 system-ui,sans-serif;max-width:62rem;margin:2rem auto;padding:0 1rem;color:#222}\
h1,h2{font-weight:600}table{border-collapse:collapse}td{padding:.15rem 1.2rem .15rem 0;vertical-align:top}\
td:last-child{text-align:right;font-variant-numeric:tabular-nums}svg{width:100%;height:auto;background:#fafafa;\
border:1px solid #ddd}small{color:#666}";

/// Writes it.
pub(super) fn write(
    path: &Path,
    world: &World,
    told: &Told,
    figures: &Figures,
    drives: &Drives,
) -> Result<()> {
    let (evening, month) = (&told.evening, &world.month);
    let day = month.day(evening.start);
    let mut html = String::new();
    let place = &world.buildings[told.place.building].title;
    write!(
        html,
        "<!doctype html><html lang=en><meta charset=utf-8><title>{TOWN}</title><style>{STYLE}</style>\
         <h1>A month in {TOWN}</h1><p>{} organisations, {} volunteers and {} residents, all made up, in \
         a real town. What the services did is real too.<h2>What was met, and what not</h2>{}\
         <h2>Rooms on {day}</h2>{}<p><small>In bold frame: {} in {}, {}.</small>\
         <h2>Rides on {day}</h2>{}<p><small>{} along the roads they drove that day. Squares: the homes of those who are driven to {}. \
         Grey: all roads driven in the month, the wider the more often. Circles: buildings with rooms. \
         {}.</small>",
        number(world.counts.organisations),
        number(world.volunteers.len()),
        number(world.residents.len()),
        table(figures),
        timeline::draw(world, told),
        escaped(evening.title),
        escaped(told.place.room),
        escaped(place),
        map::draw(world, told, drives),
        legend(world),
        escaped(evening.title),
        escaped(ATTRIBUTION),
    )?;
    // For programs; `</` cannot end the element early, for it is in no figure.
    let json = serde_json::to_string(figures)?;
    writeln!(html, "<script type=\"application/json\" id=figures>{json}</script></html>")?;
    std::fs::write(path, html).with_context(|| path.display().to_string())
}

/// Which colour is which vehicle's.
fn legend(world: &World) -> String {
    let vehicles = world.vehicles.iter().zip(COLOURS.iter().cycle());
    let one = |(vehicle, colour): (&Vehicle, &&str)| {
        format!("<b style='color:{colour}'>{}</b>", escaped(&vehicle.title))
    };
    vehicles.map(one).collect::<Vec<_>>().join(", ")
}

fn table(figures: &Figures) -> String {
    let mut rows = vec![
        ("Evenings held".to_owned(), format!("{} of {}", figures.held, figures.evenings)),
        ("Places taken at them".to_owned(), number(figures.came)),
    ];
    let not = |why: &str| format!("— not: {}", escaped(why));
    rows.extend(figures.not_held.iter().map(|(why, n)| (not(why), number(*n))));
    for (kind, [wanted, taken]) in &figures.helpers {
        let places = format!("{} of {}", number(*taken), number(*wanted));
        rows.push((format!("Places as {} that volunteers took", escaped(kind)), places));
    }
    rows.push(("Hours that volunteers gave".to_owned(), number(figures.hours_of_helpers as usize)));
    let promised = format!("{} of {}", number(figures.rides_promised), number(figures.rides_asked));
    rows.push(("Rides promised".to_owned(), promised));
    rows.extend(figures.rides_refused.iter().map(|(why, n)| (not(why), number(*n))));
    rows.push(("Promises that the world broke".to_owned(), number(figures.rides_broken)));
    rows.push(("Kilometres driven".to_owned(), number(figures.kilometres as usize)));
    rows.push(("Vehicle hours".to_owned(), number(figures.vehicle_hours as usize)));
    let empty = format!("{:.0} %", 100.0 * figures.seats_empty);
    rows.push(("Empty seats, metre by metre".to_owned(), empty));
    rows.push(("Kroner refunded to drivers".to_owned(), number(figures.refund_kroner as usize)));
    rows.push(("Text messages".to_owned(), number(figures.messages)));
    let row = |(what, value): &(String, String)| format!("<tr><td>{what}<td>{value}");
    format!("<table>{}</table>", rows.iter().map(row).collect::<String>())
}

/// As text in HTML.
fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_stays_text_in_html() {
        assert_eq!(escaped("<b>\"Kaffe & kake\""), "&lt;b>&quot;Kaffe &amp; kake&quot;");
    }
}
