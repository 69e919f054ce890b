//! What can be asked of standing. The api checks the form of the fields; the rules are elsewhere.

use dugnad_calendar::Interval;
use dugnad_events::{
    Code, ConcernId, FollowUpId, HoursId, SessionId,
    volunteers::{Card, Escalation, Hours, Party, Purpose, Requirements, Severity},
};
use dugnad_vault::{PersonId, Sealed};
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::Passed;

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
