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
            Self::NotADraft(plan) => vec![("plan", plan.to_string())],
            Self::RuledOut { person, rules } => {
                let names: Vec<_> = rules.iter().map(|rule| rule.reason()).collect();
                vec![("person", person.to_string()), ("rules", names.join(","))]
            }
            _ => Vec::new(),
        }
    }
}
