//! The bitmaps of the pool: for each property, who has it. Kept in step by telling it of each
//! change; only what differs between the old and the new profile is touched.
//!
//! Time is kept coarsely, so that a change of one evening costs a few bits: by the hours of the
//! week in which somebody is ever free, and by the quarters of each day in which they are free at
//! all. Both only rule people out; who is left must be asked exactly.

use std::collections::HashMap;

use roaring::RoaringBitmap;

use super::{Gender, Profile, Tag, Wanted, profile::day_number, sliced::Sliced};
use crate::problem::Window;

/// Who has each tag.
#[derive(Clone, Debug, Default)]
pub(super) struct Tags(HashMap<Tag, RoaringBitmap>);

impl Tags {
    pub(super) fn get(&self, tag: Tag) -> Option<&RoaringBitmap> {
        self.0.get(&tag)
    }

    fn replace(&mut self, slot: u32, old: &[Tag], new: &[Tag]) {
        differing(old, new, |tag, has| flip(&mut self.0, tag, slot, has));
    }
}

/// Who has what.
#[derive(Clone, Debug, Default)]
pub(super) struct Index {
    /// Everybody.
    pub(super) all: RoaringBitmap,
    pub(super) skills: Tags,
    pub(super) languages: Tags,
    pub(super) interests: Tags,
    /// By day number of the last valid day.
    pub(super) courses: HashMap<Tag, Sliced>,
    /// By day number of the last valid day.
    pub(super) check: Sliced,
    /// By day number.
    pub(super) born: Sliced,
    genders: [RoaringBitmap; 3],
    /// Who has told where they live.
    pub(super) homed: RoaringBitmap,
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
                    put(&mut self.genders[gender as usize], slot, has);
                }
            }
        }
        if old.home.is_some() != new.home.is_some() {
            put(&mut self.homed, slot, new.home.is_some());
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

    pub(super) fn gender(&self, gender: Gender) -> &RoaringBitmap {
        &self.genders[gender as usize]
    }

    /// Everybody who passes every filter but the way there, and who is perhaps free.
    pub(super) fn survivors(&self, wanted: &Wanted) -> RoaringBitmap {
        let Some(mut plain) = self.plain(wanted) else { return RoaringBitmap::new() };
        plain.sort_unstable_by_key(|bitmap| bitmap.len());
        let mut plain = plain.into_iter();
        let mut left = plain.next().unwrap_or(&self.all).clone();
        for bitmap in plain {
            left &= bitmap;
        }
        for &course in &wanted.courses {
            let Some(days) = self.courses.get(&course) else { return RoaringBitmap::new() };
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
    fn plain(&self, wanted: &Wanted) -> Option<Vec<&RoaringBitmap>> {
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
    pub(super) fn of_age(&self, among: RoaringBitmap, wanted: &Wanted) -> RoaringBitmap {
        let mut left = among;
        if let Some(day) = wanted.born_by() {
            let too_young = self.born.at_least(left.clone(), day_number(Some(day)) + 1);
            left = self.born.at_least(left - too_young, 1);
        }
        if let Some(day) = wanted.too_old_by() {
            left = self.born.at_least(left, day_number(Some(day)) + 1);
        }
        left
    }

    /// Those of `among` who may be free in the whole window.
    pub(super) fn perhaps_free(&self, among: RoaringBitmap, window: Window) -> RoaringBitmap {
        self.time.perhaps_free(among, window)
    }
}

const HOUR: i64 = 60;
const QUARTER: i64 = 6 * HOUR;
const WEEK: usize = 7 * 24;
/// Longer spans are not taken apart by quarters, and windows not looked at beyond.
const LONG: usize = 4 * 28;

/// Who may be free when.
#[derive(Clone, Debug)]
struct Time {
    /// By hour of the week: who is free at some minute of it, in some week.
    hours: Vec<RoaringBitmap>,
    /// By quarter of a day: who is free at some minute of it.
    quarters: HashMap<i64, RoaringBitmap>,
    /// Who has a span so long that its quarters are not written down.
    long: RoaringBitmap,
}

impl Default for Time {
    fn default() -> Self {
        let hours = vec![RoaringBitmap::new(); WEEK];
        Self { hours, quarters: HashMap::new(), long: RoaringBitmap::new() }
    }
}

impl Time {
    fn replace(&mut self, slot: u32, old: &[Window], new: &[Window]) {
        let (was, is) = (hours_of(old), hours_of(new));
        for (word, (was, is)) in was.into_iter().zip(is).enumerate() {
            let mut differ = was ^ is;
            while differ != 0 {
                let bit = differ.trailing_zeros();
                put(&mut self.hours[word * 64 + bit as usize], slot, is >> bit & 1 == 1);
                differ &= differ - 1;
            }
        }
        let (was, is) = (quarters_of(old), quarters_of(new));
        differing(&was, &is, |quarter, has| flip(&mut self.quarters, quarter, slot, has));
        let long = |spans: &[Window]| spans.iter().any(is_long);
        if long(old) != long(new) {
            put(&mut self.long, slot, long(new));
        }
    }

    fn perhaps_free(&self, among: RoaringBitmap, window: Window) -> RoaringBitmap {
        let mut left = among;
        for quarter in slots(window, QUARTER).take(LONG) {
            let long = &left & &self.long;
            match self.quarters.get(&quarter) {
                Some(free) => left &= free,
                None => left.clear(),
            }
            left |= long;
        }
        for hour in slots(window, HOUR).take(WEEK) {
            left &= &self.hours[hour.rem_euclid(WEEK as i64) as usize];
        }
        left
    }
}

/// The slots of this length that the span touches.
fn slots(span: Window, length: i64) -> impl Iterator<Item = i64> {
    span.start.div_euclid(length)..=(span.end - 1).div_euclid(length)
}

fn hours_of(spans: &[Window]) -> [u64; WEEK.div_ceil(64)] {
    let mut hours = [0; WEEK.div_ceil(64)];
    for &span in spans {
        for hour in slots(span, HOUR).take(WEEK) {
            let hour = hour.rem_euclid(WEEK as i64) as usize;
            hours[hour / 64] |= 1 << (hour % 64);
        }
    }
    hours
}

fn is_long(span: &Window) -> bool {
    slots(*span, QUARTER).nth(LONG).is_some()
}

/// Sorted, none twice.
fn quarters_of(spans: &[Window]) -> Vec<i64> {
    let short = spans.iter().filter(|span| !is_long(span));
    let mut quarters: Vec<i64> = short.flat_map(|span| slots(*span, QUARTER)).collect();
    quarters.dedup();
    quarters
}

/// Calls `change(key, whether it is in new)` for all that are in only one; both are sorted.
fn differing<K: Copy + Ord>(old: &[K], new: &[K], mut change: impl FnMut(K, bool)) {
    let (mut old, mut new) = (old.iter().peekable(), new.iter().peekable());
    loop {
        let order = match (old.peek(), new.peek()) {
            (None, None) => return,
            (Some(_), None) => std::cmp::Ordering::Less,
            (None, Some(_)) => std::cmp::Ordering::Greater,
            (Some(old), Some(new)) => old.cmp(new),
        };
        if order.is_le()
            && let Some(&key) = old.next()
            && order.is_ne()
        {
            change(key, false);
        }
        if order.is_ge()
            && let Some(&key) = new.next()
            && order.is_ne()
        {
            change(key, true);
        }
    }
}

/// Puts the slot in or out of the bitmap of `key`; a bitmap of nobody is forgotten.
fn flip<K: Eq + std::hash::Hash>(
    bitmaps: &mut HashMap<K, RoaringBitmap>,
    key: K,
    slot: u32,
    has: bool,
) {
    if has {
        bitmaps.entry(key).or_default().insert(slot);
    } else if let Some(bitmap) = bitmaps.get_mut(&key) {
        bitmap.remove(slot);
        if bitmap.is_empty() {
            bitmaps.remove(&key);
        }
    }
}

fn put(bitmap: &mut RoaringBitmap, slot: u32, has: bool) {
    if has {
        bitmap.insert(slot);
    } else {
        bitmap.remove(slot);
    }
}
