//! Requests into commands: the form of each field and its bounds. The rules are the model's.

use dugnad_door::{Invalid, Within as _, field, local};
use dugnad_events::{
    AgreementId, Code, OrganisationId, TeamId,
    volunteers::{Address, Agreement, Icnpo, OrganisationFacts, Team},
};
use dugnad_proto::volunteers::v1 as pb;
use dugnad_vault::PersonId;

use crate::{
    model::organisations::{Filter, MOST_OF_A_TEAM},
    register::{
        LONGEST_LINE, LONGEST_NAME, LONGEST_POSTAL_CODE, MOST_CATEGORIES, MOST_LINES,
        SOLE_PROPRIETORSHIP, in_care_of, is_form, is_icnpo, is_municipality,
    },
};

pub(super) const A_FORM: &str = "must be a code of up to 8 letters A to Z, such as FLI";

const LONGEST_TEXT: usize = 100;
const MOST_KINDS: usize = 50;
const MOST_AREAS: usize = 100;
const MOST_DUTIES: usize = 20;
const LONGEST_DUTY: usize = 300;
const MOST_WARN_DAYS: i32 = 730;

pub(super) fn person(field: &str, name: &str) -> Result<PersonId, Invalid> {
    field::id(field, name, "people").map(PersonId)
}

pub(super) fn optional<T>(
    name: &str,
    read: impl Fn(&str) -> Result<T, Invalid>,
) -> Result<Option<T>, Invalid> {
    if name.is_empty() { Ok(None) } else { read(name).map(Some) }
}

pub(super) fn organisation(field: &str, name: &str) -> Result<OrganisationId, Invalid> {
    field::name(field, name)
}

pub(super) fn code(field: &str, text: &str) -> Result<Code, Invalid> {
    field::name(field, text)
}

pub(super) fn by_hand(
    organisation: Option<&pb::Organisation>,
) -> Result<OrganisationFacts, Invalid> {
    let organisation = field::required("organisation", organisation)?;
    if !organisation.number.is_empty() {
        let problem = "must be empty: one with a number is imported from the register";
        return Err(Invalid::new("organisation.number", problem));
    }
    facts(organisation).within("organisation")
}

pub(super) fn updated(
    organisation: Option<&pb::Organisation>,
) -> Result<(OrganisationId, OrganisationFacts), Invalid> {
    let organisation = field::required("organisation", organisation)?;
    let read = || Ok((field::name("name", &organisation.name)?, facts(organisation)?));
    read().within("organisation")
}

fn facts(organisation: &pb::Organisation) -> Result<OrganisationFacts, Invalid> {
    if !is_form(&organisation.form) || organisation.form == SOLE_PROPRIETORSHIP {
        return Err(Invalid::new("form", A_FORM));
    }
    Ok(OrganisationFacts {
        number: String::new(),
        name: field::label("display_name", &organisation.display_name, LONGEST_NAME)?.to_owned(),
        form: organisation.form.clone(),
        address: address(organisation.address.as_ref())?,
        voluntary: organisation.voluntary,
        icnpo: icnpo(&organisation.icnpo)?,
        area: optional(&organisation.area, |text| code("area", text))?,
    })
}

pub(super) fn address(address: Option<&pb::Address>) -> Result<Address, Invalid> {
    let Some(address) = address else { return Ok(Address::default()) };
    let read = || {
        for (i, line) in field::at_most("lines", &address.lines, MOST_LINES)?.iter().enumerate() {
            field::text("", line, LONGEST_LINE).within_item("lines", i)?;
            if in_care_of(line) {
                let problem = "must not name the person in whose care it is";
                return Err(Invalid::new("", problem)).within_item("lines", i);
            }
        }
        if !is_municipality(&address.municipality) {
            return Err(Invalid::new("municipality", "must be four digits"));
        }
        let postal_code = field::text("postal_code", &address.postal_code, LONGEST_POSTAL_CODE)?;
        Ok(Address {
            lines: address.lines.clone(),
            postal_code: postal_code.to_owned(),
            town: field::text("town", &address.town, LONGEST_LINE)?.to_owned(),
            municipality: address.municipality.clone(),
        })
    };
    read().within("address")
}

pub(super) fn icnpo(categories: &[pb::IcnpoCategory]) -> Result<Vec<Icnpo>, Invalid> {
    let categories = field::at_most("icnpo", categories, MOST_CATEGORIES)?;
    let read = |one: &pb::IcnpoCategory| {
        if !is_icnpo(&one.number) {
            return Err(Invalid::new("number", "must be four or five digits"));
        }
        let category = field::text("category", &one.category, LONGEST_LINE)?.to_owned();
        Ok(Icnpo { number: one.number.clone(), category })
    };
    let all = categories.iter().enumerate();
    all.map(|(i, one)| read(one).within_item("icnpo", i)).collect()
}

pub(super) fn filter(request: &pb::ListOrganisationsRequest) -> Result<Filter, Invalid> {
    if !is_municipality(&request.municipality) {
        return Err(Invalid::new("municipality", "must be four digits"));
    }
    let group = field::within("icnpo_group", request.icnpo_group, 0..=99)?;
    Ok(Filter {
        text: field::text("text", &request.text, LONGEST_TEXT)?.trim().to_lowercase(),
        icnpo_group: Some(group).filter(|group| *group > 0),
        area: optional(&request.area, |text| code("area", text))?,
        municipality: request.municipality.clone(),
        voluntary: request.voluntary,
        has_agreement: request.has_agreement,
    })
}

pub(super) fn team(team: Option<&pb::Team>) -> Result<(Option<TeamId>, Team), Invalid> {
    let team = field::required("team", team)?;
    let read = || {
        let members = field::at_most("members", &team.members, MOST_OF_A_TEAM)?.iter();
        let members = members.enumerate();
        let members = members.map(|(i, name)| person("", name).within_item("members", i));
        let facts = Team {
            name: field::label("display_name", &team.display_name, LONGEST_TEXT)?.to_owned(),
            organisation: optional(&team.organisation, |name| organisation("organisation", name))?,
            leader: person("leader", &team.leader)?,
            members: members.collect::<Result<_, _>>()?,
            size: field::within("size", team.size, 1..=MOST_OF_A_TEAM as i32)?,
        };
        Ok((optional(&team.name, |name| field::name("name", name))?, facts))
    };
    read().within("team")
}

pub(super) fn agreement(
    agreement: Option<&pb::Agreement>,
) -> Result<(Option<AgreementId>, Agreement), Invalid> {
    let agreement = field::required("agreement", agreement)?;
    let read = || {
        let warn_days = field::within("warn_days", agreement.warn_days, 0..=MOST_WARN_DAYS)?;
        let terms = Agreement {
            organisation: field::name("organisation", &agreement.organisation)?,
            kinds: codes("kinds", &agreement.kinds, MOST_KINDS)?,
            areas: codes("areas", &agreement.areas, MOST_AREAS)?,
            ours: duties("our_duties", &agreement.our_duties)?,
            theirs: duties("their_duties", &agreement.their_duties)?,
            from: local::date("from", &agreement.from)?,
            until: local::date("until", &agreement.until)?,
            warn_days: u16::try_from(warn_days).unwrap_or(u16::MAX),
        };
        Ok((optional(&agreement.name, |name| field::name("name", name))?, terms))
    };
    read().within("agreement")
}

fn codes(field: &str, texts: &[String], most: usize) -> Result<Vec<Code>, Invalid> {
    let texts = field::at_most(field, texts, most)?.iter().enumerate();
    texts.map(|(i, text)| code("", text).within_item(field, i)).collect()
}

fn duties(field: &str, lines: &[String]) -> Result<Vec<String>, Invalid> {
    let lines = field::at_most(field, lines, MOST_DUTIES)?.iter().enumerate();
    let read = |(i, line): (usize, &String)| {
        field::label("", line, LONGEST_DUTY).map(str::to_owned).within_item(field, i)
    };
    lines.map(read).collect()
}
