//! A refusal, as the door shows it: its code, and what a program needs to go on.

use dugnad_door::{INVALID_FIELD, Rule};
use tonic::Code;

use crate::model::Refusal;

impl Rule for Refusal {
    fn code(&self) -> Code {
        match self {
            Self::NotFound(_) => Code::NotFound,
            Self::NotYours(_) => Code::PermissionDenied,
            Self::Stale { .. } => Code::Aborted,
            Self::Invalid { .. } => Code::InvalidArgument,
            Self::NotTheContact(_) => Code::PermissionDenied,
            _ => Code::FailedPrecondition,
        }
    }

    fn reason(&self) -> &'static str {
        match self {
            Self::NotFound(_) => "NOT_FOUND",
            Self::PersonErased(_) => "PERSON_ERASED",
            Self::Registered(_) => "ALREADY_REGISTERED",
            Self::NotYours(_) => "NOT_YOURS",
            Self::Stale { .. } => "STALE",
            // The caller cannot tell, and need not, who found the fault.
            Self::Invalid { .. } => INVALID_FIELD,
            Self::TooMany { .. } => "TOO_MANY",
            Self::ConsentMissing => "CONSENT_MISSING",
            Self::NotAGiver(_) => "NOT_A_GIVER",
            Self::NotAReceiver(_) => "NOT_A_RECEIVER",
            Self::Future { .. } => "FUTURE",
            Self::ForThemselves(_) => "FOR_THEMSELVES",
            Self::Full { .. } => "FULL",
            Self::Begun { .. } => "BEGUN",
            Self::NotBegun { .. } => "NOT_BEGUN",
            Self::NotJoined { .. } => "NOT_JOINED",
            Self::NotAttended { .. } => "NOT_ATTENDED",
            Self::Held { .. } => "HELD",
            Self::TakenBy { .. } => "TAKEN_BY",
            Self::Closed(_) => "CLOSED",
            Self::Highest { .. } => "HIGHEST",
            Self::DayFull { .. } => "DAY_FULL",
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
            Self::PersonErased(person)
            | Self::Registered(person)
            | Self::NotYours(person)
            | Self::ForThemselves(person)
            | Self::NotAGiver(person)
            | Self::NotAReceiver(person) => vec![("person", person.to_string())],
            Self::Stale { name, etag } => vec![("name", name.clone()), ("etag", etag.clone())],
            Self::NotFound(name) | Self::NotTheContact(name) => vec![("name", name.clone())],
            Self::Invalid { field, .. } => vec![("field", field.clone())],
            Self::TooMany { what, most } => {
                vec![("of", (*what).to_owned()), ("most", most.to_string())]
            }
            Self::ConsentMissing => Vec::new(),
            Self::Future { day, today } => {
                vec![("day", day.to_string()), ("today", today.to_string())]
            }
            Self::Full { session, capacity } => {
                vec![("session", session.to_string()), ("capacity", capacity.to_string())]
            }
            Self::Begun { session, at } | Self::NotBegun { session, at } => {
                vec![("session", session.to_string()), ("start", at.to_string())]
            }
            Self::NotJoined { session, person } | Self::NotAttended { session, person } => {
                vec![("session", session.to_string()), ("person", person.to_string())]
            }
            Self::Held { follow_up, on } => {
                vec![("follow_up", follow_up.to_string()), ("on", on.to_string())]
            }
            Self::TakenBy { concern, by } => {
                vec![("concern", concern.to_string()), ("by", by.to_string())]
            }
            Self::Closed(concern) => vec![("concern", concern.to_string())],
            Self::Highest { concern, level } => {
                vec![("concern", concern.to_string()), ("level", level.to_string())]
            }
            Self::DayFull { day, minutes, most } => vec![
                ("day", day.to_string()),
                ("minutes", minutes.to_string()),
                ("most", most.to_string()),
            ],
            Self::FromRegister { organisation, fields } => {
                vec![("organisation", organisation.to_string()), ("fields", fields.clone())]
            }
            Self::AgreementEnded { agreement, on } => {
                vec![("agreement", agreement.to_string()), ("on", on.to_string())]
            }
        }
    }
}
