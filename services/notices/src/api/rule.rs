//! A refusal, as the door shows it: its code, and what a program needs to go on.

use dugnad_door::{INVALID_FIELD, Rule};
use tonic::Code;

use crate::model::Refusal;

impl Rule for Refusal {
    fn code(&self) -> Code {
        match self {
            Self::NotFound(_) | Self::NotSent(_) => Code::NotFound,
            Self::Invalid { .. } => Code::InvalidArgument,
            Self::NotYours(_) => Code::PermissionDenied,
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
            Self::NotFound(name) => vec![("name", name.clone())],
            Self::Invalid { field, .. } => vec![("field", (*field).to_owned())],
            Self::PersonErased(person) => vec![("person", person.to_string())],
            Self::NotYours(notice)
            | Self::NotAsked(notice)
            | Self::Over(notice)
            | Self::NameWhoComes(notice)
            | Self::NotOnList(notice)
            | Self::AlreadyAnswered { notice, .. } => vec![("notice", notice.to_string())],
            Self::TooLate { notice, at } => {
                vec![("notice", notice.to_string()), ("at", at.to_string())]
            }
            Self::NotSent(message) => vec![("message", message.to_string())],
        }
    }
}
