//! What the model says, as clients read it.

use dugnad_calendar::Interval;
use dugnad_events::{
    Code, FollowUpId, HoursId, SessionId,
    volunteers::{Card, Escalation, Hours, Requirements, Severity},
};
use dugnad_proto::volunteers::v1 as pb;
use dugnad_vault::PersonId;
use jiff::{Timestamp, civil::Date};

use crate::model::standing::{Course, FollowUp, Lack, Person, Role, Session};

pub(super) fn instant(at: Timestamp) -> prost_types::Timestamp {
    prost_types::Timestamp { seconds: at.as_second(), nanos: at.subsec_nanosecond() }
}

pub(super) fn minutes(minutes: u32) -> prost_types::Duration {
    prost_types::Duration { seconds: i64::from(minutes) * 60, nanos: 0 }
}

/// Empty: none.
pub(super) fn date(date: Option<Date>) -> String {
    date.map(|date| date.to_string()).unwrap_or_default()
}

pub(super) fn count(count: usize) -> i32 {
    i32::try_from(count).unwrap_or(i32::MAX)
}

fn number(number: u32) -> i32 {
    i32::try_from(number).unwrap_or(i32::MAX)
}

fn months(months: Option<u16>) -> i32 {
    months.map_or(0, i32::from)
}

pub(super) fn role_name(role: &Code) -> String {
    format!("roles/{role}")
}

pub(super) fn course_name(course: &Code) -> String {
    format!("courses/{course}")
}

pub(super) fn role(name: &Code, role: &Role) -> pb::Role {
    pb::Role {
        name: role_name(name),
        version: number(role.version),
        requirements: Some(requirements(&role.requirements)),
        card: Some(card(&role.card)),
    }
}

fn requirements(asked: &Requirements) -> pb::Requirements {
    pb::Requirements {
        check: asked.check.map(|rule| pb::CheckRule { months: months(rule.months) }),
        courses: asked.courses.iter().map(course_name).collect(),
        min_age: asked.min_age.map_or(0, i32::from),
        confidentiality: asked.confidentiality,
        card: asked.card,
    }
}

fn card(card: &Card) -> pb::RoleCard {
    pb::RoleCard {
        nb: card.nb.clone(),
        en: card.en.clone(),
        may: card.may.clone(),
        may_not: card.may_not.clone(),
        supervisor: card.supervisor.clone(),
    }
}

pub(super) fn course(name: &Code, course: &Course) -> pb::Course {
    pb::Course {
        name: course_name(name),
        nb: course.nb.clone(),
        en: course.en.clone(),
        months: months(course.months),
    }
}

/// As it was made or changed: without who has a place.
pub(super) fn session(
    id: SessionId,
    course: &Code,
    span: Interval,
    capacity: u32,
) -> pb::CourseSession {
    pb::CourseSession {
        name: id.to_string(),
        course: course_name(course),
        start_time: Some(instant(span.start())),
        end_time: Some(instant(span.end())),
        capacity: number(capacity),
        joined: 0,
        people: Vec::new(),
    }
}

/// As it is, with who has a place if `people`.
pub(super) fn listed(id: SessionId, listed: &Session, people: bool) -> pb::CourseSession {
    let names = listed.joined.iter().filter(|_| people).map(PersonId::to_string);
    pb::CourseSession {
        joined: count(listed.joined.len()),
        people: names.collect(),
        ..session(id, &listed.course, listed.span, listed.capacity)
    }
}

pub(super) fn certificate(course: &Code, on: Date, until: Option<Date>) -> pb::Certificate {
    pb::Certificate {
        course: course_name(course),
        start_date: on.to_string(),
        end_date: date(until),
    }
}

pub(super) fn standing(id: PersonId, person: &Person, today: Date) -> pb::Standing {
    let (facts, presence) = (&person.standing, &person.presence);
    let check = facts.check.map(|shown| pb::standing::Check {
        shown_date: shown.to_string(),
        shown_to: person.check_to.map(|to| to.to_string()).unwrap_or_default(),
    });
    let certificates = facts.certificates.iter();
    let cards = facts.cards.iter().map(|(role, accepted)| pb::standing::AcceptedCard {
        role: role_name(role),
        volunteer: number(accepted.volunteer),
        supervisor: number(accepted.supervisor),
    });
    let places = person.sessions.iter();
    let places = places
        .map(|(session, came)| pb::standing::Place { session: session.to_string(), came: *came });
    pb::Standing {
        person: id.to_string(),
        admitted_date: date(presence.admitted),
        left_date: date(presence.left),
        pause_start_date: date(presence.pause.map(|pause| pause.from)),
        pause_end_date: date(presence.pause.and_then(|pause| pause.until)),
        check,
        confidentiality_date: date(facts.confidentiality),
        certificates: certificates.map(|(of, it)| certificate(of, it.on, it.until)).collect(),
        cards: cards.collect(),
        places: places.collect(),
        follow_up_date: date(person.next_follow_up()),
        hours_last_year: Some(minutes(person.summary(today, today, today).last_year)),
        thanks: count(person.thanks.len()),
    }
}

pub(super) fn eligibility(person: PersonId, lacks: Vec<Lack>) -> pb::Eligibility {
    pb::Eligibility {
        person: person.to_string(),
        eligible: lacks.is_empty(),
        lacking: lacks.iter().map(lacking).collect(),
    }
}

fn lacking(lack: &Lack) -> pb::Lacking {
    pb::Lacking {
        reason: lack.reason().to_owned(),
        message: lack.to_string(),
        until_date: date(lack.until()),
        course: lack.course().map(course_name).unwrap_or_default(),
    }
}

pub(super) fn follow_up(
    id: FollowUpId,
    talk: &FollowUp,
    note: String,
    today: Date,
) -> pb::FollowUp {
    pb::FollowUp {
        name: id.to_string(),
        person: talk.person.to_string(),
        due_date: talk.due.to_string(),
        held_by: talk.with.to_string(),
        held_date: date(talk.held),
        note,
        overdue: talk.held.is_none() && talk.due < today,
    }
}

pub(super) fn severity(severity: Severity) -> i32 {
    let severity = match severity {
        Severity::Talk => pb::Severity::Talk,
        Severity::Harm => pb::Severity::Harm,
        Severity::Urgent => pb::Severity::Urgent,
    };
    severity.into()
}

pub(super) fn escalation(escalation: Escalation) -> pb::Escalation {
    pb::Escalation {
        talk: Some(minutes(escalation.talk)),
        harm: Some(minutes(escalation.harm)),
        urgent: Some(minutes(escalation.urgent)),
    }
}

pub(super) fn hours(entry: HoursId, hours: &Hours) -> pb::HoursEntry {
    pb::HoursEntry {
        name: entry.to_string(),
        date: hours.day.to_string(),
        duration: Some(minutes(u32::from(hours.minutes))),
        role: role_name(&hours.role),
        organisation: hours.organisation.map(|it| it.to_string()).unwrap_or_default(),
    }
}
