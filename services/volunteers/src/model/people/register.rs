//! Coming into the register, being admitted, and changing what is known.

use dugnad_calendar::OpeningHours;
use dugnad_events::volunteers::{Event, Giver, Pause};
use dugnad_ledger::Context;
use dugnad_vault::{PersonId, Sealed};

use super::{
    Change, Entry, Office, People, codes,
    command::{New, Update},
    record::Record,
};
use crate::model::{Refusal, today};

pub(super) fn register(people: &People, cx: &Context, new: New) -> Result<Vec<Event>, Refusal> {
    let New { person, details, giver, receiver, consent } = new;
    match people.people.get(&person) {
        Some(Entry::Known(_)) => return Err(Refusal::Registered(person)),
        Some(Entry::Erased) => return Err(Refusal::PersonErased(person)),
        None => {}
    }
    if let Some(giver) = &giver {
        codes::of_giver(people, giver, None)?;
        consented(giver, None, consent)?;
    }
    if let Some(receiver) = &receiver {
        codes::of_receiver(people, receiver, None)?;
    }
    Ok(vec![Event::PersonRegistered {
        person,
        by: cx.caller.id,
        on: today(cx.now),
        details: details.details,
        ages: details.ages,
        gender: details.gender,
        giver,
        receiver,
    }])
}

/// What somebody has lived through is kept with their explicit consent only; what they consented
/// to before needs it no second time.
fn consented(new: &Giver, old: Option<&Giver>, consent: bool) -> Result<(), Refusal> {
    let before = old.map_or(&[][..], |old| &old.experiences);
    let added = new.experiences.iter().any(|code| !before.contains(code));
    if added && !consent { Err(Refusal::ConsentMissing) } else { Ok(()) }
}

pub(super) fn admit(
    people: &People,
    cx: &Context,
    person: PersonId,
) -> Result<Vec<Event>, Refusal> {
    let record = people.record(person)?;
    if record.giver.is_none() && record.left.is_none() {
        return Err(Refusal::NotAGiver(person));
    }
    if record.is_admitted() {
        return Ok(Vec::new());
    }
    Ok(vec![Event::PersonAdmitted { person, on: today(cx.now) }])
}

pub(super) fn update(people: &People, cx: &Context, update: Update) -> Result<Vec<Event>, Refusal> {
    let Update { person, office, details, giver, receiver, consent, seen } = update;
    let record = people.record(person)?;
    may_change(record, cx, person, office, giver != Change::Keep)?;
    if seen.is_some_and(|seen| seen != record.revision) {
        let (name, etag) = (person.to_string(), record.revision.to_string());
        return Err(Refusal::Stale { name, etag });
    }
    let mut events = Vec::new();
    if let Some(new) = details {
        let (details, ages, gender) = (new.details, new.ages, new.gender);
        events.push(Event::DetailsChanged { person, details, ages, gender });
    }
    if let Some(giver) = becomes(giver) {
        if let Some(giver) = &giver {
            codes::of_giver(people, giver, record.giver.as_ref())?;
            consented(giver, record.giver.as_ref(), consent)?;
        }
        events.push(Event::GiverSet { person, giver });
    }
    if let Some(receiver) = becomes(receiver) {
        if let Some(receiver) = &receiver {
            codes::of_receiver(people, receiver, record.receiver.as_ref())?;
        }
        events.push(Event::ReceiverSet { person, receiver });
    }
    Ok(events)
}

fn becomes<T>(change: Change<T>) -> Option<Option<T>> {
    match change {
        Change::Keep => None,
        Change::Clear => Some(None),
        Change::Set(value) => Some(Some(value)),
    }
}

/// Themselves and coordinators everything; staff what is about a receiver as such.
pub(super) fn may_change(
    record: &Record,
    cx: &Context,
    person: PersonId,
    office: Office,
    giving: bool,
) -> Result<(), Refusal> {
    let may = cx.caller.id == person.0
        || office == Office::Coordinator
        || (office == Office::Staff && record.receiver.is_some() && !giving);
    if may { Ok(()) } else { Err(Refusal::NotYours(person)) }
}

pub(super) fn set_availability(
    people: &People,
    person: PersonId,
    zone: String,
    hours: OpeningHours,
) -> Result<Vec<Event>, Refusal> {
    giver(people, person)?;
    Ok(vec![Event::AvailabilitySet { person, zone, hours }])
}

pub(super) fn set_pause(
    people: &People,
    person: PersonId,
    pause: Option<Pause>,
) -> Result<Vec<Event>, Refusal> {
    let record = giver(people, person)?;
    if record.pause == pause {
        return Ok(Vec::new());
    }
    Ok(vec![Event::PauseSet { person, pause }])
}

pub(super) fn set_support(
    people: &People,
    person: PersonId,
    support: Option<Sealed<String>>,
) -> Result<Vec<Event>, Refusal> {
    giver(people, person)?;
    Ok(vec![Event::SupportSet { person, support }])
}

fn giver(people: &People, person: PersonId) -> Result<&Record, Refusal> {
    let record = people.record(person)?;
    if record.giver.is_none() {
        return Err(Refusal::NotAGiver(person));
    }
    Ok(record)
}
