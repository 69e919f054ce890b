//! Leaving, and being forgotten: because somebody asked, or because the retention period is over.
//!
//! What the clock brings: consents that ran out, and people whose time is up. A clock that jumps
//! brings all of it, a batch a tick.

use std::collections::BTreeSet;

use dugnad_events::volunteers::{Erasure, Event, Retention};
use dugnad_ledger::Context;
use dugnad_vault::PersonId;
use jiff::civil::Date;

use super::{Entry, Office, People, record::KeptSince, register::may_change};
use crate::model::{Refusal, today};

/// Events a tick: well within one commit.
const BATCH: usize = 500;

/// When the clock comes for whom, the soonest first.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Times {
    applicants: BTreeSet<(Date, PersonId)>,
    left: BTreeSet<(Date, PersonId)>,
    /// The last day of a consent, of whom, to whom.
    pub(super) ending: BTreeSet<(Date, PersonId, PersonId)>,
}

impl Times {
    pub(super) fn refile(&mut self, person: PersonId, before: KeptSince, after: KeptSince) {
        if before == after {
            return;
        }
        if let Some((why, since)) = before {
            self.of(why).remove(&(since, person));
        }
        if let Some((why, since)) = after {
            self.of(why).insert((since, person));
        }
    }

    fn of(&mut self, why: Erasure) -> &mut BTreeSet<(Date, PersonId)> {
        match why {
            Erasure::Left => &mut self.left,
            Erasure::Applicant | Erasure::Asked => &mut self.applicants,
        }
    }
}

pub(super) fn leave(
    people: &People,
    cx: &Context,
    person: PersonId,
    office: Office,
) -> Result<Vec<Event>, Refusal> {
    let record = people.record(person)?;
    may_change(record, cx, person, office, false)?;
    if record.left.is_some() {
        return Ok(Vec::new());
    }
    let spoken_for = record.representatives.keys().map(|representative| (person, *representative));
    let speaks_for = record.speaks_for.iter().map(|receiver| (*receiver, person));
    let ended = spoken_for
        .chain(speaks_for)
        .map(|(person, representative)| Event::RepresentativeEnded { person, representative });
    let left = Event::PersonLeft { person, on: today(cx.now) };
    Ok(ended.chain([left]).collect())
}

/// Also of somebody who never was in this register: other services hear of it.
pub(super) fn erase(people: &People, person: PersonId) -> Vec<Event> {
    match people.people.get(&person) {
        Some(Entry::Erased) => Vec::new(),
        _ => vec![Event::PersonErased { person, why: Erasure::Asked }],
    }
}

pub(super) fn set_retention(people: &People, retention: Retention) -> Vec<Event> {
    if people.retention == retention {
        return Vec::new();
    }
    vec![Event::RetentionSet { retention }]
}

pub(super) fn due(people: &People, today: Date) -> Vec<Event> {
    let ended = people.times.ending.iter().take_while(|(until, ..)| *until < today);
    let ended = ended.map(|(_, person, representative)| Event::RepresentativeEnded {
        person: *person,
        representative: *representative,
    });
    let erased = periods(people).into_iter().flat_map(|(why, days, since)| {
        let over =
            move |since: Date| days.is_some_and(|days| Retention::ends(days, since) <= today);
        let over = since.iter().take_while(move |(since, _)| over(*since));
        over.map(move |(_, person)| Event::PersonErased { person: *person, why })
    });
    ended.chain(erased).take(BATCH).collect()
}

/// The first day on which [`due`] has something to do.
pub(super) fn deadline(people: &People) -> Option<Date> {
    let ended = people.times.ending.first().and_then(|(until, ..)| until.tomorrow().ok());
    let erased = periods(people).into_iter().filter_map(|(_, days, since)| {
        since.first().and_then(|(since, _)| Some(Retention::ends(days?, *since)))
    });
    ended.into_iter().chain(erased).min()
}

type Period<'a> = (Erasure, Option<u16>, &'a BTreeSet<(Date, PersonId)>);

fn periods(people: &People) -> [Period<'_>; 2] {
    let (retention, times) = (people.retention, &people.times);
    [
        (Erasure::Applicant, retention.applicant, &times.applicants),
        (Erasure::Left, retention.left, &times.left),
    ]
}

impl People {
    /// How long people are kept.
    #[must_use]
    pub fn retention(&self) -> Retention {
        self.retention
    }

    pub(super) fn person_erased(&mut self, person: PersonId) {
        let before = self.people.insert(person, Entry::Erased);
        if before == Some(Entry::Erased) {
            return;
        }
        self.erased.push(person);
        let Some(Entry::Known(record)) = before else { return };
        self.times.refile(person, record.kept_since(), None);
        for (representative, representation) in &record.representatives {
            if let Some(until) = representation.until {
                self.times.ending.remove(&(until, person, *representative));
            }
            self.change(*representative, |speaker| {
                speaker.speaks_for.remove(&person);
            });
        }
        for receiver in &record.speaks_for {
            self.representative_ended(*receiver, person);
        }
        for unit in &record.contact_of {
            self.unit_without(*unit, person);
        }
    }
}
