//! The report: one HTML file with its pictures in it, that fetches nothing.

mod figures;
mod map;
mod story;
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

const STYLE: &str = include_str!("report/style.css");

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
    let place = world.buildings[told.place.building].title.as_str();
    let [title, room, place] = [evening.title, told.place.room, place].map(escaped);
    let last = month.date(month.days() - 1);
    let mut html = format!(
        "<!doctype html><html lang=en><meta charset=utf-8>\
         <meta name=viewport content='width=device-width'><title>{TOWN}</title>\
         <style>{STYLE}</style><header><h1>A month in {TOWN}</h1><p>{} to {}. {} organisations, {} \
         volunteers and {} residents, all made up, in a real town. What the services did is real \
         too.</p></header>",
        month.first.strftime("%-d %B"),
        last.strftime("%-d %B %Y"),
        unbroken(world.counts.organisations),
        unbroken(world.volunteers.len()),
        unbroken(world.residents.len()),
    );
    html += &figures::cards(figures);
    html += &story::draw(&world.story.0);
    write!(
        html,
        "<section><h2>The rides of {day}</h2>{}<p class=legend>{}<span class=home>a home whence \
         somebody is driven to {title}</span><span class=house>a building with rooms</span>\
         <p class=small>Yellow: all roads driven in the month, the wider the more often. {}.\
         </section><section><h2>The rooms on {day}</h2>{}<p class=small>Framed: {title} in {room}, \
         {place}.</section>",
        map::draw(world, told, drives),
        legend(world),
        escaped(ATTRIBUTION),
        timeline::draw(world, told),
    )?;
    html += &figures::table(figures);
    // For programs; `</` cannot end the element early, for it is in no figure.
    let json = serde_json::to_string(figures)?;
    writeln!(html, "<script type=\"application/json\" id=figures>{json}</script></html>")?;
    std::fs::write(path, html).with_context(|| path.display().to_string())
}

/// Which colour is which vehicle's.
fn legend(world: &World) -> String {
    let vehicles = world.vehicles.iter().zip(COLOURS.iter().cycle());
    let one = |(vehicle, colour): (&Vehicle, &&str)| {
        format!("<span><i style='background:{colour}'></i>{}</span>", escaped(&vehicle.title))
    };
    vehicles.map(one).collect()
}

/// On one line.
fn unbroken(of: usize) -> String {
    number(of).replace(' ', "\u{a0}")
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
