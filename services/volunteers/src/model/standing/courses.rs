//! Courses: sessions with places, who came, and certificates with their last day.
//!
//! Keeps true: no session has more people than places; nobody came who had no place; a certificate
//! that is issued from a session is of somebody who was seen there.

use std::collections::BTreeSet;

use dugnad_calendar::Interval;
use dugnad_events::{Code, SessionId, volunteers::Event};
use dugnad_ledger::Context;
use dugnad_vault::PersonId;
use jiff::{ToSpan as _, civil::Date};
use serde::{Deserialize, Serialize};

use super::{Refusal, Standings, State, not_ahead};
use crate::model::today;

/// The most courses of a municipality.
pub(super) const MOST_COURSES: usize = 1000;
/// The most sessions of a municipality, past ones too.
pub(super) const MOST_SESSIONS: usize = 100_000;

/// A course (opplæring).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Course {
    /// What people call it: bokmål.
    pub nb: String,
    /// English.
    pub en: String,
    /// For how many months its certificate counts; `None`: for ever.
    pub months: Option<u16>,
}

/// A session of a course.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Session {
    /// Of which.
    pub course: Code,
    /// When.
    pub span: Interval,
    /// People.
    pub capacity: u32,
    /// Who has a place.
    pub joined: BTreeSet<PersonId>,
}

/// What a certificate is issued for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Passed {
    /// A session that they came to; it counts from its day on.
    Session(SessionId),
    /// By hand: a course that they passed elsewhere.
    ByHand {
        /// Which.
        course: Code,
        /// The first day it counts.
        on: Date,
    },
}

pub(super) fn set(
    state: &State,
    course: Code,
    nb: String,
    en: String,
    months: Option<u16>,
) -> Result<Vec<Event>, Refusal> {
    let courses = &state.standing.courses;
    match courses.get(&course) {
        Some(now) if now.nb == nb && now.en == en && now.months == months => return Ok(vec![]),
        None if courses.len() >= MOST_COURSES => {
            return Err(Refusal::TooMany { what: "courses", most: MOST_COURSES });
        }
        _ => {}
    }
    Ok(vec![Event::CourseSet { course, nb, en, months }])
}

pub(super) fn plan(
    state: &State,
    cx: &Context,
    course: Code,
    span: Interval,
    capacity: u32,
) -> Result<Vec<Event>, Refusal> {
    state.standing.course(&course)?;
    if state.standing.sessions.len() >= MOST_SESSIONS {
        return Err(Refusal::TooMany { what: "sessions", most: MOST_SESSIONS });
    }
    let session = SessionId(cx.id(0));
    Ok(vec![Event::SessionSet { session, course, span, capacity }])
}

pub(super) fn change(
    state: &State,
    session: SessionId,
    span: Interval,
    capacity: u32,
) -> Result<Vec<Event>, Refusal> {
    let now = state.standing.session(session)?;
    if now.span == span && now.capacity == capacity {
        return Ok(vec![]);
    }
    if (capacity as usize) < now.joined.len() {
        let problem = format!("must be at least {}: so many have a place", now.joined.len());
        return Err(Refusal::Invalid { field: "session.capacity".to_owned(), problem });
    }
    Ok(vec![Event::SessionSet { session, course: now.course.clone(), span, capacity }])
}

pub(super) fn join(
    state: &State,
    cx: &Context,
    id: SessionId,
    person: PersonId,
    joined: bool,
) -> Result<Vec<Event>, Refusal> {
    state.people.knows(person)?;
    let session = state.standing.session(id)?;
    if session.joined.contains(&person) == joined {
        return Ok(vec![]);
    }
    let at = session.span.start();
    if at <= cx.now {
        return Err(Refusal::Begun { session: id, at });
    }
    if joined && session.joined.len() >= session.capacity as usize {
        return Err(Refusal::Full { session: id, capacity: session.capacity });
    }
    Ok(vec![Event::SessionJoined { session: id, person, joined }])
}

pub(super) fn attend(
    state: &State,
    cx: &Context,
    id: SessionId,
    person: PersonId,
    came: bool,
) -> Result<Vec<Event>, Refusal> {
    state.people.knows(person)?;
    let session = state.standing.session(id)?;
    let at = session.span.start();
    if cx.now < at {
        return Err(Refusal::NotBegun { session: id, at });
    }
    match state.standing.person(person)?.sessions.get(&id) {
        None => Err(Refusal::NotJoined { session: id, person }),
        Some(before) if *before == Some(came) => Ok(vec![]),
        Some(_) => Ok(vec![Event::AttendanceRecorded { session: id, person, came }]),
    }
}

pub(super) fn issue(
    state: &State,
    cx: &Context,
    person: PersonId,
    passed: Passed,
    until: Option<Date>,
) -> Result<Vec<Event>, Refusal> {
    state.people.knows(person)?;
    let (course, on) = match passed {
        Passed::ByHand { course, on } => (course, on),
        Passed::Session(id) => {
            let session = state.standing.session(id)?;
            let seen = state.standing.person(person)?.sessions.get(&id);
            if seen != Some(&Some(true)) {
                return Err(Refusal::NotAttended { session: id, person });
            }
            (session.course.clone(), today(session.span.start()))
        }
    };
    not_ahead(cx, on)?;
    let months = state.standing.course(&course)?.months;
    let until = until.or(months.map(|it| on.saturating_add(i32::from(it).months())));
    if until.is_some_and(|until| until < on) {
        let problem = format!("must not come before {on}");
        return Err(Refusal::Invalid { field: "until".to_owned(), problem });
    }
    let now = state.standing.person(person)?.standing.certificates.get(&course);
    if now.is_some_and(|now| (now.on, now.until) == (on, until)) {
        return Ok(vec![]);
    }
    Ok(vec![Event::CertificateIssued { person, course, on, until }])
}

pub(super) fn revoke(state: &State, person: PersonId, course: Code) -> Result<Vec<Event>, Refusal> {
    state.people.knows(person)?;
    state.standing.course(&course)?;
    let has = state.standing.person(person)?.standing.certificates.contains_key(&course);
    Ok(has.then_some(Event::CertificateRevoked { person, course }).into_iter().collect())
}

impl Standings {
    pub(super) fn session_set(
        &mut self,
        id: SessionId,
        course: &Code,
        span: Interval,
        capacity: u32,
    ) {
        let joined = match self.sessions.remove(&id) {
            Some(before) => {
                self.sessions_by_start.remove(&(before.span.start(), id));
                before.joined
            }
            None => BTreeSet::new(),
        };
        self.sessions_by_start.insert((span.start(), id));
        self.sessions.insert(id, Session { course: course.clone(), span, capacity, joined });
    }

    pub(super) fn session_joined(&mut self, id: SessionId, person: PersonId, joined: bool) {
        let (Some(session), Some(one)) = (self.sessions.get_mut(&id), self.people.get_mut(&person))
        else {
            return;
        };
        if joined {
            session.joined.insert(person);
            one.sessions.insert(id, None);
        } else {
            session.joined.remove(&person);
            one.sessions.remove(&id);
        }
    }
}
