//! Candidates: the best few for one need out of a pool of 100 000 people and more.
//!
//! A [`Pool`] knows each person's [`Profile`] and is told of every change. [`Pool::top`] answers
//! who suits a need best: eight hard filters (skill, language, course, check, age, gender,
//! distance, free in the window) and weighed preferences. Nothing is found by a scan of the pool:
//! bitmaps leave those who pass the filters, bit-sliced sums put them in groups of equal bonus,
//! and a large group is walked outward from the need's place until nobody further can be better.
//!
//! [`Pool::why_not`] says which filters a person fails, [`Pool::nearest_misses`] who fails the
//! fewest. Absent: what anything weighs, what a tag means, and time zones; the caller's.
//!
//! Invariant: every answer is the one that a scan of all profiles would give, in the same order.

mod bits;
mod index;
mod misses;
mod profile;
mod rules;
mod select;
mod sliced;
mod space;

use std::collections::{HashMap, hash_map::Entry};

use self::{bits::Bits, index::Index, space::Cubes};
pub use self::{
    misses::Miss,
    profile::{Gender, GenderWish, PersonKey, Place, Profile, Tag, Wanted, Weights},
    rules::Rule,
    select::{Candidate, Term},
    space::Point,
};

/// People, and the indexes over them. Memory is bounded by what the profiles hold: a person takes
/// some bytes for each tag, and one bit for each quarter of a day in which they are free.
#[derive(Clone, Debug, Default)]
pub struct Pool {
    slots: HashMap<PersonKey, u32>,
    /// By slot; those with a home stand in the cubes once more.
    outlines: Vec<Outline>,
    /// By slot; normalised. Empty where the slot is vacant.
    profiles: Vec<Profile>,
    vacant: Vec<u32>,
    index: Index,
    cubes: Cubes<Outline>,
}

/// What is read of everybody who is looked at, kept together.
#[derive(Clone, Copy, Debug)]
struct Outline {
    slot: u32,
    person: PersonKey,
    home: Option<Point>,
    /// Metres.
    goes: u32,
    load: u32,
    /// Where in its leaf of the cubes; only the outline by slot knows.
    place: u32,
}

impl Pool {
    /// Nobody.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// How many people.
    #[must_use]
    pub fn len(&self) -> usize {
        self.slots.len()
    }

    /// Whether there is nobody.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.slots.is_empty()
    }

    /// What is known of a person: sorted, spans that touch made one.
    #[must_use]
    pub fn get(&self, person: PersonKey) -> Option<&Profile> {
        self.slots.get(&person).map(|slot| &self.profiles[*slot as usize])
    }

    /// From now on the person is like this. Costs what differs from before.
    pub fn upsert(&mut self, person: PersonKey, mut profile: Profile) {
        profile.normalise();
        let slot = match self.slots.entry(person) {
            Entry::Occupied(known) => *known.get(),
            Entry::Vacant(new) => {
                let slot = self.vacant.pop().unwrap_or(self.profiles.len() as u32);
                let outline = Outline { slot, person, home: None, goes: 0, load: 0, place: 0 };
                if slot as usize == self.profiles.len() {
                    self.profiles.push(Profile::default());
                    self.outlines.push(outline);
                }
                self.outlines[slot as usize] = outline;
                self.index.all.put(slot, true);
                *new.insert(slot)
            }
        };
        self.replace(slot, profile);
    }

    /// Forgets a person; answers what was known of them.
    pub fn remove(&mut self, person: PersonKey) -> Option<Profile> {
        let slot = self.slots.remove(&person)?;
        let known = self.replace(slot, Profile::default());
        self.index.all.put(slot, false);
        self.vacant.push(slot);
        Some(known)
    }

    /// Puts a normalised profile in place of the one that was there.
    fn replace(&mut self, slot: u32, profile: Profile) -> Profile {
        let at = slot as usize;
        self.index.replace(slot, &self.profiles[at], &profile);
        self.outline(slot, &profile);
        std::mem::replace(&mut self.profiles[at], profile)
    }

    /// Brings the outline in step with the profile, here and in the cubes.
    fn outline(&mut self, slot: u32, profile: &Profile) {
        let known = self.outlines[slot as usize];
        let Profile { home, goes, load, .. } = *profile;
        let mut outline = Outline { home, goes, load, ..known };
        if known.home == home {
            if (known.goes, known.load) != (goes, load)
                && let Some(home) = home
                && let Some(resident) = self.cubes.get_mut(&home, known.place)
            {
                *resident = outline;
            }
        } else {
            if let Some(old) = known.home
                && let Some(&moved) = self.cubes.remove(&old, known.place)
            {
                self.outlines[moved.slot as usize].place = known.place;
            }
            outline.place = home.map_or(0, |home| self.cubes.insert(&home, outline));
        }
        self.outlines[slot as usize] = outline;
    }

    /// The slots of those of `people` who are in the pool.
    fn slots_of(&self, people: &[PersonKey]) -> Bits {
        people.iter().filter_map(|person| self.slots.get(person)).copied().collect()
    }
}
