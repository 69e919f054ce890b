//! Who speaks for a receiver: by consent, about what it covers, until its last day.

use dugnad_events::volunteers::{Event, Representation};
use dugnad_ledger::Context;
use dugnad_vault::PersonId;

use super::People;
use crate::model::{Refusal, today};

/// Who speak for one receiver.
const MOST_REPRESENTATIVES: usize = 20;
/// For whom one speaks.
const MOST_REPRESENTED: usize = 100;

pub(super) fn set(
    people: &People,
    cx: &Context,
    person: PersonId,
    representative: PersonId,
    representation: Representation,
) -> Result<Vec<Event>, Refusal> {
    let record = people.record(person)?;
    let speaker = people.record(representative)?;
    if record.receiver.is_none() {
        return Err(Refusal::NotAReceiver(person));
    }
    let today = today(cx.now);
    let invalid = |field: &str, problem: &str| {
        let field = format!("representative.{field}");
        Err(Refusal::Invalid { field, problem: problem.to_owned() })
    };
    if person == representative {
        return invalid("representative", "must be somebody else");
    }
    if representation.consented > today {
        return invalid("consented", "must not lie in the future");
    }
    if representation.until.is_some_and(|until| until < today) {
        return invalid("until", "has passed");
    }
    if !record.representatives.contains_key(&representative) {
        if record.representatives.len() >= MOST_REPRESENTATIVES {
            let what = "representatives of a receiver";
            return Err(Refusal::TooMany { what, most: MOST_REPRESENTATIVES });
        }
        if speaker.speaks_for.len() >= MOST_REPRESENTED {
            let what = "receivers of a representative";
            return Err(Refusal::TooMany { what, most: MOST_REPRESENTED });
        }
    }
    Ok(vec![Event::RepresentativeSet { person, representative, representation }])
}

pub(super) fn end(
    people: &People,
    person: PersonId,
    representative: PersonId,
) -> Result<Vec<Event>, Refusal> {
    if !people.record(person)?.representatives.contains_key(&representative) {
        return Err(Refusal::NotFound(format!("{representative} as a representative of {person}")));
    }
    Ok(vec![Event::RepresentativeEnded { person, representative }])
}

impl People {
    pub(super) fn representative_set(
        &mut self,
        person: PersonId,
        representative: PersonId,
        representation: Representation,
    ) {
        self.representative_ended(person, representative);
        if let Some(until) = representation.until {
            self.times.ending.insert((until, person, representative));
        }
        self.change(person, |record| {
            record.representatives.insert(representative, representation);
        });
        self.change(representative, |speaker| {
            speaker.speaks_for.insert(person);
        });
    }

    pub(super) fn representative_ended(&mut self, person: PersonId, representative: PersonId) {
        let mut ended = None;
        self.change(person, |record| ended = record.representatives.remove(&representative));
        if let Some(until) = ended.and_then(|ended| ended.until) {
            self.times.ending.remove(&(until, person, representative));
        }
        self.change(representative, |speaker| {
            speaker.speaks_for.remove(&person);
        });
    }
}
