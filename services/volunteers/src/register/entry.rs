//! One entry of a register, each field within its bounds.

use dugnad_events::volunteers::{Address, Icnpo, OrganisationFacts};
use serde::{Deserialize, Deserializer};
use serde_json::value::RawValue;

use super::{
    Fault, LONGEST_LINE, LONGEST_NAME, LONGEST_POSTAL_CODE, MOST_CATEGORIES, MOST_LINES,
    in_care_of, is_form, is_icnpo, is_municipality, is_number,
};
use crate::model::organisations::Imported;

/// What the registers say about one number.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Entry {
    pub(super) number: String,
    /// Only Enhetsregisteret has it.
    pub(super) name: Option<String>,
    pub(super) form: String,
    address: Address,
    voluntary: bool,
    /// Only Frivillighetsregisteret has it.
    categories: Option<Vec<Icnpo>>,
    pub(super) gone: bool,
    pub(super) in_care_of: bool,
}

#[derive(Deserialize)]
struct Written {
    #[serde(rename = "organisasjonsnummer")]
    number: Option<String>,
    #[serde(rename = "navn")]
    name: Option<String>,
    #[serde(rename = "organisasjonsform")]
    form: Option<Form>,
    #[serde(rename = "forretningsadresse")]
    address: Option<Place>,
    #[serde(rename = "registrertIFrivillighetsregisteret")]
    voluntary: Option<bool>,
    #[serde(default, rename = "icnpoKategorier", deserialize_with = "one_or_many")]
    categories: Option<Vec<Category>>,
    #[serde(rename = "slettedato")]
    struck_off: Option<String>,
    /// `FrivilligOrganisasjonSlettet`: no more in Frivillighetsregisteret.
    #[serde(rename = "respons_klasse")]
    class: Option<String>,
    /// Every entry of Frivillighetsregisteret has one.
    #[serde(rename = "frivilligOrganisasjonsstatus")]
    status: Option<String>,
}

#[derive(Deserialize)]
struct Form {
    #[serde(rename = "kode")]
    code: String,
}

#[derive(Deserialize)]
struct Place {
    #[serde(rename = "adresse")]
    lines: Option<Vec<Option<String>>>,
    #[serde(rename = "postnummer")]
    postal_code: Option<String>,
    #[serde(rename = "poststed")]
    town: Option<String>,
    #[serde(rename = "kommunenummer")]
    municipality: Option<String>,
}

#[derive(Deserialize)]
struct Category {
    #[serde(rename = "icnpoNummer")]
    number: String,
    #[serde(rename = "navn")]
    name: Option<String>,
    /// As `ICNPOKategori.internasjonaleOrganisasjoner`.
    #[serde(rename = "kategori")]
    code: Option<String>,
    #[serde(rename = "rekkefoelge")]
    order: Option<u32>,
}

/// A list, or its only item by itself.
fn one_or_many<'de, D: Deserializer<'de>>(from: D) -> Result<Option<Vec<Category>>, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Either {
        Many(Vec<Category>),
        One(Category),
    }
    Ok(Option::<Either>::deserialize(from)?.map(|either| match either {
        Either::Many(many) => many,
        Either::One(one) => vec![one],
    }))
}

/// Without the place in the text: the entry and the field say it better.
pub(super) fn problem(error: &serde_json::Error) -> String {
    let text = error.to_string();
    text.rfind(" at line ").map_or(text.clone(), |at| text[..at].to_owned())
}

impl Entry {
    pub(super) fn read(raw: &RawValue) -> Result<Self, Fault> {
        let mut json = serde_json::Deserializer::from_str(raw.get());
        let written: Written = serde_path_to_error::deserialize(&mut json).map_err(|error| {
            let path = error.path().to_string();
            let path = if path == "." { String::new() } else { path };
            Fault::new(path, problem(error.inner()))
        })?;
        let number =
            written.number.ok_or_else(|| Fault::new("organisasjonsnummer", "is missing"))?;
        if !is_number(&number) {
            let problem = "must be nine digits with the right check digit";
            return Err(Fault::new("organisasjonsnummer", problem));
        }
        let gone = written.struck_off.is_some_and(|day| !day.is_empty());
        // Who is in Frivillighetsregisteret is so by being there.
        let struck = written.class.as_deref() == Some("FrivilligOrganisasjonSlettet");
        let voluntary = written.categories.is_some() || written.status.is_some();
        if written.name.is_none() && !voluntary && !struck && !gone {
            return Err(Fault::new("navn", "is missing"));
        }
        if let Some(name) = &written.name {
            text("navn", name, LONGEST_NAME)?;
            if name.trim().is_empty() {
                return Err(Fault::new("navn", "must not be empty"));
            }
        }
        let form = written.form.map(|form| form.code).unwrap_or_default();
        if !is_form(&form) {
            return Err(Fault::new("organisasjonsform.kode", "must be a code such as FLI"));
        }
        let (address, in_care_of) = match written.address {
            Some(place) => address(place)?,
            None => Default::default(),
        };
        let categories = written.categories.map(categories).transpose()?;
        let voluntary = written.voluntary.unwrap_or(voluntary && !struck);
        Ok(Self {
            number,
            name: written.name,
            form,
            address,
            voluntary,
            categories,
            gone,
            in_care_of,
        })
    }

    /// Takes in what another entry says about the same number.
    pub(super) fn also(&mut self, other: Self) {
        let categories = other.categories.or(self.categories.take());
        if other.name.is_some() || other.gone {
            // Of Enhetsregisteret, and later.
            let voluntary = other.voluntary || self.name.is_none() && self.voluntary;
            *self = Self { categories, voluntary, ..other };
        } else {
            self.voluntary |= other.voluntary;
            self.categories = categories;
        }
    }
}

impl From<Entry> for Imported {
    fn from(entry: Entry) -> Self {
        let categorised = entry.categories.is_some();
        let facts = OrganisationFacts {
            number: entry.number,
            name: entry.name.unwrap_or_default(),
            form: entry.form,
            address: entry.address,
            voluntary: entry.voluntary,
            icnpo: entry.categories.unwrap_or_default(),
            area: None,
        };
        Self { facts, categorised, gone: entry.gone }
    }
}

/// The address, and whether it was in care of a person.
fn address(place: Place) -> Result<(Address, bool), Fault> {
    let within = |fault: Fault| fault.within("forretningsadresse");
    let mut lines: Vec<String> = place.lines.into_iter().flatten().flatten().collect();
    lines.retain(|line| !line.trim().is_empty());
    let in_care_of = lines.iter().any(|line| in_care_of(line));
    if in_care_of {
        // What stands beside the name is where that person lives.
        lines.clear();
    }
    if lines.len() > MOST_LINES {
        let problem = format!("must have at most {MOST_LINES} lines");
        return Err(within(Fault::new("adresse", problem)));
    }
    for (i, line) in lines.iter().enumerate() {
        text(&format!("adresse[{i}]"), line, LONGEST_LINE).map_err(within)?;
    }
    let postal_code = place.postal_code.unwrap_or_default();
    text("postnummer", &postal_code, LONGEST_POSTAL_CODE).map_err(within)?;
    let town = place.town.unwrap_or_default();
    text("poststed", &town, LONGEST_LINE).map_err(within)?;
    let municipality = place.municipality.unwrap_or_default();
    if !is_municipality(&municipality) {
        return Err(within(Fault::new("kommunenummer", "must be four digits")));
    }
    Ok((Address { lines, postal_code, town, municipality }, in_care_of))
}

/// In the register's order.
fn categories(mut categories: Vec<Category>) -> Result<Vec<Icnpo>, Fault> {
    if categories.len() > MOST_CATEGORIES {
        let problem = format!("must have at most {MOST_CATEGORIES} items");
        return Err(Fault::new("icnpoKategorier", problem));
    }
    categories.sort_by_key(|category| category.order.unwrap_or(u32::MAX));
    let read = |(i, category): (usize, Category)| {
        let place = format!("icnpoKategorier[{i}]");
        if !is_icnpo(&category.number) {
            return Err(Fault::new("icnpoNummer", "must be four or five digits").within(&place));
        }
        let code = category.code.as_deref();
        let code = code.map(|code| code.rsplit('.').next().unwrap_or(code).to_owned());
        let words = category.name.or(code).unwrap_or_default();
        text("kategori", &words, LONGEST_LINE).map_err(|fault| fault.within(&place))?;
        Ok(Icnpo { number: category.number, category: words })
    };
    categories.into_iter().enumerate().map(read).collect()
}

fn text(field: &str, text: &str, longest: usize) -> Result<(), Fault> {
    let read = dugnad_door::field::text("", text, longest);
    read.map(|_| ()).map_err(|invalid| Fault::new(field, invalid.to_string().trim_start()))
}
