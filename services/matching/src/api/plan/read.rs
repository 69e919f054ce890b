//! Takes requests about plans apart, each field within its bounds.

use std::time::Duration;

use dugnad_door::{Invalid, Within as _, field};
use dugnad_events::{Code, PlanId, matching::PlanScope};
use dugnad_ledger::RequestId;
use dugnad_proto::matching::v1 as pb;
use dugnad_vault::PersonId;
use jiff::SignedDuration;

use crate::model::{LONGEST_DAYS, MOST_PLAN_KINDS};

const LONGEST_BUDGET: Duration = Duration::from_secs(60);
const USUAL_BUDGET: Duration = Duration::from_secs(2);

/// A plan that is asked for.
#[derive(Clone, Debug)]
pub(super) struct Wanted {
    pub(super) id: RequestId,
    pub(super) scope: PlanScope,
    pub(super) budget: Duration,
}

pub(super) fn wanted(request: &pb::PlanPeriodRequest) -> Result<Wanted, Invalid> {
    let id = field::request_id(&request.request_id)?;
    let longest = SignedDuration::from_hours(LONGEST_DAYS * 24);
    let period = field::required("period", request.period.as_ref())?;
    let period = field::interval(period.start.as_ref(), period.end.as_ref(), longest);
    let kinds = field::at_most("kinds", &request.kinds, MOST_PLAN_KINDS)?.iter().enumerate();
    let kinds = kinds.map(|(at, kind)| field::name::<Code>("", kind).within_item("kinds", at));
    let replaces = match request.replaces.as_str() {
        "" => None,
        name => Some(field::name("replaces", name)?),
    };
    let scope = PlanScope {
        period: period.within("period")?,
        kinds: kinds.collect::<Result<_, _>>()?,
        replaces,
    };
    Ok(Wanted { id, scope, budget: field::budget(request.budget, USUAL_BUDGET, LONGEST_BUDGET)? })
}

/// `plans/{plan}/parts/{number}`.
pub(super) fn part(name: &str, text: &str) -> Result<(PlanId, u32), Invalid> {
    let read = text.rsplit_once("/parts/").and_then(|(plan, part)| {
        let number = part.parse().ok().filter(|number: &u32| number.to_string() == part)?;
        Some((plan.parse().ok()?, number))
    });
    read.ok_or_else(|| Invalid::new(name, "must have the form `plans/{uuid}/parts/{number}`"))
}

/// Empty is nobody.
pub(super) fn person(name: &str, text: &str) -> Result<Option<PersonId>, Invalid> {
    if text.is_empty() {
        return Ok(None);
    }
    field::id(name, text, "people").map(|id| Some(PersonId(id)))
}
