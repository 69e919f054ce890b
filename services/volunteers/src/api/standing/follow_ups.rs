//! Follow-up talks.

use dugnad_door::{Call, field, local, page};
use dugnad_events::{FollowUpId, volunteers::Event};
use dugnad_proto::volunteers::v1 as pb;
use tonic::Status;

use super::{COORDINATOR, Door, paged, read, show, unexpected};
use crate::model::{
    State,
    standing::{Command, FollowUp, FollowUpKey},
    today,
};

impl Door {
    pub(super) async fn plan_follow_up(
        &self,
        call: &Call,
        request: pb::PlanFollowUpRequest,
    ) -> Result<pb::PlanFollowUpResponse, Status> {
        call.must_be(COORDINATOR)?;
        let id = field::request_id(&request.request_id)?;
        let person = read::person("person", &request.person)?;
        let due = local::date("due_date", &request.due_date)?;
        let with = read::somebody("held_by", &request.held_by, call.caller.id)?;
        let command = Command::PlanFollowUp { person, due, with };
        let events = self.execute(call, id, command).await?;
        let follow_up = planned(&events).ok_or_else(unexpected)?;
        Ok(pb::PlanFollowUpResponse { follow_up: Some(follow_up) })
    }

    pub(super) async fn hold_follow_up(
        &self,
        call: &Call,
        request: pb::HoldFollowUpRequest,
    ) -> Result<pb::HoldFollowUpResponse, Status> {
        call.must_be(COORDINATOR)?;
        let id = field::request_id(&request.request_id)?;
        let follow_up: FollowUpId = field::name("name", &request.name)?;
        let on = local::date("held_date", &request.held_date)?;
        let next = local::maybe_date("next_due_date", &request.next_due_date)?;
        let note = field::text("note", &request.note, read::LONGEST_TEXT)?;
        let with = move |state: &State, _| Ok(state.standing.follow_up(follow_up)?.person);
        let person = self.look(call, with).await?;
        let note = match note {
            "" => None,
            note => Some(self.seal(call, person, id, note).await?),
        };
        let command = Command::HoldFollowUp { follow_up, on, note, next };
        let events = self.execute(call, id, command).await?;
        Ok(pb::HoldFollowUpResponse { next: planned(&events) })
    }

    pub(super) async fn list_follow_ups(
        &self,
        call: &Call,
        request: pb::ListFollowUpsRequest,
    ) -> Result<pb::ListFollowUpsResponse, Status> {
        call.must_be(COORDINATOR)?;
        let of = Some(&request.person).filter(|person| !person.is_empty());
        let of = of.map(|person| read::person("person", person)).transpose()?;
        let held = request.show_held;
        let query = ("ListFollowUps", of, held);
        let size = page::size(request.page_size)?;
        let after = page::after::<FollowUpKey>(&request.page_token, &query)?;
        let look = move |state: &State, now| {
            Ok((state.standing.list_follow_ups(of, held, after, size + 1), today(now)))
        };
        let (found, today) = self.look(call, look).await?;
        let mut items = Vec::with_capacity(found.len());
        for (id, talk) in found {
            let note = match &talk.note {
                Some(note) => self.open(call, note).await?,
                None => String::new(),
            };
            items.push((talk.key(id), show::follow_up(id, &talk, note, today)));
        }
        let (follow_ups, next_page_token) = paged(items, size, &query);
        Ok(pb::ListFollowUpsResponse { follow_ups, next_page_token })
    }
}

/// The talk that was planned, as it was then.
fn planned(events: &[Event]) -> Option<pb::FollowUp> {
    events.iter().find_map(|event| match *event {
        Event::FollowUpPlanned { follow_up, person, due, with } => {
            let talk = FollowUp { person, due, with, held: None, note: None };
            Some(show::follow_up(follow_up, &talk, String::new(), due))
        }
        _ => None,
    })
}
