//! Publishing: one command a part, so that each is decided on what those before it left, and a repeat of
//! the whole finds each already done.

use std::sync::Arc;

use dugnad_door::{Call, status};
use dugnad_events::{
    PlanId,
    matching::{Event, PlanOutcome},
};
use dugnad_ledger::{Ask, RequestId};
use dugnad_proto::matching::v1 as pb;
use tokio::sync::mpsc;
use tonic::Status;

use super::{Planner, derived, show};
use crate::model::{Command, Part, Plan, PlanCommand};

/// Parts that are decided at once, and told in one message.
const AT_ONCE: usize = 500;

/// The parts that somebody has, to be made known.
pub(super) fn parts(plan: &Plan) -> Vec<(u32, Part)> {
    let parts = (0..).zip(&plan.parts).filter(|(_, part)| part.facts.person.is_some());
    parts.map(|(at, part)| (at, part.clone())).collect()
}

pub(super) struct Publish {
    pub(super) planner: Planner,
    pub(super) call: Call,
    pub(super) id: RequestId,
    pub(super) plan: PlanId,
    pub(super) tell: mpsc::Sender<Result<pb::PublishPlanResponse, Status>>,
}

impl Publish {
    pub(super) async fn run(self, parts: Vec<(u32, Part)>, confirmed: bool) {
        if let Err(status) = self.all(parts, confirmed).await {
            // Whoever asked may be gone.
            let _ = self.tell.send(Err(status)).await;
        }
    }

    async fn all(&self, parts: Vec<(u32, Part)>, confirmed: bool) -> Result<(), Status> {
        for some in parts.chunks(AT_ONCE) {
            let parts = self.some(some, confirmed).await?;
            let _ = self.tell.send(Ok(pb::PublishPlanResponse { parts })).await;
        }
        let published = PlanCommand::Published { plan: self.plan };
        self.planner.execute(&self.call, derived(self.id, u32::MAX), published).await.map(drop)
    }

    async fn some(
        &self,
        parts: &[(u32, Part)],
        confirmed: bool,
    ) -> Result<Vec<pb::PlanPart>, Status> {
        let plan = self.plan;
        let ask = |&(part, _): &(u32, Part)| {
            let command = PlanCommand::PublishPart { plan, part, confirmed };
            let request_id = derived(self.id, part);
            Ask { request_id, command: Command::Plan(Box::new(command)) }
        };
        let asks = parts.iter().map(ask).collect();
        let ledger = &self.planner.desk.ledger;
        let decided = ledger.execute_many(&self.call.caller, asks, None).await;
        let decided = decided.map_err(|error| status(&error))?;
        let mut shown = Vec::with_capacity(parts.len());
        for ((at, part), decided) in parts.iter().zip(decided) {
            let events = decided.map_err(|error| status(&error))?.events;
            let outcome = outcome(&events).or_else(|| part.outcome.clone());
            shown.push(show::part(plan, *at, &Part { outcome, ..part.clone() }));
        }
        Ok(shown)
    }
}

fn outcome(events: &Arc<[Event]>) -> Option<PlanOutcome> {
    events.iter().find_map(|event| match event {
        Event::PlanPartPublished { outcome, .. } => Some(outcome.clone()),
        _ => None,
    })
}
