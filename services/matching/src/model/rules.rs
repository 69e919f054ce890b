//! Who may come: the one rule book. Searching, asking, accepting, assigning, planning and what is
//! heard later all ask [`Judge`].
//!
//! Two kinds of rule. What the role and the need ask of a person is *firm*: nobody is ever assigned
//! past it (invariant 4). What a person said of their own time and way (when, how far, how often,
//! what not) keeps them from being asked, but yields to their own yes.

mod why_not;

use dugnad_calendar::Interval;
use dugnad_eligibility::{Missing, missing};
use dugnad_events::{
    AssignmentId, Code,
    matching::{Need, Policy},
    volunteers::{Gender, Giver, Requirements},
};
use dugnad_vault::PersonId;
use jiff::{Timestamp, civil::Date};

use super::{
    State,
    people::{Person, Taken},
    places::{self, Point},
    time,
};

pub use why_not::{WhyNot, in_words};

/// What a role asks for, as it was heard.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Role {
    /// Of its card.
    pub version: u32,
    /// What whoever has the role must have.
    pub requirements: Requirements,
}

/// One time of one need, and everything by which a person is judged for it.
pub struct Judge<'a> {
    state: &'a State,
    facts: &'a Need,
    role: Option<(&'a Code, Option<&'a Role>)>,
    point: Option<Point>,
    /// Those that are not over.
    windows: Vec<Interval>,
    /// The local days of the first and the last of them.
    days: Option<(Date, Date)>,
    /// The local day of the first window, over or not.
    begins: Option<Date>,
    /// Who comes to this time already.
    beside: Vec<PersonId>,
}

impl<'a> Judge<'a> {
    /// The judge of one time (from 0) of a need that may be a mere question. A window that is over
    /// does not count any more.
    #[must_use]
    pub fn new(state: &'a State, now: Timestamp, facts: &'a Need, slot: usize) -> Self {
        let windows = facts.slots.get(slot).map_or(&[][..], |slot| &slot.windows);
        let day = |window: &Interval| time::day(window.start());
        let begins = windows.first().map(day);
        let windows: Vec<_> = windows.iter().filter(|it| it.end() > now).copied().collect();
        let days = windows.first().map(day).zip(windows.last().map(day));
        let role = state.policy(&facts.kind).role.as_ref();
        let role = role.map(|role| (role, state.roles.get(role)));
        let point = state.areas.of(facts.place.as_ref());
        Self { state, facts, role, point, windows, days, begins, beside: Vec::new() }
    }

    /// With who comes to this time already.
    #[must_use]
    pub fn beside(mut self, people: impl IntoIterator<Item = PersonId>) -> Self {
        self.beside.extend(people);
        self
    }

    /// As if the role asked for this.
    #[must_use]
    pub(super) fn with_role(mut self, role: &'a Code, asks: Option<&'a Role>) -> Self {
        self.role = Some((role, asks));
        self
    }

    /// As if the kind were matched by this.
    #[must_use]
    pub(super) fn with_policy(mut self, policy: &'a Policy) -> Self {
        self.role = policy.role.as_ref().map(|role| (role, self.state.roles.get(role)));
        self
    }

    /// Where it is, if that is known.
    #[must_use]
    pub fn point(&self) -> Option<Point> {
        self.point
    }

    /// The windows that are not over.
    #[must_use]
    pub fn windows(&self) -> &[Interval] {
        &self.windows
    }

    /// The role that is judged by, if there is one and it is known.
    #[must_use]
    pub fn role(&self) -> Option<(&'a Code, &'a Role)> {
        let (code, role) = self.role?;
        Some((code, role?))
    }

    /// Every rule that keeps the person from it, the firm ones first; none: they may come.
    #[must_use]
    pub fn why_not(&self, person: PersonId) -> Vec<WhyNot> {
        match self.state.people.get(person) {
            Some(known) => self.judge(person, known),
            None => vec![WhyNot::Unknown],
        }
    }

    /// As [`Judge::why_not`], of somebody as they would be.
    #[must_use]
    pub fn judge(&self, person: PersonId, known: &Person) -> Vec<WhyNot> {
        let mut why = self.firm(person, known, None);
        if let Some(giver) = known.giver.as_deref() {
            self.own_word(known, giver, &mut why);
        }
        self.travel(known, &mut why);
        why
    }

    /// The firm rules that keep the person from it, their assignment `but` set aside.
    #[must_use]
    pub fn firm(&self, person: PersonId, known: &Person, but: Option<AssignmentId>) -> Vec<WhyNot> {
        let mut why = Vec::new();
        let Some(giver) = known.giver.as_deref() else { return vec![WhyNot::NoGiver] };
        if !known.admitted {
            why.push(WhyNot::NotAdmitted);
        }
        if let Some((first, last)) = self.days {
            self.away(known, first, last, &mut why);
            self.eligible(known, first, last, &mut why);
        }
        self.wanted(known, giver, &mut why);
        let clashing = self.windows.iter().filter_map(|span| overlapping(&known.taken, *span, but));
        why.extend(clashing.map(|taken| WhyNot::Busy { at: taken.span, by: taken.by }).take(1));
        let others = self.beside.iter().chain(&self.facts.receiver);
        let apart =
            others.filter(|other| **other == person || self.state.are_apart(person, **other));
        why.extend(apart.map(|with| WhyNot::Conflict { with: *with }).take(1));
        why
    }

    /// Gone, or resting. A short rest leaves a lasting pairing be: one that does not hold both its
    /// first day and its last, so that no rest comes to break it merely because time goes by.
    fn away(&self, known: &Person, first: Date, last: Date, why: &mut Vec<WhyNot>) {
        if let Some(on) = known.left.filter(|on| *on < last) {
            why.push(WhyNot::Left { on });
        }
        if let Some(pause) = known.pause {
            let for_ever = pause.until.is_none() && pause.from <= last;
            let first = self.begins.unwrap_or(first);
            if for_ever || (pause.holds(first) && pause.holds(last)) {
                why.push(WhyNot::Paused { until: pause.until });
            }
        }
    }

    /// What counts on the first and the last day counts on those between: each requirement is met
    /// over one unbroken stretch of days.
    fn eligible(&self, known: &Person, first: Date, last: Date, why: &mut Vec<WhyNot>) {
        let lacks = |day| -> Vec<Missing> {
            match self.role {
                Some((code, Some(role))) => {
                    missing(code, role.version, &role.requirements, &known.standing, day)
                }
                _ => Vec::new(),
            }
        };
        if let Some((code, None)) = self.role {
            why.push(WhyNot::RoleUnknown { role: code.clone() });
        }
        let mut all = lacks(first);
        if all.is_empty() && last != first {
            all = lacks(last);
        }
        why.extend(all.into_iter().map(|lacks| WhyNot::Missing { lacks }));
        if let Some(min) = self.facts.want.min_age {
            let ages = &known.standing.ages;
            if !ages.as_ref().is_some_and(|ages| ages.at_least(min, first)) {
                let lacks = Missing::Age { min, known: ages.is_some() };
                why.push(WhyNot::Missing { lacks });
            }
        }
    }

    /// What the need itself asks of whoever comes.
    fn wanted(&self, known: &Person, giver: &Giver, why: &mut Vec<WhyNot>) {
        let want = &self.facts.want;
        let skills = want.skills.iter().filter(|it| !giver.skills.contains(it));
        why.extend(skills.map(|skill| WhyNot::Skill { skill: skill.clone() }));
        let languages = want.languages.iter().filter(|it| !giver.languages.contains(it));
        why.extend(languages.map(|it| WhyNot::Language { language: it.clone() }));
        if let Some(wish) = want.gender
            && wish.strict
            && known.gender != Some(wish.gender)
        {
            why.push(WhyNot::Gender { wished: wish.gender });
        }
    }

    /// What they said of their own time and way.
    fn own_word(&self, known: &Person, giver: &Giver, why: &mut Vec<WhyNot>) {
        if giver.refuses.contains(&self.facts.kind) {
            why.push(WhyNot::Refuses { kind: self.facts.kind.clone() });
        }
        if let Some(point) = self.point {
            let metres = self.state.areas.home(giver).map(|home| home.metres(&point));
            let within = self.facts.want.within_km;
            let most = within.map_or(giver.reach_km, |within| within.min(giver.reach_km));
            if metres.is_none_or(|metres| metres > u32::from(most) * 1000) {
                why.push(WhyNot::Distance { metres, reach_km: giver.reach_km, within_km: within });
            }
        }
        if let Some(at) = self.windows.iter().find(|span| !known.is_free(**span)) {
            why.push(WhyNot::NotFree { at: *at });
        }
        if let Some(most) = giver.most_a_week
            && let Some(week) = self.windows.iter().find(|it| self.too_much(known, most, it))
        {
            why.push(WhyNot::TooMuch { week: time::week(week.start()), most });
        }
    }

    fn too_much(&self, known: &Person, most: u8, window: &Interval) -> bool {
        let monday = time::monday(window.start());
        let same = |span: &&Interval| time::monday(span.start()) == monday;
        let taken = known.taken.iter().map(|taken| &taken.span).filter(same).count();
        taken + self.windows.iter().filter(same).count() > usize::from(most)
    }

    /// The way from what they come from, and to what they go to next.
    fn travel(&self, known: &Person, why: &mut Vec<WhyNot>) {
        let late = |taken: &Taken, gap: i64| {
            let minutes = places::minutes(taken.at, self.point);
            (gap >= 0 && gap < i64::from(minutes) * 60).then(|| WhyNot::Travel {
                by: taken.by,
                minutes,
                gap: u32::try_from(gap / 60).unwrap_or(u32::MAX),
            })
        };
        for span in &self.windows {
            let next = known.taken.partition_point(|taken| taken.span.start() < span.start());
            let before = next.checked_sub(1).map(|at| &known.taken[at]);
            let before = before.and_then(|it| late(it, seconds(it.span.end(), span.start())));
            let after = known.taken.get(next);
            let after = after.and_then(|it| late(it, seconds(span.end(), it.span.start())));
            if let Some(found) = before.or(after) {
                why.push(found);
                return;
            }
        }
    }
}

fn seconds(from: Timestamp, to: Timestamp) -> i64 {
    to.as_second() - from.as_second()
}

/// What of `taken` (by start, apart from each other) overlaps the span, `but` set aside. A few steps.
pub(super) fn overlapping(
    taken: &[Taken],
    span: Interval,
    but: Option<AssignmentId>,
) -> Option<&Taken> {
    let first = taken.partition_point(|taken| taken.span.end() <= span.start());
    let near = taken[first..].iter().take_while(|taken| taken.span.start() < span.end());
    near.into_iter().find(|taken| Some(taken.by) != but)
}

/// A gender as a person reads it.
pub(super) fn gender(gender: Gender) -> &'static str {
    match gender {
        Gender::Female => "a woman",
        Gender::Male => "a man",
        Gender::Other => "neither a woman nor a man",
    }
}
