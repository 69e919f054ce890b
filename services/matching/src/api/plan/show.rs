//! Puts answers about plans together.

use dugnad_events::{
    PlanId,
    matching::{PlanFigures, PlanOutcome, PlanReason, PlanRule, PlanWay},
};
use dugnad_proto::matching::v1 as pb;
use jiff::Timestamp;
use pb::plan_outcome::Outcome;

use crate::model::{Part, Plan, Stage};

pub(super) fn plan(plan: &Plan) -> pb::Plan {
    let state = match plan.stage {
        Stage::Coming => pb::PlanState::Unspecified,
        Stage::Draft => pb::PlanState::Draft,
        Stage::Publishing => pb::PlanState::Publishing,
        Stage::Published => pb::PlanState::Published,
    };
    let period = plan.scope.period;
    let (start, end) = (Some(instant(period.start())), Some(instant(period.end())));
    pb::Plan {
        name: plan.id.to_string(),
        state: state.into(),
        period: Some(pb::Interval { start, end }),
        kinds: plan.scope.kinds.iter().map(ToString::to_string).collect(),
        based_on: plan.based_on,
        replaces: plan.scope.replaces.map(|old| old.to_string()).unwrap_or_default(),
        create_time: Some(instant(plan.at)),
        figures: Some(figures(plan.figures)),
    }
}

fn instant(at: Timestamp) -> prost_types::Timestamp {
    prost_types::Timestamp { seconds: at.as_second(), nanos: at.subsec_nanosecond() }
}

pub(super) fn figures(figures: PlanFigures) -> pb::PlanFigures {
    let PlanFigures { needs, places, filled, people, edges, cost, bound } = figures;
    let gap = match cost.saturating_sub(bound) {
        0 => 0.0,
        less => less as f64 / cost.unsigned_abs().max(1) as f64,
    };
    pb::PlanFigures { needs, places, filled_places: filled, people, edges, cost, bound, gap }
}

pub(super) fn part(plan: PlanId, at: u32, part: &Part) -> pb::PlanPart {
    let facts = &part.facts;
    pb::PlanPart {
        name: format!("{plan}/parts/{at}"),
        need: facts.need.to_string(),
        slot: facts.slot,
        person: facts.person.map(|person| person.to_string()).unwrap_or_default(),
        pinned: facts.pinned,
        score: facts.reasons.iter().map(|reason| reason.points).sum(),
        reasons: facts.reasons.iter().map(reason).collect(),
        // Somebody may have been put into it since.
        ways: match facts.person {
            None => facts.ways.iter().map(way).collect(),
            Some(_) => Vec::new(),
        },
        outcome: part.outcome.as_ref().map(outcome),
    }
}

fn reason(reason: &PlanReason) -> pb::PlanReason {
    let PlanReason { name, points, text } = reason;
    pb::PlanReason { name: name.clone(), points: *points, text: text.clone() }
}

fn way(way: &PlanWay) -> pb::PlanWay {
    pb::PlanWay { person: way.person.to_string(), rules: way.rules.iter().map(rule).collect() }
}

fn rule(rule: &PlanRule) -> pb::PlanRule {
    pb::PlanRule { name: rule.name.clone(), text: rule.text.clone() }
}

pub(super) fn outcome(outcome: &PlanOutcome) -> pb::PlanOutcome {
    let outcome = match outcome {
        PlanOutcome::Assigned(assignment) => Outcome::Assignment(assignment.to_string()),
        PlanOutcome::Offered(offer) => Outcome::Offer(offer.to_string()),
        PlanOutcome::Dropped(rules) => {
            Outcome::Dropped(pb::PlanDropped { rules: rules.iter().map(rule).collect() })
        }
    };
    pb::PlanOutcome { outcome: Some(outcome) }
}
