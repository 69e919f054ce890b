//! What can be asked about people.

use dugnad_calendar::OpeningHours;
use dugnad_events::{
    Code, UnitId,
    volunteers::{
        Ages, Details, Gender, Giver, List, Pause, Purpose, Receiver, Representation, Retention,
        Term,
    },
};
use dugnad_vault::{PersonId, Sealed};
use serde::{Deserialize, Serialize};

/// As what somebody asks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Office {
    /// For themselves, or for whom they represent.
    Person,
    /// At a unit that receives help.
    Staff,
    /// Who brings volunteers and needs together.
    Coordinator,
    /// Another of our services.
    Service,
}

/// What can be asked.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub enum Command {
    /// Replace a list of words.
    SetTerms {
        /// Which.
        list: List,
        /// All of it.
        terms: Vec<Term>,
    },
    /// Write somebody down.
    Register(Box<New>),
    /// Take an applicant in.
    Admit {
        /// Who.
        person: PersonId,
    },
    /// Replace what is known of somebody.
    Update(Box<Update>),
    /// Replace when a giver can come.
    SetAvailability {
        /// Who.
        person: PersonId,
        /// IANA name.
        zone: String,
        /// In that zone.
        hours: Box<OpeningHours>,
    },
    /// Rest, or be back.
    SetPause {
        /// Who.
        person: PersonId,
        /// `None`: back.
        pause: Option<Pause>,
    },
    /// Write down what a giver needs support with.
    SetSupport {
        /// Who.
        person: PersonId,
        /// `None`: nothing.
        support: Option<Sealed<String>>,
    },
    /// Stop.
    Leave {
        /// Who.
        person: PersonId,
        /// As what it is asked.
        office: Office,
    },
    /// Let somebody speak for a receiver.
    SetRepresentative {
        /// The receiver.
        person: PersonId,
        /// Who speaks.
        representative: PersonId,
        /// As what, about what, by which consent.
        representation: Representation,
    },
    /// Let them speak no more.
    EndRepresentative {
        /// The receiver.
        person: PersonId,
        /// Who spoke.
        representative: PersonId,
    },
    /// Make or replace a unit.
    SetUnit(NewUnit),
    /// Show details: recorded before they are shown.
    Read {
        /// Whose; those who are gone are left out.
        people: Vec<PersonId>,
        /// As what it is asked.
        office: Office,
        /// What for.
        purpose: Purpose,
        /// A resource name; may be empty.
        about: String,
    },
    /// Erase somebody for good.
    Erase {
        /// Who.
        person: PersonId,
    },
    /// Set how long people are kept.
    SetRetention {
        /// From now on.
        retention: Retention,
    },
}

/// Somebody who is written down.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct New {
    /// Who.
    pub person: PersonId,
    /// Name and how to be reached.
    pub details: NewDetails,
    /// What they give.
    pub giver: Option<Giver>,
    /// What they receive.
    pub receiver: Option<Receiver>,
    /// To their experiences being kept.
    pub consent: bool,
}

/// Name and how to be reached, with what of it is known in clear.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct NewDetails {
    /// Sealed.
    pub details: Sealed<Details>,
    /// If they told their date of birth.
    pub ages: Option<Ages>,
    /// If they told.
    pub gender: Option<Gender>,
}

/// What to replace of somebody.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Update {
    /// Who.
    pub person: PersonId,
    /// As what it is asked.
    pub office: Office,
    /// `None`: as they are.
    pub details: Option<NewDetails>,
    /// What they give.
    pub giver: Change<Giver>,
    /// What they receive.
    pub receiver: Change<Receiver>,
    /// To their experiences being kept.
    pub consent: bool,
    /// The revision that the caller saw; `None`: whatever it is.
    pub seen: Option<u32>,
}

/// What becomes of a part.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Change<T> {
    /// It stays.
    Keep,
    /// It goes.
    Clear,
    /// It is replaced.
    Set(T),
}

/// A unit as it shall be.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct NewUnit {
    /// `None`: a new one.
    pub unit: Option<UnitId>,
    /// What people call it.
    pub name: String,
    /// In which area.
    pub area: Option<Code>,
    /// The staff contact.
    pub contact: PersonId,
    /// Who stands in.
    pub deputy: Option<PersonId>,
}
