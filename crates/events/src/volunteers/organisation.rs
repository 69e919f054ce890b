//! What is known of an organisation, its teams and its agreements. Nothing here is about a person,
//! save ids.

use dugnad_vault::PersonId;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::{Code, OrganisationId};

/// An organisation as the registers know it, or as somebody wrote it down.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct OrganisationFacts {
    /// Nine digits with a check digit (organisasjonsnummer); empty: in no register.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub number: String,
    /// What it is called (navn).
    pub name: String,
    /// The legal form's code (organisasjonsform), such as `FLI`.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub form: String,
    /// Where it does business (forretningsadresse).
    #[serde(default)]
    pub address: Address,
    /// Whether it is in the register of voluntary organisations (Frivillighetsregisteret).
    #[serde(default)]
    pub voluntary: bool,
    /// What it does, by the international classification.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub icnpo: Vec<Icnpo>,
    /// The area where it is at home, if somebody wrote it down: no register knows.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub area: Option<Code>,
}

/// One of the [`OrganisationFacts`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Fact {
    /// What it is called.
    Name,
    /// The legal form.
    Form,
    /// Where it does business.
    Address,
    /// Whether it is in the register of voluntary organisations.
    Voluntary,
    /// What it does.
    Icnpo,
    /// Where it is at home.
    Area,
}

impl OrganisationFacts {
    /// What differs; the number is not among it, for it makes another organisation.
    #[must_use]
    pub fn differing(&self, other: &Self) -> Vec<Fact> {
        let facts = [
            (Fact::Name, self.name != other.name),
            (Fact::Form, self.form != other.form),
            (Fact::Address, self.address != other.address),
            (Fact::Voluntary, self.voluntary != other.voluntary),
            (Fact::Icnpo, self.icnpo != other.icnpo),
            (Fact::Area, self.area != other.area),
        ];
        facts.into_iter().filter_map(|(fact, differs)| differs.then_some(fact)).collect()
    }
}

/// A business address.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Address {
    /// Street lines.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub lines: Vec<String>,
    /// Postal code.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub postal_code: String,
    /// Town.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub town: String,
    /// The municipality's number, four digits.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub municipality: String,
}

/// A category of the International Classification of Non-Profit Organizations.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Icnpo {
    /// The number, such as `4100`.
    pub number: String,
    /// In words.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub category: String,
}

/// What a person is in an organisation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Membership {
    /// Such as `member`, `leader` or `treasurer`.
    pub role: Code,
    /// Since which day.
    pub since: Date,
}

/// Several who are asked as one (such as «Bergmogjengen»).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Team {
    /// What people call it.
    pub name: String,
    /// The organisation it belongs to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub organisation: Option<OrganisationId>,
    /// Who answers for it.
    pub leader: PersonId,
    /// Everyone, the leader among them.
    pub members: Vec<PersonId>,
    /// How many come at a time.
    pub size: u32,
}

/// What two sides have agreed (samarbeidsavtale).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Agreement {
    /// The other side.
    pub organisation: OrganisationId,
    /// Which kinds of need it is about; none: all.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub kinds: Vec<Code>,
    /// In which areas; none: all.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub areas: Vec<Code>,
    /// What the municipality does, one line each.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub ours: Vec<String>,
    /// What the organisation does, one line each.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub theirs: Vec<String>,
    /// The first day.
    pub from: Date,
    /// The last day.
    pub until: Date,
    /// How many days before the end somebody is warned.
    pub warn_days: u16,
}

impl Agreement {
    /// Whether it covers a need of this kind, in this area, on this day.
    #[must_use]
    pub fn covers(&self, kind: &Code, area: Option<&Code>, day: Date) -> bool {
        let kinds = self.kinds.is_empty() || self.kinds.contains(kind);
        let areas = self.areas.is_empty() || area.is_some_and(|area| self.areas.contains(area));
        kinds && areas && self.from <= day && day <= self.until
    }
}
