//! The index of who may be asked: from a question to a short list, without looking at everybody.
//!
//! It knows what bitmaps can know (skills, languages, what a role asks for, roughly when in the week
//! somebody can, where they set out) and rules nobody out whom the rule book would let in: whoever it
//! names is judged exactly. Availability is kept by the week, with every exception that adds a time
//! among it, so that it does not depend on what day it is.
//!
//! Ties between equals go to who was asked least recently: the index keeps that in the lowest part of
//! the load.

use std::collections::HashMap;

use dugnad_assign::{
    Window,
    candidates::{
        Candidate, Gender, GenderWish, PersonKey, Place, Pool as Candidates, Profile, Tag, Wanted,
        Weights as Points,
    },
};
use dugnad_events::{
    Code,
    matching::{Need, Weights},
    volunteers::{self, Ages},
};
use dugnad_vault::PersonId;
use jiff::civil::{Date, date};

use super::{
    State,
    people::{Hours, People, Person},
    places::Areas,
    rules::Judge,
    time,
};

/// One point of a preference, in the index: what lies below it tells equals apart.
pub(super) const POINT: u32 = 1 << 24;
/// A person's assignments count up to this many.
const MOST_LOAD: u32 = 16;
/// Hours since 2026 fit below a point for 14 years, each weighed by at most this.
const MOST_LOAD_WEIGHT: u32 = 100;
const LATEST_HOUR: u32 = 1 << 17;

const DAY: i64 = 24 * 60;
const WEEK: i64 = 7 * DAY;

/// The index, and the numbers it gives to codes.
#[derive(Debug, Default)]
pub struct Pool {
    candidates: Candidates,
    skills: Tags,
    languages: Tags,
    interests: Tags,
    courses: Tags,
}

/// The number of a word that nobody has.
const NOBODY: Tag = Tag::MAX;

/// Words and their numbers.
#[derive(Debug, Default)]
struct Tags(HashMap<Box<str>, Tag>);

impl Tags {
    fn of(&mut self, word: &str) -> Tag {
        let next = self.0.len() as Tag;
        match self.0.get(word) {
            Some(tag) => *tag,
            None => *self.0.entry(word.into()).or_insert(next),
        }
    }

    fn all<'a>(&mut self, words: impl IntoIterator<Item = &'a Code>) -> Vec<Tag> {
        words.into_iter().map(|word| self.of(word.as_str())).collect()
    }

    fn known(&self, word: &str) -> Tag {
        self.0.get(word).copied().unwrap_or(NOBODY)
    }

    /// Those that are asked, also if nobody has them.
    fn asked<'a>(&self, words: impl IntoIterator<Item = &'a Code>) -> Vec<Tag> {
        words.into_iter().map(|word| self.known(word.as_str())).collect()
    }

    /// Those that anybody has.
    fn some<'a>(&self, words: impl IntoIterator<Item = &'a Code>) -> Vec<Tag> {
        words.into_iter().filter_map(|word| self.0.get(word.as_str()).copied()).collect()
    }
}

/// No code has an equals sign.
const SIGNED: &str = "=signed";

fn card(role: &Code, version: u32) -> String {
    format!("=card {role} {version}")
}

fn wish(kind: &Code) -> String {
    format!("=wish {kind}")
}

impl Pool {
    /// Brings the index in step with what is known of the person.
    pub(super) fn refresh(&mut self, people: &People, areas: &Areas, person: PersonId) {
        let Some(number) = people.number(person) else { return };
        let key = PersonKey::from(number);
        match people.get(person).and_then(|known| self.profile(known, areas)) {
            Some(profile) => self.candidates.upsert(key, profile),
            None => {
                self.candidates.remove(key);
            }
        }
    }

    fn profile(&mut self, known: &Person, areas: &Areas) -> Option<Profile> {
        let giver = known.giver.as_deref().filter(|_| known.is_asked())?;
        let standing = &known.standing;
        let mut skills = self.skills.all(&giver.skills);
        if standing.confidentiality.is_some() {
            skills.push(self.skills.of(SIGNED));
        }
        let accepted = standing.cards.iter().filter(|(_, it)| it.volunteer == it.supervisor);
        let accepted = accepted.map(|(role, it)| self.skills.of(&card(role, it.volunteer)));
        skills.extend(accepted);
        let mut interests = self.interests.all(&giver.interests);
        interests.extend(giver.wants.iter().map(|kind| self.interests.of(&wish(kind))));
        let courses = standing.certificates.iter();
        let courses = courses
            .map(|(code, it)| (self.courses.of(code.as_str()), it.until.unwrap_or(Date::MAX)))
            .collect();
        Some(Profile {
            skills,
            languages: self.languages.all(&giver.languages),
            interests,
            courses,
            // For how long it counts is the role's to say, not known here.
            check: standing.check.map(|_| Date::MAX),
            born: standing.ages.as_ref().and_then(born),
            gender: known.gender.map(gender),
            home: areas.home(giver),
            goes: u32::from(giver.reach_km) * 1000,
            free: free(known.hours.as_deref()),
            load: load(known),
        })
    }

    /// The best `k` whom the index does not rule out, best first. A longer list begins with the
    /// shorter one.
    pub(super) fn top(&self, k: usize, wanted: &Wanted) -> Vec<Candidate> {
        self.candidates.top(k, wanted)
    }

    /// The `k` whom the index rules out by the fewest rules.
    pub(super) fn nearest(&self, k: usize, wanted: &Wanted) -> Vec<PersonKey> {
        let misses = self.candidates.nearest_misses(k, wanted);
        misses.into_iter().map(|miss| miss.person).collect()
    }

    /// How many can be asked at all.
    #[must_use]
    pub fn len(&self) -> usize {
        self.candidates.len()
    }

    /// Whether nobody can be asked.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.candidates.is_empty()
    }

    /// The question to the index that a need's time comes to.
    pub(super) fn wanted(&self, state: &State, facts: &Need, judge: &Judge<'_>) -> Wanted {
        let weights = facts.want.weights.unwrap_or(state.policy(&facts.kind).weights);
        let first = judge.windows().first();
        let day = first.map_or(date(2026, 1, 1), |window| time::day(window.start()));
        let mut wanted = Wanted::on(day);
        self.ask(&mut wanted, facts, judge);
        let window = first.and_then(|window| time::minutes_of_week(*window));
        wanted.window = window.map(|(start, end)| Window { start, end });
        wanted.place = judge.point().map(|point| {
            let within = facts.want.within_km.map_or(u32::MAX, |km| u32::from(km) * 1000);
            Place { point, within }
        });
        wanted.interests = self.interests.some(&facts.want.interests);
        wanted.interests.extend(self.interests.0.get(wish(&facts.kind).as_str()));
        wanted.rather_languages = self.languages.some(&facts.want.rather_languages);
        wanted.before = facts.receiver.map(|it| state.helpers_of(it)).unwrap_or_default();
        wanted.weights = points(weights);
        wanted
    }

    /// What is asked of everybody.
    fn ask(&self, wanted: &mut Wanted, facts: &Need, judge: &Judge<'_>) {
        let want = &facts.want;
        wanted.skills = self.skills.asked(&want.skills);
        wanted.languages = self.languages.asked(&want.languages);
        wanted.min_age = want.min_age;
        wanted.gender =
            want.gender.map(|wish| GenderWish { gender: gender(wish.gender), strict: wish.strict });
        let Some((code, role)) = judge.role() else { return };
        let asks = &role.requirements;
        wanted.courses = self.courses.asked(&asks.courses);
        wanted.check = asks.check.is_some();
        wanted.min_age = wanted.min_age.max(asks.min_age);
        if asks.confidentiality {
            wanted.skills.push(self.skills.known(SIGNED));
        }
        if asks.card {
            wanted.skills.push(self.skills.known(&card(code, role.version)));
        }
    }
}

fn points(weights: Weights) -> Points {
    let points = |weight: u8| u32::from(weight) * POINT;
    Points {
        kilometre: points(weights.kilometre),
        interest: points(weights.interest),
        language: points(weights.language),
        gender: points(weights.gender),
        before: points(weights.before),
        load: u32::from(weights.load).clamp(1, MOST_LOAD_WEIGHT),
    }
}

/// What they have taken on, and below a point when they were last asked.
fn load(known: &Person) -> u32 {
    let taken = u32::try_from(known.assignments.len()).unwrap_or(u32::MAX).min(MOST_LOAD);
    let since = date(2026, 1, 1).at(0, 0, 0, 0);
    let hours = known.last_asked.map_or(0, |at| {
        let since = time::here().to_timestamp(since).unwrap_or_default();
        u32::try_from((at.as_second() - since.as_second()) / 3600 + 1).unwrap_or(1)
    });
    taken * POINT + hours.min(LATEST_HOUR)
}

fn gender(gender: volunteers::Gender) -> Gender {
    match gender {
        volunteers::Gender::Female => Gender::Female,
        volunteers::Gender::Male => Gender::Male,
        volunteers::Gender::Other => Gender::Other,
    }
}

/// A day of birth by which nobody is too young who has reached the ages: a day early, for those born
/// on 29 February.
fn born(ages: &Ages) -> Option<Date> {
    match ages.coming.first() {
        None => Some(date(1900, 1, 1)),
        Some(coming) => {
            let years = jiff::Span::new().years(i64::from(coming.age)).days(1);
            Some(coming.on.saturating_sub(years))
        }
    }
}

/// The minutes of the week in which somebody can be free in some week, and of the day after it once
/// more, for what begins on Sunday night.
fn free(hours: Option<&Hours>) -> Vec<Window> {
    let always = vec![Window { start: 0, end: WEEK + DAY }];
    let Some(hours) = hours.filter(|hours| time::is_here(&hours.zone)) else { return always };
    let Some(week) = &hours.hours.week else { return always };
    let weekly = week
        .iter()
        .enumerate()
        .flat_map(|(day, windows)| windows.iter().map(move |window| (day as i64, window)));
    let single = hours.hours.exceptions.iter().flat_map(|(date, exception)| {
        let day = i64::from(date.weekday().to_monday_zero_offset());
        exception.windows.iter().map(move |window| (day, window))
    });
    let mut free = Vec::new();
    for (day, window) in weekly.chain(single) {
        let at = |minute: u16| day * DAY + i64::from(minute);
        let span = Window { start: at(window.opens()), end: at(window.closes()) };
        if day == 0 {
            free.push(Window { start: span.start + WEEK, end: span.end + WEEK });
        }
        free.push(span);
    }
    free
}
