//! How fast a car goes: the posted limit where there is one, else by class.
//!
//! Speeds without a limit are those of Valhalla (`speed_assigner`), which differ between town and
//! country; which of the two a road lies in is known only when the whole network is.

use super::Class;
use crate::osm::Tags;

/// The speed along a way, km/h.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Pace {
    pub(crate) town: f64,
    pub(crate) country: f64,
}

impl Pace {
    fn same(kmh: f64) -> Self {
        Self { town: kmh, country: kmh }
    }

    fn at_most(self, kmh: f64) -> Self {
        Self { town: self.town.min(kmh), country: self.country.min(kmh) }
    }
}

/// Nothing is driven slower or faster than this, whatever a tag says: km/h.
const SLOWEST: f64 = 5.0;
const FASTEST: f64 = 140.0;

/// Speeds along and against a way.
pub(crate) fn speed_limits(
    tags: &Tags<'_>,
    highway: &str,
    class: Class,
    link: bool,
) -> (Pace, Pace) {
    let unposted = unposted(tags, highway, class, link);
    let pace = |key| {
        let posted = tags.first(&[key, "maxspeed"]).and_then(posted);
        posted.map_or(unposted, |kmh| Pace::same(kmh.clamp(SLOWEST, FASTEST)))
    };
    let cap = surface_cap(tags);
    (pace("maxspeed:forward").at_most(cap), pace("maxspeed:backward").at_most(cap))
}

/// The speed of a road without a sign.
fn unposted(tags: &Tags<'_>, highway: &str, class: Class, link: bool) -> Pace {
    let (town, country) = match class {
        _ if highway == "ferry" => return Pace::same(15.0),
        _ if highway == "living_street" => return Pace::same(10.0),
        _ if highway == "track" => return Pace::same(SLOWEST),
        Class::Motorway => (89.0, 105.0),
        Class::Trunk => (73.0, 90.0),
        Class::Primary => (57.0, 75.0),
        Class::Secondary => (49.0, 60.0),
        Class::Tertiary => (40.0, 50.0),
        Class::Unclassified => (35.0, 40.0),
        Class::Residential => (30.0, 35.0),
        Class::Service => match tags.get("service") {
            Some("driveway" | "alley" | "drive-through") => (10.0, 10.0),
            Some("parking_aisle") => (15.0, 15.0),
            _ => (20.0, 25.0),
        },
    };
    let slower = if link { 0.8 } else { 1.0 };
    Pace { town: town * slower, country: country * slower }
}

/// A sign's text in km/h: `50`, `30 mph`, `NO:urban`, `FR:zone30`.
fn posted(text: &str) -> Option<f64> {
    let text = text.trim();
    if let Some((_, zone)) = text.split_once(':') {
        return match zone {
            "urban" => Some(50.0),
            "rural" => Some(80.0),
            "motorway" => Some(110.0),
            "living_street" | "walk" => Some(10.0),
            _ => zone.strip_prefix("zone")?.trim_start_matches(':').parse().ok(),
        };
    }
    match text {
        "none" => return Some(FASTEST),
        "walk" => return Some(SLOWEST),
        _ => {}
    }
    let digits = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    let (number, unit) = text.split_at(digits);
    let number = number.parse::<f64>().ok().filter(|kmh| *kmh > 0.0)?;
    match unit.trim() {
        "" | "km/h" | "kmh" => Some(number),
        "mph" => Some(number * 1.609),
        _ => None,
    }
}

fn surface_cap(tags: &Tags<'_>) -> f64 {
    match tags.get("surface") {
        Some("unpaved" | "gravel" | "compacted" | "fine_gravel" | "dirt" | "ground") => 60.0,
        Some("grass" | "mud" | "sand" | "earth") => 20.0,
        _ => FASTEST,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sign_is_read_in_its_unit_and_a_country_s_word_by_its_meaning() {
        let read = ["50", "30 mph", "NO:urban", "FR:zone30", "FR:zone:30", "none", "walk"];

        let kmh = read.map(|text| posted(text).map(f64::round));

        let expected = [50.0, 48.0, 50.0, 30.0, 30.0, 140.0, 5.0].map(Some);
        assert_eq!(kmh, expected);
        assert_eq!(["signals", "0", "50 knots", ""].map(posted), [None; 4]);
    }
}
