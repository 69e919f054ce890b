//! The bitmaps of the pool: for each property, who has it. Kept in step by telling it of each
//! change; only what differs between the old and the new profile is touched.
//!
//! Time is kept coarsely, so that a change of one evening costs a few bits: by the double hours of the
//! week in which somebody is ever free, and by the days on which they are free at all. Both only
//! rule people out; who is left must be asked exactly.

use std::{collections::HashMap, ops::RangeInclusive};

use super::{Gender, Profile, Tag, Wanted, bits::Bits, profile::day_number, sliced::Sliced};
use crate::problem::Window;

/// Who has each tag.
#[derive(Clone, Debug, Default)]
pub(super) struct Tags(HashMap<Tag, Bits>);

impl Tags {
    pub(super) fn get(&self, tag: Tag) -> Option<&Bits> {
        self.0.get(&tag)
    }

    fn replace(&mut self, slot: u32, old: &[Tag], new: &[Tag]) {
        let (old, new) = (old.iter().copied(), new.iter().copied());
        differing(old, new, |tag, has| flip(&mut self.0, tag, slot, has));
    }
}

/// Who has what.
#[derive(Clone, Debug, Default)]
pub(super) struct Index {
    /// Everybody.
    pub(super) all: Bits,
    pub(super) skills: Tags,
    pub(super) languages: Tags,
    pub(super) interests: Tags,
    /// By day number of the last valid day.
    pub(super) courses: HashMap<Tag, Sliced>,
    /// By day number of the last valid day.
    pub(super) check: Sliced,
    /// By day number.
    pub(super) born: Sliced,
    genders: [Bits; 3],
    /// Who has told where they live.
    pub(super) homed: Bits,
    time: Time,
}

impl Index {
    /// `slot` was `old` (all empty if it is new) and is `new`; both normalised.
    pub(super) fn replace(&mut self, slot: u32, old: &Profile, new: &Profile) {
        self.skills.replace(slot, &old.skills, &new.skills);
        self.languages.replace(slot, &old.languages, &new.languages);
        self.interests.replace(slot, &old.interests, &new.interests);
        if old.courses != new.courses {
            self.replace_courses(slot, old, new);
        }
        self.check.replace(slot, day_number(old.check), day_number(new.check));
        self.born.replace(slot, day_number(old.born), day_number(new.born));
        if old.gender != new.gender {
            for (gender, has) in [(old.gender, false), (new.gender, true)] {
                if let Some(gender) = gender {
                    self.genders[gender as usize].put(slot, has);
                }
            }
        }
        if old.home.is_some() != new.home.is_some() {
            self.homed.put(slot, new.home.is_some());
        }
        if old.free != new.free {
            self.time.replace(slot, &old.free, &new.free);
        }
    }

    fn replace_courses(&mut self, slot: u32, old: &Profile, new: &Profile) {
        let gone = old.courses.iter().filter(|(tag, _)| new.course(*tag).is_none());
        for &(tag, was) in gone {
            if let Some(days) = self.courses.get_mut(&tag) {
                days.replace(slot, day_number(Some(was)), 0);
                if days.is_zero() {
                    self.courses.remove(&tag);
                }
            }
        }
        for &(tag, day) in &new.courses {
            let was = day_number(old.course(tag));
            self.courses.entry(tag).or_default().replace(slot, was, day_number(Some(day)));
        }
    }

    pub(super) fn gender(&self, gender: Gender) -> &Bits {
        &self.genders[gender as usize]
    }

    /// Everybody who passes every filter but the way there, and who is perhaps free.
    pub(super) fn survivors(&self, wanted: &Wanted) -> Bits {
        let Some(plain) = self.plain(wanted) else { return Bits::default() };
        let mut left = self.all.clone();
        for bitmap in plain {
            left = left.and(bitmap);
        }
        for &course in &wanted.courses {
            let Some(days) = self.courses.get(&course) else { return Bits::default() };
            left = days.at_least(left, day_number(Some(wanted.day)));
        }
        if wanted.check {
            left = self.check.at_least(left, day_number(Some(wanted.day)));
        }
        left = self.of_age(left, wanted);
        match wanted.span() {
            Some(window) => self.time.perhaps_free(left, window),
            None => left,
        }
    }

    /// The bitmaps that everybody wanted is in; none if one of them is of nobody.
    fn plain(&self, wanted: &Wanted) -> Option<Vec<&Bits>> {
        let mut plain = Vec::new();
        for &skill in &wanted.skills {
            plain.push(self.skills.get(skill)?);
        }
        for &language in &wanted.languages {
            plain.push(self.languages.get(language)?);
        }
        if let Some(wish) = wanted.gender.filter(|wish| wish.strict) {
            plain.push(self.gender(wish.gender));
        }
        if wanted.place.is_some() {
            plain.push(&self.homed);
        }
        Some(plain)
    }

    /// Those of `among` whose age is known and within the limits, if there are any limits.
    pub(super) fn of_age(&self, among: Bits, wanted: &Wanted) -> Bits {
        let mut left = among;
        if let Some(day) = wanted.born_by() {
            let too_young = self.born.at_least(left.clone(), day_number(Some(day)) + 1);
            left = self.born.at_least(left.minus(&too_young), 1);
        }
        if let Some(day) = wanted.too_old_by() {
            left = self.born.at_least(left, day_number(Some(day)) + 1);
        }
        left
    }

    /// Those of `among` who may be free in the whole window.
    pub(super) fn perhaps_free(&self, among: Bits, window: Window) -> Bits {
        self.time.perhaps_free(among, window)
    }
}

/// Minutes of a double hour.
const HOURS: i64 = 2 * 60;
const DAY: i64 = 24 * 60;
/// Double hours of a week.
const WEEK: usize = 7 * 12;
/// Longer spans are not taken apart by days, and windows not looked at beyond.
const LONG: usize = 28;

/// Who may be free when.
#[derive(Clone, Debug)]
struct Time {
    /// By double hour of the week: who is free at some minute of it, in some week.
    hours: Vec<Bits>,
    /// By day: who is free at some minute of it.
    days: HashMap<i64, Bits>,
    /// Who has a span so long that its days are not written down.
    long: Bits,
}

impl Default for Time {
    fn default() -> Self {
        let hours = vec![Bits::default(); WEEK];
        Self { hours, days: HashMap::new(), long: Bits::default() }
    }
}

impl Time {
    fn replace(&mut self, slot: u32, old: &[Window], new: &[Window]) {
        let (was, is) = (hours_of(old), hours_of(new));
        for (word, (was, is)) in was.into_iter().zip(is).enumerate() {
            let mut differ = was ^ is;
            while differ != 0 {
                let bit = differ.trailing_zeros();
                self.hours[word * 64 + bit as usize].put(slot, is >> bit & 1 == 1);
                differ &= differ - 1;
            }
        }
        let days = &mut self.days;
        differing(days_of(old), days_of(new), |day, has| flip(days, day, slot, has));
        let long = |spans: &[Window]| spans.iter().any(is_long);
        if long(old) != long(new) {
            self.long.put(slot, long(new));
        }
    }

    fn perhaps_free(&self, among: Bits, window: Window) -> Bits {
        let mut left = among;
        for day in slots(window, DAY).take(LONG) {
            let long = left.clone().and(&self.long);
            left = match self.days.get(&day) {
                Some(free) => left.and(free).or(&long),
                None => long,
            };
        }
        for hour in hours(window) {
            left = left.and(&self.hours[hour]);
        }
        left
    }
}

/// The slots of this length that the span touches.
fn slots(span: Window, length: i64) -> RangeInclusive<i64> {
    span.start.div_euclid(length)..=(span.end - 1).div_euclid(length)
}

/// The double hours of the week that the span touches.
fn hours(span: Window) -> impl Iterator<Item = usize> {
    let slots = slots(span, HOURS);
    let first = slots.start().rem_euclid(WEEK as i64) as usize;
    let count = slots.take(WEEK).count();
    (first..first + count).map(|hour| if hour < WEEK { hour } else { hour - WEEK })
}

fn hours_of(spans: &[Window]) -> [u64; WEEK.div_ceil(64)] {
    let mut week = [0; WEEK.div_ceil(64)];
    for hour in spans.iter().flat_map(|span| hours(*span)) {
        week[hour / 64] |= 1 << (hour % 64);
    }
    week
}

fn is_long(span: &Window) -> bool {
    slots(*span, DAY).nth(LONG).is_some()
}

/// Rising, none twice.
fn days_of(spans: &[Window]) -> impl Iterator<Item = i64> {
    let short = spans.iter().filter(|span| !is_long(span));
    let mut next = i64::MIN;
    short.flat_map(|span| slots(*span, DAY)).filter(move |day| {
        let is_new = *day >= next;
        next = *day + 1;
        is_new
    })
}

/// Calls `change(key, whether it is in new)` for all that are in only one; both rise.
fn differing<K: Copy + Ord>(
    old: impl Iterator<Item = K>,
    new: impl Iterator<Item = K>,
    mut change: impl FnMut(K, bool),
) {
    let (mut old, mut new) = (old.peekable(), new.peekable());
    while let Some(&key) = [old.peek(), new.peek()].into_iter().flatten().min() {
        let (was, is) = (old.next_if_eq(&key).is_some(), new.next_if_eq(&key).is_some());
        if was != is {
            change(key, is);
        }
    }
}

/// Puts the slot in or out of the bitmap of `key`; a bitmap of nobody is forgotten.
fn flip<K: Eq + std::hash::Hash>(bitmaps: &mut HashMap<K, Bits>, key: K, slot: u32, has: bool) {
    if has {
        bitmaps.entry(key).or_default().put(slot, true);
    } else if let Some(bitmap) = bitmaps.get_mut(&key) {
        bitmap.put(slot, false);
        if bitmap.is_empty() {
            bitmaps.remove(&key);
        }
    }
}
