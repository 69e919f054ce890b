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
            Self::TeamTooSmall { team, can, size } => vec![
                ("team", team.to_string()),
                ("can", can.to_string()),
                ("size", size.to_string()),
            ],
            Self::TooMany { what, limit } => {
                vec![("what", (*what).to_owned()), ("limit", limit.to_string())]
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use dugnad_eligibility::Missing;
    use dugnad_events::{AssignmentId, NeedId, OfferId, OrganisationId, PlanId, TeamId};
    use dugnad_ledger::Error;
    use dugnad_vault::PersonId;
    use jiff::Timestamp;
    use tonic_types::StatusExt as _;
    use uuid::Uuid;

    use super::*;
    use crate::model::WhyNot;

    fn every_refusal() -> Vec<(Refusal, Code)> {
        let (person, id) = (PersonId(Uuid::nil()), Uuid::from_u128(1));
        let (need, offer, team) = (NeedId(id), OfferId(id), TeamId(id));
        let (at, name) = (Timestamp::UNIX_EPOCH, "needs/x".to_owned());
        let rules = vec![WhyNot::Missing { lacks: Missing::Confidentiality }, WhyNot::NotAdmitted];
        let denied = Code::PermissionDenied;
        let rule = |refusal| (refusal, Code::FailedPrecondition);
        vec![
            (Refusal::NotFound(name.clone()), Code::NotFound),
            (Refusal::NotYours(name), denied),
            (Refusal::NotRepresented(person), denied),
            (
                Refusal::Invalid { field: "need.times", problem: "none".to_owned() },
                Code::InvalidArgument,
            ),
            rule(Refusal::PersonErased(person)),
            rule(Refusal::Past { start: at }),
            rule(Refusal::NeedClosed(need)),
            rule(Refusal::Full { need, heads: 2 }),
            rule(Refusal::NotOpen("visit".parse().unwrap())),
            rule(Refusal::Expired { offer, at }),
            rule(Refusal::NotOffered { offer, state: "it was declined".to_owned() }),
            rule(Refusal::NotAMember { person, organisation: OrganisationId(id) }),
            rule(Refusal::RuledOut { person, rules }),
            rule(Refusal::TeamTooSmall { team, can: 1, size: 2 }),
            rule(Refusal::NotADraft(PlanId(id))),
            rule(Refusal::TooMany { what: "needs", limit: 10 }),
        ]
    }

    #[test]
    fn every_refusal_has_its_code_a_reason_of_its_own_and_something_for_a_program() {
        let mut reasons = HashSet::new();
        for (refusal, code) in every_refusal() {
            let status = dugnad_door::status(&Error::Refused(refusal.clone()));

            assert_eq!(status.code(), code, "{refusal:?}");
            assert_eq!(status.message(), refusal.to_string());
            let info = status.get_details_error_info().unwrap();
            assert!(!info.metadata.is_empty(), "{refusal:?} says nothing to a program");
            assert!(reasons.insert(info.reason.clone()), "{} twice", info.reason);
        }
    }

    #[test]
    fn who_is_ruled_out_learns_every_rule_and_the_reason_is_the_first() {
        let (person, by) = (PersonId(Uuid::nil()), AssignmentId(Uuid::nil()));
        let rules = vec![WhyNot::NotAdmitted, WhyNot::Travel { by, minutes: 9, gap: 5 }];

        let status = dugnad_door::status(&Error::Refused(Refusal::RuledOut { person, rules }));

        let info = status.get_details_error_info().unwrap();
        assert_eq!(
            (&*info.reason, &*info.metadata["rules"]),
            ("NOT_ADMITTED", "NOT_ADMITTED,TRAVEL")
        );
        assert!(status.message().ends_with(
            "is not admitted yet, and needs 9 minutes between this and \
             assignments/00000000-0000-0000-0000-000000000000, and has 5"
        ));
    }
}
