//! Where people live, and who lives near: points on the globe and a tree of cubes around them.
//!
//! Points are whole centimetres in space with the earth's centre at zero, so that distances are
//! exact whole numbers with no seam at the date line or the poles. The straight line is used for
//! the way along the ground: at 100 km that is 1 m short.
//!
//! The cubes are 2.6 km wide, 64 of them make the next larger one, and so on up to the whole
//! globe; a cube is kept only while somebody lives in it. Going outward from a point is
//! best-first over cubes, after Hjaltason & Samet, *Distance browsing in spatial databases*, ACM
//! TODS 24(2), 1999.

use std::{
    cmp::Reverse,
    collections::{BinaryHeap, HashMap, hash_map::Entry},
};

/// The mean radius of the earth.
const RADIUS_CM: f64 = 637_100_880.0;
/// The smallest cubes are `2^LEAF` centimetres wide, the next ones four times that.
const LEAF: u32 = 18;
/// The largest cube of all: level 0 are the smallest.
const TOP: u32 = 7;
/// No two points are further apart, in metres.
const FARTHEST: u32 = 13_000_000;

/// A place on the globe.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Point {
    /// Centimetres from the earth's centre, shifted by 2^31.
    cm: [u32; 3],
}

impl Point {
    /// The place at `lon` degrees east (±180) and `lat` degrees north (±90), on a sphere; none
    /// beyond these.
    #[must_use]
    pub fn new(lon: f64, lat: f64) -> Option<Self> {
        if !(-180.0..=180.0).contains(&lon) || !(-90.0..=90.0).contains(&lat) {
            return None;
        }
        let (lon, lat) = (lon.to_radians(), lat.to_radians());
        let unit = [lat.cos() * lon.cos(), lat.cos() * lon.sin(), lat.sin()];
        Some(Self { cm: unit.map(|part| ((part * RADIUS_CM).round() as i64 + (1 << 31)) as u32) })
    }

    /// Whole metres between the two, rounded down.
    #[must_use]
    pub fn metres(&self, other: &Self) -> u32 {
        whole_metres(self.square(other))
    }

    /// Square centimetres of the distance.
    fn square(&self, other: &Self) -> u64 {
        let [x, y, z] = [0, 1, 2].map(|at| u64::from(self.cm[at].abs_diff(other.cm[at])).pow(2));
        x + y + z
    }

    /// Whether [`Point::metres`] to the other are at most `limit`; faster than asking them.
    pub(super) fn is_within(&self, limit: u32, other: &Self) -> bool {
        let beyond = (u64::from(limit.min(FARTHEST)) + 1) * 100;
        self.square(other) < beyond * beyond
    }

    fn cube(&self, level: u32) -> Cube {
        self.cm.map(|part| (u64::from(part) >> (LEAF + 2 * level)) as u32)
    }

    /// No point of the cube is nearer than these square centimetres.
    fn square_to(&self, level: u32, cube: Cube) -> u64 {
        let shift = LEAF + 2 * level;
        let [x, y, z] = [0, 1, 2].map(|at| {
            let low = u64::from(cube[at]) << shift;
            let high = low + (1 << shift) - 1;
            let here = u64::from(self.cm[at]);
            (low.saturating_sub(here) + here.saturating_sub(high)).pow(2)
        });
        x + y + z
    }
}

/// Rounded down. A float's root may be off by one; that is put right in whole numbers.
fn whole_metres(square_cm: u64) -> u32 {
    let square = |metres: u64| (metres * 100).pow(2);
    let mut metres = ((square_cm as i64 as f64).sqrt() * 0.01) as i64 as u64;
    while square(metres) > square_cm {
        metres -= 1;
    }
    while square(metres + 1) <= square_cm {
        metres += 1;
    }
    metres as u32
}

/// Which cube of a level, counted from a corner of space.
type Cube = [u32; 3];

/// Who lives where. What is read of everybody met on the way outward stands in the leaves, side
/// by side.
#[derive(Clone, Debug)]
pub(super) struct Cubes<T> {
    /// Who lives in each smallest cube.
    leaves: HashMap<Cube, Vec<T>>,
    /// Which of the 64 parts of a larger cube hold anybody.
    parts: HashMap<(u32, Cube), u64>,
}

impl<T> Default for Cubes<T> {
    fn default() -> Self {
        Self { leaves: HashMap::new(), parts: HashMap::new() }
    }
}

impl<T> Cubes<T> {
    /// Puts somebody at `point`; the answer is their place in the leaf, by which they are found.
    pub(super) fn insert(&mut self, point: &Point, who: T) -> u32 {
        let leaf = self.leaves.entry(point.cube(0)).or_default();
        leaf.push(who);
        let place = leaf.len() as u32 - 1;
        if place == 0 {
            for level in 1..=TOP {
                let parts = self.parts.entry((level, point.cube(level))).or_default();
                let known = *parts != 0;
                *parts |= 1 << part(point.cube(level - 1));
                if known {
                    break;
                }
            }
        }
        place
    }

    /// Takes away who stands at `place` of the leaf of `point`; answers who stands there now.
    pub(super) fn remove(&mut self, point: &Point, place: u32) -> Option<&T> {
        let Entry::Occupied(mut leaf) = self.leaves.entry(point.cube(0)) else { return None };
        leaf.get_mut().swap_remove(place as usize);
        if !leaf.get().is_empty() {
            return leaf.into_mut().get(place as usize);
        }
        leaf.remove();
        for level in 1..=TOP {
            let key = (level, point.cube(level));
            let parts = self.parts.get_mut(&key)?;
            *parts &= !(1 << part(point.cube(level - 1)));
            if *parts != 0 {
                break;
            }
            self.parts.remove(&key);
        }
        None
    }

    /// Who stands at `place` of the leaf of `point`.
    pub(super) fn get_mut(&mut self, point: &Point, place: u32) -> Option<&mut T> {
        self.leaves.get_mut(&point.cube(0))?.get_mut(place as usize)
    }

    /// Leaves outward from a point: a lower bound of the metres there, and who lives in it.
    pub(super) fn outward(&self, from: Point) -> Outward<'_, T> {
        let top = Reverse((0, TOP, from.cube(TOP)));
        Outward { cubes: self, from, open: BinaryHeap::from([top]) }
    }
}

/// Which of the 64 parts of the cube above this one is.
fn part(cube: Cube) -> u32 {
    (cube[0] & 3) << 4 | (cube[1] & 3) << 2 | cube[2] & 3
}

/// See [`Cubes::outward`].
pub(super) struct Outward<'a, T> {
    cubes: &'a Cubes<T>,
    from: Point,
    open: BinaryHeap<Reverse<(u64, u32, Cube)>>,
}

impl<'a, T> Iterator for Outward<'a, T> {
    type Item = (u32, &'a [T]);

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            let Reverse((square, level, cube)) = self.open.pop()?;
            if level == 0 {
                return Some((whole_metres(square), self.cubes.leaves.get(&cube)?));
            }
            let mut parts = self.cubes.parts.get(&(level, cube)).copied().unwrap_or(0);
            while parts != 0 {
                let part = parts.trailing_zeros();
                let offset = [part >> 4, part >> 2 & 3, part & 3];
                let child = [0, 1, 2].map(|at| cube[at] << 2 | offset[at]);
                let square = self.from.square_to(level - 1, child);
                self.open.push(Reverse((square, level - 1, child)));
                parts &= parts - 1;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn drammen_lies_some_34_km_from_oslo_and_no_seam_parts_the_date_line() {
        let point = |lon, lat| Point::new(lon, lat).unwrap();
        assert_eq!(point(10.2045, 59.7440).metres(&point(10.7461, 59.9127)) / 1000, 35);
        assert!(point(179.9999, 10.0).metres(&point(-179.9999, 10.0)) < 30);
        assert_eq!(point(0.0, 90.0).metres(&point(120.0, 90.0)), 0);
        assert_eq!(Point::new(f64::NAN, 0.0), None);
        assert_eq!(Point::new(0.0, 91.0), None);
    }

    proptest! {
        #[test]
        fn going_outward_meets_everybody_once_and_no_nearer_than_promised(
            homes in prop::collection::vec((-20.0f64..20.0, 50.0f64..72.0), 1..60),
            gone in prop::collection::vec(any::<bool>(), 60),
            near in any::<bool>(),
        ) {
            let squeeze = if near { 0.002 } else { 1.0 };
            let points: Vec<Point> = homes
                .iter()
                .map(|(lon, lat)| Point::new(lon * squeeze, 60.0 + (lat - 60.0) * squeeze).unwrap())
                .collect();
            let mut cubes = Cubes::default();
            let mut places: Vec<u32> =
                (0u32..).zip(&points).map(|(slot, point)| cubes.insert(point, slot)).collect();
            for slot in 0..points.len() {
                if gone[slot] && let Some(&moved) = cubes.remove(&points[slot], places[slot]) {
                    places[moved as usize] = places[slot];
                }
            }

            let met: Vec<_> = cubes.outward(points[0]).collect();

            prop_assert!(met.is_sorted_by_key(|(metres, _)| *metres));
            for &(least, slots) in &met {
                for &slot in slots {
                    prop_assert!(points[0].metres(&points[slot as usize]) >= least);
                }
            }
            let mut slots: Vec<u32> = met.iter().flat_map(|(_, slots)| slots.to_vec()).collect();
            slots.sort_unstable();
            let stay: Vec<u32> =
                (0..points.len() as u32).filter(|slot| !gone[*slot as usize]).collect();
            prop_assert_eq!(slots, stay);
            if gone[..points.len()].iter().all(|gone| *gone) {
                prop_assert!(cubes.leaves.is_empty() && cubes.parts.is_empty());
            }
        }
    }
}
