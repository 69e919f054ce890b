//! People as matching knows them: what they give, what they have shown, when they can come, and what
//! they have taken on. Ids, codes and days; nothing else is known here.
//!
//! Invariant 8: of who was erased nothing is left but that they were.

use std::collections::{BTreeSet, HashMap};

use dugnad_calendar::{Interval, OpeningHours};
use dugnad_eligibility::Standing;
use dugnad_events::{
    AssignmentId, OfferId, OrganisationId,
    matching::Fact,
    volunteers::{Gender, Giver, Pause},
};
use dugnad_vault::PersonId;
use jiff::{Timestamp, civil::Date};

use super::{places::Point, time};

/// All that is known of one person.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Person {
    /// A coordinator took them in.
    pub admitted: bool,
    /// They stopped: the last day.
    pub left: Option<Date>,
    /// They rest.
    pub pause: Option<Pause>,
    /// They receive help.
    pub receives: bool,
    /// What they give.
    pub giver: Option<Box<Giver>>,
    /// If they told.
    pub gender: Option<Gender>,
    /// What they have shown, learnt, signed and accepted.
    pub standing: Standing,
    /// When they can be asked to come; `None`: always.
    pub hours: Option<Box<Hours>>,
    /// When they were last asked.
    pub last_asked: Option<Timestamp>,
    /// What they have taken on, by start; no two overlap.
    pub taken: Vec<Taken>,
    /// Their assignments that stand and are not over.
    pub assignments: BTreeSet<AssignmentId>,
    /// Offers to them that are open.
    pub offers: BTreeSet<OfferId>,
    /// Every offer to them, as they came.
    pub asked: Vec<OfferId>,
    /// Every assignment they ever had, as they came.
    pub came: Vec<AssignmentId>,
    /// Where they are members.
    pub member_of: BTreeSet<OrganisationId>,
}

/// When somebody can be asked to come.
#[derive(Clone, Debug, PartialEq)]
pub struct Hours {
    /// IANA name of the zone.
    pub zone: Box<str>,
    /// In local time.
    pub hours: OpeningHours,
}

/// A time that somebody has taken on.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Taken {
    /// When.
    pub span: Interval,
    /// Where, if it is known.
    pub at: Option<Point>,
    /// By which assignment.
    pub by: AssignmentId,
}

impl Person {
    /// Whether they can be asked at all; days are for the rules.
    #[must_use]
    pub fn is_asked(&self) -> bool {
        self.admitted && self.left.is_none() && self.giver.is_some()
    }

    /// Whether they are free in all of the span by what they said.
    #[must_use]
    pub fn is_free(&self, span: Interval) -> bool {
        let Some(hours) = &self.hours else { return true };
        hours.hours.covers(&time::zone(&hours.zone), span).is_ok()
    }

    /// Makes a fact about this person part of what is known. Whether it was one.
    pub fn hear(&mut self, fact: &Fact) -> bool {
        match fact {
            Fact::Person { ages, gender, .. } => {
                self.standing.ages.clone_from(ages);
                self.gender = *gender;
            }
            Fact::Giver { giver, .. } => self.giver = giver.clone().map(Box::new),
            Fact::Receiver { receives, .. } => self.receives = *receives,
            Fact::Admitted(_) => (self.admitted, self.left) = (true, None),
            Fact::Left { on, .. } => self.left = Some(*on),
            Fact::Availability { zone, hours, .. } => {
                let always = hours.week.is_none() && hours.exceptions.is_empty();
                let hours = Hours { zone: zone.as_str().into(), hours: hours.clone() };
                self.hours = (!always).then(|| Box::new(hours));
            }
            Fact::Pause { pause, .. } => self.pause = *pause,
            Fact::Shown { event, .. } => {
                self.standing.hear(event);
            }
            Fact::Member { organisation, member: true, .. } => {
                self.member_of.insert(*organisation);
            }
            Fact::Member { organisation, member: false, .. } => {
                self.member_of.remove(organisation);
            }
            _ => return false,
        }
        true
    }

    /// Puts the spans of an assignment among those taken on.
    pub(super) fn take(&mut self, by: AssignmentId, spans: &[Interval], at: Option<Point>) {
        self.assignments.insert(by);
        self.came.push(by);
        self.taken.extend(spans.iter().map(|span| Taken { span: *span, at, by }));
        self.taken.sort_by_key(|taken| (taken.span.start(), taken.by));
    }

    pub(super) fn give_back(&mut self, by: AssignmentId) {
        self.assignments.remove(&by);
        self.taken.retain(|taken| taken.by != by);
    }
}

/// Whom a fact is about, if it is about one person.
#[must_use]
pub(super) fn subject(fact: &Fact) -> Option<PersonId> {
    match fact {
        Fact::Person { person, .. }
        | Fact::Giver { person, .. }
        | Fact::Receiver { person, .. }
        | Fact::Admitted(person)
        | Fact::Left { person, .. }
        | Fact::Availability { person, .. }
        | Fact::Pause { person, .. }
        | Fact::Shown { person, .. }
        | Fact::Member { person, .. } => Some(*person),
        _ => None,
    }
}

/// Everyone who was ever heard of, each with a number of their own, from 0 in that order.
#[derive(Debug, Default, PartialEq)]
pub struct People {
    numbers: HashMap<PersonId, u32>,
    /// By number; `None`: erased.
    people: Vec<(PersonId, Option<Person>)>,
}

impl People {
    /// What is known of a person; `None`: nothing, or they were erased.
    #[must_use]
    pub fn get(&self, person: PersonId) -> Option<&Person> {
        self.people[*self.numbers.get(&person)? as usize].1.as_ref()
    }

    /// The person's number.
    #[must_use]
    pub fn number(&self, person: PersonId) -> Option<u32> {
        self.numbers.get(&person).copied()
    }

    /// Whose number this is.
    #[must_use]
    pub fn id(&self, number: u32) -> Option<PersonId> {
        self.people.get(number as usize).map(|(id, _)| *id)
    }

    /// Whether the person was erased.
    #[must_use]
    pub fn is_erased(&self, person: PersonId) -> bool {
        self.numbers.get(&person).is_some_and(|at| self.people[*at as usize].1.is_none())
    }

    /// Everyone who is known and not erased, by number.
    pub fn iter(&self) -> impl Iterator<Item = (PersonId, &Person)> {
        self.people.iter().filter_map(|(id, person)| Some((*id, person.as_ref()?)))
    }

    /// The person, known from now on; `None`: erased.
    pub(super) fn known(&mut self, person: PersonId) -> Option<&mut Person> {
        let next = u32::try_from(self.people.len()).expect("memory ends before 4 billion");
        let at = *self.numbers.entry(person).or_insert(next);
        if at == next {
            self.people.push((person, Some(Person::default())));
        }
        self.people[at as usize].1.as_mut()
    }

    pub(super) fn erase(&mut self, person: PersonId) {
        if self.known(person).is_some()
            && let Some(at) = self.number(person)
        {
            self.people[at as usize].1 = None;
        }
    }
}
