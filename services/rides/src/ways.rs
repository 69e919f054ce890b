//! Ways: how long it takes to drive from place to place, and how far it is.
//!
//! [`Travel`] knows the roads of an extract, or flies as the crow does where there are none, and
//! makes each way slower or faster by the hour of the local day. An end that no road is near (farther
//! than
//! [`FARTHEST_FROM_ROAD`]) is no error here: its ways go as the crow flies, and the table says so.
//!
//! Pure: the roads and the settings are handed in. Absent: traffic of the day, and ferries'
//! timetables.
//!
//! [`FARTHEST_FROM_ROAD`]: dugnad_roads::FARTHEST_FROM_ROAD

mod known;
mod settings;

use std::sync::Arc;

use dugnad_roads::{Ends, Matrix, Place, Roads};

use known::Known;
pub use settings::{BadSettings, HOURS, Settings};

/// Stands for the seconds and the metres of a way that does not exist.
pub const UNREACHABLE: u32 = Matrix::UNREACHABLE;

/// Something that knows how long it takes from place to place.
pub trait Ways: Send + Sync + std::fmt::Debug {
    /// From each place to each other, setting out in this hour of the local day (0 to 23; the
    /// hours after a day are those of the next). A way from a place to itself is no way at all.
    ///
    /// `O(from × to)`, and over roads a search a place.
    fn table(&self, from: &[Place], to: &[Place], hour: u8) -> Table;

    /// The first hour of the day in which every way takes as long as in this one.
    fn alike(&self, hour: u8) -> u8 {
        hour % HOURS as u8
    }
}

/// Seconds and metres from some places to others.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Table {
    /// How many places are gone to.
    pub columns: usize,
    /// Seconds, by rows: from place `i` to place `j` at `i * columns + j`; [`UNREACHABLE`] if
    /// there is no way, as to and from what is no point on the earth.
    pub seconds: Vec<u32>,
    /// Metres, in the same order.
    pub metres: Vec<u32>,
    /// Which of the places set out from are near no road that is known: their ways go as the crow
    /// flies. Empty where there are no roads at all.
    pub off_road_from: Vec<usize>,
    /// The same of the places gone to.
    pub off_road_to: Vec<usize>,
}

impl Table {
    /// Seconds from one place to another, if there is a way.
    #[must_use]
    pub fn seconds(&self, from: usize, to: usize) -> Option<u32> {
        self.seconds.get(from * self.columns + to).copied().filter(|&s| s != UNREACHABLE)
    }

    /// Metres from one place to another, if there is a way.
    #[must_use]
    pub fn metres(&self, from: usize, to: usize) -> Option<u32> {
        self.metres.get(from * self.columns + to).copied().filter(|&m| m != UNREACHABLE)
    }
}

/// Over roads where there are any, else as the crow flies. Cheap to clone.
#[derive(Clone, Debug, Default)]
pub struct Travel {
    roads: Option<Arc<Roads>>,
    settings: Settings,
    known: Arc<Known>,
}

impl Travel {
    /// As the crow flies.
    #[must_use]
    pub fn as_the_crow_flies(settings: Settings) -> Self {
        Self { settings, ..Self::default() }
    }

    /// Over these roads.
    #[must_use]
    pub fn over(roads: Arc<Roads>, settings: Settings) -> Self {
        Self { roads: Some(roads), settings, known: Arc::default() }
    }

    /// Whether any roads are known.
    #[must_use]
    pub fn has_roads(&self) -> bool {
        self.roads.is_some()
    }

    fn crow(&self, from: Place, to: Place) -> (u32, u32) {
        match from.is_valid() && to.is_valid() {
            true => self.settings.crow().between(from, to),
            false => (UNREACHABLE, UNREACHABLE),
        }
    }

    fn on_roads(&self, roads: &Roads, places: &[Place]) -> OnRoads {
        let mut found = OnRoads::default();
        for (index, ends) in self.known.ends(roads, places).into_iter().enumerate() {
            found.at.push(ends.is_some().then_some(found.near.len()));
            found.off.extend(ends.is_none().then_some(index));
            found.near.extend(ends);
        }
        found
    }

    /// Where roads are near both ends the way is over them.
    fn over_roads(&self, roads: &Roads, from: &[Place], to: &[Place]) -> Table {
        let (starts, goals) = (self.on_roads(roads, from), self.on_roads(roads, to));
        let known = roads.table(&near(&starts.near), &near(&goals.near));
        let mut table = Table { columns: to.len(), ..Table::default() };
        for (&start, &from) in starts.at.iter().zip(from) {
            for (&goal, &to) in goals.at.iter().zip(to) {
                let (seconds, metres) = match (start, goal) {
                    (Some(start), Some(goal)) => {
                        let cell = start * known.columns + goal;
                        (known.seconds[cell], known.metres[cell])
                    }
                    _ => self.crow(from, to),
                };
                table.seconds.push(seconds);
                table.metres.push(metres);
            }
        }
        table.off_road_from = starts.off;
        table.off_road_to = goals.off;
        table
    }
}

impl Ways for Travel {
    fn table(&self, from: &[Place], to: &[Place], hour: u8) -> Table {
        let mut table = match &self.roads {
            Some(roads) => self.over_roads(roads, from, to),
            None => {
                let pairs = from.iter().flat_map(|&from| to.iter().map(move |&to| (from, to)));
                let (seconds, metres) = pairs.map(|(from, to)| self.crow(from, to)).unzip();
                Table { columns: to.len(), seconds, metres, ..Table::default() }
            }
        };
        let factor = self.settings.at(hour);
        for seconds in table.seconds.iter_mut().filter(|s| **s != UNREACHABLE) {
            *seconds =
                (f64::from(*seconds) * factor).round().min(f64::from(UNREACHABLE - 1)) as u32;
        }
        table
    }

    fn alike(&self, hour: u8) -> u8 {
        let same = |other: &u8| self.settings.at(*other) == self.settings.at(hour);
        (0..HOURS as u8).find(same).unwrap_or(hour)
    }
}

fn near(ends: &[Arc<Ends>]) -> Vec<&Ends> {
    ends.iter().map(|ends| &**ends).collect()
}

/// Which places roads are near.
#[derive(Default)]
struct OnRoads {
    near: Vec<Arc<Ends>>,
    /// By place: which of `near` it is.
    at: Vec<Option<usize>>,
    off: Vec<usize>,
}

#[cfg(test)]
mod tests {
    use dugnad_roads::sketch::{Sketch, at};

    use super::*;

    /// A street that goes 1 000 m east and then 1 000 m north.
    fn street() -> Arc<Roads> {
        let map = Sketch::new().node(1, 0.0, 0.0).node(2, 1_000.0, 0.0).node(3, 1_000.0, 1_000.0);
        Arc::new(map.street(10, &[1, 2, 3]).roads().unwrap())
    }

    fn slow_at_eight() -> Settings {
        let mut hours = [1.0; HOURS];
        hours[8] = 2.0;
        Settings::new(1.5, 36.0, hours).unwrap()
    }

    #[test]
    fn without_roads_a_way_is_the_great_circle_times_its_factor() {
        let travel = Travel::as_the_crow_flies(slow_at_eight());

        let table = travel.table(&[at(0.0, 0.0)], &[at(0.0, 0.0), at(0.0, 1_000.0)], 7);

        assert_eq!((table.seconds(0, 0), table.metres(0, 0)), (Some(0), Some(0)));
        assert_eq!((table.seconds(0, 1), table.metres(0, 1)), (Some(150), Some(1_500)));
        assert_eq!((table.off_road_from, table.off_road_to), (vec![], vec![]));
    }

    #[test]
    fn the_hour_makes_every_way_slower_and_none_longer() {
        for travel in
            [Travel::as_the_crow_flies(slow_at_eight()), Travel::over(street(), slow_at_eight())]
        {
            let (from, to) = ([at(0.0, 0.0)], [at(1_000.0, 900.0)]);
            let seven = travel.table(&from, &to, 7);
            let eight = travel.table(&from, &to, 8);
            let next_day = travel.table(&from, &to, 24 + 8);

            assert_eq!(eight.seconds(0, 0), seven.seconds(0, 0).map(|s| s * 2));
            assert_eq!(eight.metres, seven.metres);
            assert_eq!(next_day, eight);
        }
    }

    #[test]
    fn hours_with_the_same_factor_are_alike_and_others_are_not() {
        let travel = Travel::as_the_crow_flies(slow_at_eight());

        assert_eq!([0, 7, 8, 9, 23, 32].map(|hour| travel.alike(hour)), [0, 0, 8, 0, 0, 8]);
    }

    #[test]
    fn over_roads_a_way_follows_them_and_is_the_same_whatever_else_is_asked() {
        let travel = Travel::over(street(), Settings::default());
        let places = [at(0.0, 0.0), at(1_000.0, 1_000.0), at(500.0, 0.0)];

        let all = travel.table(&places, &places, 0);
        let one = travel.table(&places[..1], &places[1..2], 0);

        assert_eq!(all.metres(0, 1), Some(2_000));
        assert_eq!(one.seconds(0, 0), all.seconds(0, 1));
        assert_eq!(all.metres(2, 2), Some(0));
    }

    #[test]
    fn a_place_that_no_road_is_near_is_flown_to_and_said() {
        let travel = Travel::over(street(), Settings::new(1.5, 36.0, [1.0; HOURS]).unwrap());
        let (far, near) = (at(0.0, -2_000.0), at(1_000.0, 1_000.0));
        let places = [far, at(0.0, 0.0), near];

        let table = travel.table(&places, &[near, far], 0);

        assert_eq!(table.metres(0, 1), Some(0));
        assert_eq!((table.seconds(1, 1), table.metres(1, 1)), (Some(300), Some(3_000)));
        assert_eq!(table.metres(1, 0), Some(2_000), "the others stay on the road");
        assert_eq!((table.off_road_from, table.off_road_to), (vec![0], vec![1]));
    }

    #[test]
    fn what_is_no_point_on_the_earth_is_reached_from_nowhere() {
        for travel in [Travel::default(), Travel::over(street(), Settings::default())] {
            let nowhere = Place { lon: f64::NAN, lat: 60.0 };

            let table = travel.table(&[nowhere, at(0.0, 0.0)], &[at(0.0, 0.0), nowhere], 12);

            assert_eq!(table.seconds, [UNREACHABLE, UNREACHABLE, 0, UNREACHABLE]);
            assert_eq!(table.metres(0, 0), None);
        }
    }

    #[test]
    fn a_way_over_half_the_earth_at_walking_pace_is_still_a_way() {
        let settings = Settings::new(10.0, 1.0, [10.0; HOURS]).unwrap();
        let travel = Travel::as_the_crow_flies(settings);

        let table =
            travel.table(&[Place { lon: 0.0, lat: 0.0 }], &[Place { lon: 180.0, lat: 0.0 }], 0);

        assert_eq!(table.metres(0, 0), Some(200_151_144));
        assert!(table.seconds(0, 0).is_some());
    }
}
