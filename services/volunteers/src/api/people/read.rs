//! Takes requests apart, each field within its bounds.

use std::{collections::BTreeSet, str::FromStr as _};

use dugnad_calendar::LocalWindow;
use dugnad_door::{Invalid, Within as _, field};
use dugnad_events::{
    Code,
    volunteers::{
        Ages, Contact, Details, Gender, Giver, List, Location, Pause, Purpose, Receiver, Relation,
        Representation, Retention, Scope, Term,
    },
};
use dugnad_ledger::RequestId;
use dugnad_proto::volunteers::v1 as pb;
use dugnad_vault::PersonId;
use jiff::{Timestamp, civil::Date};

use crate::{
    api::local,
    model::{
        people::{Change, Filter, NewUnit, Part, Stage},
        today,
    },
};

/// Characters of a name.
const LONGEST_NAME: usize = 200;
/// Characters of an address.
const LONGEST_ADDRESS: usize = 400;
/// Characters of an e-mail address, by RFC 5321.
const LONGEST_EMAIL: usize = 254;
/// Characters of remarks.
const LONGEST_REMARKS: usize = 2000;
/// Characters of what a giver needs support with.
pub(super) const LONGEST_SUPPORT: usize = 4000;
/// Characters of what a reading is about.
const LONGEST_ABOUT: usize = 120;
/// Codes in one list of a person.
const MOST_CODES: usize = 50;
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

/// The day on which the request was made: the same when it is repeated.
fn day_of(id: RequestId) -> Date {
    today(Timestamp::from_millisecond(id.millis()).unwrap_or(Timestamp::MAX))
}

/// Details, with what of them is known in clear.
pub(super) struct ReadDetails {
    pub(super) details: Details,
    pub(super) ages: Option<Ages>,
    pub(super) gender: Option<Gender>,
}

/// The field `details`, as asked with `id`.
pub(super) fn details(
    details: Option<&pb::Details>,
    id: RequestId,
    reachable: bool,
) -> Result<ReadDetails, Invalid> {
    let details = field::required("details", details)?;
    read_details(details, id, reachable).within("details")
}

fn read_details(
    details: &pb::Details,
    id: RequestId,
    reachable: bool,
) -> Result<ReadDetails, Invalid> {
    let name = field::label("display_name", &details.display_name, LONGEST_NAME)?.to_owned();
    let phone = phone(&details.phone)?;
    let email = email(&details.email)?;
    let address = field::text("address", &details.address, LONGEST_ADDRESS)?.to_owned();
    if reachable && phone.is_empty() && email.is_empty() && address.trim().is_empty() {
        return Err(Invalid::new("phone", "must not be empty where e-mail and address are"));
    }
    let today = day_of(id);
    let born = match details.born.as_str() {
        "" => None,
        text => Some(local::born("born", text)?),
    };
    if born.is_some_and(|born| born > today) {
        return Err(Invalid::new("born", "must not lie in the future"));
    }
    let remarks = field::text("remarks", &details.remarks, LONGEST_REMARKS)?.to_owned();
    let contact = contact(details)?;
    let details_ = Details { name, phone, email, address, born, contact, remarks };
    let ages = born.map(|born| Ages::of(born, today));
    Ok(ReadDetails { details: details_, ages, gender: gender(details.gender)? })
}

fn contact(details: &pb::Details) -> Result<Contact, Invalid> {
    let channel = match pb::Channel::try_from(details.channel) {
        Ok(pb::Channel::Unspecified) => "",
        Ok(pb::Channel::Sms) => "sms",
        Ok(pb::Channel::Email) => "email",
        Ok(pb::Channel::Phone) => "phone",
        Ok(pb::Channel::Letter) => "letter",
        Err(_) => return Err(unknown("channel")),
    };
    if !matches!(details.language.as_str(), "" | "nb" | "en") {
        return Err(Invalid::new("language", "must be nb or en"));
    }
    Ok(Contact {
        channel: channel.to_owned(),
        language: details.language.clone(),
        large_print: details.large_print,
        quiet: quiet(&details.quiet_hours)?,
    })
}

/// `HH:MM-HH:MM`, over midnight too.
fn quiet(text: &str) -> Result<String, Invalid> {
    // Either end opens a window until the end of the day; so 24:00 is no time here.
    let time = |text: &str| LocalWindow::parse(text, "24:00").is_ok();
    let fits = text.split_once('-').is_some_and(|(from, to)| time(from) && time(to) && from != to);
    if text.is_empty() || fits {
        return Ok(text.to_owned());
    }
    Err(Invalid::new("quiet_hours", "must have the form HH:MM-HH:MM"))
}

fn phone(text: &str) -> Result<String, Invalid> {
    let digits = text.bytes().filter(u8::is_ascii_digit).count();
    let rest = text.strip_prefix('+').unwrap_or(text);
    let plain = rest.bytes().all(|byte| byte.is_ascii_digit() || byte == b' ');
    if text.is_empty() || (plain && (3..=15).contains(&digits) && text.len() <= 30) {
        return Ok(text.trim().to_owned());
    }
    Err(Invalid::new("phone", "must be 3 to 15 digits, with spaces and a leading + if wanted"))
}

fn email(text: &str) -> Result<String, Invalid> {
    let email = field::text("email", text, LONGEST_EMAIL)?;
    let plain = !email.contains(|c: char| c.is_whitespace() || c == '<' || c == '>');
    let parts = email.rsplit_once('@').is_some_and(|(who, at)| !who.is_empty() && !at.is_empty());
    if email.is_empty() || (plain && parts) {
        return Ok(email.to_owned());
    }
    Err(Invalid::new("email", "must have the form somebody@somewhere"))
}

fn gender(value: i32) -> Result<Option<Gender>, Invalid> {
    match pb::Gender::try_from(value) {
        Ok(pb::Gender::Unspecified) => Ok(None),
        Ok(pb::Gender::Female) => Ok(Some(Gender::Female)),
        Ok(pb::Gender::Male) => Ok(Some(Gender::Male)),
        Ok(pb::Gender::Other) => Ok(Some(Gender::Other)),
        Err(_) => Err(unknown("gender")),
    }
}

/// The field `giver`.
pub(super) fn giver(giver: &pb::Giver) -> Result<Giver, Invalid> {
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
pub(super) fn receiver(receiver: &pb::Receiver) -> Result<Receiver, Invalid> {
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

/// What an update replaces.
pub(super) struct Mask {
    pub(super) details: bool,
    giver: bool,
    receiver: bool,
}

pub(super) fn mask(mask: Option<&prost_types::FieldMask>) -> Result<Mask, Invalid> {
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
    pub(super) fn giver(&self, value: Option<&pb::Giver>) -> Result<Change<Giver>, Invalid> {
        change(self.giver, value.map(giver))
    }

    pub(super) fn receiver(
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

pub(super) fn etag(text: &str) -> Result<Option<u32>, Invalid> {
    let read = |_: &str, text: &str| {
        text.parse().map_err(|_| Invalid::new("etag", "must be the etag of an earlier answer"))
    };
    maybe("etag", text, read)
}

pub(super) fn pause(pause: &pb::Pause) -> Result<Pause, Invalid> {
    let from = local::date("from", &pause.from).within("pause")?;
    let until = local::maybe("until", &pause.until).within("pause")?;
    if until.is_some_and(|until| until < from) {
        return Err(Invalid::new("until", "must not come before from")).within("pause");
    }
    Ok(Pause { from, until })
}

/// The field `representative`: who, and by what right.
pub(super) fn representative(
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
    let until = local::maybe("until", &it.until)?;
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
