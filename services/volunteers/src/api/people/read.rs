//! Takes requests apart, each field within its bounds.

mod details;
mod parts;

use std::{collections::BTreeSet, str::FromStr as _};

use dugnad_door::{Invalid, Within as _, field};
use dugnad_events::{
    Code,
    volunteers::{List, Location, Purpose, Retention, Term},
};
use dugnad_proto::volunteers::v1 as pb;
use dugnad_vault::PersonId;

use crate::model::people::{Filter, NewUnit, Part, Stage};

pub(super) use details::{ReadDetails, details};
pub(super) use parts::{giver, mask, pause, receiver, representative};

/// Characters of a name.
const LONGEST_NAME: usize = 200;
/// Characters of what a giver needs support with.
pub(super) const LONGEST_SUPPORT: usize = 4000;
/// Characters of what a reading is about.
const LONGEST_ABOUT: usize = 120;
/// Words on offer in one list.
const MOST_TERMS: usize = 500;
/// Characters of a word.
const LONGEST_TERM: usize = 100;
/// People in one batch.
const MOST_PEOPLE: usize = 100;

pub(super) fn person(field: &str, name: &str) -> Result<PersonId, Invalid> {
    field::id(field, name, "people").map(PersonId)
}

/// 1 to 100 people, each once.
pub(super) fn people(names: &[String]) -> Result<Vec<PersonId>, Invalid> {
    if names.is_empty() {
        return Err(Invalid::new("people", "must not be empty"));
    }
    let mut seen = BTreeSet::new();
    let names = field::at_most("people", names, MOST_PEOPLE)?.iter().enumerate();
    names
        .map(|(i, name)| {
            match person("", name) {
                Ok(person) if seen.insert(person) => Ok(person),
                Ok(_) => Err(Invalid::new("", "is there twice")),
                Err(invalid) => Err(invalid),
            }
            .within_item("people", i)
        })
        .collect()
}

pub(super) fn code(field: &str, text: &str) -> Result<Option<Code>, Invalid> {
    maybe(field, text, field::name)
}

/// Empty text is none.
pub(super) fn maybe<T>(
    field: &str,
    text: &str,
    read: impl Fn(&str, &str) -> Result<T, Invalid>,
) -> Result<Option<T>, Invalid> {
    if text.is_empty() { Ok(None) } else { read(field, text).map(Some) }
}

pub(super) fn etag(text: &str) -> Result<Option<u32>, Invalid> {
    let read = |_: &str, text: &str| {
        text.parse().map_err(|_| Invalid::new("etag", "must be the etag of an earlier answer"))
    };
    maybe("etag", text, read)
}

pub(super) fn unit(unit: Option<&pb::Unit>) -> Result<NewUnit, Invalid> {
    read_unit(field::required("unit", unit)?).within("unit")
}

fn read_unit(unit: &pb::Unit) -> Result<NewUnit, Invalid> {
    Ok(NewUnit {
        unit: maybe("name", &unit.name, field::name)?,
        name: field::label("display_name", &unit.display_name, LONGEST_NAME)?.to_owned(),
        area: code("area", &unit.area)?,
        contact: person("contact", &unit.contact)?,
        deputy: maybe("deputy", &unit.deputy, person)?,
    })
}

pub(super) fn list(value: i32) -> Result<List, Invalid> {
    Ok(match pb::TermList::try_from(value) {
        Ok(pb::TermList::Interests) => List::Interests,
        Ok(pb::TermList::Skills) => List::Skills,
        Ok(pb::TermList::Languages) => List::Languages,
        Ok(pb::TermList::Areas) => List::Areas,
        Ok(pb::TermList::Kinds) => List::Kinds,
        Ok(pb::TermList::Experiences) => List::Experiences,
        Ok(pb::TermList::AccessNeeds) => List::AccessNeeds,
        Ok(pb::TermList::RideNeeds) => List::RideNeeds,
        Ok(pb::TermList::Unspecified) | Err(_) => return Err(unknown("list")),
    })
}

pub(super) fn terms(terms: &[pb::Term]) -> Result<Vec<Term>, Invalid> {
    let terms = field::at_most("terms", terms, MOST_TERMS)?.iter().enumerate();
    terms.map(|(i, term)| read_term(term).within_item("terms", i)).collect()
}

fn read_term(term: &pb::Term) -> Result<Term, Invalid> {
    let code = Code::from_str(&term.code).map_err(|it| Invalid::new("code", it.to_string()))?;
    let nb = field::label("nb", &term.nb, LONGEST_TERM)?.to_owned();
    let en = field::label("en", &term.en, LONGEST_TERM)?.to_owned();
    let at = term.location.as_ref().map(location).transpose().within("location")?;
    Ok(Term { code, nb, en, at })
}

fn location(location: &pb::Location) -> Result<Location, Invalid> {
    let millionths = |field: &str, degrees: f64, most: f64| {
        if !(-most..=most).contains(&degrees) {
            return Err(Invalid::new(field, format!("must be from -{most} to {most}")));
        }
        #[expect(clippy::cast_possible_truncation, reason = "at most 180 million")]
        Ok((degrees * 1e6).round() as i32)
    };
    let lat = millionths("latitude", location.latitude, 90.0)?;
    Ok(Location { lat, lon: millionths("longitude", location.longitude, 180.0)? })
}

/// What GetPerson and BatchGetPeople are asked for.
pub(super) fn purpose(value: i32) -> Result<Purpose, Invalid> {
    Ok(match pb::Purpose::try_from(value) {
        Ok(pb::Purpose::Own) => Purpose::Own,
        Ok(pb::Purpose::Representation) => Purpose::Representation,
        Ok(pb::Purpose::Matching) => Purpose::Matching,
        Ok(pb::Purpose::Contact) => Purpose::Contact,
        Ok(pb::Purpose::FollowUp) => Purpose::FollowUp,
        Ok(pb::Purpose::Register) => Purpose::Register,
        Ok(pb::Purpose::Notice) => Purpose::Notice,
        Ok(pb::Purpose::Export) => {
            return Err(Invalid::new("purpose", "of an export is for ExportPerson"));
        }
        Ok(pb::Purpose::Unspecified) | Err(_) => return Err(unknown("purpose")),
    })
}

/// A resource name, and nothing that could say more.
pub(super) fn about(text: &str) -> Result<String, Invalid> {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'/' | b'-');
    if text.len() <= LONGEST_ABOUT && text.bytes().all(plain) {
        return Ok(text.to_owned());
    }
    Err(Invalid::new("about", "must be a resource name, such as needs/{uuid}"))
}

pub(super) fn filter(request: &pb::ListPeopleRequest) -> Result<Filter, Invalid> {
    use pb::list_people_request::Part as Asked;
    let part = match Asked::try_from(request.part) {
        Ok(Asked::Unspecified) => None,
        Ok(Asked::Giver) => Some(Part::Giver),
        Ok(Asked::Receiver) => Some(Part::Receiver),
        Err(_) => return Err(unknown("part")),
    };
    let stage = match pb::PersonState::try_from(request.state) {
        Ok(pb::PersonState::Unspecified) => None,
        Ok(pb::PersonState::Applicant) => Some(Stage::Applicant),
        Ok(pb::PersonState::Active) => Some(Stage::Active),
        Ok(pb::PersonState::Paused) => Some(Stage::Paused),
        Ok(pb::PersonState::Left) => Some(Stage::Left),
        Err(_) => return Err(unknown("state")),
    };
    let area = code("area", &request.area)?;
    let unit = maybe("unit", &request.unit, field::name)?;
    Ok(Filter { part, area, standing: request.standing, stage, unit })
}

pub(super) fn retention(retention: Option<&pb::Retention>) -> Result<Retention, Invalid> {
    let it = field::required("retention", retention)?;
    let days = |field, value: Option<i32>| {
        let days = value.map(|value| field::within(field, value, 1..=36_500)).transpose();
        days.within("retention").map(|days| days.and_then(|days| u16::try_from(days).ok()))
    };
    let applicant = days("applicant_days", it.applicant_days)?;
    Ok(Retention { applicant, left: days("left_days", it.left_days)? })
}

fn unknown(field: &str) -> Invalid {
    Invalid::new(field, "must be one of the values that are named")
}
