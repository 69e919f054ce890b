//! Puts answers together.

use dugnad_events::volunteers::{
    Details, Gender, Giver, Location, Pause, Purpose, Receiver, Relation, Representation,
    Retention, Scope, Term,
};
use dugnad_proto::volunteers::v1 as pb;
use dugnad_vault::PersonId;

use super::hours;
use crate::model::people::{PersonView, Read, Stage, Suggested, UnitView};

/// What was opened of a person; `None`: not to be seen.
#[derive(Default)]
pub(super) struct Shown {
    pub(super) details: Option<Details>,
    pub(super) support: Option<String>,
}

pub(super) fn person(view: PersonView, shown: Shown) -> pb::Person {
    let speak = view.representatives.into_iter();
    pb::Person {
        name: view.id.to_string(),
        etag: view.revision.to_string(),
        state: stage(view.stage).into(),
        registered: view.registered.to_string(),
        left: view.left.map(|left| left.to_string()).unwrap_or_default(),
        details: shown.details.map(|it| details(it, view.gender)),
        giver: view.giver.map(giver),
        receiver: view.receiver.map(receiver),
        availability: view.availability.map(hours::show),
        pause: view.pause.map(pause),
        support: shown.support.unwrap_or_default(),
        representatives: speak.map(|(who, how)| representative(who, &how)).collect(),
    }
}

fn stage(stage: Stage) -> pb::PersonState {
    match stage {
        Stage::Applicant => pb::PersonState::Applicant,
        Stage::Active => pb::PersonState::Active,
        Stage::Paused => pb::PersonState::Paused,
        Stage::Left => pb::PersonState::Left,
    }
}

fn details(details: Details, gender: Option<Gender>) -> pb::Details {
    let channel = match details.contact.channel.as_str() {
        "sms" => pb::Channel::Sms,
        "email" => pb::Channel::Email,
        "phone" => pb::Channel::Phone,
        "letter" => pb::Channel::Letter,
        _ => pb::Channel::Unspecified,
    };
    let gender = match gender {
        None => pb::Gender::Unspecified,
        Some(Gender::Female) => pb::Gender::Female,
        Some(Gender::Male) => pb::Gender::Male,
        Some(Gender::Other) => pb::Gender::Other,
    };
    pb::Details {
        display_name: details.name,
        phone: details.phone,
        email: details.email,
        address: details.address,
        born: details.born.map(|born| born.to_string()).unwrap_or_default(),
        gender: gender.into(),
        channel: channel.into(),
        language: details.contact.language,
        large_print: details.contact.large_print,
        quiet_hours: details.contact.quiet,
        remarks: details.remarks,
    }
}

fn giver(giver: Giver) -> pb::Giver {
    pb::Giver {
        standing: giver.standing,
        interests: texts(giver.interests),
        skills: texts(giver.skills),
        languages: texts(giver.languages),
        experiences: texts(giver.experiences),
        area: text(giver.area),
        reach_km: giver.reach_km.into(),
        car_seats: giver.car_seats.map(Into::into),
        wants: texts(giver.wants),
        refuses: texts(giver.refuses),
        most_a_week: giver.most_a_week.map(Into::into),
    }
}

fn receiver(receiver: Receiver) -> pb::Receiver {
    pb::Receiver {
        interests: texts(receiver.interests),
        languages: texts(receiver.languages),
        area: text(receiver.area),
        access_needs: texts(receiver.access),
        ride_needs: texts(receiver.rides),
        unit: text(receiver.unit),
    }
}

fn texts<T: ToString>(values: Vec<T>) -> Vec<String> {
    values.iter().map(ToString::to_string).collect()
}

fn text<T: ToString>(value: Option<T>) -> String {
    value.map(|value| value.to_string()).unwrap_or_default()
}

fn pause(pause: Pause) -> pb::Pause {
    pb::Pause { from: pause.from.to_string(), until: text(pause.until) }
}

fn representative(who: PersonId, how: &Representation) -> pb::Representative {
    let relation = match how.relation {
        Relation::Relative => pb::Relation::Relative,
        Relation::Guardian => pb::Relation::Guardian,
        Relation::Trusted => pb::Relation::Trusted,
    };
    let scope = |scope: &Scope| match scope {
        Scope::Details => pb::Scope::Details,
        Scope::Needs => pb::Scope::Needs,
        Scope::Activities => pb::Scope::Activities,
        Scope::Rides => pb::Scope::Rides,
        Scope::Notices => pb::Scope::Notices,
    };
    pb::Representative {
        representative: who.to_string(),
        relation: relation.into(),
        scopes: how.scope.iter().map(|it| scope(it).into()).collect(),
        consented: how.consented.to_string(),
        until: text(how.until),
    }
}

pub(super) fn unit(unit: UnitView) -> pb::Unit {
    pb::Unit {
        name: unit.id.to_string(),
        display_name: unit.name,
        area: text(unit.area),
        contact: text(unit.contact),
        deputy: text(unit.deputy),
    }
}

pub(super) fn term(term: Term, retired: bool) -> pb::Term {
    let degrees = |millionths: i32| f64::from(millionths) / 1e6;
    let location =
        |Location { lat, lon }| pb::Location { latitude: degrees(lat), longitude: degrees(lon) };
    let location = term.at.map(location);
    pb::Term { code: term.code.to_string(), nb: term.nb, en: term.en, location, retired }
}

pub(super) fn suggestion(suggested: Suggested) -> pb::SuggestedOrganisation {
    let organisation = suggested.organisation.to_string();
    pb::SuggestedOrganisation { organisation, display_name: suggested.name }
}

pub(super) fn read(read: &Read) -> pb::Read {
    let purpose = match read.purpose {
        Purpose::Own => pb::Purpose::Own,
        Purpose::Representation => pb::Purpose::Representation,
        Purpose::Matching => pb::Purpose::Matching,
        Purpose::Contact => pb::Purpose::Contact,
        Purpose::FollowUp => pb::Purpose::FollowUp,
        Purpose::Register => pb::Purpose::Register,
        Purpose::Export => pb::Purpose::Export,
        Purpose::Notice => pb::Purpose::Notice,
    };
    let nanos = read.at.subsec_nanosecond();
    pb::Read {
        by: read.by.to_string(),
        at: Some(prost_types::Timestamp { seconds: read.at.as_second(), nanos }),
        purpose: purpose.into(),
        about: read.about.to_string(),
    }
}

pub(super) fn retention(retention: Retention) -> pb::Retention {
    pb::Retention {
        applicant_days: retention.applicant.map(Into::into),
        left_days: retention.left.map(Into::into),
    }
}
