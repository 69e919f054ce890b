//! Standing: roles, and what volunteers have shown, learnt, signed and done for them.
//!
//! One file for each: `roles` and their cards, `checks`, `courses`, `eligible` (who may), talks in
//! `follow_ups`, `concerns`, `hours`, what people write in `words`, and the `attest`. What belongs
//! to one person lies in `people`, so that erasing them takes all of it.
//!
//! Invariant 8: an event about somebody who was erased changes nothing here.

mod attest;
mod checks;
mod concerns;
mod courses;
mod eligible;
mod follow_ups;
mod held;
mod hours;
mod people;
mod roles;
#[cfg(test)]
mod tests;
mod words;

use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    ops::Bound,
};

use dugnad_calendar::Interval;
use dugnad_events::{
    Code, ConcernId, FollowUpId, HoursId, SessionId,
    volunteers::{Card, Escalation, Event, Hours, Party, Purpose, Requirements, Severity},
};
use dugnad_ledger::Context;
use dugnad_vault::{PersonId, Sealed};
use jiff::{Timestamp, civil::Date};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{Refusal, State, today};

pub use attest::Work;
pub use concerns::{Concern, ConcernKey, HIGHEST_LEVEL};
pub use courses::{Course, Passed, Session};
pub use eligible::Lack;
pub use follow_ups::{FollowUp, FollowUpKey};
pub use hours::{MOST_MINUTES, Summary};
pub use people::{Person, Presence};
pub use roles::Role;
pub use words::{Note, Thanks};

/// What can be asked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Command {
    /// Say what a role asks for, and what its card says.
    SetRole {
        /// Which.
        role: Code,
        /// From now on.
        requirements: Requirements,
        /// From now on.
        card: Card,
    },
    /// Write down that a check was shown.
    RecordCheck {
        /// Whose.
        person: PersonId,
        /// On which day.
        on: Date,
        /// To whom.
        to: Uuid,
    },
    /// Let a check count no more.
    WithdrawCheck {
        /// Whose.
        person: PersonId,
    },
    /// Write down that the duty of confidentiality was signed.
    SignConfidentiality {
        /// By whom.
        person: PersonId,
        /// On which day.
        on: Date,
    },
    /// Put a course on offer, or change it.
    SetCourse {
        /// Which.
        course: Code,
        /// Bokmål.
        nb: String,
        /// English.
        en: String,
        /// For how many months its certificate counts; `None`: for ever.
        months: Option<u16>,
    },
    /// Plan a session.
    PlanSession {
        /// Of which course.
        course: Code,
        /// When.
        span: Interval,
        /// People.
        capacity: u32,
    },
    /// Change a session.
    ChangeSession {
        /// Which.
        session: SessionId,
        /// From now on.
        span: Interval,
        /// From now on.
        capacity: u32,
    },
    /// Take a place in a session, or give it back.
    JoinSession {
        /// Which.
        session: SessionId,
        /// Who.
        person: PersonId,
        /// `false`: give it back.
        joined: bool,
    },
    /// Write down who came.
    RecordAttendance {
        /// To which session.
        session: SessionId,
        /// Who.
        person: PersonId,
        /// Whether they did.
        came: bool,
    },
    /// Write down that somebody passed a course.
    IssueCertificate {
        /// Who.
        person: PersonId,
        /// How.
        passed: Passed,
        /// The last day it counts; `None`: as the course says.
        until: Option<Date>,
    },
    /// Let a certificate count no more.
    RevokeCertificate {
        /// Whose.
        person: PersonId,
        /// Of which course.
        course: Code,
    },
    /// Accept a role's card, as one of its sides.
    AcceptCard {
        /// The volunteer's.
        person: PersonId,
        /// Of which role.
        role: Code,
        /// That was read.
        version: u32,
        /// Which side.
        party: Party,
    },
    /// Plan a talk.
    PlanFollowUp {
        /// With which volunteer.
        person: PersonId,
        /// By when.
        due: Date,
        /// Who is to hold it.
        with: Uuid,
    },
    /// Write down that a talk was held, and plan the next.
    HoldFollowUp {
        /// Which.
        follow_up: FollowUpId,
        /// On which day.
        on: Date,
        /// For coordinators only.
        note: Option<Sealed<String>>,
        /// By when the next is due; `None`: none is planned.
        next: Option<Date>,
    },
    /// Say how long concerns wait.
    SetEscalation {
        /// From now on.
        escalation: Escalation,
    },
    /// Say that one is worried.
    RaiseConcern {
        /// About whom.
        about: PersonId,
        /// How much it hurries.
        severity: Severity,
        /// In words.
        text: Sealed<String>,
    },
    /// Look after a concern.
    TakeConcern {
        /// Which.
        concern: ConcernId,
    },
    /// Send a concern on to the next level.
    EscalateConcern {
        /// Which.
        concern: ConcernId,
    },
    /// Say that a concern was dealt with.
    CloseConcern {
        /// Which.
        concern: ConcernId,
    },
    /// Write down hours.
    LogHours {
        /// Whose.
        person: PersonId,
        /// When and as what.
        hours: Hours,
    },
    /// Take an entry of hours away.
    StrikeHours {
        /// Whose.
        person: PersonId,
        /// Which.
        entry: HoursId,
    },
    /// Thank a volunteer.
    Thank {
        /// Whom.
        person: PersonId,
        /// In words.
        text: Sealed<String>,
    },
    /// Write a note about a receiver.
    WriteNote {
        /// About whom.
        about: PersonId,
        /// In words.
        text: Sealed<String>,
    },
    /// Read a name to put it on an attest.
    ReadForAttest {
        /// Whose.
        person: PersonId,
        /// What for.
        purpose: Purpose,
    },
}

/// Every role, and what each volunteer has for it.
#[derive(Debug, Default, PartialEq)]
pub struct Standings {
    roles: BTreeMap<Code, Role>,
    courses: BTreeMap<Code, Course>,
    sessions: HashMap<SessionId, Session>,
    sessions_by_start: BTreeSet<(Timestamp, SessionId)>,
    people: HashMap<PersonId, Person>,
    follow_ups: HashMap<FollowUpId, FollowUp>,
    follow_ups_by_due: BTreeSet<FollowUpKey>,
    escalation: Escalation,
    concerns: HashMap<ConcernId, Concern>,
    concerns_by_key: BTreeSet<ConcernKey>,
    /// By who raised them.
    concerns_by: HashMap<Uuid, BTreeSet<ConcernKey>>,
    /// When which concern climbs.
    climbs: BTreeSet<(Timestamp, ConcernId)>,
}

pub(super) fn decide(state: &State, cx: &Context, command: Command) -> Result<Vec<Event>, Refusal> {
    match command {
        Command::SetRole { role, requirements, card } => {
            roles::set(state, role, requirements, card)
        }
        Command::RecordCheck { person, on, to } => checks::record(state, cx, person, on, to),
        Command::WithdrawCheck { person } => checks::withdraw(state, person),
        Command::SignConfidentiality { person, on } => checks::sign(state, cx, person, on),
        Command::SetCourse { course, nb, en, months } => {
            courses::set(state, course, nb, en, months)
        }
        Command::PlanSession { course, span, capacity } => {
            courses::plan(state, cx, course, span, capacity)
        }
        Command::ChangeSession { session, span, capacity } => {
            courses::change(state, session, span, capacity)
        }
        Command::JoinSession { session, person, joined } => {
            courses::join(state, cx, session, person, joined)
        }
        Command::RecordAttendance { session, person, came } => {
            courses::attend(state, cx, session, person, came)
        }
        Command::IssueCertificate { person, passed, until } => {
            courses::issue(state, cx, person, passed, until)
        }
        Command::RevokeCertificate { person, course } => courses::revoke(state, person, course),
        Command::AcceptCard { person, role, version, party } => {
            roles::accept(state, cx, person, role, version, party)
        }
        Command::PlanFollowUp { person, due, with } => {
            follow_ups::plan(state, cx, person, due, with)
        }
        Command::HoldFollowUp { follow_up, on, note, next } => {
            follow_ups::hold(state, cx, follow_up, on, note, next)
        }
        Command::SetEscalation { escalation } => Ok(concerns::set_escalation(state, escalation)),
        Command::RaiseConcern { about, severity, text } => {
            concerns::raise(state, cx, about, severity, text)
        }
        Command::TakeConcern { concern } => concerns::take(state, cx, concern),
        Command::EscalateConcern { concern } => concerns::escalate(state, cx, concern),
        Command::CloseConcern { concern } => concerns::close(state, cx, concern),
        Command::LogHours { person, hours } => hours::log(state, cx, person, hours),
        Command::StrikeHours { person, entry } => hours::strike(state, person, entry),
        Command::Thank { person, text } => words::thank(state, cx, person, text),
        Command::WriteNote { about, text } => words::note(state, cx, about, text),
        Command::ReadForAttest { person, purpose } => attest::read(state, cx, person, purpose),
    }
}

/// What the clock brings about.
pub(super) fn due(state: &State, now: Timestamp) -> Vec<Event> {
    state.standing.climbing(now)
}

/// Nothing is written down as done that lies ahead.
fn not_ahead(cx: &Context, day: Date) -> Result<(), Refusal> {
    let today = today(cx.now);
    if day > today { Err(Refusal::Future { day, today }) } else { Ok(()) }
}

/// What comes after a key.
fn after<K: Ord>(keys: &BTreeSet<K>, key: Option<K>) -> impl Iterator<Item = &K> {
    let from = key.map_or(Bound::Unbounded, Bound::Excluded);
    keys.range((from, Bound::Unbounded))
}

impl Standings {
    /// When the clock next brings something about.
    pub(super) fn deadline(&self) -> Option<Timestamp> {
        self.climbs.first().map(|(at, _)| *at)
    }

    /// Takes in what concerns this part.
    pub(super) fn hear(&mut self, event: &Event) {
        self.hear_of_person(event);
        match event {
            Event::RoleSet { role, version, requirements, card } => {
                let (requirements, card) = (requirements.clone(), card.clone());
                let now = Role { version: *version, requirements, card };
                self.roles.insert(role.clone(), now);
            }
            Event::CourseSet { course, nb, en, months } => {
                let now = Course { nb: nb.clone(), en: en.clone(), months: *months };
                self.courses.insert(course.clone(), now);
            }
            Event::SessionSet { session, course, span, capacity } => {
                self.session_set(*session, course, *span, *capacity);
            }
            Event::SessionJoined { session, person, joined } => {
                self.session_joined(*session, *person, *joined);
            }
            Event::FollowUpPlanned { follow_up, person, due, with } => {
                self.follow_up_planned(*follow_up, *person, *due, *with);
            }
            Event::FollowUpHeld { follow_up, on, note, .. } => {
                self.follow_up_held(*follow_up, *on, note.as_ref());
            }
            Event::EscalationSet { escalation } => self.escalation = *escalation,
            Event::ConcernRaised { concern, about, by, severity, text, climbs_at, at } => {
                let raised = Concern {
                    about: *about,
                    by: *by,
                    severity: *severity,
                    text: text.clone(),
                    at: *at,
                    level: 0,
                    climbs_at: Some(*climbs_at),
                    taken: None,
                    closed: None,
                };
                self.concern_raised(*concern, raised);
            }
            Event::ConcernTaken { concern, by } => self.concern_taken(*concern, *by),
            Event::ConcernClimbed { concern, level, climbs_at } => {
                self.concern_climbed(*concern, *level, *climbs_at);
            }
            Event::ConcernClosed { concern, by } => self.concern_closed(*concern, *by),
            Event::PersonErased { person, .. } => self.person_erased(*person),
            _ => {}
        }
    }

    /// Somebody in the register.
    ///
    /// # Errors
    /// If nobody such is, or no more.
    pub fn person(&self, person: PersonId) -> Result<&Person, Refusal> {
        self.people.get(&person).ok_or_else(|| Refusal::NotFound(person.to_string()))
    }

    /// What a role asks for.
    ///
    /// # Errors
    /// If there is no such role.
    pub fn role(&self, role: &Code) -> Result<&Role, Refusal> {
        self.roles.get(role).ok_or_else(|| Refusal::NotFound(format!("roles/{role}")))
    }

    /// A course on offer.
    ///
    /// # Errors
    /// If there is no such course.
    pub fn course(&self, course: &Code) -> Result<&Course, Refusal> {
        self.courses.get(course).ok_or_else(|| Refusal::NotFound(format!("courses/{course}")))
    }

    /// A session of a course.
    ///
    /// # Errors
    /// If there is no such session.
    pub fn session(&self, session: SessionId) -> Result<&Session, Refusal> {
        self.sessions.get(&session).ok_or_else(|| Refusal::NotFound(session.to_string()))
    }

    /// A follow-up talk.
    ///
    /// # Errors
    /// If there is no such talk, or its volunteer was erased.
    pub fn follow_up(&self, id: FollowUpId) -> Result<&FollowUp, Refusal> {
        self.follow_ups.get(&id).ok_or_else(|| Refusal::NotFound(id.to_string()))
    }

    /// A concern.
    ///
    /// # Errors
    /// If there is no such concern, or the person it was about was erased.
    pub fn concern(&self, id: ConcernId) -> Result<&Concern, Refusal> {
        self.concerns.get(&id).ok_or_else(|| Refusal::NotFound(id.to_string()))
    }

    /// How long concerns wait.
    #[must_use]
    pub fn escalation(&self) -> Escalation {
        self.escalation
    }

    /// Roles after this one, by code. `O(log n)` to the first.
    pub fn list_roles(&self, after: Option<&Code>) -> impl Iterator<Item = (&Code, &Role)> {
        let from = after.map_or(Bound::Unbounded, Bound::Excluded);
        self.roles.range::<Code, _>((from, Bound::Unbounded))
    }

    /// Courses after this one, by code. `O(log n)` to the first.
    pub fn list_courses(&self, after: Option<&Code>) -> impl Iterator<Item = (&Code, &Course)> {
        let from = after.map_or(Bound::Unbounded, Bound::Excluded);
        self.courses.range::<Code, _>((from, Bound::Unbounded))
    }

    /// Sessions after this one, by start. `O(log n)` to the first.
    pub fn list_sessions(
        &self,
        key: Option<(Timestamp, SessionId)>,
    ) -> impl Iterator<Item = (SessionId, &Session)> {
        let keys = after(&self.sessions_by_start, key);
        keys.filter_map(|(_, id)| Some((*id, self.sessions.get(id)?)))
    }
}
