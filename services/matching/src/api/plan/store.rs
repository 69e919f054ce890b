//! A draft that was made goes to the ledger, a part of it a commit, and is shown.

use dugnad_door::status;
use dugnad_ledger::{Ask, RequestId};
use dugnad_proto::matching::v1 as pb;
use tonic::Status;
use uuid::Uuid;

use super::{
    run::{Made, Task},
    show,
};
use crate::model::{Command, PlanCommand};

/// Parts of one commit; what they hold is bounded by the rules there are.
const A_COMMIT: usize = 100;

impl Task {
    /// Stores a draft that was made now, and shows it.
    pub(super) async fn stored(
        &self,
        made: Option<Made>,
    ) -> Result<pb::PlanPeriodResponse, Status> {
        if let Some(made) = made {
            self.store(made).await?;
        }
        let plan = self.planner.of_plan(&self.call, self.plan, show::plan).await?;
        let (name, figures) = (plan.name.clone(), plan.figures);
        Ok(pb::PlanPeriodResponse { name, figures, plan: Some(plan) })
    }

    async fn store(&self, made: Made) -> Result<(), Status> {
        let Made { based_on, figures, parts } = made;
        let plan = self.plan;
        let scope = self.wanted.scope.clone();
        let mut commands = vec![PlanCommand::Draft { plan, scope, based_on, figures }];
        let mut from = 0;
        let mut chunks = parts.chunks(A_COMMIT).peekable();
        if chunks.peek().is_none() {
            commands.push(PlanCommand::AddParts { plan, from, parts: Vec::new(), last: true });
        }
        while let Some(chunk) = chunks.next() {
            let (parts, last) = (chunk.to_vec(), chunks.peek().is_none());
            commands.push(PlanCommand::AddParts { plan, from, parts, last });
            from += chunk.len() as u32;
        }
        let ask = |command| Ask { request_id: fresh(), command: Command::Plan(Box::new(command)) };
        let asks = commands.into_iter().map(ask).collect();
        let decided = self.planner.desk.ledger.execute_many(&self.call.caller, asks, None).await;
        for decided in decided.map_err(|error| status(&error))? {
            decided.map_err(|error| status(&error))?;
        }
        Ok(())
    }
}

/// For what one attempt asks of the ledger: another attempt is another intent.
pub(super) fn fresh() -> RequestId {
    RequestId::new(Uuid::now_v7()).expect("a v7 is a v7")
}
