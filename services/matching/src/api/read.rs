//! Requests into commands: the form of each field and its bounds. The rules are the model's.
//!
//! Nothing in here is written anywhere: what cannot be read never reaches the ledger.

mod times;

use dugnad_door::{Invalid, Within as _, field};
use dugnad_events::{
    Code,
    matching::{GenderWish, Need, Place, Policy, Slot, Want, Weights},
    volunteers::{Gender, Location},
};
use dugnad_proto::matching::v1 as pb;
use dugnad_vault::PersonId;

use crate::model::MOST_HEADS;

pub(super) use times::span;

const MOST_CODES: usize = 20;
const MOST_AT_A_TIME: i32 = 50;
const LONGEST_ANSWER: u32 = 30 * 24 * 60;
const LONGEST_LATE: u32 = 60 * 24 * 60;
const LONGEST_TEXT: usize = 2000;
const LONGEST_ABOUT: usize = 200;
/// A reason that nobody gave.
const NO_REASON: &str = "none-given";

pub(super) fn person(name: &str, text: &str) -> Result<PersonId, Invalid> {
    field::id(name, text, "people").map(PersonId)
}

pub(super) fn code(name: &str, text: &str) -> Result<Code, Invalid> {
    field::name(name, text)
}

/// A code, or none if the text is empty.
pub(super) fn code_if_any(name: &str, text: &str) -> Result<Option<Code>, Invalid> {
    if text.is_empty() { Ok(None) } else { code(name, text).map(Some) }
}

/// A person, or none if the text is empty.
pub(super) fn person_if_any(name: &str, text: &str) -> Result<Option<PersonId>, Invalid> {
    if text.is_empty() { Ok(None) } else { person(name, text).map(Some) }
}

pub(super) fn reason(text: &str) -> Result<Code, Invalid> {
    code("reason", if text.is_empty() { NO_REASON } else { text })
}

pub(super) fn slot(slot: i32) -> Result<u32, Invalid> {
    field::within("slot", slot, 0..=i32::MAX)
}

fn codes(name: &str, texts: &[String]) -> Result<Vec<Code>, Invalid> {
    let texts = field::at_most(name, texts, MOST_CODES)?;
    let read = |(at, text): (usize, &String)| code("", text).within_item(name, at);
    let mut codes = texts.iter().enumerate().map(read).collect::<Result<Vec<_>, _>>()?;
    codes.sort_unstable();
    codes.dedup();
    Ok(codes)
}

pub(super) fn kind(kind: Option<&pb::Kind>) -> Result<(Code, Policy), Invalid> {
    let kind = field::required("kind", kind)?;
    read_kind(kind).within("kind")
}

fn read_kind(kind: &pb::Kind) -> Result<(Code, Policy), Invalid> {
    let usual = Policy::default();
    let minutes = |name: &str, value: &Option<prost_types::Duration>, usual: u32, most: u32| {
        value.as_ref().map_or(Ok(usual), |value| field::minutes(name, value, 1..=most))
    };
    let late = minutes("late_within", &kind.late_within, usual.late_hours * 60, LONGEST_LATE)?;
    if late % 60 != 0 {
        return Err(Invalid::new("late_within", "must be whole hours"));
    }
    let policy = Policy {
        role: code_if_any("role", &kind.role)?,
        organisations_first: kind.organisations_first,
        automatic: kind.automatic,
        open: kind.open,
        at_a_time: match kind.at_a_time {
            0 => usual.at_a_time,
            some => field::within("at_a_time", some, 1..=MOST_AT_A_TIME)?,
        },
        answer_minutes: minutes(
            "answer_within",
            &kind.answer_within,
            usual.answer_minutes,
            LONGEST_ANSWER,
        )?,
        confirm_minutes: minutes(
            "confirm_within",
            &kind.confirm_within,
            usual.confirm_minutes,
            LONGEST_ANSWER,
        )?,
        late_hours: late / 60,
        weights: weights(kind.weights.as_ref())?.unwrap_or_default(),
    };
    Ok((code("code", &kind.code)?, policy))
}

fn weights(weights: Option<&pb::Weights>) -> Result<Option<Weights>, Invalid> {
    let Some(weights) = weights else { return Ok(None) };
    let read = || {
        let weight = |name: &str, value: i32| -> Result<u8, Invalid> {
            field::within(name, value, 0..=255).map(|value| u8::try_from(value).unwrap_or(u8::MAX))
        };
        field::within("load", weights.load, 1..=100)?;
        Ok(Weights {
            kilometre: weight("kilometre", weights.kilometre)?,
            interest: weight("interest", weights.interest)?,
            language: weight("language", weights.language)?,
            gender: weight("gender", weights.gender)?,
            before: weight("before", weights.before)?,
            load: weight("load", weights.load)?,
        })
    };
    read().map(Some).within("weights")
}

/// A need, and its text.
pub(super) fn need(need: Option<&pb::Need>, name: &'static str) -> Result<(Need, String), Invalid> {
    let need = field::required(name, need)?;
    read_need(need).within(name)
}

fn read_need(need: &pb::Need) -> Result<(Need, String), Invalid> {
    let heads = match need.heads {
        0 => 1,
        some => field::within("heads", some, 1..=i32::try_from(MOST_HEADS).unwrap_or(i32::MAX))?,
    };
    let slots: Vec<Slot> = match &need.lasting {
        Some(lasting) if need.times.is_empty() => {
            vec![Slot { windows: times::lasting(lasting).within("lasting")? }]
        }
        Some(_) => return Err(Invalid::new("lasting", "must not stand beside times")),
        None => times::several(&need.times)?,
    };
    let area = code_if_any("area", &need.area)?;
    let at = need.location.map(|it| location(&it).within("location")).transpose()?;
    let place = (area.is_some() || at.is_some()).then_some(Place { area, at });
    let facts = Need {
        kind: code("kind", &need.kind)?,
        receiver: person_if_any("receiver", &need.receiver)?,
        heads,
        place,
        slots,
        want: match &need.want {
            Some(it) => want(it).within("want")?,
            None => Want::default(),
        },
        about: field::text("about", &need.about, LONGEST_ABOUT)?.to_owned(),
    };
    Ok((facts, field::text("text", &need.text, LONGEST_TEXT)?.to_owned()))
}

fn location(at: &pb::Location) -> Result<Location, Invalid> {
    let degrees = |name: &str, value: f64, most: f64| {
        if (-most..=most).contains(&value) {
            Ok((value * 1e6).round() as i32)
        } else {
            Err(Invalid::new(name, format!("must be from -{most} to {most}")))
        }
    };
    let lat = degrees("latitude", at.latitude, 90.0)?;
    Ok(Location { lat, lon: degrees("longitude", at.longitude, 180.0)? })
}

fn want(want: &pb::Want) -> Result<Want, Invalid> {
    let gender = match pb::Gender::try_from(want.gender) {
        Ok(pb::Gender::Unspecified) => None,
        Ok(pb::Gender::Female) => Some(Gender::Female),
        Ok(pb::Gender::Male) => Some(Gender::Male),
        Ok(pb::Gender::Other) => Some(Gender::Other),
        Err(_) => return Err(Invalid::new("gender", "must be one of the known values")),
    };
    let min_age = field::within("min_age", want.min_age, 0..=120)?;
    let within_km = field::within("within_km", want.within_km, 0..=10_000)?;
    Ok(Want {
        skills: codes("skills", &want.skills)?,
        languages: codes("languages", &want.languages)?,
        min_age: (min_age > 0).then(|| u8::try_from(min_age).unwrap_or(u8::MAX)),
        gender: gender.map(|gender| GenderWish { gender, strict: want.strict_gender }),
        within_km: (within_km > 0).then(|| u16::try_from(within_km).unwrap_or(u16::MAX)),
        interests: codes("interests", &want.interests)?,
        rather_languages: codes("rather_languages", &want.rather_languages)?,
        weights: weights(want.weights.as_ref())?,
    })
}

pub(super) fn stage(state: i32) -> Result<Option<crate::model::NeedStage>, Invalid> {
    use crate::model::NeedStage;
    Ok(match pb::NeedState::try_from(state) {
        Ok(pb::NeedState::Unspecified) => None,
        Ok(pb::NeedState::Open) => Some(NeedStage::Open),
        Ok(pb::NeedState::Filled) => Some(NeedStage::Filled),
        Ok(pb::NeedState::Over) => Some(NeedStage::Over),
        Ok(pb::NeedState::Closed) => Some(NeedStage::Closed),
        Err(_) => return Err(Invalid::new("state", "must be one of the known values")),
    })
}
