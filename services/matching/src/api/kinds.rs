//! How kinds are matched, and who must not meet.

use dugnad_door::{Call, field, page};
use dugnad_events::Code;
use dugnad_proto::matching::v1 as pb;
use tonic::Status;

use super::{Api, COORDINATOR, OFFICE, read, show};
use crate::model::{Command, State};

impl Api {
    pub(super) async fn set_kind(
        &self,
        call: &Call,
        request: pb::SetKindRequest,
    ) -> Result<pb::SetKindResponse, Status> {
        call.must_be(COORDINATOR)?;
        let id = field::request_id(&request.request_id)?;
        let (kind, policy) = read::kind(request.kind.as_ref())?;
        let shown = show::kind(&kind, &policy);
        // Accepted, now or the first time, is what the request holds.
        self.desk.execute(call, id, Command::SetKind { kind, policy }).await?;
        Ok(pb::SetKindResponse { kind: Some(shown) })
    }

    pub(super) async fn list_kinds(
        &self,
        call: &Call,
        request: pb::ListKindsRequest,
    ) -> Result<pb::ListKindsResponse, Status> {
        call.must_be(OFFICE)?;
        let query = "ListKinds";
        let size = page::size(request.page_size)?;
        let after = page::after::<Code>(&request.page_token, &query)?;
        let look = move |state: &State, _| {
            let later = |code: &Code| after.as_ref().is_none_or(|after| code > after);
            let kinds = state.kinds.iter().filter(|(code, _)| later(code)).take(size + 1);
            kinds.map(|(code, policy)| (code.clone(), show::kind(code, policy))).collect()
        };
        let mut kinds: Vec<_> = self.desk.look(call, look).await?;
        let more = kinds.len() > size;
        kinds.truncate(size);
        let next = kinds.last().filter(|_| more).map(|(code, _)| code.clone());
        let (kinds, next_page_token) = page::of(kinds, next, &query);
        Ok(pb::ListKindsResponse { kinds, next_page_token })
    }

    pub(super) async fn set_conflict(
        &self,
        call: &Call,
        request: pb::SetConflictRequest,
    ) -> Result<pb::SetConflictResponse, Status> {
        call.must_be(COORDINATOR)?;
        let id = field::request_id(&request.request_id)?;
        let one = read::person("one", &request.one)?;
        let other = read::person("other", &request.other)?;
        let command = Command::SetConflict { one, other, apart: request.apart };
        self.desk.execute(call, id, command).await?;
        Ok(pb::SetConflictResponse {})
    }

    pub(super) async fn list_conflicts(
        &self,
        call: &Call,
        request: pb::ListConflictsRequest,
    ) -> Result<pb::ListConflictsResponse, Status> {
        call.must_be(COORDINATOR)?;
        let person = read::person("person", &request.person)?;
        let look = move |state: &State, _| {
            let others = state.conflicts.get(&person).into_iter().flatten();
            others.map(ToString::to_string).collect()
        };
        let others = self.desk.look(call, look).await?;
        Ok(pb::ListConflictsResponse { others })
    }

    pub(super) async fn get_unmet_needs(
        &self,
        call: &Call,
        request: pb::GetUnmetNeedsRequest,
    ) -> Result<pb::GetUnmetNeedsResponse, Status> {
        call.must_be(OFFICE)?;
        const LONGEST: jiff::SignedDuration = jiff::SignedDuration::from_hours(400 * 24);
        let span = read::span("interval", request.interval.as_ref(), LONGEST)?;
        let unmet = self.desk.look(call, move |state, _| state.unmet(span)).await?;
        Ok(show::unmet(unmet))
    }
}
