//! What somebody lacks for a role on a day: one small function for each requirement.

use std::fmt;

use dugnad_events::{
    Code,
    volunteers::{CheckRule, Requirements},
};
use jiff::{ToSpan as _, civil::Date};
use serde::{Deserialize, Serialize};

use crate::Standing;

/// Something that a role asks for and a person lacks. `Display` goes on after "missing: ".
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Missing {
    /// The check (politiattest): never shown, or too long ago.
    Check {
        /// The last day on which the one that was shown counted.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        until: Option<Date>,
    },
    /// A course: never passed, or its certificate ran out, or counts only later.
    Course {
        /// Which.
        course: Code,
        /// The last day on which the certificate counted.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        until: Option<Date>,
    },
    /// The age: not reached, or nobody knows.
    Age {
        /// The youngest, in whole years.
        min: u8,
        /// Whether they told their date of birth.
        known: bool,
    },
    /// The duty of confidentiality (taushetsplikt) is not signed.
    Confidentiality,
    /// The role's card is not accepted as it is now.
    Card {
        /// The card's version.
        version: u32,
        /// Whether the volunteer still has to.
        volunteer: bool,
        /// Whether who supervises still has to.
        supervisor: bool,
    },
}

/// What `standing` lacks for the role on `day`, in the order of the requirements; empty: eligible.
/// `version` is that of the role's card now. `O(courses · log certificates)`.
#[must_use]
pub fn missing(
    role: &Code,
    version: u32,
    requirements: &Requirements,
    standing: &Standing,
    day: Date,
) -> Vec<Missing> {
    let mut missing = Vec::new();
    missing.extend(requirements.check.and_then(|rule| check(rule, standing, day)));
    missing.extend(requirements.courses.iter().filter_map(|it| course(it, standing, day)));
    missing.extend(requirements.min_age.and_then(|min| age(min, standing, day)));
    if requirements.confidentiality {
        missing.extend(confidentiality(standing, day));
    }
    if requirements.card {
        missing.extend(card(role, version, standing));
    }
    missing
}

fn check(rule: CheckRule, standing: &Standing, day: Date) -> Option<Missing> {
    let Some(shown) = standing.check.filter(|shown| *shown <= day) else {
        return Some(Missing::Check { until: None });
    };
    let until = shown.saturating_add(i32::from(rule.months?).months());
    (until < day).then_some(Missing::Check { until: Some(until) })
}

fn course(course: &Code, standing: &Standing, day: Date) -> Option<Missing> {
    let lacks = |until| Some(Missing::Course { course: course.clone(), until });
    match standing.certificates.get(course) {
        Some(it) if it.until.is_some_and(|until| until < day) => lacks(it.until),
        Some(it) if it.on <= day => None,
        _ => lacks(None),
    }
}

fn age(min: u8, standing: &Standing, day: Date) -> Option<Missing> {
    match &standing.ages {
        Some(ages) if ages.at_least(min, day) => None,
        ages => Some(Missing::Age { min, known: ages.is_some() }),
    }
}

fn confidentiality(standing: &Standing, day: Date) -> Option<Missing> {
    let signed = standing.confidentiality.is_some_and(|signed| signed <= day);
    (!signed).then_some(Missing::Confidentiality)
}

fn card(role: &Code, version: u32, standing: &Standing) -> Option<Missing> {
    let accepted = standing.cards.get(role).copied().unwrap_or_default();
    let (volunteer, supervisor) = (accepted.volunteer != version, accepted.supervisor != version);
    (volunteer || supervisor).then_some(Missing::Card { version, volunteer, supervisor })
}

impl Missing {
    /// The requirement's name for machines, `UPPER_SNAKE_CASE`; it never changes.
    #[must_use]
    pub fn reason(&self) -> &'static str {
        match self {
            Self::Check { .. } => "CHECK",
            Self::Course { .. } => "COURSE",
            Self::Age { .. } => "AGE",
            Self::Confidentiality => "CONFIDENTIALITY",
            Self::Card { .. } => "CARD",
        }
    }
}

impl fmt::Display for Missing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Check { until: None } => f.write_str("the check was not shown"),
            Self::Check { until: Some(day) } => write!(f, "the check counted until {day}"),
            Self::Course { course, until: None } => write!(f, "the course {course}"),
            Self::Course { course, until: Some(day) } => {
                write!(f, "the course {course} counted until {day}")
            }
            Self::Age { min, known: true } => write!(f, "younger than {min}"),
            Self::Age { min, known: false } => {
                write!(f, "the date of birth, to know whether they are {min}")
            }
            Self::Confidentiality => f.write_str("the duty of confidentiality is not signed"),
            Self::Card { version, volunteer, supervisor } => {
                let who = match (volunteer, supervisor) {
                    (true, true) => "both sides",
                    (true, false) => "the volunteer",
                    _ => "who supervises",
                };
                write!(f, "version {version} of the role's card is not accepted by {who}")
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use dugnad_events::volunteers::{Ages, Event, Party};
    use dugnad_vault::PersonId;
    use jiff::civil::date;
    use uuid::Uuid;

    use super::*;

    const DAY: Date = date(2026, 12, 1);

    fn code(text: &str) -> Code {
        text.parse().unwrap()
    }

    fn anna() -> PersonId {
        PersonId(Uuid::nil())
    }

    fn lacks(requirements: Requirements, facts: &[Event], day: Date) -> Vec<String> {
        let mut standing = Standing::default();
        assert!(facts.iter().all(|fact| standing.hear(fact)), "each is a fact");
        let missing = missing(&code("visitor"), 2, &requirements, &standing, day);
        missing.iter().map(|it| format!("{}: {it}", it.reason())).collect()
    }

    fn shown(on: Date) -> Event {
        Event::CheckShown { person: anna(), on, to: Uuid::nil() }
    }

    fn certificate(on: Date, until: Option<Date>) -> Event {
        Event::CertificateIssued { person: anna(), course: code("first-aid"), on, until }
    }

    #[test]
    fn a_role_that_asks_nothing_takes_everybody() {
        assert!(lacks(Requirements::default(), &[], DAY).is_empty());
    }

    #[test]
    fn a_check_counts_from_the_day_it_was_shown_for_as_long_as_the_role_says() {
        let asks =
            |months| Requirements { check: Some(CheckRule { months }), ..Default::default() };
        let shown = [shown(date(2026, 1, 15))];

        assert_eq!(lacks(asks(None), &[], DAY), ["CHECK: the check was not shown"]);
        assert_eq!(lacks(asks(None), &shown, date(2026, 1, 14)).len(), 1);
        assert!(lacks(asks(None), &shown, date(2046, 1, 1)).is_empty());
        assert!(lacks(asks(Some(12)), &shown, date(2027, 1, 15)).is_empty());
        assert_eq!(
            lacks(asks(Some(12)), &shown, date(2027, 1, 16)),
            ["CHECK: the check counted until 2027-01-15"]
        );
        let withdrawn = [shown[0].clone(), Event::CheckWithdrawn { person: anna() }];
        assert_eq!(lacks(asks(None), &withdrawn, DAY).len(), 1);
    }

    #[test]
    fn a_course_counts_from_its_first_day_through_its_last() {
        let asks = || Requirements { courses: vec![code("first-aid")], ..Default::default() };
        let passed = [certificate(date(2026, 3, 1), Some(date(2026, 12, 1)))];

        assert_eq!(lacks(asks(), &[], DAY), ["COURSE: the course first-aid"]);
        assert!(lacks(asks(), &passed, DAY).is_empty());
        assert_eq!(lacks(asks(), &passed, date(2026, 2, 28)).len(), 1);
        assert_eq!(
            lacks(asks(), &passed, date(2026, 12, 2)),
            ["COURSE: the course first-aid counted until 2026-12-01"]
        );
        let course = code("first-aid");
        let revoked = [passed[0].clone(), Event::CertificateRevoked { person: anna(), course }];
        assert_eq!(lacks(asks(), &revoked, DAY).len(), 1);
    }

    #[test]
    fn an_age_that_nobody_knows_is_missing_too() {
        let asks = || Requirements { min_age: Some(18), ..Default::default() };
        let mut young = Standing { ages: Some(Ages::of(DAY, DAY)), ..Standing::default() };

        let said = missing(&code("x"), 1, &asks(), &young, DAY)[0].to_string();
        young.ages = Some(Ages::of(date(2008, 12, 1), date(2026, 1, 1)));

        assert_eq!(said, "younger than 18");
        assert!(missing(&code("x"), 1, &asks(), &young, DAY).is_empty());
        assert_eq!(lacks(asks(), &[], DAY).len(), 1);
    }

    #[test]
    fn confidentiality_counts_from_the_day_it_was_signed() {
        let asks = || Requirements { confidentiality: true, ..Default::default() };
        let signed = [Event::ConfidentialitySigned { person: anna(), on: DAY }];

        assert!(lacks(asks(), &signed, DAY).is_empty());
        assert_eq!(lacks(asks(), &signed, date(2026, 11, 30)).len(), 1);
    }

    #[test]
    fn a_card_counts_when_both_sides_accepted_it_as_it_is_now() {
        let asks = || Requirements { card: true, ..Default::default() };
        let accepted = |version, party| {
            let (role, by) = (code("visitor"), Uuid::nil());
            Event::CardAccepted { person: anna(), role, version, party, by }
        };
        let (volunteer, supervisor) =
            (accepted(2, Party::Volunteer), accepted(2, Party::Supervisor));

        assert!(lacks(asks(), &[volunteer.clone(), supervisor.clone()], DAY).is_empty());
        let old = lacks(asks(), &[volunteer, accepted(1, Party::Supervisor)], DAY);
        assert_eq!(old, ["CARD: version 2 of the role's card is not accepted by who supervises"]);
        assert_eq!(lacks(asks(), &[supervisor], DAY).len(), 1);
    }
}
