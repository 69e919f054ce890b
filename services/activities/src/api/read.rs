//! Requests into commands: the form of each field and its bounds. The rules are the model's.
//!
//! Nothing in here is written anywhere: what cannot be read never reaches the ledger.

mod filter;
mod venue;

use std::{collections::BTreeSet, ops::RangeInclusive};

use dugnad_door::{Invalid, Within as _, field, local};
use dugnad_events::{
    Code, OrganisationId,
    activities::{Activity, Helpers, Organiser, Rides, Schedule},
    rooms::{BookingDetails, Contact},
};
use dugnad_proto::{activities::v1 as pb, rooms::v1 as rooms};
use dugnad_vault::PersonId;
use jiff::tz::TimeZone;
use uuid::Uuid;

pub(super) use filter::filter;

const LONGEST_TITLE: usize = 200;
const LONGEST_TEXT: usize = 4000;
const LONGEST_CONTACT: usize = 200;
const LONGEST_RRULE: usize = 1000;
const MOST_EXDATES: usize = 200;
const MOST_CODES: usize = 20;
const MOST_KINDS: usize = 10;
const MOST_PLACES: i32 = 2000;
/// As many as one need of matching can have.
const MOST_HEADS: i32 = 200;
/// A day to the minute.
const LONGEST_MINUTES: RangeInclusive<u32> = 1..=24 * 60;
const LONGEST_CONFIRM: RangeInclusive<u32> = 1..=30 * 24 * 60;
const USUAL_CONFIRM: u32 = 24 * 60;
/// A reason that nobody gave.
const NO_REASON: &str = "none-given";

pub(super) fn person(name: &str, text: &str) -> Result<PersonId, Invalid> {
    field::id(name, text, "people").map(PersonId)
}

/// A person, or whoever calls if the text is empty.
pub(super) fn person_or(name: &str, text: &str, caller: Uuid) -> Result<PersonId, Invalid> {
    if text.is_empty() { Ok(PersonId(caller)) } else { person(name, text) }
}

/// A code, or none if the text is empty.
pub(super) fn code_if_any(name: &str, text: &str) -> Result<Option<Code>, Invalid> {
    if text.is_empty() { Ok(None) } else { field::name(name, text).map(Some) }
}

pub(super) fn reason(text: &str) -> Result<Code, Invalid> {
    field::name("reason", if text.is_empty() { NO_REASON } else { text })
}

pub(super) fn organiser(name: &str, text: &str) -> Result<Organiser, Invalid> {
    match text {
        "" => Ok(Organiser::Municipality),
        text => field::name::<OrganisationId>(name, text).map(Organiser::Organisation),
    }
}

fn codes(name: &str, texts: &[String]) -> Result<Vec<Code>, Invalid> {
    let texts = field::at_most(name, texts, MOST_CODES)?;
    let read = |(at, text): (usize, &String)| field::name("", text).within_item(name, at);
    let codes = texts.iter().enumerate().map(read).collect::<Result<BTreeSet<Code>, _>>()?;
    Ok(codes.into_iter().collect())
}

/// The field `activity`.
pub(super) fn activity(activity: Option<&pb::Activity>) -> Result<Box<Activity>, Invalid> {
    let activity = field::required("activity", activity)?;
    read_activity(activity).map(Box::new).within("activity")
}

fn read_activity(said: &pb::Activity) -> Result<Activity, Invalid> {
    let confirm = said.confirm_within.as_ref();
    Ok(Activity {
        title: field::label("title", &said.title, LONGEST_TITLE)?.to_owned(),
        text: field::text("text", &said.text, LONGEST_TEXT)?.to_owned(),
        organiser: organiser("organiser", &said.organiser)?,
        venue: venue::read(said.venue.as_ref())?,
        area: code_if_any("area", &said.area)?,
        topics: codes("topics", &said.topics)?,
        audience: codes("audience", &said.audience)?,
        capacity: field::within("capacity", said.capacity, 1..=MOST_PLACES)?,
        helpers: helpers(&said.helpers)?,
        asks_before_moving: said.asks_before_moving,
        rides: said.rides.as_ref().map(rides).transpose()?,
        confirm_minutes: confirm.map_or(Ok(USUAL_CONFIRM), |within| {
            field::minutes("confirm_within", within, LONGEST_CONFIRM)
        })?,
    })
}

fn rides(rides: &pb::Rides) -> Result<Rides, Invalid> {
    Ok(Rides { areas: codes("areas", &rides.areas).within("rides")? })
}

fn helpers(wanted: &[pb::Helpers]) -> Result<Vec<Helpers>, Invalid> {
    let mut read: Vec<Helpers> = Vec::new();
    for (at, helpers) in field::at_most("helpers", wanted, MOST_KINDS)?.iter().enumerate() {
        let one = || {
            let kind: Code = field::name("kind", &helpers.kind)?;
            if read.iter().any(|other| other.kind == kind) {
                return Err(Invalid::new("kind", "is named twice"));
            }
            Ok(Helpers { kind, heads: field::within("heads", helpers.heads, 1..=MOST_HEADS)? })
        };
        let one = one().within_item("helpers", at)?;
        read.push(one);
    }
    Ok(read)
}

/// The field `schedule`.
pub(super) fn schedule(schedule: Option<&pb::Schedule>) -> Result<Schedule, Invalid> {
    let schedule = field::required("schedule", schedule)?;
    let read = || {
        let exdates = field::at_most("exdates", &schedule.exdates, MOST_EXDATES)?.iter();
        let exdates = exdates
            .enumerate()
            .map(|(at, text)| local::date_time("", text).within_item("exdates", at));
        Ok(Schedule {
            zone: zone(&schedule.time_zone)?,
            start: local::date_time("start_time", &schedule.start_time)?,
            minutes: minutes(field::required("duration", schedule.duration.as_ref())?)?,
            rrule: field::text("rrule", &schedule.rrule, LONGEST_RRULE)?.to_owned(),
            exdates: exdates.collect::<Result<_, _>>()?,
        })
    };
    read().within("schedule")
}

/// The field `duration`.
pub(super) fn minutes(duration: &prost_types::Duration) -> Result<u16, Invalid> {
    let minutes = field::minutes("duration", duration, LONGEST_MINUTES)?;
    Ok(u16::try_from(minutes).unwrap_or(u16::MAX))
}

fn zone(name: &str) -> Result<String, Invalid> {
    let name = if name.is_empty() { "Europe/Oslo" } else { name };
    let zone = (name.len() <= 64).then(|| TimeZone::get(name).ok()).flatten();
    let spelled = zone.as_ref().and_then(TimeZone::iana_name).map(str::to_owned);
    spelled.ok_or_else(|| Invalid::new("time_zone", "must be an IANA name such as Europe/Oslo"))
}

/// Under whose key what is said of a contact is sealed, and what that is.
pub(super) fn contact(
    contact: Option<&rooms::Contact>,
    title: &str,
    caller: Uuid,
) -> Result<(PersonId, BookingDetails), Invalid> {
    let unsaid = rooms::Contact::default();
    let said = contact.unwrap_or(&unsaid);
    let read = || {
        let text = |name, text| field::text(name, text, LONGEST_CONTACT).map(str::to_owned);
        let display_name = text("display_name", &said.display_name)?;
        let (phone, email) = (text("phone", &said.phone)?, text("email", &said.email)?);
        let person = person_or("person", &said.person, caller)?;
        let contact = Contact { display_name, phone, email };
        Ok((person, BookingDetails { purpose: title.to_owned(), contact }))
    };
    read().within("contact")
}
