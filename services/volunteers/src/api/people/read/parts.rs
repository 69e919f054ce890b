//! What people give, what they receive, who speaks for them.

use dugnad_door::{Invalid, Within as _, field, local};
use dugnad_events::{
    Code,
    volunteers::{Giver, Pause, Receiver, Relation, Representation, Scope},
};
use dugnad_proto::volunteers::v1 as pb;
use dugnad_vault::PersonId;

use super::{code, maybe, person, unknown};
use crate::model::people::Change;

/// Codes in one list of a person.
const MOST_CODES: usize = 50;

/// The field `giver`.
pub(in crate::api::people) fn giver(giver: &pb::Giver) -> Result<Giver, Invalid> {
    read_giver(giver).within("giver")
}

fn read_giver(giver: &pb::Giver) -> Result<Giver, Invalid> {
    let number = |field, value: Option<i32>, bounds| {
        let read = |value| field::within(field, value, bounds);
        // The bounds are within a byte.
        value.map(read).transpose().map(|it| it.and_then(|it| u8::try_from(it).ok()))
    };
    let reach = field::within("reach_km", giver.reach_km, 0..=1000)?;
    Ok(Giver {
        standing: giver.standing,
        interests: codes("interests", &giver.interests)?,
        skills: codes("skills", &giver.skills)?,
        languages: codes("languages", &giver.languages)?,
        experiences: codes("experiences", &giver.experiences)?,
        area: code("area", &giver.area)?,
        reach_km: u16::try_from(reach).unwrap_or(u16::MAX),
        car_seats: number("car_seats", giver.car_seats, 0..=50)?,
        wants: codes("wants", &giver.wants)?,
        refuses: codes("refuses", &giver.refuses)?,
        most_a_week: number("most_a_week", giver.most_a_week, 1..=21)?,
    })
}

/// The field `receiver`.
pub(in crate::api::people) fn receiver(receiver: &pb::Receiver) -> Result<Receiver, Invalid> {
    read_receiver(receiver).within("receiver")
}

fn read_receiver(receiver: &pb::Receiver) -> Result<Receiver, Invalid> {
    Ok(Receiver {
        interests: codes("interests", &receiver.interests)?,
        languages: codes("languages", &receiver.languages)?,
        area: code("area", &receiver.area)?,
        access: codes("access_needs", &receiver.access_needs)?,
        rides: codes("ride_needs", &receiver.ride_needs)?,
        unit: maybe("unit", &receiver.unit, field::name)?,
    })
}

fn codes(field: &str, texts: &[String]) -> Result<Vec<Code>, Invalid> {
    let mut codes: Vec<Code> = Vec::with_capacity(texts.len().min(MOST_CODES));
    for (i, text) in field::at_most(field, texts, MOST_CODES)?.iter().enumerate() {
        let code = field::name("", text).within_item(field, i)?;
        if codes.contains(&code) {
            return Err(Invalid::new("", "is there twice")).within_item(field, i);
        }
        codes.push(code);
    }
    Ok(codes)
}

/// What an update replaces.
pub(in crate::api::people) struct Mask {
    pub(in crate::api::people) details: bool,
    giver: bool,
    receiver: bool,
}

pub(in crate::api::people) fn mask(mask: Option<&prost_types::FieldMask>) -> Result<Mask, Invalid> {
    let paths = &field::required("update_mask", mask)?.paths;
    let known = ["details", "giver", "receiver"];
    if paths.is_empty() || paths.iter().any(|path| !known.contains(&path.as_str())) {
        let problem = "must name one or more of details, giver and receiver";
        return Err(Invalid::new("update_mask", problem));
    }
    let named = |field: &str| paths.iter().any(|path| path == field);
    Ok(Mask { details: named("details"), giver: named("giver"), receiver: named("receiver") })
}

impl Mask {
    pub(in crate::api::people) fn giver(
        &self,
        value: Option<&pb::Giver>,
    ) -> Result<Change<Giver>, Invalid> {
        change(self.giver, value.map(giver))
    }

    pub(in crate::api::people) fn receiver(
        &self,
        value: Option<&pb::Receiver>,
    ) -> Result<Change<Receiver>, Invalid> {
        change(self.receiver, value.map(receiver))
    }
}

fn change<T>(named: bool, value: Option<Result<T, Invalid>>) -> Result<Change<T>, Invalid> {
    match (named, value) {
        (false, _) => Ok(Change::Keep),
        (true, None) => Ok(Change::Clear),
        (true, Some(value)) => value.map(Change::Set),
    }
}

pub(in crate::api::people) fn pause(pause: &pb::Pause) -> Result<Pause, Invalid> {
    let from = local::date("from", &pause.from).within("pause")?;
    let until = local::maybe_date("until", &pause.until).within("pause")?;
    if until.is_some_and(|until| until < from) {
        return Err(Invalid::new("until", "must not come before from")).within("pause");
    }
    Ok(Pause { from, until })
}

/// The field `representative`: who, and by what right.
pub(in crate::api::people) fn representative(
    representative: Option<&pb::Representative>,
) -> Result<(PersonId, Representation), Invalid> {
    let it = field::required("representative", representative)?;
    read_representative(it).within("representative")
}

fn read_representative(it: &pb::Representative) -> Result<(PersonId, Representation), Invalid> {
    let who = person("representative", &it.representative)?;
    let relation = match pb::Relation::try_from(it.relation) {
        Ok(pb::Relation::Relative) => Relation::Relative,
        Ok(pb::Relation::Guardian) => Relation::Guardian,
        Ok(pb::Relation::Trusted) => Relation::Trusted,
        Ok(pb::Relation::Unspecified) | Err(_) => return Err(unknown("relation")),
    };
    if it.scopes.is_empty() {
        return Err(Invalid::new("scopes", "must not be empty"));
    }
    let mut scope = Vec::new();
    for (i, value) in it.scopes.iter().enumerate() {
        let one = read_scope(*value).within_item("scopes", i)?;
        if scope.contains(&one) {
            return Err(Invalid::new("", "is there twice")).within_item("scopes", i);
        }
        scope.push(one);
    }
    let consented = local::date("consented", &it.consented)?;
    let until = local::maybe_date("until", &it.until)?;
    Ok((who, Representation { relation, scope, consented, until }))
}

fn read_scope(value: i32) -> Result<Scope, Invalid> {
    match pb::Scope::try_from(value) {
        Ok(pb::Scope::Details) => Ok(Scope::Details),
        Ok(pb::Scope::Needs) => Ok(Scope::Needs),
        Ok(pb::Scope::Activities) => Ok(Scope::Activities),
        Ok(pb::Scope::Rides) => Ok(Scope::Rides),
        Ok(pb::Scope::Notices) => Ok(Scope::Notices),
        Ok(pb::Scope::Unspecified) | Err(_) => Err(unknown("")),
    }
}
