//! Which hard filters somebody fails, with the values, in words.

use std::fmt::{self, Display};

use jiff::civil::Date;
use serde::Serialize;

use super::{
    Gender, PersonKey, Pool, Profile, Tag, Wanted,
    profile::{age, day_number},
};
use crate::problem::Window;

/// A hard filter that somebody fails. `Display` goes on after "This person …".
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "rule", rename_all = "snake_case")]
pub enum Rule {
    /// The pool does not know them.
    Unknown,
    /// The need excludes them by name.
    Excluded,
    /// A required skill.
    Skill {
        /// Which.
        skill: Tag,
    },
    /// A required language.
    Language {
        /// Which.
        language: Tag,
    },
    /// A required course.
    Course {
        /// Which.
        course: Tag,
        /// The last day it was valid, if they have taken it.
        until: Option<Date>,
    },
    /// The check.
    Check {
        /// The last day it was valid, if it was shown.
        until: Option<Date>,
    },
    /// Too young, too old, or nobody knows.
    Age {
        /// On the day, if it is known.
        years: Option<i16>,
        /// The youngest wanted.
        min: Option<u8>,
        /// The oldest wanted.
        max: Option<u8>,
    },
    /// The strict wish for a gender.
    Gender {
        /// The wished one.
        wished: Gender,
    },
    /// Lives too far away, or nobody knows where.
    Distance {
        /// From home, if it is known.
        metres: Option<u32>,
        /// How far they go.
        goes: u32,
        /// How far the need looks.
        within: u32,
    },
    /// Not free in the whole window.
    Busy {
        /// The parts of the window in which they are not free, as minutes from the midnight.
        spans: Vec<(i64, i64)>,
    },
}

impl Pool {
    /// Every filter that the person fails, in the order of [`Rule`]; none if they suit.
    /// `O(what is wanted × log profile)`.
    #[must_use]
    pub fn why_not(&self, person: PersonKey, wanted: &Wanted) -> Vec<Rule> {
        let wanted = wanted.tidy();
        let Some(profile) = self.get(person) else { return vec![Rule::Unknown] };
        let excluded = wanted.excluded.contains(&person).then_some(Rule::Excluded);
        excluded.into_iter().chain(failed(&wanted, profile)).collect()
    }
}

/// The rules that a normalised profile fails for a tidy need; exclusion apart.
pub(super) fn failed(wanted: &Wanted, profile: &Profile) -> Vec<Rule> {
    let lacks = |has: &[Tag], tag: &Tag| has.binary_search(tag).is_err();
    let valid = |until: Option<Date>| day_number(until) >= day_number(Some(wanted.day));
    let mut rules = Vec::new();
    let skills = wanted.skills.iter().filter(|tag| lacks(&profile.skills, tag));
    rules.extend(skills.map(|&skill| Rule::Skill { skill }));
    let languages = wanted.languages.iter().filter(|tag| lacks(&profile.languages, tag));
    rules.extend(languages.map(|&language| Rule::Language { language }));
    let courses = wanted.courses.iter().map(|&course| (course, profile.course(course)));
    let courses = courses.filter(|(_, until)| !valid(*until));
    rules.extend(courses.map(|(course, until)| Rule::Course { course, until }));
    if wanted.check && !valid(profile.check) {
        rules.push(Rule::Check { until: profile.check });
    }
    if !age_holds(wanted, profile.born) {
        let years = profile.born.map(|born| age(born, wanted.day));
        rules.push(Rule::Age { years, min: wanted.min_age, max: wanted.max_age });
    }
    if let Some(wish) = wanted.gender
        && wish.strict
        && profile.gender != Some(wish.gender)
    {
        rules.push(Rule::Gender { wished: wish.gender });
    }
    if let Some(place) = wanted.place {
        let metres = profile.home.map(|home| place.point.metres(&home));
        if metres.is_none_or(|metres| metres > profile.goes.min(place.within)) {
            rules.push(Rule::Distance { metres, goes: profile.goes, within: place.within });
        }
    }
    if let Some(window) = wanted.span()
        && !profile.is_free(window)
    {
        rules.push(Rule::Busy { spans: busy(window, &profile.free) });
    }
    rules
}

/// By day numbers, as the index does, so that both agree on days before 1900.
fn age_holds(wanted: &Wanted, born: Option<Date>) -> bool {
    let limits = (wanted.born_by(), wanted.too_old_by());
    let number = day_number(born);
    let old_enough = limits.0.is_none_or(|by| number <= day_number(Some(by)));
    let young_enough = limits.1.is_none_or(|by| number > day_number(Some(by)));
    limits == (None, None) || born.is_some() && old_enough && young_enough
}

/// The parts of the window outside the free spans; these are sorted and apart.
fn busy(window: Window, free: &[Window]) -> Vec<(i64, i64)> {
    let mut spans = Vec::new();
    let mut from = window.start;
    for span in free.iter().filter(|span| span.end > window.start && span.start < window.end) {
        if span.start > from {
            spans.push((from, span.start));
        }
        from = span.end;
    }
    if from < window.end {
        spans.push((from, window.end));
    }
    spans
}

impl Display for Rule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unknown => f.write_str("is not in the pool"),
            Self::Excluded => f.write_str("is excluded by name"),
            Self::Skill { skill } => write!(f, "lacks skill {skill}"),
            Self::Language { language } => write!(f, "does not speak language {language}"),
            Self::Course { course, until: None } => write!(f, "has not taken course {course}"),
            Self::Course { course, until: Some(until) } => {
                write!(f, "has course {course} only until {until}")
            }
            Self::Check { until: None } => f.write_str("has shown no check"),
            Self::Check { until: Some(until) } => write!(f, "has a check only until {until}"),
            Self::Age { years, min, max } => write_age(f, *years, *min, *max),
            Self::Gender { wished } => write!(f, "is not of the wished gender ({wished:?})"),
            Self::Distance { metres: None, .. } => f.write_str("has told no home"),
            Self::Distance { metres: Some(metres), goes, within } => {
                write!(f, "lives {} away, ", Kilometres(*metres))?;
                match metres > goes {
                    true => write!(f, "goes {}", Kilometres(*goes)),
                    false => write!(f, "at most {} is wanted", Kilometres(*within)),
                }
            }
            Self::Busy { spans } => {
                f.write_str("is busy ")?;
                for (at, &(start, end)) in spans.iter().enumerate() {
                    let comma = if at == 0 { "" } else { ", " };
                    write!(f, "{comma}{}–{}", Clock(start), Clock(end))?;
                }
                Ok(())
            }
        }
    }
}

fn write_age(
    f: &mut fmt::Formatter<'_>,
    years: Option<i16>,
    min: Option<u8>,
    max: Option<u8>,
) -> fmt::Result {
    match years {
        None => f.write_str("is of unknown age")?,
        Some(years) => write!(f, "is {years}")?,
    }
    match (min, max) {
        (Some(min), Some(max)) => write!(f, ", {min} to {max} is wanted"),
        (Some(min), None) => write!(f, ", at least {min} is wanted"),
        (None, Some(max)) => write!(f, ", at most {max} is wanted"),
        (None, None) => Ok(()),
    }
}

/// Metres as a person says them: `850 m`, `7.2 km`.
pub(super) struct Kilometres(pub(super) u32);

impl Display for Kilometres {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            metres @ ..1000 => write!(f, "{metres} m"),
            metres if metres % 1000 / 100 == 0 => write!(f, "{} km", metres / 1000),
            metres => write!(f, "{}.{} km", metres / 1000, metres % 1000 / 100),
        }
    }
}

/// A minute as the time of its day.
struct Clock(i64);

impl Display for Clock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let minute = self.0.rem_euclid(24 * 60);
        write!(f, "{:02}:{:02}", minute / 60, minute % 60)
    }
}
