//! Hours that volunteers gave, and sums of them.

use std::collections::BTreeMap;

use dugnad_events::{
    Code, HoursId, OrganisationId,
    volunteers::{Event, Hours},
};
use dugnad_ledger::Context;
use dugnad_vault::PersonId;
use jiff::{ToSpan as _, civil::Date};

use super::{Refusal, State, not_ahead, people::Person};

/// The most entries of one person.
pub(super) const MOST_ENTRIES: usize = 20_000;
/// The minutes of a day.
pub const MOST_MINUTES: u16 = 24 * 60;

/// Sums of hours, in minutes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Summary {
    /// All of the span that was asked for.
    pub total: u32,
    /// By role.
    pub by_role: BTreeMap<Code, u32>,
    /// By organisation; `None`: for none.
    pub by_organisation: BTreeMap<Option<OrganisationId>, u32>,
    /// By month: its first day.
    pub by_month: BTreeMap<Date, u32>,
    /// All of the twelve months that end today.
    pub last_year: u32,
}

pub(super) fn log(
    state: &State,
    cx: &Context,
    person: PersonId,
    hours: Hours,
) -> Result<Vec<Event>, Refusal> {
    state.people.knows(person)?;
    state.standing.role(&hours.role)?;
    not_ahead(cx, hours.day)?;
    let given = &state.standing.person(person)?.hours;
    if given.len() >= MOST_ENTRIES {
        return Err(Refusal::TooMany { what: "entries of hours", most: MOST_ENTRIES });
    }
    let (day, most) = (hours.day, MOST_MINUTES);
    let minutes = span(given, day, day).map(|it| it.minutes).fold(0, u16::saturating_add);
    if minutes.saturating_add(hours.minutes) > most {
        return Err(Refusal::DayFull { day, minutes, most });
    }
    Ok(vec![Event::HoursLogged { entry: HoursId(cx.id(0)), person, hours }])
}

pub(super) fn strike(
    state: &State,
    person: PersonId,
    entry: HoursId,
) -> Result<Vec<Event>, Refusal> {
    state.people.knows(person)?;
    let given = &state.standing.person(person)?.hours;
    if !given.keys().any(|(_, id)| *id == entry) {
        return Err(Refusal::NotFound(entry.to_string()));
    }
    Ok(vec![Event::HoursStruck { entry, person }])
}

fn span(
    hours: &BTreeMap<(Date, HoursId), Hours>,
    from: Date,
    to: Date,
) -> impl Iterator<Item = &Hours> {
    let (first, last) = (HoursId(uuid::Uuid::nil()), HoursId(uuid::Uuid::max()));
    // A span that ends before it starts holds nothing.
    hours.range((from, first)..=(to.max(from), last)).map(|(_, it)| it).filter(move |_| from <= to)
}

impl Person {
    /// Sums from `from` through `to`, and those of the twelve months that end `today`. `O(entries)`
    /// of these.
    #[must_use]
    pub fn summary(&self, from: Date, to: Date, today: Date) -> Summary {
        let mut sums = Summary::default();
        for one in span(&self.hours, from, to) {
            let minutes = u32::from(one.minutes);
            sums.total += minutes;
            *sums.by_role.entry(one.role.clone()).or_default() += minutes;
            *sums.by_organisation.entry(one.organisation).or_default() += minutes;
            *sums.by_month.entry(one.day.first_of_month()).or_default() += minutes;
        }
        let year_ago = today.saturating_sub(12.months()).saturating_add(1.days());
        sums.last_year = span(&self.hours, year_ago, today).map(|it| u32::from(it.minutes)).sum();
        sums
    }
}
