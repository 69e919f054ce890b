//! How a date came to be what it is.

use dugnad_door::{Call, field};
use dugnad_events::{OccurrenceId, activities::Origin};
use dugnad_proto::activities::v1 as pb;
use tonic::Status;

use super::{Api, in_office, refused, show};
use crate::model::{Refusal, State, Step};

impl Api {
    pub(super) async fn explain_activity(
        &self,
        call: &Call,
        request: pb::ExplainActivityRequest,
    ) -> Result<pb::ExplainActivityResponse, Status> {
        let id: OccurrenceId = field::name("occurrence", &request.occurrence)?;
        let (office, caller) = (in_office(call), call.caller.id);
        let look = move |state: &State, _| {
            let not_found = || Refusal::NotFound(id.to_string());
            let occurrence = state.occurrences.get(&id).ok_or_else(not_found)?;
            let activity = state.activities.get(&occurrence.activity).ok_or_else(not_found)?;
            if !office && !state.plans_for(caller, activity.facts.organiser) {
                return Err(Refusal::NotYours(id.to_string()));
            }
            let steps = occurrence.history.iter().map(step).collect();
            Ok(pb::ExplainActivityResponse { steps, earlier: show::count(occurrence.earlier) })
        };
        self.desk.look(call, look).await?.map_err(refused)
    }
}

fn step(step: &Step) -> pb::Step {
    let shown = pb::Step {
        at: show::instant(step.at),
        words: match step.times {
            1 => step.words.clone(),
            times => format!("{} ({times} times)", step.words),
        },
        about: step.about.clone(),
        ..Default::default()
    };
    match &step.origin {
        Origin::Asked { by } if by.is_nil() => {
            pb::Step { because: "somebody asked who was erased since".to_owned(), ..shown }
        }
        Origin::Asked { by } => {
            pb::Step { because: "somebody asked".to_owned(), caller: by.to_string(), ..shown }
        }
        Origin::Heard { service, number, index } => pb::Step {
            because: format!("{service} said so (commit {number}, event {index})"),
            service: service.clone(),
            position: i64::try_from(*number).unwrap_or(i64::MAX),
            index: i32::try_from(*index).unwrap_or(i32::MAX),
            ..shown
        },
        Origin::Clock => pb::Step { because: "the time had come".to_owned(), ..shown },
    }
}
