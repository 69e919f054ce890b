//! Nearest misses: for a place left open, who would suit but for the fewest rules.
//!
//! How many rules each person holds is added up bit by bit for all at once; the way there and the
//! exact time are asked only of those whose count could still bring them in.

use std::{collections::BinaryHeap, fmt};

use serde::Serialize;

use super::{
    PersonKey, Pool, Rule, Wanted, bits::Bits, profile::day_number, rules::failed, sliced::Sliced,
};
use crate::problem::Window;

/// Somebody who fails some rules.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Miss {
    /// Who.
    pub person: PersonKey,
    /// Which rules they fail; none for a candidate.
    pub rules: Vec<Rule>,
}

impl fmt::Display for Miss {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Person {}", self.person)?;
        if self.rules.is_empty() {
            return f.write_str(" suits");
        }
        for (at, rule) in self.rules.iter().enumerate() {
            write!(f, "{} {rule}", if at == 0 { "" } else { " and" })?;
        }
        Ok(())
    }
}

/// How many rules somebody fails, how far they live (unknown last), and who they are.
type Entry = (u64, u32, PersonKey, u32);

impl Pool {
    /// The `k` people who fail the fewest rules, then live nearest, then by key. Candidates fail
    /// none and come first; whom the need excludes by name is left out.
    #[must_use]
    pub fn nearest_misses(&self, k: usize, wanted: &Wanted) -> Vec<Miss> {
        let wanted = wanted.tidy();
        let all = self.index.all.clone().minus(&self.slots_of(&wanted.excluded));
        let time = wanted.span().map(|span| (span, self.index.perhaps_free(all.clone(), span)));
        let mut search = Search { pool: self, wanted: &wanted, time, k, best: BinaryHeap::new() };
        let (rules, held) = search.held(&all);
        for (held, group) in held.descending(all) {
            let fails = rules - held;
            if !search.admits((fails, 0, 0, 0)) {
                break;
            }
            group.iter().for_each(|slot| search.visit(fails, slot));
        }
        let best = search.best.into_sorted_vec().into_iter();
        best.map(|(.., person, slot)| Miss {
            person,
            rules: failed(&wanted, &self.profiles[slot as usize]),
        })
        .collect()
    }
}

struct Search<'a> {
    pool: &'a Pool,
    wanted: &'a Wanted,
    /// The window, and who may be free in it.
    time: Option<(Window, Bits)>,
    k: usize,
    /// The best so far, the worst of them on top.
    best: BinaryHeap<Entry>,
}

impl Search<'_> {
    fn admits(&self, entry: Entry) -> bool {
        self.best.len() < self.k || self.best.peek().is_some_and(|worst| entry < *worst)
    }

    /// Asks the way and the time of somebody who fails `fails` rules by the bitmaps.
    fn visit(&mut self, fails: u64, slot: u32) {
        let outline = &self.pool.outlines[slot as usize];
        let mut entry = (fails, 0, outline.person, slot);
        if let Some(place) = self.wanted.place {
            entry.1 = outline.home.map_or(u32::MAX, |home| place.point.metres(&home));
            let far = entry.1 > place.within.min(outline.goes);
            entry.0 += u64::from(far || outline.home.is_none());
        }
        if !self.admits(entry) {
            return;
        }
        if let Some((window, perhaps)) = &self.time
            && perhaps.contains(slot)
        {
            entry.0 += u64::from(!self.pool.profiles[slot as usize].is_free(*window));
        }
        if self.admits(entry) {
            self.best.push(entry);
            if self.best.len() > self.k {
                self.best.pop();
            }
        }
    }

    /// How many rules the bitmaps can judge, and how many of these each of `all` holds.
    fn held(&self, all: &Bits) -> (u64, Sliced) {
        let (index, wanted) = (&self.pool.index, self.wanted);
        let (mut rules, mut held) = (0, Sliced::default());
        let mut rule = |holds: Option<Bits>| {
            rules += 1;
            held.add(holds.unwrap_or_default(), 1);
        };
        let today = day_number(Some(wanted.day));
        for &skill in &wanted.skills {
            rule(index.skills.get(skill).map(|has| all.clone().and(has)));
        }
        for &language in &wanted.languages {
            rule(index.languages.get(language).map(|has| all.clone().and(has)));
        }
        for course in &wanted.courses {
            rule(index.courses.get(course).map(|days| days.at_least(all.clone(), today)));
        }
        if wanted.check {
            rule(Some(index.check.at_least(all.clone(), today)));
        }
        if wanted.min_age.or(wanted.max_age).is_some() {
            rule(Some(index.of_age(all.clone(), wanted)));
        }
        if let Some(wish) = wanted.gender.filter(|wish| wish.strict) {
            rule(Some(all.clone().and(index.gender(wish.gender))));
        }
        if let Some((_, perhaps)) = &self.time {
            rule(Some(perhaps.clone()));
        }
        (rules, held)
    }
}
