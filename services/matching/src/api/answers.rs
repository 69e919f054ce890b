//! Yes, no, and places taken and given back.

use dugnad_door::{Call, Invalid, Role, field};
use dugnad_events::{
    OfferId,
    matching::{Ending, Event},
};
use dugnad_proto::matching::v1 as pb;
use dugnad_vault::PersonId;
use tonic::Status;

use super::{Api, COORDINATOR, is_one_of, read};
use crate::model::{Command, State};

impl Api {
    pub(super) async fn accept_offer(
        &self,
        call: &Call,
        request: pb::AcceptOfferRequest,
    ) -> Result<pb::AcceptOfferResponse, Status> {
        call.must_be(&[Role::Person, Role::Coordinator])?;
        let id = field::request_id(&request.request_id)?;
        let offer: OfferId = field::name("name", &request.name)?;
        let person = read::person_if_any("person", &request.person)?;
        let office = is_one_of(call, COORDINATOR);
        let events = self.desk.execute(call, id, Command::Accept { offer, person, office }).await?;
        Ok(pb::AcceptOfferResponse { assignment: all_assigned(&events).pop().unwrap_or_default() })
    }

    pub(super) async fn decline_offer(
        &self,
        call: &Call,
        request: pb::DeclineOfferRequest,
    ) -> Result<pb::DeclineOfferResponse, Status> {
        call.must_be(&[Role::Person, Role::Coordinator])?;
        let id = field::request_id(&request.request_id)?;
        let offer = field::name("name", &request.name)?;
        let reason = read::reason(&request.reason)?;
        let office = is_one_of(call, COORDINATOR);
        self.desk.execute(call, id, Command::Decline { offer, reason, office }).await?;
        Ok(pb::DeclineOfferResponse {})
    }

    pub(super) async fn retract_offer(
        &self,
        call: &Call,
        request: pb::RetractOfferRequest,
    ) -> Result<pb::RetractOfferResponse, Status> {
        call.must_be(COORDINATOR)?;
        let id = field::request_id(&request.request_id)?;
        let offer = field::name("name", &request.name)?;
        self.desk.execute(call, id, Command::Retract { offer }).await?;
        Ok(pb::RetractOfferResponse {})
    }

    pub(super) async fn take_place(
        &self,
        call: &Call,
        request: pb::TakePlaceRequest,
    ) -> Result<pb::TakePlaceResponse, Status> {
        call.must_be(&[Role::Person])?;
        let id = field::request_id(&request.request_id)?;
        let need = field::name("need", &request.need)?;
        let slot = read::slot(request.slot)?;
        let events = self.desk.execute(call, id, Command::Take { need, slot }).await?;
        let person = PersonId(call.caller.id);
        let assignment = self.assignment_of(call, &events, need, slot, person).await?;
        Ok(pb::TakePlaceResponse { assignment })
    }

    pub(super) async fn assign(
        &self,
        call: &Call,
        request: pb::AssignRequest,
    ) -> Result<pb::AssignResponse, Status> {
        call.must_be(COORDINATOR)?;
        let id = field::request_id(&request.request_id)?;
        let need = field::name("need", &request.need)?;
        let slot = read::slot(request.slot)?;
        if !request.team.is_empty() {
            if !request.person.is_empty() {
                return Err(Invalid::new("team", "must not stand beside person").into());
            }
            let team = field::name("team", &request.team)?;
            let command = Command::AssignTeam { need, slot, team };
            let events = self.desk.execute(call, id, command).await?;
            let assignments = all_assigned(&events);
            let assignment = assignments.first().cloned().unwrap_or_default();
            return Ok(pb::AssignResponse { assignment, assignments });
        }
        let person = read::person("person", &request.person)?;
        let command = Command::Assign { need, slot, person, anyway: request.anyway };
        let events = self.desk.execute(call, id, command).await?;
        let assignment = self.assignment_of(call, &events, need, slot, person).await?;
        Ok(pb::AssignResponse { assignment, assignments: Vec::new() })
    }

    /// The assignment that was made; if nothing was, for they come already, the one that is.
    async fn assignment_of(
        &self,
        call: &Call,
        events: &[Event],
        need: dugnad_events::NeedId,
        slot: u32,
        person: PersonId,
    ) -> Result<String, Status> {
        if let Some(made) = all_assigned(events).pop() {
            return Ok(made);
        }
        let look = move |state: &State, _| {
            let slot = state.needs.get(&need)?.slots.get(slot as usize)?;
            let (id, _) = slot.taken.iter().find(|(_, it)| **it == person)?;
            Some(id.to_string())
        };
        Ok(self.desk.look(call, look).await?.unwrap_or_default())
    }

    pub(super) async fn cancel_assignment(
        &self,
        call: &Call,
        request: pb::CancelAssignmentRequest,
    ) -> Result<pb::CancelAssignmentResponse, Status> {
        call.must_be(&[Role::Person, Role::Coordinator])?;
        let id = field::request_id(&request.request_id)?;
        let assignment = field::name("name", &request.name)?;
        let reason = read::reason(&request.reason)?;
        let office = is_one_of(call, COORDINATOR);
        let command = Command::Cancel { assignment, reason, office };
        let events = self.desk.execute(call, id, command).await?;
        let is_late = |event: &Event| {
            matches!(event, Event::Unassigned { why: Ending::Cancelled { late: true, .. }, .. })
        };
        Ok(pb::CancelAssignmentResponse { late: events.iter().any(is_late) })
    }
}

/// The assignments among the events.
fn all_assigned(events: &[Event]) -> Vec<String> {
    let assigned = events.iter().filter_map(|event| match event {
        Event::Assigned { assignment, .. } => Some(assignment.to_string()),
        _ => None,
    });
    assigned.collect()
}
