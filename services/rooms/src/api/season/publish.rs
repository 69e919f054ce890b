//! Publishing: one command a slot, so that each is a commit's worth and decided on what those before it
//! left. A slot that is published stays as it is: asked again, it goes on where it was.

use dugnad_door::{Call, status};
use dugnad_events::SeasonRoundId;
use dugnad_ledger::Ask;
use dugnad_proto::rooms::v1 as pb;
use tokio::sync::mpsc;
use tonic::Status;

use super::{Seasons, run::fresh, show};
use crate::model::{Command, Round, SeasonCommand};

/// Slots that are decided at once, and told in one message.
const AT_ONCE: usize = 20;

/// The slots that somebody has.
pub(super) fn slots(round: &Round) -> Vec<u32> {
    round.draft.iter().flat_map(|draft| draft.grants.keys().copied()).collect()
}

pub(super) struct Publish {
    pub(super) seasons: Seasons,
    pub(super) call: Call,
    pub(super) round: SeasonRoundId,
    pub(super) tell: mpsc::Sender<Result<pb::PublishSeasonResponse, Status>>,
}

impl Publish {
    pub(super) async fn run(self, slots: Vec<u32>) {
        if let Err(status) = self.all(slots).await {
            // Whoever asked may be gone.
            let _ = self.tell.send(Err(status)).await;
        }
    }

    async fn all(&self, slots: Vec<u32>) -> Result<(), Status> {
        for some in slots.chunks(AT_ONCE) {
            let grants = self.some(some.to_vec()).await?;
            let _ = self.tell.send(Ok(pb::PublishSeasonResponse { grants })).await;
        }
        let done = SeasonCommand::Published { round: self.round };
        self.seasons.execute(&self.call, fresh(), done).await.map(drop)
    }

    async fn some(&self, slots: Vec<u32>) -> Result<Vec<pb::SeasonGrant>, Status> {
        let round = self.round;
        let ask = |&slot: &u32| {
            let command = Command::Season(SeasonCommand::PublishGrant { round, slot });
            Ask { request_id: fresh(), command }
        };
        let asks = slots.iter().map(ask).collect();
        let ledger = &self.seasons.desk.ledger;
        let decided = ledger.execute_many(&self.call.caller, asks, None).await;
        for decided in decided.map_err(|error| status(&error))? {
            decided.map_err(|error| status(&error))?;
        }
        let look = move |state: &crate::model::State, round: &Round, _| {
            let grants = round.draft.as_ref().map(|draft| &draft.grants);
            let of = |slot: &u32| Some(show::grant(state, round, *slot, grants?.get(slot)?));
            slots.iter().filter_map(of).collect()
        };
        self.seasons.of_round(&self.call, round, look).await
    }
}
