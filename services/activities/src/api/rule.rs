//! A refusal, as the door shows it: its code, and what a program needs to go on.

use dugnad_door::{INVALID_FIELD, Rule};
use tonic::Code;

use crate::model::Refusal;

impl Rule for Refusal {
    fn code(&self) -> Code {
        match self {
            Self::NotFound(_) => Code::NotFound,
            Self::Invalid { .. } => Code::InvalidArgument,
            Self::NotYours(_)
            | Self::NotItsContact(_)
            | Self::NotTheMunicipality
            | Self::NotRepresented(_) => Code::PermissionDenied,
            _ => Code::FailedPrecondition,
        }
    }

    fn reason(&self) -> &'static str {
        match self {
            // The caller cannot tell, and need not, who found the fault.
            Self::Invalid { .. } => INVALID_FIELD,
            rule => rule.reason(),
        }
    }

    fn field(&self) -> Option<&str> {
        match self {
            Self::Invalid { field, .. } => Some(field),
            _ => None,
        }
    }

    fn metadata(&self) -> Vec<(&'static str, String)> {
        match self {
            Self::NotFound(name) | Self::NotYours(name) => vec![("name", name.clone())],
            Self::NotItsContact(it) => vec![("organisation", it.to_string())],
            Self::NotTheMunicipality | Self::NotADraft => Vec::new(),
            Self::Invalid { field, .. } => vec![("field", (*field).to_owned())],
            Self::PersonErased(person) | Self::NotRepresented(person) => {
                vec![("person", person.to_string())]
            }
            Self::Past { start } => vec![("start", start.to_string())],
            Self::NoSuchLocalTime { start } => vec![("start", start.to_string())],
            Self::NotOpen { occurrence, stage } | Self::NotToCome { occurrence, stage } => {
                vec![("occurrence", occurrence.to_string()), ("state", stage.to_string())]
            }
            Self::NothingRefused(it)
            | Self::NothingProposed(it)
            | Self::NoRides(it)
            | Self::NotBegun(it) => {
                vec![("occurrence", it.to_string())]
            }
            Self::SignedUpAlready { person, signup } => {
                vec![("person", person.to_string()), ("signup", signup.to_string())]
            }
            Self::NotOffered(it) | Self::NotComing(it) => vec![("signup", it.to_string())],
            Self::TooFewPlaces { taken } => vec![("taken", taken.to_string())],
            Self::TooMany { what, limit } => {
                vec![("what", (*what).to_owned()), ("limit", limit.to_string())]
            }
        }
    }
}
