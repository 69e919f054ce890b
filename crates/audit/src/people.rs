//! What somebody may do on a day, by the facts that matching wrote down: the auditor's own reading of
//! what a role asks for.

use std::collections::HashMap;

use dugnad_events::{
    Code,
    volunteers::{Ages, Event, Party, Requirements},
};
use jiff::{ToSpan as _, civil::Date};

/// A certificate's first and last day.
type Days = (Date, Option<Date>);

/// What somebody has shown.
#[derive(Debug, Default)]
pub(crate) struct Shown {
    pub(crate) ages: Option<Ages>,
    check: Option<Date>,
    confidentiality: Option<Date>,
    certificates: HashMap<Code, Days>,
    /// The version of a role's card that the volunteer, and the supervisor, accepted last.
    cards: HashMap<Code, (u32, u32)>,
}

impl Shown {
    pub(crate) fn hear(&mut self, event: &Event) {
        match event {
            Event::CheckShown { on, .. } => self.check = Some(*on),
            Event::CheckWithdrawn { .. } => self.check = None,
            Event::ConfidentialitySigned { on, .. } => self.confidentiality = Some(*on),
            Event::CertificateIssued { course, on, until, .. } => {
                self.certificates.insert(course.clone(), (*on, *until));
            }
            Event::CertificateRevoked { course, .. } => {
                self.certificates.remove(course);
            }
            Event::CardAccepted { role, version, party, .. } => {
                let (volunteer, supervisor) = self.cards.entry(role.clone()).or_default();
                match party {
                    Party::Volunteer => *volunteer = *version,
                    Party::Supervisor => *supervisor = *version,
                }
            }
            _ => {}
        }
    }

    /// The first thing that a role asks for and is not there on the day.
    pub(crate) fn lacks(&self, role: &Code, asks: &Asks, day: Date) -> Option<&'static str> {
        let Asks { version, requirements } = asks;
        let check = requirements.check.is_none_or(|rule| {
            let counts = |shown: Date| match rule.months {
                Some(months) => day <= shown.saturating_add(i32::from(months).months()),
                None => true,
            };
            self.check.is_some_and(|shown| shown <= day && counts(shown))
        });
        let course = |course: &Code| {
            self.certificates
                .get(course)
                .is_some_and(|(on, until)| *on <= day && until.is_none_or(|until| day <= until))
        };
        let signed = self.confidentiality.is_some_and(|on| on <= day);
        let lacked = [
            (check, "the check"),
            (requirements.courses.iter().all(course), "a course"),
            (requirements.min_age.is_none_or(|age| self.is(age, day)), "the age"),
            (!requirements.confidentiality || signed, "the signed confidentiality"),
            (!requirements.card || self.cards.get(role) == Some(&(*version, *version)), "the card"),
        ];
        lacked.into_iter().find(|(has, _)| !has).map(|(_, what)| what)
    }

    /// Whether they are known to be so old.
    pub(crate) fn is(&self, age: u8, day: Date) -> bool {
        let Some(ages) = &self.ages else { return false };
        ages.reached >= age || ages.coming.iter().any(|it| age <= it.age && it.on <= day)
    }
}

/// What a role asks for.
#[derive(Debug)]
pub(crate) struct Asks {
    /// Of its card.
    pub(crate) version: u32,
    pub(crate) requirements: Requirements,
}
