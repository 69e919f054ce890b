//! A refusal, as the door shows it: its code, and what a program needs to go on.

use dugnad_door::{INVALID_FIELD, Rule};
use tonic::Code;

use crate::model::Refusal;

impl Rule for Refusal {
    fn code(&self) -> Code {
        match self {
            Self::NotFound(_) => Code::NotFound,
            Self::NotYours(_) | Self::NotTheContact(_) => Code::PermissionDenied,
            Self::Stale { .. } => Code::Aborted,
            Self::Invalid { .. } => Code::InvalidArgument,
            _ => Code::FailedPrecondition,
        }
    }

    fn reason(&self) -> &'static str {
        match self {
            Self::NotFound(_) => "NOT_FOUND",
            Self::PersonErased(_) => "PERSON_ERASED",
            Self::Registered(_) => "ALREADY_REGISTERED",
            Self::NotYours(_) | Self::NotTheContact(_) => "NOT_YOURS",
            Self::Stale { .. } => "STALE",
            // The caller cannot tell, and need not, who found the fault.
            Self::Invalid { .. } => INVALID_FIELD,
            Self::TooMany { .. } => "TOO_MANY",
            Self::ConsentMissing => "CONSENT_MISSING",
            Self::NotAGiver(_) => "NOT_A_GIVER",
            Self::NotAReceiver(_) => "NOT_A_RECEIVER",
            Self::FromRegister { .. } => "FROM_REGISTER",
            Self::AgreementEnded { .. } => "AGREEMENT_ENDED",
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
            Self::NotFound(name) | Self::NotTheContact(name) => vec![("name", name.clone())],
            Self::PersonErased(person)
            | Self::Registered(person)
            | Self::NotYours(person)
            | Self::NotAGiver(person)
            | Self::NotAReceiver(person) => vec![("person", person.to_string())],
            Self::Stale { name, etag } => vec![("name", name.clone()), ("etag", etag.clone())],
            Self::Invalid { field, .. } => vec![("field", field.clone())],
            Self::TooMany { what, most } => {
                vec![("of", (*what).to_owned()), ("most", most.to_string())]
            }
            Self::FromRegister { organisation, fields } => {
                vec![("organisation", organisation.to_string()), ("fields", fields.clone())]
            }
            Self::AgreementEnded { agreement, on } => {
                vec![("agreement", agreement.to_string()), ("on", on.to_string())]
            }
            Self::ConsentMissing => Vec::new(),
        }
    }
}
