//! A refusal, as the door shows it: its code, and what a program needs to go on.

use dugnad_door::{INVALID_FIELD, Rule};
use tonic::Code;

use crate::model::Refusal;

impl Rule for Refusal {
    fn code(&self) -> Code {
        match self {
            Self::NotFound(_) => Code::NotFound,
            Self::Invalid { .. } => Code::InvalidArgument,
            Self::NotYours(_) | Self::NotRepresented(_) => Code::PermissionDenied,
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
            Self::Invalid { field, .. } => vec![("field", (*field).to_owned())],
            Self::PersonErased(person) | Self::NotRepresented(person) => {
                vec![("person", person.to_string())]
            }
            Self::Past { start } => vec![("start", start.to_string())],
            Self::NeedClosed(need) => vec![("need", need.to_string())],
            Self::Full { need, heads } => {
                vec![("need", need.to_string()), ("heads", heads.to_string())]
            }
            Self::NotOpen(kind) => vec![("kind", kind.to_string())],
            Self::Expired { offer, at } => {
                vec![("offer", offer.to_string()), ("at", at.to_string())]
            }
            Self::NotOffered { offer, state } => {
                vec![("offer", offer.to_string()), ("state", state.clone())]
            }
            Self::NotAMember { person, organisation } => {
                vec![("person", person.to_string()), ("organisation", organisation.to_string())]
            }
            Self::RuledOut { person, rules } => {
                let names: Vec<_> = rules.iter().map(|rule| rule.reason()).collect();
                vec![("person", person.to_string()), ("rules", names.join(","))]
            }
            Self::NotADraft(plan) => vec![("plan", plan.to_string())],
            Self::TooMany { what, limit } => {
                vec![("what", (*what).to_owned()), ("limit", limit.to_string())]
            }
        }
    }
}
