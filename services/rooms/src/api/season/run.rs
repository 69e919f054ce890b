//! Making a draft: one look, a solve outside, and the answer adopted if nothing changed meanwhile.
//!
//! Left by its client, it ends at once and leaves nothing.

use std::{sync::Arc, time::Duration};

use dugnad_assign::{Answer, Progress};
use dugnad_budget::Clock;
use dugnad_door::{Call, Problem, status};
use dugnad_events::SeasonRoundId;
use dugnad_ledger::{Error, RequestId};
use dugnad_proto::rooms::v1 as pb;
use tokio::sync::mpsc;
use tonic::{Code, Status};
use uuid::Uuid;

use super::{Seasons, show};
use crate::{
    allocator::Posed,
    model::{Question, SeasonCommand, State},
};

/// One draft being made.
pub(super) struct Run {
    pub(super) seasons: Seasons,
    pub(super) call: Call,
    pub(super) round: SeasonRoundId,
    pub(super) budget: Duration,
    pub(super) tell: mpsc::Sender<Result<pb::AllocateSeasonResponse, Status>>,
}

impl Run {
    pub(super) async fn run(self) {
        let clock = Arc::new(Clock::lasting(self.budget));
        let made = tokio::select! {
            biased;
            () = self.tell.closed() => None,
            made = self.solved(clock.clone()) => Some(made),
        };
        // Whatever still computes ends with it.
        clock.cancel();
        let Some(made) = made else { return };
        let last = match made {
            Ok((posed, answer)) => self.adopted(&posed, &answer).await,
            Err(status) => Err(status),
        };
        // Whoever asked may be gone.
        let _ = self.tell.send(last).await;
    }

    async fn solved(&self, clock: Arc<Clock>) -> Result<(Posed, Answer), Status> {
        let (round, tell) = (self.round, self.tell.clone());
        let look = move |state: &State, now| state.season_question(now, round);
        let question: Question = self
            .seasons
            .desk
            .look(&self.call, look)
            .await?
            .map_err(|refusal| status(&Error::Refused(refusal)))?;
        let work = move || {
            let posed = Posed::of(question).ok()?;
            let progress = |now: Progress| {
                let figures = Some(show::figures(posed.figures(now)));
                // Whoever does not read it in time hears of the next.
                let _ = tell.try_send(Ok(pb::AllocateSeasonResponse { figures, round: None }));
            };
            let answer = posed.solve(&*clock, &progress);
            Some((posed, answer))
        };
        tokio::task::spawn_blocking(work).await.ok().flatten().ok_or_else(defect)
    }

    async fn adopted(
        &self,
        posed: &Posed,
        answer: &Answer,
    ) -> Result<pb::AllocateSeasonResponse, Status> {
        let Answer { cost, bound, open_places, .. } = *answer;
        let figures = posed.figures(Progress { cost, bound, open_places });
        let (round, seen, grants) = (self.round, posed.revision(), posed.grants(answer));
        let adopt = SeasonCommand::Adopt { round, seen, figures, grants };
        self.seasons.execute(&self.call, fresh(), adopt).await?;
        let round = self.seasons.round(&self.call, round).await?;
        let figures = Some(show::figures(figures));
        Ok(pb::AllocateSeasonResponse { figures, round: Some(round) })
    }
}

/// For what one attempt asks of the ledger: another attempt is another intent.
pub(super) fn fresh() -> RequestId {
    RequestId::new(Uuid::now_v7()).expect("a v7 is a v7")
}

fn defect() -> Status {
    let message = "the allocation does not hold; this is a defect of ours".to_owned();
    Problem { code: Code::Internal, reason: "ALLOCATOR_DEFECT", message }.into()
}
