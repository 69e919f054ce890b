//! Concerns: anybody raises one; coordinators see and deal with all, others see their own.

use dugnad_door::{Call, Role, Within as _, field, page};
use dugnad_events::{ConcernId, volunteers::Event};
use dugnad_proto::volunteers::v1 as pb;
use tonic::Status;

use super::{COORDINATOR, Door, paged, read, show, unexpected};
use crate::model::{
    State,
    standing::{Command, Concern, ConcernKey},
};

impl Door {
    pub(super) async fn set_escalation(
        &self,
        call: &Call,
        request: pb::SetEscalationRequest,
    ) -> Result<pb::SetEscalationResponse, Status> {
        call.must_be(COORDINATOR)?;
        let escalation = field::required("escalation", request.escalation.as_ref())?;
        let escalation = read::escalation(escalation).within("escalation")?;
        self.change(call, &request.request_id, Command::SetEscalation { escalation }).await?;
        Ok(pb::SetEscalationResponse { escalation: Some(show::escalation(escalation)) })
    }

    pub(super) async fn get_escalation(
        &self,
        call: &Call,
        _: pb::GetEscalationRequest,
    ) -> Result<pb::GetEscalationResponse, Status> {
        let now = self.look(call, |state, _| Ok(state.standing.escalation())).await?;
        Ok(pb::GetEscalationResponse { escalation: Some(show::escalation(now)) })
    }

    pub(super) async fn raise_concern(
        &self,
        call: &Call,
        request: pb::RaiseConcernRequest,
    ) -> Result<pb::RaiseConcernResponse, Status> {
        let id = field::request_id(&request.request_id)?;
        let about = read::person("person", &request.person)?;
        let severity = read::severity(request.severity)?;
        let text = field::label("text", &request.text, read::LONGEST_TEXT)?;
        let text = self.seal(call, about, id, text).await?;
        let command = Command::RaiseConcern { about, severity, text };
        let events = self.execute(call, id, command).await?;
        let [Event::ConcernRaised { concern: id, about, by, severity, text, climbs_at, at }] =
            &*events
        else {
            return Err(unexpected());
        };
        let raised = Concern {
            about: *about,
            by: *by,
            severity: *severity,
            text: text.clone(),
            at: *at,
            level: 0,
            climbs_at: Some(*climbs_at),
            taken: None,
            closed: None,
        };
        let concern = self.concern_for(call, *id, &raised).await?;
        Ok(pb::RaiseConcernResponse { concern: Some(concern) })
    }

    pub(super) async fn take_concern(
        &self,
        call: &Call,
        request: pb::TakeConcernRequest,
    ) -> Result<pb::TakeConcernResponse, Status> {
        call.must_be(COORDINATOR)?;
        let concern = field::name("name", &request.name)?;
        self.change(call, &request.request_id, Command::TakeConcern { concern }).await?;
        Ok(pb::TakeConcernResponse {})
    }

    pub(super) async fn escalate_concern(
        &self,
        call: &Call,
        request: pb::EscalateConcernRequest,
    ) -> Result<pb::EscalateConcernResponse, Status> {
        call.must_be(COORDINATOR)?;
        let id = field::request_id(&request.request_id)?;
        let concern = field::name("name", &request.name)?;
        let events = self.execute(call, id, Command::EscalateConcern { concern }).await?;
        let [Event::ConcernClimbed { level, climbs_at, .. }] = *events else {
            return Err(unexpected());
        };
        let climb_time = climbs_at.map(show::instant);
        Ok(pb::EscalateConcernResponse { level: i32::from(level), climb_time })
    }

    pub(super) async fn close_concern(
        &self,
        call: &Call,
        request: pb::CloseConcernRequest,
    ) -> Result<pb::CloseConcernResponse, Status> {
        call.must_be(COORDINATOR)?;
        let concern = field::name("name", &request.name)?;
        self.change(call, &request.request_id, Command::CloseConcern { concern }).await?;
        Ok(pb::CloseConcernResponse {})
    }

    pub(super) async fn list_concerns(
        &self,
        call: &Call,
        request: pb::ListConcernsRequest,
    ) -> Result<pb::ListConcernsResponse, Status> {
        let raised_by = (call.role != Role::Coordinator).then_some(call.caller.id);
        let closed = request.show_closed;
        let query = ("ListConcerns", raised_by, closed);
        let size = page::size(request.page_size)?;
        let after = page::after::<ConcernKey>(&request.page_token, &query)?;
        let look = move |state: &State, _| {
            Ok(state.standing.list_concerns(raised_by, closed, after, size + 1))
        };
        let found = self.look(call, look).await?;
        let mut items = Vec::with_capacity(found.len());
        for (id, concern) in found {
            items.push((concern.key(id), self.concern_for(call, id, &concern).await?));
        }
        let (concerns, next_page_token) = paged(items, size, &query);
        Ok(pb::ListConcernsResponse { concerns, next_page_token })
    }

    /// To whom it is shown may read it; who deals with it is for coordinators.
    async fn concern_for(
        &self,
        call: &Call,
        id: ConcernId,
        concern: &Concern,
    ) -> Result<pb::Concern, Status> {
        let state = match concern {
            Concern { closed: Some(_), .. } => pb::ConcernState::Closed,
            Concern { taken: Some(_), .. } => pb::ConcernState::Taken,
            _ => pb::ConcernState::Raised,
        };
        let office = call.role == Role::Coordinator;
        let shown = |who: Option<uuid::Uuid>| {
            who.filter(|_| office).map(|who| who.to_string()).unwrap_or_default()
        };
        Ok(pb::Concern {
            name: id.to_string(),
            person: concern.about.to_string(),
            raised_by: concern.by.to_string(),
            raise_time: Some(show::instant(concern.at)),
            severity: show::severity(concern.severity),
            text: self.open(call, &concern.text).await?,
            state: state.into(),
            level: i32::from(concern.level),
            climb_time: concern.climbs_at.map(show::instant),
            taken_by: shown(concern.taken),
            closed_by: shown(concern.closed),
        })
    }
}
