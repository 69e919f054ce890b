//! The desk's list: who must be called, what came of it, and the list on paper.

use std::collections::HashMap;

use dugnad_door::{Call, Invalid, Problem, field, page};
use dugnad_events::{NoticeId, notices::Urgency};
use dugnad_proto::notices::v1::{self as pb, print_desk_request::Format};
use dugnad_vault::PersonId;
use jiff::Timestamp;
use tonic::{Code, Status};

use super::{Api, DESK, read, show};
use crate::{
    contacts::{Contact, MOST_AT_ONCE},
    model::{Command, State},
    render,
};

/// The most rows that are printed at once.
const MOST_PRINTED: usize = 500;

impl Api {
    pub(super) async fn list_desk(
        &self,
        call: &Call,
        request: pb::ListDeskRequest,
    ) -> Result<pb::ListDeskResponse, Status> {
        call.must_be(DESK)?;
        let query = "ListDesk";
        let size = page::size(request.page_size)?;
        let after = page::after::<(Urgency, Timestamp, NoticeId)>(&request.page_token, &query)?;
        let look = move |state: &State, now| {
            let mut rows = state.list_desk(after, size + 1);
            let more = rows.len() > size;
            rows.truncate(size);
            let show = |key: &(Urgency, Timestamp, NoticeId)| {
                let kept = state.notices.get(&key.2)?;
                Some((*key, show::notice(state, key.2, kept, now)))
            };
            let next = rows.last().copied().filter(|_| more);
            (rows.iter().filter_map(show).collect::<Vec<_>>(), next)
        };
        let (items, next) = self.desk.look(call, look).await?;
        let (notices, next_page_token) = page::of(items, next, &query);
        Ok(pb::ListDeskResponse { notices, next_page_token })
    }

    pub(super) async fn record_call(
        &self,
        call: &Call,
        request: pb::RecordCallRequest,
    ) -> Result<pb::RecordCallResponse, Status> {
        call.must_be(DESK)?;
        let id = field::request_id(&request.request_id)?;
        let notice = field::name("name", &request.name)?;
        let outcome = read::outcome(request.outcome)?;
        let answer = read::answer(request.answer)?;
        self.desk.execute(call, id, Command::Called { notice, outcome, answer }).await?;
        Ok(pb::RecordCallResponse {})
    }

    pub(super) async fn print_desk(
        &self,
        call: &Call,
        request: pb::PrintDeskRequest,
    ) -> Result<pb::PrintDeskResponse, Status> {
        call.must_be(DESK)?;
        let letters = match request.format() {
            Format::Csv => false,
            Format::Letters => true,
            Format::Unspecified => return Err(Invalid::new("format", "is required").into()),
        };
        let look = |state: &State, now| {
            let rows = state.list_desk(None, MOST_PRINTED);
            rows.iter().filter_map(|key| render::row(state, key.2, now)).collect::<Vec<_>>()
        };
        let rows = self.desk.look(call, look).await?;
        let contacts = self.reach(call, rows.iter().filter_map(|row| row.to)).await?;
        let (content_type, content) = if letters {
            ("text/html", render::letters(&rows, &contacts))
        } else {
            ("text/csv", render::csv(&rows, &contacts))
        };
        Ok(pb::PrintDeskResponse { content_type: content_type.to_owned(), content })
    }

    /// How these can be reached: the register records that it was asked.
    async fn reach(
        &self,
        call: &Call,
        people: impl Iterator<Item = PersonId>,
    ) -> Result<HashMap<PersonId, Contact>, Status> {
        let people: std::collections::BTreeSet<_> = people.collect();
        let people: Vec<_> = people.into_iter().collect();
        let mut all = HashMap::new();
        for some in people.chunks(MOST_AT_ONCE) {
            let found = self.contacts.contacts(&call.caller.tenant, some).await;
            all.extend(found.map_err(|message| Problem {
                code: Code::Unavailable,
                reason: "REGISTER_AWAY",
                message,
            })?);
        }
        Ok(all)
    }
}
