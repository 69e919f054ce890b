//! The best candidates: groups of equal bonus from the best down, each walked outward.
//!
//! Whoever passes the bitmaps gets a bonus: what tags, gender and having been there before weigh,
//! added up bit by bit for all at once. Distance and load only take away, so a group's bonus, and
//! that less the way to a cube, bound what anybody in it can reach: once the worst of the best `k`
//! is above the bound, the rest is not looked at.

use std::{
    cmp::Reverse,
    collections::BinaryHeap,
    fmt::{self, Display},
};

use serde::Serialize;

use super::{
    Outline, PersonKey, Place, Pool, Wanted, bits::Bits, profile::Profile, rules::Kilometres,
    sliced::Sliced,
};
use crate::problem::Window;

/// Smaller groups are asked one by one rather than walked outward.
const FEW: u32 = 2048;
/// Going outward ends after so many people.
const MANY: usize = 8192;

/// Somebody who passes every filter.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Candidate {
    /// Who.
    pub person: PersonKey,
    /// The sum of the terms' points; more is better.
    pub score: i64,
    /// What it is made of; preferences that came to nothing are left out.
    pub terms: Vec<Term>,
}

/// A part of a score.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "term", rename_all = "snake_case")]
pub enum Term {
    /// The way there.
    Distance {
        /// From home.
        metres: u32,
        /// Not above 0.
        points: i64,
    },
    /// Interests in common.
    Interests {
        /// How many.
        shared: u32,
        /// Above 0.
        points: i64,
    },
    /// Languages that are a gain.
    Languages {
        /// How many.
        shared: u32,
        /// Above 0.
        points: i64,
    },
    /// The wished gender.
    Gender {
        /// Above 0.
        points: i64,
    },
    /// Has been there before.
    Before {
        /// Above 0.
        points: i64,
    },
    /// Carried lately.
    Load {
        /// In the caller's unit.
        load: u32,
        /// Below 0.
        points: i64,
    },
}

impl Term {
    /// What it adds to the score.
    #[must_use]
    pub fn points(&self) -> i64 {
        match *self {
            Self::Distance { points, .. }
            | Self::Interests { points, .. }
            | Self::Languages { points, .. }
            | Self::Gender { points }
            | Self::Before { points }
            | Self::Load { points, .. } => points,
        }
    }
}

impl Display for Term {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Self::Distance { metres, .. } => write!(f, "lives {} away", Kilometres(metres))?,
            Self::Interests { shared, .. } => write!(f, "shares {shared} of the interests")?,
            Self::Languages { shared, .. } => write!(f, "speaks {shared} of the languages")?,
            Self::Gender { .. } => f.write_str("is of the wished gender")?,
            Self::Before { .. } => f.write_str("has been there before")?,
            Self::Load { load, .. } => write!(f, "has carried {load} lately")?,
        }
        write!(f, " ({:+})", self.points())
    }
}

impl Pool {
    /// The `k` best candidates by score, then by key; fewer if fewer pass the filters.
    ///
    /// Some bitmap operations a filter, each `O(people / 64)`, then what is looked at of those who
    /// pass: some multiples of `k` where distance or bonus tells people apart, all where nothing
    /// does.
    #[must_use]
    pub fn top(&self, k: usize, wanted: &Wanted) -> Vec<Candidate> {
        let wanted = wanted.tidy();
        let left = self.index.survivors(&wanted).minus(&self.slots_of(&wanted.excluded));
        let bonus = self.bonus(&wanted, &left);
        let best = Best { room: k, kept: BinaryHeap::new() };
        let mut search = Search { pool: self, wanted: &wanted, window: wanted.span(), best };
        for (bonus, group) in bonus.descending(left) {
            let bonus = i64::try_from(bonus).unwrap_or(i64::MAX);
            if search.best.beats(bonus) {
                break;
            }
            search.group(bonus, &group);
        }
        let best = search.best.kept.into_sorted_vec().into_iter();
        best.map(|Reverse((score, Reverse(person)))| self.candidate(&wanted, person, score))
            .collect()
    }

    fn bonus(&self, wanted: &Wanted, left: &Bits) -> Sliced {
        let (weights, index) = (&wanted.weights, &self.index);
        let mut bonus = Sliced::default();
        let mut add = |has: &Bits, weight: u32| bonus.add(left.clone().and(has), weight.into());
        if weights.interest > 0 {
            let interests = wanted.interests.iter();
            interests
                .filter_map(|tag| index.interests.get(*tag))
                .for_each(|has| add(has, weights.interest));
        }
        if weights.language > 0 {
            let languages = wanted.rather_languages.iter();
            languages
                .filter_map(|tag| index.languages.get(*tag))
                .for_each(|has| add(has, weights.language));
        }
        if let Some(wish) = wanted.gender.filter(|wish| !wish.strict && weights.gender > 0) {
            add(index.gender(wish.gender), weights.gender);
        }
        if weights.before > 0 {
            add(&self.slots_of(&wanted.before), weights.before);
        }
        bonus
    }

    fn candidate(&self, wanted: &Wanted, person: PersonKey, score: i64) -> Candidate {
        let terms = self.get(person).map(|profile| terms(wanted, person, profile));
        Candidate { person, score, terms: terms.unwrap_or_default() }
    }
}

/// What a profile's score is made of.
fn terms(wanted: &Wanted, person: PersonKey, profile: &Profile) -> Vec<Term> {
    let weights = &wanted.weights;
    let shared = |wished: &[u32], has: &[u32]| {
        wished.iter().filter(|tag| has.binary_search(tag).is_ok()).count() as u32
    };
    let times = |weight: u32, count: u32| i64::from(weight) * i64::from(count);
    let mut terms = Vec::new();
    if let (Some(place), Some(home)) = (wanted.place, profile.home) {
        let metres = place.point.metres(&home);
        terms.push(Term::Distance { metres, points: -weights.distance(metres) });
    }
    let interests = shared(&wanted.interests, &profile.interests);
    let languages = shared(&wanted.rather_languages, &profile.languages);
    let gender =
        wanted.gender.is_some_and(|wish| !wish.strict && profile.gender == Some(wish.gender));
    let before = wanted.before.contains(&person);
    let rest = [
        Term::Interests { shared: interests, points: times(weights.interest, interests) },
        Term::Languages { shared: languages, points: times(weights.language, languages) },
        Term::Gender { points: times(weights.gender, gender.into()) },
        Term::Before { points: times(weights.before, before.into()) },
        Term::Load { load: profile.load, points: -weights.load(profile.load) },
    ];
    terms.extend(rest.into_iter().filter(|term| term.points() != 0));
    terms
}

struct Search<'a> {
    pool: &'a Pool,
    wanted: &'a Wanted,
    window: Option<Window>,
    best: Best,
}

impl Search<'_> {
    /// Looks at a group of equal bonus as far as it can matter.
    fn group(&mut self, bonus: i64, group: &Bits) {
        if let Some(place) = self.wanted.place
            && self.wanted.weights.kilometre > 0
            && group.are_more_than(FEW)
        {
            let before = self.best.clone();
            if self.outward(bonus, group, place) {
                return;
            }
            self.best = before;
        }
        let outlines = &self.pool.outlines;
        group.iter().for_each(|slot| self.visit(bonus, &outlines[slot as usize]));
    }

    /// From the place outward until nobody further can matter. False if that is too far off:
    /// everybody in a row is sooner asked than everybody cube by cube.
    fn outward(&mut self, bonus: i64, group: &Bits, place: Place) -> bool {
        let mut met = 0;
        for (metres, leaf) in self.pool.cubes.outward(place.point) {
            let bound = bonus - self.wanted.weights.distance(metres);
            if metres > place.within || self.best.beats(bound) {
                return true;
            }
            met += leaf.len();
            if met > MANY {
                return false;
            }
            let among = leaf.iter().filter(|outline| group.contains(outline.slot));
            among.for_each(|outline| self.visit(bonus, outline));
        }
        true
    }

    /// Asks what the bitmaps do not know: the exact way and the exact time, the dearest last.
    fn visit(&mut self, bonus: i64, outline: &Outline) {
        let weights = &self.wanted.weights;
        let mut score = bonus - weights.load(outline.load);
        if self.best.beats(score) {
            return;
        }
        if let Some(place) = self.wanted.place {
            let limit = place.within.min(outline.goes);
            let home = outline.home.filter(|home| place.point.is_within(limit, home));
            let Some(home) = home else { return };
            if weights.kilometre > 0 {
                score -= weights.distance(place.point.metres(&home));
            }
        }
        let entry = (score, Reverse(outline.person));
        let profile = &self.pool.profiles[outline.slot as usize];
        if self.best.admits(entry) && self.window.is_none_or(|window| profile.is_free(window)) {
            self.best.push(entry);
        }
    }
}

/// A score and a key, the higher score and then the lower key being the greater.
type Entry = (i64, Reverse<PersonKey>);

/// The best so far, the worst of them on top.
#[derive(Clone)]
struct Best {
    room: usize,
    kept: BinaryHeap<Reverse<Entry>>,
}

impl Best {
    fn admits(&self, entry: Entry) -> bool {
        self.kept.len() < self.room || self.kept.peek().is_some_and(|worst| entry > worst.0)
    }

    /// Whether nobody with this score or less can come in, whatever their key.
    fn beats(&self, score: i64) -> bool {
        !self.admits((score, Reverse(0)))
    }

    fn push(&mut self, entry: Entry) {
        if self.kept.len() == self.room {
            self.kept.pop();
        }
        self.kept.push(Reverse(entry));
    }
}
