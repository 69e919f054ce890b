//! What the pool knows of a person, and what a need wants of one.
//!
//! Skills, languages, courses and interests are numbers that the caller gives out. Days are civil
//! dates; those before 1900 count as its first. Times are minutes from a local midnight that is
//! the same for everybody.

use jiff::civil::{Date, date};
use serde::{Deserialize, Serialize};

use super::Point;
use crate::problem::Window;

/// Names a person; the caller's.
pub type PersonKey = u64;
/// Names a skill, a language, a course or an interest; the caller's.
pub type Tag = u32;

/// A gender somebody has told us.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Gender {
    /// A woman or girl.
    Female,
    /// A man or boy.
    Male,
    /// Neither.
    Other,
}

/// What is known of one person.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Profile {
    /// What they can do.
    pub skills: Vec<Tag>,
    /// What they speak.
    pub languages: Vec<Tag>,
    /// What they like; never a filter.
    pub interests: Vec<Tag>,
    /// Courses taken, each with the last day it is valid; of one taken twice the later day counts.
    pub courses: Vec<(Tag, Date)>,
    /// The last day that the check they have shown (politiattest) is valid; none was shown.
    pub check: Option<Date>,
    /// The day they were born.
    pub born: Option<Date>,
    /// If they told.
    pub gender: Option<Gender>,
    /// Where they live; without it they suit only needs that have no place.
    pub home: Option<Point>,
    /// How far they go, in metres.
    pub goes: u32,
    /// When they are free, exceptions already taken out. Spans that touch are one.
    pub free: Vec<Window>,
    /// What they have carried lately, in the caller's unit; the less, the sooner asked.
    pub load: u32,
}

impl Profile {
    /// In the order and form the index relies on: sorted, nothing twice, no empty span.
    pub(super) fn normalise(&mut self) {
        for tags in [&mut self.skills, &mut self.languages, &mut self.interests] {
            tags.sort_unstable();
            tags.dedup();
        }
        self.courses.sort_unstable_by(|a, b| (a.0, b.1).cmp(&(b.0, a.1)));
        self.courses.dedup_by_key(|course| course.0);
        self.free.retain(|span| span.start < span.end);
        self.free.sort_unstable_by_key(|span| span.start);
        self.free.dedup_by(|next, span| {
            let touch = next.start <= span.end;
            if touch {
                span.end = span.end.max(next.end);
            }
            touch
        });
    }

    /// Whether they are free in the whole window. Must be normalised. `O(log spans)`.
    pub(super) fn is_free(&self, window: Window) -> bool {
        let after = self.free.partition_point(|span| span.start <= window.start);
        after > 0 && self.free[after - 1].end >= window.end
    }

    /// The last day the course is valid.
    pub(super) fn course(&self, tag: Tag) -> Option<Date> {
        let at = self.courses.binary_search_by_key(&tag, |course| course.0).ok()?;
        Some(self.courses[at].1)
    }
}

/// Where a need is, and how far away a helper may live.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    /// Where.
    pub point: Point,
    /// The farthest home, in metres; each person's own limit holds beside it.
    pub within: u32,
}

/// A wish for a gender.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct GenderWish {
    /// Which.
    pub gender: Gender,
    /// Whether nobody else will do; otherwise [`Weights::gender`] counts.
    pub strict: bool,
}

/// What a need wants of a person: eight hard filters, then what is weighed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wanted {
    /// Checks, courses and ages are judged on this day.
    pub day: Date,
    /// All are required.
    pub skills: Vec<Tag>,
    /// All are required.
    pub languages: Vec<Tag>,
    /// All are required, valid on the day.
    pub courses: Vec<Tag>,
    /// Whether a check is required, valid on the day.
    pub check: bool,
    /// In whole years on the day.
    pub min_age: Option<u8>,
    /// In whole years on the day.
    pub max_age: Option<u8>,
    /// Strict or weighed.
    pub gender: Option<GenderWish>,
    /// Within reach of both.
    pub place: Option<Place>,
    /// They must be free in all of it; an empty one asks nothing.
    pub window: Option<Window>,
    /// Not these, whatever they can.
    pub excluded: Vec<PersonKey>,
    /// Interests to share.
    pub interests: Vec<Tag>,
    /// Languages that are a gain, not required.
    pub rather_languages: Vec<Tag>,
    /// Who has been there before.
    pub before: Vec<PersonKey>,
    /// What the preferences weigh.
    pub weights: Weights,
}

impl Wanted {
    /// Asks nothing of anybody and weighs nothing; for `Wanted { skills, ..Wanted::on(day) }`.
    #[must_use]
    pub fn on(day: Date) -> Self {
        Self {
            day,
            skills: Vec::new(),
            languages: Vec::new(),
            courses: Vec::new(),
            check: false,
            min_age: None,
            max_age: None,
            gender: None,
            place: None,
            window: None,
            excluded: Vec::new(),
            interests: Vec::new(),
            rather_languages: Vec::new(),
            before: Vec::new(),
            weights: Weights::default(),
        }
    }

    /// Nothing named twice, so that nothing counts twice.
    pub(super) fn tidy(&self) -> Self {
        let mut tidy = self.clone();
        let required = [&mut tidy.skills, &mut tidy.languages, &mut tidy.courses];
        for tags in required.into_iter().chain([&mut tidy.interests, &mut tidy.rather_languages]) {
            tags.sort_unstable();
            tags.dedup();
        }
        tidy
    }

    /// The window, if it asks anything.
    pub(super) fn span(&self) -> Option<Window> {
        self.window.filter(|window| window.start < window.end)
    }

    /// Whoever is old enough was born on this day or before.
    pub(super) fn born_by(&self) -> Option<Date> {
        Some(years_before(self.day, self.min_age?.into()))
    }

    /// Whoever is too old was born on this day or before.
    pub(super) fn too_old_by(&self) -> Option<Date> {
        Some(years_before(self.day, i16::from(self.max_age?) + 1))
    }
}

fn years_before(day: Date, years: i16) -> Date {
    day.saturating_sub(jiff::Span::new().years(years))
}

/// Whole years of age on a day. Born on 29 February, one is a year older on 1 March.
pub(super) fn age(born: Date, day: Date) -> i16 {
    let before_birthday = (day.month(), day.day()) < (born.month(), born.day());
    day.year() - born.year() - i16::from(before_birthday)
}

/// The day as a number from 1 on; 0 is kept for "none".
pub(super) fn day_number(day: Option<Date>) -> u64 {
    let Some(day) = day else { return 0 };
    let days = day.duration_since(date(1900, 1, 1)).as_hours() / 24;
    days.max(0).unsigned_abs() + 1
}

/// Points for and against somebody; 0 leaves a preference out.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Weights {
    /// Lost for each kilometre between home and need, counted by the metre.
    pub kilometre: u32,
    /// Won for each shared interest.
    pub interest: u32,
    /// Won for each language that is a gain.
    pub language: u32,
    /// Won by the wished gender.
    pub gender: u32,
    /// Won by having been there before.
    pub before: u32,
    /// Lost for each unit of load.
    pub load: u32,
}

impl Weights {
    /// What this far costs.
    pub(super) fn distance(&self, metres: u32) -> i64 {
        i64::from(self.kilometre) * i64::from(metres) / 1000
    }

    /// What this load costs.
    pub(super) fn load(&self, load: u32) -> i64 {
        i64::try_from(u64::from(self.load) * u64::from(load)).unwrap_or(i64::MAX)
    }
}
