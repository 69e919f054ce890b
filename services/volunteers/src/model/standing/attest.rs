//! What an attest (bekreftelse på frivillig innsats) says of a volunteer, less their name. Whoever
//! makes one reads the person's name, and that is recorded before.

use std::collections::BTreeMap;

use dugnad_events::{
    Code,
    volunteers::{Card, Event, Purpose},
};
use dugnad_ledger::Context;
use dugnad_vault::PersonId;
use jiff::{Unit, civil::Date};

use super::{Course, Refusal, State};

/// A volunteer's work in a span of days.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Work {
    /// The day they were taken in, or gave the first hours.
    pub since: Option<Date>,
    /// Whole years from then to the end of the span, or to today or their last day.
    pub years: u16,
    /// Minutes in all.
    pub minutes: u32,
    /// Minutes in each role that has its card.
    pub roles: Vec<(Card, u32)>,
    /// Courses passed in the span or before, and on which day.
    pub courses: Vec<(Course, Date)>,
    /// How often they were thanked in the span.
    pub thanks: usize,
    /// The day it was put together.
    pub today: Date,
}

pub(super) fn read(
    state: &State,
    cx: &Context,
    person: PersonId,
    purpose: Purpose,
) -> Result<Vec<Event>, Refusal> {
    state.people.knows(person)?;
    let (people, by, about) = (vec![person], cx.caller.id, "attest".to_owned());
    Ok(vec![Event::DetailsRead { people, by, at: cx.now, purpose, about }])
}

impl State {
    /// What they did from `from` through `to`.
    ///
    /// # Errors
    /// If nobody such is in the register, or they were erased.
    pub fn work(&self, id: PersonId, from: Date, to: Date, today: Date) -> Result<Work, Refusal> {
        self.people.knows(id)?;
        let person = self.standing.person(id)?;
        let sums = person.summary(from, to, today);
        let first = person.hours.keys().next().map(|(day, _)| *day);
        let since = [person.presence.admitted, first].into_iter().flatten().min();
        let last = person.presence.left.map_or(today, |left| left.min(today)).min(to);
        let passed = person.standing.certificates.iter().filter(|(_, it)| it.on <= to);
        Ok(Work {
            since,
            years: since.map_or(0, |since| whole_years(since, last)),
            minutes: sums.total,
            roles: self.cards(&sums.by_role),
            courses: passed
                .filter_map(|(code, it)| Some((self.standing.courses.get(code)?.clone(), it.on)))
                .collect(),
            thanks: person.thanks.iter().filter(|it| (from..=to).contains(&it.on)).count(),
            today,
        })
    }

    fn cards(&self, by_role: &BTreeMap<Code, u32>) -> Vec<(Card, u32)> {
        let card = |(role, minutes): (&Code, &u32)| {
            Some((self.standing.roles.get(role)?.card.clone(), *minutes))
        };
        by_role.iter().filter_map(card).collect()
    }
}

fn whole_years(since: Date, until: Date) -> u16 {
    let span = since.until((Unit::Year, until)).map_or(0, |span| span.get_years());
    u16::try_from(span).unwrap_or_default()
}
