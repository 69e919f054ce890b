//! A refusal, as the door shows it: its code, and what a program needs to go on.

use dugnad_door::{INVALID_FIELD, Rule};
use tonic::Code;

use crate::model::Refusal;

impl Rule for Refusal {
    fn code(&self) -> Code {
        match self {
            Self::NotFound(_) => Code::NotFound,
            Self::Invalid { .. } => Code::InvalidArgument,
            Self::NotTheContact(_) => Code::PermissionDenied,
            _ => Code::FailedPrecondition,
        }
    }

    fn reason(&self) -> &'static str {
        match self {
            Self::NotFound(_) => "NOT_FOUND",
            Self::PersonErased(_) => "PERSON_ERASED",
            // The caller cannot tell, and need not, who found the fault.
            Self::Invalid { .. } => INVALID_FIELD,
            Self::TooMany { .. } => "TOO_MANY",
            Self::NotTheContact(_) => "NOT_YOURS",
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
            Self::PersonErased(person) => vec![("person", person.to_string())],
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
        }
    }
}
