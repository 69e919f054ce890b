//! A municipality's day of rides, made up: who wants to go where and when, and who drives.
//!
//! People live around a centre, fewer the farther out; activities begin on the half hour in a score
//! of halls. Whoever goes there goes home again when it ends: two rides each. The same seed gives
//! the same day. It lies on the made-up map of [`super::map`], so that it can be driven on roads and
//! as the crow flies.
//!
//! Absent: anything that happens during the day.

use dugnad_roads::{Place, sketch};

use super::map;
use crate::bench::assign::number;

/// Minutes of an hour.
const HOUR: u32 = 60;

/// The whole day. Times are minutes after local midnight.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Day {
    pub(crate) vehicles: Vec<Vehicle>,
    pub(crate) outings: Vec<Outing>,
}

/// A vehicle with its driver's shift.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Vehicle {
    /// Where it starts and ends: a depot, or its driver's home.
    pub(crate) home: Place,
    pub(crate) from: u32,
    pub(crate) until: u32,
    /// When half an hour's break begins at the earliest; it may wait two hours.
    pub(crate) pause_from: u32,
    pub(crate) seats: u16,
    /// Each instead of two seats.
    pub(crate) wheelchairs: u16,
}

/// Somebody goes out and home again.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Outing {
    pub(crate) home: Place,
    pub(crate) hall: Place,
    /// To be there by then, at most half an hour before.
    pub(crate) arrive_by: u32,
    /// To leave from then on, at most half an hour after.
    pub(crate) leave_after: u32,
    pub(crate) wheelchair: bool,
    pub(crate) companion: bool,
}

/// Numbers of one day, one after the other.
struct Chance {
    seed: u64,
    drawn: u64,
}

impl Chance {
    fn below(&mut self, most: u64) -> u64 {
        self.drawn += 1;
        number(self.drawn, self.seed) % most
    }

    fn one_in(&mut self, many: u64) -> bool {
        self.below(many) == 0
    }

    /// Metres from the middle of the map, nearer ones more likely.
    fn dwelling(&mut self) -> Place {
        let mut off = |reach: f64| {
            let far: f64 = (0..3).map(|_| self.below(2_001) as f64 / 1_000.0 - 1.0).sum();
            far / 3.0 * reach
        };
        let (east, north) = (off(map::EAST / 2.0), off(map::NORTH / 2.0));
        sketch::at(map::EAST / 2.0 + east, map::NORTH / 2.0 + north)
    }
}

impl Day {
    /// A day of so many vehicles and rides; half as many people go out.
    pub(crate) fn new(vehicles: usize, rides: usize, seed: u64) -> Self {
        const HALLS: u64 = 20;
        const DEPOTS: u64 = 4;
        let mut chance = Chance { seed, drawn: 0 };
        let halls: Vec<Place> = (0..HALLS).map(|_| chance.dwelling()).collect();
        let depots: Vec<Place> = (0..DEPOTS).map(|_| chance.dwelling()).collect();
        Self {
            vehicles: (0..vehicles).map(|v| vehicle(v, &depots, &mut chance)).collect(),
            outings: (0..rides / 2).map(|_| outing(&halls, &mut chance)).collect(),
        }
    }
}

/// Every third is a bus of the municipality's; the others are volunteers' cars. One half drives
/// early.
fn vehicle(v: usize, depots: &[Place], chance: &mut Chance) -> Vehicle {
    let is_bus = v.is_multiple_of(3);
    let from = if v.is_multiple_of(2) { 7 * HOUR } else { 14 * HOUR };
    Vehicle {
        home: if is_bus { depots[v / 3 % depots.len()] } else { chance.dwelling() },
        from,
        until: from + 8 * HOUR,
        pause_from: from + 3 * HOUR,
        seats: if is_bus { 8 } else { 3 },
        wheelchairs: if is_bus { 2 } else { 0 },
    }
}

fn outing(halls: &[Place], chance: &mut Chance) -> Outing {
    // Two fifths in the morning, three tenths about noon, three tenths in the evening.
    let first = match chance.below(10) {
        0..4 => 9 * HOUR,
        4..7 => 12 * HOUR,
        _ => 16 * HOUR + 30,
    };
    let arrive_by = first + 30 * chance.below(5) as u32;
    Outing {
        home: chance.dwelling(),
        hall: halls[chance.below(halls.len() as u64) as usize],
        arrive_by,
        leave_after: arrive_by + 30 * (3 + chance.below(3) as u32),
        wheelchair: chance.one_in(12),
        companion: chance.one_in(10),
    }
}

#[cfg(test)]
mod tests {
    use dugnad_roads::Roads;

    use super::*;

    #[test]
    fn the_same_seed_is_the_same_day_and_another_one_another() {
        assert_eq!(Day::new(20, 300, 7), Day::new(20, 300, 7));
        assert_ne!(Day::new(20, 300, 7), Day::new(20, 300, 8));
    }

    #[test]
    fn everybody_lives_near_a_road_and_is_out_while_somebody_drives() {
        let day = Day::new(200, 3_000, 1);
        let roads = Roads::from_pbf(map::pbf().as_slice()).unwrap();

        let doors = day.outings.iter().flat_map(|outing| [outing.home, outing.hall]);
        let doors: Vec<_> = doors.chain(day.vehicles.iter().map(|vehicle| vehicle.home)).collect();
        let off: Vec<_> = roads.ends(&doors).into_iter().filter_map(Result::err).collect();

        assert!(off.is_empty(), "{off:?}");
        assert_eq!((day.vehicles.len(), day.outings.len()), (200, 1_500));
        let first = day.vehicles.iter().map(|vehicle| vehicle.from).min().unwrap();
        let last = day.vehicles.iter().map(|vehicle| vehicle.until).max().unwrap();
        for outing in &day.outings {
            assert!(first + HOUR <= outing.arrive_by && outing.leave_after + HOUR <= last);
            assert!(outing.arrive_by < outing.leave_after);
        }
    }
}
