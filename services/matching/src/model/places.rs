//! Places: areas and points, and how long it takes from one to another.

use std::collections::HashMap;

use dugnad_events::{
    Code,
    matching::Place,
    volunteers::{Giver, Location},
};

pub use dugnad_assign::candidates::Point;

/// How fast people come from one place to another, as the crow flies, in kilometres an hour: by bus
/// and on foot, with the detours of both.
pub const TRAVEL_KMH: u32 = 20;

/// Where the areas are.
#[derive(Debug, Default, PartialEq)]
pub struct Areas(HashMap<Code, Option<Point>>);

impl Areas {
    pub(super) fn set(&mut self, areas: &[(Code, Option<Location>)]) {
        self.0 = areas.iter().map(|(code, at)| (code.clone(), at.and_then(point))).collect();
    }

    /// The middle of an area, if both are known.
    #[must_use]
    pub fn middle(&self, area: &Code) -> Option<Point> {
        self.0.get(area).copied().flatten()
    }

    /// Where a need is.
    #[must_use]
    pub fn of(&self, place: Option<&Place>) -> Option<Point> {
        let place = place?;
        let at = place.at.and_then(point);
        at.or_else(|| self.middle(place.area.as_ref()?))
    }

    /// Where a volunteer sets out.
    #[must_use]
    pub fn home(&self, giver: &Giver) -> Option<Point> {
        self.middle(giver.area.as_ref()?)
    }
}

fn point(at: Location) -> Option<Point> {
    Point::new(f64::from(at.lon) / 1e6, f64::from(at.lat) / 1e6)
}

/// Whole minutes from one place to another, rounded up; 0 if either is not known.
#[must_use]
pub fn minutes(from: Option<Point>, to: Option<Point>) -> u32 {
    let (Some(from), Some(to)) = (from, to) else { return 0 };
    (from.metres(&to) * 60).div_ceil(TRAVEL_KMH * 1000)
}
