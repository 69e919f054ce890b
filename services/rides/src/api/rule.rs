//! A refusal, as the door shows it: its code, and what a program needs to go on.

use dugnad_door::{INVALID_FIELD, Problem, Rule, status};
use tonic::{Code, Status};

use crate::{dispatcher::Failed, model::Refusal};

impl From<Failed> for Status {
    fn from(failed: Failed) -> Self {
        match failed {
            Failed::Ledger(error) => status(&error),
            Failed::Keys(error) => Problem::from(&error).into(),
            Failed::Defect => {
                let message = failed.to_string();
                let (code, reason) = (Code::Internal, "DISPATCHER_DEFECT");
                Problem { code, reason, message }.into()
            }
        }
    }
}

impl Rule for Refusal {
    fn code(&self) -> Code {
        match self {
            Self::NotFound(_) => Code::NotFound,
            Self::Invalid { .. } => Code::InvalidArgument,
            Self::NotYours(_) | Self::NotRepresented(_) => Code::PermissionDenied,
            Self::Stale(_) => Code::Aborted,
            Self::DoesNotHold { .. } => Code::Internal,
            _ => Code::FailedPrecondition,
        }
    }

    fn reason(&self) -> &'static str {
        match self {
            // The caller cannot tell, and need not, who found the fault.
            Self::Invalid { .. } => INVALID_FIELD,
            rule => rule.name(),
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
            Self::PersonErased(person)
            | Self::DriverInactive(person)
            | Self::NotRepresented(person) => vec![("person", person.to_string())],
            Self::NotWanted(ride) => vec![("ride", ride.to_string())],
            Self::VehicleRetired(vehicle) => vec![("vehicle", vehicle.to_string())],
            Self::ShiftOverlaps { what, by } => {
                vec![("what", what.clone()), ("shift", by.to_string())]
            }
            Self::ShiftClosed(shift) | Self::NotAtStop { shift, .. } => {
                vec![("shift", shift.to_string())]
            }
            Self::RideNotOpen { ride, standing } => {
                vec![("ride", ride.to_string()), ("standing", (*standing).to_owned())]
            }
            Self::NotPlannable { day, .. } | Self::Stale(day) | Self::DoesNotHold { day, .. } => {
                vec![("day", day.to_string())]
            }
            Self::TooMany { what, limit } => {
                vec![("what", (*what).to_owned()), ("limit", limit.to_string())]
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use dugnad_events::{RideId, ShiftId, VehicleId};
    use dugnad_ledger::Error;
    use dugnad_vault::PersonId;
    use jiff::civil::Date;
    use tonic_types::StatusExt as _;
    use uuid::Uuid;

    use super::*;

    fn every_refusal() -> Vec<(Refusal, Code)> {
        let id = Uuid::nil();
        let (person, shift, day) = (PersonId(id), ShiftId(id), Date::MIN);
        let name = "rides/x".to_owned();
        let rule = |refusal| (refusal, Code::FailedPrecondition);
        vec![
            (Refusal::NotFound(name.clone()), Code::NotFound),
            (Refusal::NotYours(name.clone()), Code::PermissionDenied),
            (Refusal::Invalid { field: "at", problem: name.clone() }, Code::InvalidArgument),
            (Refusal::NotRepresented(person), Code::PermissionDenied),
            rule(Refusal::NotWanted(RideId(id))),
            rule(Refusal::PersonErased(person)),
            rule(Refusal::VehicleRetired(VehicleId(id))),
            rule(Refusal::DriverInactive(person)),
            rule(Refusal::ShiftOverlaps { what: name.clone(), by: shift }),
            rule(Refusal::ShiftClosed(shift)),
            rule(Refusal::RideNotOpen { ride: RideId(id), standing: "is over" }),
            rule(Refusal::NotAtStop { shift, problem: "it has left it" }),
            rule(Refusal::NotPlannable { day, most: 1 }),
            (Refusal::Stale(day), Code::Aborted),
            (Refusal::DoesNotHold { day, fault: name }, Code::Internal),
            rule(Refusal::TooMany { what: "rides", limit: 1 }),
        ]
    }

    #[test]
    fn every_refusal_has_its_code_a_reason_of_its_own_and_something_for_a_program() {
        let mut reasons = HashSet::new();
        for (refusal, code) in every_refusal() {
            let status = dugnad_door::status(&Error::Refused(refusal.clone()));

            assert_eq!(status.code(), code, "{refusal:?}");
            let info = status.get_details_error_info().unwrap();
            assert!(!info.metadata.is_empty(), "{refusal:?} says nothing to a program");
            assert!(reasons.insert(info.reason.clone()), "{} twice", info.reason);
        }
    }
}
