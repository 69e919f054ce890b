//! Requests into commands: the form of each field and its bounds. The rules are the model's.

use dugnad_calendar::Interval;
use dugnad_door::{Invalid, Within as _, field, local};
use dugnad_events::{
    Code,
    volunteers::{Card, CheckRule, Escalation, Hours, Party, Requirements, Severity},
};
use dugnad_proto::volunteers::v1 as pb;
use dugnad_vault::PersonId;
use jiff::{SignedDuration, civil::Date};
use uuid::Uuid;

use crate::model::standing::{MOST_MINUTES, Passed};

const LONGEST_TITLE: usize = 100;
const LONGEST_LINE: usize = 300;
const LONGEST_FUNCTION: usize = 200;
const MOST_LINES: usize = 50;
const MOST_COURSES: usize = 20;
const MOST_MONTHS: i32 = 600;
const MOST_PLACES: i32 = 10_000;
const LONGEST_WAIT: u32 = 90 * 24 * 60;
const LONGEST_SESSION: SignedDuration = SignedDuration::from_hours(31 * 24);

/// The most persons of one batch.
pub(super) const MOST_PERSONS: usize = 1000;
/// The longest text of a note or concern.
pub(super) const LONGEST_TEXT: usize = 4000;
/// The longest text of thanks.
pub(super) const LONGEST_THANKS: usize = 2000;

pub(super) fn person(field: &str, name: &str) -> Result<PersonId, Invalid> {
    field::id(field, name, "people").map(PersonId)
}

/// `{collection}/{code}`.
pub(super) fn code(field: &str, name: &str, collection: &str) -> Result<Code, Invalid> {
    let code = name.strip_prefix(collection).and_then(|rest| rest.strip_prefix('/'));
    let code = code.and_then(|code| code.parse().ok());
    code.ok_or_else(|| Invalid::new(field, format!("must have the form `{collection}/{{code}}`")))
}

/// The first day and the last.
pub(super) fn days(start: &str, end: &str) -> Result<(Date, Date), Invalid> {
    let (start, end) = (local::date("start_date", start)?, local::date("end_date", end)?);
    if end < start {
        return Err(Invalid::new("end_date", "must not come before the start"));
    }
    Ok((start, end))
}

/// A UUID that stands for somebody; the caller, if it is empty.
pub(super) fn somebody(field: &str, text: &str, caller: Uuid) -> Result<Uuid, Invalid> {
    if text.is_empty() {
        return Ok(caller);
    }
    let id = (text.len() == 36).then(|| Uuid::try_parse(text).ok()).flatten();
    id.filter(|id| !id.is_nil()).ok_or_else(|| Invalid::new(field, "must be a UUID"))
}

/// 0: none.
fn months(field: &str, months: i32) -> Result<Option<u16>, Invalid> {
    let months = field::within(field, months, 0..=MOST_MONTHS)?;
    Ok(u16::try_from(months).ok().filter(|months| *months > 0))
}

pub(super) fn role(role: &pb::Role) -> Result<(Code, Requirements, Card), Invalid> {
    let name = code("name", &role.name, "roles")?;
    let asked = role.requirements.clone().unwrap_or_default();
    let asked = requirements(&asked).within("requirements")?;
    let card = field::required("card", role.card.as_ref())?;
    Ok((name, asked, read_card(card).within("card")?))
}

fn requirements(asked: &pb::Requirements) -> Result<Requirements, Invalid> {
    let check = asked.check.as_ref().map(|rule| months("months", rule.months).within("check"));
    let courses = field::at_most("courses", &asked.courses, MOST_COURSES)?.iter().enumerate();
    let course = |(n, name): (usize, &String)| code("", name, "courses").within_item("courses", n);
    let min_age = u8::try_from(asked.min_age)
        .map_err(|_| Invalid::new("min_age", "must be an age in whole years"))?;
    Ok(Requirements {
        check: check.transpose()?.map(|months| CheckRule { months }),
        courses: courses.map(course).collect::<Result<_, _>>()?,
        min_age: (min_age > 0).then_some(min_age),
        confidentiality: asked.confidentiality,
        card: asked.card,
    })
}

fn read_card(card: &pb::RoleCard) -> Result<Card, Invalid> {
    Ok(Card {
        nb: field::label("nb", &card.nb, LONGEST_TITLE)?.to_owned(),
        en: field::label("en", &card.en, LONGEST_TITLE)?.to_owned(),
        may: lines("may", &card.may)?,
        may_not: lines("may_not", &card.may_not)?,
        supervisor: field::text("supervisor", &card.supervisor, LONGEST_FUNCTION)?.to_owned(),
    })
}

fn lines(field: &str, lines: &[String]) -> Result<Vec<String>, Invalid> {
    let lines = field::at_most(field, lines, MOST_LINES)?.iter().enumerate();
    let line = |(n, line): (usize, &String)| {
        field::label("", line, LONGEST_LINE).within_item(field, n).map(str::to_owned)
    };
    lines.map(line).collect()
}

pub(super) fn version(version: i32) -> Result<u32, Invalid> {
    field::within("version", version, 1..=i32::MAX)
}

pub(super) fn party(party: i32) -> Result<Party, Invalid> {
    match pb::CardParty::try_from(party) {
        Ok(pb::CardParty::Volunteer) => Ok(Party::Volunteer),
        Ok(pb::CardParty::Supervisor) => Ok(Party::Supervisor),
        _ => Err(Invalid::new("party", "must be the volunteer or the supervisor")),
    }
}

/// Code, bokmål, English, and for how many months its certificate counts.
pub(super) fn course(course: &pb::Course) -> Result<(Code, String, String, Option<u16>), Invalid> {
    Ok((
        code("name", &course.name, "courses")?,
        field::label("nb", &course.nb, LONGEST_TITLE)?.to_owned(),
        field::label("en", &course.en, LONGEST_TITLE)?.to_owned(),
        months("months", course.months)?,
    ))
}

/// When, and for how many.
pub(super) fn session(session: &pb::CourseSession) -> Result<(Interval, u32), Invalid> {
    let (start, end) = (session.start_time.as_ref(), session.end_time.as_ref());
    let span = field::interval(start, end, LONGEST_SESSION);
    let span = span.map_err(|wrong| {
        let path = wrong.to_string();
        let problem = path.strip_prefix(wrong.field()).unwrap_or_default().trim_start();
        Invalid::new(format!("{}_time", wrong.field()), problem)
    })?;
    Ok((span, field::within("capacity", session.capacity, 1..=MOST_PLACES)?))
}

pub(super) fn passed(request: &pb::IssueCertificateRequest) -> Result<Passed, Invalid> {
    if request.session.is_empty() {
        let course = code("course", &request.course, "courses")?;
        return Ok(Passed::ByHand { course, on: local::date("start_date", &request.start_date)? });
    }
    for (field, text) in [("course", &request.course), ("start_date", &request.start_date)] {
        if !text.is_empty() {
            return Err(Invalid::new(field, "must be empty with a session"));
        }
    }
    Ok(Passed::Session(field::name("session", &request.session)?))
}

pub(super) fn severity(severity: i32) -> Result<Severity, Invalid> {
    match pb::Severity::try_from(severity) {
        Ok(pb::Severity::Talk) => Ok(Severity::Talk),
        Ok(pb::Severity::Harm) => Ok(Severity::Harm),
        Ok(pb::Severity::Urgent) => Ok(Severity::Urgent),
        _ => Err(Invalid::new("severity", "must be one that is known")),
    }
}

pub(super) fn escalation(escalation: &pb::Escalation) -> Result<Escalation, Invalid> {
    let wait = |field: &str, wait: Option<&prost_types::Duration>| {
        field::minutes(field, field::required(field, wait)?, 1..=LONGEST_WAIT)
    };
    Ok(Escalation {
        talk: wait("talk", escalation.talk.as_ref())?,
        harm: wait("harm", escalation.harm.as_ref())?,
        urgent: wait("urgent", escalation.urgent.as_ref())?,
    })
}

pub(super) fn hours(entry: &pb::HoursEntry) -> Result<Hours, Invalid> {
    let duration = field::required("duration", entry.duration.as_ref())?;
    let minutes = field::minutes("duration", duration, 1..=u32::from(MOST_MINUTES))?;
    let organisation = Some(&entry.organisation).filter(|name| !name.is_empty());
    let organisation = organisation.map(|name| field::name("organisation", name));
    Ok(Hours {
        day: local::date("date", &entry.date)?,
        minutes: u16::try_from(minutes).unwrap_or(MOST_MINUTES),
        role: code("role", &entry.role, "roles")?,
        organisation: organisation.transpose()?,
    })
}
